"""The theme: its texts can be read, and Qt's own widgets follow it."""

import pytest
from PySide6.QtGui import QColor, QPalette

from app.ui import theme

THEMES = {"light": theme.light(), "dark": theme.dark()}

SURFACES = ["window", "sidebar", "surface", "raised", "own_message", "code"]
PAIRS = [
    *[(ink, ground) for ink in ("text", "muted") for ground in SURFACES],
    *[("faint", ground) for ground in SURFACES],
    *[("accent", ground) for ground in ("window", "surface", "raised", "own_message", "code")],
    *[("accent", ground) for ground in ("sidebar", "accent_wash")],
    ("muted", "accent_wash"),
    ("on_accent", "accent"),
    ("text", "selection"),
    ("muted", "selection"),
    ("accent", "selection"),
    ("text", "accent_wash"),
    *[("error", ground) for ground in ("surface", "error_wash", "window", "sidebar")],
    ("text", "found"),
    *[("warning", ground) for ground in ("surface", "warning_wash", "window")],
    *[(ink, ground) for ink in ("text", "muted") for ground in ("error_wash", "warning_wash")],
    *[
        (f"code_{ink}", ground)
        for ink in ("keyword", "string", "number", "comment", "name")
        for ground in ("code", "surface")
    ],
]


def luminance(colour: QColor) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(v) for v in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_every_text_stands_out_from_what_it_is_written_on(name: str, ink: str, ground: str) -> None:
    colours = THEMES[name].colours
    assert contrast(getattr(colours, ink), getattr(colours, ground)) >= 4.5


def test_two_light_themes_are_equal_and_differ_from_the_dark_one() -> None:
    assert theme.light() == theme.light()
    assert theme.light() != theme.dark()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", THEMES)
def test_palette_gives_qts_widgets_the_colours(name: str) -> None:
    it = THEMES[name]
    palette = theme.qpalette(it)
    assert palette.color(QPalette.ColorRole.Window) == it.colours.window
    assert palette.color(QPalette.ColorRole.Text) == it.colours.text
    disabled = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert disabled == it.colours.faint


@pytest.mark.usefixtures("qapp")
def test_fonts_are_measured_in_pixels_and_code_is_monospaced() -> None:
    roles = theme.light().type
    assert theme.font(roles.transcript).pixelSize() == 15
    assert theme.font(roles.label).weight() == roles.label.weight
    code, base = theme.font(roles.code), theme.font(roles.base)
    assert code.pixelSize() == 13
    assert code.family() != base.family()

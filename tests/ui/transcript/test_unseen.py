"""What hides in prose and in tables is named, and what does honest work is not."""

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.ui.theme import light
from app.ui.transcript.blocks import Run
from app.ui.transcript.copying import harmless
from app.ui.transcript.layout import lay_out
from app.ui.transcript.stream import BlockStream
from app.ui.transcript.unseen import with_chips
from app.ui.transcript.utf16 import units

HONEST = (
    *(
        "naïve",
        "a\tb\nc",
        "\u0645\u0631\u200f \u061c",
        "\u0645\u06cc\u200c\u062e\u0648\u0645",
        "क्\u200dष",
        "so\u00adft",
    ),
    *(
        "👩\u200d🔬",
        "❤\ufe0f",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "葛\U000e0100",
    ),
    *("a\u2066b\u2069", "\ufeffa", "a\u00a0b"),
)
HIDING = (
    *("a\x1bb", "a\x00b", "a\x7fb", "a\x9bb", "a\u202eb", "a\u202db", "a\U000e0041b"),
    *("a\u200b\u200c\u200d\u200bb", "😀\U000e0100\U000e0101\U000e0102"),
)


@pytest.mark.parametrize("text", HONEST)
def test_what_does_honest_work_is_not_named(qapp: QApplication, text: str) -> None:
    assert with_chips([Run(text)], (), light()) == (text, ())


@pytest.mark.parametrize("text", HIDING)
def test_what_hides_is_named(qapp: QApplication, text: str) -> None:
    shown, [inlay] = with_chips([Run("*"), Run(text, is_strong=True)], (), light())
    assert shown == f"*{text}"
    assert 1 < inlay.start < inlay.end <= units(shown)


@pytest.mark.parametrize("is_code", [True, False])
def test_of_very_much_that_hides_the_rest_is_signs(qapp: QApplication, is_code: bool) -> None:
    text = "a\u202e😀" * 3_000
    shown, inlays = with_chips([Run(text, is_code=is_code)], (), light())
    assert len(inlays) < 500
    assert units(shown) == units(text)
    assert shown.count("\u202e") == len(inlays)
    assert shown.count("\ufffd") == 3_000 - len(inlays)


@pytest.mark.parametrize(
    "text", ["a\x1bb", "`a\x1bb`", "| a\x1bb and so on |\n|---|", "- a\x1bb", "> a\x1bb"]
)
def test_it_makes_room_for_names_wherever_text_is(qapp: QApplication, text: str) -> None:
    widths = []
    for each in (text, text.replace("\x1b", "")):
        stream = BlockStream()
        stream.feed(each + "\n")
        layout = lay_out(stream.blocks[0], 664, light())
        widths.append(layout.caret_at(3)[0] if each == text else layout.caret_at(2)[0])
    assert widths[0] > widths[1] + 20


def test_no_sign_that_a_terminal_obeys_comes_out_of_code(qapp: QApplication) -> None:
    assert QGuiApplication.clipboard() is not None
    assert harmless("a\x1b[2J\x9b2J\x7f\x85\r\tb\n") == "a[2J2J\tb\n"

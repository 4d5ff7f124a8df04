"""Theme: every colour, font and distance of the window, by role.

Nothing else in `app.ui` names a colour or a number of pixels a designer would
touch. Values only: which theme is in force is decided by the window. All sizes
are device-independent pixels. Every pair of colours that text is set in has a
contrast of at least 4.5:1 (WCAG 2.2, 1.4.3); tests/ui/test_theme.py computes it.
"""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of one theme, by what they are for."""

    window: QColor
    sidebar: QColor
    surface: QColor
    """What a conversation is written on."""
    raised: QColor
    line: QColor
    strong_line: QColor
    text: QColor
    muted: QColor
    faint: QColor
    """Not on `selection`: selected text takes the text colour."""
    accent: QColor
    on_accent: QColor
    accent_wash: QColor
    selection: QColor
    own_message: QColor
    code: QColor
    """Behind code."""
    error: QColor
    error_wash: QColor
    warning: QColor
    warning_wash: QColor
    found: QColor
    """Under what was looked for, on any ground."""
    code_keyword: QColor
    code_string: QColor
    code_number: QColor
    code_comment: QColor
    code_name: QColor


@dataclass(frozen=True, slots=True)
class TypeRole:
    """A size of text, the distance between its lines, and its weight."""

    size: int
    line: int
    weight: QFont.Weight = QFont.Weight.Normal
    monospace: bool = False


@dataclass(frozen=True, slots=True)
class Type:
    """The sizes of text, by what they are for."""

    base: TypeRole = TypeRole(14, 20)
    caption: TypeRole = TypeRole(13, 20)
    small: TypeRole = TypeRole(12, 16)
    label: TypeRole = TypeRole(12, 16, QFont.Weight.DemiBold)
    title: TypeRole = TypeRole(24, 32, QFont.Weight.DemiBold)
    transcript: TypeRole = TypeRole(15, 24)
    code: TypeRole = TypeRole(13, 20, monospace=True)
    headings: tuple[TypeRole, ...] = (
        TypeRole(21, 32, QFont.Weight.DemiBold),
        TypeRole(18, 28, QFont.Weight.DemiBold),
        TypeRole(16, 24, QFont.Weight.DemiBold),
        TypeRole(15, 24, QFont.Weight.DemiBold),
        TypeRole(15, 24, QFont.Weight.DemiBold),
        TypeRole(15, 24, QFont.Weight.DemiBold),
    )
    """Levels 1 to 6."""


@dataclass(frozen=True, slots=True)
class Space:
    """The one scale of distances."""

    xs: int = 4
    s: int = 8
    m: int = 12
    l: int = 16  # noqa: E741 - the scale is named like clothes
    xl: int = 24
    xxl: int = 32


@dataclass(frozen=True, slots=True)
class Metrics:
    """Widths and radii."""

    hairline: int = 1
    control_radius: int = 8
    block_radius: int = 10
    message_radius: int = 14
    message_corner: int = 4
    """Radius of the corner of the person's message that points at them."""
    focus_ring: int = 2
    column: int = 664
    """Width of the reading column."""
    column_margin: int = 24
    """At each side of the column where the window is narrow."""
    own_message: int = 560
    """The widest the person's message gets."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours, text sizes, distances."""

    is_dark: bool
    colours: Colours
    type: Type = Type()
    space: Space = Space()
    metrics: Metrics = Metrics()


def light() -> Theme:
    """Return the light theme."""
    return Theme(
        is_dark=False,
        colours=Colours(
            window=QColor("#F6F6F4"),
            sidebar=QColor("#EFEFEC"),
            surface=QColor("#FFFFFF"),
            raised=QColor("#FFFFFF"),
            line=QColor("#E2E2DD"),
            strong_line=QColor("#D0D0CA"),
            text=QColor("#1B1B19"),
            muted=QColor("#5B5B55"),
            faint=QColor("#6B6B65"),
            accent=QColor("#0B6E58"),
            on_accent=QColor("#FFFFFF"),
            accent_wash=QColor("#E3F1ED"),
            selection=QColor("#D7E9E4"),
            own_message=QColor("#EDEFEC"),
            code=QColor("#F7F7F5"),
            error=QColor("#B3261E"),
            error_wash=QColor("#FCEEEC"),
            warning=QColor("#8A5A00"),
            warning_wash=QColor("#FFF4DD"),
            found=QColor("#FFD75E"),
            code_keyword=QColor("#8250DF"),
            code_string=QColor("#0A6B3D"),
            code_number=QColor("#0550AE"),
            code_comment=QColor("#616A73"),
            code_name=QColor("#953800"),
        ),
    )


def dark() -> Theme:
    """Return the dark theme."""
    return Theme(
        is_dark=True,
        colours=Colours(
            window=QColor("#161616"),
            sidebar=QColor("#1B1B1B"),
            surface=QColor("#1F1F1F"),
            raised=QColor("#262626"),
            line=QColor("#2E2E2D"),
            strong_line=QColor("#3D3D3B"),
            text=QColor("#ECECE8"),
            muted=QColor("#ADADA7"),
            faint=QColor("#9A9A94"),
            accent=QColor("#5CC6A7"),
            on_accent=QColor("#0B1F19"),
            accent_wash=QColor("#1C3029"),
            selection=QColor("#244038"),
            own_message=QColor("#2A2C2A"),
            code=QColor("#191919"),
            error=QColor("#FF8A80"),
            error_wash=QColor("#331B19"),
            warning=QColor("#F0B84C"),
            warning_wash=QColor("#2E2513"),
            found=QColor("#5F4711"),
            code_keyword=QColor("#D2A8FF"),
            code_string=QColor("#7EE0A6"),
            code_number=QColor("#79C0FF"),
            code_comment=QColor("#8B949E"),
            code_name=QColor("#FFB77C"),
        ),
    )


def font(role: TypeRole) -> QFont:
    """Return the font of a role: the application's family, or the system's monospace."""
    result = QFont()
    if role.monospace:
        result = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    result.setPixelSize(role.size)
    result.setWeight(role.weight)
    return result


def qpalette(theme: Theme) -> QPalette:
    """Return the palette that gives Qt's own widgets the colours of a theme."""
    c, role = theme.colours, QPalette.ColorRole
    palette = QPalette()
    for name, colour in (
        (role.Window, c.window),
        (role.WindowText, c.text),
        (role.Base, c.surface),
        (role.AlternateBase, c.sidebar),
        (role.Text, c.text),
        (role.PlaceholderText, c.faint),
        (role.Button, c.raised),
        (role.ButtonText, c.text),
        (role.BrightText, c.error),
        (role.ToolTipBase, c.raised),
        (role.ToolTipText, c.text),
        (role.Highlight, c.selection),
        (role.HighlightedText, c.text),
        (role.Accent, c.accent),
        (role.Link, c.accent),
        (role.LinkVisited, c.accent),
        (role.Light, c.raised),
        (role.Midlight, c.line),
        (role.Mid, c.strong_line),
        (role.Dark, c.faint),
        (role.Shadow, c.strong_line),
    ):
        palette.setColor(name, colour)
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, c.faint)
    return palette

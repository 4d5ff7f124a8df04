"""Section: a part of a pane with a heading that folds it, and the rows such parts consist of.

Everything in it is painted as plain text, cut at the end where it is too long.
"""

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.ui import icons, theme
from app.ui.unfailing import unfailing

EDGE = 14
"""From the side of a pane to its texts."""
ROW_HEIGHT = 23
HEADING_HEIGHT = 36
GAP = 12
NAME = QFont.Weight.Medium

STYLE = """
#section { background: @surface; border: none; border-top: 1px solid @line; }
#section QToolButton {
    border: 2px solid transparent; background: transparent; color: @accent;
    padding: 0px 6px; min-height: 20px; font-size: @size_small;
}
#section QToolButton:hover { background: @accent_wash; }
#section QToolButton:focus { border: 2px solid @accent; padding: 0px 6px; }
"""


def plain(text: str) -> str:
    """Return a text for a tooltip, where what looks like mark-up would be read as such."""
    return text.replace("<", "‹")


def figures(role: theme.TypeRole) -> QFont:
    """Return a font in which all digits are equally wide."""
    font = theme.font(role)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def named(role: theme.TypeRole) -> QFont:
    """Return the font of names."""
    font = theme.font(role)
    font.setWeight(NAME)
    return font


def plain_painter(widget: QWidget) -> QPainter:
    """Return a painter that reads each text in its own direction.

    In the widget's direction "$1 / $2" would come out as "$2 / $1".
    """
    painter = QPainter(widget)
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    return painter


def paint_ring(painter: QPainter, rect: QRect, colour: QColor, radius: int) -> None:
    """Draw the ring of the keyboard's focus just inside a rectangle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
    painter.restore()


class Pair:
    """A name at the left and a value at the right, both cut where there is no room."""

    def __init__(self) -> None:
        self.name = ""
        self.value = ""
        self.is_quiet = False
        """Whether the value is nothing in particular."""

    def paint(self, painter: QPainter, widget: QWidget, look: theme.Theme) -> None:
        """Draw both into the width of a widget."""
        font = figures(look.type.caption)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        whole = widget.rect().adjusted(EDGE, 0, -EDGE, 0)
        name_width = metrics.horizontalAdvance(self.name) + 1
        kept = min(name_width, whole.width() // 3)
        value_width = min(
            metrics.horizontalAdvance(self.value) + 1, max(whole.width() - kept - GAP, 0)
        )
        name = QRect(whole)
        name.setWidth(max(whole.width() - value_width - GAP, 0))
        value = QRect(whole)
        value.setLeft(whole.right() + 1 - value_width)
        quiet, strong = look.colours.muted, look.colours.text
        direction = widget.layoutDirection()
        for rect, text, colour, side in (
            (name, self.name, quiet, Qt.AlignmentFlag.AlignLeft),
            (value, self.value, quiet if self.is_quiet else strong, Qt.AlignmentFlag.AlignRight),
        ):
            painter.setPen(colour)
            there = QStyle.visualRect(direction, widget.rect(), rect)
            aligned = QStyle.visualAlignment(direction, side | Qt.AlignmentFlag.AlignVCenter)
            cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(there, aligned | Qt.AlignmentFlag.AlignAbsolute, cut)


class Fact(QLabel):
    """One fact: what it is, and how it is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._pair = Pair()
        self._theme = theme.light()

    def show_fact(self, name: str, value: str) -> None:
        """Show a name and its value."""
        if (name, value) != (self._pair.name, self._pair.value):
            self._pair.name, self._pair.value = name, value
            self.setText(f"{name}: {value}" if name else "")
            self.setToolTip(plain(f"{name}: {value}") if name else "")

    def set_theme(self, look: theme.Theme) -> None:
        """Paint in the colours of a theme."""
        self._theme = look
        self.update()

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = plain_painter(self)
        self._pair.paint(painter, self, self._theme)
        painter.end()

    def sizeHint(self) -> QSize:
        return QSize(120, ROW_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, ROW_HEIGHT)


class Pressable(QAbstractButton):
    """A button across the whole width that also Enter presses."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.look = theme.light()

    def set_theme(self, look: theme.Theme) -> None:
        """Paint in the colours of a theme."""
        self.look = look
        self.update()

    def paint_ground(self, painter: QPainter) -> None:
        """Draw what says that the pointer or the keyboard is here."""
        if self.underMouse() and self.isEnabled():
            painter.fillRect(self.rect(), self.look.colours.own_message)
        if self.hasFocus():
            inside = self.rect().adjusted(4, 0, -4, 0)
            paint_ring(painter, inside, self.look.colours.accent, 5)

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    @unfailing
    def changeEvent(self, event: QEvent) -> None:
        self.update()
        super().changeEvent(event)


class Heading(Pressable):
    """The heading of a section, with an arrow that says whether it is open."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setChecked(True)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(0)
        self.row.addStretch(1)
        # The arrow's place; a margin would not change sides with the reading direction.
        self.row.addSpacing(EDGE + 24)
        self.buttons: list[QToolButton] = []

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = plain_painter(self)
        self.paint_ground(painter)
        colours = self.look.colours
        font = theme.font(self.look.type.base)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(colours.text)
        shown = [button for button in self.buttons if not button.isHidden()]
        others = sum(button.sizeHint().width() + 8 for button in shown)
        direction = self.layoutDirection()
        room = self.rect().adjusted(EDGE, 0, -EDGE - 24 - others, 0)
        text = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        side = QStyle.visualAlignment(
            direction, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        there = QStyle.visualRect(direction, self.rect(), room)
        painter.drawText(there, side | Qt.AlignmentFlag.AlignAbsolute, text)
        arrow = QRect(self.width() - EDGE - 16, (self.height() - 16) // 2, 16, 16)
        name = "chevron-down" if self.isChecked() else "chevron-up"
        there = QStyle.visualRect(direction, self.rect(), arrow)
        icons.paint(painter, name, there.toRectF(), colours.muted)
        painter.end()

    def sizeHint(self) -> QSize:
        return QSize(120, HEADING_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, HEADING_HEIGHT)


class Section(QFrame):
    """A heading with what belongs to it below; a click on the heading folds it.

    Signals:
        folded: the person closed or opened it. arg: whether it is open.
    """

    folded = Signal(bool)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("section")
        self.heading = Heading(self)
        self.body = QWidget(self)
        self.rows = QVBoxLayout(self.body)
        self.rows.setContentsMargins(0, 0, 0, 10)
        self.rows.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.heading)
        column.addWidget(self.body)
        self.heading.toggled.connect(self._on_heading_toggled)
        self.set_title(title)

    def set_title(self, title: str) -> None:
        """Show another heading."""
        self.heading.setText(title)
        self.heading.setAccessibleName(title)
        self.heading.setToolTip(plain(title))

    def add_button(self, text: str) -> QToolButton:
        """Return a new button in the heading."""
        button = QToolButton(self.heading)
        button.setText(text)
        self.heading.row.insertWidget(self.heading.row.count() - 1, button)
        self.heading.buttons.append(button)
        return button

    def set_theme(self, look: theme.Theme) -> None:
        """Paint in the colours of a theme."""
        self.heading.set_theme(look)

    def _on_heading_toggled(self, is_open: bool) -> None:
        self.body.setVisible(is_open)
        self.folded.emit(is_open)

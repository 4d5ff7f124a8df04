"""Settings parts: what the pages of the settings are made of."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Generic, TypeVar

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.ui import icons
from app.ui.account_form import plain_label
from app.ui.theme import Theme
from app.ui.unfailing import unfailing

STYLE = """
#pagetitle { font-size: 18px; font-weight: 600; }
#settingscard { background: @surface; border: 1px solid @line; border-radius: @radius_block; }
#rule { background: @line; border: none; }
#rowtitle { color: @text; }
#rowhint { color: @muted; font-size: @size_small; }
#choice QPushButton:checked {
    background: @accent_wash; color: @accent; border-color: @accent;
}
#choice QPushButton:checked:focus { border: 2px solid @accent; }
QComboBox {
    background: @raised; color: @text; border: 1px solid @strong_line;
    border-radius: @radius_control; padding: 5px 10px; min-height: 20px;
}
QComboBox:focus { border: 2px solid @accent; padding: 4px 9px; }
QComboBox::drop-down { border: none; width: 28px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView {
    background: @raised; color: @text; border: 1px solid @strong_line; outline: none;
    selection-background-color: @selection; selection-color: @text;
}
"""

C = TypeVar("C", bound=StrEnum)


class Choice(QWidget, Generic[C]):
    """A few values side by side, of which one holds.

    Signals:
        chosen: the person chose another one. arg: the value.
    """

    chosen = Signal(object)

    def __init__(self, name: str, values: Sequence[tuple[C, str, str]], parent: QWidget) -> None:
        """Take the values with their words and the names of their icons."""
        super().__init__(parent)
        self.setObjectName("choice")
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._buttons: dict[C, QPushButton] = {}
        self._drawings: dict[C, str] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for value, words, drawing in values:
            button = QPushButton(words, self)
            button.setAccessibleName(f"{name}: {words}")
            button.setCheckable(True)
            button.setAutoDefault(False)
            # An arrow key moves the choice with the focus: it is told by `toggled`.
            button.toggled.connect(
                lambda is_on, value=value: self.chosen.emit(value) if is_on else None
            )
            self._group.addButton(button)
            self._buttons[value] = button
            self._drawings[value] = drawing
            row.addWidget(button)

    @property
    def value(self) -> C | None:
        return next((v for v, button in self._buttons.items() if button.isChecked()), None)

    def show_value(self, value: C) -> None:
        """Show which one holds, telling nobody."""
        button = self._buttons[value]
        button.blockSignals(True)
        button.setChecked(True)
        button.blockSignals(False)

    def button(self, value: C) -> QPushButton:
        """Return the button of a value."""
        return self._buttons[value]

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in another theme's colour."""
        for value, drawing in self._drawings.items():
            if drawing:
                self._buttons[value].setIcon(icons.icon(drawing, theme.colours.muted))


class Percentages(QComboBox):
    """A size out of a list, as a percentage; the wheel scrolls past it."""

    def __init__(self, scales: Sequence[float], parent: QWidget) -> None:
        super().__init__(parent)
        for scale in scales:
            self.addItem(f"{round(scale * 100)} %", scale)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        side = 14
        x = 10 if self.isRightToLeft() else self.width() - side - 10
        painter = QPainter(self)
        box = QRectF(x, (self.height() - side) / 2, side, side)
        icons.paint(painter, "chevron-down", box, self.palette().text().color())
        painter.end()

    @unfailing
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Page(QWidget):
    """A title, and rows in a card below it."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("settingspage")
        heading = plain_label(self, "pagetitle", title)
        self.card = QFrame(self)
        self.card.setObjectName("settingscard")
        self.rows = QVBoxLayout(self.card)
        self.rows.setContentsMargins(1, 4, 1, 4)
        self.rows.setSpacing(0)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 20, 24, 24)
        self.column.setSpacing(12)
        self.column.addWidget(heading)
        self.column.addWidget(self.card)
        self.column.addStretch(1)

    def add_row(self, title: str, hint: str, control: QWidget) -> None:
        """Add a row: what is set, what that means, and the control."""
        words = QVBoxLayout()
        words.setSpacing(2)
        label = plain_label(self.card, "rowtitle", title)
        # Not only its name: on Linux a list to choose from is heard as its value.
        label.setBuddy(control)
        words.addWidget(label)
        if hint:
            words.addWidget(plain_label(self.card, "rowhint", hint))
        row = QHBoxLayout()
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addWidget(control)
        if self.rows.count():
            self.rows.addWidget(rule(self.card))
        self.rows.addLayout(row)

    def set_theme(self, theme: Theme) -> None:
        """Draw what is drawn in another theme's colours."""


class Elided(QLabel):
    """A line of plain text that ends in "…" where there is no room for more."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def show_text(self, text: str) -> None:
        """Show a text from outside; its tooltip has all of it."""
        self.setText(" ".join(text.split()))
        self.setToolTip(text.replace("<", "‹"))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics = QFontMetrics(self.font())
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        role = self.foregroundRole()
        aligned = self.style().visualAlignment(self.layoutDirection(), flags)
        self.style().drawItemText(
            painter, QRect(self.rect()), aligned, self.palette(), self.isEnabled(), text, role
        )
        painter.end()


def rule(parent: QWidget) -> QFrame:
    """Return a hairline between two rows."""
    line = QFrame(parent)
    line.setObjectName("rule")
    line.setFixedHeight(1)
    return line

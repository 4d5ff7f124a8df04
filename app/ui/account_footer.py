"""AccountFooter: who asks and who pays, at the foot of the conversations; and settings."""

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QStyle,
    QToolButton,
    QWidget,
)

from app.ui import icons
from app.ui.marks import as_tooltip
from app.ui.plain_line import paint_line
from app.ui.theme import Theme, font, light
from app.ui.unfailing import unfailing

HEIGHT = 54
SQUARE = 28
PAD = 12


def initials(name: str) -> str:
    """Return the first letters of the first two words; "?" where there is no name."""
    words = ["".join(c for c in word if c.isalnum()) for word in name.split()]
    return "".join(word[0] for word in words if word)[:2].upper() or "?"


class AccountButton(QAbstractButton):
    """An account: a square with its initials, its name, and a line below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._name = self._line = ""
        self.set_theme(light())

    def show_account(self, name: str, line: str) -> None:
        """Show an account's name and a line about it; without a name there is none."""
        if (name, line) == (self._name, self._line) and self.text():
            return
        self._name, self._line = name, line
        shown = name or self.tr("No account yet")
        self.setText(shown)
        self.setAccessibleName(f"{shown}. {line}")
        self.setToolTip(as_tooltip(f"{shown}\n{line}"))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours and sizes of a theme."""
        self._colours, self._metrics = theme.colours, theme.metrics
        self._name_font = font(theme.type.caption)
        self._name_font.setWeight(QFont.Weight.DemiBold)
        self._line_font = font(theme.type.small)
        self._initials_font = font(theme.type.label)
        self.update()

    def _paint_square(self, painter: QPainter) -> None:
        colours = self._colours
        place = QRect(PAD, (HEIGHT - SQUARE) // 2, SQUARE, SQUARE)
        place = QStyle.visualRect(self.layoutDirection(), self.rect(), place)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.accent if self._name else colours.line)
        painter.drawRoundedRect(place, self._metrics.control_radius, self._metrics.control_radius)
        painter.setFont(self._initials_font)
        painter.setPen(colours.on_accent if self._name else colours.muted)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, initials(self._name))

    def _paint_line(self, painter: QPainter, place: QRect, text: str) -> None:
        place = QStyle.visualRect(self.layoutDirection(), self.rect(), place)
        paint_line(painter, place, text, self.layoutDirection())

    def sizeHint(self) -> QSize:
        return QSize(160, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, HEIGHT)

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(5, 6, 0, -6)
        frame = QRectF(QStyle.visualRect(self.layoutDirection(), self.rect(), frame.toRect()))
        radius = self._metrics.control_radius
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colours.line)
            painter.drawRoundedRect(frame, radius, radius)
        if self.hasFocus():
            painter.setPen(QPen(self._colours.accent, self._metrics.focus_ring))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.adjusted(1, 1, -1, -1), radius, radius)
        self._paint_square(painter)
        left = PAD + SQUARE + 10
        upper = QRect(left, 10, self.width() - left - 6, 18)
        painter.setFont(self._name_font)
        painter.setPen(self._colours.text)
        self._paint_line(painter, upper, self.text())
        painter.setFont(self._line_font)
        painter.setPen(self._colours.muted)
        self._paint_line(painter, upper.translated(0, 17), self._line)


class AccountFooter(QWidget):
    """The account of the conversation in front, and the way to the settings.

    Signals:
        account_requested: the accounts are wanted.
        settings_requested: the settings are wanted.
    """

    account_requested = Signal()
    settings_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self._button = AccountButton(self)
        self._button.clicked.connect(self.account_requested)
        self._gear = QToolButton(self)
        self._gear.setObjectName("gear")
        self._gear.setFixedSize(28, 28)
        self._gear.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._gear.setToolTip(self.tr("Settings (Ctrl+,)"))
        self._gear.setAccessibleName(self.tr("Settings"))
        self._gear.clicked.connect(self.settings_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 7, 0)
        row.setSpacing(2)
        row.addWidget(self._button)
        row.addWidget(self._gear)
        self.show_account("", "")
        self.set_theme(light())

    def show_account(self, name: str, line: str) -> None:
        """Show who asks and who pays; without a name there is no account."""
        self._button.show_account(name, line or self.tr("Add one to start"))

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours and sizes of a theme."""
        self._line = theme.colours.line
        self._button.set_theme(theme)
        self._gear.setIcon(icons.icon("settings", theme.colours.muted))
        self.update()

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(0, 0, self.width(), 1, self._line)

    @unfailing
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange:
            self.update()

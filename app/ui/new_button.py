"""NewButton: begins a conversation; its keys, then its icon, give way where it is narrow."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QWidget

from app.ui import icons
from app.ui.plain_line import paint_line
from app.ui.theme import Theme, font, light
from app.ui.unfailing import unfailing

PAD = 13
GAP = 8
ICON = icons.SIZE


class NewButton(QPushButton):
    """The first thing of the pane: icon, words, and at the end the keys that do the same."""

    def __init__(self, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("new")
        self.setText(self.tr("New conversation"))
        native = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        self._keys = native.replace("+", " ")
        self.setToolTip(f"{self.text()} ({native})")
        self.set_theme(light())

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours and sizes of a theme."""
        self._colours = theme.colours
        self._font = font(theme.type.base)
        self._font.setWeight(QFont.Weight.Medium)
        self._keys_font = font(theme.type.small)
        self.update()

    def _paint_panel(self, painter: QPainter) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)

    def _paint_icon(self, painter: QPainter) -> None:
        place = self._mirrored(QRect(PAD, (self.height() - ICON) // 2, ICON, ICON))
        icons.paint(painter, "square-pen", QRectF(place), self._colours.text)

    def _paint_keys(self, painter: QPainter, width: int) -> None:
        painter.setFont(self._keys_font)
        painter.setPen(self._colours.muted)
        place = QRect(self.width() - PAD - width, 0, width + 1, self.height())
        painter.drawText(self._mirrored(place), Qt.AlignmentFlag.AlignCenter, self._keys)

    def _paint_words(self, painter: QPainter, left: int) -> None:
        painter.setFont(self._font)
        painter.setPen(self._colours.text)
        place = QRect(left, 0, self.width() - PAD - left + 1, self.height())
        paint_line(painter, self._mirrored(place), self.text(), self.layoutDirection())

    def _mirrored(self, rect: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), rect)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, super().minimumSizeHint().height())

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_panel(painter)
        words = QFontMetrics(self._font).horizontalAdvance(self.text())
        keys = QFontMetrics(self._keys_font).horizontalAdvance(self._keys)
        spare = self.width() - 2 * PAD - words
        has_icon = spare >= ICON + GAP
        if has_icon:
            self._paint_icon(painter)
        if spare >= ICON + keys + 3 * GAP:
            self._paint_keys(painter, keys)
        self._paint_words(painter, PAD + ICON + GAP if has_icon else PAD)

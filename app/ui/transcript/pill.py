"""Pill: a floating button that leads back to the end of a conversation."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.ui import icons
from app.ui.theme import Theme, font
from app.ui.unfailing import unfailing

_ICON = 16
_SHADOW = 4
"""Room around it for its shadow."""


class Pill(QAbstractButton):
    """A rounded button with an arrow down."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        # The End key does the same: it would only be one more stop on the way.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(self.tr("Go to the end (End)"))
        self._theme = theme

    def set_theme(self, theme: Theme) -> None:
        """Change colours and font."""
        self._theme = theme
        self.update()

    def say(self, *, has_news: bool) -> None:
        """Tell whether there is something below that the person has not seen."""
        text = self.tr("New text below") if has_news else self.tr("Go to the end")
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
        self.resize(self.sizeHint())

    @property
    def _font(self) -> QFont:
        return font(self._theme.type.caption)

    def sizeHint(self) -> QSize:
        space, role = self._theme.space, self._theme.type.caption
        width = QFontMetrics(self._font).horizontalAdvance(self.text())
        return QSize(
            width + _ICON + space.s + 2 * space.m + 2 * _SHADOW,
            role.line + space.m + 2 * _SHADOW,
        )

    @unfailing
    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    @unfailing
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        colours, space = self._theme.colours, self._theme.space
        box = QRectF(self.rect()).adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw_shadow(painter, box)
            painter.setPen(QPen(colours.strong_line, self._theme.metrics.hairline))
            ground = colours.accent_wash if self.underMouse() else colours.raised
            painter.setBrush(colours.selection if self.isDown() else ground)
            edge = box.adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(edge, edge.height() / 2, edge.height() / 2)
            icon = QRectF(box.x() + space.m, box.center().y() - _ICON / 2, _ICON, _ICON)
            icons.paint(painter, "arrow-down", icon, colours.accent)
            painter.setPen(colours.text)
            painter.setFont(self._font)
            left = icon.right() + space.s
            label = QRectF(left, box.y(), box.right() - left, box.height())
            painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, self.text())

    def _draw_shadow(self, painter: QPainter, box: QRectF) -> None:
        shade = self._theme.colours.text if not self._theme.is_dark else self._theme.colours.window
        painter.setPen(Qt.PenStyle.NoPen)
        for reach in range(1, _SHADOW + 1):
            colour = shade.toRgb()
            colour.setAlpha(10)
            painter.setBrush(colour)
            area = box.adjusted(-reach, 1 - reach, reach, reach).intersected(QRectF(self.rect()))
            painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)

"""TabPainter: how a tab looks: its sheet, mark, title, close button and focus.

Rectangles are on the strip, already mirrored; which way a tab is read is the
strip's layout direction.
"""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from app.chat.mark import Mark
from app.ui import icons, marks
from app.ui.plain_line import LONGEST, paint_line
from app.ui.tab_row import NARROWEST, WIDEST
from app.ui.theme import Theme, font

HEIGHT = 40
TOP = 6
PAD = 13
MARK_ROOM = marks.SIZE + 5
CLOSE = 20
CLOSE_PAD = 7
GAP = 4


@dataclass(frozen=True, slots=True)
class TabState:
    """What is true of a tab while it is painted."""

    is_front: bool = False
    is_hovered: bool = False
    is_on_close: bool = False
    is_carried: bool = False
    has_focus: bool = False


class TabPainter:
    """Paints tabs on a strip in the colours of a theme."""

    def __init__(self, strip: QWidget, theme: Theme) -> None:
        self._strip = strip
        self._marks = marks.Marks(strip)
        self._widths: dict[str, int] = {}
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours and sizes of a theme."""
        self.colours = theme.colours
        self._radius = theme.metrics.control_radius
        self._ring = theme.metrics.focus_ring
        self._font = font(theme.type.caption)
        self._strong_font = QFont(self._font)
        self._strong_font.setWeight(QFont.Weight.Medium)
        self._widths.clear()

    def wanted_width(self, title: str) -> int:
        """Return the width that shows a title, with room for a mark that may come."""
        width = self._widths.get(title)
        if width is None:
            if len(self._widths) > 2000:
                self._widths.clear()
            text = QFontMetrics(self._strong_font).horizontalAdvance(title[:LONGEST])
            width = PAD + MARK_ROOM + text + GAP + CLOSE + CLOSE_PAD
            width = self._widths[title] = min(max(width, NARROWEST), WIDEST)
        return width

    def close_rect(self, tab: QRect) -> QRect:
        """Return where the close button of a tab is, shown or not."""
        x = tab.left() + CLOSE_PAD if self._is_mirrored else tab.right() + 1 - CLOSE_PAD - CLOSE
        return QRect(x, tab.center().y() - CLOSE // 2 + 1, CLOSE, CLOSE)

    def paint(
        self, painter: QPainter, tab: QRect, title: str, mark: Mark | None, state: TabState
    ) -> None:
        """Draw one tab."""
        if state.is_front:
            self._paint_sheet(painter, tab)
        elif state.is_carried or state.is_hovered:
            # Opaque while it is carried over others.
            edge = self.colours.strong_line if state.is_carried else Qt.GlobalColor.transparent
            painter.setPen(QPen(edge, 1))
            painter.setBrush(self.colours.raised if state.is_carried else self.colours.line)
            place = QRectF(tab).adjusted(1.5, 1.5, -1.5, -4.5)
            painter.drawRoundedRect(place, self._radius, self._radius)
        if state.has_focus:
            painter.setPen(QPen(self.colours.accent, self._ring))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            frame = QRectF(tab).adjusted(4, 4, -4, -5)
            painter.drawRoundedRect(frame, self._radius - 2, self._radius - 2)
        self._paint_title(painter, tab, title, mark, state)
        if state.is_front or state.is_hovered:
            self._paint_close(painter, self.close_rect(tab), is_hot=state.is_on_close)

    @property
    def _is_mirrored(self) -> bool:
        return self._strip.layoutDirection() is Qt.LayoutDirection.RightToLeft

    def _paint_sheet(self, painter: QPainter, tab: QRect) -> None:
        """Draw the tab in front: a sheet that goes over into the surface below."""
        left, right = tab.left() + 0.5, tab.right() + 0.5
        top, bottom, wide = tab.top() + 0.5, HEIGHT + 1.0, 2.0 * self._radius
        path = QPainterPath()
        path.moveTo(left, bottom)
        path.lineTo(left, top + self._radius)
        path.arcTo(QRectF(left, top, wide, wide), 180, -90)
        path.lineTo(right - self._radius, top)
        path.arcTo(QRectF(right - wide, top, wide, wide), 90, -90)
        path.lineTo(right, bottom)
        painter.setPen(QPen(self.colours.line, 1))
        painter.setBrush(self.colours.surface)
        painter.drawPath(path)

    def _paint_title(
        self, painter: QPainter, tab: QRect, title: str, mark: Mark | None, state: TabState
    ) -> None:
        has_close = state.is_front or state.is_hovered
        start, end = PAD, CLOSE_PAD + CLOSE + GAP if has_close else PAD - GAP
        if mark is not None:
            x = tab.right() + 1 - PAD - marks.SIZE if self._is_mirrored else tab.left() + PAD
            place = QRect(x, tab.center().y() + 1 - marks.SIZE // 2, marks.SIZE, marks.SIZE)
            self._marks.paint(painter, mark, place, self.colours)
            start += MARK_ROOM
        text = tab.adjusted(start, 1, -end, 0)
        if self._is_mirrored:
            text = tab.adjusted(end, 1, -start, 0)
        painter.setFont(self._strong_font if state.is_front else self._font)
        painter.setPen(self.colours.text if has_close or state.is_carried else self.colours.muted)
        paint_line(painter, text, title, self._strip.layoutDirection())

    def _paint_close(self, painter: QPainter, place: QRect, *, is_hot: bool) -> None:
        if is_hot:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.colours.selection)
            painter.drawRoundedRect(place, 5, 5)
        colour = self.colours.text if is_hot else self.colours.muted
        icons.paint(painter, "x", QRectF(place).adjusted(3, 3, -3, -3), colour)

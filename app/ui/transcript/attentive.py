"""Attentive surface: shows where the pointer and the keyboard are.

What shows is a function of an `Attention`; only what differs is painted again,
and nothing is laid out for it.
"""

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPalette

from app.ui.transcript.attention import Attention
from app.ui.transcript.foot import foot_height
from app.ui.transcript.repainting import REACH
from app.ui.transcript.surface import Surface
from app.ui.transcript.targets import Spot, draw_ring
from app.ui.unfailing import unfailing

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class AttentiveSurface(Surface):
    """A surface with washes and rings on what the person is at."""

    _pointer: QPoint | None = None
    """Where the pointer is in the view."""
    _is_by_keyboard = False
    """Whether it was the keyboard that came here last."""

    def _point_at(self, point: QPoint | None) -> None:
        """Show what is under the pointer; None when it left."""
        self._pointer = point
        spot = near = None
        if point is not None:
            near, spot = self._column.message_at(point.y() + self._top), self._spot_at(point)
        self._attend(replace(self._attention, hovered=spot, near=near))
        shape = self._shape_at(point, spot)
        if self.viewport().cursor().shape() is not shape:
            self.viewport().setCursor(shape)

    def _shape_at(self, point: QPoint | None, spot: Spot | None) -> Qt.CursorShape:
        """Return how the pointer looks at a point, on a target or on none."""
        return Qt.CursorShape.PointingHandCursor if spot else Qt.CursorShape.ArrowCursor

    def _spot_at(self, point: QPoint) -> Spot | None:
        return self._column.spot_at(point.x() - self._column_x, point.y() + self._top)

    def _attend(self, attention: Attention) -> None:
        """Show that the person is elsewhere."""
        before, self._attention = self._attention, attention
        if before == attention:
            return
        pairs = [(before.hovered, attention.hovered), (before.pressed, attention.pressed)]
        pairs += [(before.ringed, attention.ringed), (before.done, attention.done)]
        for spot in {spot for pair in pairs if pair[0] != pair[1] for spot in pair}:
            self._update_spot(spot)
        if before.near != attention.near:
            self._update_feet(before.near, attention.near)
        if self._rings(before) != self._rings(attention):
            self._update_messages(before.focused, attention.focused)
            self._colour_frame()

    @staticmethod
    def _rings(attention: Attention) -> tuple[bool, int | None, bool]:
        return attention.has_keyboard, attention.focused, attention.ringed is None

    def _update_spot(self, spot: Spot | None) -> None:
        for area in self._column.areas_of(spot) if spot is not None else ():
            self.viewport().update(self._on_view(area).adjusted(-REACH, -REACH, REACH, REACH))

    def _update_messages(self, *message_ids: int | None) -> None:
        below = foot_height(self._theme) + REACH
        for box in self._boxes(message_ids):
            self.viewport().update(box.adjusted(-REACH, -REACH, REACH, below))

    def _update_feet(self, *message_ids: int | None) -> None:
        """Paint again what shows only while the person is near."""
        own = (i for i in message_ids if self._column.is_own(i))
        for box in self._boxes(own):
            area = QRect(0, box.bottom(), self.viewport().width(), foot_height(self._theme) + 2)
            self.viewport().update(area)
        for message_id in message_ids:
            area = QRect() if message_id is None else self._column.sent_area(message_id)
            if not area.isEmpty():
                self.viewport().update(self._on_view(area).adjusted(-2, -2, 2, 2))

    def _boxes(self, message_ids: Iterable[int | None]) -> Iterable[QRect]:
        for message_id in message_ids:
            box = None if message_id is None else self._column.box_of(message_id)
            if box is not None:
                yield self._on_view(box)

    def _colour_frame(self) -> None:
        colours, attention = self._theme.colours, self._attention
        is_ringed = attention.has_keyboard and attention.focused is None
        palette = self.palette()
        colour = colours.accent if is_ringed else colours.surface
        palette.setColor(QPalette.ColorRole.WindowText, colour)
        self.setPalette(palette)

    # What the surface asks for

    def _dress(self) -> None:
        super()._dress()
        self._colour_frame()

    def _place_what_floats(self) -> None:
        super()._place_what_floats()
        if self._pointer is not None:
            self._point_at(self._pointer)

    def _draw_over(self, painter: QPainter, rect: QRect) -> None:
        attention = self._attention
        if not attention.has_keyboard or attention.ringed is not None:
            return
        for box in self._boxes([attention.focused]):
            x, y = (3, 3) if self._column.is_own(attention.focused) else (8, 2)
            area = box.adjusted(-x, -y, x, y)
            # A message may be a million pixels high: only what is near is drawn.
            near = area.intersected(rect.adjusted(-64, -64, 64, 64))
            if not near.isEmpty():
                draw_ring(painter, QRectF(near), self._theme, self._theme.metrics.message_radius)

    # Qt's

    @unfailing
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in _BY_KEYBOARD:
            self._is_by_keyboard = True
        elif event.reason() is Qt.FocusReason.MouseFocusReason:
            self._is_by_keyboard = False
        self._attend(replace(self._attention, has_keyboard=self._is_by_keyboard))

    @unfailing
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._attend(replace(self._attention, has_keyboard=False))

"""Sideways surface: code and tables that are wider than the column are scrolled on their own.

With Shift and the wheel, a wheel or touchpad that goes sideways, the bar below them,
or the arrow keys while the keyboard is on something in them. Only what moves is
painted again.
"""

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent

from app.ui.transcript.blocks import Align, Cell, Kind
from app.ui.transcript.position import Position
from app.ui.transcript.selection import TextPosition
from app.ui.transcript.shifts import Key
from app.ui.transcript.steering import SteeringSurface
from app.ui.transcript.targets import Spot
from app.ui.transcript.wide_page import Strip
from app.ui.unfailing import unfailing

_NOTCH = 120
"""Of a wheel, as Qt counts."""
_REACH = 3
"""Pixels around a bar that take hold of it."""


class SidewaysSurface(SteeringSurface):
    """A surface on which what is too wide can be scrolled.

    Signals:
        wrapping_changed: lines of code were asked to be broken, or not to be; this
            surface has done so. arg: whether they are.
        zoom_requested: the wheel was turned to read larger (above 0) or smaller. arg:
            by how many notches.
    """

    wrapping_changed = Signal(bool)
    zoom_requested = Signal(int)

    _zoomed = 0
    """How far the wheel was turned beyond the last whole notch."""
    _drag: tuple[Strip, int] | None = None
    """The bar that is dragged, and how far from its handle's left edge."""

    def table_at(
        self, point: QPoint
    ) -> tuple[tuple[tuple[Cell, ...], ...], tuple[Align, ...]] | None:
        """Return the table at a point of the view: all its rows, and how columns stand."""
        found = self._column.block_at(point.y() + self._top)
        if found is None or found[0].kind is not Kind.TABLE:
            return None
        return self._column.table(found[1])

    def code_at(self, point: QPoint) -> str | None:
        """Return the code at a point of the view, all of it."""
        found = self._column.block_at(point.y() + self._top)
        if found is None or found[0].kind is not Kind.CODE:
            return None
        return self._column.code(found[1])

    # Scrolling

    def _strip_at(self, point: QPoint) -> Strip | None:
        return self._column.strip_at(point.x() - self._column_x, point.y() + self._top)

    def _slide_to(self, strip: Strip, shift: int) -> None:
        """Scroll a whole; only that is painted again."""
        if not self._column.shifts.move(strip.key, shift, strip.room):
            return
        self._update_whole(strip.key)
        if self._pointer is not None:
            self._point_at(self._pointer)

    def _update_whole(self, key: Key) -> None:
        view = self.viewport()
        for area in self._column.areas_of_whole(key):
            shown = self._on_view(area).intersected(view.rect())
            if not shown.isEmpty():
                view.update(shown)

    def _slide_ringed(self, step: int) -> bool:
        """Scroll what the keyboard is on; return whether that can be scrolled at all."""
        ringed = self._attention.ringed
        strip = None if ringed is None else self._column.strip_of(ringed)
        if strip is None:
            return False
        self._slide_to(strip, strip.slide.shift + step * self._step_px)
        return True

    @property
    def _step_px(self) -> int:
        return 3 * self._theme.type.code.line

    def _toggle_wrapping(self, spot: Spot, is_wrapping: bool) -> None:
        """Break long lines of code or do not; what was clicked stays where it is."""
        areas = self._column.areas_of(spot)
        if areas:
            place = self._column.place_now(Position(spot.message_id, spot.place))
            if place is not None:
                above = self._top - self._column.top_of(place)
                self._move_to(Position(spot.message_id, spot.place, above))
        self.set_code_wrapping(is_wrapping)
        self.wrapping_changed.emit(is_wrapping)

    def _zoom(self, turned: int) -> None:
        """Ask for another size by whole notches; a touchpad turns by parts of one."""
        self._zoomed = turned + (self._zoomed if self._zoomed * turned > 0 else 0)
        notches = int(self._zoomed / _NOTCH)
        self._zoomed -= notches * _NOTCH
        if notches:
            self.zoom_requested.emit(notches)

    # The bar

    def _bar_at(self, point: QPoint) -> Strip | None:
        strip = self._strip_at(point)
        if strip is None or strip.bar is None:
            return None
        area = self._on_view(strip.track).adjusted(-_REACH, 0, _REACH, 0)
        return strip if area.contains(point) else None

    def _hold(self, key: Key | None) -> None:
        """Show on whose bar the pointer is."""
        before = self._column.shifts.hold(key)
        if before != key:
            for changed in (before, key):
                if changed is not None:
                    self._update_whole(changed)

    def _begin_drag(self, strip: Strip, point: QPoint) -> None:
        handle: QRect = self._on_view(strip.handle)
        if handle.left() <= point.x() <= handle.right():
            self._drag = strip, point.x() - handle.left()
        else:
            self._drag = strip, handle.width() // 2
            self._go_on_dragging(point)

    def _go_on_dragging(self, point: QPoint) -> None:
        assert self._drag is not None, "a bar is dragged"
        strip, grip = self._drag
        self._slide_to(strip, strip.shift_at(point.x() - self._column_x - grip))

    # What is asked of a surface

    def _reveal_aside(self, position: TextPosition) -> None:
        strip = self._column.strip_of_text(position)
        if strip is not None:
            self._slide_to(strip, self._column.shift_for_text(position))

    def _strip_dragged(self, point: QPoint) -> Strip | None:
        """Return what is scrolled at the height of a point, if text of it is selected."""
        gesture, room = self._gesture, self.viewport().height()
        if gesture is None or not self._column.has(gesture.origin[0].message_id):
            return None
        y = min(max(point.y(), 0), room - 1) + self._top
        strip = self._column.strip_at(self._column_width // 2, y)
        begun = self._column.strip_of_text(gesture.origin[0])
        return strip if strip is not None and begun is not None and strip.key == begun.key else None

    def _inside(self, point: QPoint) -> QPoint:
        inside, strip = super()._inside(point), self._strip_dragged(point)
        if strip is not None:
            left = self._column_x + strip.left + strip.content_x
            inside.setX(min(max(inside.x(), left), left + strip.room))
        return inside

    def _beyond_side(self, point: QPoint) -> int:
        strip = self._strip_dragged(point)
        return 0 if strip is None else strip.beyond(point.x() - self._column_x)

    def _scroll_aside(self, point: QPoint, px: int) -> None:
        strip = self._strip_dragged(point)
        if strip is not None:
            self._slide_to(strip, strip.slide.shift + px)

    def _point_at(self, point: QPoint | None) -> None:
        super()._point_at(point)
        strip = None if point is None else self._bar_at(point)
        if self._drag is not None:
            strip = self._drag[0]
        self._hold(None if strip is None else strip.key)
        if strip is not None:
            self.viewport().setCursor(Qt.CursorShape.ArrowCursor)

    def _reveal_spot(self, spot: Spot) -> None:
        strip = self._column.strip_of(spot)
        if strip is not None:
            self._slide_to(strip, self._column.shift_for(spot))
        super()._reveal_spot(spot)

    # Qt's

    @unfailing
    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(event.angleDelta().y())
            event.accept()
            return
        self._zoomed = 0
        delta, is_pixels = event.pixelDelta(), not event.pixelDelta().isNull()
        if not is_pixels:
            delta = event.angleDelta()
        aside = delta.x()
        if not aside and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            aside = delta.y()
        elif abs(aside) <= abs(delta.y()):
            aside = 0
        strip = self._strip_at(event.position().toPoint()) if aside else None
        if strip is None:
            super().wheelEvent(event)
            return
        px = aside if is_pixels else aside * self._step_px // _NOTCH
        self._slide_to(strip, strip.slide.shift - px)
        event.accept()

    @unfailing
    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        strip = self._bar_at(point) if event.button() is Qt.MouseButton.LeftButton else None
        if strip is None:
            super().mousePressEvent(event)
        else:
            self._begin_drag(strip, point)

    @unfailing
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            super().mouseMoveEvent(event)
        else:
            self._go_on_dragging(event.position().toPoint())

    @unfailing
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            super().mouseReleaseEvent(event)
        elif event.button() is Qt.MouseButton.LeftButton:
            self._drag = None
            self._point_at(event.position().toPoint())

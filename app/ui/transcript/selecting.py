"""Selecting surface: text is selected with the pointer.

The laws:

- A press on something to click is a click if it ends there; a press on a link that
  moves away selects, as a press on any text does.
- What was selected by words or lines grows by words or lines.
- A press inside what is selected carries it away if it moves, and lets go of it if
  it does not.
- While something is being selected the view does not follow what comes. A timer
  runs only while the pointer drags beyond the edge.
"""

from dataclasses import dataclass, replace
from time import monotonic

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication

from app.ui.transcript.blocks import Kind
from app.ui.transcript.boundaries import Grain, line_at, word_at
from app.ui.transcript.clipping import mime_of
from app.ui.transcript.copying import missing
from app.ui.transcript.marked import MarkedSurface
from app.ui.transcript.selection import Selection, TextPosition
from app.ui.transcript.targets import Link, Spot
from app.ui.transcript.texts import length_of, text_of
from app.ui.unfailing import unfailing

_TICK_MS = 30
_HASTE = 4
"""The view scrolls by one pixel a tick for so many pixels the pointer is beyond its edge."""


@dataclass(slots=True)
class _Gesture:
    """A press of the button that may become something."""

    point: QPoint
    origin: tuple[TextPosition, TextPosition]
    """What is selected whatever comes: the word or line it began with."""
    grain: Grain = Grain.CHARACTER
    is_on_link: bool = False
    is_on_selection: bool = False
    has_moved: bool = False
    """Whether it selects by now."""


def _pace(beyond: int) -> int:
    """Return how many pixels a tick the view scrolls for a pointer so far beyond its edge."""
    return beyond // _HASTE + (1 if beyond > 0 else 0)


class SelectingSurface(MarkedSurface):
    """A surface on which text can be selected with the pointer."""

    _gesture: _Gesture | None = None
    _clicked: tuple[float, QPoint] | None = None
    """Until when a press at a place is the third one."""
    _edge_timer: QTimer | None = None
    _last_point = QPoint()
    """Where the pointer was dragged to."""

    # What others are asked for

    def _act(self, spot: Spot) -> None:
        """Do what a click on a target means."""
        raise NotImplementedError

    def _inside(self, point: QPoint) -> QPoint:
        """Return the nearest point at which something shows."""
        view = self.viewport().rect()
        return QPoint(point.x(), min(max(point.y(), view.top()), view.bottom()))

    def _beyond_side(self, point: QPoint) -> int:
        """Return how far a point is beside what is scrolled sideways; below 0 at the left.

        0 where there is nothing more to show, or the selection was begun elsewhere.
        """
        return 0

    def _scroll_aside(self, point: QPoint, px: int) -> None:
        """Scroll what is at a height sideways."""

    # Positions

    def _text_at(self, point: QPoint) -> TextPosition | None:
        return self._column.text_at(point.x() - self._column_x, point.y() + self._top)

    def _is_text_at(self, point: QPoint) -> bool:
        return self._column.is_text_at(point.x() - self._column_x, point.y() + self._top)

    def _is_selected_at(self, point: QPoint) -> bool:
        position, extent = self._text_at(point), self._column.extent(self.selection)
        if position is None or extent is None or not self._is_text_at(point):
            return False
        at = self._column.index_of(position.message_id), position.place, position.offset
        return extent.first <= at <= extent.last

    def _around(self, point: QPoint, grain: Grain) -> tuple[TextPosition, TextPosition] | None:
        """Return the character, word, line or block at a point."""
        position = self._text_at(point)
        if position is None:
            return None
        block = self._column.block_of(position)
        if grain is Grain.CHARACTER or block is None:
            return position, position
        text = text_of(block)
        if grain is Grain.WORD:
            caret = self._column.caret_of(position)
            is_behind = caret is not None and point.x() - self._column_x < caret.x()
            start, end = word_at(text, position.offset, is_behind=is_behind)
        elif block.kind in (Kind.CODE, Kind.PLAIN, Kind.TABLE):
            start, end = line_at(text, position.offset)
        else:
            start, end = 0, length_of(block)
        return replace(position, offset=start), replace(position, offset=end)

    def _order(self, position: TextPosition) -> tuple[int, int, int]:
        return self._column.index_of(position.message_id), position.place, position.offset

    # Gestures

    def _begin(self, point: QPoint, grain: Grain, *, is_on_link: bool = False) -> None:
        """Begin to select with the character, word or line at a point."""
        around = self._around(point, grain)
        if around is None:
            return
        self._gesture = _Gesture(point, around, grain, is_on_link)
        self._has_caret = False
        self.select(Selection(*around))

    def _begin_again(self, point: QPoint) -> None:
        """Go on with what is selected, from where it was begun."""
        before, around = self._marks.selection, self._around(point, Grain.CHARACTER)
        if before is None or around is None:
            self._begin(point, Grain.CHARACTER)
            return
        self._gesture = _Gesture(point, (before.anchor, before.anchor), has_moved=True)
        self.select(Selection(before.anchor, around[0]))

    def _go_on(self, point: QPoint) -> None:
        """Select up to a point."""
        gesture = self._gesture
        around = None if gesture is None else self._around(self._inside(point), gesture.grain)
        if gesture is None or around is None:
            return
        if not all(self._column.has(end.message_id) for end in gesture.origin):
            self._gesture = None
            return
        first, last = gesture.origin
        if self._order(around[0]) < self._order(first):
            self.select(Selection(last, around[0]))
        else:
            self.select(Selection(first, max(last, around[1], key=self._order)))
        self._watch_edge(point)

    def _watch_edge(self, point: QPoint) -> None:
        """Scroll for as long as the pointer is beyond the edge."""
        if self._edge_timer is None:
            self._edge_timer = QTimer(self)
            self._edge_timer.setInterval(_TICK_MS)
            self._edge_timer.timeout.connect(self._on_edge_ticked)
        is_beyond = not 0 <= point.y() < self.viewport().height()
        is_beyond = is_beyond or self._beyond_side(point) != 0
        self._last_point = point
        if is_beyond and not self._edge_timer.isActive():
            self._edge_timer.start()
        elif not is_beyond:
            self._edge_timer.stop()

    def _on_edge_ticked(self) -> None:
        y, bar = self._last_point.y(), self.verticalScrollBar()
        beyond = min(y, 0) or max(y - self.viewport().height() + 1, 0)
        bar.setValue(bar.value() + _pace(beyond))
        aside = self._beyond_side(self._last_point)
        if aside:
            self._scroll_aside(self._last_point, _pace(aside))
        self._go_on(self._last_point)

    def _end(self) -> None:
        """End what the press of the button began."""
        gesture, self._gesture = self._gesture, None
        if self._edge_timer is not None:
            self._edge_timer.stop()
        if gesture is not None and gesture.is_on_selection:
            self._begin(gesture.point, Grain.CHARACTER)
            self._gesture = None
        elif self.selection is not None and gesture is not None:
            self._clipping.show_as_primary(self.selection)

    def _carry_away(self) -> None:
        """Let what is selected be dropped elsewhere."""
        self._gesture = None
        extent, copied = self._column.extent(self.selection), self.copied
        if extent is None or copied is None:
            return
        absent = missing(self._conversation, self._column.ids_in(extent))
        if absent:
            # It can be carried away once it is here.
            self._conversation.want(absent)
            return
        self._attend(replace(self._attention, pressed=None))
        drag = QDrag(self.viewport())
        drag.setMimeData(mime_of(copied))
        # Qt has no other way. It is called by the pointer and never within a task,
        # so tasks go on while it lasts.
        drag.exec(Qt.DropAction.CopyAction)

    # What the surface asks for

    def _flush(self) -> None:
        if self._gesture is not None and self.is_pinned:
            self._move_to(self._column.position_at(self._top))
        super()._flush()

    def _point_at(self, point: QPoint | None) -> None:
        if self._gesture is None or not self._gesture.has_moved:
            super()._point_at(point)
        else:
            # What the pointer is dragged over is not pointed at.
            self._pointer = point

    def _shape_at(self, point: QPoint | None, spot: Spot | None) -> Qt.CursorShape:
        if spot is None and point is not None and self._is_text_at(point):
            return Qt.CursorShape.IBeamCursor
        return super()._shape_at(point, spot)

    # Qt's

    @unfailing
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        point = event.position().toPoint()
        self._settle_branch()
        self._point_at(point)
        self._is_by_keyboard = False
        hovered = self._attention.hovered
        self._attend(
            replace(self._attention, pressed=hovered, focused=None, ringed=None, has_keyboard=False)
        )
        is_on_link = hovered is not None and isinstance(self._column.target(hovered), Link)
        if hovered is not None and not is_on_link:
            return
        if self._is_third(point):
            self._begin(point, Grain.LINE)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._begin_again(point)
        elif self._is_selected_at(point):
            around = self._around(point, Grain.CHARACTER)
            if around is not None:
                self._gesture = _Gesture(point, around, is_on_selection=True)
        else:
            self._begin(point, Grain.CHARACTER, is_on_link=is_on_link)

    def _is_third(self, point: QPoint) -> bool:
        clicked, self._clicked = self._clicked, None
        if clicked is None or monotonic() > clicked[0]:
            return False
        return (point - clicked[1]).manhattanLength() < QApplication.startDragDistance()

    @unfailing
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        is_left = event.button() is Qt.MouseButton.LeftButton
        if not (is_left and self._is_text_at(point)) or self._is_on_button(point):
            self.mousePressEvent(event)
            return
        self._begin(point, Grain.WORD)
        self._clicked = monotonic() + QApplication.doubleClickInterval() / 1000, point

    def _is_on_button(self, point: QPoint) -> bool:
        spot = self._spot_at(point)
        return spot is not None and not isinstance(self._column.target(spot), Link)

    @unfailing
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point, gesture = event.position().toPoint(), self._gesture
        if gesture is not None and not event.buttons() & Qt.MouseButton.LeftButton:
            # The button was let go where nobody told us.
            self._end()
            gesture = None
        if gesture is None:
            self._point_at(point)
            return
        distance = (point - gesture.point).manhattanLength()
        is_far = distance >= QApplication.startDragDistance()
        if gesture.is_on_selection:
            if is_far:
                self._carry_away()
            return
        if not gesture.has_moved and not is_far and gesture.is_on_link:
            return
        if not gesture.has_moved:
            gesture.has_moved = True
            self._attend(replace(self._attention, hovered=None, pressed=None))
            self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self._point_at(point)
        self._go_on(point)

    @unfailing
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        pressed = self._attention.pressed
        point = event.position().toPoint()
        self._end()
        self._attend(replace(self._attention, pressed=None))
        self._point_at(point if self.viewport().rect().contains(point) else None)
        if pressed is not None and self._spot_at(point) == pressed:
            self._act(pressed)

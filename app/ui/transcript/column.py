"""Column: the messages of a branch below each other, and what of them is laid out.

Of messages only the parts that show are laid out. It is walked from the reader's
place outwards, so that what shows is exact whatever the estimates were. No widget:
pixels of the view come in as numbers.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from PySide6.QtCore import QRect

from app.ui.transcript.branch import SLICE, Branch
from app.ui.transcript.drawn_formulas import Wanted
from app.ui.transcript.highlighting import Key, Listing
from app.ui.transcript.message import MessageLayout
from app.ui.transcript.message_rows import PENDING
from app.ui.transcript.position import END, Position
from app.ui.transcript.tints import Tint

_NEAR = 64
"""Pixels that make no difference to what is out of sight."""
_KEPT = 64
"""Messages whose parsed text is kept while they are out of sight."""


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a message, and pixels from its top."""

    message: int
    row: int
    offset: int
    is_late: bool = False
    """Whether it stands in for one in text that was not read yet."""


class Column(Branch):
    """The messages in view, in one reading column.

    Places are in pixels from the top of the first message's gap.
    """

    _released = 0, 0, 0
    """Where layouts were let go of last, roughly, and how many messages had some."""

    # Places

    def top_of(self, place: Place) -> int:
        """Return where a place is."""
        layout = self._layout(place.message)
        return self._top(place.message) + layout.top(place.row) + place.offset

    def position_at(self, y: int) -> Position:
        """Return the position at a height."""
        if not self._ids:
            return END
        message = self._heights.find(y)
        above = self._heights.offset(message)
        before = self._heights[message]
        layout = self._layout(message)
        inside = (y - above) * self._heights[message] // max(before, 1) - self._gap(message)
        row = layout.heights.find(inside)
        offset = inside - layout.top(row)
        return Position(layout.id, layout.place(row), offset)

    def place_now(self, position: Position) -> Place | None:
        """Return where a position is in what was read; None if it is not there."""
        message = self._index.get(position.message_id or 0)
        if message is None:
            return None
        layout = self._layout(message)
        row = layout.row_of(position.block)
        return Place(message, row, position.offset) if layout.place(row) == position.block else None

    def place_of(self, position: Position) -> Place | None:
        """Return where a position is; None if it is not in this branch.

        Text is read until it is there, as far as this frame allows.
        """
        message = self._index.get(position.message_id or 0)
        if message is None:
            return None
        layout = self._layout(message)
        pending = layout.row_of(PENDING)
        y = layout.top(pending) + position.offset
        self._read_up_to(message, layout, position)
        if position.block == PENDING:
            row = layout.heights.find(y)
            return Place(message, row, y - layout.top(row))
        row = layout.row_of(position.block)
        is_there = layout.place(row) == position.block
        is_text = position.block < PENDING
        is_late = is_text and not is_there and self._is_coming(layout)
        return Place(message, row, position.offset if is_there else 0, is_late=is_late)

    def row_height(self, place: Place, *, exact: bool = False) -> int:
        """Return the height of the row of a place; laid out for it if `exact`."""
        layout = self._layout(place.message)
        if exact and not layout.is_pending(place.row):
            self._make(layout, place.row)
            self._fit(place.message, layout)
        return layout.heights[place.row]

    def first_difference(self, message_id: int, row: int) -> int | None:
        """Return where a row begins to be not what it was; None if it is gone."""
        index, layout = self._index.get(message_id), self._layouts.get(message_id)
        if index is None or layout is None:
            return None
        return self._top(index) + layout.first_difference(row)

    # Laying out

    def lay_out_from(self, place: Place, above: int, below: int) -> int:
        """Make real what is up to `above` pixels over a place and `below` under it.

        Returns how many pixels there are under it, at most about `below`.
        """
        reached = self._walk_down(place, below)
        self._walk_up(place.message, place.row, above)
        return reached

    def lay_out_end(self, above: int) -> None:
        """Make real the last `above` pixels."""
        if self._ids:
            self._walk_up(len(self._ids) - 1, None, above - self._room_below)

    def release(self, top: int, bottom: int) -> None:
        """Let go of layouts that are not between two heights."""
        if not self._ids:
            return
        seen = top // _NEAR, bottom // _NEAR, len(self._layouts)
        if seen == self._released:
            return
        self._released = seen
        first, last = self._heights.find(top), self._heights.find(bottom)
        for message_id, layout in list(self._layouts.items()):
            index = self._index[message_id]
            if first <= index <= last:
                # Seen again: to the end of the queue.
                self._layouts[message_id] = self._layouts.pop(message_id)
            if layout.has_layouts:
                above = self._top(index)
                layout.drop_outside(top - above, bottom - above)
        for message_id in list(self._layouts)[: max(len(self._layouts) - _KEPT, 0)]:
            if not first <= self._index[message_id] <= last and message_id not in self.held:
                del self._layouts[message_id]

    # What shows

    def is_drawable(self, position: Position) -> bool:
        """Return whether what is at a position is laid out."""
        layout = self._layouts.get(position.message_id or 0)
        if layout is None:
            return False
        row = layout.row_of(position.block)
        return layout.place(row) == position.block and layout.is_ready(row)

    # Code and formulas

    def renew(self, drawn: Set[Wanted]) -> bool:
        """Let go of layouts that lack formulas which are drawn now; return whether any did."""
        renewed = [layout.renew(drawn) for layout in self._layouts.values()]
        return any(renewed)

    def touched_code(self) -> dict[Key, Listing]:
        """Return the pieces of code that were laid out or changed, each with its listing."""
        result = {}
        for message_id, row in self.touched:
            layout = self._layouts.get(message_id)
            listing = layout.listing_at(row) if layout is not None else None
            if layout is not None and listing is not None:
                result[message_id, layout.place(row)] = listing
        return result

    def code_at(self, key: Key) -> Listing | None:
        """Return a listing as far as it was read."""
        layout = self._layouts.get(key[0])
        return layout.listing_at(layout.row_of(key[1])) if layout and layout.count else None

    def tint(self, message_id: int, place: int, tints: Sequence[Tint]) -> QRect | None:
        """Colour a piece of code; return where it is if it looks different now."""
        layout, index = self._layouts.get(message_id), self._index.get(message_id)
        area = layout.tint(place, tints) if layout is not None else None
        return None if area is None or index is None else area.translated(0, self._top(index))

    # Inside

    def _make(self, layout: MessageLayout, row: int) -> int:
        if layout.lay_out(row):
            self.touched.append((layout.id, row))
        return layout.heights[row]

    def _walk_down(self, place: Place, need: int) -> int:
        message, first, y = place.message, place.row, 0
        while message < len(self._ids):
            layout = self._layout(message)
            heights, row = layout.heights, first
            while row < layout.count and y + heights.offset(row) - heights.offset(first) < need:
                unsettled = layout.unsettled_row
                if layout.is_pending(row) and self._read_more(message, layout, SLICE):
                    # What were its last blocks may have become others.
                    row = max(min(row, unsettled), first)
                else:
                    self._make(layout, row)
                    row += 1
            self._fit(message, layout)
            y += heights.offset(row) - heights.offset(first)
            if row < layout.count:
                return y
            y += layout.height - heights.total
            message, first = message + 1, 0
            if message < len(self._ids):
                y += self._gap(message)
        return y + self._room_below

    def _walk_up(self, message: int, row: int | None, need: int) -> None:
        y = 0
        while message >= 0:
            layout = self._layout(message)
            if row is None:
                self._read_to_end(message, layout)
                row = layout.count
            while row > 0 and y < need:
                row -= 1
                y += layout.heights[row] if layout.is_laid_out(row) else self._make(layout, row)
            self._fit(message, layout)
            if y >= need:
                return
            y += self._gap(message)
            message, row = message - 1, None

"""Column: the messages of a branch below each other, and which of them are real.

All messages have a height; those near the reader have a `MessageLayout`, and of
those only the parts that show are laid out. It is walked from the reader's
place outwards, so that what shows is exact whatever the estimates were. No
widget: pixels of the view come in as numbers.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from time import perf_counter

from PySide6.QtCore import QRect

from app.chat.conversation import Conversation
from app.chat.message import Role
from app.ui.theme import Theme
from app.ui.transcript.captions import Captions
from app.ui.transcript.counts import Counts
from app.ui.transcript.drawn_formulas import Formulas, Wanted
from app.ui.transcript.estimates import gap_above, heights_of
from app.ui.transcript.foot import foot_height
from app.ui.transcript.heights import Heights
from app.ui.transcript.highlighting import Key, Listing
from app.ui.transcript.message import PENDING, MessageLayout
from app.ui.transcript.position import END, Position
from app.ui.transcript.shifts import Shifts
from app.ui.transcript.tints import Tint

_ALLOWANCE = 16_384
"""Characters of text read for one frame, at most, but for a backlog."""
_BACKLOG_S = 0.008
"""For how long as many are read again, where all that is left has to be."""
_SLICE = 2_048
"""Characters read before looking whether that was enough; then twice as many."""
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


class Column:
    """The messages in view, in one reading column.

    Heights and places are in pixels from the top of the first message's gap.
    """

    def __init__(
        self, conversation: Conversation, captions: Captions, theme: Theme, counts: Counts
    ) -> None:
        self._conversation = conversation
        self._captions = captions
        self._theme = theme
        self._counts = counts
        self._width = theme.metrics.column
        self._ids: list[int] = []
        self._index: dict[int, int] = {}
        self._own: set[int] = set()
        """Which of them are the person's."""
        self._estimated: Heights | None = None
        """The heights of all of them; None until they are asked for."""
        self._layouts: dict[int, MessageLayout] = {}
        """Least recently seen first."""
        self._released = 0, 0, 0
        """Where layouts were let go of last, roughly, and how many messages had some."""
        self.held: frozenset[int] = frozenset()
        """Messages whose parsed text is kept wherever the reader is."""
        self._unfolded: set[int] = set()
        self._edited: tuple[int, int] | None = None
        """The message over which an editor lies, and how high that is."""
        self._allowance = 0
        self._until_s = 0.0
        """Until when more than that is read."""
        self.is_behind = False
        """Whether text that should show was left for the next frame."""
        self.shifts = Shifts()
        """How far what is wide is scrolled sideways."""
        self.formulas: Formulas | None = None
        """Where layouts have their formulas from."""
        self.touched: list[tuple[int, int]] = []
        """Message and row of what was laid out or changed, until somebody clears it."""
        self.rebuild()

    @property
    def height(self) -> int:
        return self._heights.total + self._room_below

    @property
    def content_height(self) -> int:
        """Without the room below the last message."""
        return self._heights.total

    @property
    def width(self) -> int:
        return self._width

    @property
    def known(self) -> list[int]:
        """The ids of the messages that have a layout."""
        return list(self._layouts)

    # What it consists of

    def rebuild(self) -> None:
        """Take up the branch in view anew. Messages that stay keep their layouts."""
        branch = self._conversation.branch
        # No values are made of messages for this: there may be ten thousand.
        roles = list(map(self._conversation.role, branch))
        own, hidden = Role.USER, Role.SYSTEM
        self._ids = [i for i, role in zip(branch, roles, strict=True) if role is not hidden]
        self._index = dict(zip(self._ids, range(len(self._ids)), strict=True))
        self._own = {i for i, role in zip(branch, roles, strict=True) if role is own}
        self._layouts = {i: it for i, it in self._layouts.items() if i in self._index}
        self._estimated = None

    def append(self, message_id: int) -> None:
        """Add a message at the end."""
        if self._is_shown(message_id):
            heights = self._heights
            self._index[message_id] = len(self._ids)
            self._ids.append(message_id)
            if self._conversation.role(message_id) is Role.USER:
                self._own.add(message_id)
            heights.append(self._guess(message_id))

    def restyle(self, width: int, theme: Theme) -> None:
        """Let go of all layouts, for another width or theme."""
        self._width, self._theme = width, theme
        self.shifts.forget_widths()
        layouts, held = self._layouts.items(), self.held
        self._layouts = {i: it for i, it in layouts if it.has_layouts or i in held}
        for it in self._layouts.values():
            it.restyle(width, theme)
        self._estimated = None

    def toggle_reasoning(self, message_id: int) -> None:
        """Show the reasoning of a message, or hide it, from its next refresh on."""
        self._unfolded ^= {message_id}

    def make_room(self, message_id: int | None, height: int) -> bool:
        """Make room for an editor instead of a message, from its next refresh on.

        Returns whether it is another message than before.
        """
        before = self._edited[0] if self._edited is not None else None
        self._edited = None if message_id is None else (message_id, height)
        return before != message_id

    def refresh(self, message_ids: Iterable[int]) -> None:
        """Take in what changed about messages. Nothing is laid out by this."""
        for message_id in message_ids:
            index = self._index.get(message_id)
            layout = self._layouts.get(message_id)
            if index is None:
                continue
            if layout is None:
                self._heights[index] = self._guess(message_id)
            else:
                # Text that nobody sees grow is not read while it grows.
                allowance = self._allowance if layout.shows_end else 0
                self._read(index, layout, allowance, self._until_s)

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

    def _is_coming(self, layout: MessageLayout) -> bool:
        """Return whether there is text of a message, on disk or here, that was not read."""
        is_on_disk = self._conversation.text(layout.id) is None
        return (is_on_disk and self._conversation.length(layout.id) > 0) or layout.is_readable(
            self._conversation
        )

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

    def neighbour(self, message_id: int, step: int) -> int | None:
        """Return the id of the message so many further down."""
        index = self._index.get(message_id, 0) + step
        return self._ids[index] if 0 <= index < len(self._ids) else None

    def has(self, message_id: int | None) -> bool:
        """Return whether a message is in this branch."""
        return message_id in self._index

    def is_own(self, message_id: int | None) -> bool:
        """Return whether a message is the person's."""
        return message_id in self._own

    def read_whole(self, message_id: int) -> bool:
        """Read all of a message, as far as this frame allows; return whether that was it."""
        message = self._index.get(message_id)
        if message is None:
            return False
        layout = self._layout(message)
        self._read_to_end(message, layout)
        return not layout.is_readable(self._conversation)

    def ids_between(self, top: int, bottom: int) -> list[int]:
        """Return the ids of the messages between two heights."""
        if not self._ids:
            return []
        return self._ids[self._heights.find(top) : self._heights.find(bottom) + 1]

    # Laying out

    def begin_frame(self) -> None:
        """Grant the text that may be read for one frame."""
        self._allowance, self._until_s = _ALLOWANCE, perf_counter() + _BACKLOG_S
        self.is_behind = False

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

    @property
    def _room_below(self) -> int:
        """Below the last message; as high as its foot before it has one.

        So nothing moves when a reply at the end of the view has ended.
        """
        if not self._ids:
            return 0
        layout, space = self._layouts.get(self._ids[-1]), self._theme.space
        if layout is not None and layout.is_open and not layout.has_foot:
            return space.xxl + space.s + foot_height(self._theme)
        return space.xxl

    def _gap(self, message: int) -> int:
        above = self._ids[message - 1] if message else None
        is_below_own = self.is_own(above)
        return gap_above(is_below_own=is_below_own, theme=self._theme)

    def _top(self, message: int) -> int:
        return self._heights.offset(message) + self._gap(message)

    def _is_shown(self, message_id: int) -> bool:
        return self._conversation.role(message_id) is not Role.SYSTEM

    @property
    def _heights(self) -> Heights:
        """The heights of all messages, estimated once per width, when that is looked at."""
        if self._estimated is None:
            lengths = zip(self._ids, self._conversation.lengths(self._ids), strict=True)
            self._estimated = Heights(self._guesses(lengths, None))
            self._counts.estimates += 1
        return self._estimated

    def _guess(self, message_id: int) -> int:
        index = self._index[message_id]
        above = self._ids[index - 1] if index else None
        lengths = [(message_id, self._conversation.length(message_id))]
        return next(iter(self._guesses(lengths, above)))

    def _guesses(self, lengths: Iterable[tuple[int, int]], above: int | None) -> Iterable[int]:
        is_below_own = self.is_own(above)
        return heights_of(lengths, self._layouts, self._own, self._width, self._theme, is_below_own)

    def _layout(self, message: int) -> MessageLayout:
        message_id = self._ids[message]
        layout = self._layouts.get(message_id)
        if layout is None:
            value = self._conversation.message(message_id)
            layout = MessageLayout(
                value, self._width, self._theme, self._counts, self.formulas, self.shifts
            )
            self._layouts[message_id] = layout
            self._read(message, layout, 0)
        return layout

    def _read(
        self, message: int, layout: MessageLayout, allowance: int, until_s: float = 0.0
    ) -> int:
        room = None
        if self._edited is not None and self._edited[0] == layout.id:
            room = self._edited[1]
        is_unfolded = layout.id in self._unfolded
        taken, changed = layout.read(
            self._conversation,
            self._captions,
            allowance,
            is_unfolded=is_unfolded,
            room=room,
            until_s=until_s,
        )
        self._allowance -= taken
        if changed is not None:
            self.touched.append((layout.id, changed))
        self._fit(message, layout)
        return taken

    def _read_more(
        self, message: int, layout: MessageLayout, length: int, until_s: float = 0.0
    ) -> bool:
        """Read so much of what is pending; return whether there was any."""
        if not layout.is_readable(self._conversation):
            return False
        if self._allowance <= 0 and perf_counter() < self._until_s:
            self._allowance = _ALLOWANCE
        if self._allowance <= 0:
            self.is_behind = True
            return False
        return self._read(message, layout, min(length, self._allowance), until_s) > 0

    def _read_to_end(self, message: int, layout: MessageLayout) -> None:
        """Read all that is pending, as far as this frame allows."""
        while self._read_more(message, layout, _ALLOWANCE, self._until_s):
            pass

    def _read_up_to(self, message: int, layout: MessageLayout, position: Position) -> None:
        """Read until the block of a position is there."""
        length = _SLICE
        if position.block == PENDING:
            # Its offset is in text nobody had read: how far down, about.
            row = layout.row_of(PENDING)
            y = layout.top(row) + position.offset
            while layout.is_pending(layout.heights.find(y)) and self._read_more(
                message, layout, length
            ):
                length *= 2
        elif position.block < PENDING:
            while position.block >= layout.settled_count and self._read_more(
                message, layout, length
            ):
                length *= 2

    def _fit(self, message: int, layout: MessageLayout) -> None:
        self._heights[message] = self._gap(message) + layout.height

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
                if layout.is_pending(row) and self._read_more(message, layout, _SLICE):
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

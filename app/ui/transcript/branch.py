"""Branch: the messages of a branch, how high each is, and what was read of them.

All messages have a height; those near the reader have a `MessageLayout`, the others
an estimate. Of their text so much is read for one frame as that has time for.
"""

from collections.abc import Iterable
from time import perf_counter

from app.chat.conversation import Conversation
from app.chat.message import Role
from app.ui.theme import Theme
from app.ui.transcript.captions import Captions
from app.ui.transcript.counts import Counts
from app.ui.transcript.drawn_formulas import Formulas
from app.ui.transcript.estimates import gap_above, heights_of
from app.ui.transcript.foot import foot_height
from app.ui.transcript.heights import Heights
from app.ui.transcript.message import MessageLayout
from app.ui.transcript.message_rows import PENDING
from app.ui.transcript.position import Position
from app.ui.transcript.shifts import Shifts

_ALLOWANCE = 16_384
"""Characters of text read for one frame, at most, but for a backlog."""
_BACKLOG_S = 0.008
"""For how long as many are read again, where all that is left has to be."""
SLICE = 2_048
"""Characters read before looking whether that was enough; then twice as many."""


class Branch:
    """The messages of the branch in view, below each other.

    Heights are in pixels from the top of the first message's gap.
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

    def ids_between(self, top: int, bottom: int) -> list[int]:
        """Return the ids of the messages between two heights."""
        if not self._ids:
            return []
        return self._ids[self._heights.find(top) : self._heights.find(bottom) + 1]

    def _is_shown(self, message_id: int) -> bool:
        return self._conversation.role(message_id) is not Role.SYSTEM

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

    # Heights

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

    def _fit(self, message: int, layout: MessageLayout) -> None:
        self._heights[message] = self._gap(message) + layout.height

    # Reading

    def begin_frame(self) -> None:
        """Grant the text that may be read for one frame."""
        self._allowance, self._until_s = _ALLOWANCE, perf_counter() + _BACKLOG_S
        self.is_behind = False

    def read_whole(self, message_id: int) -> bool:
        """Read all of a message, as far as this frame allows; return whether that was it."""
        message = self._index.get(message_id)
        if message is None:
            return False
        layout = self._layout(message)
        self._read_to_end(message, layout)
        return not layout.is_readable(self._conversation)

    def _is_coming(self, layout: MessageLayout) -> bool:
        """Return whether there is text of a message, on disk or here, that was not read."""
        is_on_disk = self._conversation.text(layout.id) is None
        return (is_on_disk and self._conversation.length(layout.id) > 0) or layout.is_readable(
            self._conversation
        )

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
        length = SLICE
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

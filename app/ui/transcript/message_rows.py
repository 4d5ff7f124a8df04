"""Message rows: what was read of a message, as parts below each other.

What changed is found by comparing parts, so that the layout of a part that
stayed the same is kept.
"""

from collections.abc import Sequence
from time import perf_counter

from app.chat.conversation import Conversation
from app.chat.message import Message, Role
from app.ui.theme import Theme
from app.ui.transcript.blocks import Align, Block, Cell, Container, Kind, code_at
from app.ui.transcript.captions import Captions
from app.ui.transcript.counts import Counts
from app.ui.transcript.drawn_formulas import Formulas
from app.ui.transcript.heights import Heights
from app.ui.transcript.highlighting import Listing, listing_of
from app.ui.transcript.layout import gap_between
from app.ui.transcript.parts import Foot, Part, Pending, Room
from app.ui.transcript.plain import PlainStream
from app.ui.transcript.position import BELOW
from app.ui.transcript.rows import Rows
from app.ui.transcript.stream import BlockStream
from app.ui.transcript.surroundings import FOOT, Items, above, below, below_own
from app.ui.transcript.table_text import rows_at

PENDING = BELOW - 1
"""The place of what was not read yet."""
PADDING_X, PADDING_Y = 14, 9
"""Inside the person's message."""
_PIECE = 16_384
"""Characters read before looking at the clock."""


class MessageRows:
    """A message as parts below each other, each with the gap above it."""

    def __init__(
        self,
        message: Message,
        width: int,
        theme: Theme,
        counts: Counts,
        formulas: Formulas | None = None,
    ) -> None:
        self.id = message.id
        self._is_own = message.role is Role.USER
        self._width = width
        self._theme = theme
        self._counts = counts
        self._rows = Rows(self._width_of, theme, counts, formulas)
        self._stream = self._new_stream()
        self._taken = 0
        self._reasoning: PlainStream | None = None
        self._head = -1
        """Rows above the text; -1 before there are any."""
        self._settled = 0
        """Settled blocks that have their rows."""
        self._caret: int | None = None
        self._seams: tuple[int, ...] = ()
        """Where other requests went on with the text."""
        self.is_open = message.status.is_open
        """Whether text could still come when it was last read."""
        self._room: int | None = None
        """The height of what lies over the text while it is edited."""

    # Rows

    @property
    def heights(self) -> Heights:
        """Of the rows, each with the gap above it."""
        return self._rows.heights

    @property
    def count(self) -> int:
        return len(self._rows)

    @property
    def height(self) -> int:
        return self.heights.total

    @property
    def is_own(self) -> bool:
        """Whether it is the person's."""
        return self._is_own

    @property
    def has_foot(self) -> bool:
        """Whether what stands below it keeps it apart from the next."""
        return len(self._rows) > 0 and self._rows[len(self._rows) - 1].place >= FOOT

    @property
    def has_layouts(self) -> bool:
        return self._rows.has_layouts

    @property
    def settled_count(self) -> int:
        """How many blocks of its text were read and will not change."""
        return self._settled

    @property
    def unsettled_row(self) -> int:
        """The first row that may change when more is read."""
        return max(self._head, 0) + self._settled

    @property
    def shows_end(self) -> bool:
        """Whether all of its text was read, and its end is laid out."""
        last = self._head + self._settled + len(self._stream.tail) - 1
        count = len(self._rows)
        is_read = not any(self.is_pending(row) for row in range(max(count - 4, 0), count))
        return is_read and (last < self._head or self._rows.is_laid_out(last))

    def place(self, row: int) -> int:
        """Return the place of a row."""
        return self._rows[row].place

    def top(self, row: int) -> int:
        """Return where a row begins, below the gap above it."""
        return self._rows.top(row)

    def row_of(self, place: int) -> int:
        """Return the row at a place, or the one before if there is none."""
        return self._rows.row_of(place)

    @property
    def blocks(self) -> Sequence[Block]:
        """What was read of its text; by place."""
        return self._stream.blocks

    def is_pending(self, row: int) -> bool:
        """Return whether a row stands for text that was not read."""
        return isinstance(self._rows[row].part, Pending)

    def listing_at(self, row: int) -> Listing | None:
        """Return the listing of which a row shows a piece."""
        place = self._rows[row].place if row < len(self._rows) else -1
        part = self._rows[row].part if place >= 0 else None
        if not isinstance(part, Block) or part.kind is not Kind.CODE:
            return None
        return listing_of(self._stream.blocks, place, self._whole_count)

    @property
    def _whole_count(self) -> int:
        """Blocks that no longer change, those at the end of a text that has ended among them."""
        count = len(self._rows)
        is_read = not any(self.is_pending(row) for row in range(max(count - 4, 0), count))
        settled = len(self._stream.settled)
        return settled if self.is_open or not is_read else settled + len(self._stream.tail)

    def first_difference(self, row: int) -> int:
        """Return the height from which on a row is not what it was."""
        return self._rows.first_difference(row)

    # Reading

    def is_readable(self, conversation: Conversation) -> bool:
        """Return whether there is text here that was not read."""
        return conversation.length(self.id) > self._taken and conversation.has_text(self.id)

    def read(
        self,
        conversation: Conversation,
        captions: Captions,
        allowance: int,
        *,
        is_unfolded: bool,
        room: int | None,
        until_s: float = 0.0,
    ) -> tuple[int, int | None]:
        """Take in what is new, at most so many characters of text.

        More of it until a time of the clock. `room` is the height of
        what lies over the text, if it is being edited. Returns how many were taken,
        and the first row that is not as before.
        """
        taken = self._feed(conversation, allowance, until_s)
        self._feed_reasoning(conversation, is_unfolded)
        if room is not None:
            self._room = room
            return taken, self._compose_room(room)
        if self._room is not None:
            self._room, self._head = None, -1
        return taken, self._compose(conversation, captions)

    def table(self, place: int) -> tuple[tuple[tuple[Cell, ...], ...], tuple[Align, ...]]:
        """Return the whole table of which the part at a place is a piece: rows and aligns."""
        return rows_at(self._stream.blocks, place)

    def code(self, place: int) -> str:
        """Return the whole code of which the part at a place is a piece."""
        return code_at(self._stream.blocks, place)

    def _new_stream(self) -> BlockStream | PlainStream:
        return PlainStream() if self._is_own else BlockStream()

    def _feed(self, conversation: Conversation, allowance: int, until_s: float) -> int:
        if conversation.length(self.id) < self._taken:
            # Not the text it was.
            self._stream, self._taken, self._head = self._new_stream(), 0, -1
        if allowance <= 0 or not self.is_readable(conversation):
            return 0
        before = self._stream.parsed
        self._counts.messages_parsed += not self._taken
        text, taken = conversation.text_after(self.id, self._taken), 0
        while taken < len(text):
            piece = text[taken : taken + (_PIECE if taken else allowance)]
            self._stream.feed(piece)
            taken += len(piece)
            if perf_counter() >= until_s:
                break
        self._taken += taken
        # Asked for here so that it is counted here; once, however much was read.
        assert self._stream.tail is not None
        self._counts.characters_parsed += self._stream.parsed - before
        return taken

    def _feed_reasoning(self, conversation: Conversation, is_unfolded: bool) -> None:
        if not is_unfolded or self._is_own:
            self._reasoning = None
            return
        if self._reasoning is None:
            self._reasoning = PlainStream((Container.REASONING,))
        blocks = self._reasoning.blocks
        taken = blocks[-1].end if blocks else 0
        self._reasoning.feed(conversation.reasoning_after(self.id, taken))

    # Composing

    def _compose_room(self, height: int) -> int | None:
        self._head = self._settled = 0
        self._caret = None
        return self._rows.replace(0, [(0, Room(height))], lambda before, part: 0)

    def _compose(self, conversation: Conversation, captions: Captions) -> int | None:
        message = conversation.message(self.id)
        self.is_open = message.status.is_open
        self._seams = tuple(c.begins_at for c in message.completions if c.begins_at)
        head: Items = []
        if not self._is_own:
            reasoning = None if self._reasoning is None else self._reasoning.blocks
            head = above(conversation, message, captions, reasoning)
        is_same = self._head == len(head) and all(
            row.part == part for row, (_, part) in zip(self._rows, head, strict=False)
        )
        first = self._settled if is_same else 0
        # A definition that came late changes references above it.
        revised = self._stream.take_revised()
        if revised is not None:
            first = min(first, revised)
        start = self._head + first if is_same else 0
        items = [] if is_same else list(head)
        blocks = [*self._stream.settled[first:], *self._stream.tail]
        items += [(first + i, block) for i, block in enumerate(blocks)]
        caret = len(head) + first + len(blocks) - 1 if self.is_open and blocks else None
        pending = conversation.length(self.id) - self._taken
        # A message has at least one row of text, also if it says nothing.
        if pending > 0 or (self._is_own and not blocks and not first):
            items.append((PENDING, Pending(pending)))
        if self._is_own:
            items += below_own(conversation, message, captions)
        else:
            items += below(conversation, message, captions)
        self._head, self._settled = len(head), len(self._stream.settled)
        changed = self._rows.replace(start, items, self._gap)
        if caret != self._caret:
            rows = [r for r in (caret, self._caret, changed) if r is not None]
            self._caret, changed = caret, min(rows)
        return changed

    def _gap(self, before: Part | None, part: Part) -> int:
        if before is None or (self._is_own and isinstance(part, Foot)):
            return PADDING_Y if self._is_own else 0
        return gap_between(before, part, self._theme)

    @property
    def _inner_width(self) -> int:
        if not self._is_own:
            return self._width
        return max(own_width(self._width, self._theme) - 2 * PADDING_X, 1)

    def _width_of(self, part: Part) -> int:
        return self._width if isinstance(part, Foot | Room) else self._inner_width


def own_width(width: int, theme: Theme) -> int:
    """Return how wide the box of the person's message may be in a column."""
    return min(theme.metrics.own_message, width)

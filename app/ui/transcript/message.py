"""Message: one message at one width, as a column of parts with heights.

A part is laid out when it is asked for and not before; until then its height
is an estimate. What changed is found by comparing parts, so that the layout of
a part that stayed the same is kept. Drawing changes nothing.
"""

from bisect import bisect_right
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPainterPath

from app.chat.conversation import Conversation
from app.chat.message import Message, Role, Status
from app.ui.theme import Theme
from app.ui.transcript.blocks import Block, Container, code_at
from app.ui.transcript.captions import Captions
from app.ui.transcript.counts import Counts
from app.ui.transcript.heights import Heights
from app.ui.transcript.layout import Layout, estimate, gap_between, lay_out
from app.ui.transcript.parts import Name, Part, Pending, Quiet, Target, Thought, Waiting
from app.ui.transcript.position import BELOW
from app.ui.transcript.prose import draw_bars
from app.ui.transcript.stream import BlockStream, PlainStream

PENDING = BELOW - 1
"""The place of what was not read yet."""
_NAME, _THOUGHT, _REASONING = -BELOW, 1 - BELOW, 2 - BELOW
_PADDING_X, _PADDING_Y = 14, 9
"""Inside the person's message."""


@dataclass(slots=True)
class _Row:
    part: Part
    place: int
    gap: int
    layout: Layout | None = None
    previous: Layout | None = None
    """Of the part that stood here when it was last laid out."""


class MessageLayout:
    """A message as parts below each other.

    Rows are counted from the top; each has a `place` (see `Position.block`),
    which stays the same when rows appear above it.
    """

    def __init__(self, message: Message, width: int, theme: Theme, counts: Counts) -> None:
        self.id = message.id
        self._is_own = message.role is Role.USER
        self._width = width
        self._theme = theme
        self._counts = counts
        self._rows: list[_Row] = []
        self.heights = Heights()
        """Of the rows, each with the gap above it."""
        self._laid_out: set[int] = set()
        self._stream = self._new_stream()
        self._taken = 0
        self._reasoning: PlainStream | None = None
        self._head = -1
        """Rows above the text; -1 before there are any."""
        self._settled = 0
        """Settled blocks that have their rows."""
        self._caret: int | None = None

    # Geometry

    @property
    def count(self) -> int:
        return len(self._rows)

    @property
    def height(self) -> int:
        return self.heights.total + (_PADDING_Y if self._is_own else 0)

    @property
    def has_layouts(self) -> bool:
        return bool(self._laid_out)

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
        is_read = not any(isinstance(row.part, Pending) for row in self._rows[-4:])
        return is_read and (last < self._head or last in self._laid_out)

    def place(self, row: int) -> int:
        """Return the place of a row."""
        return self._rows[row].place

    def top(self, row: int) -> int:
        """Return where a row begins, below the gap above it."""
        return self.heights.offset(row) + self._rows[row].gap

    def row_of(self, place: int) -> int:
        """Return the row at a place, or the one before if there is none."""
        return max(bisect_right(self._rows, place, key=lambda row: row.place) - 1, 0)

    def is_pending(self, row: int) -> bool:
        """Return whether a row stands for text that was not read."""
        return isinstance(self._rows[row].part, Pending)

    def is_ready(self, row: int) -> bool:
        """Return whether a row can be drawn."""
        return self._rows[row].layout is not None

    def lay_out(self, row: int) -> bool:
        """Lay a row out if it is not; return whether that was done."""
        it = self._rows[row]
        if it.layout is not None or isinstance(it.part, Pending):
            return False
        it.layout = lay_out(it.part, self._inner_width, self._theme, it.previous)
        it.previous = None
        self._counts.layouts += 1
        self._laid_out.add(row)
        self.heights[row] = it.gap + it.layout.height
        return True

    def restyle(self, width: int, theme: Theme) -> None:
        """Let go of all layouts and estimate anew, for another width or theme."""
        self._width, self._theme = width, theme
        self._laid_out.clear()
        for row in self._rows:
            row.layout = row.previous = None
        room = self._inner_width
        self.heights = Heights(row.gap + estimate(row.part, room, theme) for row in self._rows)

    def first_difference(self, row: int) -> int:
        """Return the height from which on a row is not what it was."""
        top = self.heights.offset(row)
        if row >= len(self._rows):
            return top
        it = self._rows[row]
        same = it.layout.same_until if it.layout is not None else 0
        return top + it.gap + same if same else top

    def drop_outside(self, top: int, bottom: int) -> None:
        """Let go of the layouts of rows that are not between two heights."""
        if not self._rows:
            return
        first, last = self.heights.find(top), self.heights.find(bottom)
        for row in [r for r in self._laid_out if not first <= r <= last]:
            self._rows[row].layout = self._rows[row].previous = None
            self._laid_out.discard(row)

    # Reading

    def is_readable(self, conversation: Conversation) -> bool:
        """Return whether there is text here that was not read."""
        return conversation.text(self.id) is not None and conversation.length(self.id) > self._taken

    def read(
        self, conversation: Conversation, captions: Captions, is_unfolded: bool, allowance: int
    ) -> tuple[int, int | None]:
        """Take in what is new, at most so many characters of text.

        Returns how many were taken, and the first row that is not as before.
        """
        taken = self._feed(conversation, allowance)
        self._feed_reasoning(conversation, is_unfolded)
        return taken, self._compose(conversation, captions, is_unfolded)

    def code(self, row: int) -> str:
        """Return the whole code of which a row shows a piece."""
        return code_at(self._stream.blocks, self._rows[row].place)

    def _new_stream(self) -> BlockStream | PlainStream:
        return PlainStream() if self._is_own else BlockStream()

    def _feed(self, conversation: Conversation, allowance: int) -> int:
        length = conversation.length(self.id)
        if length < self._taken:
            # Not the text it was.
            self._stream, self._taken, self._head = self._new_stream(), 0, -1
        if length == self._taken or allowance <= 0 or conversation.text(self.id) is None:
            return 0
        text = conversation.text_after(self.id, self._taken)[:allowance]
        before = self._stream.parsed
        self._counts.messages_parsed += not self._taken
        self._stream.feed(text)
        self._taken += len(text)
        # Asked for here so that it is counted here.
        assert self._stream.tail is not None
        self._counts.characters_parsed += self._stream.parsed - before
        return len(text)

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

    def _compose(
        self, conversation: Conversation, captions: Captions, is_unfolded: bool
    ) -> int | None:
        message = conversation.message(self.id)
        head = [] if self._is_own else self._parts_above(conversation, captions, is_unfolded)
        is_same = self._head == len(head) and all(
            row.part == part for row, (_, part) in zip(self._rows, head, strict=False)
        )
        start = self._head + self._settled if is_same else 0
        items = [] if is_same else list(head)
        first = self._settled if is_same else 0
        blocks = [*self._stream.settled[first:], *self._stream.tail]
        items += [(first + i, block) for i, block in enumerate(blocks)]
        caret = len(head) + first + len(blocks) - 1 if message.status.is_open and blocks else None
        pending = conversation.length(self.id) - self._taken
        # A message has at least one row, also if it says nothing.
        if pending > 0 or (self._is_own and not blocks and not first):
            items.append((PENDING, Pending(pending)))
        if not self._is_own:
            items += self._parts_below(message, captions)
        self._head, self._settled = len(head), len(self._stream.settled)
        changed = self._replace(start, items)
        if caret != self._caret:
            rows = [r for r in (caret, self._caret, changed) if r is not None]
            self._caret, changed = caret, min(rows)
        return changed

    def _parts_above(
        self, conversation: Conversation, captions: Captions, is_unfolded: bool
    ) -> list[tuple[int, Part]]:
        message = conversation.message(self.id)
        parts: list[tuple[int, Part]] = [(_NAME, Name(*captions.name(message)))]
        if conversation.reasoning_length(self.id):
            is_open = message.status.is_open and not conversation.length(self.id)
            text = captions.thought(message, is_open)
            parts.append((_THOUGHT, Thought(text, is_unfolded)))
            if self._reasoning is not None:
                blocks = enumerate(self._reasoning.blocks, _REASONING)
                parts += [(place, block) for place, block in blocks]
        return parts

    def _parts_below(self, message: Message, captions: Captions) -> list[tuple[int, Part]]:
        parts: list[Part] = []
        if message.status is Status.WAITING:
            parts.append(Waiting(captions.waiting(message)))
        notice = captions.notice(message)
        if notice is not None:
            parts.append(notice)
        facts = captions.facts(message)
        if facts:
            parts.append(Quiet(facts))
        return [(BELOW + i, part) for i, part in enumerate(parts)]

    def _replace(self, start: int, items: list[tuple[int, Part]]) -> int | None:
        """Make the rows from `start` on show these parts; return the first changed."""
        changed = None
        before = self._rows[start - 1].part if start else None
        for row, (place, part) in enumerate(items, start):
            gap = self._gap(before, part)
            before = part
            if row < len(self._rows):
                it = self._rows[row]
                if it.part == part and it.place == place and it.gap == gap:
                    continue
            changed = row if changed is None else changed
            self._set(row, _Row(part, place, gap, previous=self._previous(row, place, gap)))
        if start + len(items) < len(self._rows):
            self._truncate(start + len(items))
            changed = len(self._rows) if changed is None else changed
        return changed

    def _previous(self, row: int, place: int, gap: int) -> Layout | None:
        if row >= len(self._rows):
            return None
        it = self._rows[row]
        return it.layout or it.previous if (it.place, it.gap) == (place, gap) else None

    def _gap(self, before: Part | None, part: Part) -> int:
        if before is None:
            return _PADDING_Y if self._is_own else 0
        return gap_between(before, part, self._theme)

    def _set(self, row: int, it: _Row) -> None:
        height = it.gap + estimate(it.part, self._inner_width, self._theme)
        self._laid_out.discard(row)
        if row < len(self._rows):
            self._rows[row] = it
            self.heights[row] = height
        else:
            self._rows.append(it)
            self.heights.append(height)

    def _truncate(self, length: int) -> None:
        del self._rows[length:]
        self.heights.truncate(length)
        self._laid_out = {row for row in self._laid_out if row < length}

    # Drawing

    @property
    def _inner_width(self) -> int:
        if not self._is_own:
            return self._width
        return max(min(self._theme.metrics.own_message, self._width) - 2 * _PADDING_X, 1)

    @property
    def _left(self) -> int:
        """Where the parts begin, from the left edge of the column."""
        if not self._is_own:
            return 0
        width = self._inner_width
        if len(self._rows) == 1 and (layout := self._rows[0].layout) is not None:
            width = min(layout.natural_width, width)
        return self._width - width - _PADDING_X

    def draw(self, painter: QPainter, x: int, y: int, clip: QRectF) -> None:
        """Draw the rows inside `clip`, with the top left corner at (x, y)."""
        if not self._rows:
            return
        if self._is_own:
            self._draw_box(painter, x, y)
        row = self.heights.find(int(clip.top()) - y)
        top = y + self.heights.offset(row)
        while row < len(self._rows) and top < clip.bottom():
            self._draw_row(painter, x + self._left, top, row, clip)
            top += self.heights[row]
            row += 1

    def _draw_row(self, painter: QPainter, x: int, top: int, row: int, clip: QRectF) -> None:
        it = self._rows[row]
        if it.layout is None:
            return
        y = top + it.gap
        within = _within(it.part)
        if within:
            above = _within(self._rows[row - 1].part) if row else ()
            begin = top if above[: len(within)] == within[: len(above)] and above else y
            draw_bars(painter, within, x, begin, y + it.layout.height, self._theme)
        it.layout.draw(painter, x, y, clip)
        if row == self._caret:
            self._draw_caret(painter, x, y, it.layout)

    def _draw_caret(self, painter: QPainter, x: int, y: int, layout: Layout) -> None:
        end, top, pitch = layout.end
        path = QPainterPath()
        path.addRoundedRect(x + round(end) + 4, y + top + (pitch - 16) // 2, 8, 16, 2, 2)
        painter.fillPath(path, self._theme.colours.accent)

    def _draw_box(self, painter: QPainter, x: int, y: int) -> None:
        metrics = self._theme.metrics
        left = x + self._left - _PADDING_X
        box = QRectF(left, y, x + self._width - left, self.height)
        path = QPainterPath()
        path.addRoundedRect(box, metrics.message_radius, metrics.message_radius)
        corner = QPainterPath()
        reach = metrics.message_radius
        corner.addRoundedRect(
            box.adjusted(box.width() - 2 * reach, box.height() - 2 * reach, 0, 0),
            metrics.message_corner,
            metrics.message_corner,
        )
        painter.fillPath(path.united(corner), self._theme.colours.own_message)

    # Pointing

    def target_at(self, x: float, y: float) -> tuple[int, Target | None]:
        """Return the row at a point, and what a click on it means."""
        if not self._rows:
            return 0, None
        row = self.heights.find(int(y))
        it = self._rows[row]
        top = self.heights.offset(row) + it.gap
        if it.layout is None or not top <= y < top + it.layout.height:
            return row, None
        return row, it.layout.target_at(x - self._left, y - top)


def _within(part: Part) -> tuple[Container, ...]:
    if isinstance(part, Thought):
        return (Container.REASONING,)
    return part.within if isinstance(part, Block) else ()

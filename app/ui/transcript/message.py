"""Message: one message at one width, as a column of parts with heights.

What changed is found by comparing parts, so that the layout of a part that
stayed the same is kept. Drawing changes nothing.
"""

from collections.abc import Callable, Sequence, Set
from itertools import takewhile
from time import perf_counter

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QPainterPath

from app.chat.conversation import Conversation
from app.chat.message import Message, Role
from app.ui.theme import Theme
from app.ui.transcript.blocks import Align, Block, Cell, Container, Kind, code_at
from app.ui.transcript.captions import Captions
from app.ui.transcript.caret import draw_caret
from app.ui.transcript.code import CodeLayout
from app.ui.transcript.counts import Counts
from app.ui.transcript.dated import Dated
from app.ui.transcript.drawn_formulas import Formulas, Wanted
from app.ui.transcript.heights import Heights
from app.ui.transcript.highlighting import Listing, listing_of
from app.ui.transcript.layout import Layout, gap_between
from app.ui.transcript.lines import Selected
from app.ui.transcript.parts import Foot, Part, Pending, Room, Thought, has_targets
from app.ui.transcript.position import BELOW
from app.ui.transcript.prose import ProseLayout, draw_bars
from app.ui.transcript.rows import Rows
from app.ui.transcript.selection import Marking
from app.ui.transcript.shifts import Key, Shifts, Slid, Wide
from app.ui.transcript.stream import BlockStream, PlainStream
from app.ui.transcript.surroundings import FOOT, Items, above, below, below_own
from app.ui.transcript.table_text import rows_at
from app.ui.transcript.targets import UNLIT, Lit, Target
from app.ui.transcript.texts import Text, is_text
from app.ui.transcript.tints import Tint

PENDING = BELOW - 1
"""The place of what was not read yet."""
_PADDING_X, _PADDING_Y = 14, 9
"""Inside the person's message."""
_PIECE = 16_384
"""Characters read before looking at the clock."""


Light = Callable[[int], Lit]
"""Tells how the person's attention shows in the part at a place."""


class MessageLayout:
    """A message as parts below each other: its rows."""

    def __init__(
        self,
        message: Message,
        width: int,
        theme: Theme,
        counts: Counts,
        formulas: Formulas | None = None,
        shifts: Shifts | None = None,
    ) -> None:
        self.id = message.id
        self._shifts = Shifts() if shifts is None else shifts
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

    # Geometry

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

    def text(self, row: int) -> Text | None:
        """Return the text a row shows; None if it shows something else."""
        it = self._rows[row]
        if not (isinstance(it.part, Block) and is_text(it.part)):
            return None
        return Text(it.part, self.shown(row), self._left_of(it.part), self._width_of(it.part))

    def shown(self, row: int) -> Layout | None:
        """Return the layout of a row as it is scrolled sideways; None if it has none."""
        layout = self._rows[row].layout
        if not isinstance(layout, Wide):
            return layout
        return Slid(layout, self._shifts.slide(self.key(row), layout.room))

    def wide(self, row: int) -> Wide | None:
        """Return the layout of a row if it can be scrolled sideways."""
        layout = self._rows[row].layout
        return layout if isinstance(layout, Wide) else None

    def key(self, row: int) -> Key:
        """Return by what the shift of a row is known: the place of its first piece."""
        while row and isinstance(part := self._rows[row].part, Block) and not part.is_first:
            row -= 1
        return self.id, self._rows[row].place

    @property
    def blocks(self) -> Sequence[Block]:
        """What was read of its text; by place."""
        return self._stream.blocks

    def is_pending(self, row: int) -> bool:
        """Return whether a row stands for text that was not read."""
        return isinstance(self._rows[row].part, Pending)

    def is_ready(self, row: int) -> bool:
        """Return whether a row can be drawn."""
        return self._rows[row].layout is not None

    def is_laid_out(self, row: int) -> bool:
        """Return whether the height of a row is exact."""
        return self._rows.is_laid_out(row)

    def lay_out(self, row: int) -> bool:
        """Lay a row out if it is not; return whether that was done."""
        is_new = self._rows.lay_out(row)
        layout = self._rows[row].layout
        if is_new and isinstance(layout, Wide) and layout.content_width > layout.room:
            from_right = layout.is_from_right
            self._shifts.widen(self.key(row), layout.content_width, is_from_right=from_right)
        return is_new

    def restyle(self, width: int, theme: Theme) -> None:
        """Let go of all layouts and estimate anew, for another width or theme."""
        self._width, self._theme = width, theme
        self._rows.restyle(theme)

    def renew(self, drawn: Set[Wanted]) -> bool:
        """Let go of layouts that lack formulas which are drawn now; return whether any did."""
        return self._rows.renew(drawn)

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

    def tint(self, place: int, tints: Sequence[Tint]) -> QRect | None:
        """Colour the code at a place; return where it is if it looks different now."""
        row = self.row_of(place)
        it = self._rows[row] if len(self._rows) else None
        if it is None or it.place != place or not isinstance(it.layout, CodeLayout):
            return None
        found = it.layout.tint(tints)
        if found is None:
            return None
        return QRect(0, self._rows.top(row) + found[0], self._width, found[1] - found[0])

    def first_difference(self, row: int) -> int:
        """Return the height from which on a row is not what it was."""
        return self._rows.first_difference(row)

    def drop_outside(self, top: int, bottom: int) -> None:
        """Let go of the layouts of rows that are not between two heights."""
        self._rows.drop_outside(top, bottom)

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
            return _PADDING_Y if self._is_own else 0
        return gap_between(before, part, self._theme)

    # Drawing

    @property
    def box(self) -> QRect:
        """What a reader would call the message, in the column."""
        if not self._is_own or self._room is not None:
            return QRect(0, 0, self._width, self.height)
        left, bottom = self._box_left, self.height
        if self.has_foot:
            bottom = self.heights.offset(len(self._rows) - 1) + _PADDING_Y
        return QRect(left, 0, self._width - left, bottom)

    @property
    def _inner_width(self) -> int:
        if not self._is_own:
            return self._width
        return max(own_width(self._width, self._theme) - 2 * _PADDING_X, 1)

    def _width_of(self, part: Part) -> int:
        return self._width if isinstance(part, Foot | Room) else self._inner_width

    @property
    def _box_left(self) -> int:
        """Where the box around the person's text begins."""
        width = self._inner_width
        if (layout := self._only_text) is not None:
            width = min(layout.natural_width, width)
        return self._width - width - 2 * _PADDING_X

    @property
    def _text_left(self) -> int:
        """Where the text begins, from the left edge of the column."""
        if not self._is_own:
            return 0
        layout = self._only_text
        if isinstance(layout, ProseLayout) and layout.is_right_to_left:
            return self._width - self._inner_width - _PADDING_X
        return self._box_left + _PADDING_X

    @property
    def _only_text(self) -> Layout | None:
        is_alone = len(self._rows) <= 2 and self._rows[0].place < PENDING
        return self._rows[0].layout if is_alone else None

    def _left_of(self, part: Part) -> int:
        return 0 if isinstance(part, Foot | Room) else self._text_left

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        light: Light | None = None,
        marking: Marking | None = None,
    ) -> None:
        """Draw the rows inside `clip`, with the top left corner at (x, y)."""
        if not len(self._rows):
            return
        if self._is_own and self._room is None:
            self._draw_box(painter, x, y)
        row = self.heights.find(int(clip.top()) - y)
        top = y + self.heights.offset(row)
        while row < len(self._rows) and top < clip.bottom():
            it = self._rows[row]
            lit = light(it.place) if light is not None else UNLIT
            marks = marking(it.place) if marking is not None and is_text(it.part) else ()
            self._draw_row(painter, x + self._left_of(it.part), top, row, clip, lit, marks)
            top += self.heights[row]
            row += 1

    def _draw_row(
        self,
        painter: QPainter,
        x: int,
        top: int,
        row: int,
        clip: QRectF,
        lit: Lit,
        marks: Sequence[Selected],
    ) -> None:
        it = self._rows[row]
        if it.layout is None:
            return
        y = top + it.gap
        within = _within(it.part)
        if within:
            above = _within(self._rows[row - 1].part) if row else ()
            pairs = zip(above, within, strict=False)
            around = tuple(a for a, _ in takewhile(lambda pair: pair[0] is pair[1], pairs))
            draw_bars(painter, around, x, top, y, self._theme)
            draw_bars(painter, within, x, y, y + it.layout.height, self._theme)
        layout = self.shown(row) or it.layout
        layout.draw(painter, x, y, clip, marks, lit)
        if Container.NOTE in within and not (row and _is_note(self._rows[row - 1].part)):
            self._draw_rule_above_notes(painter, x, y, it.gap)
        if self._seams and isinstance(it.part, Block):
            self._draw_seam(painter, x, y, it.part, it.layout.height)
        if row == self._caret:
            end, line, pitch = layout.end
            draw_caret(painter, x + end, y + line, pitch, self._theme.colours.accent)

    def _draw_rule_above_notes(self, painter: QPainter, x: int, y: int, gap: int) -> None:
        width, height = self._inner_width // 4, self._theme.metrics.hairline
        painter.fillRect(x, y - gap // 2, width, height, self._theme.colours.strong_line)

    def _draw_seam(self, painter: QPainter, x: int, y: int, block: Block, height: int) -> None:
        """Mark, left of the column, a block in which another request went on."""
        if not any(block.start <= seam < block.end for seam in self._seams):
            return
        line = QRectF(x - 12, y, 2, height)
        painter.fillRect(line, self._theme.colours.faint)

    def _draw_box(self, painter: QPainter, x: int, y: int) -> None:
        metrics = self._theme.metrics
        box = QRectF(self.box.translated(x, y))
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

    def target_at(self, x: int, y: int) -> tuple[int, int] | None:
        """Return the place and the index of the target at a point."""
        if not len(self._rows):
            return None
        row = self.heights.find(y)
        it, top = self._rows[row], self._rows.top(row)
        if it.layout is None or not top <= y < top + it.layout.height:
            return None
        layout = self.shown(row) or it.layout
        index = layout.target_at(x - self._left_of(it.part), y - top)
        return None if index is None else (it.place, index)

    def targets(self, place: int) -> Sequence[Target]:
        """Return what can be clicked in the part at a place, as far as it is laid out."""
        it = self._rows[self.row_of(place)] if len(self._rows) else None
        return it.layout.targets if it and it.place == place and it.layout else ()

    def areas_of(self, place: int, index: int) -> list[QRect]:
        """Return where a target is; nowhere if it is not laid out."""
        row = self.row_of(place)
        if index >= len(self.targets(place)):
            return []
        it, layout = self._rows[row], self.shown(row)
        assert layout is not None
        left, top = self._left_of(it.part), self._rows.top(row)
        return [area.translated(left, top) for area in layout.areas_of(index)]

    @property
    def sent_area(self) -> QRect:
        """Where the line above a reply says when it was sent; empty if it does not."""
        it: object = self._rows[0].layout if len(self._rows) else None
        if self._is_own or not isinstance(it, Dated):
            return QRect()
        return it.sent_area.translated(0, self._rows.top(0))

    def sent_at(self, x: int, y: int) -> str:
        """Return when the message was sent, in full, if that is what stands at a point."""
        if not len(self._rows):
            return ""
        row = self.heights.find(y)
        it: object = self._rows[row].layout
        is_there = isinstance(it, Dated) and it.sent_area.contains(x, y - self._rows.top(row))
        return it.sent if isinstance(it, Dated) and is_there else ""

    def row_with_targets(self, row: int, step: int) -> int | None:
        """Return the nearest row from `row` on, up or down, in which one can click."""
        while 0 <= row < len(self._rows):
            if has_targets(self._rows[row].part):
                return row
            row += step
        return None


def own_width(width: int, theme: Theme) -> int:
    """Return how wide the box of the person's message may be in a column."""
    return min(theme.metrics.own_message, width)


def _is_note(part: Part) -> bool:
    return Container.NOTE in _within(part)


def _within(part: Part) -> tuple[Container, ...]:
    if isinstance(part, Thought):
        return (Container.REASONING,)
    return part.within if isinstance(part, Block) else ()

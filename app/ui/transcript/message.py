"""Message: one message at one width, laid out, drawn and pointed at.

What was read of it is in `message_rows`. Drawing changes nothing.
"""

from collections.abc import Callable, Sequence, Set
from itertools import takewhile

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QPainterPath

from app.chat.message import Message
from app.ui.theme import Theme
from app.ui.transcript.blocks import Block, Container
from app.ui.transcript.caret import draw_caret
from app.ui.transcript.code import CodeLayout
from app.ui.transcript.counts import Counts
from app.ui.transcript.dated import Dated
from app.ui.transcript.drawn_formulas import Formulas, Wanted
from app.ui.transcript.layout import Layout
from app.ui.transcript.message_rows import PADDING_X, PADDING_Y, PENDING, MessageRows
from app.ui.transcript.parts import Foot, Part, Room, Thought, has_targets
from app.ui.transcript.prose import ProseLayout, draw_bars
from app.ui.transcript.selection import Marking
from app.ui.transcript.shifts import Key, Shifts, Slid, Wide
from app.ui.transcript.spans import Selected
from app.ui.transcript.targets import UNLIT, Lit, Target
from app.ui.transcript.texts import Text, is_text
from app.ui.transcript.tints import Tint

Light = Callable[[int], Lit]
"""Tells how the person's attention shows in the part at a place."""


class MessageLayout(MessageRows):
    """A message as parts below each other: its rows, laid out and drawn."""

    def __init__(
        self,
        message: Message,
        width: int,
        theme: Theme,
        counts: Counts,
        formulas: Formulas | None = None,
        shifts: Shifts | None = None,
    ) -> None:
        super().__init__(message, width, theme, counts, formulas)
        self._shifts = Shifts() if shifts is None else shifts

    # Laying out

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

    def drop_outside(self, top: int, bottom: int) -> None:
        """Let go of the layouts of rows that are not between two heights."""
        self._rows.drop_outside(top, bottom)

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

    # What a row shows

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

    # Drawing

    @property
    def box(self) -> QRect:
        """What a reader would call the message, in the column."""
        if not self._is_own or self._room is not None:
            return QRect(0, 0, self._width, self.height)
        left, bottom = self._box_left, self.height
        if self.has_foot:
            bottom = self.heights.offset(len(self._rows) - 1) + PADDING_Y
        return QRect(left, 0, self._width - left, bottom)

    @property
    def _box_left(self) -> int:
        """Where the box around the person's text begins."""
        width = self._inner_width
        if (layout := self._only_text) is not None:
            width = min(layout.natural_width, width)
        return self._width - width - 2 * PADDING_X

    @property
    def _text_left(self) -> int:
        """Where the text begins, from the left edge of the column."""
        if not self._is_own:
            return 0
        layout = self._only_text
        if isinstance(layout, ProseLayout) and layout.is_right_to_left:
            return self._width - self._inner_width - PADDING_X
        return self._box_left + PADDING_X

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


def _is_note(part: Part) -> bool:
    return Container.NOTE in _within(part)


def _within(part: Part) -> tuple[Container, ...]:
    if isinstance(part, Thought):
        return (Container.REASONING,)
    return part.within if isinstance(part, Block) else ()

"""Table: cells in rows and columns, or a piece of one.

Where the columns are is told by `grid`. A row that was there is not laid out again
when others come. Text positions are in the text of the piece: cells parted by tabs,
rows by line ends.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QTextOption

from app.ui import icons
from app.ui.theme import Theme, TypeRole, font
from app.ui.transcript.blocks import Align, Block, Cell, Container
from app.ui.transcript.drawn_formulas import Awaiting, Formulas, Wanted, set_inline
from app.ui.transcript.grid import action_size, grid_of
from app.ui.transcript.inlays import Inlay
from app.ui.transcript.lines import Lines
from app.ui.transcript.prose import colour_of, indent_in, indent_of
from app.ui.transcript.shifts import STILL, Bar, Slide, Wide, reveal
from app.ui.transcript.spans import Selected, Span
from app.ui.transcript.styles import Styles, links_in
from app.ui.transcript.targets import (
    UNLIT,
    CopyTable,
    Lit,
    Target,
    draw_rings,
    draw_wash,
)
from app.ui.transcript.unseen import with_chips
from app.ui.transcript.utf16 import units

_PADDING = 7
"""Above and below what is in a cell."""
_BAR = 12


class CellLines(Lines):
    """Lines that stand as their column does."""

    def __init__(
        self,
        text: str,
        face: QFont,
        pitch: int,
        width: int,
        align: Align,
        *,
        spans: Sequence[Span],
        inlays: Sequence[Inlay],
    ) -> None:
        self._align = align
        super().__init__(text, face, pitch, width, spans=spans, inlays=inlays)

    def _new_option(self) -> QTextOption:
        option = super()._new_option()
        if self._align is Align.CENTRE:
            option.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        elif self._align is Align.END:
            # As they are written, not as they are read: numbers stand below each other.
            option.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute)
        return option


@dataclass(frozen=True, slots=True)
class _Cell:
    lines: Lines
    start: int
    """Where its text begins in that of the piece."""
    length: int


@dataclass(frozen=True, slots=True)
class _Row:
    source: tuple[Cell, ...]
    top: int
    height: int
    """With the hairline below."""
    start: int
    end: int
    """Of its text, with the line end."""
    cells: tuple[_Cell, ...]
    lacking: frozenset[Wanted]


class TableLayout(Wide, Awaiting):
    """Rows of cells with hairlines between them."""

    def __init__(
        self,
        block: Block,
        width: int,
        theme: Theme,
        previous: object = None,
        formulas: Formulas | None = None,
    ) -> None:
        assert block.columns is not None, "a table has columns"
        self._theme = theme
        self._indent = min(indent_of(block, theme), max(width - 160, 0))
        self.room = max(width - self._indent, 1)
        self._grid = grid_of(block.columns, self.room, theme)
        self._lefts = self._grid.lefts
        self._aligns = block.columns.aligns
        self.is_from_right = self._grid.is_right_to_left
        if self.is_from_right:
            # Lists are indented from where their lines begin, here as in prose.
            items = sum(indent_in(c, theme) for c in block.within if c is Container.ITEM)
            self._indent += self._grid.beside - min(items, self._indent)
        self._is_first, self._is_last = block.is_first, block.is_last
        self._colour = colour_of(block, theme)
        self._formulas = formulas
        head = replace(theme.type.caption, weight=QFont.Weight.DemiBold)
        self._roles = theme.type.base, head
        self._styles = [Styles(font(role), theme) for role in self._roles]
        self._manner = (self._grid, self._aligns, block.is_first, width, block.within)
        before: Sequence[_Row] = ()
        if isinstance(previous, TableLayout) and previous._manner == self._manner:
            before = previous._rows
        self._rows: list[_Row] = []
        for index, row in enumerate(block.rows):
            self._add(row, before[index] if index < len(before) else None)
        self.lacking = frozenset().union(*(row.lacking for row in self._rows))
        self.same_until = self._compare(before)
        self._starts = [cell.start for row in self._rows for cell in row.cells]
        self.targets: list[Target] = [CopyTable()] if block.is_first else []
        self._links: list[tuple[int, int, int, int]] = []
        """Of each link: row, column, and where it begins and ends in its cell."""
        for number, row in enumerate(block.rows):
            for column, cell in enumerate(row):
                for link, start, end in links_in(cell):
                    self.targets.append(link)
                    self._links.append((number, column, start, end))

    @property
    def height(self) -> int:
        bottom = self._rows[-1].top + self._rows[-1].height if self._rows else 0
        return bottom + (_BAR if self._is_last and self._is_scrolled else 0)

    @property
    def natural_width(self) -> int:
        return self._indent + min(self._grid.width, self.room)

    @property
    def content_width(self) -> int:
        return self._grid.width if self._is_scrolled else 0

    @property
    def content_x(self) -> int:
        return self._indent

    @property
    def bar(self) -> Bar | None:
        if not self._is_last or not self._is_scrolled:
            return None
        return Bar(QRect(self._indent, self.height - _BAR, self.room, _BAR))

    def caret_at_end(self, slide: Slide) -> tuple[float, int, int]:
        if not self._rows:
            return 0.0, 0, self._roles[0].line
        row = self._rows[-1]
        filled = [i for i, cell in enumerate(row.cells) if cell.length] or [0]
        cell = row.cells[filled[-1]]
        x, y = cell.lines.end
        inside = self._lefts[filled[-1]] + x - slide.shift
        inside = min(max(inside, 0), self.room - self._theme.space.m)
        return self._indent + inside, row.top + _PADDING + y, cell.lines.pitch

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        marks: Sequence[Selected] = (),
        lit: Lit = UNLIT,
        slide: Slide = STILL,
    ) -> None:
        area = QRect(x + self._indent, y, min(self._grid.width, self.room), self.height)
        if self._is_scrolled:
            painter.save()
            painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        self._draw_attention(painter, x, y, lit, slide)
        for index, row in enumerate(self._rows):
            if y + row.top < clip.bottom() and y + row.top + row.height > clip.top():
                self._draw_row(painter, x, y, clip, index, marks, slide)
        if self._is_scrolled:
            painter.restore()
        if self._is_first:
            self._draw_copy(painter, x, y, lit)
        if self.bar is not None:
            self.bar.draw(painter, x, y, slide, self._theme)

    def hit_test(self, x: float, y: float, slide: Slide = STILL) -> int:
        if not self._rows:
            return 0
        row = self._row_at(y)
        inside = x - self._indent + slide.shift
        column = self._grid.column_at(inside)
        cell = row.cells[column]
        at = cell.lines.offset_at(inside - self._lefts[column], y - row.top - _PADDING)
        return cell.start + min(at, cell.length)

    def caret_at(self, offset: int, slide: Slide = STILL) -> tuple[float, int, int]:
        if not self._rows:
            return 0.0, 0, self._roles[0].line
        number = max(bisect_right(self._starts, offset) - 1, 0)
        row = self._rows[number // len(self._aligns)]
        column = number % len(self._aligns)
        cell = row.cells[column]
        x, y = cell.lines.caret_at(min(offset - cell.start, cell.length))
        left = self._indent + self._lefts[column] - slide.shift
        return left + x, row.top + _PADDING + y, cell.lines.pitch

    def target_at(self, x: float, y: float, slide: Slide = STILL) -> int | None:
        if self._is_first and self._copy_area.contains(int(x), int(y)):
            return 0
        inside = x - self._indent + slide.shift
        if not self._links or not 0 <= x - self._indent < self.room or not self._rows:
            return None
        for index, (number, column, start, end) in enumerate(self._links):
            row = self._rows[number]
            if not row.top <= y < row.top + row.height:
                continue
            lines = row.cells[column].lines
            at_x, at_y = inside - self._lefts[column], y - row.top - _PADDING
            if lines.covers(at_x, at_y):
                at = lines.offset_at(at_x, at_y, on_character=True)
                if start <= at < end:
                    return index + self._is_first
        return None

    def areas_of(self, index: int, slide: Slide = STILL) -> Sequence[QRect]:
        if self._is_first and index == 0:
            return (self._copy_area,)
        number, column, start, end = self._links[index - self._is_first]
        row = self._rows[number]
        left = self._indent + self._lefts[column] - slide.shift
        areas = row.cells[column].lines.areas(start, end)
        return [area.translated(left, row.top + _PADDING) for area in areas]

    def shift_for(self, index: int, slide: Slide) -> int:
        if self._is_first and index == 0:
            return slide.shift
        areas = self.areas_of(index)
        left = min((area.left() for area in areas), default=0) - self._indent
        right = max((area.right() for area in areas), default=0) - self._indent
        return reveal(slide, left - self._grid.gap, right + self._grid.gap, self.room)

    # Laying out

    @property
    def _is_scrolled(self) -> bool:
        return self._grid.width > self.room

    def _add(self, source: tuple[Cell, ...], before: _Row | None) -> None:
        top, start = 0, 0
        if self._rows:
            top = self._rows[-1].top + self._rows[-1].height
            start = self._rows[-1].end
        if (
            before is not None
            and not before.lacking
            and (before.source, before.top, before.start) == (source, top, start)
        ):
            self._rows.append(before)
            return
        is_head = self._is_first and not self._rows
        role, styles = self._roles[is_head], self._styles[is_head]
        cells, lacking, position = [], frozenset[Wanted](), start
        for column, runs in enumerate(source):
            cell, awaited = self._cell(runs, column, role, styles, position)
            lacking |= awaited
            cells.append(cell)
            position += cell.length + 1
        height = max((cell.lines.height for cell in cells), default=role.line)
        height += 2 * _PADDING + self._theme.metrics.hairline
        self._rows.append(_Row(source, top, height, start, position, tuple(cells), lacking))

    def _cell(
        self, runs: Cell, column: int, role: TypeRole, styles: Styles, start: int
    ) -> tuple[_Cell, frozenset[Wanted]]:
        setting = set_inline(runs, self._formulas, role.size)
        text, inlays = with_chips(setting.runs, setting.inlays, self._theme)
        lines = CellLines(
            text,
            styles.face,
            role.line,
            self._grid.widths[column],
            self._stand(column),
            spans=styles.spans(setting.runs),
            inlays=inlays,
        )
        return _Cell(lines, start, units(text)), setting.lacking

    def _stand(self, column: int) -> Align:
        align = self._aligns[column]
        return Align.END if align is Align.START and self.is_from_right else align

    def _compare(self, before: Sequence[_Row]) -> int:
        same = 0
        # Without the last: the caret stands in it, or stood there.
        for row, other in zip(self._rows[:-1], before[:-1], strict=False):
            if row is not other:
                break
            same = row.top + row.height
        return same

    def _row_at(self, y: float) -> _Row:
        tops = [row.top for row in self._rows]
        return self._rows[max(bisect_right(tops, y) - 1, 0)]

    # Drawing

    @property
    def _copy_area(self) -> QRect:
        size = action_size(self._theme)
        left = min(self._grid.width, self.room - size)
        if self.is_from_right:
            left = 0 if self._is_scrolled else -size
        # In the middle of the first line of the head.
        top = max((self._roles[1].line + 2 * _PADDING - size) // 2, 0)
        return QRect(self._indent + left, top, size, size)

    def _draw_row(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        index: int,
        marks: Sequence[Selected],
        slide: Slide,
    ) -> None:
        row, colours = self._rows[index], self._theme.colours
        is_head = self._is_first and index == 0
        left, room = x + self._indent, self.room
        bottom = y + row.top + row.height - self._theme.metrics.hairline
        width = min(self._grid.width, self.room)
        line = colours.strong_line if is_head else colours.line
        painter.fillRect(left, bottom, width, self._theme.metrics.hairline, line)
        if is_head and self._is_scrolled:
            painter.save()
            free = QRect(left, y, room, row.height)
            # What copies the table lies over where it ends.
            if self.is_from_right:
                free.setLeft(self._copy_area.right() + 1 + x)
            else:
                free.setRight(self._copy_area.left() - 1 + x)
            painter.setClipRect(free, Qt.ClipOperation.IntersectClip)
        colour = colours.muted if is_head else self._colour
        for column, cell in enumerate(row.cells):
            begin = self._lefts[column] - slide.shift
            if begin < room and begin + self._grid.widths[column] > 0 and cell.length:
                its = _within(cell, marks)
                top = y + row.top + _PADDING
                cell.lines.draw(painter, left + begin, top, colour, clip, its)
        if is_head and self._is_scrolled:
            painter.restore()

    def _draw_attention(self, painter: QPainter, x: int, y: int, lit: Lit, slide: Slide) -> None:
        """Draw what shows behind and around a link that is pointed at."""
        for index in {lit.hovered, lit.ringed} - {None, 0 if self._is_first else None}:
            assert index is not None
            for area in self.areas_of(index, slide):
                draw_wash(painter, area.translated(x, y), lit, index, self._theme)
                draw_rings(painter, [area], x, y, lit, index, self._theme)

    def _draw_copy(self, painter: QPainter, x: int, y: int, lit: Lit) -> None:
        area, colours = self._copy_area, self._theme.colours
        draw_wash(painter, area.translated(x, y), lit, 0, self._theme)
        size = self._theme.type.small.line
        inset = (area.width() - size) // 2
        box = QRectF(area.translated(x, y)).adjusted(inset, inset, -inset, -inset)
        is_plain = 0 not in (lit.hovered, lit.ringed, lit.done)
        ink: QColor = colours.faint if is_plain else colours.text
        icons.paint(painter, "check" if lit.done == 0 else "copy", box, ink)
        draw_rings(painter, [area], x, y, lit, 0, self._theme)


def _within(cell: _Cell, marks: Sequence[Selected]) -> list[Selected]:
    """Return the marks that reach into a cell, with positions in its text."""
    return [
        replace(mark, start=max(mark.start - cell.start, 0), end=mark.end - cell.start)
        for mark in marks
        if mark.start <= cell.start + cell.length and mark.end > cell.start
    ]

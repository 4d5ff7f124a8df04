"""Table source: the lines of a table → its rows, cut into pieces.

A row is read once. How wide columns are is decided by the rows of the first
piece. https://github.github.com/gfm/#tables-extension-
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from unicodedata import bidirectional, east_asian_width

from app.ui.transcript.blocks import (
    PIECE_LENGTH,
    PIECE_LINES,
    Align,
    Block,
    Cell,
    Columns,
    Container,
    Kind,
    Marker,
    Mention,
)
from app.ui.transcript.references import labels_in

MOST_COLUMNS = 256
"""What has more of them is no table."""
MOST_ABSENT = 8_192
"""Cells that rows may lack, all in all; with the next row that lacks some the table ends."""

SPACE = " \t\n\v\f\r\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""What is not part of a cell at its ends."""

_PIPE = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, and what they were read from."""

    cells: tuple[Cell, ...]
    sources: tuple[str, ...]

    @property
    def length(self) -> int:
        return sum(len(run.text) for cell in self.cells for run in cell)


def split(line: str) -> list[str]:
    """Return the sources of the cells of a line."""
    cells = [cell.replace("\\|", "|") for cell in _PIPE.split(line.strip(SPACE))]
    if cells and not cells[0]:
        cells.pop(0)
    if cells and not cells[-1]:
        cells.pop()
    return [cell.strip(SPACE) for cell in cells]


def absent(line: str, columns: int) -> int:
    """Return how many cells a line lacks; fewer than none if it has too many."""
    return columns - len(split(line))


@dataclass(slots=True)
class TableSource:
    """A table that is read row by row."""

    start: int
    aligns: tuple[Align, ...]
    within: tuple[Container, ...] = ()
    marker: Marker | None = None
    absent: int = 0
    """Cells its rows lacked so far."""
    _rows: list[Row] = field(default_factory=list)
    """Of the last piece."""
    _length: int = 0
    """Characters in these."""
    _columns: Columns | None = None
    """Of the first piece, once it is whole."""
    is_begun: bool = False
    """Whether its first piece is whole."""

    def take(self, row: Row) -> tuple[Block, Mention] | None:
        """Add a row; return the piece before it, if that is whole now."""
        whole = None
        if len(self._rows) == PIECE_LINES or (
            self._rows and self._length + row.length > PIECE_LENGTH
        ):
            whole = self._piece(self._rows, self.start, is_last=False)
            self._columns = whole[0].columns
            self.is_begun = True
            self._rows, self._length = [], 0
        self._rows.append(row)
        self._length += row.length
        return whole

    def finish(self, end: int) -> tuple[Block, Mention]:
        """Return the last piece."""
        return self._piece(self._rows, end, is_last=True)

    def blocks(self, end: int, row: Row | None = None) -> list[Block]:
        """Return what is not settled, as if it ended here, or after one more row."""
        if row is None:
            return [self._block(self._rows, end, is_last=True)]
        rest = replace(self, _rows=list(self._rows))
        whole = rest.take(row)
        last = rest._block(rest._rows, end, is_last=True)
        return [last] if whole is None else [whole[0], last]

    def _piece(self, rows: Sequence[Row], end: int, *, is_last: bool) -> tuple[Block, Mention]:
        sources = tuple(source for row in rows for source in row.sources)
        mention = Mention(0, sources, labels_in(sources))
        return self._block(rows, end, is_last=is_last), mention

    def _block(self, rows: Sequence[Row], end: int, *, is_last: bool) -> Block:
        return Block(
            Kind.TABLE,
            (),
            self.start,
            end,
            within=self.within,
            marker=None if self.is_begun else self.marker,
            is_first=not self.is_begun,
            is_last=is_last,
            rows=tuple(row.cells for row in rows),
            columns=self._columns or Columns(self.aligns, _widths(rows), _is_right_to_left(rows)),
        )


def _is_right_to_left(rows: Sequence[Row]) -> bool:
    """Return whether the first letter of the head that has a direction is from the right.

    https://html.spec.whatwg.org/multipage/dom.html#the-dir-attribute
    """
    head = "".join(run.text for cell in rows[0].cells for run in cell) if rows else ""
    directions = () if head.isascii() else map(bidirectional, head)
    return next((d for d in directions if d in ("L", "R", "AL")), "L") != "L"


def _widths(rows: Iterable[Row]) -> tuple[int, ...]:
    """Return how wide columns want to be: signs as wide as two letters count as two."""
    columns = zip(*(row.cells for row in rows), strict=True)
    return tuple(max(sum(_width(run.text) for run in cell) for cell in cells) for cells in columns)


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return len(text) + sum(east_asian_width(sign) in ("W", "F") for sign in text)

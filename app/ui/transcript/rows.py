"""Rows: the parts of a message below each other, each with its height and its layout.

A part is laid out when it is asked for and not before; until then its height is
an estimate. A row has a `place` (see `Position.block`), which stays the same when
rows appear above it.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass

from app.ui.theme import Theme
from app.ui.transcript.counts import Counts
from app.ui.transcript.drawn_formulas import Awaiting, Formulas, Wanted
from app.ui.transcript.extents import Extent, Guess, extent_of
from app.ui.transcript.heights import Heights
from app.ui.transcript.layout import Layout, lay_out
from app.ui.transcript.parts import Part, Pending


@dataclass(slots=True)
class Row:
    """A part, where it stands, and what was laid out of it."""

    part: Part
    place: int
    gap: int
    """Above it."""
    layout: Layout | None = None
    previous: Layout | None = None
    """Of the part that stood here when it was last laid out."""
    extent: Extent | None = None
    """Of the part, once it was asked for."""


class Rows:
    """The rows of one message, counted from the top."""

    def __init__(
        self,
        width_of: Callable[[Part], int],
        theme: Theme,
        counts: Counts,
        formulas: Formulas | None = None,
    ) -> None:
        self.heights = Heights()
        """Of the rows, each with the gap above it."""
        self._width_of = width_of
        self._theme = theme
        self._counts = counts
        self._formulas = formulas
        self._rows: list[Row] = []
        self._laid_out: set[int] = set()

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, row: int) -> Row:
        return self._rows[row]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    @property
    def has_layouts(self) -> bool:
        return bool(self._laid_out)

    def is_laid_out(self, row: int) -> bool:
        return row in self._laid_out

    def top(self, row: int) -> int:
        """Return where a row begins, below the gap above it."""
        return self.heights.offset(row) + self._rows[row].gap

    def row_of(self, place: int) -> int:
        """Return the row at a place, or the one before if there is none."""
        return max(bisect_right(self._rows, place, key=lambda row: row.place) - 1, 0)

    def first_difference(self, row: int) -> int:
        """Return the height from which on a row is not what it was."""
        top = self.heights.offset(row)
        if row >= len(self._rows):
            return top
        it = self._rows[row]
        same = it.layout.same_until if it.layout is not None else 0
        return top + it.gap + same if same else top

    # Changing

    def lay_out(self, row: int) -> bool:
        """Lay a row out if it is not; return whether that was done."""
        it = self._rows[row]
        if it.layout is not None or isinstance(it.part, Pending):
            return False
        width = self._width_of(it.part)
        it.layout = lay_out(it.part, width, self._theme, it.previous, self._formulas)
        it.previous = None
        self._counts.layouts += 1
        self._laid_out.add(row)
        self.heights[row] = it.gap + it.layout.height
        return True

    def renew(self, drawn: Set[Wanted]) -> bool:
        """Let go of layouts that lack formulas which are drawn now; return whether any did."""
        stale = []
        for row in self._laid_out:
            it: object = self._rows[row].layout
            if isinstance(it, Awaiting) and not drawn.isdisjoint(it.lacking):
                stale.append(row)
        for row in stale:
            self._rows[row].previous, self._rows[row].layout = self._rows[row].layout, None
            self._laid_out.discard(row)
        return bool(stale)

    def restyle(self, theme: Theme) -> None:
        """Let go of all layouts and estimate anew, for another width or theme."""
        self._theme = theme
        self._laid_out.clear()
        for row in self._rows:
            row.layout = row.previous = None
            row.extent = row.extent or extent_of(row.part)
        guess = Guess(self._width_of, theme).height
        self.heights = Heights(row.gap + guess(row.part, row.extent) for row in self._rows)

    def drop_outside(self, top: int, bottom: int) -> None:
        """Let go of the layouts of rows that are not between two heights."""
        if not self._rows:
            return
        first, last = self.heights.find(top), self.heights.find(bottom)
        for row in [r for r in self._laid_out if not first <= r <= last]:
            self._rows[row].layout = self._rows[row].previous = None
            self._laid_out.discard(row)

    def replace(
        self,
        start: int,
        items: list[tuple[int, Part]],
        gap_between: Callable[[Part | None, Part], int],
    ) -> int | None:
        """Make the rows from `start` on show these parts; return the first changed."""
        changed = None
        before = self._rows[start - 1].part if start else None
        for row, (place, part) in enumerate(items, start):
            gap = gap_between(before, part)
            before = part
            if row < len(self._rows):
                it = self._rows[row]
                if it.part == part and it.place == place and it.gap == gap:
                    continue
            changed = row if changed is None else changed
            self._set(row, Row(part, place, gap, previous=self._previous(row, place, gap)))
        if start + len(items) < len(self._rows):
            self._truncate(start + len(items))
            changed = len(self._rows) if changed is None else changed
        return changed

    # Inside

    def _previous(self, row: int, place: int, gap: int) -> Layout | None:
        if row >= len(self._rows):
            return None
        it = self._rows[row]
        return it.layout or it.previous if (it.place, it.gap) == (place, gap) else None

    def _set(self, row: int, it: Row) -> None:
        # What it was is nearer to what it will be, and costs no look at its text.
        if it.previous is not None:
            height = it.gap + it.previous.height
        else:
            it.extent = extent_of(it.part)
            height = it.gap + Guess(self._width_of, self._theme).height(it.part, it.extent)
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

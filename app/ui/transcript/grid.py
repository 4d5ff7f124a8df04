"""Grid: where the columns of a table are.

A function of (columns, room, theme) alone: all pieces of a table agree, and nothing
moves when rows arrive. Columns are as wide as their longest cell where there is room;
else wide ones are narrowed and their cells broken into lines; where that would leave
too little, the table is wider than its room and scrolled sideways.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil

from PySide6.QtGui import QFontMetricsF

from app.ui.theme import Theme, font
from app.ui.transcript.blocks import Columns

_LEAST, _AMPLE = 6, 14
"""Letter heights: what a column is narrowed to, and has where the table is scrolled."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the columns of a table are."""

    widths: tuple[int, ...]
    gap: int
    """Behind each column."""
    room: int
    """How much of the table shows."""
    is_right_to_left: bool = False
    """Whether the first column is the one at the right; gaps are at its left then."""

    @property
    def lefts(self) -> list[int]:
        """Where each column begins, from the left edge of the table."""
        before = accumulate((w + self.gap for w in self.widths[:-1]), initial=0)
        if not self.is_right_to_left:
            return list(before)
        return [self.width - at - w for at, w in zip(before, self.widths, strict=True)]

    @property
    def beside(self) -> int:
        """How much of the room is free at the left: what is read from the right stands there."""
        return max(self.room - self.width, 0) if self.is_right_to_left else 0

    def column_at(self, x: float) -> int:
        """Return the column at an x from the left edge of the table, or the nearest."""
        lefts = self.lefts
        if self.is_right_to_left:
            return next((i for i, left in enumerate(lefts) if x >= left), len(lefts) - 1)
        return max(bisect_right(lefts, x) - 1, 0)

    @property
    def width(self) -> int:
        return sum(self.widths) + self.gap * len(self.widths)


def grid_of(columns: Columns, room: int, theme: Theme) -> Grid:
    """Return where columns are in so much room; wider than it only if there is no help."""
    role = theme.type.base
    digit = QFontMetricsF(font(role)).horizontalAdvance("0")
    natural = [ceil(n * digit * 0.92) + role.size for n in columns.characters]
    gap = theme.space.l
    # Beside the table there is a place for what copies it.
    free = room - action_size(theme) - gap * len(natural)
    if sum(natural) <= free:
        return Grid(tuple(natural), gap, room, columns.is_right_to_left)
    limit = _limit(natural, free)
    if limit < _LEAST * role.size:
        limit = _AMPLE * role.size
        if sum(min(n, limit) for n in natural) <= free:
            limit = max(free // len(natural), 1)
    widths = tuple(min(n, limit) for n in natural)
    return Grid(widths, gap, room, columns.is_right_to_left)


def action_size(theme: Theme) -> int:
    """Return how wide and high what copies a table is."""
    return theme.type.small.line + 12


def _limit(natural: Sequence[int], free: int) -> int:
    """Return the width down to which columns must be narrowed to fit."""
    rest = free
    for taken, width in enumerate(sorted(natural)):
        share = rest // (len(natural) - taken)
        if width > share:
            return share
        rest -= width
    return max(natural, default=0)

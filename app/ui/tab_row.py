"""TabRow: how wide each tab is and where it lies, in a row longer than its room.

Positions count from the first tab. Distances are pixels along the row, from where
tabs begin to be read, so the same numbers hold from left to right and from right
to left; nothing here knows of a widget.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

LEAD = 8
"""Before the first tab."""
WIDEST = 190
NARROWEST = 96


class TabRow:
    """Tabs side by side: as wide as they want, an equal share, or the narrowest."""

    def __init__(self) -> None:
        self.room = 0
        """Width of the part of the row that can be seen."""
        self.offset = 0
        """How much of the row lies before that part."""
        self._edges: list[int] = [LEAD]

    @property
    def length(self) -> int:
        return self._edges[-1]

    @property
    def is_overfull(self) -> bool:
        return self.length > self.room

    @property
    def furthest(self) -> int:
        """The largest offset."""
        return max(0, self.length - self.room)

    def needs_widths(self, count: int) -> bool:
        """Return whether it matters how wide tabs want to be."""
        return LEAD + count * NARROWEST < self.room

    def needs_scrolling(self, count: int, room: int) -> bool:
        """Return whether tabs do not fit a room even at their narrowest."""
        return LEAD + count * NARROWEST > room

    def lay_out(self, wanted: Sequence[int]) -> None:
        """Give tabs that want these widths what there is."""
        if self.needs_widths(len(wanted)):
            widths = share(wanted, self.room - LEAD)
        else:
            widths = [NARROWEST] * len(wanted)
        self._edges = list(accumulate(widths, initial=LEAD))
        self.offset = min(self.offset, self.furthest)

    def span(self, position: int) -> tuple[int, int]:
        """Return where a tab begins and how wide it is."""
        return self._edges[position], self._edges[position + 1] - self._edges[position]

    def at(self, x: int) -> int:
        """Return the position of the tab at a place, -1 if there is none."""
        position = bisect_right(self._edges, x) - 1
        return position if 0 <= position < len(self._edges) - 1 else -1

    def seen(self) -> range:
        """Return the positions of the tabs of which something can be seen."""
        first = max(0, bisect_right(self._edges, self.offset) - 1)
        end = bisect_right(self._edges, self.offset + self.room)
        return range(first, min(end, len(self._edges) - 1))

    def scroll(self, distance: int) -> bool:
        """Move on by a distance as far as there are tabs; return whether anything moved."""
        before = self.offset
        self.offset = min(max(0, self.offset + distance), self.furthest)
        return self.offset != before

    def bring_into_view(self, position: int) -> None:
        """Scroll as little as shows a whole tab."""
        start, width = self.span(position)
        if start - LEAD < self.offset:
            self.offset = start - LEAD
        elif start + width > self.offset + self.room:
            self.offset = start + width - self.room
        self.offset = min(max(0, self.offset), self.furthest)

    def slot(self, position: int, x: int) -> int:
        """Return the position a tab has when it is let go with its start at `x`."""
        _, width = self.span(position)
        starts = [
            edge if other < position else edge - width
            for other, edge in enumerate(self._edges)
            if other != position
        ]
        return min(range(len(starts)), key=lambda i: abs(starts[i] - x))

    def start_while_carried(self, position: int, carried: int, slot: int) -> int:
        """Return where a tab begins while another one is carried over a slot."""
        start, _ = self.span(position)
        _, width = self.span(carried)
        if carried < position <= slot:
            return start - width
        return start + width if slot <= position < carried else start


def share(wanted: Sequence[int], room: int) -> list[int]:
    """Return widths that fit a room: the widest give way first, all by the same limit."""
    if sum(wanted) <= room:
        return list(wanted)
    left, limit = room, WIDEST
    ascending = sorted(wanted)
    for done, width in enumerate(ascending):
        limit = left // (len(ascending) - done)
        if width > limit:
            break
        left -= width
    limit = max(limit, NARROWEST)
    return [min(width, limit) for width in wanted]

"""Heights: the heights of a column of things, and where each begins.

A Fenwick tree over whole pixels: reading an offset, finding what is at one,
changing a height and adding one at the end cost O(log n).
P. M. Fenwick, "A New Data Structure for Cumulative Frequency Tables", 1994.
"""

from collections.abc import Iterable
from itertools import accumulate


class Heights:
    """A list of heights in pixels that knows its running sums."""

    def __init__(self, heights: Iterable[int] = ()) -> None:
        self._values = list(heights)
        # Built in one pass: a node sums the things between its parent and itself.
        sums = [0, *accumulate(self._values)]
        self._tree = [total - sums[i & (i - 1)] for i, total in enumerate(sums)]

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, index: int) -> int:
        return self._values[index]

    def __setitem__(self, index: int, height: int) -> None:
        change = height - self._values[index]
        if not change:
            return
        self._values[index] = height
        i = index + 1
        while i < len(self._tree):
            self._tree[i] += change
            i += i & -i

    @property
    def total(self) -> int:
        return self.offset(len(self._values))

    def offset(self, index: int) -> int:
        """Return where thing `index` begins; the total for one past the last."""
        result = 0
        while index > 0:
            result += self._tree[index]
            index &= index - 1
        return result

    def find(self, y: int) -> int:
        """Return which thing covers pixel `y`: the first or last if it is outside.

        Things of no height cover nothing. Zero if there are none.
        """
        tree, count = self._tree, len(self._values)
        index, step = 0, 1 << count.bit_length()
        while step:
            child = index + step
            if child <= count and tree[child] <= y:
                index, y = child, y - tree[child]
            step >>= 1
        return max(0, min(index, count - 1))

    def append(self, height: int) -> None:
        """Add a thing at the end."""
        self._values.append(height)
        i = len(self._values)
        # A node sums the things below it: those of its children, and itself.
        total, child = height, i - 1
        while child > i - (i & -i):
            total += self._tree[child]
            child &= child - 1
        self._tree.append(total)

    def truncate(self, length: int) -> None:
        """Forget all things from `length` on."""
        del self._values[length:]
        del self._tree[length + 1 :]

"""Hits: what was found in which message of a branch, and what comes before and after what.

A message of which only the source was searched holds something *likely*; one that was
read as it shows holds what was found there. Values and order only: nothing is searched
here.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence

from app.ui.transcript.selection import FIRST, LAST, Stretch

MOST_KEPT = 100_000
"""Hits of which it is known where they are; of more only how many."""

Place = tuple[int, int, int]
"""Message, place and offset."""


class Hits:
    """The hits in the messages of a branch, from its top to its end."""

    def __init__(self, message_ids: Sequence[int]) -> None:
        self._ids = list(message_ids)
        self._order = {message_id: i for i, message_id in enumerate(self._ids)}
        self.clear()

    def clear(self) -> None:
        """Forget what was found; the messages stay."""
        self._counts: dict[int, int] = {}
        """Of the messages that hold something."""
        self._read: dict[int, list[Stretch]] = {}
        """Of those that were read as they show: where. Least recently read first."""
        self._held = 0
        self._total = 0

    def append(self, message_id: int) -> None:
        """Add a message at the end."""
        self._order[message_id] = len(self._ids)
        self._ids.append(message_id)

    @property
    def ids(self) -> Sequence[int]:
        """The messages, first to last. Not to be changed."""
        return self._ids

    @property
    def total(self) -> int:
        """How many there are, the likely ones too."""
        return self._total

    @property
    def holders(self) -> Collection[int]:
        """The messages that hold something, or are likely to."""
        return self._counts.keys()

    def has(self, message_id: int) -> bool:
        """Return whether a message is one of these."""
        return message_id in self._order

    def index(self, message_id: int) -> int:
        """Return how many messages are above one; 0 if it is not one of these."""
        return self._order.get(message_id, 0)

    def is_likely(self, message_id: int) -> bool:
        """Return whether it is to be read where in a message they are."""
        return message_id in self._counts and message_id not in self._read

    def is_settled(self, message_id: int) -> bool:
        """Return whether a message was read as it shows, or holds something likely."""
        return message_id in self._read or message_id in self._counts

    def of(self, message_id: int) -> Sequence[Stretch]:
        """Return the hits in a message, in reading order, as far as it was read."""
        return self._read.get(message_id, ())

    def count(self, message_id: int, count: int) -> None:
        """Take in how many a message is likely to hold."""
        self._total += count - self._counts.pop(message_id, 0)
        if count:
            self._counts[message_id] = count

    def take(
        self, message_id: int, stretches: list[Stretch], needed: Collection[int], count: int = 0
    ) -> None:
        """Take in where the hits of a message are; those in `needed` are not let go of.

        `count` is how many they are if these are only the first.
        """
        self.count(message_id, max(count, len(stretches)))
        self._held += len(stretches) - len(self._read.pop(message_id, ()))
        self._read[message_id] = stretches
        if self._held > MOST_KEPT:
            self._let_go({message_id, *needed})

    def _let_go(self, needed: Collection[int]) -> None:
        for message_id in [i for i in self._read if i not in needed and self._read[i]]:
            if self._held <= MOST_KEPT:
                return
            # It is read again when it is needed.
            self._held -= len(self._read.pop(message_id))

    # Order

    def number(self, hit: Stretch) -> int | None:
        """Return the how many-th a hit is, from 1; None if it is not there now."""
        at = self._index_of(hit)
        if at is None:
            return None
        index, order = self._order[hit.message_id], self._order
        return at + 1 + sum(n for i, n in self._counts.items() if order[i] < index)

    def is_gone(self, hit: Stretch) -> bool:
        """Return whether its message was read, and is not found there any more."""
        return hit.message_id in self._read and self._index_of(hit) is None

    def _index_of(self, hit: Stretch) -> int | None:
        hits = self._read.get(hit.message_id, [])
        at = bisect_left(hits, _place(hit), key=_place)
        return at if hits[at : at + 1] == [hit] else None

    def beyond(self, at: Place | None, step: int, unknown: Collection[int]) -> Stretch | int | None:
        """Return the next hit (step 1) or the one before (-1), round the ends.

        Instead the message that is to be searched or read before that can be told;
        None if there is no hit. `unknown` are those that were not searched yet.
        """
        if not self._ids:
            return None
        if at is None or at[0] not in self._order:
            at = (self._ids[0], FIRST, 0) if step > 0 else (self._ids[-1], LAST, 0)
        begin = self._order[at[0]]
        for i in range(len(self._ids) + 1):
            message_id = self._ids[(begin + i * step) % len(self._ids)]
            if message_id not in self._counts:
                if message_id in unknown:
                    return message_id
                continue
            hits = self._read.get(message_id)
            if hits is None:
                return message_id
            if i:
                return hits[0 if step > 0 else -1]
            side = bisect_right if step > 0 else bisect_left
            beyond = side(hits, at[1:], key=_place) - (step < 0)
            if 0 <= beyond < len(hits):
                return hits[beyond]
        return None


def _place(hit: Stretch) -> tuple[int, int]:
    return hit.place, hit.start

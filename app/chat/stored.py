"""Stored: the messages of a conversation as they lie on disk, each a value once it is asked for.

Of ten thousand messages a dozen show when they are opened. What a tree and a page
need to know of all of them is here by id; only what somebody looks at is made.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from app.chat.message import Message, Role


@dataclass(frozen=True, slots=True)
class Stored(Sequence[Message]):
    """Messages, parents first. As a sequence it makes a value each time one is taken.

    All mappings have the same ids in the same order.
    """

    parents: Mapping[int, int | None]
    """Each is one of the ids before it, or None."""
    roles: Mapping[int, Role]
    lengths: Mapping[int, int]
    reasoning_lengths: Mapping[int, int]
    value: Callable[[int], Message]
    """Makes the value of the message with an id; equal ones if asked again."""

    @classmethod
    def of(cls, messages: Iterable[Message]) -> "Stored":
        """Return messages that are values already."""
        values = {message.id: message for message in messages}
        return cls(
            {i: it.parent for i, it in values.items()},
            {i: it.role for i, it in values.items()},
            {i: it.length for i, it in values.items()},
            {i: it.reasoning_length for i, it in values.items()},
            values.__getitem__,
        )

    def __iter__(self) -> Iterator[Message]:
        return map(self.value, self.parents)

    def __len__(self) -> int:
        return len(self.parents)

    @overload
    def __getitem__(self, index: int) -> Message: ...
    @overload
    def __getitem__(self, index: slice) -> list[Message]: ...
    def __getitem__(self, index: int | slice) -> Message | list[Message]:
        ids = list(self.parents)[index]
        return self.value(ids) if isinstance(ids, int) else [self.value(i) for i in ids]

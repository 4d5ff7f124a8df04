"""SoughtText: where the words that are looked for stand in one message, as it shows.

A text that grows is read on, not anew: its settled blocks are looked through once.
"""

from collections.abc import Iterator

from app.chat.conversation import Conversation
from app.chat.message import Role
from app.ui.transcript.blocks import Block, Container
from app.ui.transcript.hits import MOST_KEPT
from app.ui.transcript.plain import PlainStream
from app.ui.transcript.selection import Stretch
from app.ui.transcript.sought import Sought
from app.ui.transcript.stream import BlockStream
from app.ui.transcript.surroundings import REASONING
from app.ui.transcript.texts import is_text, text_of

_SLICE = 2_048
"""Characters read at once."""


class SoughtText:
    """The hits in a message, its reasoning first, as on the page."""

    def __init__(self, sought: Sought, conversation: Conversation, message_id: int) -> None:
        self._sought = sought
        self._conversation = conversation
        self._id = message_id
        self._is_own = conversation.message(message_id).role is Role.USER
        self._text = self._new_text()
        self._taken = 0
        self._thought = _new_thought()
        self._thought_taken = 0

    @property
    def stretches(self) -> list[Stretch]:
        """Where it stands, in reading order, as far as that was read; the first of too many."""
        return [*self._thought.hits, *self._text.hits][:MOST_KEPT]

    @property
    def count(self) -> int:
        """How often it stands there."""
        return self._thought.count + self._text.count

    def read(self) -> Iterator[None]:
        """Take in what is new, pausing after every piece of work."""
        if self._conversation.length(self._id) < self._taken:
            # Not the text it was.
            self._text, self._taken = self._new_text(), 0
        new = self._conversation.text_after(self._id, self._taken)
        for start in range(0, len(new), _SLICE):
            piece = new[start : start + _SLICE]
            self._text.stream.feed(piece)
            self._taken += len(piece)
            yield
        yield from self._text.look(self._sought, self._id)
        if self._is_own:
            return
        if self._conversation.reasoning_length(self._id) < self._thought_taken:
            self._thought, self._thought_taken = _new_thought(), 0
        new = self._conversation.reasoning_after(self._id, self._thought_taken)
        for start in range(0, len(new), _SLICE):
            piece = new[start : start + _SLICE]
            self._thought.stream.feed(piece)
            self._thought_taken += len(piece)
            yield
        yield from self._thought.look(self._sought, self._id)

    def _new_text(self) -> "_Side":
        return _Side(PlainStream() if self._is_own else BlockStream(), 0)


class _Side:
    """The text or the reasoning: its blocks, and what was found in them."""

    def __init__(self, stream: BlockStream | PlainStream, place: int) -> None:
        self.stream = stream
        self.hits: list[Stretch] = []
        """The first of them."""
        self.count = 0
        self._place = place
        """Of the first block."""
        self._settled: list[Stretch] = []
        self._settled_count = 0
        self._done = 0
        """Settled blocks that were looked through."""

    def look(self, sought: Sought, message_id: int) -> Iterator[None]:
        """Look through the blocks that are new or may have changed."""
        tail = self.stream.tail
        if self.stream.take_revised() is not None:
            self._settled, self._settled_count, self._done = [], 0, 0
        for block in self.stream.settled[self._done :]:
            found = _in_block(sought, message_id, self._place + self._done, block)
            self._settled_count += len(found)
            if len(self._settled) < MOST_KEPT:
                self._settled += found
            self._done += 1
            yield
        self.hits, self.count = list(self._settled), self._settled_count
        for place, block in enumerate(tail, self._place + self._done):
            found = _in_block(sought, message_id, place, block)
            self.count += len(found)
            self.hits += found


def _new_thought() -> _Side:
    return _Side(PlainStream((Container.REASONING,)), REASONING)


def _in_block(sought: Sought, message_id: int, place: int, block: Block) -> list[Stretch]:
    if not is_text(block):
        return []
    found = sought.stretches(text_of(block))
    return [Stretch(message_id, place, start, end) for start, end in found]

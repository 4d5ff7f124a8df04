"""Searching: what of a conversation is still to be searched or read, piece by piece.

The laws:

- Sources are searched, from where the person is on. What is found there is likely: it
  counts until its message was read as it shows, then what shows counts.
- Read are the messages near the view, the one that is gone to, replies that grow, and
  all that hold something if that is little: so the count of a conversation of usual
  length is exact, and one gone through from end to end is.
- A message in which nothing shows after all is not counted any more.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from app.chat.conversation import Conversation
from app.ui.transcript.hits import Hits
from app.ui.transcript.sought import Sought
from app.ui.transcript.sought_text import SoughtText

_LITTLE = 262_144
"""Characters of messages that are all read as they show."""

Answer = Callable[[Sequence[int], Sequence[tuple[int, int]]], None]
Look = Callable[[Sequence[int], Callable[[str], int], Answer], None]
"""Looks for something in texts that are on disk: in which messages, how often one text
holds it, and who hears of it: of all these messages, some at a time."""


class Searching:
    """One search; what it finds goes into `hits`."""

    def __init__(
        self,
        sought: Sought,
        conversation: Conversation,
        hits: Hits,
        look: Look,
        begin: int,
        wake: Callable[[], None],
    ) -> None:
        """Begin at a message, counted from the top; `wake` is called when the disk answers."""
        self.hits = hits
        self._sought = sought
        self._conversation = conversation
        self._look = look
        self._wake: Callable[[], None] | None = wake
        self.near: Sequence[int] = ()
        """Messages that show, or are about to."""
        self.unknown = set(hits.ids)
        """Messages that were not searched yet."""
        self._unsearched = deque(chain(hits.ids[begin:], hits.ids[:begin]))
        self._absent: list[int] = []
        """Of those, the ones on disk."""
        self._growing: dict[int, SoughtText] = {}
        self._grown: set[int] = set()
        self._unread: deque[int] = deque()
        """What is to be read though it is not near."""
        self._was_weighed = False
        self._job: Iterator[None] | None = None
        self.revision = 0
        """Changes with what is known of where something is."""

    def end(self) -> None:
        """Hear of nothing any more."""
        self._wake = None

    # What changes

    def note_added(self, message_id: int) -> None:
        """Take in that a message joined the end."""
        self.hits.append(message_id)
        self._search_again(message_id)

    def note_changed(self, message_id: int) -> None:
        """Take in that the text of a message grew, or came from disk."""
        is_open = self._conversation.message(message_id).status.is_open
        if is_open or message_id in self._growing:
            # What came with its end is taken in as what came before.
            self._grown.add(message_id)
        elif not self.hits.is_settled(message_id) and self._conversation.text(message_id):
            # It may be that the disk could not be read.
            self._search_again(message_id)

    def _search_again(self, message_id: int) -> None:
        if message_id not in self.unknown:
            self.unknown.add(message_id)
            self._unsearched.append(message_id)

    def read_first(self, message_id: int) -> bool:
        """Read a message next; return False if its text is not here."""
        if self._conversation.text(message_id) is None:
            return False
        if self._job is None:
            self._job = self._read_one(message_id)
        return True

    # Working

    @property
    def is_searching(self) -> bool:
        """Whether there may be hits in what was not searched yet."""
        return bool(self.unknown)

    def work(self, *, with_grown: bool) -> bool:
        """Do a piece of what is to do; return whether there was any.

        `with_grown` is whether replies that grow are read on now.
        """
        if self._job is not None:
            if next(self._job, self) is self:
                self._job = None
        elif with_grown and self._grown:
            self._job = self._read_on(self._grown.pop())
        elif self._unsearched:
            self._begin_one(self._unsearched.popleft())
        elif self._absent:
            self._ask()
        elif not self.unknown and not self._was_weighed:
            self._weigh()
        else:
            return self._begin_unread()
        return True

    def _begin_one(self, message_id: int) -> None:
        message = self._conversation.message(message_id)
        if message.status.is_open:
            self.unknown.discard(message_id)
            self._grown.add(message_id)
        elif message.text is None:
            self._absent.append(message_id)
        else:
            self._job = self._search(message_id)

    def _ask(self) -> None:
        absent, self._absent = self._absent, []
        self._look(absent, self._count_on_disk, self._on_looked)

    def _count_on_disk(self, text: str) -> int:
        # On another thread: what nobody waits for any more takes no time there.
        return self._sought.count(text) if self._wake is not None else 0

    def _on_looked(self, ids: Sequence[int], found: Sequence[tuple[int, int]]) -> None:
        if self._wake is None:
            return
        self.unknown.difference_update(ids)
        for message_id, count in found:
            if not self.hits.is_settled(message_id):
                self.hits.count(message_id, count)
        self._wake()

    def _search(self, message_id: int) -> Iterator[None]:
        conversation, count = self._conversation, 0
        for source in (conversation.text(message_id), conversation.reasoning(message_id)):
            for found in self._sought.counts(source or ""):
                count += found
                yield
        self.unknown.discard(message_id)
        self.hits.count(message_id, count)
        if count and message_id in self.near:
            # So that it is marked before all else was searched.
            yield from self._read_one(message_id)

    def _read_one(self, message_id: int) -> Iterator[None]:
        text = SoughtText(self._sought, self._conversation, message_id)
        yield from text.read()
        self._take(message_id, text)

    def _read_on(self, message_id: int) -> Iterator[None]:
        text = self._growing.get(message_id)
        if text is None:
            text = SoughtText(self._sought, self._conversation, message_id)
            self._growing[message_id] = text
        yield from text.read()
        self._take(message_id, text)
        if not self._conversation.message(message_id).status.is_open:
            self._growing.pop(message_id, None)

    def _take(self, message_id: int, text: SoughtText) -> None:
        self.unknown.discard(message_id)
        self.hits.take(message_id, text.stretches, self.near, text.count)
        self.revision += 1

    def _weigh(self) -> None:
        """Have all that holds something read, if that is little."""
        self._was_weighed = True
        conversation, found = self._conversation, self.hits.holders
        if sum(conversation.length(i) + conversation.reasoning_length(i) for i in found) <= _LITTLE:
            self._unread.extend(found)

    def _begin_unread(self) -> bool:
        if self._begin_first(self.near):
            return True
        while self._unread:
            if self._begin_first([self._unread.popleft()]):
                return True
        return False

    def _begin_first(self, message_ids: Iterable[int]) -> bool:
        for message_id in message_ids:
            is_here = self._conversation.text(message_id) is not None
            if self.hits.is_likely(message_id) and is_here:
                self._job = self._read_one(message_id)
                return True
        return False

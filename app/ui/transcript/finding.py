"""Finding: what is found in a conversation, and at which hit the person is.

The laws:

- Sources are searched, in slices short enough to type on. What is found there is
  likely: it counts until its message was read as it shows, then what shows counts.
- Read are the messages near the view, the one that is gone to, replies that grow, and
  all that hold something if that is little: so the count of a conversation of usual
  length is exact, and one gone through from end to end is.
- A message in which nothing shows after all is passed over, and not counted any more.
- The person is at a hit and not at a number: what comes above changes the number only.
- While nobody can see the conversation nothing is done.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

from app.chat.conversation import Conversation
from app.chat.message import Role
from app.ui.transcript.findable import FindableTranscript
from app.ui.transcript.selection import FIRST, LAST, Stretch
from app.ui.transcript.sought import Sought
from app.ui.transcript.sought_text import SoughtText

SLICE_S = 0.004
"""So long is worked before the window gets its turn."""
_GROWTH_MS = 120
"""Replies that grow are read on this often."""
_LITTLE = 262_144
"""Characters of messages that are all read as they show."""
_MOST_MARKS = 1_000
"""Hits of one message that are marked at once; more than a view can show."""

Answer = Callable[[Sequence[int], Sequence[tuple[int, int]]], None]
Look = Callable[[Sequence[int], Callable[[str], int], Answer], None]
"""Looks for something in texts that are on disk: in which messages, how often one text
holds it, and who hears of it: of all these messages, some at a time."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What there is to say of a search."""

    number: int | None = None
    """Of the hit the person is at, from 1; None if at none."""
    total: int = 0
    is_searching: bool = False
    """Whether there may be more, or the hit that is gone to is not here yet."""


class Finding(QObject):
    """A search in one conversation.

    Signals:
        changed: there is something else to say of it. arg: the Tally.
    """

    changed = Signal(object)

    def __init__(
        self,
        conversation: Conversation,
        transcript: FindableTranscript,
        look: Look,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._conversation = conversation
        self._transcript = transcript
        self._look = look
        self._sought = Sought("")
        self._forget()
        self._told: Tally | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_timer_ticked)
        self._growth = QTimer(self)
        self._growth.setSingleShot(True)
        self._growth.setInterval(_GROWTH_MS)
        self._growth.timeout.connect(self.resume)
        conversation.message_added.connect(self._on_message_added)
        conversation.message_changed.connect(self._on_message_changed)
        conversation.branch_changed.connect(self._on_branch_changed)
        transcript.verticalScrollBar().valueChanged.connect(self.resume)
        transcript.verticalScrollBar().rangeChanged.connect(self.resume)

    def _forget(self) -> None:
        self._ids: list[int] = []
        self._order: dict[int, int] = {}
        self._counts: dict[int, int] = {}
        """Of the messages that hold something."""
        self._read: dict[int, list[Stretch]] = {}
        """Of those that were read as they show: where."""
        self._growing: dict[int, SoughtText] = {}
        self._unsearched: deque[int] = deque()
        self._on_disk: set[int] = set()
        """Whose texts are being looked through on disk."""
        self._unread: deque[int] = deque()
        """What is to be read though it is not near."""
        self._grown: set[int] = set()
        self._job: Iterator[None] | None = None
        self._total = 0
        self._owed = 0
        """Steps still to be taken, down or up."""
        self._awaited: int | None = None
        """The message without whose text no step can be taken."""
        self._was_weighed = False
        self._current: Stretch | None = None
        self._at: tuple[int, int, int] | None = None
        """Message, place and offset from which steps are counted."""

    @property
    def tally(self) -> Tally:
        """What there is to say of it now."""
        is_searching = bool(self._unsearched or self._on_disk or self._owed)
        return Tally(self._number(), self._total, is_searching)

    @property
    def current(self) -> Stretch | None:
        """The hit the person is at."""
        return self._current

    # Verbs

    def look_for(self, text: str) -> None:
        """Look for a text from where the person is; for nothing, end the search."""
        sought = Sought(text)
        if sought.words == self._sought.words:
            return
        at = self._beginning()
        self._sought = sought
        self._forget()
        self._at = at
        self._begin()
        self._owed = 1 if sought.words else 0
        self._told = None
        if not sought.words:
            self._show()

    def step(self, step: int) -> None:
        """Go to the next hit (1) or the one before (-1)."""
        if not self._sought.words:
            return
        if self._awaited is not None:
            # It may be that its text could not be read.
            self._conversation.want([self._awaited])
        self._owed += step
        self.resume()

    def resume(self) -> None:
        """Go on with what is to do, if anybody can see it."""
        if self._sought.words and self._transcript.isVisible():
            self._timer.start()

    # What there is to search

    def _begin(self) -> None:
        if not self._sought.words:
            self._timer.stop()
            return
        message = self._conversation.message
        self._ids = [i for i in self._conversation.branch if message(i).role is not Role.SYSTEM]
        self._order = {message_id: i for i, message_id in enumerate(self._ids)}
        absent = []
        for message_id in self._ids:
            if message(message_id).status.is_open:
                self._grown.add(message_id)
            elif message(message_id).text is None:
                absent.append(message_id)
            else:
                self._unsearched.append(message_id)
        if absent:
            self._on_disk.update(absent)
            self._look(absent, self._sought.count, partial(self._on_looked, self._sought))
        self.resume()

    def _beginning(self) -> tuple[int, int, int] | None:
        """Return from where a search goes: the hit the person is at, else what they see."""
        if self._current is not None:
            it = self._current
            return it.message_id, it.place, it.start - 1
        shown = self._transcript.messages_in_view
        position = self._transcript.position()
        if position.message_id in shown[:1]:
            return shown[0], position.block, -1
        return (shown[0], FIRST, 0) if shown else None

    def _on_looked(
        self, sought: Sought, ids: Sequence[int], found: Sequence[tuple[int, int]]
    ) -> None:
        if sought is not self._sought:
            return
        self._on_disk.difference_update(ids)
        for message_id, count in found:
            if message_id in self._order and message_id not in self._read:
                self._count(message_id, count)
        self.resume()

    def _on_message_added(self, message_id: int) -> None:
        message = self._conversation.message(message_id)
        if not self._sought.words or message.role is Role.SYSTEM:
            return
        self._order[message_id] = len(self._ids)
        self._ids.append(message_id)
        if message.status.is_open:
            self._grown.add(message_id)
        else:
            self._unsearched.append(message_id)
        self.resume()

    def _on_message_changed(self, message_id: int) -> None:
        if message_id not in self._order:
            return
        if self._awaited == message_id:
            self._awaited = None
        if self._conversation.message(message_id).status.is_open:
            self._grown.add(message_id)
            if not self._growth.isActive() and self._transcript.isVisible():
                self._growth.start()
            return
        if message_id in self._growing:
            # What came with its end is taken in as what came before.
            self._grown.add(message_id)
        self.resume()

    def _on_branch_changed(self) -> None:
        if not self._sought.words:
            return
        at = self._at if self._current is None else self._beginning()
        current, self._sought = self._current, Sought(self._sought.words)
        self._forget()
        self._begin()
        if current is not None and current.message_id in self._order:
            self._current = current
        self._at = at
        self._show()

    # Working

    def _on_timer_ticked(self) -> None:
        if not self._transcript.isVisible():
            self._timer.stop()
            return
        end = perf_counter() + SLICE_S
        while perf_counter() < end:
            if not self._work():
                self._timer.stop()
                self._show()
                return
        self._tell()

    def _work(self) -> bool:
        """Do a piece of what is to do; return whether there was any."""
        if self._job is not None:
            if next(self._job, self) is self:
                self._job = None
        elif self._unsearched:
            self._job = self._search(self._unsearched.popleft())
        elif self._grown and not self._growth.isActive():
            self._job = self._read_on(self._grown.pop())
        elif self._on_disk:
            return False
        elif not self._was_weighed:
            self._weigh()
        elif self._owed and self._awaited is None:
            self._take_step()
        else:
            return self._read_near()
        return True

    def _search(self, message_id: int) -> Iterator[None]:
        count = 0
        for source in (
            self._conversation.text(message_id),
            self._conversation.reasoning(message_id),
        ):
            for found in self._sought.counts(source or ""):
                count += found
                yield
        self._count(message_id, count)

    def _read_one(self, message_id: int) -> Iterator[None]:
        text = SoughtText(self._sought, self._conversation, message_id)
        yield from text.read()
        self._take(message_id, text.stretches)

    def _read_on(self, message_id: int) -> Iterator[None]:
        text = self._growing.get(message_id)
        if text is None:
            text = SoughtText(self._sought, self._conversation, message_id)
            self._growing[message_id] = text
        yield from text.read()
        self._take(message_id, text.stretches)
        if not self._conversation.message(message_id).status.is_open:
            self._growing.pop(message_id, None)

    def _weigh(self) -> None:
        """Have all that holds something read, if that is little."""
        self._was_weighed = True
        conversation, found = self._conversation, [*self._counts]
        if sum(conversation.length(i) + conversation.reasoning_length(i) for i in found) <= _LITTLE:
            self._unread.extend(found)

    def _read_near(self) -> bool:
        for message_id in self._transcript.messages_near:
            if self._is_unread(message_id):
                self._job = self._read_one(message_id)
                return True
        while self._unread:
            message_id = self._unread.popleft()
            if self._is_unread(message_id):
                self._job = self._read_one(message_id)
                return True
        return False

    def _is_unread(self, message_id: int) -> bool:
        is_likely = message_id in self._counts and message_id not in self._read
        return is_likely and self._conversation.text(message_id) is not None

    def _count(self, message_id: int, count: int) -> None:
        self._total += count - self._counts.pop(message_id, 0)
        if count:
            self._counts[message_id] = count

    def _take(self, message_id: int, stretches: list[Stretch]) -> None:
        self._count(message_id, len(stretches))
        self._read[message_id] = stretches
        current = self._current
        if current is not None and current.message_id == message_id and current not in stretches:
            # The text around it says something else by now.
            self._current = None

    # Going

    def _take_step(self) -> None:
        """Take a step that is owed, or see to what it takes."""
        step = 1 if self._owed > 0 else -1
        hit = self._beyond(step)
        if hit is None:
            if self._job is None and self._awaited is None:
                self._owed = 0
            return
        self._current = hit
        self._at = hit.message_id, hit.place, hit.start
        self._owed -= step
        if not self._owed:
            self._transcript.go_to(hit)

    def _beyond(self, step: int) -> Stretch | None:
        """Return the next hit, beyond the last one the first; None if it is not known yet."""
        if not self._counts:
            return None
        at = self._at if self._at is not None and self._at[0] in self._order else None
        if at is None:
            at = (self._ids[0], FIRST, 0) if step > 0 else (self._ids[-1], LAST, 0)
        begin = self._order[at[0]]
        for i in range(len(self._ids) + 1):
            message_id = self._ids[(begin + i * step) % len(self._ids)]
            if message_id not in self._counts:
                continue
            hits = self._read.get(message_id)
            if hits is None:
                self._ask_for(message_id)
                return None
            if i:
                return hits[0 if step > 0 else -1]
            places = [(hit.place, hit.start) for hit in hits]
            beyond = bisect_right(places, at[1:]) if step > 0 else bisect_left(places, at[1:]) - 1
            if 0 <= beyond < len(hits):
                return hits[beyond]
        return None

    def _ask_for(self, message_id: int) -> None:
        if self._conversation.text(message_id) is not None:
            self._job = self._read_one(message_id)
            return
        self._awaited = message_id
        self._conversation.want([message_id])

    # Telling

    def _number(self) -> int | None:
        it = self._current
        if it is None or it.message_id not in self._read:
            return None
        index, counts = self._order[it.message_id], self._counts
        above = sum(counts[i] for i in counts if self._order[i] < index)
        return above + self._read[it.message_id].index(it) + 1

    def _tell(self) -> None:
        tally = self.tally
        if tally != self._told:
            self._told = tally
            self.changed.emit(tally)

    def _show(self) -> None:
        """Mark what is near the view, and tell what there is to say."""
        near = self._transcript.messages_near if self._sought.words else ()
        position, hits = self._transcript.position(), list[Stretch]()
        for message_id in near:
            found = self._read.get(message_id, [])
            if len(found) > _MOST_MARKS:
                # As many above what the reader sees as below.
                place = position.block if position.message_id == message_id else FIRST
                if position.is_end:
                    place = LAST
                middle = bisect_left(found, place, key=lambda hit: hit.place)
                first = min(max(middle - _MOST_MARKS // 2, 0), len(found) - _MOST_MARKS)
                found = found[first : first + _MOST_MARKS]
            hits += found
        self._transcript.show_hits(hits, self._current if hits else None)
        self._tell()

"""Finding: at which of what is found in a conversation the person is, and the way on.

The laws:

- A search goes on from where the person is, in slices short enough to type on.
- The person is at a hit and not at a number: what comes above changes the number only.
- A step is taken as soon as everything between here and there was searched; a message
  in which nothing shows after all is passed over.
- While nobody can see the conversation nothing is done.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import Shiboken

from app.chat.conversation import Conversation
from app.chat.message import Role
from app.ui.transcript.findable import FindableTranscript
from app.ui.transcript.hits import Hits, Place
from app.ui.transcript.searching import Look, Searching
from app.ui.transcript.selection import FIRST, LAST, Stretch, TextPosition
from app.ui.transcript.sought import Sought

SLICE_S = 0.003
"""So long is worked before the window gets its turn."""
_GROWTH_MS = 120
"""Replies that grow are read on this often."""
_MOST_MARKS = 1_000
"""Hits of one message that are marked at once; more than a view can show."""


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
        self._words = ""
        self._hits = Hits(())
        self._is_stale = True
        """Whether the hits are those of another branch."""
        self._search: Searching | None = None
        self._forget()
        self._told: Tally | None = None
        self._shown: object = None
        """Of what the marks were shown."""
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
        if self._search is not None:
            self._search.end()
        self._search = None
        self._owed = 0
        """Steps still to be taken, down or up."""
        self._awaited: int | None = None
        """The message without whose text no step can be taken."""
        self._current: Stretch | None = None
        self._at: Place | None = None
        """From where steps are counted."""
        self._scan: tuple[int, Place] | None = None
        """How far was looked for the next step, in which direction: up to there is nothing."""

    @property
    def tally(self) -> Tally:
        """What there is to say of it now."""
        search = self._search
        if search is None:
            return Tally()
        is_searching = search.is_searching or bool(self._owed)
        number = None
        if self._current is not None and not search.is_searching:
            number = self._hits.number(self._current)
        return Tally(number, self._hits.total, is_searching)

    @property
    def current(self) -> Stretch | None:
        """The hit the person is at."""
        return self._current

    # Verbs

    def look_for(self, text: str, at: TextPosition | None = None, step: int = 1) -> None:
        """Look for a text from a position or where the person is; for nothing, end the search.

        A hit that begins at the position is the first one; with a step of -1 the first
        is the one before it.
        """
        sought = Sought(text)
        if sought.words == self._words and at is None:
            return
        begin = self._beginning() if at is None else (at.message_id, at.place, at.offset)
        if step > 0 and begin is not None:
            begin = *begin[:2], begin[2] - 1
        self._words = sought.words
        self._begin(sought, begin)
        if sought.words:
            self._owed = step
        self._told = None
        if not sought.words:
            self._show()

    def step(self, step: int) -> None:
        """Go to the next hit (1) or the one before (-1)."""
        if self._search is None:
            return
        if self._awaited is not None:
            # It may be that its text could not be read.
            self._conversation.want([self._awaited])
        self._owed += step
        self.resume()

    def resume(self) -> None:
        """Go on with what is to do, if anybody can see it."""
        if self._search is not None and self._transcript.isVisible():
            self._timer.start()

    def _begin(self, sought: Sought, at: Place | None) -> None:
        self._forget()
        self._at = at
        if not sought.words:
            self._timer.stop()
            self._hits.clear()
            return
        if self._is_stale:
            message = self._conversation.message
            branch = self._conversation.branch
            self._hits = Hits([i for i in branch if message(i).role is not Role.SYSTEM])
            self._is_stale = False
        self._hits.clear()
        index = self._hits.index(at[0]) if at is not None else 0
        self._search = Searching(
            sought, self._conversation, self._hits, self._look, index, self._on_woken
        )
        self.resume()

    def _beginning(self) -> Place | None:
        """Return from where a search goes: the hit the person is at, else what they see."""
        if self._current is not None:
            return self._current.message_id, self._current.place, self._current.start
        shown, top = self._transcript.messages_in_view, self._transcript.top_of_view
        if self._transcript.is_pinned and shown:
            # Rather from where the last message begins than round to the top.
            return shown[0], FIRST, 0
        return None if top is None else (top.message_id, top.place, top.offset)

    # What changes

    def _on_message_added(self, message_id: int) -> None:
        if self._search is None or self._is_stale:
            self._is_stale = True
        elif self._conversation.message(message_id).role is not Role.SYSTEM:
            self._search.note_added(message_id)
            self.resume()

    def _on_message_changed(self, message_id: int) -> None:
        if self._search is None or not self._hits.has(message_id):
            return
        if self._awaited == message_id:
            self._awaited = None
        self._search.note_changed(message_id)
        if not self._conversation.message(message_id).status.is_open:
            self.resume()
        elif not self._growth.isActive() and self._transcript.isVisible():
            self._growth.start()

    def _on_branch_changed(self) -> None:
        self._is_stale = True
        if self._search is None:
            return
        current, owed = self._current, self._owed
        at = self._at if current is None else (current.message_id, current.place, current.start)
        self._begin(Sought(self._words), at)
        if current is None:
            self._owed = owed
        elif self._hits.has(current.message_id):
            self._current = current
        self._show()

    def _on_woken(self) -> None:
        if Shiboken.isValid(self):
            self.resume()
        elif self._search is not None:
            # The tab was closed while the disk was asked.
            self._search.end()

    # Working

    def _on_timer_ticked(self) -> None:
        search = self._search
        if search is None or not self._transcript.isVisible():
            self._timer.stop()
            return
        end = perf_counter() + SLICE_S
        search.near = self._transcript.messages_near
        while perf_counter() < end:
            if self._owed and self._awaited is None and self._take_step():
                continue
            if not search.work(with_grown=not self._growth.isActive()):
                self._timer.stop()
                break
        self._show()

    # Going

    def _take_step(self) -> bool:
        """Take a step that is owed; return False if it cannot be taken yet."""
        search = self._search
        assert search is not None, "a step is owed"
        step = 1 if self._owed > 0 else -1
        at = self._scan[1] if self._scan is not None and self._scan[0] == step else self._at
        hit = self._hits.beyond(at, step, search.unknown)
        if isinstance(hit, int):
            if hit in search.unknown:
                if at is None or hit != at[0]:
                    self._scan = step, (hit, FIRST if step > 0 else LAST, 0)
            elif not search.read_first(hit):
                self._awaited = hit
                self._conversation.want([hit])
            return False
        self._scan = None
        if hit is None:
            self._owed = 0
            return False
        self._current = hit
        self._at = hit.message_id, hit.place, hit.start
        self._owed -= step
        if not self._owed:
            self._transcript.go_to(hit)
            search.near = self._transcript.messages_near
        return True

    # Telling

    def _show(self) -> None:
        """Mark what is near the view, and tell what there is to say."""
        search, current = self._search, self._current
        if current is not None and self._hits.is_gone(current):
            # The text around it says something else by now.
            self._current = current = None
        near = tuple(self._transcript.messages_near) if search is not None else ()
        revision = search.revision if search is not None else 0
        shown = (search, revision, current, near, self._transcript.position())
        if shown != self._shown:
            self._shown = shown
            hits = [hit for message_id in near for hit in self._marked_in(message_id)]
            self._transcript.show_hits(hits, current if hits else None)
        tally = self.tally
        if tally != self._told:
            self._told = tally
            self.changed.emit(tally)

    def _marked_in(self, message_id: int) -> Sequence[Stretch]:
        """Return the hits of a message that are marked: as many above the view as below."""
        found, position = self._hits.of(message_id), self._transcript.position()
        if len(found) <= _MOST_MARKS:
            return found
        place = position.block if position.message_id == message_id else FIRST
        if position.is_end:
            place = LAST
        middle = bisect_left(found, place, key=lambda hit: hit.place)
        first = min(max(middle - _MOST_MARKS // 2, 0), len(found) - _MOST_MARKS)
        return found[first : first + _MOST_MARKS]

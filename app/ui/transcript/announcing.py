"""Announcing: a reply that is read out while it is written, sentence by sentence.

The law: nothing is said twice, nothing in pieces smaller than a sentence, and
nothing of what the person cannot see.
"""

from PySide6.QtCore import QObject, QTextBoundaryFinder, Signal
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from app.chat.conversation import Conversation
from app.chat.message import Message, Role, Status
from app.ui.notice import Notice
from app.ui.transcript.acts import tr
from app.ui.transcript.boundaries import cut
from app.ui.transcript.captions import Captions
from app.ui.transcript.heard_text import readable
from app.ui.transcript.read_aloud import ReadAloud


def sentence_of(notice: Notice) -> str:
    """Return what a notice says, in one line."""
    return " ".join(part for part in (notice.headline, notice.rest) if part)


def sentences_end(text: str) -> int:
    """Return behind how many characters of a growing text no sentence is open any more."""
    end = text.rfind("\n") + 1
    rest = readable(text[end:])
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Sentence, rest)
    finder.toEnd()
    # The last sentence may go on; where another one has begun, it cannot.
    found = max(finder.toPreviousBoundary(), 0)
    return end + len(cut(rest, 0, found))


class Announcer(QObject):
    """Says what is new of the replies under way in a conversation.

    That one has grown it is told, see `heed`: deltas are many, and most of the time
    nobody listens.

    Signals:
        announced: something is to be read out now. arg: the words.
    """

    announced = Signal(str)

    def __init__(self, conversation: Conversation, captions: Captions, view: QWidget) -> None:
        super().__init__(view)
        self._conversation = conversation
        self._captions = captions
        self._view = view
        self._read: dict[int, ReadAloud] = {}
        """How far each reply under way was read out."""
        conversation.message_added.connect(self._on_message_added)
        conversation.branch_changed.connect(self._on_branch_changed)

    @property
    def is_reading(self) -> bool:
        """Whether there are replies of which something was read out."""
        return bool(self._read)

    @property
    def _is_heard(self) -> bool:
        if not QAccessible.isActive():
            return False
        return self._view.isVisible() and not self._view.window().isMinimized()

    def _on_message_added(self, message_id: int) -> None:
        if self._is_heard:
            self._begin(message_id)

    def _on_branch_changed(self) -> None:
        # A reply that is asked for again is another version, in another branch.
        if self._is_heard:
            for message_id in self._conversation.branch[-1:]:
                self._begin(message_id)

    def _begin(self, message_id: int) -> None:
        """Read a reply out from here on; what is there already is there to be read."""
        message = self._conversation.message(message_id)
        if message.role is not Role.ASSISTANT or not message.status.is_open:
            return
        if message_id not in self._read:
            text = self._conversation.text(message_id) or ""
            self._read[message_id] = ReadAloud(text)

    def forget(self) -> None:
        """Let go of what was read out: nobody listens any more."""
        self._read.clear()

    def heed(self, message_id: int) -> None:
        """Take in that a message changed: say what is new of it."""
        if not self._is_heard or message_id not in self._conversation.branch[-1:]:
            self._read.pop(message_id, None)
            return
        message = self._conversation.message(message_id)
        read = self._read.get(message_id)
        if read is None:
            self._begin(message_id)
            return
        pending = self._conversation.text_after(message_id, read.length)
        if message.status.is_open:
            self._say(read.take(pending[: sentences_end(pending)]))
        else:
            del self._read[message_id]
            self._say(f"{read.take(pending)}\n{self._ending(message)}")

    def _ending(self, message: Message) -> str:
        notice = self._captions.notice(message)
        if notice is not None:
            return sentence_of(notice)
        if message.status is Status.COMPLETE:
            return tr("Reply complete")
        return tr("Reply stopped") if message.status is Status.STOPPED else tr("Reply cut short")

    def _say(self, words: str) -> None:
        words = words.strip()
        if words:
            self.announced.emit(readable(words))

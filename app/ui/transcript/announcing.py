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
from app.ui.transcript.lines import shown

_LINE_END = "\u2028"


def readable(text: str) -> str:
    """Return a text as Qt can hold it, with the line ends it came with."""
    return shown(text).replace(_LINE_END, "\n")


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
    """Listens to a conversation and says what is new of the replies under way.

    Signals:
        announced: something is to be read out now. arg: the words.
    """

    announced = Signal(str)

    def __init__(self, conversation: Conversation, captions: Captions, view: QWidget) -> None:
        super().__init__(view)
        self._conversation = conversation
        self._captions = captions
        self._view = view
        self._said: dict[int, int] = {}
        """How many characters were said of each reply under way."""
        conversation.message_added.connect(self._on_message_added)
        conversation.message_changed.connect(self._on_message_changed)

    @property
    def _is_heard(self) -> bool:
        if not QAccessible.isActive():
            return False
        return self._view.isVisible() and not self._view.window().isMinimized()

    def _on_message_added(self, message_id: int) -> None:
        message = self._conversation.message(message_id)
        if message.role is Role.ASSISTANT and message.status.is_open and self._is_heard:
            self._said[message_id] = 0

    def _on_message_changed(self, message_id: int) -> None:
        if not self._is_heard or message_id not in self._conversation.branch[-1:]:
            self._said.pop(message_id, None)
            return
        message = self._conversation.message(message_id)
        said = self._said.get(message_id)
        if not message.status.is_open:
            if self._said.pop(message_id, None) is not None:
                rest = self._conversation.text_after(message_id, said or 0)
                self._say(f"{rest.strip()}\n{self._ending(message)}")
        elif said is None:
            # What was written before anybody listened is there to be read.
            self._said[message_id] = self._conversation.length(message_id)
        else:
            pending = self._conversation.text_after(message_id, said)
            end = sentences_end(pending)
            self._said[message_id] = said + end
            self._say(pending[:end])

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

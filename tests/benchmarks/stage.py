"""Stage: a transcript in a window, whose frames come as soon as the one before is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget

from app.chat.conversation import Conversation
from app.chat.message import Delta
from app.ui.theme import light
from app.ui.transcript import frames
from app.ui.transcript.drawn_formulas import Formulas
from app.ui.transcript.frames import Frames
from app.ui.transcript.highlighting import Highlighter
from app.ui.transcript.view import Transcript
from app.ui.transcript.warming import SAMPLES
from tests.ui.transcript.conftest import Words, begin_reply, conversation

WIDTH, HEIGHT = 760, 600


def application() -> QApplication:
    """Return the application, with a font that is there on any machine."""
    found = QApplication.instance() or QApplication([])
    assert isinstance(found, QApplication)
    found.setFont(QFont("DejaVu Sans"))
    return found


@contextmanager
def unpaced() -> Iterator[None]:
    """Have the next frame due at once.

    A paced transcript waits longer after costly frames, and so has fewer of them.
    """
    with patch.multiple(frames, _SHORTEST_S=0.0, _SHARE=0):
        yield


class Stage:
    """A conversation as it shows, and the reply that grows in it."""

    def __init__(self, it: Conversation | None = None) -> None:
        self._app = application()
        self.conversation = it or conversation("What does it say? " + " ".join(SAMPLES))
        self.transcript = Transcript(self.conversation, Words(), light())
        appear(self.transcript)
        self.work()
        clock = self.transcript.findChild(Frames)
        formulas = self.transcript.findChild(Formulas)
        colours = self.transcript.findChild(Highlighter)
        assert clock is not None
        assert formulas is not None
        assert colours is not None
        self._clock, self._formulas, self._colours = clock, formulas, colours

    def begin(self) -> int:
        """Begin a reply, and return its id."""
        message_id = begin_reply(self.conversation)
        self.work()
        return message_id

    def say(self, message_id: int, tokens: list[str]) -> float:
        """Let tokens come and be shown; return the milliseconds of CPU of that frame."""
        self.conversation.extend(message_id, [Delta(token) for token in tokens])
        self.work()
        return self._clock.cost_s * 1000

    def work(self) -> None:
        """Work until what came is laid out and painted."""
        self._app.processEvents()
        while self.transcript.is_busy:
            self._app.processEvents()
        self._app.processEvents()

    def finish(self) -> None:
        """Work until there is no formula to draw and no code to colour."""
        self.work()
        while self._formulas.is_busy or self._colours.is_busy:
            self.work()

    def leave(self) -> None:
        """Take the window away."""
        self.transcript.hide()
        self.transcript.deleteLater()
        self._app.processEvents()


def appear(widget: QWidget) -> None:
    """Show a widget as large as all that are compared, and have it painted."""
    widget.resize(WIDTH, HEIGHT)
    widget.show()
    application().processEvents()

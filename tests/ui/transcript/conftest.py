"""Conversations to look at, and somebody who has words for them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFont, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chat.conversation import Conversation
from app.chat.heading import Heading
from app.chat.message import Completion, Delta, Message, Role, Status
from app.ui.notice import Act, Notice, Offer, Tone
from app.ui.theme import light
from app.ui.transcript.targets import Do, Turn
from app.ui.transcript.view import Transcript


@dataclass
class Words:
    """Captions with fixed words, and notices for messages that are named."""

    notices: dict[int, Notice] = field(default_factory=dict)
    elapsed: str = ""
    tells_time: bool = False
    """Whether it is known when messages were sent."""

    def name(self, message: Message) -> tuple[str, str]:
        return "GLM 5.2", "z-ai"

    def moment(self, message: Message) -> tuple[str, str]:
        return ("14:32", "Monday, 23 November 2026, 14:32") if self.tells_time else ("", "")

    def facts(self, message: Message) -> tuple[str, ...]:
        return ("1,204 in · 812 out", "$0.0063")

    def thought(self, message: Message, is_open: bool) -> str:
        return "Thinking…" if is_open else "Thought for 6 s"

    def waiting(self, message: Message) -> str:
        is_waiting = message.status is Status.WAITING
        return f"Waiting for GLM 5.2… {self.elapsed}" if is_waiting else ""

    def notice(self, message: Message) -> Notice | None:
        return self.notices.get(message.id)


FAILED = Notice(
    Tone.ERROR,
    "The connection was cut.",
    "What arrived is kept.",
    (Offer(Act.CONTINUE, "Continue", primary=True), Offer(Act.RETRY, "Try again")),
)


def message(
    message_id: int, text: str | None, *, role: Role | None = None, **more: object
) -> Message:
    """Return a message of a chain: odd ids are the person's, even ones replies."""
    role = role or (Role.USER if message_id % 2 else Role.ASSISTANT)
    it = Message(message_id, message_id - 1 or None, role, text=text, length=len(text or ""))
    return replace(it, **more)  # type: ignore[arg-type]


def conversation(*texts: str) -> Conversation:
    """Return a conversation of texts, the first the person's."""
    return Conversation(Heading(1), [message(i, text) for i, text in enumerate(texts, 1)])


def begin_reply(it: Conversation) -> int:
    """Add a reply that waits for its text, and return its id."""
    message_id = len(it.branch) + 1
    role = Role.ASSISTANT
    it.add(message(message_id, "", role=role, status=Status.WAITING))
    return message_id


def end_reply(it: Conversation, message_id: int, status: Status = Status.COMPLETE) -> None:
    it.finish(message_id, status, Completion("account", "Team", "z-ai/glm-5.2"))


def settle(qtbot: QtBot, transcript: Transcript) -> None:
    """Wait until there is nothing left to do and all of it is painted."""
    qtbot.waitUntil(lambda: not transcript.is_busy)
    QApplication.processEvents()
    qtbot.waitUntil(lambda: not transcript.is_busy)


def click(transcript: Transcript, point: QPoint) -> None:
    QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=point)


def hot_spots(transcript: Transcript) -> list[QPoint]:
    """Return points at which a click on a message's own text or notice means something.

    Top to bottom; what can be done with the message as a whole is left out.
    """
    view = transcript.viewport()
    points = (QPoint(x, y) for y in range(4, view.height(), 6) for x in range(4, view.width(), 8))
    return [
        point
        for point in points
        if _is_hot(transcript, point) and not isinstance(transcript.target_at(point), Do | Turn)
    ]


def _is_hot(transcript: Transcript, point: QPoint) -> bool:
    view, none = transcript.viewport(), Qt.MouseButton.NoButton
    place = QPointF(point)
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        view.mapToGlobal(place),
        none,
        none,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view, move)
    return view.cursor().shape() is Qt.CursorShape.PointingHandCursor


Show = Callable[..., Transcript]


@pytest.fixture
def words() -> Words:
    return Words()


@pytest.fixture
def show(qtbot: QtBot, qapp: QApplication, words: Words) -> Iterator[Show]:
    """Show a conversation in a window of its own and wait until it stands."""
    before = qapp.font()
    qapp.setFont(QFont("DejaVu Sans"))

    def show_it(it: Conversation, width: int = 760, height: int = 600) -> Transcript:
        transcript = Transcript(it, words, light())
        qtbot.addWidget(transcript)
        transcript.resize(width, height)
        transcript.show()
        qtbot.waitExposed(transcript)
        qtbot.waitUntil(lambda: transcript.counts.paints > 0)
        settle(qtbot, transcript)
        return transcript

    yield show_it
    qapp.setFont(before)


PARAGRAPH = "The advantage of a group is the reward of each reply minus the mean of all of them. "


def long_text(paragraphs: int) -> str:
    return "\n\n".join(f"{i}. paragraph. " + PARAGRAPH * 3 for i in range(paragraphs))


def deltas(text: str, size: int = 13) -> list[Delta]:
    return [Delta(text[i : i + size]) for i in range(0, len(text), size)]

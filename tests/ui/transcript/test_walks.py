"""The transcript through long random walks: the reader stays, and the screen is right."""

from random import Random

import pytest
from pytestqt.qtbot import QtBot

from app.chat.conversation import Conversation
from app.chat.heading import Heading
from app.chat.message import Delta, Message, Role, Status
from app.ui.theme import dark, light
from app.ui.transcript.view import Transcript
from tests.ui.transcript.conftest import (
    Show,
    click,
    end_reply,
    hot_spots,
    long_text,
    message,
    settle,
)
from tests.ui.transcript.test_view import anew, are_alike, screen, streamed_text

STAYING = ("extend", "begin", "finish", "theme", "captions", "hide")
MOVING = ("scroll", "scroll", "jump", "fill", "resize", "click", "end", "branch")


class Walk:
    """A conversation somebody reads, and things that happen to it."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        bodies = (long_text(3), streamed_text(), "short", "", "x" * 9_000, "# h\n\n- a\n- b")
        self.bodies = {i: self.random.choice(bodies) for i in range(1, 60)}
        self.conversation = Conversation(Heading(1), map(self.message, self.bodies))
        self.wanted: list[int] = []
        self.conversation.bodies_wanted.connect(self.wanted.extend)
        self.reply: int | None = None
        self.next = 60

    def message(self, message_id: int) -> Message:
        body = self.bodies[message_id]
        text = None if self.random.random() < 0.6 else body
        return message(
            message_id, text, length=len(body), reasoning="why " * 50, reasoning_length=200
        )

    def take(self, step: str, transcript: Transcript) -> None:
        bar, it = transcript.verticalScrollBar(), self.conversation
        match step:
            case "scroll":
                bar.setValue(bar.value() + self.random.randint(-500, 500))
            case "jump":
                bar.setValue(self.random.randint(0, bar.maximum()))
            case "end":
                transcript.scroll_to_end()
            case "fill":
                it.fill([(i, self.bodies[i], "why " * 50) for i in self.wanted])
                self.wanted.clear()
            case "resize":
                width, height = self.random.choice((760, 500, 300)), self.random.choice((600, 300))
                transcript.resize(width, height)
            case "theme":
                transcript.set_theme(self.random.choice((light(), dark())))
            case "captions":
                transcript.refresh_captions()
            case "click":
                for spot in hot_spots(transcript)[:1]:
                    click(transcript, spot)
            case "hide":
                transcript.hide()
                self.extend("hidden\n\n")
                transcript.show()
            case "extend":
                start, length = self.random.randint(0, 500), self.random.randint(1, 900)
                self.extend(streamed_text()[start:][:length])
            case _:
                self.change(step)

    def change(self, step: str) -> None:
        it = self.conversation
        if step == "finish" and self.reply is not None:
            end_reply(it, self.reply, Status.FAILED)
            self.reply = None
        elif step == "begin" and self.reply is None:
            self.reply = self.add(it.branch[-1], Role.ASSISTANT, Status.WAITING, "")
        elif step == "branch" and self.reply is None:
            self.add(it.branch[-3], Role.USER, Status.COMPLETE, "other")

    def add(self, parent: int, role: Role, status: Status, text: str) -> int:
        self.next += 1
        it = Message(self.next, parent, role, status=status, text=text, length=len(text))
        self.conversation.add(it)
        return self.next

    def extend(self, text: str) -> None:
        if self.reply is not None:
            self.conversation.extend(self.reply, [Delta(text), Delta(reasoning="think\n")])


@pytest.mark.parametrize("seed", [3, 9, 15, 18])
def test_whatever_happens_the_reader_stays_and_the_screen_is_right(
    show: Show, qtbot: QtBot, seed: int
) -> None:
    walk = Walk(seed)
    transcript = show(walk.conversation)
    bar = transcript.verticalScrollBar()
    for _ in range(40):
        step = walk.random.choice(STAYING + MOVING)
        before = transcript.position()
        walk.take(step, transcript)
        settle(qtbot, transcript)
        if step in STAYING:
            assert transcript.position() == before, step
        assert (bar.value() == bar.maximum()) == transcript.is_pinned, step
        assert are_alike(screen(transcript), anew(transcript)), step

"""The reader stays where they read: at another size, and after the next start."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chat.conversation import Conversation
from app.chat.heading import Heading
from app.chat.message import Delta
from app.ui.theme import dark, light
from app.ui.transcript.position import Position
from app.ui.transcript.selection import TextPosition
from app.ui.transcript.view import Transcript
from tests.ui.transcript.conftest import (
    Show,
    Words,
    begin_reply,
    conversation,
    long_text,
    message,
    settle,
)
from tests.ui.transcript.test_acts import image

TEXTS = ("What is it?", long_text(12), "And then?", long_text(12))


def go_to(transcript: Transcript, y: int, qtbot: QtBot) -> None:
    for _ in range(3):
        # What is above may turn out to have another height than was thought.
        transcript.verticalScrollBar().setValue(y)
        settle(qtbot, transcript)


def line_at_top(transcript: Transcript) -> int:
    """Return which character of its block is at the top of the view."""
    at = transcript.position()
    assert at.message_id is not None
    return next(
        i
        for i in range(10_000)
        if (line := transcript.line_of(stretch(at, i))) is not None and line.bottom() >= 0
    )


def stretch(at: Position, offset: int) -> TextPosition:
    assert at.message_id is not None
    return TextPosition(at.message_id, at.block, offset)


@pytest.mark.parametrize("y", [0, 10, 25, 52, 70, 130, 333, 1_000, 1_503])
def test_a_place_in_texts_on_disk_is_the_same_to_the_pixel_when_they_are_here(
    show: Show, qtbot: QtBot, y: int
) -> None:
    before = show(conversation(*TEXTS))
    go_to(before, y, qtbot)
    kept, shown = before.position(), image(before)
    lengths = enumerate(map(len, TEXTS), 1)
    it = Conversation(Heading(1), [message(i, None, length=length) for i, length in lengths])
    wanted: list[int] = []
    it.bodies_wanted.connect(wanted.extend)
    after = Transcript(it, Words(), light())
    qtbot.addWidget(after)
    after.restore(kept)
    # It is in a layout before the window gives it its size, as at a start.
    after.resize(300, 200)
    after.set_text_scale(1)
    after.show()
    qtbot.waitExposed(after)
    after.resize(760, 600)
    settle(qtbot, after)
    assert after.position() == kept, "nobody moved it while its text was not there"
    it.fill([(i, TEXTS[i - 1], "") for i in sorted(wanted)])
    settle(qtbot, after)
    it.fill([(i, TEXTS[i - 1], "") for i in sorted(set(wanted)) if it.text(i) is None])
    settle(qtbot, after)
    assert after.position() == kept
    assert image(after) == shown


@pytest.mark.parametrize("y", [25, 130, 333, 777, 1_503])
def test_there_and_back_is_the_same_to_the_pixel(show: Show, qtbot: QtBot, y: int) -> None:
    transcript = show(conversation(*TEXTS))
    go_to(transcript, y, qtbot)
    shown = image(transcript)
    for scale in (1.1, 1.25, 1.5, 3.0, 2.0, 0.5, 1.0):
        transcript.set_text_scale(scale)
        settle(qtbot, transcript)
    assert image(transcript) == shown, "zoom"
    for width, height in ((420, 300), (900, 900), (333, 600), (760, 600)):
        transcript.resize(width, height)
        settle(qtbot, transcript)
    assert image(transcript) == shown, "size of the window"
    for px in (560, 840, 664):
        transcript.set_reading_width(px)
        settle(qtbot, transcript)
    assert image(transcript) == shown, "width of the column"
    transcript.set_theme(dark())
    settle(qtbot, transcript)
    transcript.set_theme(light())
    settle(qtbot, transcript)
    assert image(transcript) == shown, "theme"
    transcript.hide()
    transcript.set_text_scale(2)
    transcript.set_text_scale(1)
    transcript.show()
    settle(qtbot, transcript)
    assert image(transcript) == shown, "tab"


def test_the_line_at_the_top_stays_there_at_every_size(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("?", "```\n" + "x = 1\n" * 200 + "```\n\n" + "word " * 2_000))
    for y in (400, 2_000):
        go_to(transcript, y, qtbot)
        line = line_at_top(transcript)
        for scale in (1.5, 3.0, 0.67):
            transcript.set_text_scale(scale)
            settle(qtbot, transcript)
            assert abs(line_at_top(transcript) - line) <= 40
        transcript.set_text_scale(1)
        settle(qtbot, transcript)


def test_who_sees_the_end_in_a_larger_window_is_back_where_they_were_in_the_smaller(
    show: Show, qtbot: QtBot
) -> None:
    transcript = show(conversation(*TEXTS))
    bar = transcript.verticalScrollBar()
    go_to(transcript, bar.maximum() - 100, qtbot)
    shown = image(transcript)
    transcript.resize(760, 900)
    settle(qtbot, transcript)
    assert transcript.is_pinned
    transcript.resize(760, 600)
    settle(qtbot, transcript)
    assert image(transcript) == shown
    assert not transcript.is_pinned


def test_who_saw_text_come_at_the_end_follows_it_in_the_smaller_window_too(
    show: Show, qtbot: QtBot
) -> None:
    it = conversation(*TEXTS, "more")
    transcript = show(it)
    go_to(transcript, transcript.verticalScrollBar().maximum() - 100, qtbot)
    transcript.resize(760, 900)
    settle(qtbot, transcript)
    reply = begin_reply(it)
    it.extend(reply, [Delta("And this.")])
    settle(qtbot, transcript)
    transcript.resize(760, 600)
    settle(qtbot, transcript)
    assert transcript.is_pinned


@pytest.mark.parametrize(
    ("turns", "notches"),
    [((120,), [1]), ((-120, -240), [-1, -2]), ((50, 50, 50), [1]), ((90, -90, -30), [-1])],
)
def test_the_wheel_with_control_asks_for_another_size_and_scrolls_nothing(
    show: Show, turns: tuple[int, ...], notches: list[int]
) -> None:
    transcript = show(conversation(*TEXTS))
    bar = transcript.verticalScrollBar()
    bar.setValue(300)
    before = bar.value()
    asked: list[int] = []
    transcript.zoom_requested.connect(asked.append)
    for turn in turns:
        place = QPointF(200, 200)
        event = QWheelEvent(
            place,
            transcript.viewport().mapToGlobal(place),
            QPoint(),
            QPoint(0, turn),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ControlModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(transcript.viewport(), event)
    assert asked == notches
    assert bar.value() == before

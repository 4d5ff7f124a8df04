"""The transcript with the keyboard alone."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.chat.conversation import Conversation
from app.chat.heading import Heading
from app.chat.message import Delta, Status
from app.ui.notice import Act
from app.ui.theme import light
from app.ui.transcript.acts import MessageAct
from app.ui.transcript.view import Transcript
from tests.ui.transcript.conftest import (
    FAILED,
    PARAGRAPH,
    Show,
    Words,
    begin_reply,
    click,
    conversation,
    long_text,
    message,
    settle,
)
from tests.ui.transcript.test_acts import image, versions
from tests.ui.transcript.test_view import anew, are_alike, screen

ALT = Qt.KeyboardModifier.AltModifier


def press(
    transcript: QWidget,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    QTest.keyClick(transcript, key, modifier)


def accents(transcript: Transcript) -> list[QPoint]:
    """Return the points of the view in the colour of the ring."""
    shown, accent = image(transcript), light().colours.accent
    return [
        QPoint(x, y)
        for y in range(shown.height())
        for x in range(shown.width())
        if shown.pixelColor(x, y) == accent
    ]


def height_of(points: list[QPoint]) -> int:
    return max(p.y() for p in points) - min(p.y() for p in points)


def edge(transcript: Transcript) -> QColor:
    """Return the colour of the transcript's own edge."""
    return transcript.grab().toImage().pixelColor(0, 50)


@pytest.fixture
def active(show: Show, qtbot: QtBot) -> Show:
    """Show a conversation in a window that has the keyboard."""

    def show_it(it: Conversation, width: int = 760, height: int = 600) -> Transcript:
        transcript = show(it, width, height)
        transcript.activateWindow()
        qtbot.waitUntil(transcript.isActiveWindow)
        return transcript

    return show_it


def test_tab_into_it_shows_a_ring_and_a_click_does_not(qtbot: QtBot, words: Words) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    field = QLineEdit(window)
    transcript = Transcript(conversation("hi", "hello"), words, light(), window)
    column.addWidget(field)
    column.addWidget(transcript)
    window.resize(700, 500)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    assert edge(transcript) == light().colours.surface
    press(field, Qt.Key.Key_Tab)
    assert transcript.hasFocus()
    assert edge(transcript) == light().colours.accent
    field.setFocus()
    assert edge(transcript) == light().colours.surface
    click(transcript, QPoint(300, 300))
    assert transcript.hasFocus()
    assert edge(transcript) == light().colours.surface
    press(transcript, Qt.Key.Key_Tab)
    assert not transcript.hasFocus()


def test_alt_up_goes_to_the_message_above_and_alt_down_back(active: Show, qtbot: QtBot) -> None:
    transcript = active(conversation("hi", long_text(12), "more", long_text(12)))
    seen = []
    for _ in range(5):
        press(transcript, Qt.Key.Key_Up, ALT)
        settle(qtbot, transcript)
        seen.append(transcript.focused_message)
        assert are_alike(screen(transcript), anew(transcript))
    assert seen == [4, 3, 2, 1, 1]
    press(transcript, Qt.Key.Key_Down, ALT)
    assert transcript.focused_message == 2
    press(transcript, Qt.Key.Key_Down, ALT)
    press(transcript, Qt.Key.Key_Down, ALT)
    press(transcript, Qt.Key.Key_Down, ALT)
    settle(qtbot, transcript)
    assert transcript.focused_message == 4
    assert transcript.is_pinned


def test_the_message_gone_to_is_in_view_with_a_ring_around_it(active: Show, qtbot: QtBot) -> None:
    transcript = active(conversation(*["text " * 30] * 40))
    for _ in range(12):
        transcript.jump(-1)
        settle(qtbot, transcript)
        assert height_of(accents(transcript)) > 40
    assert transcript.focused_message == 29
    assert not transcript.is_pinned


def test_letters_act_on_the_message_the_keyboard_is_on(active: Show, qtbot: QtBot) -> None:
    transcript = active(conversation("hi", "hello"))
    asked: list[tuple[int, MessageAct]] = []
    transcript.message_act_requested.connect(lambda i, act: asked.append((i, act)))
    press(transcript, Qt.Key.Key_C)
    assert not asked
    transcript.jump(-1)
    for key in (Qt.Key.Key_C, Qt.Key.Key_R, Qt.Key.Key_F, Qt.Key.Key_E):
        press(transcript, key)
    transcript.jump(-1)
    for key in (Qt.Key.Key_R, Qt.Key.Key_E):
        press(transcript, key)
    assert asked == [
        (2, MessageAct.COPY),
        (2, MessageAct.REGENERATE),
        (2, MessageAct.FORK),
        (1, MessageAct.EDIT),
    ]


def test_an_open_reply_cannot_be_asked_for_again(active: Show, qtbot: QtBot) -> None:
    it = conversation("hi")
    transcript = active(it)
    it.extend(begin_reply(it), [Delta("text")])
    settle(qtbot, transcript)
    transcript.jump(-1)
    assert transcript.focused_message == 2
    with qtbot.assertNotEmitted(transcript.message_act_requested):
        press(transcript, Qt.Key.Key_R)


@pytest.mark.parametrize("way", ["enter", "menu"])
def test_enter_and_the_menu_key_open_the_menu_of_the_message(
    active: Show, qtbot: QtBot, way: str
) -> None:
    transcript = active(conversation("hi", "hello"))
    transcript.jump(-1)
    with qtbot.waitSignal(transcript.menu_requested) as signal:
        if way == "enter":
            press(transcript, Qt.Key.Key_Return)
        else:
            reason = QContextMenuEvent.Reason.Keyboard
            QApplication.sendEvent(transcript, QContextMenuEvent(reason, QPoint(), QPoint()))
    assert signal.args is not None
    assert signal.args[0] == 2
    view = transcript.viewport()
    assert view.rect().contains(view.mapFromGlobal(signal.args[1]))


def test_tab_goes_through_all_of_a_message_and_then_on(
    active: Show, qtbot: QtBot, words: Words
) -> None:
    words.notices[2] = FAILED
    text = "[a](https://b.c) and [d](https://e.f)\n\n```\nx\n```"
    why = message(
        2, text, reasoning="why", reasoning_length=3, status=Status.FAILED, completion=None
    )
    transcript = active(Conversation(Heading(1), [message(1, "hi"), why]))
    done: list[object] = []
    transcript.link_activated.connect(lambda address, _: done.append(address))
    transcript.offer_taken.connect(lambda i, act: done.append(act))
    transcript.message_act_requested.connect(lambda i, act: done.append(act))
    transcript.jump(-1)
    for step in range(1, 11):
        press(transcript, Qt.Key.Key_Tab)
        assert transcript.hasFocus()
        assert accents(transcript), step
        # A sign that says "copied" goes back by a clock of its own.
        qtbot.waitUntil(lambda: are_alike(screen(transcript), anew(transcript)))
        if step in (2, 3, 5, 6, 7, 9):
            press(transcript, Qt.Key.Key_Return)
    assert done == [
        "https://b.c",
        "https://e.f",
        Act.CONTINUE,
        Act.RETRY,
        MessageAct.COPY,
        MessageAct.FORK,
    ]
    press(transcript, Qt.Key.Key_Backtab)
    press(transcript, Qt.Key.Key_Return)
    assert done[-1] is MessageAct.FORK


def test_tab_brings_what_is_out_of_view_into_view(active: Show, qtbot: QtBot) -> None:
    text = f"[a](https://b.c)\n\n{long_text(20)}\n\n[d](https://e.f)\n\n{long_text(20)}"
    transcript = active(conversation("hi", text, "more", long_text(10)))
    transcript.jump(-1)
    transcript.jump(-1)
    transcript.jump(-1)
    assert transcript.focused_message == 2
    activated: list[str] = []
    transcript.link_activated.connect(lambda address, _: activated.append(address))
    for _ in range(2):
        press(transcript, Qt.Key.Key_Tab)
        settle(qtbot, transcript)
        assert len(accents(transcript)) > 60
        press(transcript, Qt.Key.Key_Return)
    assert activated == ["https://b.c", "https://e.f"]


def test_left_and_right_turn_to_other_versions_and_the_keyboard_stays(
    active: Show, qtbot: QtBot
) -> None:
    it = versions()
    it.show_version(2)
    transcript = active(it)
    transcript.version_chosen.connect(it.show_version)
    transcript.jump(-1)
    assert transcript.focused_message == 5
    press(transcript, Qt.Key.Key_Right)
    settle(qtbot, transcript)
    assert 5 in it.branch
    press(transcript, Qt.Key.Key_Left)
    settle(qtbot, transcript)
    assert it.branch[-1] == 4
    assert transcript.focused_message == 4
    press(transcript, Qt.Key.Key_Right)
    settle(qtbot, transcript)
    assert transcript.focused_message == 5


def test_space_unfolds_the_reasoning(active: Show, qtbot: QtBot) -> None:
    reasoning = PARAGRAPH * 4
    reply = message(2, "So.", reasoning=reasoning, reasoning_length=len(reasoning))
    transcript = active(Conversation(Heading(1), [message(1, "why?"), reply]))
    transcript.jump(-1)
    folded = height_of(accents(transcript))
    press(transcript, Qt.Key.Key_Space)
    settle(qtbot, transcript)
    assert height_of(accents(transcript)) > folded + 60
    assert are_alike(screen(transcript), anew(transcript))
    press(transcript, Qt.Key.Key_Space)
    settle(qtbot, transcript)
    assert height_of(accents(transcript)) == folded


def test_esc_leaves_the_message(active: Show, qtbot: QtBot) -> None:
    transcript = active(conversation("hi", "hello"))
    transcript.jump(-1)
    press(transcript, Qt.Key.Key_Escape)
    assert transcript.focused_message is None
    assert not accents(transcript)


def test_the_ring_follows_a_message_that_grows(active: Show, qtbot: QtBot) -> None:
    it = conversation("hi")
    transcript = active(it)
    reply = begin_reply(it)
    it.extend(reply, [Delta("Text. ")])
    settle(qtbot, transcript)
    transcript.jump(-1)
    for _ in range(14):
        it.extend(reply, [Delta(PARAGRAPH * 2 + "\n\n")])
        settle(qtbot, transcript)
        assert are_alike(screen(transcript), anew(transcript))

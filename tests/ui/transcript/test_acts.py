"""What one can do with a message, and with one of several versions of it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QHelpEvent, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.chat.conversation import Conversation
from app.chat.heading import Heading
from app.chat.message import Delta, Role, Status
from app.ui.theme import dark, light
from app.ui.transcript.acts import MessageAct
from app.ui.transcript.targets import Copy, Do, Take, Target, Turn
from app.ui.transcript.view import Transcript
from tests.ui.transcript.conftest import (
    FAILED,
    Show,
    Words,
    begin_reply,
    click,
    conversation,
    end_reply,
    long_text,
    message,
    settle,
)
from tests.ui.transcript.test_view import anew, are_alike, screen

ALL = QRect(0, 0, 10_000, 10_000)


def targets(transcript: Transcript, area: QRect = ALL) -> dict[Target, QPoint]:
    """Return what can be clicked in the view, top to bottom, and where."""
    found: dict[Target, QPoint] = {}
    view = transcript.viewport()
    for y in range(0, view.height(), 4):
        for x in range(0, view.width(), 4):
            target = transcript.target_at(QPoint(x, y))
            if target is not None and target not in found and area.contains(x, y):
                found[target] = QPoint(x + 4, y + 4)
    return found


def acts(transcript: Transcript, area: QRect = ALL) -> list[MessageAct]:
    return [t.act for t in targets(transcript, area) if isinstance(t, Do)]


def move(transcript: Transcript, point: QPoint) -> None:
    """Move the pointer."""
    view, place, none = transcript.viewport(), QPointF(point), Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        view.mapToGlobal(place),
        none,
        none,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view, event)


def leave(transcript: Transcript) -> None:
    QApplication.sendEvent(transcript.viewport(), QEvent(QEvent.Type.Leave))


def image(transcript: Transcript) -> QImage:
    return transcript.viewport().grab().toImage()


def lower(transcript: Transcript) -> QRect:
    """Return the part of the view in which there is only the reply."""
    return QRect(0, 110, transcript.viewport().width(), transcript.viewport().height())


def versions() -> Conversation:
    """Return a question that was asked three times, the second answered twice."""
    return Conversation(
        Heading(1),
        [
            message(1, "first", parent=None),
            message(2, "second", parent=None, role=Role.USER),
            message(3, "third", parent=None),
            message(4, "one reply", parent=2),
            message(5, long_text(2), parent=2, role=Role.ASSISTANT),
            message(6, "one more", parent=3),
        ],
    )


# Acts


def test_a_finished_reply_can_be_copied_asked_again_and_forked(show: Show) -> None:
    transcript = show(conversation("hi", "hello"))
    assert acts(transcript, lower(transcript)) == [
        MessageAct.COPY,
        MessageAct.REGENERATE,
        MessageAct.FORK,
        MessageAct.MORE,
    ]


def test_the_persons_message_can_be_copied_and_edited(show: Show) -> None:
    transcript = show(conversation("hi"))
    assert acts(transcript) == [MessageAct.COPY, MessageAct.EDIT, MessageAct.MORE]


@pytest.mark.parametrize("act", [MessageAct.COPY, MessageAct.REGENERATE, MessageAct.FORK])
def test_a_click_tells_what_to_do_with_which_message(
    show: Show, qtbot: QtBot, act: MessageAct
) -> None:
    transcript = show(conversation("hi", "hello"))
    point = targets(transcript, lower(transcript))[Do(act)]
    with qtbot.waitSignal(transcript.message_act_requested) as signal:
        click(transcript, point)
    assert signal.args == [2, act]


def test_an_open_reply_offers_nothing_until_it_has_ended(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    settle(qtbot, transcript)
    assert not acts(transcript, lower(transcript))
    it.extend(reply, [Delta("text")])
    settle(qtbot, transcript)
    assert not acts(transcript, lower(transcript))
    end_reply(it, reply, Status.STOPPED)
    settle(qtbot, transcript)
    assert len(acts(transcript, lower(transcript))) == 4


def test_nothing_moves_when_a_reply_ends_at_the_end_of_the_view(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi", long_text(8), "more")
    transcript = show(it)
    reply = begin_reply(it)
    it.extend(reply, [Delta(long_text(2))])
    settle(qtbot, transcript)
    before, shown = transcript.verticalScrollBar().value(), image(transcript)
    end_reply(it, reply)
    settle(qtbot, transcript)
    assert transcript.verticalScrollBar().value() == before
    above = QRect(0, 0, shown.width(), 300)
    assert image(transcript).copy(above) == shown.copy(above)


def test_what_can_be_done_with_the_persons_message_shows_when_the_pointer_is_near(
    show: Show, qtbot: QtBot
) -> None:
    transcript = show(conversation("hi", "hello"))
    before = image(transcript)
    move(transcript, QPoint(680, 40))
    assert image(transcript) != before
    assert are_alike(screen(transcript), anew(transcript))
    leave(transcript)
    assert image(transcript) == before


def test_pointing_lays_nothing_out_and_repaints_little(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", "hello"))
    point = targets(transcript, lower(transcript))[Do(MessageAct.FORK)]
    counts = transcript.counts
    layouts, painted = counts.layouts, counts.painted_pixels
    before = image(transcript)
    painted = counts.painted_pixels
    move(transcript, point)
    settle(qtbot, transcript)
    assert counts.layouts == layouts
    assert 0 < counts.painted_pixels - painted < 80
    assert image(transcript) != before
    move(transcript, QPoint(300, 500))
    settle(qtbot, transcript)
    assert image(transcript) == before


def test_after_copying_the_icon_says_so_for_a_moment(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", "hello"))
    before = image(transcript)
    click(transcript, targets(transcript, lower(transcript))[Do(MessageAct.COPY)])
    leave(transcript)
    assert image(transcript) != before
    qtbot.waitUntil(lambda: image(transcript) == before, timeout=3_000)


def test_after_copying_code_it_says_so_for_a_moment(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("?", "```\nx = 1\n```"))
    before = image(transcript)
    click(transcript, targets(transcript)[Copy()])
    leave(transcript)
    assert QGuiApplication.clipboard().text() == "x = 1\n"
    assert image(transcript) != before
    qtbot.waitUntil(lambda: image(transcript) == before, timeout=3_000)


def test_more_opens_the_menu_below_its_icon(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", "hello"))
    point = targets(transcript, lower(transcript))[Do(MessageAct.MORE)]
    with (
        qtbot.assertNotEmitted(transcript.message_act_requested),
        qtbot.waitSignal(transcript.menu_requested) as signal,
    ):
        click(transcript, point)
    assert signal.args is not None
    message_id, place = signal.args
    assert message_id == 2
    at = transcript.viewport().mapFromGlobal(place)
    assert abs(at.x() - point.x()) < 32
    assert 0 <= at.y() - point.y() < 32


def right_click(transcript: Transcript, point: QPoint) -> None:
    view = transcript.viewport()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(view, QContextMenuEvent(reason, point, view.mapToGlobal(point)))


def test_a_right_click_opens_the_menu_of_the_message_under_it(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", "hello"))
    point = QPoint(60, 130)
    with qtbot.waitSignal(transcript.menu_requested) as signal:
        right_click(transcript, point)
    assert signal.args == [2, transcript.viewport().mapToGlobal(point)]
    with qtbot.assertNotEmitted(transcript.menu_requested):
        right_click(transcript, QPoint(60, 550))


def hint(transcript: Transcript, point: QPoint) -> str:
    view = transcript.viewport()
    event = QHelpEvent(QEvent.Type.ToolTip, point, view.mapToGlobal(point))
    QApplication.sendEvent(view, event)
    return QToolTip.text()


def test_icons_have_a_name_and_a_key_in_their_tooltip(show: Show) -> None:
    transcript = show(conversation("hi", "hello"))
    found = targets(transcript, lower(transcript))
    assert hint(transcript, found[Do(MessageAct.FORK)]) == "Fork from here (F)"
    assert hint(transcript, found[Do(MessageAct.COPY)]) == "Copy (C)"


def test_a_button_of_a_notice_answers_the_pointer_and_the_press(
    show: Show, qtbot: QtBot, words: Words
) -> None:
    words.notices[2] = FAILED
    it = Conversation(Heading(1), [message(1, "hi"), message(2, "part", status=Status.FAILED)])
    transcript = show(it)
    plain = image(transcript)
    point = next(p for t, p in targets(transcript).items() if isinstance(t, Take))
    move(transcript, point)
    hovered = image(transcript)
    qtbot.mousePress(transcript.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert len({bytes(i.constBits()) for i in (plain, hovered, image(transcript))}) == 3
    assert are_alike(screen(transcript), anew(transcript))


# Facts


def foot_facts() -> tuple[str, ...]:
    return ("1,204 in · 812 out", "0.9 s to first token", "143 tok/s", "$0.0063")


@pytest.mark.parametrize("width", [760, 420, 330, 200])
def test_facts_never_come_near_the_icons(
    show: Show, words: Words, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(Words, "facts", lambda self, message: foot_facts())
    transcript = show(conversation("hi", "x"), width)
    leave(transcript)
    points = targets(transcript, lower(transcript))
    left, y = points[Do(MessageAct.COPY)].x() - 8, points[Do(MessageAct.COPY)].y()
    shown, surface = image(transcript), light().colours.surface
    for x in range(left - 4, left):
        for row in range(y - 4, y + 24):
            assert shown.pixelColor(x, row) == surface


def test_the_cost_is_in_the_colour_of_text(show: Show, words: Words) -> None:
    transcript = show(conversation("hi", ""))
    ink = [p for p in dark_points(transcript) if p.y() > 120]
    assert ink
    assert min(p.x() for p in ink) > 150


def dark_points(transcript: Transcript) -> Iterator[QPoint]:
    shown, text = image(transcript), light().colours.text
    for y in range(shown.height()):
        for x in range(shown.width()):
            if shown.pixelColor(x, y) == text:
                yield QPoint(x, y)


# Versions


def test_a_message_with_versions_shows_and_turns_to_those_beside_it(
    show: Show, qtbot: QtBot
) -> None:
    it = versions()
    it.show_version(2)
    transcript = show(it)
    found = [t for t in targets(transcript) if isinstance(t, Turn)]
    assert found == [Turn(1, -1), Turn(3, 1), Turn(4, -1)]
    with qtbot.waitSignal(transcript.version_chosen) as signal:
        click(transcript, targets(transcript)[Turn(3, 1)])
    assert signal.args == [3]


@pytest.mark.parametrize("status", [Status.WAITING, Status.STREAMING, Status.FAILED])
def test_a_reply_of_any_state_shows_its_versions(show: Show, status: Status) -> None:
    it = Conversation(Heading(1), [message(1, "hi"), message(2, "one")])
    it.add(message(3, "", parent=1, role=Role.ASSISTANT, status=status))
    transcript = show(it)
    assert Turn(2, -1) in targets(transcript)


def test_turning_keeps_the_chevrons_under_the_pointer(show: Show, qtbot: QtBot) -> None:
    reply, person = Role.ASSISTANT, Role.USER
    texts = [
        message(1, "hi"),
        message(2, long_text(9)),
        message(3, long_text(4), parent=1, role=reply),
        message(4, "more", parent=2, role=person),
        message(5, long_text(9), parent=4, role=reply),
        message(6, "more", parent=3, role=person),
        message(7, long_text(9), parent=6, role=reply),
    ]
    it = Conversation(Heading(1), texts)
    it.show_version(3)
    transcript = show(it)
    transcript.version_chosen.connect(it.show_version)
    bar = transcript.verticalScrollBar()
    bar.setValue(0)
    while Turn(2, -1) not in targets(transcript):
        bar.setValue(bar.value() + 300)
        settle(qtbot, transcript)
    point = targets(transcript)[Turn(2, -1)]
    click(transcript, point)
    settle(qtbot, transcript)
    assert 2 in it.branch
    assert transcript.target_at(point) in (None, Turn(3, 1))
    assert abs(targets(transcript)[Turn(3, 1)].y() - point.y()) <= 4
    assert are_alike(screen(transcript), anew(transcript))


def test_a_reply_taken_back_between_two_frames_leaves_nothing_to_click(
    show: Show, qtbot: QtBot
) -> None:
    it = conversation("hi", "one")
    transcript = show(it)
    it.add(message(3, "two", parent=1, role=Role.ASSISTANT))
    settle(qtbot, transcript)
    point = targets(transcript, lower(transcript))[Do(MessageAct.FORK)]
    it.remove(3)
    with qtbot.waitSignal(transcript.message_act_requested) as signal:
        click(transcript, point)
    assert signal.args == [2, MessageAct.FORK]


def test_another_theme_while_pointing_shows_no_colour_of_the_one_before(show: Show) -> None:
    transcript = show(conversation("hi", "hello"))
    move(transcript, targets(transcript, lower(transcript))[Do(MessageAct.COPY)])
    transcript.set_theme(dark())
    shown, wash = image(transcript), light().colours.own_message
    assert all(
        shown.pixelColor(x, y) != wash
        for x in range(0, shown.width(), 3)
        for y in range(0, shown.height(), 3)
    )

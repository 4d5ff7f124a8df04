"""The transcript: where the reader is, and how little work that takes."""

import sys
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chat.conversation import Conversation
from app.chat.heading import Heading
from app.chat.message import Delta, Message, Status
from app.chat.stored import Stored
from app.ui.theme import dark, light
from app.ui.transcript import frames
from app.ui.transcript.drawn_formulas import Formulas
from app.ui.transcript.position import END, Position
from app.ui.transcript.stream import BlockStream
from app.ui.transcript.view import Transcript
from tests.benchmarks import sample
from tests.ui.transcript.conftest import (
    PARAGRAPH,
    Show,
    Words,
    begin_reply,
    click,
    conversation,
    deltas,
    end_reply,
    hot_spots,
    long_text,
    message,
    settle,
)


def wheel(transcript: Transcript, steps: int) -> None:
    """Turn the wheel: up is positive."""
    view = transcript.viewport()
    middle = QPointF(view.rect().center())
    event = QWheelEvent(
        middle,
        view.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def press(transcript: Transcript, key: Qt.Key) -> None:
    QTest.keyClick(transcript, key)


def is_at_end(transcript: Transcript) -> bool:
    bar = transcript.verticalScrollBar()
    return bar.value() == bar.maximum()


def picture(transcript: Transcript) -> bytes:
    image = transcript.viewport().grab().toImage()
    return bytes(image.constBits())


def talk(count: int, *, on_disk: bool = False) -> Conversation:
    """Return a conversation of many messages, a hundred words each."""
    text = PARAGRAPH * 5
    messages = [
        message(i, None if on_disk else text, length=len(text)) for i in range(1, count + 1)
    ]
    return Conversation(Heading(1), messages)


# Pinned


def test_at_the_end_the_view_follows_what_comes(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi", long_text(10), "more")
    transcript = show(it)
    reply = begin_reply(it)
    for delta in deltas(long_text(6), 200):
        it.extend(reply, [delta])
        settle(qtbot, transcript)
        assert transcript.is_pinned
        assert is_at_end(transcript)


@pytest.mark.parametrize("way", ["wheel", "up", "page", "home", "bar"])
def test_scrolling_up_lets_go_of_the_end_at_once(show: Show, qtbot: QtBot, way: str) -> None:
    transcript = show(conversation("hi", long_text(30)))
    bar = transcript.verticalScrollBar()
    with qtbot.waitSignal(transcript.pinned_changed) as signal:
        if way == "wheel":
            wheel(transcript, 1)
        elif way == "bar":
            bar.setValue(bar.maximum() - 1)
        else:
            keys = {"up": Qt.Key.Key_Up, "page": Qt.Key.Key_PageUp, "home": Qt.Key.Key_Home}
            press(transcript, keys[way])
    assert signal.args == [False]
    assert not transcript.is_pinned
    assert not is_at_end(transcript)


@pytest.mark.parametrize("way", ["wheel", "end", "bar", "call"])
def test_coming_back_to_the_end_takes_hold_of_it(show: Show, qtbot: QtBot, way: str) -> None:
    transcript = show(conversation("hi", long_text(30)))
    bar = transcript.verticalScrollBar()
    wheel(transcript, 2)
    with qtbot.waitSignal(transcript.pinned_changed) as signal:
        if way == "wheel":
            wheel(transcript, -3)
        elif way == "end":
            press(transcript, Qt.Key.Key_End)
        elif way == "bar":
            bar.setValue(bar.maximum())
        else:
            transcript.scroll_to_end()
    assert signal.args == [True]
    assert transcript.is_pinned
    assert is_at_end(transcript)


def test_home_shows_the_first_message(show: Show, qtbot: QtBot) -> None:
    transcript = show(talk(300))
    press(transcript, Qt.Key.Key_Home)
    settle(qtbot, transcript)
    assert transcript.position().message_id == 1
    assert transcript.verticalScrollBar().value() == 0


# The reader stays


def test_deltas_do_not_move_a_reader_who_scrolled_up(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi", long_text(10), "more")
    transcript = show(it)
    reply = begin_reply(it)
    it.extend(reply, [Delta(long_text(10))])
    settle(qtbot, transcript)
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() - 900)
    settle(qtbot, transcript)
    before, position = picture(transcript), transcript.position()
    for delta in deltas("\n\n" + long_text(5), 40):
        it.extend(reply, [delta])
        settle(qtbot, transcript)
        assert transcript.position() == position
    end_reply(it, reply)
    settle(qtbot, transcript)
    assert picture(transcript) == before


def test_deltas_nobody_sees_are_not_parsed(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi", long_text(20), "more")
    transcript = show(it)
    reply = begin_reply(it)
    it.extend(reply, [Delta("Begin")])
    settle(qtbot, transcript)
    transcript.verticalScrollBar().setValue(0)
    settle(qtbot, transcript)
    parsed, layouts = transcript.counts.characters_parsed, transcript.counts.layouts
    for delta in deltas(long_text(20), 200):
        it.extend(reply, [delta])
        settle(qtbot, transcript)
    assert transcript.counts.characters_parsed == parsed
    assert transcript.counts.layouts == layouts


def test_bodies_that_arrive_late_do_not_move_the_reader(show: Show, qtbot: QtBot) -> None:
    it = talk(200, on_disk=True)
    asked: list[int] = []
    it.bodies_wanted.connect(asked.extend)
    transcript = show(it)
    assert 199 in asked
    assert len(asked) < 40
    it.fill((i, long_text(2), "") for i in asked)
    settle(qtbot, transcript)
    assert is_at_end(transcript)
    asked.clear()
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() - 900)
    settle(qtbot, transcript)
    it.fill((i, long_text(2), "") for i in asked)
    settle(qtbot, transcript)
    asked.clear()
    wheel(transcript, 3)
    settle(qtbot, transcript)
    before = transcript.position()
    shown = picture(transcript)
    above = [i for i in asked if before.message_id is None or i < before.message_id]
    it.fill((i, long_text(5), "") for i in above)
    settle(qtbot, transcript)
    assert transcript.position() == before
    assert picture(transcript) == shown


def test_a_position_is_kept_through_another_width(show: Show, qtbot: QtBot) -> None:
    transcript = show(talk(100))
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    settle(qtbot, transcript)
    before = transcript.position()
    transcript.resize(420, 600)
    settle(qtbot, transcript)
    narrow = transcript.position()
    assert (narrow.message_id, narrow.block) == (before.message_id, before.block)
    transcript.resize(760, 600)
    settle(qtbot, transcript)
    assert transcript.position().message_id == before.message_id


def test_at_the_end_another_size_stays_at_the_end(show: Show, qtbot: QtBot) -> None:
    transcript = show(talk(50))
    for width, height in ((400, 600), (760, 200), (1_200, 900)):
        transcript.resize(width, height)
        settle(qtbot, transcript)
        assert transcript.is_pinned
        assert is_at_end(transcript)


def test_a_position_can_be_restored_in_another_transcript(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi", long_text(60), "more", long_text(20))
    first = show(it)
    bar = first.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    settle(qtbot, first)
    position = first.position()
    second = show(it)
    second.restore(position)
    settle(qtbot, second)
    assert second.position() == position
    assert picture(second) == picture(first)
    second.restore(END)
    settle(qtbot, second)
    assert second.is_pinned


def test_a_position_that_is_gone_is_the_end(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", long_text(20)))
    transcript.restore(Position(77, 0, 0))
    settle(qtbot, transcript)
    assert transcript.is_pinned


def test_another_branch_keeps_the_reader_where_both_are_the_same(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi", long_text(20), "more", long_text(20))
    transcript = show(it)
    bar = transcript.verticalScrollBar()
    bar.setValue(700)
    settle(qtbot, transcript)
    before, shown = transcript.position(), picture(transcript)
    it.add(message(5, "another", parent=3))
    settle(qtbot, transcript)
    assert list(it.branch)[-1] == 5
    assert transcript.position() == before
    assert picture(transcript) == shown
    it.remove(5)
    settle(qtbot, transcript)
    assert transcript.position() == before


def test_unfolding_reasoning_at_the_end_leaves_it_where_it_was_clicked(
    show: Show, qtbot: QtBot
) -> None:
    reasoning = PARAGRAPH * 40
    reply = message(2, "So.", reasoning=reasoning, reasoning_length=len(reasoning))
    it = Conversation(Heading(1), [message(1, "why? " * 200), reply])
    transcript = show(it, height=400)
    before = transcript.verticalScrollBar().value()
    click(transcript, hot_spots(transcript)[0])
    settle(qtbot, transcript)
    assert transcript.verticalScrollBar().value() == before
    assert not transcript.is_pinned


# Little work


def test_ten_thousand_messages_open_with_the_work_of_a_few(show: Show) -> None:
    few, many = show(talk(20)), show(talk(10_000))
    assert many.counts.messages_parsed <= few.counts.messages_parsed
    assert many.counts.layouts <= few.counts.layouts
    assert many.counts.messages_parsed * 120 <= 2 * 600


def test_of_ten_thousand_messages_those_that_show_are_made(show: Show) -> None:
    values = Stored.of([message(i, PARAGRAPH) for i in range(1, 10_001)])
    made: list[int] = []

    def make(message_id: int) -> Message:
        made.append(message_id)
        return values.value(message_id)

    show(Conversation(Heading(1), replace(values, value=make)))
    assert 10_000 in made
    assert len(made) == len(set(made)) < 40


def test_heights_are_estimated_once_when_it_opens(qtbot: QtBot, words: Words) -> None:
    transcript = Transcript(talk(20), words, light())
    qtbot.addWidget(transcript)
    transcript.set_reading_width(560)
    transcript.set_text_scale(1.5)
    transcript.set_theme(dark())
    transcript.resize(700, 600)
    with qtbot.waitExposed(transcript):
        transcript.show()
    qtbot.waitUntil(lambda: transcript.counts.paints > 0)
    settle(qtbot, transcript)
    assert transcript.counts.estimates == 1


def test_a_page_does_not_wait_for_its_turn_with_texts_from_the_disk(
    show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = talk(20, on_disk=True)
    asked: list[int] = []
    it.bodies_wanted.connect(asked.extend)
    transcript = show(it)
    # The next frame is due in an hour.
    monkeypatch.setattr(frames, "_SHORTEST_S", 3_600.0)
    monkeypatch.setattr(frames, "_LONGEST_S", 3_600.0)
    it.fill((i, PARAGRAPH, "") for i in asked)
    qtbot.waitUntil(lambda: transcript.counts.messages_parsed > 0)


def test_only_bodies_near_the_reader_are_wanted(show: Show, qtbot: QtBot) -> None:
    it = talk(10_000, on_disk=True)
    asked: list[int] = []
    it.bodies_wanted.connect(asked.extend)
    transcript = show(it)
    assert 9_999 in asked
    assert len(asked) == transcript.counts.bodies_wanted < 40
    transcript.verticalScrollBar().setValue(0)
    settle(qtbot, transcript)
    assert 1 in asked
    assert 5_000 not in asked


def test_another_width_lays_out_nothing_off_screen(show: Show, qtbot: QtBot) -> None:
    transcript = show(talk(2_000))
    before, parsed = transcript.counts.layouts, transcript.counts.characters_parsed
    transcript.resize(500, 600)
    settle(qtbot, transcript)
    assert transcript.counts.layouts - before < 25
    assert transcript.counts.characters_parsed == parsed


def test_a_wider_window_with_the_same_column_lays_out_nothing(show: Show, qtbot: QtBot) -> None:
    transcript = show(talk(100))
    before = transcript.counts.layouts
    transcript.resize(1_100, 600)
    settle(qtbot, transcript)
    assert transcript.counts.layouts == before


def test_nothing_is_done_while_it_is_hidden(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi")
    transcript = show(it)
    transcript.hide()
    counts = transcript.counts
    before = counts.flushes, counts.paints, counts.layouts, counts.characters_parsed
    reply = begin_reply(it)
    for delta in deltas(long_text(10), 100):
        it.extend(reply, [delta])
    assert not transcript.is_busy
    QApplication.processEvents()
    assert (counts.flushes, counts.paints, counts.layouts, counts.characters_parsed) == before
    transcript.show()
    settle(qtbot, transcript)
    assert counts.characters_parsed > before[3]
    assert transcript.is_pinned
    assert is_at_end(transcript)


def test_nothing_is_done_while_the_window_is_minimised(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi")
    transcript = show(it)
    transcript.showMinimized()
    QApplication.processEvents()
    before = transcript.counts.flushes
    reply = begin_reply(it)
    it.extend(reply, deltas(long_text(9), 100))
    QApplication.processEvents()
    assert transcript.counts.flushes == before
    assert not transcript.is_busy
    transcript.showNormal()
    qtbot.waitUntil(lambda: transcript.counts.flushes > before)
    settle(qtbot, transcript)
    assert transcript.verticalScrollBar().maximum() > 0


def test_a_hidden_transcript_takes_up_another_branch_when_shown(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi", "one", "more")
    transcript = show(it)
    transcript.hide()
    it.add(message(4, long_text(9), parent=1))
    it.add(message(5, "five", parent=4))
    transcript.show()
    settle(qtbot, transcript)
    assert transcript.verticalScrollBar().maximum() > 0
    assert is_at_end(transcript)


def test_a_mixed_reply_is_parsed_and_laid_out_little_more_than_it_grows(
    show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "_SHORTEST_S", 0.0)
    monkeypatch.setattr(frames, "_SHARE", 0)
    # What is drawn later would be laid out again, whenever that is.
    monkeypatch.setattr(Formulas, "resume", lambda formulas: None)
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    settle(qtbot, transcript)
    counts, stream = transcript.counts, BlockStream()
    text = sample.reply(1_700)
    for tokens in sample.frames_of(text):
        before, flushes, layouts = stream.blocks, counts.flushes, counts.layouts
        stream.feed("".join(tokens))
        after = stream.blocks
        it.extend(reply, map(Delta, tokens))
        settle(qtbot, transcript)
        touched = sum(block not in before for block in after)
        assert counts.layouts - layouts <= touched + counts.flushes - flushes
    assert counts.characters_parsed <= 30 * len(text)


def test_many_deltas_between_two_frames_are_one_flush(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    settle(qtbot, transcript)
    before = transcript.counts.flushes
    for delta in deltas(PARAGRAPH * 5):
        it.extend(reply, [delta])
    settle(qtbot, transcript)
    assert transcript.counts.flushes - before <= 2


def test_a_burst_is_worked_off_in_slices(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    it.extend(reply, [Delta(long_text(2_000))])
    before = transcript.counts.flushes
    settle(qtbot, transcript)
    assert transcript.counts.flushes - before >= 5
    assert is_at_end(transcript)


def test_layouts_far_from_the_reader_are_let_go_and_made_again(show: Show, qtbot: QtBot) -> None:
    transcript = show(talk(60))
    first = picture(transcript)
    transcript.verticalScrollBar().setValue(0)
    settle(qtbot, transcript)
    before = transcript.counts.layouts
    transcript.scroll_to_end()
    settle(qtbot, transcript)
    assert transcript.counts.layouts > before
    assert picture(transcript) == first


@pytest.mark.parametrize("line", ["x" * 1_000_000, "word " * 200_000, "漢" * 500_000])
@pytest.mark.parametrize("fence", ["", "```\n"])
def test_a_line_of_a_megabyte_does_not_hang(
    show: Show, qtbot: QtBot, line: str, fence: str
) -> None:
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    it.extend(reply, [Delta(fence), *deltas(line, 100_000)])
    qtbot.waitUntil(lambda: not transcript.is_busy, timeout=20_000)
    settle(qtbot, transcript)
    assert is_at_end(transcript)
    assert transcript.counts.layouts < 300


def test_a_pasted_megabyte_does_not_hang(show: Show) -> None:
    transcript = show(conversation("y" * 1_000_000 + "\n" + "line\n" * 20_000))
    assert is_at_end(transcript)
    assert transcript.counts.layouts < 100


def test_halves_of_signs_do_not_swallow_a_text(show: Show) -> None:
    odd, empty = show(conversation("a \ud83d b")), show(conversation(""))
    assert picture(odd) != picture(empty)


def test_a_reply_that_ends_without_a_word_shows_its_notice_only(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    settle(qtbot, transcript)
    end_reply(it, reply, Status.FAILED)
    settle(qtbot, transcript)
    assert transcript.counts.characters_parsed == 0


def test_the_parser_is_loaded_with_the_first_text_only() -> None:
    # A process of its own would be the judge; this guards the import of the view.
    source = sys.modules["app.ui.transcript.stream"].__dict__
    assert "MarkdownIt" not in source
    assert "parse" not in source

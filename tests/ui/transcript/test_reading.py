"""How wide and how large one reads, and the way back to the end."""

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from app.chat.message import Delta
from app.ui.theme import dark, light
from app.ui.transcript.reading import Reading
from app.ui.transcript.view import Transcript
from tests.ui.transcript.conftest import Show, begin_reply, conversation, long_text, settle
from tests.ui.transcript.test_acts import image
from tests.ui.transcript.test_view import anew, are_alike, places_of, screen


def pill(transcript: Transcript) -> QAbstractButton | None:
    """Return the way back to the end, if it shows."""
    found = transcript.findChildren(QAbstractButton)
    return next((b for b in found if b.parent() is transcript and b.isVisible()), None)


# Reading


@pytest.mark.parametrize("width", [560, 664, 840])
def test_the_column_is_as_wide_as_it_is_wanted(show: Show, qtbot: QtBot, width: int) -> None:
    transcript = show(conversation("hi", "```\nx\n```"), 1_000)
    transcript.set_reading_width(width)
    settle(qtbot, transcript)
    line = [p.x() for p in places_of(transcript, light().colours.code)]
    assert abs(max(line) - min(line) - width) <= 4


def test_larger_text_is_larger_in_every_part(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi", f"# Heading\n\n{long_text(1)}\n\n```\nx\n```")
    transcript = show(it, height=200)
    heights = []
    for scale in (0.5, 1.0, 2.0, 3.0):
        transcript.set_text_scale(scale)
        settle(qtbot, transcript)
        heights.append(transcript.verticalScrollBar().maximum() + transcript.viewport().height())
        assert are_alike(screen(transcript), anew(transcript))
    assert all(a * 1.4 < b for a, b in pairwise(heights[1:]))


def test_the_scale_ends_at_half_and_at_three_times(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", "hello"))
    pictures = []
    for scale in (3.0, 9.0, 0.5, 0.0):
        transcript.set_text_scale(scale)
        settle(qtbot, transcript)
        pictures.append(image(transcript))
    assert pictures[0] == pictures[1] != pictures[2] == pictures[3]


def test_a_theme_keeps_what_the_person_chose(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", "hello"), 1_000)
    transcript.set_text_scale(2)
    transcript.set_reading_width(560)
    settle(qtbot, transcript)
    before = image(transcript)
    transcript.set_theme(dark())
    transcript.set_theme(light())
    settle(qtbot, transcript)
    assert image(transcript) == before


def test_as_it_is_the_theme_is_not_changed() -> None:
    assert Reading().applied_to(light()) == light()


def test_another_size_of_text_keeps_the_place(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation(*[long_text(4), long_text(6)] * 8))
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    settle(qtbot, transcript)
    before = transcript.position()
    for scale in (1.7, 0.6, 1.0):
        transcript.set_text_scale(scale)
        settle(qtbot, transcript)
        now = transcript.position()
        assert (now.message_id, now.block) == (before.message_id, before.block)


# The way back to the end


def test_no_pill_at_the_end_nor_near_it(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", long_text(30)))
    assert pill(transcript) is None
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() - 100)
    assert pill(transcript) is None


def test_far_from_the_end_a_pill_leads_there(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", long_text(30)))
    transcript.verticalScrollBar().setValue(0)
    settle(qtbot, transcript)
    button = pill(transcript)
    assert button is not None
    assert button.text() == "Go to the end"
    middle = button.geometry().center().x() - transcript.viewport().geometry().center().x()
    assert abs(middle) <= 1
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(qtbot, transcript)
    assert transcript.is_pinned
    assert pill(transcript) is None


def test_text_that_comes_below_is_told_without_work(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi", long_text(6), "more")
    transcript = show(it)
    reply = begin_reply(it)
    it.extend(reply, [Delta(long_text(3))])
    settle(qtbot, transcript)
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() - 650)
    settle(qtbot, transcript)
    before = pill(transcript)
    assert before is None or before.text() != "New text below"
    layouts, shown = transcript.counts.layouts, image(transcript)
    it.extend(reply, [Delta(" and more")])
    settle(qtbot, transcript)
    button = pill(transcript)
    assert button is not None
    assert button.text() == "New text below"
    assert transcript.counts.layouts == layouts
    assert image(transcript) == shown
    transcript.scroll_to_end()
    bar.setValue(bar.maximum() - 200)
    assert pill(transcript) is None


def test_a_body_that_arrives_late_is_no_news(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi", long_text(30))
    transcript = show(it)
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() - 200)
    transcript.refresh_captions()
    it.message_changed.emit(2)
    settle(qtbot, transcript)
    assert pill(transcript) is None

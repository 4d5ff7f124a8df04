"""What the transcript may do at most, counted: as a text grows, as it bursts, while it is hidden.

How much opening ten thousand messages, another width and a mixed reply may cost is in
`test_work`. Milliseconds are for `python3 dev.py bench`.
"""

from collections.abc import Callable
from itertools import pairwise
from math import ceil
from time import perf_counter

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chat.message import Delta
from app.ui.transcript import branch, frames
from app.ui.transcript.drawn_formulas import Formulas
from app.ui.transcript.stream import BlockStream
from app.ui.transcript.view import Transcript
from tests.benchmarks import sample
from tests.ui.transcript.conftest import (
    Show,
    begin_reply,
    conversation,
    end_reply,
    long_text,
    settle,
)

KINDS = {
    "prose": (sample.prose, 40),
    "list": (sample.items, 120),
    "table": (sample.table, 120),
    "code": (sample.listing, 400),
    "paragraph": (sample.paragraph, 12_000),
}
MOST = 2.1
"""Times the work of one half."""
MOST_PARSED = 30
"""Characters parsed for each that came."""


@pytest.fixture
def unpaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each frame due at once: as many frames on a slow machine as on a fast one."""
    monkeypatch.setattr(frames, "_SHORTEST_S", 0.0)
    monkeypatch.setattr(frames, "_SHARE", 0)
    monkeypatch.setattr(frames, "_SHARE_BEHIND", 0)
    # And as much read for each.
    monkeypatch.setattr(branch, "_BACKLOG_S", 0.0)
    # What is drawn later would be laid out again, whenever that is.
    monkeypatch.setattr(Formulas, "resume", lambda formulas: None)


def parsed_of(text: str) -> int:
    """Return the characters parsed for a text that comes as a fast model sends it."""
    stream = BlockStream()
    for tokens in sample.frames_of(text):
        stream.feed("".join(tokens))
        assert isinstance(stream.tail, tuple)
    return stream.parsed


def stream_in(show: Show, qtbot: QtBot, text: str) -> Transcript:
    """Show a reply that comes token by token, each frame of it seen."""
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    settle(qtbot, transcript)
    for tokens in sample.frames_of(text):
        it.extend(reply, map(Delta, tokens))
        work(transcript)
    return transcript


def work(transcript: Transcript) -> None:
    """Work until what came is laid out and painted; at once, as no frame is waited for."""
    QApplication.processEvents()
    while transcript.is_busy:
        QApplication.processEvents()
    QApplication.processEvents()


# Growing


@pytest.mark.parametrize("kind", KINDS)
def test_twice_the_text_is_parsed_twice(kind: str) -> None:
    make, size = KINDS[kind]
    works = [parsed_of(make(size * n)) for n in (1, 2, 4)]
    # The lines of a fence are not parsed at all.
    assert works == [0, 0, 0] or all(b <= MOST * a for a, b in pairwise(works)), works


@pytest.mark.parametrize("kind", KINDS)
def test_little_is_parsed_for_each_character(kind: str) -> None:
    make, size = KINDS[kind]
    text = make(size)
    assert parsed_of(text) <= MOST_PARSED * len(text)


@pytest.mark.usefixtures("unpaced")
@pytest.mark.parametrize("kind", KINDS)
def test_twice_the_text_is_twice_the_layouts(show: Show, qtbot: QtBot, kind: str) -> None:
    make, size = KINDS[kind]
    half, whole = (stream_in(show, qtbot, make(n)).counts for n in (size // 4, size // 2))
    assert whole.layouts <= MOST * half.layouts
    assert whole.flushes <= MOST * half.flushes


@pytest.mark.usefixtures("unpaced")
@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_lays_out_what_it_changed_and_one_more(show: Show, qtbot: QtBot, kind: str) -> None:
    make, size = KINDS[kind]
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    settle(qtbot, transcript)
    counts, stream = transcript.counts, BlockStream()
    for tokens in sample.frames_of(make(size // 4)):
        before, flushes, layouts = stream.blocks, counts.flushes, counts.layouts
        stream.feed("".join(tokens))
        touched = sum(block not in before for block in stream.blocks)
        it.extend(reply, map(Delta, tokens))
        work(transcript)
        assert counts.layouts - layouts <= touched + counts.flushes - flushes


# Frames


def test_there_is_one_paint_in_sixteen_milliseconds(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    settle(qtbot, transcript)
    before, begun = transcript.counts.paints, perf_counter()
    text = long_text(3)
    for at in range(0, len(text), 4):
        it.extend(reply, [Delta(text[at : at + 4])])
        QApplication.processEvents()
    settle(qtbot, transcript)
    took_ms = (perf_counter() - begun) * 1000
    # The first is due at once; timers count whole milliseconds.
    assert transcript.counts.paints - before <= 1 + ceil(took_ms / 15)


@pytest.mark.usefixtures("unpaced")
def test_little_of_the_view_is_painted_for_a_token(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    it.extend(reply, [Delta(long_text(20) + "\n\n")])
    settle(qtbot, transcript)
    rows = []
    for tokens in sample.frames_of(long_text(4)):
        before = transcript.counts.painted_pixels
        it.extend(reply, map(Delta, tokens))
        work(transcript)
        rows.append(transcript.counts.painted_pixels - before)
    assert sorted(rows)[len(rows) // 2] <= transcript.viewport().height() // 4


# A burst


def test_a_burst_is_all_read_and_its_end_shows(show: Show, qtbot: QtBot) -> None:
    text = sample.reply(12_000)
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    it.extend(reply, map(Delta, sample.tokens_of(text)))
    end_reply(it, reply)
    settle(qtbot, transcript)
    whole = BlockStream()
    whole.feed(text)
    blocks, _ = transcript._column.blocks_of(reply)
    assert list(blocks) == whole.blocks
    layout = transcript._column._layouts[reply]
    assert layout.shows_end
    assert transcript.is_pinned


# What nobody sees


@pytest.mark.parametrize("hide", [Transcript.hide, Transcript.showMinimized])
def test_what_nobody_sees_costs_nothing(
    show: Show, qtbot: QtBot, hide: Callable[[Transcript], None]
) -> None:
    texts = {kind: make(size // 4) for kind, (make, size) in KINDS.items()}
    seen = []
    for text in (*texts.values(), sample.reply(1_000)):
        it = conversation("hi")
        transcript = show(it)
        reply = begin_reply(it)
        it.extend(reply, [Delta("It begins.\n\n")])
        settle(qtbot, transcript)
        hide(transcript)
        QApplication.processEvents()
        counts = transcript.counts
        before = counts.flushes, counts.paints, counts.layouts, counts.characters_parsed
        for delta in map(Delta, sample.tokens_of(text)):
            it.extend(reply, [delta])
        end_reply(it, reply)
        QApplication.processEvents()
        seen.append((counts.flushes, counts.paints, counts.layouts, counts.characters_parsed))
        assert seen[-1] == before
        assert not transcript.is_busy

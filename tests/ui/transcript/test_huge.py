"""Giant texts: each piece of work on them stays as small as on any other text.

Counted, not timed. That the real window never stands still for them is measured with
`program.pulse`, see `tests/helpers/program.py`.
"""

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtGui import QTextLayout
from pytestqt.qtbot import QtBot

from app.chat.message import Delta
from app.ui.theme import dark
from app.ui.transcript import branch, broken_text
from app.ui.transcript.broken_text import STRETCH
from app.ui.transcript.budget import Budget
from app.ui.transcript.cuts import DEEP_LINES, limit_of
from app.ui.transcript.extents import Guess, extent_of
from app.ui.transcript.highlighting import Highlighter
from app.ui.transcript.hits import MOST_KEPT, Hits
from app.ui.transcript.layout import estimate
from app.ui.transcript.sought import Sought
from app.ui.transcript.sought_text import SoughtText
from app.ui.transcript.stream import BlockStream
from app.ui.transcript.view import Transcript
from tests.ui.transcript.conftest import (
    Show,
    begin_reply,
    conversation,
    end_reply,
    settle,
)

GIANT = 200_000
GIANTS = {
    "a line without a space": "x" * GIANT,
    "a line of words": "word and more " * (GIANT // 14),
    "tabs": "\t" * GIANT,
    "marks over one letter": "z" + "\u0301" * GIANT,
    "code that is never closed": "```python\n" + "x = foo(1)  # a comment\n" * (GIANT // 24),
    "lists in lists": "".join("  " * i + "- item\n" for i in range(400)),
    "quotes in quotes": "> " * 2_000 + "x\n" + "> quoted text\n" * (GIANT // 14),
    "headings": "# heading\n\n" * (GIANT // 11),
}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the lengths of all texts that Qt was given to break into lines."""
    lengths: list[int] = []

    class Layout(QTextLayout):
        def __init__(self, text: str, *more: object) -> None:
            lengths.append(len(text))
            super().__init__(text, *more)

    monkeypatch.setattr(broken_text, "QTextLayout", Layout)
    return lengths


def stream(show: Show, qtbot: QtBot, text: str) -> Transcript:
    """Show a reply that comes in pieces and ends."""
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    for start in range(0, len(text), 65_536):
        it.extend(reply, [Delta(text[start : start + 65_536])])
    end_reply(it, reply)
    qtbot.waitUntil(lambda: not transcript.is_busy, timeout=30_000)
    settle(qtbot, transcript)
    return transcript


@pytest.mark.parametrize("name", GIANTS)
def test_a_giant_is_read_once_or_twice_and_laid_out_in_small_pieces_where_it_shows(
    show: Show, qtbot: QtBot, given: list[int], name: str
) -> None:
    text = GIANTS[name]
    transcript = stream(show, qtbot, text)
    assert transcript.counts.characters_parsed <= 4 * len(text)
    bar = transcript.verticalScrollBar()
    assert bar.maximum() > 10 * transcript.height()
    for value in (0, bar.maximum() // 2, bar.maximum()):
        before = transcript.counts.layouts
        bar.setValue(value)
        settle(qtbot, transcript)
        assert transcript.counts.layouts - before < 100
    before = transcript.counts.layouts
    transcript.set_theme(dark())
    transcript.resize(transcript.width() - 100, transcript.height())
    settle(qtbot, transcript)
    assert transcript.counts.layouts - before < 200
    # What follows is looked at to see where the last line ends.
    assert 0 < max(given) <= 2 * STRETCH


def test_a_backlog_is_read_as_one_for_each_frame(
    show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each frame reads as much as one that has no time left does.
    monkeypatch.setattr(branch, "_BACKLOG_S", 0.0)
    text = "word and more " * 20_000
    transcript = stream(show, qtbot, text)
    slow = transcript.counts.flushes
    monkeypatch.setattr(branch, "_BACKLOG_S", 60.0)
    transcript = stream(show, qtbot, text)
    assert transcript.counts.flushes < slow / 4


def test_only_the_beginning_of_a_giant_listing_is_coloured(show: Show, qtbot: QtBot) -> None:
    text = "```python\n" + "x = 1\n" * 40_000
    transcript = stream(show, qtbot, text)
    transcript.verticalScrollBar().setValue(0)
    highlighter = transcript.findChild(Highlighter)
    assert highlighter is not None
    qtbot.waitUntil(lambda: not highlighter.is_busy, timeout=30_000)
    assert 0 < highlighter.lexed < len(text) / 2


# Quotes in quotes


def test_quotes_in_quotes_are_read_a_few_lines_at_a_time() -> None:
    text = "> " * 60 + "x\n" + "> y\n" * 200
    assert text.count("\n", 0, limit_of(text)) == DEEP_LINES
    plain = "> > x\n" + "> y\n" * 200
    assert limit_of(plain) > len(plain)


def test_quotes_in_quotes_cost_more_than_quotes() -> None:
    line = "a few words of a quote, as somebody may have written them\n"
    deep, usual = Budget(), Budget()
    for _ in range(400):
        deep.spend("> " * 60 + "x\n")
        usual.spend("> > " + line)
    assert deep.is_spent
    assert not usual.is_spent


def test_quotes_in_quotes_are_the_same_however_they_come() -> None:
    text = "> " * 70 + "x\n" + "> y\n" * 100 + "\nafter\n"
    whole = BlockStream()
    whole.feed(text)
    for size in (1, 7, 64):
        pieces = BlockStream()
        for start in range(0, len(text), size):
            pieces.feed(text[start : start + size])
        assert pieces.blocks == whole.blocks


# Heights, and what is found


def test_a_remembered_extent_guesses_what_an_estimate_says() -> None:
    text = "# A heading\n\ntext " * 40 + "\n\n- an item\n  - in it\n\n> quoted\n\n<div>\n</div>\n\n"
    text += "word " * 500
    blocks = BlockStream()
    blocks.feed(text)
    theme = dark()
    guess = Guess(lambda part: 480, theme)
    for block in blocks.blocks:
        assert guess.height(block, extent_of(block)) == estimate(block, 480, theme)
        assert guess.height(block, None) == estimate(block, 480, theme)


def test_of_too_many_hits_the_first_are_kept_and_all_are_counted() -> None:
    it = conversation("hi", "x" * (MOST_KEPT + 50_000))
    text = SoughtText(Sought("x"), it, 2)
    for _ in text.read():
        pass
    assert text.count == MOST_KEPT + 50_000
    assert len(text.stretches) == MOST_KEPT
    assert all(one.place <= other.place for one, other in pairwise(text.stretches))
    hits = Hits([1, 2])
    hits.take(2, text.stretches, (), text.count)
    assert hits.total == MOST_KEPT + 50_000
    assert hits.number(replace(text.stretches[9])) == 10

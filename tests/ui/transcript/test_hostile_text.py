"""Texts nobody writes: little is read of them, all of it shows, and it says so."""

import pytest

from app.ui.theme import light
from app.ui.transcript import budget
from app.ui.transcript.blocks import PIECE_LENGTH, Block, Kind
from app.ui.transcript.cuts import LIMIT
from app.ui.transcript.density import is_dense
from app.ui.transcript.layout import lay_out
from app.ui.transcript.stream import BlockStream
from tests.benchmarks.hostile import TEXTS

SIZE = 4_000
PROSE = "Some words of a paragraph that *people* would read, as they come.\n\n"
SHORT = {f"lines of {line!r}" for line in ("a", ">", "|", "*a", "[a", "<a", "$$", "> -", "`", "\\")}
STORMS = ("a\n\n", "#\n", "-\n", "- a\n", "> a\n\n", "1.\n", "a\n=\n", "```\n```\n", "|a|\n|-|\n\n")


def streamed(text: str, size: int) -> BlockStream:
    stream = BlockStream()
    for start in range(0, len(text), size):
        stream.feed(text[start : start + size])
        assert isinstance(stream.tail, tuple)
    return stream


def at_once(text: str) -> BlockStream:
    stream = BlockStream()
    stream.feed(text)
    return stream


def without_widths(blocks: list[Block]) -> list[Block]:
    return [block for block in blocks if block.columns is None]


@pytest.mark.parametrize("name", TEXTS)
def test_however_it_comes_it_reads_the_same_in_bounded_blocks(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "MOST", 4_000)
    text = TEXTS[name](SIZE)
    whole = at_once(text)
    assert whole.parsed <= 4 * len(text) + LIMIT
    blocks = streamed(text, 1_000).blocks
    assert without_widths(blocks) == without_widths(whole.blocks)
    assert len(blocks) <= len(text) // 2
    assert max((len(block.within) for block in blocks), default=0) <= 60
    assert all(len(block.text) <= LIMIT + 1_000 for block in blocks)


@pytest.mark.parametrize("name", [line for line in TEXTS if line in SHORT])
def test_short_lines_that_come_in_small_pieces_are_not_read_again_and_again(name: str) -> None:
    text = TEXTS[name](2_000)
    assert streamed(text, 64).parsed <= 20 * len(text)


@pytest.mark.parametrize("storm", STORMS)
def test_a_storm_of_tiny_blocks_becomes_text_that_says_so(storm: str) -> None:
    text = storm * (100_000 // len(storm))
    stream = at_once(text)
    unread = [block for block in stream.blocks if block.is_unread]
    assert {block.kind for block in unread} == {Kind.PLAIN}
    assert sum(block.end - block.start for block in unread) > len(text) // 2
    assert stream.parsed < len(text) // 2
    assert max(len(block.text) for block in unread) <= PIECE_LENGTH


def test_what_was_not_read_is_shown_as_it_was_written() -> None:
    text = "a\n\n" * 20_000
    unread = [block for block in at_once(text).blocks if block.is_unread]
    begun = unread[0].start
    assert text[begun:].startswith(
        "".join(block.text for block in unread if block.end > begun)[:9_000]
    )


def test_after_a_storm_what_people_write_is_read_again() -> None:
    text = "- a\n" * 30_000 + "\n" + PROSE * 1_200 + "\n# The end\n\nof *it*\n"
    stream = at_once(text)
    *_, heading, last = stream.blocks
    assert (heading.kind, heading.text, heading.is_unread) == (Kind.HEADING, "The end", False)
    assert [run.is_emphasis for run in last.runs] == [False, True]


def test_a_fence_in_a_storm_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MOST", 400)
    code = "```\n" + "a *line* of code that earns\n\n" * 40 + "```\n"
    blocks = at_once("- a\n" * 100 + code + "\n" + PROSE * 20 + "*end*").blocks
    assert not any(block.kind is Kind.CODE for block in blocks)
    assert blocks[-1].runs[0].is_emphasis


@pytest.mark.parametrize("size", [1, 7, 50])
def test_where_reading_ends_does_not_depend_on_how_a_text_comes(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "MOST", 200)
    storm = "- a\n- *b*\n\n> q\n\nc\n" * 9 + "| a |\n|---|\n| b |\n\n```\nc\n```\n" * 4
    text = (storm + "\n" + PROSE * 8) * 2
    stream = BlockStream()
    for start in range(0, len(text), size):
        stream.feed(text[start : start + size])
        if start % 10 == 0:
            assert stream.blocks == at_once(text[: start + size]).blocks
    assert any(block.is_unread for block in stream.blocks)
    assert not stream.blocks[-1].is_unread


def test_long_replies_of_people_are_read_to_their_end() -> None:
    words = "".join(f"{number}. a word\n" for number in range(4_000))
    items = "".join(f"- `name{number}`: **bold** and what it is\n" for number in range(3_000))
    table = "| a | b |\n|---|---|\n" + "| 1 | *two* |\n" * 3_000
    for text in (words, items, table, PROSE * 3_000):
        assert not any(block.is_unread for block in at_once(text).blocks)


@pytest.mark.parametrize(
    "text", ["[" * 100, "[[" * 20 + "a" + "]]" * 20, "[a] " * 600, "*a " * 2_100]
)
def test_a_paragraph_of_signs_is_text_that_says_so(text: str) -> None:
    [block] = at_once(text).blocks
    assert is_dense(text)
    assert block.is_unread
    assert block.text == text.strip()


@pytest.mark.parametrize(
    "text", ["[a] " * 60, "[[1, 2], [3, 4]] " * 40, "**T**he " * 200, "`a`, " * 200]
)
def test_a_paragraph_with_many_signs_is_read(text: str) -> None:
    assert not is_dense(text)


@pytest.mark.usefixtures("qapp")
def test_it_says_above_what_was_not_read_that_it_was_not() -> None:
    theme = light()
    [block] = at_once("[" * 100).blocks
    plain = Block(Kind.PLAIN, block.runs, block.start, block.end)
    noticed, bare = lay_out(block, 600, theme), lay_out(plain, 600, theme)
    assert noticed.height > bare.height
    top = noticed.height - bare.height
    assert noticed.hit_test(300, top + 5) == bare.hit_test(300, 5)
    assert noticed.caret_at(4)[1] == bare.caret_at(4)[1] + top

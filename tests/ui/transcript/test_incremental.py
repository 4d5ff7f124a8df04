"""A text that grows: the same blocks however it comes, and little read twice."""

from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.ui.transcript.blocks import Block, Kind, Run, code_at
from app.ui.transcript.cuts import LIMIT
from app.ui.transcript.markdown import read
from app.ui.transcript.stream import BlockStream

PROSE = (
    "The advantage of a *group* is the reward of each reply minus the mean of all of them, "
    "divided by how far they spread. No critic is needed, which saves **half** the memory; "
    "see [the paper](https://arxiv.org/abs/2402.03300) and `loss.py`.\nA second line follows, "
    "and then the paragraph ends with a sentence of no importance.\n\n"
)
CODE = "    ratio = (logp - logp_old).exp()\n    clipped = ratio.clamp(1 - eps, 1 + eps)\n"
ITEM = "- an item with **some** words in it, about as long as models write them\n"
HEAD = "| a | b | c | d |\n|---|:-:|---|--:|\n"
ROW = "| value one | `code` | **bold** text of a cell | 12.5 |\n"
FORMULA = (
    "So that $x_i^2 = \\sum_j a_{ij}$ and then \\(y\\) holds:\n\n"
    "$$\n\\begin{aligned}\na &= b \\\\\n- c &= d\n\\end{aligned}\n$$\n\n"
)
NOTE = "A claim.[^1] Another, see [here][it].\n\n[^1]: a note\n\n[it]: https://example.org/it\n\n"
MIXED = (
    "## Heading\n\n" + PROSE * 2 + ITEM * 5 + "\n```python\n" + CODE * 6 + "```\n\n"
    + HEAD + ROW * 8 + "\n" + FORMULA + "> a quote of *some* words\n> and more of it\n\n"
    + "1. first\n2. second\n\n" + NOTE
)  # fmt: skip
SENTENCE = (
    "The advantage of a group is the *reward* of each reply minus the mean of `all` of them, "
    "about $5 or a_b or 2 * 3 with **words**, see [1] or [that](https://a.b). "
)


def one_shot(text: str) -> list[Block]:
    """Parse a text at once, with no cutting of ours."""
    return [block for unit in read(text, 0, None, {}).units for block in unit.blocks]


def streamed(text: str, size: int = 13) -> BlockStream:
    stream = BlockStream()
    for start in range(0, len(text), size):
        stream.feed(text[start : start + size])
        assert isinstance(stream.tail, tuple)
    return stream


def blocks_of(text: str) -> list[Block]:
    return streamed(text, len(text) or 1).blocks


def without_widths(blocks: list[Block]) -> list[Block]:
    """Leave out what a table keeps also when links in its cells are defined later."""
    return [replace(block, columns=None) for block in blocks]


# The same however it comes


LINES = ["\n", "\n\n", "\n\n", "  \n", "\n    ", "\n> ", "\n- ", "\n1. ", "\n   "]
BLOCKS = ["# ", "- ", "> ", "1. ", "```math\n", "```\n", "<div>", "<!-- ", "---", "===", "[^1]: "]
TABLES = ["| a | b |\n|---|--:|\n", "|a|\n|-|\n", "| c ", "|", "|-|", "| [x] | `y` |\n", "x | y\n"]
SIGNS = ["$", "$$", "\\(", "\\)", "\\[", "\\]", "*", "**", "_", "~~", "`", "[", "]", "<", "\\", "!"]
LINKS = ["[x]", "[x][y]", "[^1]", "[a](https://b.c)", "![i](https://d.e)", "https://f.g/h", "<b>"]
TARGETS = ["\n\n[x]: https://x.y", "\n\n[y]: https://y.z\n", "[x]: ", "https://e.f", '"title"']
WORDS = ["a", "b c", "$5", "x^2", "1", "- [x] t", "&amp;", "www.h.i", "é🙂", "_a_", " ", "  "]
TEXTS = st.lists(
    st.sampled_from([*LINES, *LINES, *BLOCKS, *TABLES, *SIGNS, *LINKS, *TARGETS, *WORDS]),
    max_size=30,
).map("".join)


@settings(max_examples=250, deadline=None)
@given(TEXTS)
def test_after_every_character_blocks_are_those_of_a_parse_at_once(text: str) -> None:
    stream = BlockStream()
    for i, character in enumerate(text):
        stream.feed(character)
        assert without_widths(stream.blocks) == without_widths(one_shot(text[: i + 1]))


def test_mixed_text_is_the_same_after_every_piece() -> None:
    text = MIXED + HEAD + ROW * 70 + "\nend"
    stream = BlockStream()
    for start in range(0, len(text), 13):
        stream.feed(text[start : start + 13])
        assert stream.blocks == one_shot(text[: start + 13])


FILLER = "and here are some more words of a paragraph, as they come, "
INLINE = st.lists(
    st.sampled_from([*SIGNS, *LINKS, *WORDS, "\n", " | ", "*a*", "`c`", *[FILLER] * 12]),
    min_size=20,
    max_size=50,
).map("".join)


# A sign in an address is none of the text's own.
@example(f"_$\n{FILLER}https://f.g/h_a_${FILLER}{'$' * 19}_", "", 5)
@settings(max_examples=120, deadline=None)
@given(INLINE, st.sampled_from(["", "- ", "> ", "1. a\n\n   ", "- [x] "]), st.integers(5, 40))
def test_a_long_paragraph_read_in_parts_is_the_same(text: str, before: str, size: int) -> None:
    text = before + text + "\n|---|\n\nend"
    stream = BlockStream()
    for start in range(0, len(text), size):
        stream.feed(text[start : start + size])
        assert stream.blocks == one_shot(text[: start + size])


# What was settled


def test_a_settled_block_is_read_again_when_its_link_is_defined() -> None:
    stream = streamed("see [it] and\n\nother\n\n- more [It][]\n\nend\n\n")
    assert stream.settled[0].text == "see [it] and"
    assert stream.take_revised() is None
    stream.feed("[it]: https://example.org\n\n")
    assert stream.tail == ()
    assert stream.take_revised() == 0
    assert stream.take_revised() is None
    assert stream.settled[0].runs[1] == Run("it", link="https://example.org")
    assert stream.settled[2].runs[1] == Run("It", link="https://example.org")
    assert stream.settled[1].text == "other"


def test_what_a_last_line_defines_counts_while_it_stands_there() -> None:
    stream = streamed("see [it]\n\nend\n\n")
    for piece, address in (("[it]: https://e", "https://e"), (".org", "https://e.org")):
        stream.feed(piece)
        assert stream.blocks[0].runs[1] == Run("it", link=address)
        assert stream.take_revised() == 0
    stream.feed(" and so on")
    assert stream.blocks[0].runs == (Run("see [it]"),)
    assert stream.take_revised() == 0


def test_cells_of_settled_rows_are_read_again() -> None:
    stream = streamed("| a |\n|---|\n" + "| [it] |\n" * 40 + "\n[it]: https://e.org\n")
    assert stream.take_revised() == 0
    links = [run.link for b in stream.blocks for row in b.rows[1:] for cell in row for run in cell]
    assert set(links) == {"https://e.org"}


def test_the_first_of_two_definitions_counts() -> None:
    stream = streamed("[a]\n\n[a]: https://one.org\n[a]: https://two.org\n\nend")
    assert stream.blocks[0].runs == (Run("a", link="https://one.org"),)


def test_settled_blocks_without_references_never_change() -> None:
    text, seen = MIXED.replace("[here][it]", "here"), list[Block]()
    stream = BlockStream()
    for character in text:
        stream.feed(character)
        assert isinstance(stream.tail, tuple)
        assert stream.settled[: len(seen)] == seen
        seen = list(stream.settled)
    assert stream.take_revised() is None
    assert len(seen) > 15


def test_rows_settle_in_pieces_and_keep_their_columns() -> None:
    stream = streamed(HEAD + ROW * 31)
    assert [len(b.rows) for b in stream.settled] == []
    stream.feed(ROW * 40 + "| a much longer cell than before | b |\n")
    assert [len(b.rows) for b in stream.settled] == [32, 32]
    blocks = stream.blocks
    assert [(b.is_first, b.is_last) for b in blocks] == [
        (True, False),
        (False, False),
        (False, True),
    ]
    assert {b.columns for b in blocks} == {blocks[0].columns}
    assert blocks[0].columns is not None
    assert blocks[0].columns.characters == (9, 4, 19, 4)
    assert "".join(b.text for b in blocks).count("\n") == 1 + 31 + 41


# How much is parsed


TABLE = HEAD + ROW * 100
UNENDING = "some words in a line of a paragraph that goes on\n"


@pytest.mark.parametrize(
    "text",
    [
        PROSE * 40, "```\n" + CODE * 100, ITEM * 150, TABLE, FORMULA * 40, SENTENCE * 60,
        UNENDING * 200,
    ],
    ids=["prose", "code", "list", "table", "formulas", "paragraph", "lines"],
)  # fmt: skip
def test_each_character_is_parsed_at_most_thirty_times(text: str) -> None:
    assert streamed(text).parsed <= 30 * len(text)


def test_a_long_mixed_text_is_parsed_less_than_ten_times() -> None:
    text = (MIXED * 40)[:80_000]
    assert streamed(text).parsed <= 10 * len(text)


@pytest.mark.parametrize(
    ("text", "head"),
    [(PROSE, ""), (CODE * 12 + "```\n", "```\n"), (ITEM, ""), (ROW, HEAD), (SENTENCE, "")],
    ids=["prose", "code", "list", "table", "paragraph"],
)
def test_twice_the_text_is_twice_the_work(text: str, head: str) -> None:
    def work(count: int) -> int:
        return streamed(head + text * count).parsed

    assert work(80) <= 2.1 * work(40)


def test_lines_of_a_fence_are_not_parsed_again() -> None:
    stream = BlockStream()
    stream.feed("```python\n")
    before = stream.parsed
    for _ in range(1_000):
        stream.feed(CODE)
        assert isinstance(stream.tail, tuple)
    assert stream.parsed == before


def test_rows_of_a_table_are_not_parsed_again() -> None:
    stream = streamed(HEAD)
    before = stream.parsed
    for _ in range(300):
        stream.feed(ROW)
        assert isinstance(stream.tail, tuple)
    assert stream.parsed - before == 300 * (len(ROW) - 1)


# Nothing grows without bound


@pytest.mark.parametrize(
    "line", ["x" * 1_000_000, "word " * 200_000, "漢" * 1_000_000, "[" * 300_000, "> " * 150_000]
)
def test_an_endless_line_is_text_in_blocks_of_bounded_size(line: str) -> None:
    stream = streamed("before\n\n")
    for start in range(0, len(line), 50_000):
        stream.feed(line[start : start + 50_000])
        assert isinstance(stream.tail, tuple)
    stream.feed("\n\nafter")
    blocks = stream.blocks
    assert "".join(block.text for block in blocks[1:-1]) == line
    assert max(len(block.text) for block in blocks) <= 4_096
    assert stream.parsed < 20 * LIMIT
    assert blocks_of("before\n\n" + line + "\n\nafter") == blocks


@pytest.mark.parametrize("indent", ["", "  "])
@pytest.mark.parametrize("line", ["x" * 300_000, "`" * 9_000 + "x", " " * 9_000 + "x" * 9_000])
def test_an_endless_line_of_code_is_the_same_however_it_comes(line: str, indent: str) -> None:
    text = f"{indent}```\na\n{indent}  {line}\nb\n{indent}```\nafter"
    stream = streamed(text, 1_777)
    assert stream.blocks == blocks_of(text)
    assert code_at(stream.blocks, 1) == f"a\n  {line}\nb\n"


@pytest.mark.parametrize("line", ["some words in a line\n", "a\n", "- a\n  b\n", "| a\n"])
def test_an_endless_paragraph_is_cut_at_a_line_end(line: str) -> None:
    text = line * 4_000
    stream = streamed(text, 5_000)
    assert stream.blocks == blocks_of(text)
    assert max(len(block.text) for block in stream.blocks) <= LIMIT + 100


@pytest.mark.parametrize("sign", [">", "- ", "1. ", "*", "_", "`", "[", "![", "<", "\\", "&"])
def test_deep_nesting_is_shown_as_it_was_written(sign: str) -> None:
    blocks = blocks_of(sign * 500 + "deep")
    assert "deep" in "".join(block.language + block.text for block in blocks)


def test_a_wide_table_is_text() -> None:
    text = "|" + "a|" * 3_000 + "\n|" + "-|" * 3_000 + "\n|" + "b|" * 3_000 + "\n"
    assert Kind.TABLE not in {block.kind for block in streamed(text, 999).blocks}
    assert streamed(text, 999).blocks == blocks_of(text)


SIGNS_IN_A_LINE = (
    *(
        ">",
        "[",
        "![",
        "*",
        "*a ",
        "a**b",
        "_a ",
        "`",
        "[a](",
        "![a](",
        "[a](<b",
        "<",
        "<a ",
        "<!--",
    ),
    *("$", "$a ", "$$a ", "\\( ", "$\\{", "~~a ", "&lt;", "[^a]", "[^a]: ", "https://a.b ", "www."),
    *("|", "- ", "{", "]"),
)
SIGNS_ON_LINES = ("[\n", "*a\n", "`\n", "$$\n", "\\[\n", "<a\n", "> a\n", ">\n")


@pytest.mark.parametrize(
    "text",
    [
        *(sign * (50_000 // len(sign)) for sign in SIGNS_IN_A_LINE),
        *(sign * (10_000 // len(sign)) for sign in SIGNS_ON_LINES),
        "a".join("`" * i for i in range(1, 300)),
        "".join("  " * i + "- a\n" for i in range(200)),
        "- " * 2_000 + "a\n",
        "".join("> " * i + "a\n" for i in range(200)),
        "|" + "a|" * 250 + "\n|" + "-|" * 250 + "\n" + "|\n" * 10_000,
        "".join(f"[a{i}] " for i in range(4_000)) + "\n\n"
        + "".join(f"[a{i}]: https://x.y/{i}\n" for i in range(1_000)),
        "[a] text\n\n" * 3_000 + "[a]: https://example.org/a/long/address\n",
        "[a]\n\n" + "[a]: https://x.y\n" * 2_000,
        '[a]: https://x.y "' + "b\n" * 10_000,
        "<!--\n" + "a\n" * 10_000,
    ],
    ids=lambda text: text[:8].replace("\n", "~"),
)  # fmt: skip
def test_hostile_text_takes_a_bounded_time(text: str) -> None:
    begun = perf_counter()
    streamed(text, 4_096)
    # About ten times what it takes here, a hundredth of what it would without bounds.
    assert perf_counter() - begun < 6


def test_definitions_that_never_end_do_not_read_a_block_again_and_again() -> None:
    labels = "".join(f"[a{i}] " for i in range(500))
    text = labels + "\n\n" + "".join(f"[a{i}]: https://x.y/{i}\n" for i in range(500))
    assert streamed(text, 40).parsed <= 40 * len(text) + 2 * LIMIT

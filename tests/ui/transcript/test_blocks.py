"""Blocks: a text fed in pieces is the text fed at once, and little is parsed twice."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ui.transcript.blocks import Block, Container, Kind, Marker, Run, code_at
from app.ui.transcript.markdown import read
from app.ui.transcript.plain import PlainStream
from app.ui.transcript.stream import BlockStream

MIXED = """# Hi *there*

para one
two `code` **b** [l](https://x.org) [bad](javascript:x) <b>html</b>
![im](https://a.b/c.png)

Title
=====

3. three
4. four

   more
7. five
   - nested
     - deep
- bullets
-
- x

> quote
lazy
>
> two
> - li

```python x
def f():
    pass

````
~~~
```
~~~

    indented

    code

***
#tag
| a | b |
|---|---|
| 1 | 2 |

```
open to the end
"""

PROSE = (
    "The advantage of a *group* is the reward of each reply minus the mean of all of them, "
    "divided by how far they spread. No critic is needed, which saves **half** the memory; "
    "see [the paper](https://arxiv.org/abs/2402.03300) and `loss.py`.\nA second line follows, "
    "and then the paragraph ends with a sentence of no importance.\n\n"
)
CODE = "    ratio = (logp - logp_old).exp()\n    clipped = ratio.clamp(1 - eps, 1 + eps)\n"
ITEM = "- an item with **some** words in it, about as long as models write them\n"


def one_shot(text: str) -> list[Block]:
    """Parse a text at once, with no cutting of ours."""
    return [block for unit in read(text, 0, None, {}).units for block in unit.blocks]


def streamed(text: str, size: int = 1) -> BlockStream:
    stream = BlockStream()
    for start in range(0, len(text), size):
        stream.feed(text[start : start + size])
    return stream


def blocks_of(text: str) -> list[Block]:
    stream = BlockStream()
    stream.feed(text)
    return stream.blocks


def texts(text: str) -> list[str]:
    return [block.text for block in blocks_of(text)]


# Fed in pieces and at once


def test_after_every_character_blocks_are_those_of_a_parse_at_once() -> None:
    stream = BlockStream()
    for i, character in enumerate(MIXED):
        stream.feed(character)
        assert stream.blocks == one_shot(MIXED[: i + 1])


def test_a_text_cut_in_two_anywhere_gives_the_same_blocks() -> None:
    whole = one_shot(MIXED)
    for i in range(len(MIXED)):
        stream = BlockStream()
        stream.feed(MIXED[:i])
        assert isinstance(stream.tail, tuple)
        stream.feed(MIXED[i:])
        assert stream.blocks == whole


def test_settled_blocks_never_change() -> None:
    stream, seen = BlockStream(), list[Block]()
    for character in MIXED:
        stream.feed(character)
        assert stream.settled[: len(seen)] == seen
        seen = list(stream.settled)
    assert len(seen) > 10


LINE_ENDS = ["\n", "\n\n", "  \n", "\r\n", "\r"]
STARTS = ["# ", "## x", "- ", "-", "* ", "+ ", "1. ", "2) ", "10. ", "> ", ">", "---", "==="]
FENCES = ["```", "````", "~~~", "    ", "  ", " ", "\t"]
INLINE = ["***", "*", "**", "_", "`", "``", "[a](https://x.y)", "[a]", "(", "![i](http://h/p)"]
OTHERS = ["a", "b c", "<b>", "|", "|-|", "\\", "&amp;", "é", "🙂", "[a]: /b", "漢"]
PIECES = st.lists(
    st.sampled_from([*LINE_ENDS, *LINE_ENDS, *STARTS, *FENCES, *INLINE, *OTHERS]), max_size=40
)


@settings(max_examples=200, deadline=None)
@given(PIECES, st.lists(st.integers(0, 120)))
def test_however_a_text_is_cut_its_blocks_are_the_same(pieces: list[str], cuts: list[int]) -> None:
    text = "".join(pieces)
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    stream = BlockStream()
    for start, end in pairwise(places):
        stream.feed(text[start:end])
    assert stream.blocks == blocks_of(text) == streamed(text).blocks
    if not text.endswith("\r"):
        assert stream.blocks == one_shot(text.replace("\r\n", "\n").replace("\r", "\n"))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab \n\t#->*_`[]()!<&;:1.~=\\", max_size=80))
def test_any_signs_in_any_order_give_the_same_blocks(text: str) -> None:
    assert streamed(text).blocks == one_shot(text)


# What the blocks are


def test_paragraph_has_runs_in_their_styles() -> None:
    [block] = blocks_of("a *b* **c** `d` [e](https://f.org/g)")
    assert block.kind is Kind.PARAGRAPH
    assert block.runs == (
        Run("a "),
        Run("b", is_emphasis=True),
        Run(" "),
        Run("c", is_strong=True),
        Run(" "),
        Run("d", is_code=True),
        Run(" "),
        Run("e", link="https://f.org/g"),
    )


def test_soft_line_ends_are_spaces_and_hard_ones_are_kept() -> None:
    assert texts("a\nb") == ["a b"]
    assert texts("a  \nb") == ["a\nb"]


def test_headings_have_levels() -> None:
    assert [b.level for b in blocks_of("# a\n### b\n###### c\nd\n---\n")] == [1, 3, 6, 2]


def test_a_sign_that_may_become_a_heading_is_only_shown_as_one_for_now() -> None:
    stream = BlockStream()
    stream.feed("#")
    assert [b.kind for b in stream.blocks] == [Kind.HEADING]
    stream.feed("tag")
    assert [(b.kind, b.text) for b in stream.blocks] == [(Kind.PARAGRAPH, "#tag")]


def test_items_carry_their_number_however_the_list_was_cut() -> None:
    stream = streamed("7. a\n8. b\n\n1. c\n\n   d\n")
    assert [b.marker for b in stream.blocks] == [Marker(7), Marker(8), Marker(9), None]
    assert all(b.within == (Container.ITEM,) for b in stream.blocks)


def test_a_list_with_another_sign_begins_anew() -> None:
    markers = [b.marker for b in streamed("1. a\n2. b\n5) c\n- d").blocks]
    assert markers == [Marker(1), Marker(2), Marker(5, ")"), Marker(None, "")]


def test_nested_items_are_further_in() -> None:
    blocks = blocks_of("- a\n  - b\n    1. c")
    assert [len(b.within) for b in blocks] == [1, 2, 3]


def test_quotes_are_paragraphs_in_a_quote() -> None:
    blocks = blocks_of("> a\nb\n>\n> c")
    assert [(b.text, b.within) for b in blocks] == [
        ("a b", (Container.QUOTE,)),
        ("c", (Container.QUOTE,)),
    ]


def test_a_fence_is_closed_by_its_own_sign_only() -> None:
    blocks = blocks_of("````md\n```\n~~~~\n```` x\n````\nafter")
    assert [(b.kind, b.text) for b in blocks] == [
        (Kind.CODE, "```\n~~~~\n```` x\n"),
        (Kind.PARAGRAPH, "after"),
    ]
    assert blocks[0].language == "md"


def test_long_code_comes_in_pieces_that_joined_are_the_code() -> None:
    lines = [f"line {i}\n" for i in range(100)] + ["x" * 10_000 + "\n"]
    code = "".join(lines)
    stream = streamed(f"```\n{code}```\n\nafter", 977)
    pieces = stream.blocks[:-1]
    assert len(pieces) > 5
    assert max(len(piece.text) for piece in pieces) <= 4_096
    assert pieces[0].is_first
    assert pieces[-1].is_last
    assert not any(piece.is_first for piece in pieces[1:])
    assert stream.blocks == blocks_of(f"```\n{code}```\n\nafter")
    assert {code_at(stream.blocks, i) for i in range(len(pieces))} == {code}


# Nothing acts, nothing is swallowed


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "text <b>bold</b> text",
        "<!-- a comment -->",
        "[click](javascript:alert(1))",
        "[click](file:///etc/passwd)",
        "[click](https://bank.example@evil.example)",
        "[click](/relative)",
        "[ref] and [ref][ref]",
        "[ref]: /relative",
        "[ref]: javascript:alert(1)",
        "![image](file:///etc/passwd)",
        "a@example.org",
        "https://bank.example@evil.example",
    ],
)
def test_what_is_not_known_or_not_safe_shows_as_its_source(source: str) -> None:
    [block] = blocks_of(source)
    assert block.runs == (Run(source),)


def test_a_table_that_is_not_one_yet_shows_its_lines() -> None:
    source = "| a | b |\n|---"
    assert texts(source) == [source]


def test_an_image_shows_its_description_and_address() -> None:
    assert texts("![a cat](https://a.b/c.png)") == ["a cat (https://a.b/c.png)"]
    assert texts("![](https://a.b/c.png)") == ["(https://a.b/c.png)"]


def test_an_image_in_a_link_shows_too() -> None:
    [block] = blocks_of("[![cat](https://a.b/c.png)](https://d.e/)")
    assert block.runs == (Run("cat (https://a.b/c.png)", link="https://d.e/"),)


def test_blocks_know_where_their_source_is() -> None:
    text = "# a\n\nb *c*\n\n- d\n- e\n"
    stream = streamed(text)
    sources = [text[b.start : b.end].strip() for b in stream.blocks]
    assert sources == ["# a", "b *c*", "- d", "- e"]


# Plain text


@given(st.text(alphabet="ab \n🙂", max_size=300), st.integers(1, 40))
def test_plain_text_is_kept_as_it_is(text: str, size: int) -> None:
    stream = PlainStream()
    for start in range(0, len(text), size):
        stream.feed(text[start : start + size])
    assert "".join(block.text for block in stream.blocks) == text


def test_long_plain_text_is_cut_after_words_and_lines() -> None:
    stream = PlainStream()
    stream.feed("word " * 3_000 + "\n" + "line\n" * 100)
    assert all(b.text.endswith((" ", "\n")) for b in stream.blocks)
    assert max(len(b.text) for b in stream.blocks) <= 4_096

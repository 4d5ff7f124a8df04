"""What GitHub adds to Markdown: tables, strikethrough, tasks, bare addresses, footnotes.

The examples are those of https://github.github.com/gfm/ unless they say otherwise.
"""

import pytest

from app.ui.transcript.blocks import Align, Block, Container, Kind, Marker, Run
from app.ui.transcript.stream import BlockStream


def blocks_of(text: str) -> list[Block]:
    stream = BlockStream()
    stream.feed(text)
    return stream.blocks


def rows_of(block: Block) -> list[list[str]]:
    return [["".join(run.text for run in cell) for cell in row] for row in block.rows]


# Tables


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        ("| foo | bar |\n| --- | --- |\n| baz | bim |", [["foo", "bar"], ["baz", "bim"]]),
        ("| abc | defghi |\n:-: | -----------:\nbar | baz", [["abc", "defghi"], ["bar", "baz"]]),
        (
            "| f\\|oo  |\n| ------ |\n| b `\\|` az |\n| b **\\|** im |",
            [["f|oo"], ["b | az"], ["b | im"]],
        ),
        ("| abc | def |\n| --- | --- |\n| bar | baz |\nbar", None),
        (
            "| abc | def |\n| --- | --- |\n| bar |\n| bar | baz | boo |",
            [["abc", "def"], ["bar", ""], ["bar", "baz"]],
        ),
        ("| abc | def |\n| --- | --- |", [["abc", "def"]]),
    ],
)
def test_tables_have_the_rows_of_the_examples(source: str, rows: list[list[str]] | None) -> None:
    [block] = blocks_of(source)
    assert block.kind is Kind.TABLE
    assert rows_of(block) == (rows or [["abc", "def"], ["bar", "baz"], ["bar", ""]])


def test_a_table_ends_where_another_block_begins() -> None:
    for other in ("> bar", "# bar", "- bar", "1. bar", "```\nbar\n```", "***\nbar", "\nbar"):
        table, *rest = blocks_of(f"| abc | def |\n| --- | --- |\n| bar | baz |\n{other}\n")
        assert rows_of(table) == [["abc", "def"], ["bar", "baz"]]
        assert rest[-1].text.strip() == "bar"


def test_a_head_must_have_as_many_cells_as_the_line_below() -> None:
    [block] = blocks_of("| abc | def |\n| --- |\n| bar |")
    assert block.kind is Kind.PARAGRAPH
    assert block.text == "| abc | def |\n| --- |\n| bar |"


def test_columns_stand_as_the_line_below_the_head_says() -> None:
    [block] = blocks_of("| a | b | c | d |\n|---|:--|:-:|--:|\n| long cell | **b** | | `co` |")
    assert block.columns is not None
    assert block.columns.aligns == (Align.START, Align.START, Align.CENTRE, Align.END)
    assert block.columns.characters == (9, 1, 1, 2)
    assert block.rows[1][1] == (Run("b", is_strong=True),)
    assert block.rows[1][2] == ()


def test_a_table_appears_when_the_line_below_its_head_is_there() -> None:
    stream = BlockStream()
    kinds = []
    for character in "| a |\n|--|\n| b":
        stream.feed(character)
        kinds.append(stream.blocks[-1].kind)
    assert kinds.index(Kind.TABLE) == len("| a |\n|-") - 1
    assert set(kinds[: kinds.index(Kind.TABLE)]) == {Kind.PARAGRAPH}
    assert rows_of(stream.blocks[-1]) == [["a"], ["b"]]


def test_a_table_may_stand_in_an_item_or_a_quote() -> None:
    item, quote = blocks_of("- | a |\n  |---|\n  | b |\n\n> | a |\n> |---|\n> | b |")
    assert rows_of(item) == rows_of(quote) == [["a"], ["b"]]
    assert item.within == (Container.ITEM,)
    assert item.marker == Marker(None, "")
    assert quote.within == (Container.QUOTE,)


def test_a_table_says_where_its_source_is() -> None:
    text = "before\n\n| a |\n|---|\n" + "| b |\n" * 40 + "\nafter"
    tables = [block for block in blocks_of(text) if block.kind is Kind.TABLE]
    assert [text[b.start : b.end] for b in tables] == ["", text[8 : text.index("\nafter")]]


# Strikethrough


def test_two_tildes_strike_out() -> None:
    [block] = blocks_of("~~Hi~~ Hello, ~there~ world!")
    # GitHub strikes out "there" too; one tilde stands for "about" in most texts.
    assert block.runs == (Run("Hi", is_struck=True), Run(" Hello, ~there~ world!"))


def test_about_a_number_is_not_struck_out() -> None:
    [block] = blocks_of("from ~5 to~10 and ~~ 3")
    assert block.runs == (Run("from ~5 to~10 and ~~ 3"),)


def test_strikethrough_does_not_cross_paragraphs() -> None:
    assert [b.text for b in blocks_of("This ~~has a\n\nnew paragraph~~.")] == [
        "This ~~has a",
        "new paragraph~~.",
    ]


# Tasks


def test_items_with_a_box_are_tasks() -> None:
    blocks = blocks_of("- [x] foo\n  - [ ] bar\n  - [X] baz\n- [ ] bim\n- [x]\n- [x]y\n1. [ ] z")
    assert [(b.text, b.marker.is_done if b.marker else None) for b in blocks] == [
        ("foo", True),
        ("bar", False),
        ("baz", True),
        ("bim", False),
        ("[x]", None),
        ("[x]y", None),
        ("z", False),
    ]


def test_a_box_is_no_reference() -> None:
    [block] = blocks_of("- [x] see [x]\n\n[x]: https://a.b")
    assert block.runs == (Run("see "), Run("x", link="https://a.b"))


# Bare addresses


@pytest.mark.parametrize(
    ("source", "address", "text"),
    [
        ("www.commonmark.org", "http://www.commonmark.org", "www.commonmark.org"),
        ("Visit www.commonmark.org/help for", "http://www.commonmark.org/help", None),
        ("Visit www.commonmark.org.", "http://www.commonmark.org", None),
        ("www.commonmark.org/a.b.", "http://www.commonmark.org/a.b", None),
        ("www.google.com/search?q=Markup+(business)", None, None),
        ("www.google.com/search?q=Markup+(business)))", "…(business)", None),
        ("(www.google.com/search?q=Markup+(business))", "…(business)", None),
        ("www.google.com/search?q=(business))+ok", "…(business))+ok", None),
        ("www.google.com/search?q=commonmark&hl=en", "…commonmark&hl=en", None),
        ("www.google.com/search?q=commonmark&hl;", "…q=commonmark", None),
        ("www.commonmark.org/he<lp", "http://www.commonmark.org/he", None),
        ("http://commonmark.org", "http://commonmark.org", None),
        ("(Visit https://encrypted.google.com/search?q=Markup+(business))", "…(business)", None),
        ("**https://a.b/c_d_e**", "https://a.b/c_d_e", "https://a.b/c_d_e"),
        ("http://localhost:8000/x", "http://localhost:8000/x", None),
        ("见 https://a.b/c。后", "https://a.b/c", None),
    ],
)
def test_bare_addresses_are_links(source: str, address: str | None, text: str | None) -> None:
    [block] = blocks_of(source)
    [link] = [run for run in block.runs if run.link]
    if address is None:
        address = "http://" + source
    assert link.link.endswith(address.removeprefix("…"))
    assert link.text == (text or link.link.removeprefix("http://" if "www" in source else ""))
    assert block.text == source.replace("**", "")


@pytest.mark.parametrize(
    "source",
    [
        "foo@bar.baz",
        "mailto:foo@bar.baz",
        "xmpp:foo@bar.baz",
        "ftp://foo.bar.baz",
        "www.a_b.c_d",
        "xwww.a.b",
        "www",
        "http://",
        "https://user@host.example",
        "example.org",
    ],
)
def test_what_else_looks_like_an_address_is_text(source: str) -> None:
    [block] = blocks_of(source)
    assert block.runs == (Run(source),)


def test_an_address_ends_at_a_backslash() -> None:
    [block] = blocks_of("https://good.example\\@evil.example")
    assert [run.link for run in block.runs] == ["https://good.example", ""]


def test_an_address_in_a_link_or_in_code_is_not_one_of_its_own() -> None:
    [block] = blocks_of("[see https://a.b](https://c.d) `https://e.f`")
    assert [run.link for run in block.runs] == ["https://c.d", "", ""]


# Footnotes


def test_footnotes_are_raised_and_stand_where_they_were_written() -> None:
    claim, note, more, end = blocks_of("A[^1] b[^n-2].\n\n[^1]: the *note*\n\n    more\n\nend")
    assert claim.runs == (
        Run("A"),
        Run("1", is_raised=True),
        Run(" b"),
        Run("n-2", is_raised=True),
        Run("."),
    )
    assert note.marker == Marker(None, "", label="1")
    assert note.within == more.within == (Container.NOTE,)
    assert note.text == "the note"
    assert more.text == "more"
    assert end.within == ()


def test_a_regular_expression_is_no_footnote() -> None:
    [block] = blocks_of("match [^abc]+ and [^ x] and [^a]( b")
    assert block.runs == (Run("match [^abc]+ and [^ x] and [^a]( b"),)

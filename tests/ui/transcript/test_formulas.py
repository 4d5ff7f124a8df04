"""Formulas: what is LaTeX in a text, and what is money."""

import pytest

from app.ui.transcript.blocks import Block, Container, Kind, Run
from app.ui.transcript.stream import BlockStream


def blocks_of(text: str) -> list[Block]:
    stream = BlockStream()
    stream.feed(text)
    return stream.blocks


@pytest.mark.parametrize(
    ("source", "formulas"),
    [
        ("so $x$ is", ["x"]),
        ("$x^2$, $y$ and $z$.", ["x^2", "y", "z"]),
        ("the $n$th and $f(x) = 5$", ["n", "f(x) = 5"]),
        ("so \\(x + y\\) is \\(10\\)", ["x + y", "10"]),
        ("so \\[x + y\\] is", ["x + y"]),
        ("so $$\\frac{a}{b}$$ is", ["\\frac{a}{b}"]),
        ("in $\\{x \\mid x < \\$5\\}$", ["\\{x \\mid x < \\$5\\}"]),
        ("$a_1$ and *b* and $a_2$", ["a_1", "a_2"]),
        ("**so $x*y*z$**", ["x*y*z"]),
        ("$[a](b)$", ["[a](b)"]),
        ("$a\\\\[2pt] b$", ["a\\\\[2pt] b"]),
        ("\\(a\nb\\)", ["a\nb"]),
    ],
)
def test_formulas_in_a_text(source: str, formulas: list[str]) -> None:
    [block] = blocks_of(source)
    found = [run for run in block.runs if run.maths]
    assert [run.maths for run in found] == formulas
    assert all(run.text in source.replace("\n", " ") for run in found)
    assert all(run.text[0] in "$\\" for run in found)


@pytest.mark.parametrize(
    "source",
    [
        "costs $5.",
        "$5 and $10",
        "between $5 and 10$ a day",
        "from $5-$10, or $1,000/$2,000",
        "US$5 or CA$6",
        "$ 5 $",
        "$5 $",
        "$x$5",
        "$HOME/$PATH",
        "$$",
        "$$$$",
        "$a\nb$",
        "$x",
        "$$x$",
        "$x_{1$",
        "$}{$",
        "$" + "x" * 1_001 + "$",
        "$20 million (or 15$)",
    ],
)
def test_money_and_what_is_not_closed_is_text(source: str) -> None:
    [block] = blocks_of(source)
    assert block.runs == (Run(source.replace("\n", " ")),)


@pytest.mark.parametrize(
    ("source", "text"),
    [("\\[sic\\] \\(word\\) \\[1\\]", "[sic] (word) [1]"), ("\\$x\\$", "$x$"), ("a\\(b", "a(b")],
)
def test_escaped_signs_are_signs(source: str, text: str) -> None:
    [block] = blocks_of(source)
    assert not any(run.maths for run in block.runs)
    assert block.text == text


@pytest.mark.parametrize("source", ["`$x$`", "```\n$x$\n```", "    $x$", "`a $x` b$"])
def test_code_holds_no_formulas(source: str) -> None:
    assert not any(run.maths for block in blocks_of(source) for run in block.runs)


@pytest.mark.parametrize(
    ("source", "latex"),
    [
        ("$$x$$", "x"),
        ("$$\nx\n$$", "x"),
        ("\\[\nx = y\n\\]", "x = y"),
        ("\\[ x = y \\]", "x = y"),
        ("$$ x\n= y $$", "x\n= y"),
        ("$$\na\n- b\n+ c\n===\n> d\n# e\n$$", "a\n- b\n+ c\n===\n> d\n# e"),
        ("```math\nx\n```", "x"),
        ("~~~ math\nx\ny\n~~~", "x\ny"),
    ],
)
def test_formulas_on_lines_of_their_own_are_blocks(source: str, latex: str) -> None:
    for text in (source, f"before\n{source}\nafter", f"- item\n  {source}".replace("\n", "\n  ")):
        found = [block for block in blocks_of(text) if block.kind is Kind.MATHS]
        assert len(found) == 1
        [run] = found[0].runs
        assert run.maths == latex
        assert latex in run.text
        if not source.startswith("~"):
            assert run.text == source


def test_text_around_a_formula_stays() -> None:
    before, formula, after = blocks_of("so\n$$\nx\n$$\nis\n")
    assert (before.text, after.text) == ("so", "is")
    assert formula.runs == (Run("$$\nx\n$$", maths="x"),)


def test_a_formula_may_stand_in_an_item_or_a_quote() -> None:
    item, quote = blocks_of("- $$\n  x\n  $$\n\n> $$\n> x\n> $$")
    assert item.kind is quote.kind is Kind.MATHS
    assert item.runs == quote.runs
    assert (item.within, quote.within) == ((Container.ITEM,), (Container.QUOTE,))


def test_until_it_is_closed_a_formula_is_text_that_does_not_settle() -> None:
    stream = BlockStream()
    source = "before\n\n$$\na\n- b\n- c\n"
    stream.feed(source)
    assert [block.text for block in stream.settled] == ["before"]
    assert stream.blocks[1].text.startswith("$$")
    stream.feed("$$")
    assert [block.kind for block in stream.blocks] == [Kind.PARAGRAPH, Kind.MATHS]


def test_a_blank_line_ends_the_wait_for_the_end_of_a_formula() -> None:
    stream = BlockStream()
    stream.feed("$$\na\n\nb\n\n$$\n")
    assert [block.text for block in stream.settled] == ["$$ a", "b"]


def test_a_long_fence_of_maths_is_code() -> None:
    source = "```math\n" + "x\n" * 40 + "```\n"
    assert {block.kind for block in blocks_of(source)} == {Kind.CODE}
    stream = BlockStream()
    for character in source:
        stream.feed(character)
    assert stream.blocks == blocks_of(source)


def test_a_formula_says_where_its_source_is() -> None:
    text = "a\n\n$$\nx\n$$\n\nb"
    [block] = [block for block in blocks_of(text) if block.kind is Kind.MATHS]
    assert text[block.start : block.end] == "$$\nx\n$$\n"

"""Texts nobody writes: what reading a hundred thousand characters of each takes, beside prose.

`TEXTS` makes each of them in any length.
"""

import gc
import time
from collections.abc import Callable
from pathlib import Path

from app.ui.transcript.stream import BlockStream
from tests.benchmarks import sample
from tests.benchmarks.row import Row

SIZE = 100_000
STREAMED, PIECE = 1_500, 16
"""Characters of a text that comes in pieces, and of a piece."""
SHOWN = 8

_LINES = (
    *(">", "- a", "> - ", "[a", "1.", "|", "*a", "    ", "#", "a", "-", "+", "---", "===", "# a"),
    *(
        "> a",
        "```",
        "~~~",
        "<a",
        "<a>",
        "<!--",
        "</ul>",
        "<ul>",
        "$$",
        "\\[",
        "$a$",
        "[a]",
        "[a]: b",
    ),
    *("[^a]: b", "[^a]", "`", "`a`", "| a", "|-|", "|a|\n|-|", "- - - a", "    a", "\ta", "1) a"),
    *("- [ ] a", "> > > a", ">>>>", "> ```", "- ```", "> |a|\n> |-|", "- #", "- >", "a  ", "a\\"),
    *("&amp;", "<b>", "~~a", "**a**", "[a](b)", "![a](b)", "http://a.b", "!", "\\", "a\n=", "a\n-"),
    *("* a\n- a", "1. a\n1) a", "\u200b", "\0", "\t", "a|\n-|", "a\n-|", "[a\n]: b", "- a\n  - b"),
    *('[a]: <b> "c\n"', "- a\n > b", "<table><tr><td>"),
)
_APART = (
    "a",
    "#",
    "-",
    "1.",
    "- a",
    "> a",
    "[a]:b",
    "|a|\n|-|",
    "```\n```",
    "> a\n\n    b",
    "$$a$$",
)
_SIGNS = (
    *(
        ">",
        "[",
        "![",
        "[a](",
        "*a ",
        "_",
        "<",
        "$",
        "~~",
        "~~a ",
        "*",
        "a**b",
        "_a ",
        "`",
        "[a](<b",
    ),
    *(
        "<a ",
        "<!--",
        "$a ",
        "$$a ",
        "\\( ",
        "$\\{",
        "&lt;",
        "[^a]",
        "[^a]: ",
        "https://a.b ",
        "www.",
    ),
    *("|", "- ", "{", "]", "\t", "\n", " ", "a", "a ", "\\", "!", "](", "[[a]](b) ", "*a_ ", "1. "),
    *("*a* ", "`a` ", "$a$ ", "<b>a</b> ", "\\* ", "[a](b) ", "((((", "<http://a.b> ", "*`", "[`"),
    *(
        "*[",
        "[*",
        "_*",
        "x_",
        "<ul>",
        "e\u0301\u0302\u0303",
        "\U0001f468\u200d",
        "\u0627",
        "\ue0001",
    ),
)


def _repeated(unit: str) -> Callable[[int], str]:
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def _in_lines(unit: str, end: str) -> Callable[[int], str]:
    return lambda size: _repeated(_repeated(unit)(250) + end)(size)


def _ticks(size: int) -> str:
    return _repeated("a".join("`" * count for count in range(1, 400)))(size)


def _nested(before: str, sign: str) -> Callable[[int], str]:
    return lambda size: "".join(before * at + sign + "a\n" for at in range(2_000))[:size]


def _wide(columns: int, cell: str) -> Callable[[int], str]:
    head = "|" + "a|" * columns + "\n|" + "-|" * columns + "\n"
    return lambda size: head + _repeated("|" + cell * columns + "\n")(size)


def _references(size: int) -> str:
    count = size // 28
    labels = "".join(f"[a{at}] " for at in range(count))
    return labels + "\n\n" + "".join(f"[a{at}]: https://x.y/{at}\n" for at in range(count))


def _waiting(size: int) -> str:
    return "[a] text\n\n" * (size // 10) + "[a]: https://example.org/a/long/address\n"


def _notes(size: int) -> str:
    return "".join(f"[^{at}]: n\n" for at in range(size // 11))


TEXTS: dict[str, Callable[[int], str]] = {
    **{f"lines of {unit!r}": _repeated(unit + "\n") for unit in _LINES},
    **{f"{unit!r} apart": _repeated(unit + "\n\n") for unit in _APART},
    **{f"{unit!r} in a row": _repeated(unit) for unit in _SIGNS},
    **{f"paragraphs of {unit!r}": _in_lines(unit, "\n\n") for unit in _SIGNS},
    "rows of backticks": _ticks,
    "nested lists": _nested("  ", "- "),
    "nested quotes": _nested("> ", ""),
    "lists in a line": _repeated("- " * 30 + "a\n"),
    "a table of 3,000 columns": _wide(3_000, "b|"),
    "a table of 250 columns": _wide(250, "b|"),
    "a table of 250 columns, rows without cells": _wide(250, ""),
    "a table of strong cells": _wide(60, "**b**|"),
    "references": _references,
    "references that wait": _waiting,
    "footnotes": _notes,
}


def measure(_folder: Path) -> list[Row]:
    """Read every text at once, and a short one of each in pieces."""
    prose, beyond = sample.paragraph, BlockStream()
    beyond.feed("loads *what* reading needs\n\n")
    plain = min(_cost(_paragraphs(prose)) for _ in range(3))
    costs = {name: _cost(make(SIZE)) for name, make in TEXTS.items()}
    slowest = sorted(costs, key=lambda name: costs[name], reverse=True)
    parsed = {name: _parsed(make(STREAMED)) for name, make in TEXTS.items()}
    most = max(parsed, key=lambda name: parsed[name])
    ratio = costs[slowest[0]] / plain
    return [
        Row("prose of 100,000 characters", plain, "ms"),
        Row("slowest hostile text / prose", ratio, "×", 40, f"{slowest[0]}, of {len(TEXTS)}"),
        *(Row(name, costs[name], "ms") for name in slowest[:SHOWN]),
        Row("read per character, in pieces", parsed[most], "", None, f"{most}, {PIECE} at a time"),
    ]


def _paragraphs(make: Callable[[int], str]) -> str:
    text = make(SIZE)
    return "\n\n".join(text[at : at + 500] for at in range(0, SIZE, 500))


def _cost(text: str) -> float:
    """Return the milliseconds of CPU it takes to read so many characters of a text."""
    gc.collect()
    stream = BlockStream()
    begun = time.process_time()
    stream.feed(text)
    assert isinstance(stream.blocks, list)
    return (time.process_time() - begun) * 1_000 * SIZE / len(text)


def _parsed(text: str) -> float:
    """Return how many characters are read for each that comes, in small pieces."""
    stream = BlockStream()
    for at in range(0, len(text), PIECE):
        stream.feed(text[at : at + PIECE])
        assert isinstance(stream.tail, tuple)
    return stream.parsed / len(text)

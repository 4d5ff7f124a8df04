"""CommonMark: the examples of its specification say here what they say there.

The examples are in `commonmark.json`; their licence (CC BY-SA 4.0) stands in it.
"""

import json
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from app.ui.transcript.blocks import Block, Kind, code_at
from app.ui.transcript.markdown import read
from app.ui.transcript.stream import BlockStream

EXAMPLES: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("commonmark.json").read_text("utf-8")
)["examples"]

WITH_HTML = 72
"""Examples that hold HTML. It shows as its source, so what they are compared with is
the specification's HTML with the tags of the source escaped, as markdown-it has it."""

EXCEPTIONS = {
    574: "an image in the description of an image: the addresses of both are shown",
}


class _Text(HTMLParser):
    """What a page says, and the code on it. An image is its description and address."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._parts: list[str] = []
        self._code: list[str] | None = None
        self.codes: list[str] = []
        self.feed(page)
        self.close()

    @property
    def text(self) -> str:
        return " ".join("".join(self._parts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            at = dict(attrs)
            self._parts.append(f"{at.get('alt') or ''} ({at['src']})".lstrip())
        elif tag == "br":
            self._parts.append("\n")
        elif tag == "pre":
            self._code = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre" and self._code is not None:
            self.codes.append("".join(self._code))
            self._code = None

    def handle_data(self, data: str) -> None:
        self._parts.append(data)
        if self._code is not None:
            self._code.append(data)


def _reference() -> MarkdownIt:
    parser = MarkdownIt("commonmark")
    for rule in ("html_block", "html_inline"):
        parser.add_render_rule(rule, lambda _, tokens, i, options, env: escape(tokens[i].content))
    return parser


REFERENCE = _reference()


def has_html(markdown: str) -> bool:
    tokens = REFERENCE.parse(markdown)
    inline = (child for token in tokens for child in token.children or ())
    return any(token.type.startswith("html") for token in (*tokens, *inline))


def expected(example: dict[str, Any]) -> _Text:
    markdown = example["markdown"]
    return _Text(REFERENCE.render(markdown) if has_html(markdown) else example["html"])


def one_shot(text: str) -> list[Block]:
    return [block for unit in read(text, 0, None, {}).units for block in unit.blocks]


def text_of(blocks: list[Block]) -> str:
    return " ".join("\n".join(block.text for block in blocks).split())


@pytest.fixture
def open_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every link be one: most in the examples are relative, which here are text."""
    monkeypatch.setattr("app.ui.transcript.markdown.host_of", lambda address: "any")


def test_all_examples_of_the_specification_are_here() -> None:
    assert [example["example"] for example in EXAMPLES] == list(range(1, 653))
    assert sum(has_html(example["markdown"]) for example in EXAMPLES) == WITH_HTML


@pytest.mark.usefixtures("open_gate")
def test_every_example_says_what_the_specification_says() -> None:
    different = set()
    for example in EXAMPLES:
        stream = BlockStream()
        stream.feed(example["markdown"])
        if text_of(stream.blocks) != expected(example).text:
            different.add(example["example"])
    assert different == EXCEPTIONS.keys()


@pytest.mark.usefixtures("open_gate")
def test_code_of_every_example_is_kept_to_the_space() -> None:
    for example in EXAMPLES:
        if has_html(example["markdown"]):
            continue
        stream = BlockStream()
        stream.feed(example["markdown"])
        blocks = stream.blocks
        begins = [i for i, b in enumerate(blocks) if b.kind is Kind.CODE and b.is_first]
        assert [code_at(blocks, i) for i in begins] == _Text(example["html"]).codes


@pytest.mark.parametrize("is_open", [False, True])
def test_every_example_is_the_same_after_every_character(
    is_open: bool, request: pytest.FixtureRequest
) -> None:
    if is_open:
        request.getfixturevalue("open_gate")
    for example in EXAMPLES:
        text, stream = example["markdown"], BlockStream()
        for i, character in enumerate(text):
            stream.feed(character)
            assert stream.blocks == one_shot(text[: i + 1]), example["example"]


def test_every_example_cut_in_two_is_the_same() -> None:
    for example in EXAMPLES:
        text = example["markdown"]
        whole = one_shot(text)
        for i in range(0, len(text), 5):
            stream = BlockStream()
            stream.feed(text[:i])
            stream.feed(text[i:])
            assert stream.blocks == whole, (example["example"], i)


def test_every_character_of_an_example_with_html_is_shown() -> None:
    for example in EXAMPLES:
        if example["section"] not in ("HTML blocks", "Raw HTML"):
            continue
        shown = text_of(one_shot(example["markdown"]))
        for tag in ("<div", "<a", "<del>", "<!--", "<?php", "<![CDATA[", "</"):
            assert shown.count(tag) == example["markdown"].count(tag)


def test_a_link_that_is_not_safe_to_follow_shows_as_its_source() -> None:
    for source in ("[a](/b)", "[a](javascript:b)", "![a](file:///b)", "<mailto:a@b.c>", "[a]: /b"):
        [block] = one_shot(source)
        assert block.text == (source if source[0] != "<" else "<mailto:a@b.c>")


def test_definitions_show_nothing_and_are_found_by_their_label() -> None:
    text = "[Foo *bar*][] [x][FOO  *BAR*] [foo *bar*]\n\n[foo *bar*]: <https://a.b> 'title'"
    [block] = one_shot(text)
    assert block.text == "Foo bar x foo bar"
    assert {run.link for run in block.runs if run.text.strip()} == {"https://a.b"}

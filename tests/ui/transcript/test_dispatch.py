"""Rules that are not asked would have said no: what is read is what markdown-it reads."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.rules_core import inline
from markdown_it.token import Token

from app.ui.transcript import autolinks, dispatch, footnotes, formula_source, leaves, tasks
from tests.ui.transcript.test_commonmark import EXAMPLES
from tests.ui.transcript.test_incremental import BLOCKS, LINES, LINKS, SIGNS, TABLES, TARGETS, WORDS

ODD = [
    "\t",
    "===\n",
    "\n---\n",
    "\n- \n",
    "\v",
    "\xa0",
    "\u2028",
    "1) ",
    "x  \ny",
    "x \ny",
    "h",
    "w",
]
TEXTS = st.lists(
    st.sampled_from([*LINES, *BLOCKS, *TABLES, *SIGNS, *LINKS, *TARGETS, *WORDS, *ODD]), max_size=25
).map("".join)


def parser(*, is_quick: bool) -> MarkdownIt:
    made = MarkdownIt("commonmark", {"inline_definitions": True})
    made.enable(["table", "strikethrough"])
    for extension in (formula_source, footnotes, autolinks, tasks):
        extension.teach(made)
    made.core.ruler.at("inline", inline)
    if is_quick:
        leaves.teach(made)
        dispatch.teach(made)
    return made


PLAIN, QUICK = parser(is_quick=False), parser(is_quick=True)


def tokens_of(one: MarkdownIt, text: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    environment: dict[str, Any] = {}
    return [_values(token) for token in one.parse(text, environment)], environment


def _values(token: Token) -> dict[str, Any]:
    values = dict(token.as_dict())
    if token.type.startswith("heading"):
        # How it was underlined is of no use to us.
        del values["markup"]
    return values


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_any_text_is_read_as_by_markdown_it(text: str) -> None:
    assert tokens_of(QUICK, text) == tokens_of(PLAIN, text)


def test_every_example_is_read_as_by_markdown_it() -> None:
    for example in EXAMPLES:
        text = example["markdown"]
        assert tokens_of(QUICK, text) == tokens_of(PLAIN, text)

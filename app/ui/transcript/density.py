"""Density: texts with so many signs that nobody wrote them to be read.

They show as the text they are: what the signs could mean is not worth the time
it takes to find out, which grows faster than the text.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore

_MOST_BRACKETS = 512
_MOST_SIGNS = 4_096
_SIGNS = "*_~`<&$\\!"


def is_dense(text: str) -> bool:
    """Return whether a stretch of text is shown as it is."""
    if len(text) <= _MOST_BRACKETS:
        return False
    brackets = text.count("[")
    return brackets > _MOST_BRACKETS or brackets + sum(map(text.count, _SIGNS)) > _MOST_SIGNS


def teach(parser: "MarkdownIt") -> None:
    """Let a parser leave dense texts alone."""
    parser.core.ruler.at("inline", _read)


def _read(state: "StateCore") -> None:
    from markdown_it.token import Token

    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        if not is_dense(token.content):
            state.md.inline.parse(token.content, state.md, state.env, token.children)
            continue
        for line in token.content.split("\n"):
            if token.children:
                token.children.append(Token("softbreak", "br", 0))
            token.children.append(Token("text", "", 0, content=line.strip(" \t")))

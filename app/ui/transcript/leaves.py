"""Leaves: the texts of paragraphs, headings and cells → tokens.

What has no sign in it is not looked through sign by sign, nor is what has too
many, see `density`. Importing this module imports markdown-it.
"""

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from app.ui.transcript.density import IS_DENSE, is_dense


def teach(parser: MarkdownIt) -> None:
    """Let a parser read texts at no more cost than they are worth."""
    parser.core.ruler.at("inline", _read)


def _read(state: StateCore) -> None:
    # What ends a text, but for the end of a line.
    signs = state.md.inline.terminator_re
    for token in state.tokens:
        if token.type != "inline":
            continue
        content = token.content
        if is_dense(content):
            token.children = _dense(content)
            token.meta[IS_DENSE] = True
        elif signs.search(content) is None:
            token.children = [Token("text", "", 0, content=content)] if content else []
        elif signs.search(content.replace("\n", " ")) is None:
            token.children = _lines(content)
        else:
            token.children = []
            state.md.inline.parse(content, state.md, state.env, token.children)


def _dense(content: str) -> list[Token]:
    tokens: list[Token] = []
    for line in content.split("\n"):
        if tokens:
            tokens.append(Token("softbreak", "br", 0))
        tokens.append(Token("text", "", 0, content=line.strip(" \t")))
    return tokens


def _lines(content: str) -> list[Token]:
    """Read lines with no signs in them, as markdown-it does."""
    tokens: list[Token] = []
    *lines, last = content.split("\n")
    for line in lines:
        line = line.lstrip(" \t") if tokens else line
        text = line.rstrip(" ")
        if text:
            tokens.append(Token("text", "", 0, content=text))
        tokens.append(Token("hardbreak" if len(line) > len(text) + 1 else "softbreak", "br", 0))
    last = last.lstrip(" \t")
    if last:
        tokens.append(Token("text", "", 0, content=last))
    return tokens

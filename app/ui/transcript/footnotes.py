"""Footnotes: their signs in a text, and their texts, which are shown where they stand.

A sign is raised whether or not there is a footnote of its name, so that what
comes later changes nothing. https://github.com/executablebooks/mdit-py-plugins
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

_NAME = r"\[\^([\w.:-]{1,64})\]"
_SIGN = re.compile(_NAME + r"(?![(*+?{])")
"""What follows keeps a regular expression from being one."""
_OPENING = re.compile(_NAME + ":")


def teach(parser: "MarkdownIt") -> None:
    """Let a parser know footnotes."""
    parser.block.ruler.before(
        "reference", "footnote", _read_footnote, {"alt": ["paragraph", "reference"]}
    )
    parser.inline.ruler.before("link", "footnote_sign", _read_sign)


def _read_footnote(state: "StateBlock", start: int, end: int, silent: bool) -> bool:
    from mdit_py_plugins.footnote.index import footnote_def

    first = state.bMarks[start] + state.tShift[start]
    if _OPENING.match(state.src, first, state.eMarks[start]) is None:
        return False
    return footnote_def(state, start, end, silent)


def _read_sign(state: "StateInline", silent: bool) -> bool:
    match = _SIGN.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("footnote_sign", "", 0).content = match[1]
    state.pos = match.end()
    return True

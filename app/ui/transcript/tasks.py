"""Tasks: items of lists that begin with a box.

https://github.github.com/gfm/#task-list-items-extension-
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore

IS_DONE = "is_done"
"""The key, in what a token of an item carries along, of whether its box is ticked."""

_BOX = re.compile(r"\[([ xX])\][ \t\n]+(?=\S)")


def teach(parser: "MarkdownIt") -> None:
    """Let a parser know tasks."""
    parser.core.ruler.after("block", "tasks", _read)


def _read(state: "StateCore") -> None:
    # Before the text is read, where a box could be taken for a reference.
    for item, paragraph, inline in zip(
        state.tokens, state.tokens[1:], state.tokens[2:], strict=False
    ):
        if item.type != "list_item_open" or paragraph.type != "paragraph_open":
            continue
        box = _BOX.match(inline.content)
        if box is not None:
            item.meta[IS_DONE] = box[1] != " "
            inline.content = inline.content[box.end() :]

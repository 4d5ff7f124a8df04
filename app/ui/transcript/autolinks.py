"""Autolinks: addresses that stand in a text with nothing around them.

Only those that begin with http://, https:// or www.; an address of e-mail stays
text. https://github.github.com/gfm/#autolinks-extension-
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

_BEGINNING = r"(?<![^\s*_~(])(?:https?://|www\.)"
_BEGINNINGS = (r"h(?<![^\s*_~(]h)ttps?://", r"w(?<![^\s*_~(]w)ww\.")
# An address ends at a space, at the punctuation of Chinese and Japanese, and at a
# backslash, which is read in more than one way.
_ADDRESS = re.compile(_BEGINNING + r"[^\s<\\\u3000-\u303f\uff00-\uffef]{1,2048}")
_DOMAIN = re.compile(r"(?:https?://|www\.)([\w-]+(?:\.[\w-]+)*)(?=[^\w-]|$)")
_ENTITY = re.compile(r"&[A-Za-z0-9]+;$")


def teach(parser: "MarkdownIt") -> None:
    """Let a parser know bare addresses."""
    # The signs any rule here begins with, one after the other and not as a set,
    # which is what keeps the search fast.
    signs = [re.escape(sign) for sign in "\n!$&*<[\\]_`~"]
    parser.inline.terminator_re = re.compile("|".join([*signs, *_BEGINNINGS]))
    parser.inline.ruler.after("text", "bare_address", _read)


def address_at(source: str, start: int) -> int | None:
    """Return where the bare address that begins at a place ends."""
    match = _ADDRESS.match(source, start)
    if match is None:
        return None
    domain = _DOMAIN.match(source, start, match.end())
    if domain is None:
        return None
    parts = domain[1].split(".")
    if "_" in "".join(parts[-2:]) or (source[start] == "w" and len(parts) < 2):
        return None
    return max(_without_closing(source, start, match.end()), domain.end())


def _without_closing(source: str, start: int, end: int) -> int:
    """Take off the punctuation behind an address."""
    surplus = source.count(")", start, end) - source.count("(", start, end)
    while True:
        last = source[end - 1]
        if last in "?!.,:*_~'\"[]":
            end -= 1
        elif last == ")" and surplus > 0:
            end, surplus = end - 1, surplus - 1
        elif last == ";":
            entity = _ENTITY.search(source, max(start, end - 40), end)
            end = entity.start() if entity else end - 1
        else:
            return end


def _read(state: "StateInline", silent: bool) -> bool:
    if silent or state.linkLevel > 0 or state.src[state.pos] not in "hw":
        # Not in silence: the text of a link may hold an address, as text.
        return False
    end = address_at(state.src[: state.posMax], state.pos)
    if end is None:
        return False
    text = state.src[state.pos : end]
    address = state.md.normalizeLink(text if text[0] == "h" else "http://" + text)
    if not state.md.validateLink(address):
        return False
    state.push("link_open", "a", 1).attrs = {"href": address}
    state.push("text", "", 0).content = text
    state.push("link_close", "a", -1)
    state.pos = end
    return True

"""Density: texts with so many signs that nobody wrote them to be read.

They show as the text they are: what the signs could mean is not worth the time
it takes to find out, which grows faster than the text.
"""

import re

IS_DENSE = "is_dense"
"""The key, in what a token of a text carries along, of whether that is shown as it is."""

_MOST_BRACKETS = 512
_DEEPEST = 32
"""Brackets that are open at once."""
_MOST_SIGNS = 2_048
_BRACKET = re.compile(r"[][]")
_OTHERS = bytes(set(range(128)) - set(b"[]"))
_SIGNS = "[*_~`<&$\\!"


def is_dense(text: str) -> bool:
    """Return whether a stretch of text is shown as it is."""
    brackets = text.count("[")
    if brackets > _DEEPEST and (brackets > _MOST_BRACKETS or _is_deep(text)):
        return True
    return len(text) > _MOST_SIGNS and signs_in(text) > _MOST_SIGNS


def _is_deep(text: str) -> bool:
    """Return whether too many brackets are open at once."""
    left = text.encode("ascii", "ignore").translate(None, _OTHERS)
    # Pairs with nothing in them, then those around them: nearly always that is all.
    for layers in range(_DEEPEST):
        rest = left.replace(b"[]", b"")
        if len(rest) == len(left):
            return layers + left.count(b"[") > _DEEPEST and _depth(text) > _DEEPEST
        left = rest
    return _depth(text) > _DEEPEST


def _depth(text: str) -> int:
    """Return how many brackets are open at once, at most."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(text):
        depth = depth + 1 if bracket == "[" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


def signs_in(text: str) -> int:
    """Return how many signs a text has that may mean something."""
    return sum(map(text.count, _SIGNS))

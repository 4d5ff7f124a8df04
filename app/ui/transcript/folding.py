"""Folding: texts as they are compared, where what people type alike is alike.

Folded away are upper case, marks on Latin, Greek and Cyrillic letters, wide forms and
ligatures, curly quotes, and what does not show. White space stays as it is. A sign is
folded by itself: a text may be folded in pieces.
Source: https://www.unicode.org/reports/tr15/, CaseFolding.txt of Unicode.
"""

import re
import unicodedata

_QUOTES = {"‘": "'", "’": "'", "‛": "'", "“": '"', "”": '"', "‟": '"'}  # noqa: RUF001 - meant
_UNSEEN = (
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
)
_MARKS = "\u0300-\u036f"
_FOLDED = re.compile(
    f"[{_UNSEEN}{_MARKS}{''.join(_QUOTES)}"
    "\u00a8-\u024f\u1e00-\u1eff"  # Latin
    "\u0390\u03ac-\u03b0\u03c2\u03ca-\u03ce\u1f00-\u1fff"  # Greek, as far as it has marks
    "\u0439\u0450\u0451\u0453\u0457\u045c-\u045e"  # Cyrillic, as far as it has
    "\u2100-\u214f\ufb00-\ufb06\uff01-\uff5e]"  # of other forms
)
"""Signs that may be more to fold than their case is."""
_DROPPED = re.compile(f"[{_UNSEEN}{_MARKS}]")
_known: dict[str, str] = {}


def fold(text: str) -> str:
    """Return a text as it is compared."""
    text = text.lower()
    return text if text.isascii() else _FOLDED.sub(_replacement, text)


def places(text: str) -> list[int]:
    """Return, for each character of the folded text and its end, where it stands in the text.

    In UTF-16 units.
    """
    result: list[int] = []
    at = 0
    for character in text:
        result += [at] * len(fold(character))
        at += 2 if character > "\uffff" else 1
    result.append(at)
    return result


def _replacement(match: re.Match[str]) -> str:
    sign = match.group()
    folded = _known.get(sign)
    if folded is None:
        folded = _known[sign] = _fold_sign(sign)
    return folded


def _fold_sign(sign: str) -> str:
    if sign in _QUOTES:
        return _QUOTES[sign]
    parts = unicodedata.normalize("NFKD", sign)
    if parts.startswith(" "):
        # A mark that stands by itself is no space.
        return sign
    return _DROPPED.sub("", parts.casefold())

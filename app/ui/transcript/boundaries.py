"""Boundaries: where characters, words and lines of a text begin and end.

Offsets are in UTF-16 code units. What a word is, Unicode says, not spaces.
https://www.unicode.org/reports/tr29/
"""

from array import array
from enum import Enum, auto
from unicodedata import category

from PySide6.QtCore import QTextBoundaryFinder

_LINE_END = "\u2028"


class Grain(Enum):
    """What is marked at once."""

    CHARACTER = auto()
    WORD = auto()
    LINE = auto()
    """To the next line end that is in the text."""
    BLOCK = auto()


def word_at(text: str, offset: int, *, is_behind: bool) -> tuple[int, int]:
    """Return where the word at an offset begins and ends.

    `is_behind` tells which is meant where two words meet: the one before.
    """
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Word, text)
    finder.setPosition(offset)
    if not finder.isAtBoundary():
        return finder.toPreviousBoundary(), finder.toNextBoundary()
    wide = _units(text)
    before = max(finder.toPreviousBoundary(), 0) if offset else offset
    finder.setPosition(offset)
    after = finder.toNextBoundary() if offset < len(wide) else offset
    is_before = before < offset and (
        (is_behind and _is_word(wide[offset - 1])) or after <= offset or not _is_word(wide[offset])
    )
    return (before, offset) if is_before else (offset, max(after, offset))


def line_at(text: str, offset: int) -> tuple[int, int]:
    """Return where the line at an offset begins and ends, without its line end."""
    wide = _units(text)
    start = wide.rfind(_LINE_END, 0, offset) + 1
    end = wide.find(_LINE_END, offset)
    return start, len(wide) if end < 0 else end


def character_beyond(text: str, offset: int, step: int) -> int | None:
    """Return the next boundary of a character as people see it; None beyond the text."""
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, text)
    finder.setPosition(offset)
    found = finder.toNextBoundary() if step > 0 else finder.toPreviousBoundary()
    return None if found < 0 else found


def word_beyond(text: str, offset: int, step: int) -> int | None:
    """Return the next beginning of a word, or the end of the text; None beyond it."""
    wide = _units(text)
    if offset == (len(wide) if step > 0 else 0):
        return None
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Word, text)
    finder.setPosition(offset)
    while (found := finder.toNextBoundary() if step > 0 else finder.toPreviousBoundary()) > 0:
        if found < len(wide) and _is_word(wide[found]):
            return found
    return len(wide) if step > 0 else 0


def cut(text: str, start: int, end: int) -> str:
    """Return a stretch of a text."""
    if text.isascii():
        return text[start:end]
    code = text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end]
    return code.decode("utf-16-le", "surrogatepass")


def _units(text: str) -> str:
    """Return a text in which each UTF-16 unit is a character."""
    if text.isascii():
        return text
    return "".join(map(chr, array("H", text.encode("utf-16-le", "surrogatepass"))))


def _is_word(character: str) -> bool:
    return category(character)[0] not in "PZ" and category(character) != "Cc"

"""Think: a reply that begins with `<think>` → its thoughts apart from its text; no I/O.

Law: only the very beginning of a reply is looked at, no word is lost, nothing
that was handed out is recast, and any cutting of the text gives the same.
"""

from enum import Enum, auto

_OPEN = "<think>"
_CLOSE = "</think>"


class _Place(Enum):
    BEGINNING = auto()
    THOUGHTS = auto()
    GAP = auto()
    """After the closing tag, before the first word of the text."""
    TEXT = auto()


class Splitter:
    """The words of one reply; what may be half a tag is held back."""

    def __init__(self) -> None:
        self._place = _Place.BEGINNING
        self._blanks: list[str] = []
        """Whose worth depends on what follows them; a list, for there may be many."""
        self._tag = ""
        """What may be the first half of one."""
        self._has_thoughts = False

    def take(self, part: str) -> tuple[str, str]:
        """Return what this part adds, as (text, thoughts)."""
        thoughts = ""
        if part and self._place is _Place.BEGINNING:
            part = self._begin(part)
        if part and self._place is _Place.THOUGHTS:
            thoughts, part = self._think(part)
        if part and self._place is _Place.GAP:
            part = self._bridge(part)
        return part, thoughts

    def finish(self) -> tuple[str, str]:
        """Return what was held back, once nothing more will come, as (text, thoughts)."""
        held, self._tag = self._after_blanks(self._tag), ""
        if self._place is _Place.THOUGHTS:
            # Blanks alone are no thoughts.
            return "", held if held.strip() else ""
        return held, ""

    def _begin(self, part: str) -> str:
        """Return what is left to look at once it is known how the reply begins."""
        if not self._tag:
            told = part.lstrip()
            self._blanks.append(part[: len(part) - len(told)])
            part = told
        part, self._tag = self._tag + part, ""
        if part.startswith(_OPEN):
            self._place = _Place.THOUGHTS
            self._blanks.clear()
            return part[len(_OPEN) :]
        if _OPEN.startswith(part):
            self._tag = part
            return ""
        self._place = _Place.TEXT
        return self._after_blanks(part)

    def _think(self, part: str) -> tuple[str, str]:
        """Return the thoughts in this part, and what follows them."""
        thoughts, closed, rest = (self._tag + part).partition(_CLOSE)
        self._tag = "" if closed else _half_tag(thoughts)
        thoughts = thoughts.removesuffix(self._tag)
        # Some models open and close the tag with nothing but blank lines between.
        if not self._has_thoughts and not thoughts.strip():
            self._blanks.append(thoughts)
            thoughts = ""
        elif thoughts:
            thoughts = self._after_blanks(thoughts)
            self._has_thoughts = True
        if closed:
            self._place = _Place.GAP
            self._blanks.clear()
        return thoughts, rest

    def _bridge(self, part: str) -> str:
        """Return the text without the blank lines before it."""
        told = part.lstrip()
        _, line_end, blanks = part[: len(part) - len(told)].rpartition("\n")
        if line_end:
            self._blanks.clear()
        self._blanks.append(blanks)
        if not told:
            return ""
        self._place = _Place.TEXT
        return self._after_blanks(told)

    def _after_blanks(self, words: str) -> str:
        words = "".join(self._blanks) + words
        self._blanks.clear()
        return words


def _half_tag(words: str) -> str:
    sizes = range(len(_CLOSE) - 1, 0, -1)
    return next((_CLOSE[:n] for n in sizes if words.endswith(_CLOSE[:n])), "")

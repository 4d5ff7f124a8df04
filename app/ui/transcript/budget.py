"""Budget: how much of a text is read as Markdown, by what that costs.

Text earns, and what is read of it spends: many times as much where every word is a
block of its own as in prose. Where all is spent what follows is shown as it was
written, until enough was earned again; see `stretch`. All is counted in characters.
"""

from app.ui.transcript.density import signs_in

MOST = 65_536
"""What a text may spend before it has earned it."""

_LINE = 4
_SIGN = 2
_BLOCK = 16
_QUOTE = 16
"""What each costs to read, beside the letters in it."""


class Budget:
    """What a text may still spend. The same for every way in which it may come."""

    def __init__(self) -> None:
        self._left = MOST

    @property
    def is_spent(self) -> bool:
        """Whether no more is read for now."""
        return self._left < 0

    @property
    def is_earned(self) -> bool:
        """Whether it may be read on."""
        return self._left >= MOST // 2

    def earn(self, length: int) -> None:
        """Take in characters that cost nothing."""
        self._left = min(self._left + length, MOST)

    def spend(self, source: str, blocks: int = 0) -> None:
        """Pay for lines that were read as so many blocks."""
        source = source.rstrip()
        cost = _LINE * (source.count("\n") + 1) + _SIGN * signs_in(source) + _BLOCK * blocks
        # Quotes in quotes.
        cost += _QUOTE * (source.count("> >") + source.count(">>"))
        self._left = min(self._left + len(source) - cost, MOST)

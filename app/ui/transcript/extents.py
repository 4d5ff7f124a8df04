"""Extents: how much text parts have, remembered.

A resized window asks for the height of everything that was read, of which there may
be fifty thousand parts. None of their texts is looked at again for that.
"""

from collections.abc import Callable

from app.ui.theme import Theme
from app.ui.transcript.blocks import Block, Container, Kind
from app.ui.transcript.layout import estimate, letters_in_line
from app.ui.transcript.parts import Part
from app.ui.transcript.prose import indent_of

Extent = tuple[int, int]
"""Characters, and the line ends among them."""

_TEXTS = (Kind.PARAGRAPH, Kind.HEADING, Kind.PLAIN)


def extent_of(part: Part) -> Extent | None:
    """Return how much text a part has; None if its height does not follow from that."""
    if not isinstance(part, Block) or part.kind not in _TEXTS:
        return None
    texts = [run.text for run in part.runs]
    return sum(map(len, texts)), sum(text.count("\n") for text in texts)


class Guess:
    """About how high parts of known extents are, at one width in one theme."""

    def __init__(self, width_of: Callable[[Part], int], theme: Theme) -> None:
        self._width_of = width_of
        self._theme = theme
        self._line = theme.type.transcript.line
        self._letters: dict[tuple[Container, ...], int] = {}
        """Characters in a line, by what that stands in."""

    def height(self, part: Part, extent: Extent | None) -> int:
        """Return about how high a part will be."""
        if extent is None or not isinstance(part, Block):
            return estimate(part, self._width_of(part), self._theme)
        letters = self._letters.get(part.within)
        if letters is None:
            room = self._width_of(part) - indent_of(part, self._theme)
            letters = self._letters[part.within] = letters_in_line(room, self._theme)
        length, breaks = extent
        return (max(-(-length // letters), 1) + breaks) * self._line

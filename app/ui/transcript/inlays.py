"""Inlays: drawings in place of stretches of a text, and what that does to positions in it."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtGui import QColor, QPainter

from app.ui.transcript.spans import Selected
from app.ui.transcript.utf16 import characters

OBJECT = "\ufffc"
"""What stands in Qt's text for a drawing."""


class Drawing(Protocol):
    """Something as high as a letter or higher, with a baseline. Sizes in pixels."""

    @property
    def width(self) -> float: ...

    @property
    def ascent(self) -> float: ...

    @property
    def descent(self) -> float: ...

    def draw(self, painter: QPainter, x: float, baseline: float, colour: QColor) -> None:
        """Draw it with its left edge and its baseline here."""
        ...


@dataclass(frozen=True, slots=True)
class Inlay:
    """A drawing in place of a stretch of text. Positions in UTF-16 units."""

    start: int
    end: int
    drawing: Drawing


class Places:
    """Where positions in the text as given are in the text with objects, and back."""

    def __init__(self, inlays: Sequence[Inlay]) -> None:
        self._starts = [it.start for it in inlays]
        self._ends = [it.end for it in inlays]
        self._objects: list[int] = []
        gone = 0
        for it in inlays:
            self._objects.append(it.start - gone)
            gone += it.end - it.start - 1

    def marked(self, mark: Selected) -> Selected:
        """Return a mark in the text with objects."""
        start, end = self.shown(mark.start), self.shown(mark.end, is_end=True)
        return replace(mark, start=start, end=end)

    def shown(self, position: int, *, is_end: bool = False) -> int:
        """Return a position in the text with objects.

        Inside what a drawing stands for that is in front of it, or behind it for
        an end, so that whoever has a part of it has it all.
        """
        index = bisect_right(self._starts, position) - 1
        if index < 0:
            return position
        if position >= self._ends[index]:
            return self._objects[index] + 1 + position - self._ends[index]
        return self._objects[index] + (is_end and position > self._starts[index])

    def given(self, position: int) -> int:
        """Return a position in the text as it was given."""
        index = bisect_right(self._objects, position) - 1
        if index < 0:
            return position
        if position == self._objects[index]:
            return self._starts[index]
        return self._ends[index] + position - self._objects[index] - 1


def with_objects(text: str, inlays: Sequence[Inlay]) -> str:
    """Return a text with an object in place of what each drawing stands for."""
    parts, at, position = [], 0, 0
    for it in inlays:
        start = at + characters(text[at:], it.start - position)
        parts += [text[at:start], OBJECT]
        at = start + characters(text[start:], it.end - it.start)
        position = it.end
    return "".join([*parts, text[at:]])

"""Spans: stretches of a text that look different, or are marked. Values only."""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QTextCharFormat


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that looks different. Positions in UTF-16 units."""

    start: int
    end: int
    format: QTextCharFormat


@dataclass(frozen=True, slots=True)
class Selected:
    """A stretch of text that is marked, by the person or for them. Positions in UTF-16 units.

    One that goes on beyond the text reaches further than the text does.
    """

    start: int
    end: int
    background: QColor
    text: QColor

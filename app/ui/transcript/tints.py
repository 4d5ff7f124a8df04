"""Tints: which stretches of a piece of code have which colour. Values only."""

from enum import IntEnum
from typing import NamedTuple

from PySide6.QtGui import QColor

from app.ui.theme import Theme


class Colour(IntEnum):
    """What a stretch of code is, as far as it has a colour."""

    KEYWORD = 1
    STRING = 2
    NUMBER = 3
    COMMENT = 4
    NAME = 5


class Tint(NamedTuple):
    """A stretch of a piece of code. Positions in UTF-16 units."""

    start: int
    end: int
    colour: Colour


def ink(colour: Colour, theme: Theme) -> QColor:
    """Return the colour something has in a theme."""
    colours = theme.colours
    match colour:
        case Colour.KEYWORD:
            return colours.code_keyword
        case Colour.STRING:
            return colours.code_string
        case Colour.NUMBER:
            return colours.code_number
        case Colour.COMMENT:
            return colours.code_comment
        case Colour.NAME:
            return colours.code_name

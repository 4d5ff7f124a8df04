"""Texts: what of a message is text, and can be pointed at, marked and copied.

Names, feet and notices are not. Offsets are in UTF-16 code units.
"""

from dataclasses import dataclass

from app.ui.transcript.blocks import Block, Kind
from app.ui.transcript.layout import Layout
from app.ui.transcript.parts import Part
from app.ui.transcript.utf16 import shown, units


@dataclass(frozen=True, slots=True)
class Text:
    """A block of text on the page."""

    block: Block
    layout: Layout | None
    """None where it is not laid out."""
    left: int
    """From the left edge of the column."""
    width: int


def is_text(part: Part) -> bool:
    """Return whether a part of a message is text."""
    return isinstance(part, Block) and part.kind is not Kind.RULE


def text_of(block: Block) -> str:
    """Return the text of a block as it can be pointed at, and as Qt can hold it."""
    text = block.text
    is_cut = block.kind is Kind.PLAIN and not block.is_last
    if is_cut or block.kind in (Kind.CODE, Kind.TABLE, Kind.MATHS):
        # The line end a piece ends with shows as the beginning of the next.
        text = text.removesuffix("\n")
    return shown(text)


def length_of(block: Block) -> int:
    """Return how many units of a block can be pointed at."""
    return units(text_of(block))

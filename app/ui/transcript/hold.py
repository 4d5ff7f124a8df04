"""Hold: the line a reader has at the top, found again at another width or size.

A position counts pixels from the top of its block; where lines are broken anew, or
are higher, those pixels are other words. Whoever goes there and back uses one hold
for both ways, and is where they were, to the pixel.
"""

from dataclasses import dataclass, replace

from app.ui.transcript.position import Position
from app.ui.transcript.selection import TextPosition
from app.ui.transcript.wide_page import WidePage


@dataclass(frozen=True, slots=True)
class _Line:
    at: TextPosition
    """Where it begins."""
    inside: int
    """Pixels of it above the view."""
    height: int


@dataclass(frozen=True, slots=True)
class Hold:
    """A position, and what it is in."""

    position: Position
    height: int = 0
    """Of its block; 0 where pixels are all that is known, or all that counts."""
    line: _Line | None = None
    """None where what is at the position is no text."""

    def found_in(self, column: WidePage) -> Position:
        """Return where the same is now; it is laid out for it."""
        position = self.position
        place = column.place_now(position)
        if place is None or not self.height:
            return position
        height = column.row_height(place, exact=True)
        line = None if self.line is None else column.caret_of(self.line.at, exact=True)
        if self.line is None or line is None:
            return replace(position, offset=position.offset * height // self.height)
        above = line.top() - column.top_of(replace(place, offset=0))
        inside = self.line.inside * line.height() // self.line.height
        return replace(position, offset=above + inside)


def hold(column: WidePage, position: Position) -> Hold:
    """Take hold of what is at a position, as it is laid out now."""
    place = column.place_now(position)
    # What is above a block is as high at every size.
    if place is None or position.offset <= 0 or not column.is_drawable(position):
        return Hold(position)
    height, y = column.row_height(place), column.top_of(place)
    for x in (0, column.width):
        # Where lines begin, be it at the right.
        at = column.text_at(x, y)
        line = None if at is None else column.caret_of(at)
        if at is None or line is None or (at.message_id, at.place) != _key(position):
            break
        if line.top() <= y < line.top() + line.height():
            return Hold(position, height, _Line(at, y - line.top(), line.height()))
    return Hold(position, height)


def _key(position: Position) -> tuple[int | None, int]:
    return position.message_id, position.block

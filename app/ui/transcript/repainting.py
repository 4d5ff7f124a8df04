"""Repainting: what of the view is painted again, and what is only moved.

Whoever changes the column takes a mark of what shows, and has the view repainted
against that once the column is as it is to be.
"""

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.ui.transcript.position import Position
from app.ui.transcript.wide_page import WidePage

REACH = 12
"""Pixels that rings and washes may stand out from what they are around."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that shows, and how far from the top of the view."""

    position: Position
    y: int
    end: int
    """Where the last message ends, likewise."""


class Repainting:
    """Repaints the view of a column. `top` is how much of it is above the view."""

    def __init__(self, view: QWidget, column: WidePage) -> None:
        self._view = view
        self._column = column

    def mark(self, top: int) -> Mark | None:
        """Return the first thing that shows, if it shows as it should."""
        if not self._column.height:
            return None
        position = self._column.position_at(top)
        if not self._column.is_drawable(position):
            return None
        end = self._column.content_height - top
        return Mark(Position(position.message_id, position.block), -position.offset, end)

    def repaint(self, mark: Mark | None, top: int, gap: int, *, is_ringed: bool) -> None:
        """Repaint what changed: move what only moved, from the first change down.

        The `gap` above the mark belongs to what changes with it. `is_ringed` tells
        whether something stands out from a message.
        """
        touched = self._column.touched
        place = None
        if mark is not None and self._column.is_drawable(mark.position):
            place = self._column.place_now(mark.position)
        view = self._view
        if mark is None or place is None:
            view.update()
        else:
            y = self._column.top_of(place) - top
            shift = y - mark.y
            if not self._scroll_pixels(shift):
                view.update()
            else:
                changes = [self._column.first_difference(*it) for it in touched]
                below = [it - top for it in changes if it is not None and it - top >= y - gap]
                reach = REACH if is_ringed else 0
                first = max(min(below, default=view.height()) - reach, 0)
                # Below the last message there is nothing, now as before.
                end = max(self._column.content_height - top, mark.end + shift) + REACH
                last = min(end, view.height())
                if first < last:
                    view.update(0, first, view.width(), last - first)
        touched.clear()

    def _scroll_pixels(self, shift: int) -> bool:
        """Move the picture; return whether what it leaves will be repainted."""
        if not shift:
            return True
        view = self._view
        # Between two physical pixels a picture cannot be moved without blur.
        if abs(shift) >= view.height() or not view.devicePixelRatioF().is_integer():
            return False
        view.scroll(0, shift)
        return True

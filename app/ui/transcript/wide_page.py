"""Wide page: the page with what is wider than the column, scrolled sideways.

Pointing finds what is laid out. Nothing is laid out for scrolling.
"""

from dataclasses import dataclass

from PySide6.QtCore import QRect

from app.ui.transcript.blocks import Align, Block, Cell
from app.ui.transcript.message import MessageLayout
from app.ui.transcript.selection import TextPosition
from app.ui.transcript.shifts import Bar, Key, Slide, Wide
from app.ui.transcript.targets import Spot
from app.ui.transcript.text_page import TextPage


@dataclass(frozen=True, slots=True)
class Strip:
    """A piece of what can be scrolled sideways."""

    key: Key
    room: int
    """How much of its width shows."""
    slide: Slide
    bar: Bar | None
    left: int
    """Where its layout begins in the column."""
    content_x: int
    """Where what shows of it begins in its layout."""
    top: int

    @property
    def handle(self) -> QRect:
        """Return where the handle of its bar is in the column; empty if it has none."""
        return QRect() if self.bar is None else self._placed(self.bar.handle(self.slide))

    @property
    def track(self) -> QRect:
        """Return where its bar is in the column; empty if it has none."""
        return QRect() if self.bar is None else self._placed(self.bar.track)

    def beyond(self, x: int) -> int:
        """Return how far an x of the column is beyond what shows, where more can be shown.

        Below 0 at the left.
        """
        left = self.left + self.content_x
        if x < left and self.slide.shift > 0:
            return x - left
        has_more = self.slide.shift < self.slide.width - self.room
        return max(x - left - self.room, 0) if has_more else 0

    def shift_at(self, left: int) -> int:
        """Return the shift at which the handle begins at `left` in the column."""
        return 0 if self.bar is None else self.bar.shift_at(left - self.left, self.slide)

    def _placed(self, area: QRect) -> QRect:
        return area.translated(self.left, self.top)


class WidePage(TextPage):
    """The messages in view, and how far their code and tables are scrolled."""

    def strip_at(self, x: int, y: int) -> Strip | None:
        """Return what can be scrolled at a point."""
        message_id = self.message_at(y)
        layout = None if message_id is None else self._layouts.get(message_id)
        if layout is None or not layout.count or not 0 <= x < self.width:
            return None
        inside = y - self._top(self._index[layout.id])
        row = layout.heights.find(inside)
        wide = layout.wide(row)
        if wide is None or not 0 <= inside - layout.top(row) < wide.height:
            return None
        return self._strip(layout, row, wide)

    def strip_of(self, spot: Spot) -> Strip | None:
        """Return what can be scrolled in which a target stands."""
        found = self._found(spot.message_id, spot.place)
        return None if found is None else self._strip(*found)

    def strip_of_text(self, position: TextPosition) -> Strip | None:
        """Return what can be scrolled in which a text position is."""
        found = self._found(position.message_id, position.place)
        return None if found is None else self._strip(*found)

    def shift_for_text(self, position: TextPosition) -> int:
        """Return the nearest shift at which a text position shows."""
        found = self._found(position.message_id, position.place)
        if found is None:
            return 0
        layout, row, wide = found
        slide = self.shifts.slide(layout.key(row), wide.room)
        return wide.shift_for_text(position.offset, slide)

    def shift_for(self, spot: Spot) -> int:
        """Return the nearest shift at which a target shows."""
        found = self._found(spot.message_id, spot.place)
        if found is None:
            return 0
        layout, row, wide = found
        return wide.shift_for(spot.index, self.shifts.slide(layout.key(row), wide.room))

    def areas_of_whole(self, key: Key) -> list[QRect]:
        """Return where the pieces of a whole are, as far as they are laid out."""
        message, layout = self._index.get(key[0]), self._layouts.get(key[0])
        areas: list[QRect] = []
        if message is None or layout is None or not layout.count:
            return areas
        row = layout.row_of(key[1])
        while row < layout.count and layout.key(row) == key:
            wide = layout.wide(row)
            if wide is not None:
                top = self._top(message) + layout.top(row)
                areas.append(QRect(0, top, self.width, wide.height))
            row += 1
        return areas

    def table(self, spot: Spot) -> tuple[tuple[tuple[Cell, ...], ...], tuple[Align, ...]]:
        """Return all rows of the table at which a target stands, and how columns stand."""
        return self._layouts[spot.message_id].table(spot.place)

    def block_at(self, y: int) -> tuple[Block, Spot] | None:
        """Return the block of text at a height, and its place as that of a first target."""
        message_id = self.message_at(y)
        layout = None if message_id is None else self._layouts.get(message_id)
        if layout is None or not layout.count:
            return None
        row = layout.heights.find(y - self._top(self._index[layout.id]))
        text = layout.text(row)
        return None if text is None else (text.block, Spot(layout.id, layout.place(row), 0))

    def _found(self, message_id: int, place: int) -> tuple[MessageLayout, int, Wide] | None:
        layout = self._layouts.get(message_id)
        if layout is None or not layout.count:
            return None
        row = layout.row_of(place)
        wide = layout.wide(row) if layout.place(row) == place else None
        return None if wide is None else (layout, row, wide)

    def _strip(self, layout: MessageLayout, row: int, wide: Wide) -> Strip | None:
        key = layout.key(row)
        slide = self.shifts.slide(key, wide.room)
        if slide.width <= wide.room:
            return None
        text = layout.text(row)
        left = 0 if text is None else text.left
        top = self._top(self._index[layout.id]) + layout.top(row)
        return Strip(key, wide.room, slide, wide.bar, left, wide.content_x, top)

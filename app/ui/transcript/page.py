"""Page: the column as it is seen and pointed at.

Drawing changes nothing. Pointing finds what is laid out; only the keyboard, which
goes to what is out of sight, has it laid out.
"""

from functools import partial

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter

from app.ui.transcript.attention import Attention
from app.ui.transcript.column import Column
from app.ui.transcript.selection import UNMARKED, Extent, Marks, Selection
from app.ui.transcript.targets import Spot, Target


class Page(Column):
    """The messages in view, drawn and clicked. Heights are those of the column."""

    # Drawing

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        attention: Attention,
        marks: Marks = UNMARKED,
    ) -> None:
        """Draw what is inside `clip`, with the top left corner at (x, y)."""
        if not self._ids:
            return
        extent = self.extent(marks.selection)
        message = self._heights.find(int(clip.top()) - y)
        top = y + self._heights.offset(message)
        while message < len(self._ids) and top < clip.bottom():
            message_id = self._ids[message]
            layout = self._layouts.get(message_id)
            if layout is not None:
                light = partial(attention.lit, message_id) if attention.is_on(message_id) else None
                marking = marks.within(extent, message, message_id, self._theme)
                layout.draw(painter, x, top + self._gap(message), clip, light, marking)
            top += self._heights[message]
            message += 1

    def extent(self, selection: Selection | None) -> Extent | None:
        """Return a selection in reading order; None if it is not in this branch."""
        if selection is None:
            return None
        ends = []
        for end in (selection.anchor, selection.head):
            message = self._index.get(end.message_id)
            if message is None:
                return None
            ends.append((message, end.place, end.offset))
        return Extent(min(ends), max(ends))

    # Pointing

    def message_at(self, y: int) -> int | None:
        """Return the message at a height; None in a gap and where there is none."""
        if not self._ids or not 0 <= y < self._heights.total:
            return None
        message = self._heights.find(y)
        return self._ids[message] if y >= self._top(message) else None

    def spot_at(self, x: int, y: int) -> Spot | None:
        """Return the target at a point."""
        message_id = self.message_at(y)
        layout = None if message_id is None else self._layouts.get(message_id)
        if layout is None:
            return None
        found = layout.target_at(x, y - self._top(self._index[layout.id]))
        return None if found is None else Spot(layout.id, *found)

    def sent_at(self, x: int, y: int) -> str:
        """Return when a message was sent, in full, if that is what stands at a point."""
        message_id = self.message_at(y)
        layout = None if message_id is None else self._layouts.get(message_id)
        return "" if layout is None else layout.sent_at(x, y - self._top(self._index[layout.id]))

    def sent_area(self, message_id: int) -> QRect:
        """Return where the line above a reply says when it was sent; empty if it does not."""
        message, layout = self._index.get(message_id), self._layouts.get(message_id)
        if message is None or layout is None:
            return QRect()
        return layout.sent_area.translated(0, self._top(message))

    def target(self, spot: Spot) -> Target | None:
        """Return what a target means; None if it is not there any more."""
        layout = self._layouts.get(spot.message_id)
        targets = layout.targets(spot.place) if layout is not None else ()
        return targets[spot.index] if spot.index < len(targets) else None

    def areas_of(self, spot: Spot) -> list[QRect]:
        """Return where a target is; nowhere if it is not laid out."""
        message, layout = self._index.get(spot.message_id), self._layouts.get(spot.message_id)
        if message is None or layout is None:
            return []
        top = self._top(message)
        return [area.translated(0, top) for area in layout.areas_of(spot.place, spot.index)]

    def spots_of(self, message_id: int, place: int) -> list[Spot]:
        """Return the targets of the part at a place, laid out for it."""
        message = self._index[message_id]
        layout = self._layout(message)
        row = layout.row_of(place)
        if layout.place(row) != place or layout.is_pending(row):
            return []
        self._make(layout, row)
        self._fit(message, layout)
        return [Spot(message_id, place, i) for i in range(len(layout.targets(place)))]

    def place_with_targets(self, message_id: int, place: int, step: int) -> int | None:
        """Return the nearest place beyond one, up or down, in which one can click."""
        layout = self._layout(self._index[message_id])
        row = layout.row_of(place)
        # There may be nothing at that place itself.
        if (layout.place(row) - place) * step > 0:
            row -= step
        found = layout.row_with_targets(row + step, step)
        return None if found is None else layout.place(found)

    def code(self, spot: Spot) -> str:
        """Return the whole code which a target stands on."""
        return self._layouts[spot.message_id].code(spot.place)

    def box_of(self, message_id: int) -> QRect | None:
        """Return where a message is; None if it is nowhere near the view."""
        message, layout = self._index.get(message_id), self._layouts.get(message_id)
        if message is None or layout is None or not layout.count:
            return None
        return layout.box.translated(0, self._top(message))

    def top_of_message(self, message_id: int) -> int:
        """Return where a message begins, as far as that is known."""
        return self._top(self._index[message_id])

"""Walking surface: the keyboard goes from message to message and from target to target.

What it comes to is brought into view and, if need be, laid out for it.
"""

from dataclasses import replace

from PySide6.QtCore import Qt

from app.ui.transcript.attentive import AttentiveSurface
from app.ui.transcript.targets import Spot

_BEYOND = 1 << 31
"""Beyond all places of a message."""
_TRIES = 4
"""What is scrolled to may move when what is above it is laid out."""


class WalkingSurface(AttentiveSurface):
    """A surface that can be walked through with the keyboard."""

    def jump(self, step: int) -> None:
        """Bring the keyboard to the next message (1) or the one before (-1)."""
        message_id = self._message_beyond(step)
        if message_id is None:
            if step > 0:
                self.scroll_to_end()
            return
        self._focus_message(message_id)

    @property
    def focused_message(self) -> int | None:
        """The message the keyboard is on."""
        return self._attention.focused if self._attention.has_keyboard else None

    def _focus_message(self, message_id: int | None) -> None:
        self._is_by_keyboard = True
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        attention = replace(self._attention, focused=message_id, ringed=None)
        self._attend(replace(attention, has_keyboard=self.hasFocus()))
        if message_id is not None:
            self._reveal_message(message_id)

    def _message_beyond(self, step: int) -> int | None:
        focused = self._attention.focused
        if focused is not None and self._column.has(focused):
            return self._column.neighbour(focused, step)
        shown = self._column.ids_between(self._top, self._top + self.viewport().height() - 1)
        if not shown:
            return None
        whole = [i for i in shown if self._column.top_of_message(i) >= self._top]
        return shown[-1] if step < 0 or not whole else whole[0]

    def _step_spot(self, step: int) -> bool:
        """Bring the keyboard to the next target of its message; False beyond the last."""
        message_id, at = self._attention.focused, self._attention.ringed
        if message_id is None or not self._column.has(message_id):
            return False
        if at is None and step < 0:
            return False
        spot = self._spot_beyond(message_id, at, step)
        if spot is None and step > 0:
            return False
        self._attend(replace(self._attention, ringed=spot))
        if spot is not None:
            self._reveal_spot(spot)
        return True

    def _spot_beyond(self, message_id: int, at: Spot | None, step: int) -> Spot | None:
        place = -_BEYOND
        if at is not None:
            place = at.place
            spots = self._column.spots_of(message_id, place)
            if 0 <= at.index + step < len(spots):
                return spots[at.index + step]
        while (found := self._column.place_with_targets(message_id, place, step)) is not None:
            spots = self._column.spots_of(message_id, found)
            if spots:
                return spots[0 if step > 0 else -1]
            place = found
        return None

    def _reveal_message(self, message_id: int) -> None:
        for _ in range(_TRIES):
            top, box = self._column.top_of_message(message_id), self._column.box_of(message_id)
            if not self._scroll_to(top, None if box is None else box.height()):
                return

    def _reveal_spot(self, spot: Spot) -> None:
        for _ in range(_TRIES):
            areas = self._column.areas_of(spot)
            if not areas:
                return
            height = areas[-1].bottom() - areas[0].top() + 1
            if not self._scroll_to(areas[0].top(), height):
                return

    def _scroll_to(self, top: int, height: int | None) -> bool:
        """Bring a stretch of the column into view; return whether the view has moved."""
        bar, room, air = self.verticalScrollBar(), self.viewport().height(), self._theme.space.l
        above = top - air
        if height is not None and above >= self._top:
            below = top + height + air - room
            if below <= self._top:
                return False
            above = min(above, below)
        before = bar.value()
        bar.setValue(above)
        return bar.value() != before

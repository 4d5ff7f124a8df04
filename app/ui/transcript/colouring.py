"""Colouring: the code that shows in a column gets its colours, once they are found."""

from collections.abc import Callable, Collection

from PySide6.QtCore import QObject, QRect, Signal

from app.ui.transcript.highlighting import Highlighter, Key
from app.ui.transcript.position import Position
from app.ui.transcript.wide_page import WidePage


class Colouring(QObject):
    """The colours of the code in a column.

    Signals:
        found: code has other colours than show. `show` has them show.
    """

    found = Signal()

    def __init__(
        self, column: WidePage, is_seen: Callable[[], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._column = column
        self._highlighter = Highlighter(is_seen, self)
        self._highlighter.highlighted.connect(self._on_highlighted)
        self._recoloured: dict[Key, None] = {}
        """Pieces of code that have other colours than show."""

    def want(self, changed: Collection[int]) -> None:
        """Colour the code that was laid out as far as that is known, and ask for the rest.

        `changed` are the messages that may have come to their end.
        """
        self._highlighter.resume()
        touched = self._column.touched_code()
        wanted: set[Key] = set()
        for (message_id, place), listing in touched.items():
            if (message_id, listing.first) not in wanted:
                wanted.add((message_id, listing.first))
                self._highlighter.want(message_id, listing)
            self._column.tint(message_id, place, self._highlighter.tints(message_id, place))
        for key in self._highlighter.unfinished:
            # That a listing is whole changes nothing on the page.
            is_due = key[0] in changed and key not in wanted
            whole = self._column.code_at(key) if is_due else None
            if whole is not None:
                self._highlighter.want(key[0], whole)

    def show(self) -> list[QRect]:
        """Show colours that were found; return the areas of the column that look different."""
        areas: list[QRect] = []
        if not self._recoloured:
            return areas
        recoloured, self._recoloured = self._recoloured, {}
        for message_id, place in recoloured:
            if self._column.is_drawable(Position(message_id, place)):
                tints = self._highlighter.tints(message_id, place)
                area = self._column.tint(message_id, place, tints)
                if area is not None:
                    areas.append(area)
        return areas

    def _on_highlighted(self, message_id: int, place: int) -> None:
        self._recoloured[message_id, place] = None
        self.found.emit()

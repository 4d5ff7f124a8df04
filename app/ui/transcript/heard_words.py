"""Heard words: the text of a message, as the accessibility of Qt asks for it."""

# ruff: noqa: N802 - what Qt asks for has the names Qt gave it
from weakref import ref

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAccessibleTextInterface

from app.ui.transcript.boundaries import cut
from app.ui.transcript.hearable import HearableSurface
from app.ui.transcript.heard_lives import surface_in_view
from app.ui.transcript.heard_text import readable
from app.ui.transcript.out_values import mend


class MessageWords(QAccessibleTextInterface):
    """The text of a message; offsets are in UTF-16 code units."""

    def __init__(self, surface: HearableSurface, message_id: int) -> None:
        super().__init__()
        self._source = ref(surface)
        self._message_id = message_id
        self._tells_selection = mend(self, self)

    @property
    def _surface(self) -> HearableSurface | None:
        """Where the message is; None while it is not in view."""
        return surface_in_view(self._source, self._message_id)

    @property
    def _text(self) -> str:
        surface = self._surface
        return "" if surface is None else surface.heard(self._message_id).text

    # What Qt could not ask Python for

    def selected_stretch(self, index: int) -> tuple[int, int]:
        """Return where what is selected begins and ends; (0, 0) if nothing is."""
        surface = self._surface
        found = None if surface is None or index else surface.selection_heard(self._message_id)
        return found or (0, 0)

    def even_stretch(self, offset: int) -> tuple[int, int]:
        """Return where the stretch around an offset begins and ends that looks the same."""
        return 0, self.characterCount()

    # Qt's

    def characterCount(self) -> int:
        surface = self._surface
        return 0 if surface is None else surface.heard(self._message_id).length

    def text(self, start: int, end: int) -> str:
        text, last = self._text, self.characterCount()
        end = last if end < 0 else min(end, last)
        # Half of a sign cannot be handed to Qt.
        return readable(cut(text, max(start, 0), end)) if start < end else ""

    def cursorPosition(self) -> int:
        surface = self._surface
        return 0 if surface is None else surface.caret_heard(self._message_id)

    def setCursorPosition(self, position: int) -> None:
        self.setSelection(0, position, position)
        self.scrollToSubstring(position, position)

    def selectionCount(self) -> int:
        is_told = self._tells_selection and self.selected_stretch(0) != (0, 0)
        return int(is_told)

    def addSelection(self, start: int, end: int) -> None:
        # There is one selection in a transcript: the last one that was made.
        self.setSelection(0, start, end)

    def removeSelection(self, index: int) -> None:
        surface = self._surface
        if surface is not None and not index and surface.is_selected_heard(self._message_id):
            surface.clear_selection()

    def setSelection(self, index: int, start: int, end: int) -> None:
        surface = self._surface
        if surface is not None and not index:
            surface.select_heard(self._message_id, start, end)

    def characterRect(self, offset: int) -> QRect:
        surface = self._surface
        if surface is None:
            return QRect()
        return surface.character_area_heard(self._message_id, offset)

    def offsetAtPoint(self, point: QPoint) -> int:
        surface = self._surface
        return -1 if surface is None else surface.offset_heard_at(self._message_id, point)

    def scrollToSubstring(self, start: int, end: int) -> None:
        surface = self._surface
        if surface is not None:
            surface.reveal_heard(self._message_id, start)

"""Heard message: a message as an item of the list that a transcript is heard as."""

# ruff: noqa: N802 - what Qt asks for has the names Qt gave it
from weakref import ref

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QWindow

from app.ui.transcript.hearable import HearableSurface
from app.ui.transcript.heard_acts import MessageActions
from app.ui.transcript.heard_lives import address_of, nothing, surface_in_view
from app.ui.transcript.heard_words import MessageWords


class MessageInterface(QAccessibleInterface):
    """A message as an item of the list, with its text and its acts."""

    def __init__(self, surface: HearableSurface, message_id: int) -> None:
        super().__init__()
        self._source = ref(surface)
        self.message_id = message_id
        self._parts = {
            QAccessible.InterfaceType.TextInterface: MessageWords(surface, message_id),
            QAccessible.InterfaceType.ActionInterface: MessageActions(surface, message_id),
        }

    @property
    def surface(self) -> HearableSurface | None:
        """Where the message is; None once it is not there any more."""
        return surface_in_view(self._source, self.message_id)

    # Qt's

    def isValid(self) -> bool:
        return self.surface is not None

    def object(self) -> QObject | None:  # type: ignore[override]
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        surface = self.surface
        return None if surface is None else surface.window().windowHandle()

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        surface = self.surface
        return None if surface is None else QAccessible.queryAccessibleInterface(surface)

    def childCount(self) -> int:
        return 0

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def rect(self) -> QRect:
        surface = self.surface
        return QRect() if surface is None else surface.area_heard(self.message_id)

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        state, surface = QAccessible.State(), self.surface
        if surface is None:
            state.invalid = True
            return state
        state.focusable = state.readOnly = state.multiLine = state.selectable = True
        state.focused = surface.focused_message == self.message_id
        state.selected = surface.is_selected_heard(self.message_id)
        state.busy = surface.is_growing_heard(self.message_id)
        state.invisible = not surface.isVisible()
        state.offscreen = surface.area_heard(self.message_id).isEmpty()
        return state

    def text(self, kind: QAccessible.Text) -> str:
        surface = self.surface
        if surface is None:
            return ""
        if kind is QAccessible.Text.Name:
            return surface.name_heard(self.message_id)
        if kind is QAccessible.Text.Description:
            return surface.description_heard(self.message_id)
        return ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Change nothing: what was said is said."""

    def interface_cast(self, kind: QAccessible.InterfaceType) -> int:
        return address_of(self._parts[kind]) if kind in self._parts else nothing()

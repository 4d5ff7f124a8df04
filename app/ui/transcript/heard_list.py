"""Heard list: a transcript as a list; its items are made when they are asked for."""

# ruff: noqa: N802 - what Qt asks for has the names Qt gave it
from weakref import ref

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import Shiboken

from app.ui.transcript.hearable import HearableSurface
from app.ui.transcript.heard_lives import keep, nothing
from app.ui.transcript.heard_message import MessageInterface


class TranscriptInterface(QAccessibleInterface):
    """A transcript as a list; its items are made when they are asked for."""

    def __init__(self, surface: HearableSurface) -> None:
        # No QAccessibleObject: PySide would let go of that before Qt does.
        super().__init__()
        self._source = ref(surface)

    @property
    def surface(self) -> HearableSurface | None:
        """What is heard; None once it is gone."""
        surface = self._source()
        return surface if surface is not None and Shiboken.isValid(surface) else None

    def item(self, message_id: int) -> QAccessibleInterface | None:
        """Return a message of the branch in view."""
        surface = self.surface
        if surface is None or surface.reading_index(message_id) < 0:
            return None
        if message_id not in surface.items:
            item = MessageInterface(surface, message_id)
            surface.items[message_id] = item
            keep(id(surface), item)
            QAccessible.registerAccessibleInterface(item)
        return surface.items[message_id]

    # Qt's

    def isValid(self) -> bool:
        return self.surface is not None

    def object(self) -> QObject | None:  # type: ignore[override]
        return self.surface

    def window(self) -> QWindow | None:  # type: ignore[override]
        surface = self.surface
        return None if surface is None else surface.window().windowHandle()

    def parent(self) -> QAccessibleInterface:
        surface = self.surface
        above: QObject | None = None if surface is None else surface.parentWidget()
        return QAccessible.queryAccessibleInterface(above or _application())

    def childCount(self) -> int:
        surface = self.surface
        return 0 if surface is None else len(surface.reading_order) + len(_floating(surface))

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        surface = self.surface
        if surface is None or index < 0:
            return None
        order = surface.reading_order
        if index < len(order):
            return self.item(order[index])
        above = _floating(surface)[index - len(order) :]
        return QAccessible.queryAccessibleInterface(above[0]) if above else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        surface = self.surface
        if surface is None:
            return -1
        if isinstance(child, MessageInterface):
            return surface.reading_index(child.message_id)
        above = _floating(surface)
        widget = child.object()
        return len(surface.reading_order) + above.index(widget) if widget in above else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        surface = self.surface
        message_id = None if surface is None else surface.message_heard_at(x, y)
        return None if message_id is None else self.item(message_id)

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        surface = self.surface
        message_id = None if surface is None else surface.focused_message
        return None if message_id is None else self.item(message_id)

    def rect(self) -> QRect:
        surface = self.surface
        if surface is None or not surface.isVisible():
            return QRect()
        return surface.rect().translated(surface.mapToGlobal(QPoint()))

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.List

    def state(self) -> QAccessible.State:
        state, surface = QAccessible.State(), self.surface
        if surface is None:
            state.invalid = True
            return state
        state.focusable = state.readOnly = True
        state.focused = surface.hasFocus() and surface.focused_message is None
        state.invisible = not surface.isVisible()
        return state

    def text(self, kind: QAccessible.Text) -> str:
        surface = self.surface
        is_name = surface is not None and kind is QAccessible.Text.Name
        return surface.accessibleName() if surface is not None and is_name else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Change nothing: the program gives the names."""

    def interface_cast(self, kind: QAccessible.InterfaceType) -> int:
        return nothing()


def _floating(surface: HearableSurface) -> list[QWidget]:
    """Return what lies over the page: an editor, the way to the end."""
    view = surface.viewport()
    bars = (view, *(w for w in _widgets(surface) if w.objectName().startswith("qt_scrollarea")))
    found = [w for w in _widgets(surface) if w not in bars] + _widgets(view)
    return [w for w in found if w.isVisible()]


def _widgets(above: QWidget) -> list[QWidget]:
    return [it for it in above.children() if isinstance(it, QWidget)]


def _application() -> QObject:
    application = QApplication.instance()
    assert application is not None
    return application

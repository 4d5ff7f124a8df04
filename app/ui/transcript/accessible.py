"""Accessible: what a screen reader hears of the transcript: a list of its messages.

The laws:

- Nothing is made for a message before somebody asks for it, and nothing at all
  while nobody listens.
- An interface lives until its transcript is gone: Qt keeps its address, so it is
  Qt that deletes it, and only then is it let go of here.
"""

# ruff: noqa: N802 - what Qt asks for has the names Qt gave it
from collections.abc import Callable
from functools import cache, partial
from typing import cast
from weakref import ref

from PySide6.QtCore import QObject, QPoint, QRect, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAccessibleInterface,
    QAccessibleTextInterface,
    QWindow,
)
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import Shiboken

from app.chat.conversation import Conversation, first_words
from app.chat.message import Message, Role
from app.ui.theme import Theme
from app.ui.transcript.acts import tr
from app.ui.transcript.announcing import Announcer, readable, sentence_of
from app.ui.transcript.attention import Attention
from app.ui.transcript.boundaries import cut
from app.ui.transcript.captions import Captions
from app.ui.transcript.lines import units
from app.ui.transcript.sideways import SidewaysSurface

_kept: dict[int, list[QAccessibleInterface]] = {}
"""All interfaces there are, by the number of their transcript."""


class AudibleSurface(SidewaysSurface):
    """A surface that can be read by those who hear it."""

    def __init__(
        self,
        conversation: Conversation,
        captions: Captions,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(conversation, captions, theme, parent)
        self._captions = captions
        self._reading_order: list[int] | None = None
        """The messages in reading order; None until somebody asks for it."""
        self._reading_indexes: dict[int, int] = {}
        self.items: dict[int, MessageInterface] = {}
        """The messages somebody has asked for."""
        self._announcer = Announcer(conversation, captions, self)
        self._announcer.announced.connect(self._announce)
        # Qt tells of the list itself when the keyboard comes here, and it tells it last.
        self._focus_timer = QTimer(self)
        self._focus_timer.setSingleShot(True)
        self._focus_timer.setInterval(0)
        self._focus_timer.timeout.connect(self._tell_focus)
        conversation.message_added.connect(self._on_heard_added)
        conversation.message_changed.connect(self._on_heard_changed)
        conversation.branch_changed.connect(self._on_heard_branch_changed)
        self.destroyed.connect(partial(_release, id(self)))
        _install()

    # What the interfaces ask for

    @property
    def reading_order(self) -> list[int]:
        """The ids of the messages in the order in which they are read. Not to be changed."""
        if self._reading_order is None:
            message = self._conversation.message
            branch = self._conversation.branch
            self._reading_order = [i for i in branch if message(i).role is not Role.SYSTEM]
            self._reading_indexes = {
                message_id: i for i, message_id in enumerate(self._reading_order)
            }
        return self._reading_order

    def reading_index(self, message_id: int) -> int:
        """Return which message of the branch it is; -1 if it is not in view."""
        return self._reading_indexes.get(message_id, -1) if self.reading_order else -1

    def text_heard(self, message_id: int) -> str:
        """Return all of a message's text; nothing yet, if it has to be read from disk."""
        text = self._conversation.text(message_id)
        if text is None:
            self._conversation.want([message_id])
        return readable(text or "")

    def name_heard(self, message_id: int) -> str:
        """Return who wrote a message, and how it begins."""
        message = self._conversation.message(message_id)
        is_own = message.role is Role.USER
        who = tr("You") if is_own else self._captions.name(message)[0]
        words = first_words(self.text_heard(message_id))
        if not words and message.status.is_open:
            words = self._captions.waiting(message)
        return readable(f"{who}: {words}" if words else who)

    def description_heard(self, message_id: int) -> str:
        """Return what stands around a message: thought, notice, offers, facts."""
        message = self._conversation.message(message_id)
        if message.role is Role.USER:
            return ""
        parts = []
        if self._conversation.reasoning_length(message_id):
            is_open = message.status.is_open and not self._conversation.length(message_id)
            parts.append(self._captions.thought(message, is_open))
        parts += self._below(message)
        return readable("\n".join(part for part in parts if part))

    def _below(self, message: Message) -> list[str]:
        notice = self._captions.notice(message)
        parts = []
        if notice is not None:
            parts.append(sentence_of(notice))
            parts.append(", ".join(offer.label for offer in notice.offers))
        if not message.status.is_open:
            parts.append(", ".join(self._captions.facts(message)))
        return parts

    def area_heard(self, message_id: int) -> QRect:
        """Return where a message shows on the screen; nothing if it does not."""
        box = self._column.box_of(message_id)
        if box is None or not self.isVisible():
            return QRect()
        area = self._on_view(box).intersected(self.viewport().rect())
        return area.translated(self.viewport().mapToGlobal(QPoint())) if area.isValid() else QRect()

    def message_heard_at(self, x: int, y: int) -> int | None:
        """Return the message at a point of the screen."""
        point = self.viewport().mapFromGlobal(QPoint(x, y))
        if not self.viewport().rect().contains(point):
            return None
        return self._column.message_at(point.y() + self._top)

    def is_selected_heard(self, message_id: int) -> bool:
        """Return whether something of a message is selected."""
        extent = self._column.extent(self.selection)
        if extent is None or not self._column.has(message_id):
            return False
        return extent.first[0] <= self._column.index_of(message_id) <= extent.last[0]

    def is_growing_heard(self, message_id: int) -> bool:
        """Return whether text of a message can still come."""
        return self._conversation.message(message_id).status.is_open

    def reveal_heard(self, message_id: int) -> None:
        """Bring a message into view."""
        self._settle_branch()
        if self._column.has(message_id):
            self._reveal_message(message_id)

    # What is told

    @property
    def _heard(self) -> "TranscriptInterface | None":
        """The list, if anybody listens."""
        if not QAccessible.isActive():
            return None
        found = QAccessible.queryAccessibleInterface(self)
        return found if isinstance(found, TranscriptInterface) else None

    def _announce(self, words: str) -> None:
        # A reply is no alarm: what is being said is said to its end.
        event = QAccessibleAnnouncementEvent(self, words)
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
        QAccessible.updateAccessibility(event)

    def _tell(self, message_id: int, *events: QAccessible.Event) -> None:
        heard = self._heard
        item = None if heard is None else heard.item(message_id)
        if item is not None:
            for event in events:
                QAccessible.updateAccessibility(QAccessibleEvent(item, event))

    def _tell_focus(self) -> None:
        if self.focused_message is not None:
            self._tell(self.focused_message, QAccessible.Event.Focus)

    def _on_heard_added(self, message_id: int) -> None:
        if self._reading_order is None:
            return
        if self._conversation.message(message_id).role is not Role.SYSTEM:
            self._reading_indexes[message_id] = len(self._reading_order)
            self._reading_order.append(message_id)
            self._tell(message_id, QAccessible.Event.ObjectCreated)

    def _on_heard_changed(self, message_id: int) -> None:
        if message_id in self.items and not self.is_growing_heard(message_id):
            events = QAccessible.Event.NameChanged, QAccessible.Event.DescriptionChanged
            self._tell(message_id, *events)

    def _on_heard_branch_changed(self) -> None:
        was_asked, self._reading_order = self._reading_order is not None, None
        if was_asked and self._heard is not None:
            event = QAccessibleEvent(self, QAccessible.Event.ObjectReorder)
            QAccessible.updateAccessibility(event)

    # What the surface asks for

    def _attend(self, attention: Attention) -> None:
        before = self.focused_message
        super()._attend(attention)
        if self.focused_message not in (None, before) and QAccessible.isActive():
            self._focus_timer.start()


class TranscriptInterface(QAccessibleInterface):
    """A transcript as a list; its items are made when they are asked for."""

    def __init__(self, surface: AudibleSurface) -> None:
        # No QAccessibleObject: PySide would let go of that before Qt does.
        super().__init__()
        self._surface = ref(surface)

    @property
    def surface(self) -> AudibleSurface | None:
        """What is heard; None once it is gone."""
        surface = self._surface()
        return surface if surface is not None and Shiboken.isValid(surface) else None

    def item(self, message_id: int) -> "MessageInterface | None":
        """Return a message of the branch in view."""
        surface = self.surface
        if surface is None or surface.reading_index(message_id) < 0:
            return None
        if message_id not in surface.items:
            item = MessageInterface(surface, message_id)
            surface.items[message_id] = item
            _kept[id(surface)].append(item)
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
        return _nothing()


class MessageInterface(QAccessibleInterface):
    """A message as an item of the list, with its text."""

    def __init__(self, surface: AudibleSurface, message_id: int) -> None:
        super().__init__()
        self._surface = ref(surface)
        self.message_id = message_id
        self._words = MessageText(self)

    @property
    def surface(self) -> AudibleSurface | None:
        """Where the message is; None once it is not there any more."""
        surface = self._surface()
        if surface is None or not Shiboken.isValid(surface):
            return None
        if surface.reading_index(self.message_id) < 0:
            return None
        return surface

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
        # What it hands out is an address: its kind in the stubs is nominal.
        if kind is QAccessible.InterfaceType.TextInterface:
            return cast("int", self._words)
        return _nothing()


class MessageText(QAccessibleTextInterface):
    """The text of a message; offsets are in UTF-16 code units.

    WORKAROUND: https://code.qt.io/cgit/pyside/pyside-setup.git - its
    typesystem_gui_common.xml leaves out `selection` and `attributes`, so no stretch
    can be told as selected; `QAccessible.State.selected` of the message is.
    """

    def __init__(self, message: MessageInterface) -> None:
        super().__init__()
        self._message = ref(message)

    @property
    def _text(self) -> str:
        message = self._message()
        surface = None if message is None else message.surface
        if surface is None or message is None:
            return ""
        return surface.text_heard(message.message_id)

    # Qt's

    def characterCount(self) -> int:
        return units(self._text)

    def text(self, start: int, end: int) -> str:
        text = self._text
        last = units(text)
        end = last if end < 0 else min(end, last)
        # Half of a sign cannot be handed to Qt.
        return readable(cut(text, max(start, 0), end)) if start < end else ""

    def cursorPosition(self) -> int:
        return 0

    def setCursorPosition(self, position: int) -> None:
        self.scrollToSubstring(position, position)

    def selectionCount(self) -> int:
        return 0

    def addSelection(self, start: int, end: int) -> None:
        """Select nothing; see the class."""

    def removeSelection(self, index: int) -> None:
        """Select nothing; see the class."""

    def setSelection(self, index: int, start: int, end: int) -> None:
        """Select nothing; see the class."""

    def characterRect(self, offset: int) -> QRect:
        message = self._message()
        return QRect() if message is None else message.rect()

    def offsetAtPoint(self, point: QPoint) -> int:
        return -1

    def scrollToSubstring(self, start: int, end: int) -> None:
        message = self._message()
        surface = None if message is None else message.surface
        if surface is not None and message is not None:
            surface.reveal_heard(message.message_id)


def _interface_of(key: str, thing: QObject | None) -> QAccessibleInterface | None:
    """Return how a transcript is heard; None for anything else."""
    if not isinstance(thing, AudibleSurface):
        return None
    # Qt asks again when PySide has given the class another meta object, as it does
    # with every new slot, and deletes each answer: none may be given twice.
    interface = TranscriptInterface(thing)
    _kept.setdefault(id(thing), []).append(interface)
    return interface


@cache
def _install() -> None:
    """Tell Qt once who makes the interfaces of transcripts."""
    QAccessible.installFactory(cast("Callable[..., object]", _interface_of))


def _nothing() -> int:
    """Return the address of nothing.

    WORKAROUND: https://code.qt.io/cgit/pyside/pyside-setup.git - where it takes an
    address, it ends the program at None and at 0.
    """
    return cast("int", Shiboken.VoidPtr(0))


def _release(number: int) -> None:
    """Let go of the interfaces of a transcript that is no more."""
    for interface in reversed(_kept.pop(number, [])):
        # Qt has deleted the list itself by now, or does so here.
        if Shiboken.isValid(interface):
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(interface))


def _floating(surface: QWidget) -> list[QWidget]:
    """Return what lies over the page: an editor, the way to the end."""
    view = cast("AudibleSurface", surface).viewport()
    bars = (view, *(w for w in _widgets(surface) if w.objectName().startswith("qt_scrollarea")))
    found = [w for w in _widgets(surface) if w not in bars] + _widgets(view)
    return [w for w in found if w.isVisible()]


def _widgets(above: QWidget) -> list[QWidget]:
    return [it for it in above.children() if isinstance(it, QWidget)]


def _application() -> QObject:
    application = QApplication.instance()
    assert application is not None
    return application

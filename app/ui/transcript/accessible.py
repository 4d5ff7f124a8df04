"""Accessible: a transcript that tells those who hear it what changes.

The law: nothing at all is done while nobody listens. What they can ask for is in
`hearable`, what Qt is given for it in `heard_list` and `heard_message`.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import cast

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAccessibleInterface,
    QAccessibleTextCursorEvent,
    QAccessibleTextSelectionEvent,
)
from PySide6.QtWidgets import QWidget

from app.chat.conversation import Conversation
from app.chat.message import Role
from app.ui.theme import Theme
from app.ui.transcript.announcing import Announcer
from app.ui.transcript.attention import Attention
from app.ui.transcript.captions import Captions
from app.ui.transcript.hearable import HearableSurface
from app.ui.transcript.heard_lives import keep, release
from app.ui.transcript.selection import Marks, Selection


class AudibleSurface(HearableSurface):
    """A surface that can be read by those who hear it."""

    def __init__(
        self,
        conversation: Conversation,
        captions: Captions,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(conversation, captions, theme, parent)
        self._announcer = Announcer(conversation, captions, self)
        self._announcer.announced.connect(self._announce)
        # Qt tells of the list itself when the keyboard comes here, and it tells it last.
        self._focus_timer = QTimer(self)
        self._focus_timer.setSingleShot(True)
        self._focus_timer.setInterval(0)
        self._focus_timer.timeout.connect(self._tell_focus)
        conversation.message_added.connect(self._on_heard_added)
        conversation.branch_changed.connect(self._on_heard_branch_changed)
        self.destroyed.connect(partial(release, id(self)))
        _install()

    def _item(self, message_id: int) -> QAccessibleInterface | None:
        """Return what stands for a message, if anybody listens."""
        if not QAccessible.isActive():
            return None
        return QAccessible.queryAccessibleInterface(self).child(self.reading_index(message_id))

    def _announce(self, words: str) -> None:
        # A reply is no alarm: what is being said is said to its end.
        event = QAccessibleAnnouncementEvent(self, words)
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
        QAccessible.updateAccessibility(event)

    def _tell(self, message_id: int, *events: QAccessible.Event) -> None:
        item = self._item(message_id)
        if item is not None:
            for event in events:
                QAccessible.updateAccessibility(QAccessibleEvent(item, event))

    def _tell_focus(self) -> None:
        if self.focused_message is not None:
            self._tell(self.focused_message, QAccessible.Event.Focus)

    def _tell_selection(self, *selections: Selection | None) -> None:
        """Tell what is selected of the messages in which selections go on."""
        for message_id in {it.head.message_id for it in selections if it is not None}:
            item = self._item(message_id)
            if item is None:
                continue
            at = self.caret_heard(message_id)
            stretch = self.selection_heard(message_id) or (at, at)
            QAccessible.updateAccessibility(QAccessibleTextSelectionEvent(item, *stretch))
            QAccessible.updateAccessibility(QAccessibleTextCursorEvent(item, at))

    def _on_heard_added(self, message_id: int) -> None:
        if self._reading_order is None:
            return
        if self._conversation.message(message_id).role is not Role.SYSTEM:
            self._reading_indexes[message_id] = len(self._reading_order)
            self._reading_order.append(message_id)
            self._tell(message_id, QAccessible.Event.ObjectCreated)

    def _on_heard_branch_changed(self) -> None:
        was_asked, self._reading_order = self._reading_order is not None, None
        if was_asked and QAccessible.isActive():
            event = QAccessibleEvent(self, QAccessible.Event.ObjectReorder)
            QAccessible.updateAccessibility(event)

    # What the surface asks for

    def _on_message_changed(self, message_id: int) -> None:
        super()._on_message_changed(message_id)
        # Not a connection of its own: with every delta this is all there is to it.
        if QAccessible.isActive():
            self._announcer.heed(message_id)
            if message_id in self.items and not self.is_growing_heard(message_id):
                events = QAccessible.Event.NameChanged, QAccessible.Event.DescriptionChanged
                self._tell(message_id, *events)
        elif self._announcer.is_reading:
            self._announcer.forget()

    def _attend(self, attention: Attention) -> None:
        before = self.focused_message
        super()._attend(attention)
        if self.focused_message not in (None, before) and QAccessible.isActive():
            self._focus_timer.start()

    def _show_marks(self, marks: Marks) -> None:
        before = self._marks.selection
        super()._show_marks(marks)
        if before != marks.selection and QAccessible.isActive():
            self._tell_selection(before, marks.selection)


def _interface_of(key: str, thing: QObject | None) -> QAccessibleInterface | None:
    """Return how a transcript is heard; None for anything else."""
    if not isinstance(thing, AudibleSurface):
        return None
    # Here, as most of the time nobody ever asks.
    from app.ui.transcript.heard_list import TranscriptInterface

    # Qt asks again when PySide has given the class another meta object, as it does
    # with every new slot, and deletes each answer: none may be given twice.
    interface = TranscriptInterface(thing)
    keep(id(thing), interface)
    return interface


@cache
def _install() -> None:
    """Tell Qt once who makes the interfaces of transcripts."""
    QAccessible.installFactory(cast("Callable[..., object]", _interface_of))

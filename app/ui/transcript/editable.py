"""Editable surface: messages of the person's are written anew where they stand."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.chat.conversation import Conversation
from app.ui.theme import Theme
from app.ui.transcript.accessible import AudibleSurface
from app.ui.transcript.captions import Captions
from app.ui.transcript.editing import Editing
from app.ui.transcript.message_rows import own_width
from app.ui.unfailing import unfailing


class EditableSurface(AudibleSurface):
    """A surface with an editor over one of its messages.

    Signals:
        edited: a message is to be sent anew; the editor keeps the words until
            `close_editor` or `release_editor`. args: message id, text.
        edit_cancelled: an edit was given up. arg: message id.
        edits_changed: `unsent_edits` may be others.
        edit_put_away: the message of an edit went out of view; what was typed is kept.
        writing_wanted: an edit is over: the person is to write next.
    """

    edited = Signal(object, str)
    edit_cancelled = Signal(object)
    edits_changed = Signal()
    edit_put_away = Signal()
    writing_wanted = Signal()

    def __init__(
        self,
        conversation: Conversation,
        captions: Captions,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(conversation, captions, theme, parent)
        self.sends_on_enter = True
        """Whether Enter sends what is edited, or Ctrl+Enter only."""
        self._editing = Editing(self.viewport())
        self._editing.sent.connect(self.edited)
        self._editing.cancelled.connect(self._on_editing_cancelled)
        self._editing.resized.connect(self._on_editing_resized)
        self._editing.changed.connect(self.edits_changed)
        conversation.branch_changed.connect(self._put_edit_away_if_gone)

    @property
    def edited_message(self) -> int | None:
        """The message over which the editor lies."""
        return self._editing.message_id

    @property
    def unsent_edits(self) -> list[str]:
        """What is typed over messages of the person's, and neither sent nor given up."""
        return self._editing.unsent

    def edit(self, message_id: int) -> None:
        """Open an editor in place of a message of the person's."""
        self._settle_branch()
        text = self._conversation.text(message_id)
        if text is None or not self._column.is_own(message_id):
            return
        # What was clicked stays where it is, also at the end.
        if self.is_pinned:
            self._move_to(self._column.position_at(self._top))
        self._editing.open(message_id, text, self._theme, sends_on_enter=self.sends_on_enter)
        self._make_room()
        self._flush_if_seen()
        if self._column.has(message_id):
            self._reveal_message(message_id)
        self._editing.focus()

    def close_editor(self) -> None:
        """Let go of the editor whose words were sent: they are safe elsewhere."""
        had_focus = self._editing.has_focus
        self._editing.finish()
        if had_focus and self._editing.message_id is None:
            self.writing_wanted.emit()

    def release_editor(self) -> None:
        """Give the editor back: its words could not be sent."""
        self._editing.release()
        self._put_edit_away_if_gone()

    def _put_edit_away_if_gone(self) -> None:
        """Let nobody write where it does not show: not over a message that is out of view."""
        message_id = self._editing.message_id
        if message_id is None or message_id in self._conversation.branch:
            return
        had_focus = self._editing.has_focus or self.hasFocus()
        # What is being sent comes back into view if it could not be.
        is_kept = not self._editing.is_held and self._editing.set_aside()
        if had_focus:
            self.writing_wanted.emit()
        if is_kept:
            self.edit_put_away.emit()

    def _make_room(self) -> None:
        """Give the editor as much room as it needs."""
        message_id = self._editing.message_id
        if message_id is not None:
            height = self._editing.fit(own_width(self._column_width, self._theme))
            self._changed.add(message_id)
            height += self._theme.space.l
        else:
            height = 0
        if self._column.make_room(message_id, height):
            # The message has no padding now, or has it again: nothing only moved.
            self.viewport().update()

    def _on_editing_resized(self, message_id: int) -> None:
        self._make_room()
        self._changed.add(message_id)
        self._is_behind = True
        self._flush_if_seen()
        if self._editing.has_focus and message_id == self._editing.message_id:
            self._reveal_message(message_id)

    def _on_editing_cancelled(self, message_id: int) -> None:
        self.edit_cancelled.emit(message_id)
        self.writing_wanted.emit()

    # What the surface asks for

    def _place_what_floats(self) -> None:
        super()._place_what_floats()
        message_id = self._editing.message_id
        if message_id is None:
            return
        box = self._column.box_of(message_id)
        if box is not None:
            box = self._on_view(box)
            box.setLeft(box.right() + 1 - own_width(self._column_width, self._theme))
            box.setHeight(box.height() - self._theme.space.l)
        self._editing.place(box)

    def _restyle(self) -> None:
        self._editing.set_theme(self._theme)
        self._make_room()
        super()._restyle()

    # Qt's

    @unfailing
    def showEvent(self, event: QShowEvent) -> None:
        self._make_room()
        super().showEvent(event)

"""Editing: the editor that lies over one of the person's messages.

It moves with the page, and keeps its words through every scroll, width and theme.
What was typed over one message is kept while another is edited, while the message
is out of view, and when the edit was given up: opening it again shows it.
"""

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtWidgets import QWidget

from app.ui.theme import Theme
from app.ui.transcript.editor import Editor

_FAR = 10_000
"""Qt loses widgets that are much further away than this."""


class Editing(QObject):
    """At most one editor, over at most one message.

    Signals:
        sent: the person wants a message sent anew. args: message id, text.
        cancelled: they leave it as it was. arg: message id.
        resized: the editor needs another height, or is gone. arg: message id.
        changed: `unsent` may be another; before `sent`, that it is without what is sent.
    """

    sent = Signal(object, str)
    cancelled = Signal(object)
    resized = Signal(object)
    changed = Signal()

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._drafts: dict[int, str] = {}
        """What was typed over other messages."""
        self._given_up: dict[int, str] = {}
        """What was typed in edits that were cancelled."""
        self._sending: tuple[int, str] | None = None
        """A message and what it is to say, until that is safe; another may be edited then."""
        self._text = ""
        """What the message being edited says."""
        self._editor: Editor | None = None
        self.message_id: int | None = None
        """The message being edited."""

    @property
    def has_focus(self) -> bool:
        """Whether keys go to the editor."""
        return self._editor is not None and self._editor.has_focus

    @property
    def is_held(self) -> bool:
        """Whether what is written is being sent."""
        return self._editor is not None and self._editor.is_held

    @property
    def unsent(self) -> list[str]:
        """What is typed over messages, and neither sent, being sent nor given up."""
        return [*self._drafts.values(), *self._typed]

    @property
    def _typed(self) -> list[str]:
        """What is written in the editor, if it is worth keeping and not being sent."""
        words = self._editor.words if self._editor is not None and not self.is_held else ""
        return [words] if words.strip() and words != self._text else []

    def open(self, message_id: int, text: str, theme: Theme, *, sends_on_enter: bool) -> None:
        """Begin to edit a message, or go on with it."""
        if message_id != self.message_id:
            self.set_aside()
            editor = Editor(text, theme, self._page)
            given_up = self._given_up.pop(message_id, None)
            kept = self._drafts.pop(message_id, given_up)
            if kept is not None:
                editor.resume(kept)
            editor.set_sends_on_enter(sends_on_enter)
            editor.move(0, -_FAR)
            editor.show()
            editor.sent.connect(lambda words: self._on_editor_sent(message_id, words))
            editor.cancelled.connect(self._on_editor_cancelled)
            editor.grew.connect(lambda: self.resized.emit(message_id))
            editor.grew.connect(self.changed)
            self._editor, self.message_id, self._text = editor, message_id, text
            self.changed.emit()

    def close(self) -> None:
        """Let go of the editor and of what is written in it."""
        editor, message_id = self._editor, self.message_id
        self._editor = self.message_id = None
        if editor is not None:
            editor.hide()
            editor.deleteLater()
            self.resized.emit(message_id)
            self.changed.emit()

    def set_aside(self) -> bool:
        """Close the editor, and keep what was typed; return whether there was anything."""
        message_id, typed = self.message_id, self._typed
        if message_id is None:
            return False
        if typed:
            self._drafts[message_id] = typed[0]
        self.close()
        return bool(typed)

    def finish(self) -> None:
        """Let go of what was sent, and of its editor: the words are safe elsewhere."""
        if self.is_held:
            self.close()
        self._sending = None

    def release(self) -> None:
        """Give the words back that could not be sent."""
        if self._editor is not None and self.is_held:
            self._editor.release()
        elif self._sending is not None:
            message_id, words = self._sending
            self._drafts[message_id] = words
        self._sending = None
        self.changed.emit()

    def focus(self) -> None:
        """Bring the keyboard to the editor."""
        if self._editor is not None:
            self._editor.setFocus()

    def set_theme(self, theme: Theme) -> None:
        """Change colours and font."""
        if self._editor is not None:
            self._editor.set_theme(theme)

    def fit(self, width: int) -> int:
        """Return the height the editor needs at a width; 0 without one."""
        return 0 if self._editor is None else self._editor.fit(width)

    def place(self, area: QRect | None) -> None:
        """Put the editor where it belongs in the view; out of sight for None."""
        if self._editor is None:
            return
        if area is None:
            area = self._editor.geometry()
            area.moveTop(-_FAR)
        area.moveTop(min(max(area.top(), -_FAR), _FAR))
        if area != self._editor.geometry():
            self._editor.setGeometry(area)

    def _on_editor_sent(self, message_id: int, words: str) -> None:
        self._sending = (message_id, words)
        self.changed.emit()
        self.sent.emit(message_id, words)

    def _on_editor_cancelled(self) -> None:
        message_id = self.message_id
        if message_id is not None and self._typed:
            self._given_up[message_id] = self._typed[0]
        self.close()
        self.cancelled.emit(message_id)

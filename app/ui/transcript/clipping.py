"""Clipping: what is copied, on its way to the clipboard.

Texts that are still on disk are asked for, and copied when they are here; what
somebody else puts on the clipboard in the meantime stays there.
"""

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QClipboard, QGuiApplication

from app.chat.conversation import Conversation
from app.ui.transcript.copying import Copied, copy_of, missing
from app.ui.transcript.selection import Selection
from app.ui.transcript.text_page import TextPage

PATIENCE_MS = 5_000
"""For so long texts are waited for that come from disk."""


class Clipping(QObject):
    """Copies stretches of one conversation.

    Signals:
        fell_short: texts could not be read, and are missing from what was
            copied. arg: how many.
    """

    fell_short = Signal(int)

    def __init__(self, conversation: Conversation, page: TextPage, parent: QObject) -> None:
        super().__init__(parent)
        self._conversation = conversation
        self._page = page
        self._selection: Selection | None = None
        """What is waited for."""
        self._is_markdown = False
        self._missing: set[int] = set()
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._on_patience_timed_out)

    @property
    def is_waiting(self) -> bool:
        """Whether something will be copied as soon as it was read."""
        return self._selection is not None

    def copied(self, selection: Selection | None) -> Copied | None:
        """Return what a selection says as far as it is in memory; None if nothing."""
        extent = self._page.extent(selection)
        return None if extent is None else copy_of(self._conversation, self._page, extent)

    def copy(self, selection: Selection, *, is_markdown: bool) -> None:
        """Put a selection on the clipboard, as Markdown only or both ways."""
        self._forget()
        extent = self._page.extent(selection)
        if extent is None:
            return
        absent = missing(self._conversation, self._page.ids_in(extent))
        if not absent:
            self._put(selection, is_markdown)
            return
        self._selection, self._is_markdown = selection, is_markdown
        self._missing = set(absent)
        self._conversation.message_changed.connect(self._on_message_changed)
        QGuiApplication.clipboard().dataChanged.connect(self._forget)
        self._patience.start()
        self._conversation.want(absent)

    def show_as_primary(self, selection: Selection) -> None:
        """Let a selection be pasted with the middle button, where there is such a thing."""
        clipboard = QGuiApplication.clipboard()
        copied = self.copied(selection) if clipboard.supportsSelection() else None
        if copied is not None and copied.plain:
            clipboard.setText(copied.plain, QClipboard.Mode.Selection)

    def _put(self, selection: Selection, is_markdown: bool) -> None:
        copied = self.copied(selection)
        if copied is None:
            return
        if is_markdown:
            copied = Copied(copied.markdown, copied.markdown)
        QGuiApplication.clipboard().setMimeData(mime_of(copied))

    def _on_message_changed(self, message_id: int) -> None:
        if message_id in self._missing and self._conversation.text(message_id) is not None:
            self._missing.discard(message_id)
            if not self._missing:
                self._finish()

    def _on_patience_timed_out(self) -> None:
        absent = len(self._missing)
        self._finish()
        self.fell_short.emit(absent)

    def _finish(self) -> None:
        selection, is_markdown = self._selection, self._is_markdown
        self._forget()
        if selection is not None:
            self._put(selection, is_markdown)

    def _forget(self) -> None:
        if self._selection is None:
            return
        self._selection, self._missing = None, set()
        self._patience.stop()
        self._conversation.message_changed.disconnect(self._on_message_changed)
        QGuiApplication.clipboard().dataChanged.disconnect(self._forget)


def mime_of(copied: Copied) -> QMimeData:
    """Return something copied as what the clipboard takes."""
    mime = QMimeData()
    mime.setText(copied.plain)
    mime.setData("text/markdown", copied.markdown.encode("utf-8", "replace"))
    return mime

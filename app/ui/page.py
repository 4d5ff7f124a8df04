"""Page: the text area of the composer, which keeps every character as it was typed."""

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QTextCursor,
    QTextDocument,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

from app.chat.settings import SendKey
from app.ui.unfailing import unfailing

MAX_LINES = 12
LONG_RUN = 4096
"""Qt breaks lines at words in quadratic time where there are no words."""


def words_of(document: QTextDocument) -> str:
    """Return what is written in a document, character for character.

    `toPlainText` would turn no-break spaces into plain ones.
    """
    return document.toRawText().replace("\u2029", "\n").replace("\u2028", "\n")


def has_long_run(text: str) -> bool:
    """Return whether a text has a stretch without a blank that is too long to wrap at words."""
    return len(text) >= LONG_RUN and any(len(word) >= LONG_RUN for word in text.split())


def wrap_for(edit: QPlainTextEdit, text: str, *, afresh: bool) -> None:
    """Break lines anywhere where a text that comes is too long to break at words.

    afresh: it replaces what is written, so else lines break at words again.
    """
    if has_long_run(text):
        edit.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
    elif afresh:
        edit.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)


def paste(edit: QPlainTextEdit, source: QMimeData) -> None:
    """Put in what is pasted, as plain text."""
    text = source.text()
    wrap_for(edit, text, afresh=False)
    edit.insertPlainText(text)
    edit.ensureCursorVisible()


class Page(QPlainTextEdit):
    """The text area: one key sends, another breaks the line, pasting is plain text.

    Signals:
        sent: the sending key was pressed.
        recall_requested: the arrow up was pressed where nothing is written.
        focused: the cursor came or went. arg: whether it is here.
    """

    sent = Signal()
    recall_requested = Signal()
    focused = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(2)
        self.document().documentLayout().documentSizeChanged.connect(self._on_size_changed)
        self._lines = 1
        self._is_composing = False
        self.send_key = SendKey.ENTER

    @property
    def words(self) -> str:
        """What is written, character for character."""
        return words_of(self.document())

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written, not even half a character of an input method."""
        return self.document().isEmpty() and not self._is_composing

    def drop(self, beginning: str) -> None:
        """Take a text off the beginning; the cursor stays where it is in the rest."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(0)
        # Qt counts UTF-16 units.
        units = len(beginning.encode("utf-16-le", "surrogatepass")) // 2
        cursor.setPosition(units, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()

    def put(self, text: str) -> None:
        """Replace what is written; the history of changes begins anew."""
        # Emptied first: what is to go is not laid out anew for another way of wrapping.
        self.clear()
        wrap_for(self, text, afresh=True)
        self.setPlainText(text)

    def type_anew(self, text: str) -> None:
        """Replace what is written in one step that can be undone."""
        wrap_for(self, text, afresh=False)
        cursor = self.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(text)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _on_size_changed(self) -> None:
        # Of thousands of lines only the first twelve change the height.
        lines = self._line_count()
        if lines != self._lines:
            self._lines = lines
            self.updateGeometry()

    def _line_count(self) -> int:
        # A QPlainTextEdit's document counts its height in lines.
        return min(max(round(self.document().size().height()), 1), MAX_LINES)

    def _sends(self, event: QKeyEvent) -> bool:
        has_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return False
        return has_control or self.send_key is SendKey.ENTER

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._is_composing:
                # Enter belongs to the input method: it takes the characters over.
                return
            if self._sends(event):
                self.sent.emit()
            elif not self.isReadOnly():
                self.textCursor().insertBlock()
                self.ensureCursorVisible()
            return
        is_plain_up = event.key() == Qt.Key.Key_Up and not (
            event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        )
        if is_plain_up and self.is_empty and not self.isReadOnly():
            self.recall_requested.emit()
            return
        super().keyPressEvent(event)

    @unfailing
    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    @unfailing
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(True)

    @unfailing
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focused.emit(False)

    @unfailing
    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText()

    @unfailing
    def insertFromMimeData(self, source: QMimeData) -> None:
        paste(self, source)

    def sizeHint(self) -> QSize:
        margins = self.contentsMargins().top() + self.contentsMargins().bottom()
        height = self.fontMetrics().lineSpacing() * self._line_count()
        return QSize(240, height + margins + 2 * round(self.document().documentMargin()) + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

"""Composer: where the person writes, who will answer, and who pays for it.

What is typed stays here until the session says it is safe on disk.
"""

import re

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextOption
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

MAX_LINES = 12
NAME_WIDTH = 190
"""Names on the buttons are cut at this width."""
LONG_RUN = re.compile(r"\S{4096}")
"""Qt breaks lines at words in quadratic time where there are no words."""


class Page(QPlainTextEdit):
    """The text area: Enter sends, Shift+Enter breaks the line, pasting is plain text.

    Signals:
        sent: Enter was pressed.
    """

    sent = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(2)
        self.document().documentLayout().documentSizeChanged.connect(self._on_size_changed)

    @property
    def words(self) -> str:
        """What is written, character for character.

        `toPlainText` would turn no-break spaces into plain ones.
        """
        return self.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    def _on_size_changed(self) -> None:
        self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.textCursor().insertBlock()
                self.ensureCursorVisible()
            else:
                self.sent.emit()
            return
        super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:
        if LONG_RUN.search(source.text()):
            self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.insertPlainText(source.text())

    def sizeHint(self) -> QSize:
        # A QPlainTextEdit's document counts its height in lines.
        lines = min(max(round(self.document().size().height()), 1), MAX_LINES)
        margins = self.contentsMargins().top() + self.contentsMargins().bottom()
        height = self.fontMetrics().lineSpacing() * lines
        return QSize(240, height + margins + 2 * round(self.document().documentMargin()) + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())


class Composer(QFrame):
    """The box below a transcript.

    Signals:
        submitted: the person wants this sent. arg: the text.
        stop_requested: the reply under way is to end.
        edited: what is written has changed. arg: the text.
        account_chosen: another account is to answer and pay. arg: its id.
        model_requested: the person wants to choose a model.
    """

    submitted = Signal(str)
    stop_requested = Signal()
    edited = Signal(str)
    account_chosen = Signal(str)
    model_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self._is_streaming = False
        self._is_sending = False
        self.page = Page(self)
        self.page.setAccessibleName(self.tr("Message"))
        self._model = QPushButton(self)
        self._model.setObjectName("model")
        self._payer = QToolButton(self)
        self._payer.setObjectName("payer")
        self._payer.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._payer.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._send = QPushButton(self)
        self._send.setObjectName("send")
        self._lay_out()
        self.page.sent.connect(self._on_page_sent)
        self.page.textChanged.connect(self._on_page_changed)
        self._send.clicked.connect(self._on_send_clicked)
        self._model.clicked.connect(self.model_requested)
        self.setFocusProxy(self.page)
        self._refresh()

    def _lay_out(self) -> None:
        footer = QHBoxLayout()
        footer.setSpacing(8)
        footer.addWidget(self._model)
        footer.addStretch(1)
        footer.addWidget(self._payer)
        footer.addWidget(self._send)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.page)
        column.addLayout(footer)

    @property
    def words(self) -> str:
        """What is written and not sent."""
        return self.page.words

    def write(self, text: str) -> None:
        """Put a draft in, the cursor at its end; does not count as typing."""
        blocked = self.page.blockSignals(True)
        self.page.setPlainText(text)
        self.page.blockSignals(blocked)
        cursor = self.page.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self.page.setTextCursor(cursor)
        self.page.updateGeometry()
        self._refresh()

    def show_model(self, label: str, price: str) -> None:
        """Say which model answers; an empty label where none is chosen yet."""
        self.page.setPlaceholderText(
            self.tr("Message {model}").format(model=label) if label else self.tr("Message")
        )
        text = f"{_short(self._model, label)}   {price}" if label else self.tr("Choose a model")
        # "&" would be read as a mnemonic, "<" in a tooltip as mark-up.
        self._model.setText(text.replace("&", "&&"))
        self._model.setToolTip(f"{label} · {price}".replace("<", "‹") if label else "")

    def show_payer(self, payer: str, accounts: list[tuple[str, str]], current: str) -> None:
        """Say who pays, and offer the others. accounts: (id, name) pairs."""
        text = self.tr("No account")
        if payer:
            text = self.tr("{payer} pays").format(payer=_short(self._payer, payer))
        self._payer.setText(text.replace("&", "&&"))
        menu = QMenu(self._payer)
        for account_id, name in accounts:
            action = menu.addAction(name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(account_id == current)
            action.triggered.connect(
                lambda _checked=False, chosen=account_id: self.account_chosen.emit(chosen)
            )
        old = self._payer.menu()
        self._payer.setMenu(menu)
        if old is not None:
            old.deleteLater()

    def show_streaming(self, is_streaming: bool) -> None:
        """Show Stop while a reply is under way, Send otherwise."""
        self._is_streaming = is_streaming
        self._refresh()

    def hold(self) -> None:
        """Keep the words as they are while they are being saved."""
        self._is_sending = True
        self.page.setReadOnly(True)
        self._refresh()

    def release(self, *, clear: bool) -> None:
        """Give the composer back; empty if the words are safe."""
        self._is_sending = False
        self.page.setReadOnly(False)
        if clear:
            self.page.clear()
        self._refresh()

    def _refresh(self) -> None:
        self._send.setText(self.tr("Stop") if self._is_streaming else self.tr("Send"))
        self._send.setProperty("stops", self._is_streaming)
        self._send.style().unpolish(self._send)
        self._send.style().polish(self._send)
        has_words = not self.page.document().isEmpty()
        self._send.setEnabled(self._is_streaming or (has_words and not self._is_sending))

    def _submit(self) -> None:
        text = self.words
        if text.strip() and not self._is_streaming and not self._is_sending:
            self.submitted.emit(text)

    def _on_page_sent(self) -> None:
        self._submit()

    def _on_send_clicked(self) -> None:
        if self._is_streaming:
            self.stop_requested.emit()
        else:
            self._submit()
        self.page.setFocus()

    def _on_page_changed(self) -> None:
        self._refresh()
        self.edited.emit(self.words)


def _short(button: QWidget, name: str) -> str:
    return button.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, NAME_WIDTH)

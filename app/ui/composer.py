"""Composer: where the person writes, who will answer, and who pays for it.

What is typed stays here until the session says it is safe on disk.
"""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent, QPainter, QPaintEvent, QPen, QTextCursor
from PySide6.QtWidgets import QFrame, QMenu, QVBoxLayout, QWidget

from app.chat.settings import SendKey
from app.ui import theme
from app.ui.composer_footer import Footer
from app.ui.page import Page
from app.ui.unfailing import unfailing

LONGEST_NAME = 80
"""Characters of a name in a menu or a placeholder."""
STYLE = """
#composer { background: transparent; border: none; }
"""


class Composer(QFrame):
    """The box below a transcript.

    Signals:
        submitted: the person wants this sent. arg: the text.
        refused: it cannot be sent while a reply is under way.
        stop_requested: the reply under way is to end.
        edited: what is written has changed; `words` is what it is now.
        recall_requested: the person wants their last message back to write on.
        account_chosen: another account is to answer and pay. arg: its id.
        model_requested: the person wants to choose a model.
        parameters_requested: the person wants to see the parameters.
    """

    submitted = Signal(str)
    refused = Signal()
    stop_requested = Signal()
    edited = Signal()
    recall_requested = Signal()
    account_chosen = Signal(str)
    model_requested = Signal()
    parameters_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self._is_streaming = False
        self._is_sending = False
        self._sent = ""
        self._accounts: Sequence[tuple[str, str]] = ()
        self._account = ""
        self._theme = theme.light()
        self.page = Page(self)
        self.page.setAccessibleName(self.tr("Message"))
        self._footer = Footer(self)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.page)
        self.show_model("", "")
        self.show_parameters("")
        self.show_payer("", [], "")
        self._refresh()

    def _lay_out(self) -> None:
        metrics = self._theme.space
        column = QVBoxLayout(self)
        column.setContentsMargins(metrics.m, metrics.m, metrics.m, 10)
        column.setSpacing(metrics.m)
        column.addWidget(self.page)
        column.addWidget(self._footer)

    def _connect(self) -> None:
        footer = self._footer
        self.page.sent.connect(self._submit)
        self.page.recall_requested.connect(self.recall_requested)
        self.page.focused.connect(self.update)
        self.page.textChanged.connect(self._on_page_changed)
        footer.send.clicked.connect(self._on_send_clicked)
        footer.model.clicked.connect(self.model_requested)
        footer.parameters.clicked.connect(self.parameters_requested)
        footer.payer.clicked.connect(self._on_payer_clicked)

    @property
    def words(self) -> str:
        """What is written and not sent."""
        return self.page.words

    def write(self, text: str) -> None:
        """Put a draft in, the cursor at its end; does not count as typing."""
        blocked = self.page.blockSignals(True)
        self.page.put(text)
        self.page.blockSignals(blocked)
        self.page.moveCursor(QTextCursor.MoveOperation.End)
        self.page.updateGeometry()
        self._refresh()

    def recall(self, text: str) -> None:
        """Put a text in as if it had been typed: it can be undone."""
        self.page.type_anew(text)

    # Showing

    def show_model(self, label: str, price: str) -> None:
        """Say which model answers; an empty label where none is chosen yet."""
        self.page.setPlaceholderText(
            self.tr("Message {model}").format(model=_short(label)) if label else self.tr("Message")
        )
        # WORKAROUND: https://code.qt.io/cgit/qt/qtbase.git/tree/src/widgets/widgets/qplaintextedit.cpp
        # - it paints anew when a placeholder comes or goes, not when it changes. Can go once
        # `setPlaceholderText` does so.
        self.page.viewport().update()
        description = self.tr("Choose a model (Ctrl+M)")
        if label:
            description = self.tr("{model} answers · {price} · choose another (Ctrl+M)").format(
                model=label, price=price
            )
        self._footer.model.show_text(label or self.tr("Choose a model"), price, description)
        self._footer.fit()

    def show_parameters(self, summary: str) -> None:
        """Say in short which parameters are set; empty: none."""
        description = self.tr("Parameters of this conversation")
        if summary:
            description = f"{description}: {summary}"
        self._footer.parameters.show_text(summary, "", description)
        self._footer.fit()

    def show_payer(self, payer: str, accounts: Sequence[tuple[str, str]], current: str) -> None:
        """Say who pays, and offer the others. accounts: (id, name) pairs."""
        self._accounts, self._account = tuple(accounts), current
        text = self.tr("Choose who pays") if accounts else self.tr("No account")
        description = text
        if payer:
            text = self.tr("{payer} pays").format(payer=payer)
            description = self.tr("{payer} pays for this conversation").format(payer=payer)
        self._footer.payer.show_text(text, "", description, dot=bool(payer))
        self._footer.payer.setEnabled(bool(accounts))
        self._footer.fit()

    def open_accounts(self) -> None:
        """Open the menu of accounts that could answer and pay."""
        self._on_payer_clicked()

    def show_streaming(self, is_streaming: bool) -> None:
        """Show Stop while a reply is under way, Send otherwise."""
        if is_streaming != self._is_streaming:
            self._is_streaming = is_streaming
            self._refresh()

    def set_send_key(self, key: SendKey) -> None:
        """Send with Enter, or with Ctrl+Enter; the other one breaks the line."""
        self.page.send_key = key
        self._refresh()

    def set_theme(self, look: theme.Theme) -> None:
        """Paint in the colours of a theme."""
        self._theme = look
        self._footer.set_theme(look)
        self.update()

    def hold(self) -> None:
        """Keep the words until they are saved; typing goes on behind them."""
        self._is_sending = True
        self._sent = self.words
        self._refresh()

    def release(self, *, clear: bool) -> None:
        """Give the composer back; without the words that were sent if they are safe.

        What was typed meanwhile stays, and so do words that were changed meanwhile.
        """
        self._is_sending = False
        words = self.words
        if clear and words.startswith(self._sent):
            if words == self._sent:
                self.page.put("")
            else:
                self.page.drop(self._sent)
        self._sent = ""
        self._refresh()

    def _refresh(self) -> None:
        send = self._footer.send
        if self._is_streaming:
            send.show_deed(self.tr("Stop"), self.tr("Esc"), stops=True)
        else:
            is_enter = self.page.send_key is SendKey.ENTER
            keys = self.tr("Enter") if is_enter else self.tr("Ctrl+Enter")
            send.show_deed(self.tr("Send"), keys, stops=False)
        self._refresh_send()

    def _refresh_send(self) -> None:
        can_send = not self.page.document().isEmpty() and not self._is_sending
        self._footer.send.setEnabled(self._is_streaming or can_send)

    # Slots

    def _submit(self) -> None:
        if self._is_streaming:
            self.refused.emit()
        if self._is_streaming or self._is_sending:
            return
        text = self.words
        if text.strip():
            self.submitted.emit(text)

    def _on_send_clicked(self) -> None:
        # First: a field that loses the keyboard enters what is written in it.
        self.page.setFocus()
        if self._is_streaming:
            self.stop_requested.emit()
        else:
            self._submit()

    def _on_page_changed(self) -> None:
        self._refresh_send()
        self.edited.emit()

    def _on_payer_clicked(self) -> None:
        payer = self._footer.payer
        menu = QMenu(payer)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for account_id, name in self._accounts:
            action = QAction(_short(name).replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(account_id == self._account)
            action.triggered.connect(
                lambda _checked=False, chosen=account_id: self.account_chosen.emit(chosen)
            )
            menu.addAction(action)
        # Above the button: the composer stands at the window's lower end.
        menu.popup(payer.mapToGlobal(QPoint(0, -menu.sizeHint().height() - 4)))

    @unfailing
    def mousePressEvent(self, event: QMouseEvent) -> None:
        # A click beside the words means the words.
        self.page.setFocus()
        super().mousePressEvent(event)

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        colours, radius = self._theme.colours, self._theme.metrics.message_radius
        has_focus = self.page.hasFocus()
        width = self._theme.metrics.focus_ring if has_focus else self._theme.metrics.hairline
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.accent if has_focus else colours.strong_line, width))
        painter.setBrush(colours.raised)
        inset = width / 2
        box = self.rect().toRectF().adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, radius, radius)
        painter.end()


def _short(name: str) -> str:
    """Return a name that would fill the screen cut to what can be taken in."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"

"""ConversationsPane: the conversations there are, found by title, one click from the front.

It shows what it is given and asks for everything else.
"""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.chat.heading import Heading
from app.chat.mark import Mark
from app.ui import icons
from app.ui.account_footer import AccountFooter
from app.ui.conversation_list import ConversationList
from app.ui.conversation_rows import title
from app.ui.new_button import NewButton
from app.ui.theme import Theme, light
from app.ui.undo_strip import Cut, UndoStrip
from app.ui.unfailing import unfailing

__all__ = ["STYLE", "ConversationsPane", "title"]

STYLE = """
#conversations #new {
    padding: 0px; min-height: 34px; background: @raised;
    border: 1px solid @strong_line; border-radius: @radius_block;
}
#conversations #new:hover { background: @window; }
#conversations #new:focus { border: 2px solid @accent; min-height: 32px; }
#conversations #filter {
    background: @line; border: 2px solid transparent; border-radius: @radius_control;
    padding: 0px 6px; min-height: 28px; placeholder-text-color: @muted;
}
#conversations #filter:focus { border: 2px solid @accent; }
#conversations #filter QToolButton {
    background: transparent; border: none; padding: 0px; min-height: 0px;
}
#conversations #nothing { color: @muted; }
#conversations #nothing, #conversations #empty, #conversations #words, #conversations #undo {
    font-size: @size_caption;
}
#conversations #filter, #conversations #rename { font-size: @size_base; }
#conversations #conversationlist, #conversations #conversationlist:focus { border: none; }
#conversations #rename { background: @raised; padding: 0px 8px; border: 2px solid @accent; }
#conversations #undostrip {
    background: @raised; border: 1px solid @strong_line; border-radius: @radius_block;
}
#conversations #undo {
    background: transparent; color: @accent; border: none; padding: 4px 8px; font-weight: 600;
}
#conversations #undo:hover { background: @accent_wash; }
#conversations #undo:focus { border: 2px solid @accent; padding: 2px 6px; }
#conversations #gear, #conversations #dismiss {
    background: transparent; border: none; padding: 0px; min-height: 0px;
}
#conversations #gear:hover, #conversations #dismiss:hover { background: @line; }
#conversations #gear:focus, #conversations #dismiss:focus { border: 2px solid @accent; }
"""


class Filter(QLineEdit):
    """The filter field; the arrow keys go on into the list, Esc clears.

    Signals:
        left: the person goes on into the list.
        entered: the first one found is wanted.
    """

    left = Signal()
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filter")
        self.setPlaceholderText(self.tr("Filter by title"))
        self.setAccessibleName(self.tr("Filter conversations by title"))
        self.setToolTip(self.tr("Filter conversations by title (Ctrl+Shift+F)"))
        self._glass = self.addAction(
            icons.icon("search", light().colours.muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self._glass.setText(self.tr("Filter"))
        self._clear = QAction(self.tr("Clear the filter"), self)
        self._clear.triggered.connect(self.clear)
        self.textChanged.connect(self._on_text_changed)

    def set_theme(self, theme: Theme) -> None:
        """Take the icons in the colours of a theme."""
        self._glass.setIcon(icons.icon("search", theme.colours.muted))
        self._clear.setIcon(icons.icon("x", theme.colours.muted))

    def _on_text_changed(self, text: str) -> None:
        if text and self._clear not in self.actions():
            self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        elif not text:
            self.removeAction(self._clear)

    @unfailing
    def event(self, event: QEvent) -> bool:
        # Escape empties the field before it stops a reply.
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if event.type() is QEvent.Type.ShortcutOverride and is_escape and self.text():
            event.accept()
            return True
        return super().event(event)

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Down:
            self.left.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class ConversationsPane(QWidget):
    """New conversation, a filter, the conversations there are, and who pays.

    Signals:
        new_requested: an empty conversation is wanted.
        chosen: a conversation is wanted in front. arg: its id.
        renamed: a title was written. args: conversation id, the title.
        pin_requested: it is to be kept on top, or not. args: conversation id, which.
        delete_requested: a conversation is to go. arg: its id.
        undo_requested: what was deleted last is wanted back.
        settings_requested: the settings are wanted.
        account_requested: the accounts are wanted.
    """

    new_requested = Signal()
    chosen = Signal(object)
    renamed = Signal(object, str)
    pin_requested = Signal(object, bool)
    delete_requested = Signal(object)
    undo_requested = Signal()
    settings_requested = Signal()
    account_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conversations")
        self._has_any = False
        self._make_top()
        self._make_middle()
        self.list = ConversationList(self)
        self.undo_strip = UndoStrip(self)
        self.undo_strip.hide()
        self.footer = AccountFooter(self)
        self._connect()
        self._lay_out()
        self.set_theme(light())
        self._show_state()

    def _make_top(self) -> None:
        self._new = NewButton("Ctrl+N", self)
        self.filter = Filter(self)

    def _make_middle(self) -> None:
        self._empty = QWidget(self)
        words = QLabel(self.tr("Your conversations will be listed here."), self._empty)
        words.setObjectName("empty")
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        around = QVBoxLayout(self._empty)
        around.setContentsMargins(32, 0, 32, 0)
        around.addStretch(1)
        around.addWidget(words)
        around.addStretch(2)
        self._nothing = QWidget(self)
        self._nothing_words = Cut(self.tr("No title holds “{name}”."), self._nothing)
        self._nothing_words.setObjectName("nothing")
        self._nothing_words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._clear = QPushButton(self.tr("Clear the filter"), self._nothing)
        column = QVBoxLayout(self._nothing)
        column.setContentsMargins(12, 24, 12, 0)
        column.setSpacing(12)
        column.addWidget(self._nothing_words)
        column.addWidget(self._clear, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def _connect(self) -> None:
        self._new.clicked.connect(self.new_requested)
        self._clear.clicked.connect(self._on_clear_clicked)
        self.filter.textChanged.connect(self._on_filter_changed)
        self.filter.left.connect(self.list.enter)
        self.filter.entered.connect(self._on_filter_entered)
        self.list.chosen.connect(self.chosen)
        self.list.renamed.connect(self.renamed)
        self.list.pin_requested.connect(self.pin_requested)
        self.list.delete_requested.connect(self.delete_requested)
        self.undo_strip.undo_requested.connect(self.undo_requested)
        self.footer.settings_requested.connect(self.settings_requested)
        self.footer.account_requested.connect(self.account_requested)

    def _lay_out(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(12, 12, 12, 0)
        top.setSpacing(12)
        top.addWidget(self._new)
        top.addWidget(self.filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addSpacing(8)
        column.addWidget(self._empty, 1)
        column.addWidget(self._nothing, 1)
        column.addWidget(self.list, 1)
        column.addWidget(self.undo_strip)
        column.addWidget(self.footer)

    # Showing

    def show_headings(
        self, headings: Sequence[Heading], front: int | None, marks: Mapping[int, Mark]
    ) -> None:
        """List conversations, newest first, with their marks by id, and the one in front."""
        self._has_any = bool(headings)
        self.list.show_headings(headings, front, marks)
        self._show_state()

    def show_undo(self, title: str | None) -> None:
        """Offer to bring back a conversation of this title; None: nothing to bring back."""
        self.undo_strip.show_title(title)

    def show_account(self, name: str, line: str) -> None:
        """Show who asks and who pays; an empty name: there is no account."""
        self.footer.show_account(name, line)

    def rename(self, conversation_id: int) -> None:
        """Let the person edit a conversation's title in its row, also one filtered out."""
        if self.list.rows.row_of(conversation_id) < 0:
            self.filter.clear()
        self.list.rename(conversation_id)

    def focus_filter(self) -> None:
        """Put the cursor into the filter."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def set_theme(self, theme: Theme) -> None:
        """Paint everything in the colours and sizes of a theme."""
        self._new.set_theme(theme)
        self.filter.set_theme(theme)
        self.list.set_theme(theme)
        self.undo_strip.set_theme(theme)
        self.footer.set_theme(theme)

    def _show_state(self) -> None:
        """Show the list, or why there is nothing in it."""
        has_rows = self.list.rows.rowCount() > 0
        is_missed = self._has_any and not has_rows
        if is_missed:
            self._nothing_words.show_name(self.filter.text().strip())
        self.list.setVisible(has_rows)
        self._nothing.setVisible(is_missed)
        self._empty.setVisible(not self._has_any)

    def _on_filter_changed(self, text: str) -> None:
        self.list.filter(text)
        self._show_state()

    def _on_filter_entered(self) -> None:
        if self.filter.text().strip():
            self.list.choose_first()

    def _on_clear_clicked(self) -> None:
        self.filter.clear()
        self.filter.setFocus()

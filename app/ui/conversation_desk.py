"""ConversationDesk: the conversations listed, those in tabs, and what is done to them."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from app.session import Session
from app.ui import wording
from app.ui.chat_view import ChatView
from app.ui.columns import Columns, Side
from app.ui.conversations_pane import ConversationsPane, title
from app.ui.notice import Notice
from app.ui.notice_bar import NoticeBar
from app.ui.tab_strip import TabFace
from app.ui.tabs import Tabs
from app.ui.theme import Theme


class ConversationDesk(QObject):
    """Shows what the session's desk holds in the pane and in tabs, and asks for changes.

    Signals:
        view_made: a tab came to the front for the first time. arg: its ChatView.
        front_shown: what is in front may be another conversation. arg: its title, or "".
        writing_wanted: the person is to write next.
    """

    view_made = Signal(object)
    front_shown = Signal(str)
    writing_wanted = Signal()

    def __init__(
        self,
        session: Session,
        tabs: Tabs,
        pane: ConversationsPane,
        columns: Columns,
        notice_bar: NoticeBar,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._tabs = tabs
        self._pane = pane
        self._columns = columns
        self._notice_bar = notice_bar
        self._offer: Notice | None = None
        """To bring back what was deleted last, in the bar."""
        self.can_undelete = False
        """Whether a conversation was deleted that can come back."""
        self._theme: Theme | None = None
        self._wraps_code = False
        """Whether lines of code are broken, in every tab of this run."""
        desk = session.desk
        desk.list_changed.connect(self.show_headings)
        desk.tabs_changed.connect(self.show_tabs)
        desk.opened.connect(self.show_tabs)
        desk.deleted.connect(self._on_deleted)
        self._connect_pane()
        self._connect_tabs()

    def _connect_pane(self) -> None:
        pane, desk = self._pane, self._session.desk
        pane.new_requested.connect(self.begin)
        pane.chosen.connect(self._on_chosen)
        pane.renamed.connect(desk.rename)
        pane.pin_requested.connect(desk.pin)
        pane.delete_requested.connect(self._session.delete)
        pane.undo_requested.connect(desk.undelete)

    def _connect_tabs(self) -> None:
        tabs, desk = self._tabs, self._session.desk
        tabs.chosen.connect(desk.show)
        tabs.new_requested.connect(self.begin)
        tabs.close_requested.connect(self.close_tab)
        tabs.close_others_requested.connect(desk.close_others)
        tabs.reopen_requested.connect(desk.reopen)
        tabs.moved.connect(desk.move)

    def set_theme(self, theme: Theme) -> None:
        """Show the pane and every tab in another theme."""
        self._theme = theme
        self._pane.set_theme(theme)
        self._tabs.set_theme(theme)
        for view in self._tabs.views:
            view.set_theme(theme)

    # Verbs

    def begin(self) -> None:
        """Bring an empty conversation to the front, the cursor in its composer."""
        if self._session.has_started:
            self._session.new_conversation()
            self._columns.close_floating()
            self.writing_wanted.emit()

    def close_tab(self, conversation_id: int) -> None:
        """Close a tab; what is typed in it is kept."""
        self._session.close_tab(conversation_id)
        self.writing_wanted.emit()

    def delete(self, conversation_id: int) -> None:
        """Delete a conversation; it can be brought back for a while."""
        self._session.delete(conversation_id)
        self.writing_wanted.emit()

    def rename(self, conversation_id: int) -> None:
        """Let the person edit a title in the pane."""
        self._columns.show_pane(Side.LEFT)
        self._pane.rename(conversation_id)

    def toggle_pin(self, conversation_id: int) -> None:
        """Keep a conversation on top, or no longer."""
        desk = self._session.desk
        desk.pin(conversation_id, not desk.heading(conversation_id).pinned)

    def find(self) -> None:
        """Put the cursor into the filter of the pane."""
        self._columns.show_pane(Side.LEFT)
        self._pane.focus_filter()

    # Showing

    def show_headings(self) -> None:
        """Show the list, and the tabs where there are any."""
        desk = self._session.desk
        if desk.tabs:
            self.show_tabs()
        else:
            self._pane.show_headings(desk.headings, desk.front, desk.marks)

    def show_tabs(self) -> None:
        """Show the tabs, the one in front with its view, and where it is in the list."""
        desk = self._session.desk
        made = self._make_front_view()
        takes_focus = made is not None and not self._is_in_a_pane()
        marks = desk.marks
        faces = [TabFace(i, title(desk.heading(i)), marks.get(i)) for i in desk.tabs]
        before = self._tabs.front
        if before is not None and before.conversation.id != desk.front:
            before.keep_position()
        self._tabs.show_tabs(faces, desk.front, can_reopen=desk.can_reopen)
        if made is not None and takes_focus:
            made.setFocus()
        self._pane.show_headings(desk.headings, desk.front, marks)
        front = desk.heading(desk.front) if desk.front is not None else None
        self.front_shown.emit(title(front) if front is not None else "")

    def show_payer(self) -> None:
        """Show which account the conversation in front asks, and who pays."""
        desk, accounts = self._session.desk, self._session.accounts
        if desk.front is None:
            return
        account = accounts.get(desk.heading(desk.front).account_id)
        name = account.name if account is not None else ""
        line = wording.pays_line(account)
        if account is None and accounts.all:
            name, line = wording.removed_account()
        self._pane.show_account(name, line)

    def _make_front_view(self) -> ChatView | None:
        """Make the view of the conversation in front once its messages are in memory.

        Return it, or None where there is one already or nothing to make it of.
        """
        desk = self._session.desk
        if desk.front is None or self._tabs.view(desk.front) is not None:
            return None
        conversation = desk.conversation(desk.front)
        if conversation is None or self._theme is None:
            return None
        view = ChatView(self._session, conversation, self._theme, self._tabs)
        view.transcript.set_code_wrapping(self._wraps_code)
        view.transcript.wrapping_changed.connect(self._on_wrapping_changed)
        self.view_made.emit(view)
        self._tabs.add_view(view)
        return view

    def _is_in_a_pane(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self._columns.is_in_a_pane(focus)

    # What happens

    def _on_chosen(self, conversation_id: int) -> None:
        self._session.desk.show(conversation_id)
        self._columns.close_floating()
        self.writing_wanted.emit()

    def _on_deleted(self, name: str | None) -> None:
        self.can_undelete = name is not None
        self._pane.show_undo(name)
        # Only what was deleted last can come back: no offer is left that names another.
        if self._offer is not None:
            self._notice_bar.withdraw(self._offer)
            self._offer = None
        if name is not None and not self._pane.isVisible():
            self._offer = wording.deleted(name)
            self._notice_bar.add(self._offer)

    def _on_wrapping_changed(self, is_wrapping: bool) -> None:
        self._wraps_code = is_wrapping
        for view in self._tabs.views:
            view.transcript.set_code_wrapping(is_wrapping)

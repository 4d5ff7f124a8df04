"""Window: places the parts and connects their signals to the session's verbs.

It is painted once, empty, before anything is imported that a painted window can
do without; `attach` then brings it to life.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDesktopServices, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QMessageBox,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app import __version__
from app.chat.circumstance import Circumstance
from app.chat.conversation import Conversation
from app.chat.model import Catalogue
from app.ui import actions, wording
from app.ui.conversations_pane import ConversationsPane, title
from app.ui.models_pane import ModelsPane
from app.ui.notice import Act
from app.ui.notice_bar import NoticeBar
from app.ui.style import style_sheet
from app.ui.tabs import Tabs
from app.ui.theme import Theme, qpalette
from app.ui.welcome import Welcome

if TYPE_CHECKING:
    from app.session import Session
    from app.ui.chat_view import ChatView

KEYS_PAGE = "https://app.primeintellect.ai/dashboard/tokens"
BILLING_PAGE = "https://app.primeintellect.ai/dashboard/billing"


class Window(QMainWindow):
    """The main window.

    Signals:
        painted: it was painted for the first time.
        closed: the person closed it.
    """

    painted = Signal()
    closed = Signal()
    _session: "Session"

    def __init__(self, theme: Theme, settings: QSettings) -> None:
        super().__init__()
        self._theme = theme
        self._settings = settings
        self._is_painted = False
        self.setWindowTitle("Coprime")
        self.conversations = ConversationsPane(self)
        self.tabs = Tabs(self)
        self.models = ModelsPane(self)
        self.welcome = Welcome(self)
        self.notice_bar = NoticeBar(self)
        self._centre = QStackedWidget(self)
        self.actions_by_name: dict[str, QAction] = {}
        self._lay_out()
        self._restore_geometry()
        self.set_theme(theme)

    def attach(self, session: "Session") -> None:
        """Show a session that is about to start, and call its verbs from now on."""
        self._session = session
        self.actions_by_name = actions.build(self, self._verbs())
        actions.fill(self.menuBar(), self.actions_by_name)
        self._connect()

    def _lay_out(self) -> None:
        for pane in (self.conversations, self.models, self.tabs):
            pane.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._centre.addWidget(self.tabs)
        self._centre.addWidget(self.welcome)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(self.conversations)
        self._splitter.addWidget(self._centre)
        self._splitter.addWidget(self.models)
        self._splitter.setCollapsible(1, False)
        self._splitter.setStretchFactor(1, 1)
        self.conversations.setMinimumWidth(180)
        self.conversations.setMaximumWidth(360)
        self.models.setMinimumWidth(260)
        self.models.setMaximumWidth(420)
        self._centre.setMinimumWidth(320)
        self._splitter.setSizes([244, 720, 316])
        whole = QWidget(self)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice_bar)
        column.addWidget(self._splitter, 1)
        self.setCentralWidget(whole)

    def _verbs(self) -> actions.Verbs:
        return {
            "new_conversation": self.begin,
            "close_tab": self._close_front_tab,
            "add_account": self.add_account,
            "add_demo": self._session.accounts.add_demo,
            "quit": self.close,
            "stop": lambda: self._on_front(lambda view: view.stop()),
            "retry": lambda: self._on_front(lambda view: view.retry_last()),
            "write": self._write,
            "find_model": self._find_model,
            "refresh_models": self._refresh_models,
            "next_tab": lambda: self.tabs.step(1),
            "previous_tab": lambda: self.tabs.step(-1),
            "toggle_conversations": lambda: _toggle(self.conversations),
            "toggle_models": lambda: _toggle(self.models),
            "about": self._about,
        }

    def _connect(self) -> None:
        session = self._session
        session.started.connect(self._on_started)
        session.circumstance_arose.connect(self._on_circumstance_arose)
        session.catalogue_changed.connect(self._on_catalogue_changed)
        session.accounts.changed.connect(self._on_accounts_changed)
        session.desk.list_changed.connect(self._show_headings)
        session.desk.tabs_changed.connect(self._show_tabs)
        session.desk.opened.connect(self._on_conversation_opened)
        self.conversations.new_requested.connect(self.begin)
        self.conversations.chosen.connect(self._on_conversation_chosen)
        self.tabs.new_requested.connect(self.begin)
        self.tabs.chosen.connect(session.desk.show)
        self.tabs.close_requested.connect(session.close_tab)
        self.models.chosen.connect(self._on_model_chosen)
        self.models.refresh_requested.connect(self._refresh_models)
        self.welcome.account_requested.connect(self.add_account)
        self.welcome.demo_requested.connect(session.accounts.add_demo)
        self.notice_bar.offer_taken.connect(lambda act: self._act(None, None, act))

    # Verbs

    def set_theme(self, theme: Theme) -> None:
        """Show everything in another theme."""
        self._theme = theme
        QApplication.setPalette(qpalette(theme))
        self.setStyleSheet(style_sheet(theme))
        self.models.set_theme(theme)
        for view in self.tabs.views:
            view.set_theme(theme)

    def begin(self) -> None:
        """Bring an empty conversation to the front, the cursor in its composer."""
        self._session.new_conversation()
        self._write()

    def add_account(self) -> None:
        """Open the dialog that asks for an account."""
        from app.ui.account_dialog import AccountDialog

        AccountDialog(self._session, self).open()

    def _write(self) -> None:
        self._on_front(lambda view: view.setFocus())

    def _close_front_tab(self) -> None:
        if self._session.desk.front is not None:
            self._session.close_tab(self._session.desk.front)
            self._write()

    def _find_model(self) -> None:
        self.models.show()
        self.models.filter.setFocus()
        self.models.filter.selectAll()

    def _refresh_models(self) -> None:
        view = self.tabs.front
        account_id = view.conversation.heading.account_id if view else ""
        account = self._session.accounts.get(account_id)
        if account is not None:
            self._session.catalogues.refresh(account)

    def _about(self) -> None:
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.tr("About Coprime"))
        box.setText(f"Coprime {__version__}")
        box.setInformativeText(
            self.tr("A native chat client for the Prime Intellect Inference API. MIT licence.")
        )
        box.open()

    def _open_link(self, address: str) -> None:
        """Show where a link really leads before anything opens."""
        url = QUrl(address, QUrl.ParsingMode.StrictMode)
        if url.scheme() not in ("http", "https") or not url.host() or url.userInfo():
            return
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setTextFormat(Qt.TextFormat.PlainText)
        host = url.host(QUrl.ComponentFormattingOption.FullyEncoded)
        box.setText(self.tr("Open {host} in the browser?").format(host=host))
        box.setInformativeText(url.toString(QUrl.ComponentFormattingOption.FullyEncoded)[:500])
        open_button = box.addButton(self.tr("Open"), QMessageBox.ButtonRole.AcceptRole)
        copy_button = box.addButton(self.tr("Copy address"), QMessageBox.ButtonRole.ActionRole)
        box.addButton(QMessageBox.StandardButton.Cancel)

        def on_clicked(button: object) -> None:
            if button is open_button:
                QDesktopServices.openUrl(url)
            elif button is copy_button:
                QApplication.clipboard().setText(address)

        box.buttonClicked.connect(on_clicked)
        box.open()

    def _act(self, view: "ChatView | None", message_id: int | None, act: Act) -> None:
        """Do what an offer of a notice promises."""
        if act is Act.EDIT_ACCOUNT:
            self.add_account()
        elif act is Act.CHOOSE_MODEL:
            self._find_model()
        elif act is Act.OPEN_KEYS_PAGE:
            self._open_link(KEYS_PAGE)
        elif act is Act.OPEN_BILLING:
            self._open_link(BILLING_PAGE)
        elif act is Act.NEW_CONVERSATION:
            self.begin()
        elif view is not None and message_id is not None:
            if act is Act.RETRY:
                self._session.retry(view.conversation, message_id)
            elif act is Act.DETAILS:
                self._show_details(view, message_id)

    def _show_details(self, view: "ChatView", message_id: int) -> None:
        completion = view.conversation.message(message_id).completion
        if completion is None or completion.failure is None:
            return
        text = wording.details(completion.failure)
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.tr("Details"))
        box.setText(text)
        box.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        copy_button = box.addButton(self.tr("Copy"), QMessageBox.ButtonRole.ActionRole)
        copy_button.clicked.connect(lambda: QApplication.clipboard().setText(text))
        box.addButton(QMessageBox.StandardButton.Close)
        box.open()

    # Showing

    def _on_front(self, deed: "Callable[[ChatView], object]") -> None:
        if self.tabs.front is not None:
            deed(self.tabs.front)

    def _show_headings(self) -> None:
        desk = self._session.desk
        self.conversations.show_headings(desk.headings, desk.front)
        if desk.tabs:
            self._show_tabs()

    def _show_tabs(self) -> None:
        desk = self._session.desk
        self.tabs.show_tabs([(i, title(desk.heading(i))) for i in desk.tabs], desk.front)
        self.conversations.show_headings(desk.headings, desk.front)
        front = desk.heading(desk.front) if desk.front is not None else None
        name = title(front) if front is not None else ""
        self.setWindowTitle(f"{name} – Coprime" if name else "Coprime")
        self._show_models()

    def _show_models(self) -> None:
        desk = self._session.desk
        if desk.front is None:
            self.models.show_catalogue(Catalogue(), "", has_account=False)
            return
        heading = desk.heading(desk.front)
        has_account = self._session.accounts.get(heading.account_id) is not None
        catalogue = self._session.catalogues.of(heading.account_id)
        self.models.show_catalogue(catalogue, heading.model, has_account=has_account)

    def _on_started(self) -> None:
        self._on_accounts_changed()

    def _on_accounts_changed(self) -> None:
        has_accounts = bool(self._session.accounts.all)
        has_history = bool(self._session.desk.headings)
        begins = has_accounts or has_history
        self._centre.setCurrentWidget(self.tabs if begins else self.welcome)
        for view in self.tabs.views:
            view.refresh()
        self._show_models()
        (self.tabs.front or self.welcome).setFocus()

    def _on_conversation_opened(self, conversation: Conversation) -> None:
        from app.ui.chat_view import ChatView

        view = ChatView(self._session, conversation, self._theme, self.tabs)
        view.act_requested.connect(lambda message_id, act: self._act(view, message_id, act))
        view.link_activated.connect(self._open_link)
        view.model_requested.connect(self._find_model)
        view.notice_bar.offer_taken.connect(lambda act: self._act(view, None, act))
        self.tabs.add_view(view)
        self._show_tabs()
        if self.tabs.front is view:
            view.setFocus()

    def _on_conversation_chosen(self, conversation_id: int) -> None:
        self._session.desk.show(conversation_id)
        self._write()

    def _on_model_chosen(self, model_id: str) -> None:
        view = self.tabs.front
        if view is not None:
            self._session.choose_model(view.conversation, model_id)
            view.setFocus()

    def _on_catalogue_changed(self, account_id: str) -> None:
        self._show_models()
        for view in self.tabs.views:
            if view.conversation.heading.account_id == account_id:
                view.refresh_captions()

    def _on_circumstance_arose(self, circumstance: Circumstance) -> None:
        view = None
        if circumstance.conversation_id is not None:
            view = self.tabs.view(circumstance.conversation_id)
        if view is not None:
            view.tell(circumstance)
        else:
            self.notice_bar.show_notice(wording.circumstance(circumstance))

    # Geometry

    def _restore_geometry(self) -> None:
        geometry = self._settings.value("window/geometry")
        state = self._settings.value("window/splitter")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            self.resize(1280, 832)
        if isinstance(state, QByteArray):
            self._splitter.restoreState(state)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._settings.setValue("window/geometry", self.saveGeometry())
        self._settings.setValue("window/splitter", self._splitter.saveState())
        event.accept()
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            self.painted.emit()


def _toggle(pane: QWidget) -> None:
    pane.setVisible(not pane.isVisible())

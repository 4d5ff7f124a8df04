"""Window: places the parts and connects their signals to the session's verbs.

It is painted once, empty, before anything is imported that a painted window can
do without; `attach` then brings it to life, and it takes input once the session
has started.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QStackedWidget,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.chat.circumstance import Circumstance
from app.chat.conversation import Heading
from app.chat.message import Role
from app.chat.model import Catalogue
from app.chat.parameters import Parameters
from app.chat.settings import TEXT_SCALES, Appearance, Settings
from app.ui import actions, conversations_pane, models_pane, tabs, theme, wording
from app.ui.columns import Columns, Side
from app.ui.conversations_pane import ConversationsPane, title
from app.ui.models_pane import ModelsPane
from app.ui.notice import Act
from app.ui.notice_bar import NoticeBar
from app.ui.style import style_sheet
from app.ui.tab_strip import TabFace
from app.ui.tabs import Tabs

if TYPE_CHECKING:
    from app.session import Session
    from app.session.trials import ModelTrial
    from app.ui.account_desk import AccountDesk
    from app.ui.chat_view import ChatView
    from app.ui.transcript.acts import MessageAct

BILLING_PAGE = "https://app.primeintellect.ai/dashboard/billing"
NARROWEST = (360, 400)
FIRST_SIZE = QSize(1280, 832)


class Window(QMainWindow):
    """The main window.

    Signals:
        painted: it was painted for the first time.
        closed: the person closed it.
    """

    painted = Signal()
    closed = Signal()
    _session: "Session"
    _accounts: "AccountDesk"

    def __init__(self, look: theme.Theme, settings: QSettings) -> None:
        super().__init__()
        self._theme = look
        self._system_theme = look
        self._settings = settings
        self._late_styles: tuple[str, ...] = ()
        self._is_painted = False
        self._wraps_code = False
        """Whether lines of code are broken, in every tab of this run."""
        self.setWindowTitle("Coprime")
        self.setMinimumSize(*NARROWEST)
        self.conversations = ConversationsPane(self)
        self.tabs = Tabs(self)
        self.models = ModelsPane(self)
        self.notice_bar = NoticeBar(self)
        self._centre = QStackedWidget(self)
        self._centre.setObjectName("centre")
        self.actions_by_name: dict[str, QAction] = {}
        self._lay_out()
        self._restore_geometry()
        self.set_theme(look)

    def attach(self, session: "Session", data: Path) -> None:
        """Show a session that is about to start, and call its verbs from now on."""
        from app.ui import composer, find_bar, icons, welcome
        from app.ui.account_desk import AccountDesk
        from app.ui.transcript import editor
        from app.ui.welcome import Welcome

        self._session = session
        session.words_saved.connect(self._on_first_words_saved)
        self.setWindowIcon(icons.mark())
        self.welcome = Welcome(self)
        self._centre.addWidget(self.welcome)
        self._accounts = AccountDesk(session, self.welcome, self, self._theme, data)
        self._late_styles = (composer.STYLE, welcome.STYLE, editor.STYLE, find_bar.STYLE)
        self.set_theme(self._theme)
        self.actions_by_name = actions.build(self, self._verbs())
        actions.fill(self.menuBar(), self.actions_by_name)
        self._connect()
        self._let_in(False)

    def _lay_out(self) -> None:
        for pane in (self.conversations, self.models, self.tabs):
            pane.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._centre.addWidget(self.tabs)
        self.conversations.setFocusProxy(self.conversations.filter)
        self.models.setFocusProxy(self.models.filter)
        self.columns = Columns(self.conversations, self._centre, self.models, self)
        whole = QWidget(self)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice_bar)
        column.addWidget(self.columns, 1)
        self.setCentralWidget(whole)

    def _verbs(self) -> actions.Verbs:
        from app.ui.transcript.acts import MessageAct

        session, desk = self._session, self._session.desk
        return {
            "new_conversation": self.begin,
            "reopen_tab": desk.reopen,
            "close_tab": lambda: self._on_front_id(self._close_tab),
            "close_other_tabs": lambda: self._on_front_id(desk.close_others),
            "add_account": self._accounts.add,
            "add_demo": session.accounts.add_demo,
            "settings": self._accounts.open_settings,
            "quit": self.close,
            "copy": lambda: self._on_text("copy"),
            "copy_markdown": lambda: self._on_front(lambda v: v.transcript.copy_as_markdown()),
            "select_all": lambda: self._on_text("select_all"),
            "find": lambda: self._on_front(lambda view: view.open_find_bar()),
            "find_next": lambda: self._on_front(lambda view: view.find_beyond(1)),
            "find_previous": lambda: self._on_front(lambda view: view.find_beyond(-1)),
            "write": self._write,
            "stop": self._stop,
            "find_model": self._find_model,
            "parameters": self._find_parameters,
            "refresh_models": self._refresh_models,
            "rename": lambda: self._on_front_id(self._rename),
            "pin": lambda: self._on_front_id(self._toggle_pin),
            "delete": lambda: self._on_front_id(self._delete),
            "undelete": desk.undelete,
            "retry": lambda: self._on_front(lambda view: view.retry_last()),
            "edit_last": lambda: self._on_last(Role.USER, MessageAct.EDIT),
            "copy_last": lambda: self._on_last(Role.ASSISTANT, MessageAct.COPY),
            "fork": lambda: self._on_last(Role.ASSISTANT, MessageAct.FORK),
            "previous_version": lambda: self._on_front(lambda v: v.acts.step_version(-1)),
            "next_version": lambda: self._on_front(lambda v: v.acts.step_version(1)),
            "previous_message": lambda: self._on_front(lambda v: v.transcript.jump(-1)),
            "next_message": lambda: self._on_front(lambda v: v.transcript.jump(1)),
            "next_tab": lambda: self.tabs.step(1),
            "previous_tab": lambda: self.tabs.step(-1),
            "toggle_conversations": lambda: self.columns.toggle(Side.LEFT),
            "toggle_models": lambda: self.columns.toggle(Side.RIGHT),
            "find_conversation": self._find_conversation,
            "larger": lambda: self._scale_text(1),
            "smaller": lambda: self._scale_text(-1),
            "normal_size": lambda: self._scale_text(0),
            "about": lambda: self._accounts.open_settings("about"),
        }

    def _connect(self) -> None:
        session, desk = self._session, self._session.desk
        session.started.connect(self._on_started)
        session.circumstance_arose.connect(self._on_circumstance_arose)
        session.catalogue_changed.connect(self._on_catalogue_changed)
        session.accounts.changed.connect(self._on_accounts_changed)
        session.preferences.changed.connect(self._on_settings_changed)
        desk.list_changed.connect(self._show_headings)
        desk.tabs_changed.connect(self._show_tabs)
        desk.opened.connect(self._show_tabs)
        desk.deleted.connect(self._on_conversation_deleted)
        self.columns.closed.connect(self._write)
        self._connect_conversations()
        self._connect_models()
        self.tabs.chosen.connect(desk.show)
        self.tabs.new_requested.connect(self.begin)
        self.tabs.close_requested.connect(self._close_tab)
        self.tabs.close_others_requested.connect(desk.close_others)
        self.tabs.reopen_requested.connect(desk.reopen)
        self.tabs.moved.connect(desk.move)
        self.notice_bar.offer_taken.connect(self._on_offer_taken)

    def _connect_conversations(self) -> None:
        pane, desk = self.conversations, self._session.desk
        pane.new_requested.connect(self.begin)
        pane.chosen.connect(self._on_conversation_chosen)
        pane.renamed.connect(desk.rename)
        pane.pin_requested.connect(desk.pin)
        pane.delete_requested.connect(self._session.delete)
        pane.undo_requested.connect(desk.undelete)
        pane.settings_requested.connect(self._accounts.open_settings)
        pane.account_requested.connect(lambda: self._accounts.open_settings("accounts"))

    def _connect_models(self) -> None:
        pane = self.models
        pane.chosen.connect(self._on_model_chosen)
        pane.refresh_requested.connect(self._refresh_models)
        pane.favourite_toggled.connect(self._on_favourite_toggled)
        pane.order_chosen.connect(
            lambda order: self._change_settings(lambda now: replace(now, model_order=order))
        )
        pane.check_requested.connect(self._on_model_check_requested)
        pane.parameters.parameters_changed.connect(self._on_parameters_changed)
        pane.parameters.system_prompt_changed.connect(
            lambda text: self._revise_front(lambda heading: replace(heading, system_prompt=text))
        )

    # Verbs

    def set_theme(self, look: theme.Theme) -> None:
        """Show everything in another theme."""
        self._theme = look
        QApplication.setPalette(theme.qpalette(look))
        styles = (tabs.STYLE, conversations_pane.STYLE, models_pane.STYLE)
        self.setStyleSheet(style_sheet(look, *styles, *self._late_styles))
        self.conversations.set_theme(look)
        self.tabs.set_theme(look)
        self.models.set_theme(look)
        for view in self.tabs.views:
            view.set_theme(look)
        if hasattr(self, "welcome"):
            self.welcome.set_theme(look)
            self._accounts.set_theme(look)

    def follow_system(self, look: theme.Theme) -> None:
        """Take the theme the system asks for, unless the person chose another."""
        self._system_theme = look
        self._show_appearance(self._session.preferences.now)

    def begin(self) -> None:
        """Bring an empty conversation to the front, the cursor in its composer."""
        if self._session.has_started:
            self._session.new_conversation()
            self.columns.close_floating()
            self._write()

    def _write(self) -> None:
        self._on_front(lambda view: view.setFocus())

    def _stop(self) -> None:
        if not (self.tabs.strip.put_back() or self.columns.close_floating()):
            self._on_front(lambda view: view.stop())

    def _close_tab(self, conversation_id: int) -> None:
        view = self.tabs.view(conversation_id)
        if view is not None:
            view.keep_edits()
        self._session.close_tab(conversation_id)
        self._write()

    def _delete(self, conversation_id: int) -> None:
        self._session.delete(conversation_id)
        self._write()

    def _rename(self, conversation_id: int) -> None:
        self.columns.show_pane(Side.LEFT)
        self.conversations.rename(conversation_id)

    def _toggle_pin(self, conversation_id: int) -> None:
        desk = self._session.desk
        desk.pin(conversation_id, not desk.heading(conversation_id).pinned)

    def _find_conversation(self) -> None:
        self.columns.show_pane(Side.LEFT)
        self.conversations.focus_filter()

    def _find_model(self) -> None:
        self.columns.show_pane(Side.RIGHT)
        self.models.filter.setFocus()
        self.models.filter.selectAll()

    def _find_parameters(self) -> None:
        self.columns.show_pane(Side.RIGHT)
        self.models.show_parameters()

    def _refresh_models(self) -> None:
        view = self.tabs.front
        account_id = view.conversation.heading.account_id if view else ""
        account = self._session.accounts.get(account_id)
        if account is not None:
            self._session.catalogues.refresh(account)

    def _scale_text(self, steps: int) -> None:
        now = self._session.preferences.now.text_scale
        nearest = min(range(len(TEXT_SCALES)), key=lambda i: abs(TEXT_SCALES[i] - now))
        at = min(max(nearest + steps, 0), len(TEXT_SCALES) - 1)
        scale = TEXT_SCALES[at] if steps else 1.0
        self._change_settings(lambda settings: replace(settings, text_scale=scale))

    def _change_settings(self, change: Callable[[Settings], Settings]) -> None:
        self._session.preferences.change(change(self._session.preferences.now))

    def _revise_front(self, change: Callable[[Heading], Heading]) -> None:
        self._on_front(lambda view: view.conversation.revise(change(view.conversation.heading)))

    # Showing

    def _on_front(self, deed: "Callable[[ChatView], object]") -> None:
        if self.tabs.front is not None:
            deed(self.tabs.front)

    def _on_text(self, deed: Literal["copy", "select_all"]) -> None:
        """Do something with the field that has the keyboard, else with the transcript."""
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit | QPlainTextEdit | QTextEdit):
            _ = field.copy() if deed == "copy" else field.selectAll()
        elif deed == "copy":
            self._on_front(lambda view: view.transcript.copy())
        else:
            self._on_front(lambda view: view.transcript.select_all())

    def _on_front_id(self, deed: Callable[[int], object]) -> None:
        front = self._session.desk.front
        if front is not None:
            deed(front)

    def _on_last(self, role: Role, act: "MessageAct") -> None:
        self._on_front(lambda view: view.acts.on_last(role, act))

    def _show_headings(self) -> None:
        desk = self._session.desk
        if self._session.has_started:
            self._show_centre()
        if desk.tabs:
            self._show_tabs()
        else:
            self.conversations.show_headings(desk.headings, desk.front, desk.marks)

    def _show_tabs(self) -> None:
        desk = self._session.desk
        made = self._make_front_view()
        takes_focus = made is not None and not self._is_in_a_pane()
        marks = desk.marks
        faces = [TabFace(i, title(desk.heading(i)), marks.get(i)) for i in desk.tabs]
        before = self.tabs.front
        if before is not None and before.conversation.id != desk.front:
            before.keep_position()
        self.tabs.show_tabs(faces, desk.front, can_reopen=desk.can_reopen)
        if made is not None and takes_focus:
            made.setFocus()
        self.conversations.show_headings(desk.headings, desk.front, marks)
        front = desk.heading(desk.front) if desk.front is not None else None
        name = title(front) if front is not None else ""
        self.setWindowTitle(f"{name} – Coprime" if name else "Coprime")
        self._show_models()

    def _make_front_view(self) -> "ChatView | None":
        """Make the view of the conversation in front once its messages are in memory.

        Return it, or None where there is one already or nothing to make it of.
        """
        desk = self._session.desk
        if desk.front is None or self.tabs.view(desk.front) is not None:
            return None
        conversation = desk.conversation(desk.front)
        if conversation is None:
            return None
        from app.ui import links
        from app.ui.chat_view import ChatView

        view = ChatView(self._session, conversation, self._theme, self.tabs)
        view.offered.connect(self._on_offer_taken)
        view.link_activated.connect(lambda address: links.ask_to_open(address, self))
        view.transcript.set_code_wrapping(self._wraps_code)
        view.transcript.wrapping_changed.connect(self._on_wrapping_changed)
        view.model_requested.connect(self._find_model)
        view.parameters_requested.connect(self._find_parameters)
        self.tabs.add_view(view)
        return view

    def _is_in_a_pane(self) -> bool:
        focus = QApplication.focusWidget()
        panes = (self.conversations, self.models)
        return focus is not None and any(pane.isAncestorOf(focus) for pane in panes)

    def _show_models(self) -> None:
        desk, session = self._session.desk, self._session
        if desk.front is None:
            self.models.show_catalogue(Catalogue(), "", has_account=False)
            return
        heading = desk.heading(desk.front)
        account = session.accounts.get(heading.account_id)
        self.models.show_catalogue(
            session.catalogues.of(heading.account_id),
            heading.model,
            has_account=bool(session.accounts.all),
            gone=session.catalogues.gone(heading.account_id),
        )
        self.models.parameters.show_parameters(
            heading.parameters,
            heading.system_prompt,
            session.model(heading.account_id, heading.model),
            heading.id,
        )
        name = account.name if account is not None else ""
        line = wording.pays_line(account)
        if account is None and session.accounts.all:
            name, line = wording.removed_account()
        self.conversations.show_account(name, line)

    def _show_appearance(self, settings: Settings) -> None:
        look = {
            Appearance.SYSTEM: self._system_theme,
            Appearance.LIGHT: theme.light(),
            Appearance.DARK: theme.dark(),
        }[settings.appearance]
        if look != self._theme:
            self.set_theme(look)

    def _let_in(self, is_let_in: bool) -> None:
        """Take input, or not yet: before the start there is nothing to work on."""
        self.columns.setEnabled(is_let_in)
        for name, action in self.actions_by_name.items():
            action.setEnabled(is_let_in or name == "quit")

    # What happens

    def _on_started(self) -> None:
        self._let_in(True)
        self._on_settings_changed(self._session.preferences.now)
        self._on_accounts_changed()
        if self._centre.currentWidget() is self.welcome:
            self._session.accounts.look_for_cli_login()
            self._session.accounts.look_for_keyring()

    def _on_accounts_changed(self) -> None:
        if not self._session.has_started:
            return
        begins = self._show_centre()
        for view in self.tabs.views:
            view.refresh()
        self._show_models()
        if begins:
            self._write()
        else:
            self.welcome.setFocus()

    def _show_centre(self) -> bool:
        """Show the tabs, or the welcome while there is nothing; return which it is."""
        begins = bool(self._session.accounts.all) or bool(self._session.desk.headings)
        self._centre.setCurrentWidget(self.tabs if begins else self.welcome)
        return begins

    def _on_settings_changed(self, settings: Settings) -> None:
        self._show_appearance(settings)
        self.models.show_order(settings.model_order, settings.favourites)
        for view in self.tabs.views:
            view.show_settings(settings)

    def _on_conversation_deleted(self, title: str | None) -> None:
        self.conversations.show_undo(title)
        if title is not None and not self.conversations.isVisible():
            self.notice_bar.add(wording.deleted(title))

    def _on_conversation_chosen(self, conversation_id: int) -> None:
        self._session.desk.show(conversation_id)
        self.columns.close_floating()
        self._write()

    def _on_model_chosen(self, model_id: str) -> None:
        view = self.tabs.front
        if view is not None:
            self._session.choose_model(view.conversation, model_id)
            view.notice_bar.clear()
            self.columns.close_floating()
            view.setFocus()

    def _on_parameters_changed(self, values: Parameters, conversation_id: int) -> None:
        conversation = self._session.desk.conversation(conversation_id)
        if conversation is not None:
            conversation.revise(replace(conversation.heading, parameters=values))

    def _on_favourite_toggled(self, model_id: str) -> None:
        self._change_settings(
            lambda now: replace(now, favourites=now.favourites ^ frozenset({model_id}))
        )

    def _on_model_check_requested(self, model_id: str) -> None:
        view = self.tabs.front
        account = self._session.accounts.get(view.conversation.heading.account_id if view else "")
        if account is None:
            return
        self.models.show_check(model_id, None, True, "")

        def answer(trial: "ModelTrial") -> None:
            problem = wording.model_problem(trial.failure)
            self.models.show_check(trial.model_id, trial.model, False, problem)

        self._session.trials.try_model(account, model_id, answer)

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
            self.notice_bar.add(wording.circumstance(circumstance))

    def _on_offer_taken(self, act: Act) -> None:
        """Do what an offer of a notice promises, where the window sees to it."""
        from app.ui import links
        from app.ui.account_desk import KEYS_PAGE

        if act is Act.UNDO:
            self._session.desk.undelete()
        elif act is Act.ADD_ACCOUNT:
            self._accounts.add()
        elif act is Act.EDIT_ACCOUNT:
            self._edit_account()
        elif act is Act.CHOOSE_MODEL:
            self._find_model()
        elif act is Act.OPEN_KEYS_PAGE:
            links.ask_to_open(KEYS_PAGE, self)
        elif act is Act.OPEN_BILLING:
            links.ask_to_open(BILLING_PAGE, self)
        elif act is Act.OPEN_SETTINGS:
            self._accounts.open_settings("network")
        elif act is Act.NEW_CONVERSATION:
            self.begin()

    def _on_wrapping_changed(self, is_wrapping: bool) -> None:
        self._wraps_code = is_wrapping
        for view in self.tabs.views:
            view.transcript.set_code_wrapping(is_wrapping)

    def _on_first_words_saved(self) -> None:
        """Load the fonts a reply may need while it is waited for."""
        from app.ui.transcript.warming import warm_fonts

        self._session.words_saved.disconnect(self._on_first_words_saved)
        warm_fonts(self)

    def _edit_account(self) -> None:
        """Ask for the key of the account in front, or for an account where there is none."""
        view = self.tabs.front
        account_id = view.conversation.heading.account_id if view else ""
        account = self._session.accounts.get(account_id)
        if account is None or not account.is_stored:
            self._accounts.add()
        else:
            self._accounts.edit(account_id)

    # Geometry

    def _restore_geometry(self) -> None:
        geometry = self._settings.value("window/geometry")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            frame = QSize(16, 48)  # What a window manager adds, as far as can be known.
            self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize() - frame))
        self.columns.restore(self._settings)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._settings.setValue("window/geometry", self.saveGeometry())
        self.columns.save(self._settings)
        for view in self.tabs.views:
            view.keep_position()
            view.keep_edits()
        event.accept()
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            self.painted.emit()

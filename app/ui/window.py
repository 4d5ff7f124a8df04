"""Window: an outline at first, then the parts and what they have to do with each other.

It is painted once, as the outline of itself, before anything is imported that this
can do without. `attach` makes the parts, unseen, and connects them to the session;
they show, all at once, when the session has started, or says something, or takes
its time. `ConversationDesk`, `ModelDesk` and `WindowVerbs` connect the parts.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.ui import placement, theme
from app.ui.outline import kept_outline
from app.ui.unfailing import unfailing

if TYPE_CHECKING:
    from app.chat.circumstance import Circumstance
    from app.chat.settings import Settings
    from app.paths import Paths
    from app.session import Session
    from app.ui.account_desk import AccountDesk
    from app.ui.actions import Action
    from app.ui.chat_view import ChatView
    from app.ui.columns import Columns
    from app.ui.conversation_desk import ConversationDesk
    from app.ui.conversations_pane import ConversationsPane
    from app.ui.help_desk import HelpDesk
    from app.ui.model_desk import ModelDesk
    from app.ui.models_pane import ModelsPane
    from app.ui.notice_bar import NoticeBar
    from app.ui.tabs import Tabs
    from app.ui.welcome import Welcome
    from app.ui.window_verbs import WindowVerbs

APPEARANCE = "window/appearance"
"""Name in the settings of the choice of theme, for the first paint of the next run."""
NARROWEST = (360, 400)
LONG_START_MS = 1000
"""After this the parts show although the session has not started."""


class Window(QMainWindow):
    """The main window. The parts are there once it is attached to a session.

    Signals:
        painted: it was painted for the first time.
        closed: the person closed it.
    """

    painted = Signal()
    closed = Signal()
    tabs: "Tabs"
    conversations: "ConversationsPane"
    models: "ModelsPane"
    welcome: "Welcome"
    notice_bar: "NoticeBar"
    columns: "Columns"
    _centre: QStackedWidget
    _session: "Session"
    _accounts: "AccountDesk"
    _verbs: "WindowVerbs"
    _help: "HelpDesk"
    _conversation_desk: "ConversationDesk"
    _model_desk: "ModelDesk"

    def __init__(self, look: theme.Theme, settings: QSettings) -> None:
        super().__init__()
        self._theme = look
        self._system_theme = look
        self._settings = settings
        self._outline = kept_outline(settings)
        self._is_painted = False
        self._whole: QWidget | None = None
        """All that lies below the menus, once it is there."""
        self.actions_by_name: dict[str, Action] = {}
        self.crash_report: Path | None = None
        """The newest report of a crash, if there is one."""
        self.setWindowTitle("Coprime")
        self.setMinimumSize(*NARROWEST)
        placement.restore(self, settings)

    def attach(self, session: "Session", paths: "Paths", system_theme: theme.Theme) -> None:
        """Show a session that is about to start, and call its verbs from now on."""
        from app.ui import icons

        self._session = session
        self._system_theme = system_theme
        self.setWindowIcon(icons.mark())
        self._make_parts()
        self._lay_out()
        self._make_desks(paths)
        self._make_menus()
        self._connect()
        self.set_theme(self._theme)
        self._let_in(False)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._show_parts)
        self._patience.start(LONG_START_MS)

    def _make_parts(self) -> None:
        from app.ui.columns import Columns
        from app.ui.conversations_pane import ConversationsPane
        from app.ui.models_pane import ModelsPane
        from app.ui.notice_bar import NoticeBar
        from app.ui.tabs import Tabs
        from app.ui.welcome import Welcome

        # Hidden before it has any part: else each would show when it is made.
        self._whole = QWidget(self)
        self._whole.hide()
        self.notice_bar = NoticeBar(self._whole)
        self.conversations = ConversationsPane(self._whole)
        self.tabs = Tabs(self._whole)
        self.models = ModelsPane(self._whole)
        self.welcome = Welcome(self._whole)
        self._centre = QStackedWidget(self._whole)
        self._centre.setObjectName("centre")
        self._centre.addWidget(self.tabs)
        self._centre.addWidget(self.welcome)
        self.columns = Columns(self.conversations, self._centre, self.models, self._whole)

    def _lay_out(self) -> None:
        from PySide6.QtCore import Qt  # Not before the first paint: it makes 90 enumerations.

        assert self._whole is not None
        for pane in (self.conversations, self.models, self.tabs):
            pane.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.conversations.setFocusProxy(self.conversations.filter)
        self.models.setFocusProxy(self.models.filter)
        column = QVBoxLayout(self._whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice_bar)
        column.addWidget(self.columns, 1)
        self.setCentralWidget(self._whole)
        self.columns.restore(self._settings)

    def _make_desks(self, paths: "Paths") -> None:
        from app.ui.account_desk import AccountDesk
        from app.ui.conversation_desk import ConversationDesk
        from app.ui.help_desk import HelpDesk
        from app.ui.model_desk import ModelDesk
        from app.ui.window_verbs import WindowVerbs

        session, tabs, columns = self._session, self.tabs, self.columns
        # Before the desk shows them: which of tabs and welcome is in the centre.
        session.desk.list_changed.connect(self._on_list_changed)
        self._accounts = AccountDesk(session, self.welcome, self, self._theme, paths.data)
        self._accounts.noticed.connect(self.notice_bar.add)
        self._conversation_desk = ConversationDesk(
            session, tabs, self.conversations, columns, self.notice_bar, self
        )
        self._model_desk = ModelDesk(session, tabs, self.models, columns, self)
        self._verbs = WindowVerbs(
            session,
            tabs,
            columns,
            self._conversation_desk,
            self._model_desk,
            self._accounts,
            self,
        )
        self._help = HelpDesk(session, self, self._settings, self._theme, paths.logs)

    def _make_menus(self) -> None:
        from app.ui import actions
        from app.ui.menus import Menus
        from app.ui.needs import Needs

        verbs = {
            **self._verbs.by_name(),
            **self._help.by_name(),
            "open_crash": self.open_crash_report,
        }
        needs = Needs(self._session, self.tabs, self._conversation_desk)
        self.actions_by_name = actions.build(self, verbs, needs.lacking, self._verbs.remark)
        self.menuBar().hide()
        Menus(self, self.actions_by_name)

    def _connect(self) -> None:
        from app.ui.notice import Act

        session = self._session
        session.words_saved.connect(self._on_first_words_saved)
        session.started.connect(self._on_started)
        session.circumstance_arose.connect(self._on_circumstance_arose)
        session.accounts.changed.connect(self._on_accounts_changed)
        session.preferences.changed.connect(self._on_settings_changed)
        self.columns.closed.connect(self._verbs.write)
        self._conversation_desk.view_made.connect(self._on_view_made)
        self._conversation_desk.front_shown.connect(self._on_front_shown)
        self._conversation_desk.writing_wanted.connect(self._verbs.write)
        self.conversations.settings_requested.connect(self._accounts.open_settings)
        self.conversations.account_requested.connect(
            lambda: self._accounts.open_settings("accounts")
        )
        self.notice_bar.offer_taken.connect(self._verbs.take)
        self.notice_bar.offer_taken.connect(
            lambda act: self.open_crash_report() if act is Act.OPEN_REPORT else None
        )

    # Showing

    def set_theme(self, look: theme.Theme) -> None:
        """Show everything in another theme."""
        from app.ui import composer, conversations_pane, find_bar, models_pane, tabs, welcome
        from app.ui.style import style_sheet
        from app.ui.transcript import editor

        self._theme = look
        parts = (tabs, conversations_pane, models_pane, composer, welcome, editor, find_bar)
        QApplication.setPalette(theme.qpalette(look))
        self.setStyleSheet(style_sheet(look, *(part.STYLE for part in parts)))
        self.notice_bar.set_theme(look)
        self._show_more_menus(look)
        self._conversation_desk.set_theme(look)
        self._model_desk.set_theme(look)
        self.welcome.set_theme(look)
        self._accounts.set_theme(look)
        self._help.set_theme(look)

    def _show_more_menus(self, look: theme.Theme) -> None:
        """Give the button for the menus that have no room a sign and a name."""
        from PySide6.QtCore import QSize
        from PySide6.QtWidgets import QToolButton

        from app.ui import icons

        # Qt makes it with the bar, and makes it 12 wide.
        button = self.menuBar().findChild(QToolButton, "qt_menubar_ext_button")
        if button is not None:
            button.setIcon(icons.icon("ellipsis", look.colours.text))
            button.setIconSize(QSize(icons.SIZE, icons.SIZE))
            button.setAccessibleName(self.tr("More menus"))
            button.setToolTip(self.tr("More menus"))

    def follow_system(self, look: theme.Theme) -> None:
        """Take the theme the system asks for, unless the person chose another."""
        self._system_theme = look
        # What the person chose is known from then on.
        if self._session.has_started:
            self._show_appearance(self._session.preferences.now)

    def _show_appearance(self, settings: "Settings") -> None:
        from app.chat.settings import Appearance

        look = {
            Appearance.SYSTEM: self._system_theme,
            Appearance.LIGHT: theme.light(),
            Appearance.DARK: theme.dark(),
        }[settings.appearance]
        self._settings.setValue(APPEARANCE, str(settings.appearance))
        if look != self._theme:
            self.set_theme(look)

    def _show_parts(self) -> None:
        """Show the parts in place of their outline."""
        self._patience.stop()
        if self._whole is not None and self._whole.isHidden():
            self.menuBar().show()
            self._whole.show()

    def _let_in(self, is_let_in: bool) -> None:
        """Take input, or not yet: before the start there is nothing to work on."""
        self.columns.setEnabled(is_let_in)
        for name, action in self.actions_by_name.items():
            action.setEnabled(is_let_in or name == "quit")

    def _show_centre(self) -> bool:
        """Show the tabs, or the welcome while there is nothing; return which it is."""
        begins = bool(self._session.accounts.all) or bool(self._session.desk.headings)
        self._centre.setCurrentWidget(self.tabs if begins else self.welcome)
        return begins

    def _show_front(self) -> None:
        self._model_desk.show()
        self._conversation_desk.show_payer()

    def open_crash_report(self) -> None:
        """Show the newest report of a crash in the system's editor."""
        if self.crash_report is not None:
            self.open_path(self.crash_report)

    def open_path(self, path: Path) -> None:
        """Show a file or a folder in another program, or say where it is."""
        from PySide6.QtCore import QUrl

        from app.ui.notice import Act, Notice, Offer, Tone
        from app.ui.outside import open_outside

        if path.exists() and open_outside(QUrl.fromLocalFile(str(path))):
            return
        headline = self.tr("No program could open it.") if path.exists() else self.tr("It is gone.")
        offers = (Offer(Act.DISMISS, self.tr("Dismiss")),)
        self.notice_bar.add(Notice(Tone.WARNING, headline, str(path), offers))

    def remember(self) -> None:
        """Take down where everything is."""
        self._save_geometry()
        if self._whole is not None:
            for view in self.tabs.views:
                view.keep_position()

    def come_forward(self) -> bool:
        """Come to the front, also when minimised; returns False if it is closed."""
        from PySide6.QtCore import Qt

        if not self.isVisible():
            return False
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()
        # Where a window may not take the front by itself, it asks for attention.
        QApplication.alert(self)
        return True

    # What happens

    def _on_started(self) -> None:
        self._let_in(True)
        self.actions_by_name["open_crash"].setEnabled(self.crash_report is not None)
        self._on_settings_changed(self._session.preferences.now)
        self._show_parts()
        self._on_accounts_changed()
        if self._centre.currentWidget() is self.welcome:
            self._session.accounts.look_for_cli_login()
            self._session.accounts.look_for_keyring()
        from app.ui.transcript.warming import warm_reading

        warm_reading(self)

    def _on_list_changed(self) -> None:
        if self._session.has_started:
            self._show_centre()

    def _on_accounts_changed(self) -> None:
        if not self._session.has_started:
            return
        self._withdraw_keyring_notice()
        begins = self._show_centre()
        for view in self.tabs.views:
            view.refresh()
        self._show_front()
        if begins:
            self._verbs.write()
        else:
            self.welcome.setFocus()

    def _withdraw_keyring_notice(self) -> None:
        """Say no more that a key is kept for this run only once none is."""
        from app.chat.account import SecretSource
        from app.chat.circumstance import About, Circumstance
        from app.ui import wording

        sources = {account.source for account in self._session.accounts.all}
        if SecretSource.MEMORY not in sources:
            self.notice_bar.withdraw(wording.circumstance(Circumstance(About.NO_KEYRING)))

    def _on_front_shown(self, name: str) -> None:
        from app.chat.mark import Mark
        from app.ui import wording

        desk = self._session.desk
        is_replying = desk.front is not None and desk.marks.get(desk.front) is Mark.STREAMING
        self.setWindowTitle(wording.window_title(name, is_replying=is_replying))
        self._show_front()

    def _on_view_made(self, view: "ChatView") -> None:
        from app.ui import links

        view.offered.connect(self._verbs.take)
        view.link_activated.connect(lambda to, posing: links.ask_to_open(to, self, posing))
        view.model_requested.connect(self._model_desk.find)
        view.parameters_requested.connect(self._model_desk.find_parameters)
        view.zoom_requested.connect(self._verbs.scale_text)

    def _on_settings_changed(self, settings: "Settings") -> None:
        self._show_appearance(settings)
        self._model_desk.show_settings(settings)
        for view in self.tabs.views:
            view.show_settings(settings)

    def _on_circumstance_arose(self, circumstance: "Circumstance") -> None:
        from app.ui import wording

        view = None
        if circumstance.conversation_id is not None:
            view = self.tabs.view(circumstance.conversation_id)
        if view is not None:
            view.tell(circumstance)
        else:
            self.notice_bar.add(wording.circumstance(circumstance))

    def _on_first_words_saved(self) -> None:
        """Load what a reply may need while it is waited for."""
        from app.ui.transcript.warming import warm_up

        self._session.words_saved.disconnect(self._on_first_words_saved)
        warm_up(self)

    @unfailing
    def focusNextPrevChild(self, is_next: bool) -> bool:  # noqa: N802 - Qt's
        """Move the keyboard on; from a button that has just gone, to what is being written.

        Qt asks this of the window when what has the keyboard is hidden, too: what stands next
        is often a filter, and what is typed then would go there.
        """
        before = QApplication.focusWidget()
        if before is not None and not before.isVisible() and self.tabs.isVisible():
            self._verbs.write()
            if QApplication.focusWidget() is not before:
                return True
        return super().focusNextPrevChild(is_next)

    # Geometry

    def _save_geometry(self) -> None:
        placement.keep(self, self._settings)
        if self._whole is None or self._whole.isHidden():
            return
        self.columns.save(self._settings)
        # Where the desktop shows the menus, there is no bar in the window.
        self._outline.menu = self._whole.y()
        self._outline.has_tabs = self._centre.currentWidget() is self.tabs
        self._outline.save(self._settings)

    @unfailing
    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        try:
            self.remember()
        finally:
            # Else the program would go on, unseen.
            self.closed.emit()

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._whole is None or self._whole.isHidden():
            painter = QPainter(self)
            self._outline.paint(painter, self._theme, self.width(), self.height())
            painter.end()
        if not self._is_painted:
            self._is_painted = True
            self.painted.emit()

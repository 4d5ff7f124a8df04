"""SettingsDialog: everything a person can set, and the accounts; changes hold at once."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QWidget,
)

from app.chat.account import Account
from app.chat.network import Network
from app.chat.settings import Settings
from app.ui import account_form, settings_accounts, settings_parts
from app.ui.settings_accounts import AccountsPage
from app.ui.settings_pages import AppearancePage, DataPage, NetworkPage, WritingPage
from app.ui.settings_parts import Page
from app.ui.style import style_sheet
from app.ui.theme import Theme
from app.ui.unfailing import unfailing

STYLE = """
#settingsdialog { background: @window; }
#settingsdialog QStackedWidget, #settingsdialog QScrollArea, #settingspage {
    background: transparent; border: none;
}
#settingsdialog QPushButton {
    background: @raised; color: @text; border-color: @strong_line; outline: none;
}
#settingsdialog QPushButton:hover { background: @accent_wash; }
#settingsdialog QPushButton:focus { border-color: @accent; }
#sections { background: @sidebar; border: none; border-radius: 0px; padding: 12px 8px; }
#sections::item {
    padding: 6px 8px; border-radius: @radius_control; border: 2px solid transparent;
    color: @text;
}
#sections::item:hover { background: @window; }
#sections::item:selected { background: @selection; color: @text; }
#sections::item:selected:focus { border: 2px solid @accent; }
"""


class SettingsDialog(QDialog):
    """The settings, a page for each part; opened with `open`, closed with Esc.

    Signals:
        settings_changed: the person changed something. arg: all Settings.
        account_add_requested: the person wants another account.
        account_edit_requested, account_test_requested, account_remove_requested:
            arg: the account's id. A removal was confirmed.
        folder_requested: the person wants to see the folder of their data.
    """

    settings_changed = Signal(object)
    account_add_requested = Signal()
    account_edit_requested = Signal(str)
    account_test_requested = Signal(str)
    account_remove_requested = Signal(str)
    folder_requested = Signal()

    def __init__(self, parent: QWidget | None, theme: Theme) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("settingsdialog")
        self.setWindowTitle(self.tr("Settings"))
        self.appearance = AppearancePage(self)
        self.writing = WritingPage(self)
        self.network = NetworkPage(self)
        self.accounts = AccountsPage(self)
        self.data = DataPage(self)
        self.sections = QListWidget(self)
        self._stack = QStackedWidget(self)
        self._names: list[str] = []
        self._pages: list[Page] = []
        self._lay_out()
        self._connect()
        self.set_theme(theme)
        self.sections.setCurrentRow(0)
        self.sections.setFocus()

    def show_settings(self, settings: Settings) -> None:
        """Show what holds."""
        for page in (self.appearance, self.writing, self.network):
            page.show_settings(settings)

    def show_network(self, network: Network) -> None:
        """Show what requests travel with now."""
        self.network.show_network(network)

    def show_accounts(self, accounts: Sequence[Account]) -> None:
        """Show the accounts there are."""
        self.accounts.show_accounts(accounts)

    def show_test(self, account_id: str, sentence: str, is_good: bool) -> None:
        """Say what came of the test of an account."""
        self.accounts.show_test(account_id, sentence, is_good)

    def show_data_folder(self, path: str) -> None:
        """Show where everything is kept."""
        self.data.show_folder(path)

    def show_section(self, name: str) -> None:
        """Bring a page to the front: appearance, writing, network, accounts or data."""
        self.sections.setCurrentRow(self._names.index(name))

    def set_theme(self, theme: Theme) -> None:
        """Show it in another theme."""
        self.setStyleSheet(
            style_sheet(
                theme, account_form.STYLE, STYLE, settings_parts.STYLE, settings_accounts.STYLE
            )
        )
        for page in self._pages:
            page.set_theme(theme)

    def _lay_out(self) -> None:
        for name, title, page in (
            ("appearance", self.tr("Appearance"), self.appearance),
            ("writing", self.tr("Writing"), self.writing),
            ("network", self.tr("Network"), self.network),
            ("accounts", self.tr("Accounts"), self.accounts),
            ("data", self.tr("Data"), self.data),
        ):
            self._names.append(name)
            self._pages.append(page)
            self.sections.addItem(QListWidgetItem(title))
            self._stack.addWidget(self._scrolling(page))
        self.sections.setObjectName("sections")
        self.sections.setAccessibleName(self.tr("Sections"))
        self.sections.setFixedWidth(164)
        self.sections.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sections)
        row.addWidget(self._stack, 1)
        # A small or a strongly scaled screen has less room.
        room = self.screen().availableSize() - QSize(16, 48)
        self.setMinimumSize(QSize(600, 320).boundedTo(room))
        self.resize(QSize(760, 520).boundedTo(room))

    def _scrolling(self, page: Page) -> QScrollArea:
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(page)
        return scroll

    def _connect(self) -> None:
        self.sections.currentRowChanged.connect(self._stack.setCurrentIndex)
        for page in (self.appearance, self.writing, self.network):
            page.changed.connect(self._on_page_changed)
        self.accounts.add_requested.connect(self.account_add_requested)
        self.accounts.edit_requested.connect(self.account_edit_requested)
        self.accounts.test_requested.connect(self.account_test_requested)
        self.accounts.remove_requested.connect(self.account_remove_requested)
        self.data.folder_requested.connect(self.folder_requested)

    def _on_page_changed(self, settings: Settings) -> None:
        # Each page starts from what all pages changed.
        self.show_settings(settings)
        self.settings_changed.emit(settings)

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        # Enter presses the button that has the focus, and no other: there is no
        # default one, for nothing here is to be confirmed.
        focus = self.focusWidget()
        if isinstance(focus, QPushButton):
            focus.click()

    @unfailing
    def done(self, result: int) -> None:
        self.network.take_proxy()
        super().done(result)

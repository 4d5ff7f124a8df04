"""Settings accounts: the page that lists the accounts, and what can be done with each.

Secrets never get here; an account's row says where its key is.
"""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.chat.account import Account, SecretSource
from app.ui import icons
from app.ui.account_form import host, plain_label
from app.ui.settings_parts import Elided, Page, rule
from app.ui.theme import Theme
from app.ui.unfailing import unfailing

LONGEST = 60
"""Characters of a name inside a sentence."""

STYLE = """
#accountname { font-weight: 600; }
#accounttest { color: @muted; font-size: @size_small; }
#accounttest[tone="good"] { color: @accent; }
#accounttest[tone="error"] { color: @error; }
#settingscard #small { font-size: @size_caption; padding: 3px 9px; min-height: 18px; }
#settingscard #small:focus { padding: 2px 8px; }
#settingscard #removal { color: @error; border-color: @error; }
"""


class AccountRow(QWidget):
    """An account: its name, the facts about it, what came of a test, and what can be done.

    Signals:
        test_requested, edit_requested, remove_requested: arg: the account's id.
    """

    test_requested = Signal(str)
    edit_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, account: Account, parent: QWidget) -> None:
        super().__init__(parent)
        self.id = account.id
        self._account = account
        self._is_testing = False
        self._name = Elided("accountname", self)
        self._facts = plain_label(self, "rowhint")
        self._word = plain_label(self, "accounttest")
        self._word.hide()
        self._question = plain_label(self, "rowtitle")
        self.test = _small(self.tr("Test"), self)
        self.edit = _small(self.tr("Edit"), self)
        self.remove = _small(self.tr("Remove"), self)
        self.confirm = QPushButton(self.tr("Remove"), self)
        self.confirm.setObjectName("removal")
        self.keep = QPushButton(self.tr("Keep"), self)
        self._faces = QStackedLayout(self)
        self._faces.addWidget(self._face())
        self._faces.addWidget(self._confirmation())
        self.show_account(account)
        self.test.clicked.connect(self._on_test_clicked)
        self.edit.clicked.connect(lambda: self.edit_requested.emit(self.id))
        self.remove.clicked.connect(self._on_remove_clicked)
        self.confirm.clicked.connect(self._on_confirm_clicked)
        self.keep.clicked.connect(self._on_keep_clicked)

    @property
    def asks(self) -> bool:
        """Whether it asks if the account is really to go."""
        return self._faces.currentIndex() == 1

    @property
    def words(self) -> str:
        """What it says about the account."""
        return self._question.text() if self.asks else self._facts.text()

    @property
    def test_words(self) -> str:
        """What it says about a test."""
        return self._word.text()

    def show_account(self, account: Account) -> None:
        """Show an account's facts; what a test said of others is gone."""
        if replace(account, last_model=self._account.last_model) != self._account:
            self._is_testing = False
            self._show_word("", "")
        self._account = account
        name = self.tr("Demo") if account.is_demo else account.name
        self._name.show_text(name)
        self._facts.setText(self._facts_of(account))
        self._question.setText(self._question_of(account, name))
        is_stored = account.source in (SecretSource.KEYRING, SecretSource.MEMORY)
        self.edit.setVisible(is_stored)
        self.test.setVisible(not account.is_demo)
        # What the environment offers goes when the environment stops offering it.
        self.remove.setVisible(account.source is not SecretSource.ENVIRONMENT)
        for button in (self.test, self.edit, self.remove):
            button.setAccessibleName(f"{button.text()}: {name}")

    def show_test(self, sentence: str, is_good: bool) -> None:
        """Say what came of a test."""
        self._is_testing = False
        self._show_word(sentence, "good" if is_good else "error")

    def _facts_of(self, account: Account) -> str:
        if account.is_demo:
            return self.tr("Inside Coprime. Nothing leaves this computer, nobody pays.")
        who = self.tr("{team} pays").format(team=_cut(account.team)) if account.team else ""
        where = {
            SecretSource.KEYRING: self.tr("key in the keyring"),
            SecretSource.MEMORY: self.tr("key for one run at most"),
            SecretSource.ENVIRONMENT: self.tr("key in PRIME_API_KEY"),
            SecretSource.NONE: self.tr("no key"),
        }[account.source]
        plain = (self.tr("unencrypted"),) if account.allows_plain else ()
        who = who or self.tr("Personal balance pays")
        return " · ".join((who, host(account), *plain, where))

    def _question_of(self, account: Account, name: str) -> str:
        parts = [self.tr("Remove {name}?").format(name=_cut(name))]
        if account.source is SecretSource.KEYRING:
            parts.append(self.tr("Its key is deleted from the keyring."))
        elif account.source is SecretSource.MEMORY:
            parts.append(self.tr("Its key is forgotten."))
        return " ".join((*parts, self.tr("Its conversations stay.")))

    def _face(self) -> QWidget:
        face = QWidget(self)
        words = QVBoxLayout()
        words.setSpacing(2)
        for part in (self._name, self._facts):
            words.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addLayout(words, 1)
        row.addSpacing(10)
        for button in (self.test, self.edit, self.remove):
            row.addWidget(button)
        column = QVBoxLayout(face)
        column.setContentsMargins(16, 10, 12, 10)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._word)
        return face

    def _confirmation(self) -> QWidget:
        face = QWidget(self)
        row = QHBoxLayout(face)
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(8)
        row.addWidget(self._question, 1)
        for button in (self.confirm, self.keep):
            button.setAutoDefault(False)
            row.addWidget(button)
        return face

    def _show_word(self, sentence: str, tone: str) -> None:
        self._word.setText(sentence)
        self._word.setVisible(bool(sentence))
        self._word.setProperty("tone", tone)
        self._word.style().unpolish(self._word)
        self._word.style().polish(self._word)

    def _on_test_clicked(self) -> None:
        if self._is_testing:
            return
        self._is_testing = True
        self._show_word(self.tr("Testing…"), "")
        self.test_requested.emit(self.id)

    def _on_remove_clicked(self) -> None:
        self._faces.setCurrentIndex(1)
        self.keep.setFocus()

    def _on_keep_clicked(self) -> None:
        self._faces.setCurrentIndex(0)
        self.remove.setFocus()

    def _on_confirm_clicked(self) -> None:
        self._faces.setCurrentIndex(0)
        self.remove.setFocus()
        self.remove_requested.emit(self.id)

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.asks and event.key() == Qt.Key.Key_Escape:
            self._on_keep_clicked()
            return
        super().keyPressEvent(event)


class AccountsPage(Page):
    """All accounts, and a way to add one.

    Signals:
        add_requested: the person wants another account.
        test_requested, edit_requested, remove_requested: arg: the account's id.
    """

    add_requested = Signal()
    test_requested = Signal(str)
    edit_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(self.tr("Accounts"), parent)
        self.row_by_id: dict[str, AccountRow] = {}
        self._rules: list[QFrame] = []
        self._empty = plain_label(
            self.card, "rowhint", self.tr("No account yet. Add one to ask a model.")
        )
        self._empty.setContentsMargins(16, 12, 16, 12)
        self.rows.addWidget(self._empty)
        self.add = QPushButton(self.tr("Add account…"), self)
        self.add.setAutoDefault(False)
        self.add.clicked.connect(self.add_requested)
        self.column.insertWidget(2, self.add, 0, Qt.AlignmentFlag.AlignLeading)

    def show_accounts(self, accounts: Sequence[Account]) -> None:
        """Show these; a row that stays keeps its focus, its question and its test."""
        ids = {account.id for account in accounts}
        for account_id in [i for i in self.row_by_id if i not in ids]:
            self._drop(self.row_by_id.pop(account_id))
        for line in self._rules:
            self.rows.removeWidget(line)
            line.deleteLater()
        self._rules.clear()
        for account in accounts:
            row = self.row_by_id.get(account.id)
            if row is None:
                row = self.row_by_id[account.id] = self._new_row(account)
            row.show_account(account)
            if self._rules or account is not accounts[0]:
                self._rules.append(rule(self.card))
                self.rows.addWidget(self._rules[-1])
            self.rows.addWidget(row)
        self._empty.setVisible(not accounts)

    def show_test(self, account_id: str, sentence: str, is_good: bool) -> None:
        """Say what came of the test of an account, if it is still here."""
        if account_id in self.row_by_id:
            self.row_by_id[account_id].show_test(sentence, is_good)

    def set_theme(self, theme: Theme) -> None:
        self.add.setIcon(icons.icon("plus", theme.colours.muted))

    def _new_row(self, account: Account) -> AccountRow:
        row = AccountRow(account, self.card)
        row.test_requested.connect(self.test_requested)
        row.edit_requested.connect(self.edit_requested)
        row.remove_requested.connect(self.remove_requested)
        return row

    def _drop(self, row: AccountRow) -> None:
        if any(button.hasFocus() for button in row.findChildren(QPushButton)):
            self.add.setFocus()
        self.rows.removeWidget(row)
        row.hide()
        row.deleteLater()


def _small(text: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setObjectName("small")
    button.setAutoDefault(False)
    return button


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"

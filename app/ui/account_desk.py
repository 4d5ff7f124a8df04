"""AccountDesk: the dialogs about accounts and settings, and what comes of them."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QUrl, Signal
from PySide6.QtWidgets import QWidget

from app.chat.account import (
    PRIME_ENDPOINT,
    Account,
    Credentials,
    InvalidEndpoint,
    InvalidSecret,
    clean_secret,
)
from app.chat.failure import ABSENT, LOCKED, SILENT, Failure, Kind
from app.chat.network import Network
from app.session import Session
from app.session.drafts import relocated
from app.session.trials import AccountTrial, TeamsTrial
from app.ui import links, wording
from app.ui.account_dialog import AccountDialog
from app.ui.account_form import AccountForm, key_problem
from app.ui.notice import Act, Notice, Offer, Tone
from app.ui.outside import open_outside
from app.ui.settings_dialog import SettingsDialog
from app.ui.theme import Theme
from app.ui.welcome import Welcome

KEYS_PAGE = "https://app.primeintellect.ai/dashboard/tokens"
TRIED, GREETED = "trial", "welcome"
"""The ids of accounts that are tried and do not exist yet: of the dialog, the welcome."""


def tr(text: str) -> str:
    """Return a text about accounts in the person's language."""
    return QCoreApplication.translate("AccountDesk", text)


class AccountDesk(QObject):
    """Opens dialogs, hands what was typed to the session, says what came of it.

    Signals:
        noticed: something came of a dialog that is closed. arg: a Notice.
    """

    noticed = Signal(object)

    def __init__(
        self, session: Session, welcome: Welcome, window: QWidget, theme: Theme, data: Path
    ) -> None:
        super().__init__(window)
        self._session = session
        self._welcome = welcome
        self._window = window
        self._theme = theme
        self._data = data
        self._dialog: AccountDialog | None = None
        self._awaited = ""
        """The id of the account the open dialog waits for."""
        self._outstanding: Counter[str] = Counter()
        """How often an account was submitted and nothing came of it yet."""
        self._silent_for: str | None = None
        """The account for which the keyring was silent the last time; empty: for a new one."""
        self._settings: SettingsDialog | None = None
        welcome.key_given.connect(self._on_key_given)
        welcome.check_cancelled.connect(self._on_check_cancelled)
        welcome.cli_login_taken.connect(self._on_cli_login_taken)
        welcome.demo_requested.connect(session.accounts.add_demo)
        welcome.account_requested.connect(self.add)
        welcome.keys_page_requested.connect(lambda: links.ask_to_open(KEYS_PAGE, window))
        session.accounts.added.connect(self._on_account_kept)
        session.accounts.edited.connect(self._on_account_kept)
        session.accounts.replaced.connect(self._on_account_replaced)
        session.accounts.refused.connect(self._on_account_refused)
        session.accounts.changed.connect(self._on_accounts_changed)
        session.accounts.keyring_found.connect(self._on_keyring_found)
        session.accounts.cli_login_found.connect(self._on_cli_login_found)
        session.preferences.changed.connect(self._on_settings_changed)
        session.network_known.connect(self._on_network_known)

    def set_theme(self, theme: Theme) -> None:
        """Show what is open in another theme."""
        self._theme = theme
        for dialog in (self._dialog, self._settings):
            if dialog is not None:
                dialog.set_theme(theme)

    def add(self) -> None:
        """Ask for a new account."""
        self._open(None)

    def edit(self, account_id: str) -> None:
        """Ask what is to change about an account."""
        account = self._session.accounts.get(account_id)
        if account is not None:
            self._open(account)

    def open_settings(self, section: str = "") -> None:
        """Open the settings, at a section if one is named."""
        if self._settings is None:
            self._settings = self._make_settings()
        if section:
            self._settings.show_section(section)
        self._session.look_at_network()
        self._settings.open()

    def _open(self, account: Account | None) -> None:
        parent = self._settings if self._settings is not None else self._window
        dialog = AccountDialog(parent, self._theme, account)
        self._dialog = dialog
        self._silent_for = None
        dialog.finished.connect(lambda: self._on_dialog_finished(account))
        dialog.submitted.connect(lambda form: self._submit(dialog, account, form))
        dialog.test_requested.connect(lambda form: self._test(dialog, account, form))
        dialog.teams_requested.connect(lambda form: self._list_teams(dialog, account, form))
        dialog.open()
        self._session.accounts.look_for_keyring()

    def _submit(self, dialog: AccountDialog, account: Account | None, form: AccountForm) -> None:
        accounts = self._session.accounts
        try:
            if account is None:
                self._awaited = accounts.add(
                    form.name,
                    form.endpoint,
                    form.key or "",
                    form.team,
                    form.team_id or "",
                    allows_plain=form.allows_plain,
                    for_this_run=self._silent_for == "",
                )
            else:
                self._awaited = account.id
                accounts.edit(
                    account.id,
                    form.name,
                    form.endpoint,
                    form.key,
                    form.team,
                    form.team_id,
                    allows_plain=form.allows_plain,
                    for_this_run=self._silent_for == account.id,
                )
        except InvalidEndpoint as error:
            dialog.show_problem("endpoint", str(error))
        except InvalidSecret:
            dialog.show_problem("key", key_problem(form.key or ""))
        else:
            self._outstanding[self._awaited] += 1
            dialog.show_busy(True)

    def _test(self, dialog: AccountDialog, account: Account | None, form: AccountForm) -> None:
        dialog.show_busy(True)

        def answer(trial: AccountTrial) -> None:
            if self._dialog is dialog:
                dialog.show_busy(False)
                dialog.show_test(*_words_of(trial))

        self._session.trials.try_account(_tried(account, form), _typed(form), answer)

    def _list_teams(
        self, dialog: AccountDialog, account: Account | None, form: AccountForm
    ) -> None:
        def answer(trial: TeamsTrial) -> None:
            if self._dialog is not dialog:
                return
            if trial.failure is None:
                dialog.show_teams(trial.teams)
            else:
                dialog.show_no_teams(wording.teams_problem(trial.failure))

        self._session.trials.list_teams(_tried(account, form), _typed(form), answer)

    def _make_settings(self) -> SettingsDialog:
        dialog = SettingsDialog(self._window, self._theme)
        dialog.show_settings(self._session.preferences.now)
        dialog.show_accounts(self._session.accounts.all)
        dialog.show_data_folder(str(self._data))
        dialog.settings_changed.connect(self._session.preferences.change)
        dialog.account_add_requested.connect(self.add)
        dialog.account_edit_requested.connect(self.edit)
        dialog.account_test_requested.connect(self._test_kept)
        dialog.account_remove_requested.connect(self._session.accounts.remove)
        dialog.folder_requested.connect(lambda: open_outside(QUrl.fromLocalFile(str(self._data))))
        dialog.finished.connect(self._on_settings_finished)
        return dialog

    def _test_kept(self, account_id: str) -> None:
        account = self._session.accounts.get(account_id)
        if account is None:
            return

        def answer(trial: AccountTrial) -> None:
            if self._settings is not None:
                self._settings.show_test(account_id, *_words_of(trial))

        self._session.trials.try_account(account, None, answer)

    # The welcome

    def _on_key_given(self, pasted: str) -> None:
        try:
            credentials = Credentials(clean_secret(pasted))
        except InvalidSecret:
            self._welcome.show_problem(key_problem(pasted))
            return
        self._welcome.show_checking(True)

        def answer(trial: AccountTrial) -> None:
            if trial.models is None:
                self._welcome.show_checking(False)
                sentence, _ = _words_of(trial)
                self._welcome.show_problem(
                    tr("{reason} Nothing was saved.").format(reason=sentence)
                )
                return
            self._welcome.show_saving()
            self._session.accounts.add(
                "", PRIME_ENDPOINT, credentials.key, for_this_run=self._silent_for == ""
            )

        asked = Account(GREETED, "", PRIME_ENDPOINT)
        self._session.trials.try_account(asked, credentials, answer, asks_balance=False)

    def _on_check_cancelled(self) -> None:
        self._session.trials.give_up(GREETED)
        self._welcome.show_checking(False)

    def _on_cli_login_taken(self) -> None:
        self._welcome.show_checking(True)
        self._session.accounts.take_cli_login()

    def _on_cli_login_found(self, team: str, context: str) -> None:
        who = tr("{team} (team)").format(team=team) if team else tr("Personal")
        self._welcome.show_cli_login(tr("Found: {who}, {context}").format(who=who, context=context))

    # What came of it

    def _on_keyring_found(self, name: str) -> None:
        self._welcome.show_keyring(name or None)
        if self._dialog is not None:
            self._dialog.show_keyring(name or None)

    def _answered(self, account: Account) -> AccountDialog | None:
        """Return the dialog this is the answer for; not for one that was closed before it."""
        self._outstanding[account.id] -= 1
        if self._outstanding[account.id] > 0:
            return None
        del self._outstanding[account.id]
        return self._dialog if account.id == self._awaited else None

    def _on_account_kept(self, account: Account) -> None:
        self._silent_for = None
        dialog = self._answered(account)
        if dialog is not None:
            dialog.accept()
        self._welcome.forget_key()
        self._welcome.show_checking(False)

    def _on_account_replaced(self, account: Account) -> None:
        self._session.trials.drop(account.id)
        if self._settings is not None:
            # What a test said was of another key.
            self._settings.show_test(account.id, "", True)

    def _on_account_refused(self, account: Account, failure: Failure) -> None:
        is_new = self._session.accounts.get(account.id) is None
        silent_for = "" if is_new else account.id
        self._silent_for = silent_for if failure.code == SILENT else None
        field, sentence = _refusal(failure)
        dialog = self._answered(account)
        if dialog is not None:
            dialog.show_busy(False)
            dialog.show_problem(field, sentence)
            return
        self._welcome.show_checking(False)
        if self._welcome.isVisible():
            self._welcome.show_problem(sentence)
        else:
            # Its dialog was closed while this was under way.
            dismiss = Offer(Act.DISMISS, tr("Dismiss"))
            self.noticed.emit(Notice(Tone.ERROR, f"{account.name}: {sentence}", "", (dismiss,)))

    def _on_accounts_changed(self) -> None:
        if self._settings is not None:
            self._settings.show_accounts(self._session.accounts.all)

    def _on_settings_changed(self, _settings: object) -> None:
        if self._settings is not None:
            self._settings.show_settings(self._session.preferences.now)
            self._session.look_at_network()

    def _on_network_known(self, network: Network) -> None:
        if self._settings is not None:
            self._settings.show_network(network)

    def _on_dialog_finished(self, account: Account | None) -> None:
        self._dialog, self._awaited = None, ""
        self._session.trials.give_up(account.id if account is not None else TRIED)

    def _on_settings_finished(self) -> None:
        self._settings = None


def _tried(account: Account | None, form: AccountForm) -> Account:
    """Return the account a form would make."""
    tried = account or Account(TRIED, "", form.endpoint)
    keeps_team = form.team_id is None and tried.team is not None
    team = (form.team or tr("Team")) if form.team_id or keeps_team else None
    tried = relocated(tried, form.endpoint)
    return replace(tried, team=team)


def _typed(form: AccountForm) -> Credentials:
    """Return the secrets in a form; what stays as it is, is not in it."""
    return Credentials(form.key or "", form.team_id or None)


def _refusal(failure: Failure) -> tuple[str, str]:
    """Return why an account could not be saved, and the field to say it at, if there is one."""
    if failure.kind is Kind.TEAM_UNREADABLE:
        return "team_id", tr("This team’s ID is not in the keyring. Paste it, or tick “No team”.")
    if failure.kind is Kind.ACCOUNT_CHANGED:
        return "", tr(
            "This account was changed meanwhile, so nothing was saved. "
            "Close this and open it again."
        )
    if failure.kind is Kind.NOT_SAVED:
        return "", tr("The disk did not take it, so nothing was saved. Try again once it does.")
    if failure.kind is Kind.BUG:
        return "", tr("Coprime made a mistake, so nothing was saved. Paste the key and try again.")
    if failure.kind is Kind.KEY_MISSING:
        return "key", tr("This account has no key on this computer. Paste it.")
    sentences = {
        LOCKED: tr("The keyring is locked, so nothing was saved. Unlock it and try again."),
        ABSENT: tr(
            "No keyring answers, so nothing was saved. Paste the key, and the team ID "
            "if a team pays: they are kept for this run."
        ),
        SILENT: tr(
            "The keyring did not answer, so nothing was saved. Unlock it if it asks and try "
            "again. If it stays silent, paste the key, and the team ID if a team pays: "
            "they are kept for this run."
        ),
    }
    other = tr("The keyring did not do it, so nothing was saved. Paste the key and try again.")
    return "", sentences.get(failure.code, other)


def _words_of(trial: AccountTrial) -> tuple[str, bool]:
    return wording.account_trial(
        trial.models, trial.failure, trial.identity, trial.team, trial.balance
    )

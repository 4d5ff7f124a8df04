"""Accounts: who can be asked and who pays, and which of them a new conversation gets.

Accounts are stored in the database, their keys and team IDs in the keyring.
An account offered by the environment is stored nowhere.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.chat.account import DEMO, Account, Credentials, SecretSource, new_account_id, with_model
from app.chat.circumstance import About, Circumstance
from app.chat.failure import Failure, Kind
from app.session.custody import Custody
from app.session.drafts import Draft, changed_draft, new_draft
from app.session.roll import Roll
from app.session.saving import Saving
from app.session.tasks import Tasks
from app.session.trials import failure_of
from app.store.errors import StoreError
from app.store.prime_cli import CliLogin, InvalidEnvironment, cli_login, environment_account
from app.store.secrets import Secrets, SecretsError
from app.store.start import Found


class Accounts(QObject):
    """The accounts of this run.

    Signals:
        changed: one was added, changed or removed.
        added: one was added and its secrets are where they belong. arg: the Account.
        edited: an account was changed as the person wanted. arg: the Account.
        replaced: its address, key or team is another: what was known of it does
            not hold any more. arg: the Account.
        refused: its secrets could not be kept, or it is not what it was when it
            was edited; nothing was changed.
            args: the Account; the Failure that says why.
        cli_login_found: the Prime CLI has a login that can be taken over.
            args: its team's label, or empty; its context.
        keyring_found: what people call the keyring of this computer. arg: its name,
            empty where there is none.
    """

    changed = Signal()
    added = Signal(object)
    edited = Signal(object)
    replaced = Signal(object)
    refused = Signal(object, object)
    cli_login_found = Signal(str, str)
    keyring_found = Signal(str)

    def __init__(
        self,
        saving: Saving,
        secrets: Secrets,
        tasks: Tasks,
        tell: Callable[[Circumstance], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._secrets = secrets
        self._tasks = tasks
        self._tell = tell
        self._roll = Roll(saving)
        self._custody = Custody(secrets, self._roll, tasks)
        self._environ: Mapping[str, str] = {}
        self._cli_login: CliLogin | None = None
        self.is_imposed = False
        """Whether this run was started for `preferred`: by the environment or `--demo`."""

    def take_up(self, found: Found, environ: Mapping[str, str], *, demo: bool) -> None:
        """Begin with the accounts that were stored and the one this run was started for."""
        self._environ = environ
        self._roll.take_up(found.accounts, found.preferred)
        given = DEMO if demo else self._offered_by(environ)
        if given is not None:
            self._roll.impose(with_model(given, found.last_models.get(given.id, "")))
            self.is_imposed = True
        for account_id, name in found.removed.items():
            self._queue_forgetting(Account(account_id, name, ""))
        self.changed.emit()

    @property
    def all(self) -> Sequence[Account]:
        return self._roll.all

    @property
    def preferred(self) -> str:
        """The id of the account a new conversation gets; empty: none there is."""
        return self._roll.preferred

    def get(self, account_id: str) -> Account | None:
        """Return an account; None if it is not here any more. The demo always is."""
        return self._roll.get(account_id) or (DEMO if account_id == DEMO.id else None)

    def is_current(self, account: Account) -> bool:
        """Return whether an account still has the address, key and team it had.

        A request that was prepared for it may not go out with what belongs to
        its successor.
        """
        now = self.get(account.id)
        return (
            now is not None
            and not self._custody.is_changing(account.id)
            and (now.endpoint, now.team, now.source)
            == (account.endpoint, account.team, account.source)
        )

    def add(
        self,
        name: str,
        endpoint: str,
        key: str,
        team: str = "",
        team_id: str = "",
        *,
        allows_plain: bool = False,
        for_this_run: bool = False,
    ) -> str:
        """Add an account as a person typed it, and return its id.

        `allows_plain`: they insist on plain `http` to another computer.
        `for_this_run`: its secrets may end with this run if the keyring stays silent.

        `added` follows once its secrets are kept, or `refused`.

        Raises:
            InvalidEndpoint: the address cannot be used.
            InvalidSecret: the key or the team ID cannot be one.
        """
        draft = new_draft(name, endpoint, key, team, team_id, allows_plain=allows_plain)
        account, credentials = draft.account, Credentials(draft.key or "", draft.team_id)
        self._tasks.queue(
            change_name(account.id),
            lambda: self._answered(account, self._add(account, credentials, for_this_run)),
        )
        return account.id

    def edit(
        self,
        account_id: str,
        name: str,
        endpoint: str,
        key: str | None,
        team: str,
        team_id: str | None,
        *,
        allows_plain: bool = False,
        for_this_run: bool = False,
    ) -> None:
        """Change an account; None keeps its key or team ID, an empty team ID drops the team.

        `edited` follows, or `refused`, once what was wanted of it before is done;
        neither if it is removed meanwhile. `allows_plain`, `for_this_run`: see `add`.

        Raises:
            InvalidEndpoint: the address cannot be used.
            InvalidSecret: the key or team ID cannot be one, or is missing although
                the address is another: a key never follows to a new origin.
        """
        seen = self._roll.get(account_id)
        if seen is None:
            raise KeyError(account_id)
        draft = changed_draft(seen, name, endpoint, key, team, team_id, allows_plain=allows_plain)
        self._tasks.queue(
            change_name(account_id),
            lambda: self._answered(draft.account, self._edit(seen, draft, for_this_run)),
        )

    def remove(self, account_id: str) -> None:
        """Forget an account and its secrets. Its conversations stay."""
        account = self._roll.remove(account_id)
        if account is None:
            return
        self._queue_forgetting(account)
        self.changed.emit()

    def look_for_cli_login(self) -> None:
        """Look for the Prime CLI's login; `cli_login_found` follows if there is one."""
        self._tasks.start("cli login", self._look_for_cli_login())

    def look_for_keyring(self) -> None:
        """Look for a keyring; `keyring_found` follows."""
        self._tasks.start("keyring", self._look_for_keyring())

    def take_cli_login(self) -> None:
        """Add the account of the Prime CLI's login that was found."""
        login = self._cli_login
        if login is not None:
            credentials = login.credentials
            account = Account(
                new_account_id(),
                login.team or "Personal",
                login.endpoint,
                login.team,
                platform=login.platform,
            )
            self._tasks.queue(
                change_name(account.id),
                lambda: self._answered(account, self._add(account, credentials)),
            )

    def add_demo(self) -> None:
        """Add the demo, which has nothing to keep secret; `added` follows."""
        self._enter(self._roll.get(DEMO.id) or DEMO, is_kept=True)

    def remember_choice(self, account: Account, model_id: str) -> None:
        """Remember the account and model last used, for the next new conversation."""
        if account.last_model != model_id:
            self._roll.revise(with_model(account, model_id))
        elif account.id == self.preferred:
            return
        self._roll.prefer(account)

    async def _answered(self, account: Account, change: Coroutine[Any, Any, None]) -> None:
        """Make a change; a mistake of ours in it does not leave the person waiting."""
        try:
            await change
        except Exception:
            self.refused.emit(account, Failure(Kind.BUG))
            raise

    async def _add(
        self, account: Account, credentials: Credentials, for_this_run: bool = False
    ) -> None:
        try:
            account = await self._custody.keep(account, credentials, for_this_run=for_this_run)
        except SecretsError as error:
            self.refused.emit(account, failure_of(error))
            return
        if account.source is SecretSource.MEMORY:
            self._tell(Circumstance(About.NO_KEYRING))
        self._enter(account)

    async def _edit(self, seen: Account, draft: Draft, for_this_run: bool) -> None:
        old = self._roll.get(seen.id)
        if old is None:
            return
        account = draft.applied_to(old, seen)
        if account is None:
            # What was typed was meant for another address or team.
            self.refused.emit(draft.account, Failure(Kind.ACCOUNT_CHANGED))
            return
        has_secrets = draft.changes_secrets(seen)
        if has_secrets:
            try:
                account = await self._custody.replace(
                    old, account, draft, for_this_run=for_this_run
                )
            except (SecretsError, StoreError) as error:
                if self._roll.get(account.id) is not None:
                    self.refused.emit(account, _failure_of(error))
                return
        now = self._roll.get(account.id)
        if now is None:
            # Removed meanwhile: what was just kept goes with it.
            await self._forget(account)
            return
        account = with_model(account, now.last_model)
        if has_secrets:
            self._roll.trust(account)
        else:
            self._roll.put(account)
        if account.id == self.preferred:
            # It could not be written as long as the account was in this run only.
            self._roll.prefer(account)
        self.changed.emit()
        if has_secrets or old.endpoint != account.endpoint:
            self.replaced.emit(account)
        if account.source is SecretSource.MEMORY and account.source is not old.source:
            self._tell(Circumstance(About.NO_KEYRING))
        self.edited.emit(account)

    def _queue_forgetting(self, account: Account) -> None:
        self._tasks.queue(change_name(account.id), lambda: self._forget(account))

    async def _forget(self, account: Account) -> None:
        try:
            await self._custody.forget(account)
        except SecretsError:
            self._tell(Circumstance(About.KEY_NOT_DELETED, account.name))

    async def _look_for_cli_login(self) -> None:
        login = await asyncio.to_thread(cli_login, self._environ, Path.home())
        if login is not None:
            self._cli_login = login
            self.cli_login_found.emit(login.team or "", login.name)

    async def _look_for_keyring(self) -> None:
        try:
            name = await asyncio.wrap_future(self._secrets.backend())
        except SecretsError:
            name = None
        self.keyring_found.emit(name or "")

    def _enter(self, account: Account, *, is_kept: bool = False) -> None:
        self._roll.put(account, is_kept=is_kept)
        self._roll.prefer(account)
        self.changed.emit()
        self.added.emit(account)

    def _offered_by(self, environ: Mapping[str, str]) -> Account | None:
        try:
            return environment_account(environ)
        except InvalidEnvironment as error:
            self._tell(Circumstance(About.ENVIRONMENT_INVALID, str(error)))
            return None


def change_name(account_id: str) -> str:
    """Return the name of the tasks that change an account, one after the other."""
    return f"account {account_id}"


def _failure_of(error: SecretsError | StoreError) -> Failure:
    return failure_of(error) if isinstance(error, SecretsError) else Failure(Kind.NOT_SAVED)

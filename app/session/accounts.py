"""Accounts: who can be asked and who pays, and which of them a new conversation gets.

Accounts are stored in the database, their keys and team IDs in the keyring.
An account offered by the environment is stored nowhere.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from app.chat.account import (
    DEMO,
    Account,
    Credentials,
    SecretSource,
    clean_secret,
    new_account_id,
    normalise_endpoint,
    with_model,
)
from app.chat.circumstance import About, Circumstance
from app.session.tasks import Tasks
from app.store.accounts import save_account
from app.store.database import Database
from app.store.errors import StoreError
from app.store.preferences import save_preference
from app.store.prime_cli import InvalidEnvironment, environment_account
from app.store.secrets import Secrets, SecretsError
from app.store.start import Found


class Accounts(QObject):
    """The accounts of this run.

    Signals:
        changed: one was added, changed or removed.
        added: one was added and its secrets are where they belong. arg: the Account.
    """

    changed = Signal()
    added = Signal(object)

    def __init__(
        self,
        database: Database,
        secrets: Secrets,
        tasks: Tasks,
        tell: Callable[[Circumstance], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._database = database
        self._secrets = secrets
        self._tasks = tasks
        self._tell = tell
        self._accounts: dict[str, Account] = {}
        self._keeps_demo = False
        self.preferred = ""
        """The id of the account a new conversation gets; empty: none there is."""
        self.is_imposed = False
        """Whether this run was started for `preferred`: by the environment or `--demo`."""

    def take_up(self, found: Found, environ: Mapping[str, str], *, demo: bool) -> None:
        """Begin with the accounts that were stored and the one this run was started for."""
        self._accounts = {account.id: account for account in found.accounts}
        self._keeps_demo = DEMO.id in self._accounts
        given = DEMO if demo else self._offered_by(environ)
        self.preferred = found.preferred if found.preferred in self._accounts else ""
        if given is not None:
            known = with_model(given, found.last_models.get(given.id, ""))
            self._accounts[given.id] = known
            self.preferred, self.is_imposed = given.id, True
        self.preferred = self.preferred or next(iter(self._accounts), "")
        self.changed.emit()

    @property
    def all(self) -> Sequence[Account]:
        return list(self._accounts.values())

    def get(self, account_id: str) -> Account | None:
        """Return an account; None if it is not here any more. The demo always is."""
        return self._accounts.get(account_id) or (DEMO if account_id == DEMO.id else None)

    def add(self, name: str, endpoint: str, key: str, team: str = "", team_id: str = "") -> None:
        """Add an account as a person typed it; `added` follows once its secrets are kept.

        Raises:
            InvalidEndpoint: the address cannot be used.
            InvalidSecret: the key or the team ID cannot be one.
        """
        account = Account(
            id=new_account_id(),
            name=name.strip() or "Personal",
            endpoint=normalise_endpoint(endpoint),
            team=(team.strip() or "Team") if team_id.strip() else None,
        )
        credentials = Credentials(
            clean_secret(key), clean_secret(team_id) if team_id.strip() else None
        )
        self._tasks.start(f"account {account.id}", self._add(account, credentials))

    def add_demo(self) -> None:
        """Add the demo, which has nothing to keep secret; `added` follows."""
        self._keeps_demo = True
        self._enter(self._accounts.get(DEMO.id, DEMO))

    def remember_choice(self, account: Account, model_id: str) -> None:
        """Remember the account and model last used, for the next new conversation."""
        self.preferred = account.id
        if account.last_model == model_id:
            return
        revised = with_model(account, model_id)
        if account.id in self._accounts:
            self._accounts[account.id] = revised
        self._store(revised)

    async def _add(self, account: Account, credentials: Credentials) -> None:
        try:
            account = await asyncio.wrap_future(self._secrets.write(account, credentials))
        except SecretsError as error:
            self._tell(Circumstance(About.KEYRING_FAILED, str(error)))
            return
        if account.source is SecretSource.MEMORY:
            self._tell(Circumstance(About.NO_KEYRING))
        self._enter(account)

    def _enter(self, account: Account) -> None:
        self._accounts[account.id] = account
        self.preferred = account.id
        self._store(account)
        self.changed.emit()
        self.added.emit(account)

    def _store(self, account: Account) -> None:
        """Write what may be written: never an account that lives in this run only."""
        self._tasks.start(f"store account {account.id}", self._write(account))

    async def _write(self, account: Account) -> None:
        try:
            write = self._database.write
            await asyncio.wrap_future(
                write(save_preference, f"last_model/{account.id}", account.last_model)
            )
            if account.source is SecretSource.KEYRING or (account.is_demo and self._keeps_demo):
                await asyncio.wrap_future(write(save_account, account))
                await asyncio.wrap_future(write(save_preference, "account", account.id))
        except StoreError as error:
            self._tell(Circumstance(About.STORE_UNWRITABLE, str(error)))

    def _offered_by(self, environ: Mapping[str, str]) -> Account | None:
        try:
            return environment_account(environ)
        except InvalidEnvironment as error:
            self._tell(Circumstance(About.ENVIRONMENT_INVALID, str(error)))
            return None

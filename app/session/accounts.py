"""Accounts: who can be asked and who pays, and which of them a new conversation gets.

Accounts are stored in the database, their keys and team IDs in the keyring.
An account offered by the environment is stored nowhere.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.chat.account import (
    DEMO,
    Account,
    Credentials,
    InvalidSecret,
    PlainHttp,
    SecretSource,
    clean_secret,
    new_account_id,
    normalise_endpoint,
    origin,
    with_model,
)
from app.chat.circumstance import About, Circumstance
from app.chat.failure import Failure, Kind
from app.session.saving import Saving
from app.session.tasks import Tasks
from app.session.trials import failure_of
from app.store.accounts import delete_account, save_account
from app.store.preferences import save_preference
from app.store.prime_cli import CliLogin, InvalidEnvironment, cli_login, environment_account
from app.store.secrets import (
    KeyMissing,
    Secrets,
    SecretsError,
    SecretsSilent,
    TeamMissing,
)
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
        self._saving = saving
        self._secrets = secrets
        self._tasks = tasks
        self._tell = tell
        self._accounts: dict[str, Account] = {}
        self._kept: set[str] = set()
        """The ids of those in the database."""
        self._changing: set[str] = set()
        self._environ: Mapping[str, str] = {}
        self._cli_login: CliLogin | None = None
        self.preferred = ""
        """The id of the account a new conversation gets; empty: none there is."""
        self.is_imposed = False
        """Whether this run was started for `preferred`: by the environment or `--demo`."""

    def take_up(self, found: Found, environ: Mapping[str, str], *, demo: bool) -> None:
        """Begin with the accounts that were stored and the one this run was started for."""
        self._accounts = {account.id: account for account in found.accounts}
        self._kept = set(self._accounts)
        self._environ = environ
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

    def is_current(self, account: Account) -> bool:
        """Return whether an account still has the address, key and team it had.

        A request that was prepared for it may not go out with what belongs to
        its successor.
        """
        now = self.get(account.id)
        return (
            now is not None
            and account.id not in self._changing
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
        address = normalise_endpoint(endpoint, allows_plain=allows_plain)
        account = Account(
            id=new_account_id(),
            name=name.strip() or "Personal",
            endpoint=address,
            team=(team.strip() or "Team") if team_id.strip() else None,
            allows_plain=_is_plain(address),
        )
        credentials = Credentials(
            clean_secret(key), clean_secret(team_id) if team_id.strip() else None
        )
        self._tasks.queue(
            change_name(account.id), lambda: self._add(account, credentials, for_this_run)
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
        seen = self._accounts[account_id]
        address = normalise_endpoint(endpoint, allows_plain=allows_plain)
        if origin(address) != seen.origin and (
            key is None or (seen.team is not None and team_id is None)
        ):
            raise InvalidSecret("another address")
        keeps_team = seen.team is not None and team_id is None
        wanted = replace(
            relocated(seen, address),
            name=name.strip() or "Personal",
            team=(team.strip() or "Team") if (keeps_team or team_id) else None,
        )
        given = (
            clean_secret(key) if key is not None else None,
            clean_secret(team_id) if team_id else None,
        )
        self._tasks.queue(
            change_name(account_id), lambda: self._edit(seen, wanted, *given, for_this_run)
        )

    def remove(self, account_id: str) -> None:
        """Forget an account and its secrets. Its conversations stay."""
        account = self._accounts.pop(account_id, None)
        if account is None:
            return
        if self.preferred == account_id:
            self.preferred = next(iter(self._accounts), "")
        self._saving.keep(delete_account, account_id)
        if account_id in self._kept:
            self._kept.discard(account_id)
            if account.source is SecretSource.MEMORY:
                # The keyring may still have what was replaced for this run.
                account = replace(account, source=SecretSource.KEYRING)
        self._tasks.queue(change_name(account_id), lambda: self._forget(account))
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
            self._tasks.queue(change_name(account.id), lambda: self._add(account, credentials))

    def add_demo(self) -> None:
        """Add the demo, which has nothing to keep secret; `added` follows."""
        self._kept.add(DEMO.id)
        self._enter(self._accounts.get(DEMO.id, DEMO))

    def remember_choice(self, account: Account, model_id: str) -> None:
        """Remember the account and model last used, for the next new conversation."""
        if account.last_model != model_id:
            revised = with_model(account, model_id)
            if account.id in self._accounts:
                self._accounts[account.id] = revised
            self._store(revised)
        elif account.id == self.preferred:
            return
        self._prefer(account)

    async def _add(
        self, account: Account, credentials: Credentials, for_this_run: bool = False
    ) -> None:
        try:
            account = await self._keep(account, credentials, for_this_run)
        except SecretsError as error:
            self.refused.emit(account, failure_of(error))
            return
        if account.source is SecretSource.MEMORY:
            self._tell(Circumstance(About.NO_KEYRING))
        self._enter(account)

    async def _edit(
        self,
        seen: Account,
        wanted: Account,
        key: str | None,
        team_id: str | None,
        for_this_run: bool,
    ) -> None:
        old = self._accounts.get(seen.id)
        if old is None:
            return
        has_secrets = bool(key or team_id) or (seen.team is None) != (wanted.team is None)
        if not has_secrets and wanted == replace(seen, name=wanted.name):
            account = replace(old, name=wanted.name)
        elif (old.endpoint, old.team) == (seen.endpoint, seen.team):
            account = replace(wanted, source=old.source)
        else:
            # What was typed was meant for another address or team.
            self.refused.emit(wanted, Failure(Kind.ACCOUNT_CHANGED))
            return
        if has_secrets:
            try:
                account = await self._replace_secrets(old, account, key, team_id, for_this_run)
            except SecretsError as error:
                self.refused.emit(account, failure_of(error))
                return
        now = self._accounts.get(account.id)
        if now is None:
            # Removed meanwhile: what was just kept goes with it.
            await self._forget(account)
            return
        account = with_model(account, now.last_model)
        self._accounts[account.id] = account
        self._store(account)
        if account.id == self.preferred:
            # It could not be written as long as the account was in this run only.
            self._prefer(account)
        self.changed.emit()
        if has_secrets or old.endpoint != account.endpoint:
            self.replaced.emit(account)
        if account.source is SecretSource.MEMORY and account.source is not old.source:
            self._tell(Circumstance(About.NO_KEYRING))
        self.edited.emit(account)

    async def _replace_secrets(
        self,
        old: Account,
        account: Account,
        key: str | None,
        team_id: str | None,
        for_this_run: bool,
    ) -> Account:
        """Keep what was typed, completed by what is kept; return the account that has it.

        Raises:
            SecretsError: something is missing, or cannot be kept.
        """
        keeps_team = account.team is not None and not team_id
        credentials = Credentials(key or "", team_id)
        if not key or keeps_team:
            # Without its team the key alone is read: one that is lost is given anew like this.
            wanted = old if keeps_team else replace(old, team=None)
            try:
                kept = await asyncio.wrap_future(self._secrets.read(wanted))
            except KeyMissing:
                if not key:
                    raise
                raise TeamMissing("it is not read without a key") from None
            credentials = Credentials(key or kept.key, team_id or kept.team_id)
        self._changing.add(account.id)
        try:
            return await self._keep(account, credentials, for_this_run)
        finally:
            self._changing.discard(account.id)

    async def _keep(
        self, account: Account, credentials: Credentials, for_this_run: bool
    ) -> Account:
        """Keep secrets in the keyring, also those of an account that had none to keep them in.

        Raises:
            SecretsError: they could not be kept.
        """
        kept = replace(account, source=SecretSource.KEYRING)
        try:
            return await asyncio.wrap_future(self._secrets.write(kept, credentials))
        except SecretsSilent:
            if not for_this_run:
                raise
        kept = replace(account, source=SecretSource.MEMORY)
        return await asyncio.wrap_future(self._secrets.write(kept, credentials))

    async def _forget(self, account: Account) -> None:
        if account.source in (SecretSource.KEYRING, SecretSource.MEMORY):
            try:
                await asyncio.wrap_future(self._secrets.delete(account))
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

    def _enter(self, account: Account) -> None:
        self._accounts[account.id] = account
        self._store(account)
        self._prefer(account)
        self.changed.emit()
        self.added.emit(account)

    def _store(self, account: Account) -> None:
        """Write what may be written: never an account that was in this run only.

        One whose key is replaced for this run is: the next run asks for the key
        instead of using the one that lies in the keyring.
        """
        self._saving.keep(save_preference, f"last_model/{account.id}", account.last_model)
        if account.source is SecretSource.KEYRING:
            self._kept.add(account.id)
        if account.id in self._kept:
            self._saving.keep(save_account, account)

    def _prefer(self, account: Account) -> None:
        self.preferred = account.id
        if account.id in self._kept:
            self._saving.keep(save_preference, "account", account.id)

    def _offered_by(self, environ: Mapping[str, str]) -> Account | None:
        try:
            return environment_account(environ)
        except InvalidEnvironment as error:
            self._tell(Circumstance(About.ENVIRONMENT_INVALID, str(error)))
            return None


def change_name(account_id: str) -> str:
    """Return the name of the tasks that change an account, one after the other."""
    return f"account {account_id}"


def relocated(account: Account, endpoint: str) -> Account:
    """Return an account at an address that may be used; another origin leaves its platform."""
    stays = origin(endpoint) == account.origin
    return replace(
        account,
        endpoint=endpoint,
        allows_plain=_is_plain(endpoint),
        platform=account.platform if stays else "",
    )


def _is_plain(endpoint: str) -> bool:
    """Return whether an address can be used by somebody only who insists on it."""
    try:
        normalise_endpoint(endpoint)
    except PlainHttp:
        return True
    return False

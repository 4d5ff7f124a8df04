"""Roll: the accounts there are, which of them are on disk, and which one pays next.

Law: an account whose secrets are in doubt is on disk as one whose key the next run
asks for, whatever else is written of it meanwhile.
"""

import asyncio
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from app.chat.account import Account, SecretSource
from app.session.saving import Saving
from app.store.accounts import delete_account, list_accounts, save_account
from app.store.errors import Busy
from app.store.preferences import save_preference
from app.store.start import LAST_MODEL, REMOVED

DOUBT_S = 3.0
"""How long the disk may take to note a doubt."""


class Roll:
    """The accounts of this run by their ids, and what is on disk of them."""

    def __init__(self, saving: Saving) -> None:
        self._saving = saving
        self._accounts: dict[str, Account] = {}
        self._kept: set[str] = set()
        """The ids of those in the database."""
        self._doubted: set[str] = set()
        """The ids of those whose secrets may not be what the database says."""
        self.preferred = ""
        """The id of the account a new conversation gets; empty: none there is."""

    def take_up(self, stored: Iterable[Account], preferred: str) -> None:
        """Begin with the accounts that were stored."""
        self._accounts = {account.id: account for account in stored}
        self._kept = set(self._accounts)
        self.preferred = preferred if preferred in self._accounts else self._first()

    def impose(self, account: Account) -> None:
        """Have an account this run was started for; it is not stored."""
        self._accounts[account.id] = account
        self.preferred = account.id

    @property
    def all(self) -> list[Account]:
        """Every account, in the person's order."""
        return list(self._accounts.values())

    def get(self, account_id: str) -> Account | None:
        """Return an account; None if it is not here any more."""
        return self._accounts.get(account_id)

    def put(self, account: Account, *, is_kept: bool = False) -> None:
        """Have an account as it is now, and write what may be written of it.

        `is_kept`: also where it has nothing to keep in the keyring.
        """
        self._accounts[account.id] = account
        if is_kept:
            self._kept.add(account.id)
        self._write(account)

    def revise(self, account: Account) -> None:
        """Have an account as it is now, if it is here; its last model is kept in any case."""
        if account.id in self._accounts:
            self.put(account)
        else:
            self._keep_model(account)

    def _write(self, account: Account) -> None:
        """Write what may be written: never an account that was in this run only.

        One whose key is replaced for this run is: the next run asks for the key
        instead of using the one that lies in the keyring.
        """
        self._keep_model(account)
        if account.source is SecretSource.KEYRING:
            self._kept.add(account.id)
        if account.id in self._doubted:
            account = replace(account, source=SecretSource.MEMORY)
        if account.id in self._kept:
            self._saving.keep(save_account, account)

    def _keep_model(self, account: Account) -> None:
        self._saving.keep(save_preference, f"{LAST_MODEL}{account.id}", account.last_model)

    def prefer(self, account: Account) -> None:
        """Give this account to the next new conversation, also of the next run if it can."""
        self.preferred = account.id
        if account.id in self._kept:
            self._saving.keep(save_preference, "account", account.id)

    def remove(self, account_id: str) -> Account | None:
        """Forget an account, and return it as one whose secrets are where they may be."""
        account = self._accounts.pop(account_id, None)
        if account is None:
            return None
        if self.preferred == account_id:
            self.preferred = self._first()
        self._saving.keep(delete_account, account_id)
        if account_id in self._kept:
            self._kept.discard(account_id)
            if account.source is SecretSource.MEMORY:
                # The keyring may still have what was replaced for this run.
                account = replace(account, source=SecretSource.KEYRING)
        if account.source is SecretSource.KEYRING:
            self._saving.keep(save_preference, f"{REMOVED}{account_id}", account.name)
        return account

    def note_forgotten(self, account_id: str) -> None:
        """Note that no secret of a removed account is left."""
        self._saving.keep(save_preference, f"{REMOVED}{account_id}", None)

    async def doubt(self, account_id: str) -> None:
        """Note that the secrets of an account are about to change; done means on the disk.

        Until `trust`, also where that never comes, no run but this one uses them.

        Raises:
            StoreError: it could not be noted.
        """
        self._doubted.add(account_id)
        account = self._accounts.get(account_id)
        if account is None or account_id not in self._kept or not self._saving.is_allowed:
            return
        self._write(account)
        noted: Future[bool] = Future()

        def look(db: Any) -> None:
            # Writes are made one after the other: what is found now is on the disk.
            found = {each.id: each.source for each in list_accounts(db)}
            if noted.set_running_or_notify_cancel():
                noted.set_result(found.get(account_id) is SecretSource.MEMORY)

        self._saving.keep(look)
        try:
            async with asyncio.timeout(DOUBT_S):
                if await asyncio.wrap_future(noted):
                    return
        except TimeoutError:
            pass
        raise Busy("not noted")

    def trust(self, account: Account) -> None:
        """Have an account whose secrets are known to be its own."""
        self._doubted.discard(account.id)
        self.put(account)

    def _first(self) -> str:
        return next(iter(self._accounts), "")

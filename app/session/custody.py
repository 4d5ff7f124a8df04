"""Custody: what becomes of keys and team IDs that were typed.

Law: a key is used only with the address and the team it was kept with. While the
keyring changes, the account is in doubt on disk (`roll`): if the program ends before
both agree again, the next run asks for the key.
"""

import asyncio
from concurrent.futures import Future
from dataclasses import replace

from app.chat.account import Account, Credentials, SecretSource
from app.session.drafts import Draft
from app.session.roll import Roll
from app.session.tasks import Tasks
from app.store.errors import StoreError
from app.store.secrets import KeyMissing, Secrets, SecretsError, SecretsSilent, TeamMissing


class Custody:
    """Keeps, replaces and forgets the secrets of accounts."""

    def __init__(self, secrets: Secrets, roll: Roll, tasks: Tasks) -> None:
        self._secrets = secrets
        self._roll = roll
        self._tasks = tasks
        self._changing: set[str] = set()

    def is_changing(self, account_id: str) -> bool:
        """Return whether the secrets of an account are being replaced just now."""
        return account_id in self._changing

    async def keep(
        self, account: Account, credentials: Credentials, *, for_this_run: bool
    ) -> Account:
        """Keep the secrets of a new account; return it with the source where they are.

        Cancelling takes back what the keyring was given.

        Raises:
            SecretsError: they could not be kept.
        """
        try:
            return await self._write(account, credentials, for_this_run)
        except asyncio.CancelledError:
            # Nothing will refer to it. Not waited for: the program ends.
            self._secrets.delete(replace(account, source=SecretSource.KEYRING))
            raise

    async def replace(
        self, old: Account, account: Account, draft: Draft, *, for_this_run: bool
    ) -> Account:
        """Keep what was typed, completed by what is kept; return the account that has it.

        It is in doubt until `Roll.trust` has it. Cancelling leaves it so.

        Raises:
            SecretsError: something is missing, or cannot be kept.
            StoreError: the disk does not take note of it; nothing was changed.
        """
        credentials = await self._completed(old, account, draft)
        self._changing.add(account.id)
        try:
            await self._roll.doubt(account.id)
            return await self._write(account, credentials, for_this_run)
        except SecretsSilent as error:
            if error.over is not None:
                outcome = self._trust_later(account.id, error.over)
                self._tasks.start(f"outcome {account.id}", outcome)
            raise
        except (SecretsError, StoreError):
            self._trust(account.id)
            raise
        finally:
            self._changing.discard(account.id)

    async def forget(self, account: Account) -> None:
        """Forget the secrets of an account that was removed.

        Where that is cut short, the next start does it.

        Raises:
            SecretsError: the keyring may still have them.
        """
        if account.is_stored:
            await asyncio.wrap_future(self._secrets.delete(account))
            self._roll.note_forgotten(account.id)

    async def _completed(self, old: Account, account: Account, draft: Draft) -> Credentials:
        keeps_team = account.team is not None and not draft.team_id
        if draft.key and not keeps_team:
            return Credentials(draft.key, draft.team_id)
        # Without its team the key alone is read: one that is lost is given anew like this.
        wanted = old if keeps_team else replace(old, team=None)
        try:
            kept = await asyncio.wrap_future(self._secrets.read(wanted))
        except KeyMissing:
            if not draft.key:
                raise
            raise TeamMissing("it is not read without a key") from None
        return Credentials(draft.key or kept.key, draft.team_id or kept.team_id)

    async def _write(
        self, account: Account, credentials: Credentials, for_this_run: bool
    ) -> Account:
        """Write to the keyring, also for an account that had none before."""
        kept = replace(account, source=SecretSource.KEYRING)
        try:
            return await asyncio.wrap_future(self._secrets.write(kept, credentials))
        except SecretsSilent:
            if not for_this_run:
                raise
        kept = replace(account, source=SecretSource.MEMORY)
        return await asyncio.wrap_future(self._secrets.write(kept, credentials))

    async def _trust_later(self, account_id: str, over: Future[None]) -> None:
        """Decide once the silent keyring has come back, and what it did late is undone."""
        await asyncio.wrap_future(over)
        if account_id not in self._changing:
            self._trust(account_id)

    def _trust(self, account_id: str) -> None:
        """Trust what was kept before, if the keyring has it as it was."""
        account = self._roll.get(account_id)
        if account is not None and not self._secrets.is_torn(account_id):
            self._roll.trust(account)

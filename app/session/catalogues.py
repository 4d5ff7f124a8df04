"""Catalogues: which models each account can use, from disk first, then from the service."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.api.client import Client
from app.api.errors import ServiceError
from app.chat.account import Account
from app.chat.failure import Failure, Kind
from app.chat.model import Catalogue, Model
from app.session.tasks import Tasks
from app.store.catalogue import load_catalogue, save_catalogue
from app.store.database import Database
from app.store.errors import StoreError
from app.store.secrets import KeyMissing, Secrets, SecretsError, TeamMissing


class Catalogues:
    """The catalogue of each account. Nothing is known of an account until asked."""

    def __init__(
        self,
        client: Client,
        database: Database,
        secrets: Secrets,
        tasks: Tasks,
        on_change: Callable[[str], None],
    ) -> None:
        self._client = client
        self._database = database
        self._secrets = secrets
        self._tasks = tasks
        self._on_change = on_change
        self._known: dict[str, Catalogue] = {}

    def of(self, account_id: str) -> Catalogue:
        """Return what is known of an account's models; empty before `refresh`."""
        return self._known.get(account_id, Catalogue())

    def refresh(self, account: Account) -> None:
        """Ask the service anew; what is known stays until it has answered."""
        self._set(account.id, replace(self.of(account.id), is_loading=True))
        self._tasks.start(f"catalogue {account.id}", self._load(account))

    def forget(self, account_id: str) -> None:
        """Drop what is known: the account's key, team or address has changed."""
        self._tasks.cancel(f"catalogue {account_id}")
        if self._known.pop(account_id, None) is not None:
            self._on_change(account_id)

    async def _load(self, account: Account) -> None:
        if not self.of(account.id).models:
            await self._read_shelf(account)
        try:
            credentials = await asyncio.wrap_future(self._secrets.read(account))
            models = await self._client.models(account, credentials)
        except asyncio.CancelledError:
            self._set(account.id, replace(self.of(account.id), is_loading=False))
            raise
        except ServiceError as error:
            self._fail(account, error.failure)
        except TeamMissing:
            self._fail(account, Failure(Kind.TEAM_UNREADABLE))
        except KeyMissing:
            self._fail(account, Failure(Kind.KEY_MISSING))
        except SecretsError:
            self._fail(account, Failure(Kind.KEY_UNREADABLE))
        else:
            fetched = datetime.now(UTC)
            self._set(account.id, Catalogue(tuple(models), fetched))
            await self._write_shelf(account, fetched, models)

    async def _read_shelf(self, account: Account) -> None:
        try:
            known = await asyncio.wrap_future(self._database.read(load_catalogue, account.id))
        except StoreError:
            return
        if known is not None:
            self._set(account.id, Catalogue(tuple(known.models), known.fetched, is_loading=True))

    async def _write_shelf(
        self, account: Account, fetched: datetime, models: Sequence[Model]
    ) -> None:
        try:
            await asyncio.wrap_future(
                self._database.write(save_catalogue, account.id, fetched, models)
            )
        except StoreError:
            return  # The list is known for this run; next time it is asked for again.

    def _fail(self, account: Account, failure: Failure) -> None:
        self._set(account.id, replace(self.of(account.id), failure=failure, is_loading=False))

    def _set(self, account_id: str, catalogue: Catalogue) -> None:
        if self.of(account_id) != catalogue:
            self._known[account_id] = catalogue
            self._on_change(account_id)

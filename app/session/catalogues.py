"""Catalogues: which models each account can use, from disk first, then from the service.

Law: what one key or team could see is never shown for another; where the
service refuses a key, what anybody can see is shown, and that it was refused.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.api.client import Client
from app.api.errors import ServiceError
from app.chat.account import NO_CREDENTIALS, Account, Credentials, SecretSource
from app.chat.failure import Failure, Kind
from app.chat.model import Catalogue, Model
from app.session.accounts import change_name
from app.session.tasks import Tasks
from app.session.trials import failure_of
from app.store.catalogue import delete_catalogue, load_catalogue, save_catalogue
from app.store.database import Database
from app.store.errors import StoreError
from app.store.secrets import Secrets, SecretsError

_REFUSALS = (Kind.KEY_REFUSED, Kind.FORBIDDEN)
_PASSING = frozenset(
    {
        Kind.UNREACHABLE,
        Kind.TIMED_OUT,
        Kind.INSECURE,
        Kind.PROXY_FAILED,
        Kind.NOT_THE_API,
        Kind.BLOCKED,
        Kind.CUT,
        Kind.SILENT,
        Kind.BUSY,
        Kind.SERVICE_FAULT,
        Kind.UNAVAILABLE,
    }
)
"""Failures that may be over the next time, without anything being changed here."""


class Catalogues:
    """The catalogue of each account. Nothing is known of an account until asked."""

    def __init__(
        self,
        client: Client,
        database: Database,
        secrets: Secrets,
        tasks: Tasks,
        is_current: Callable[[Account], bool],
        on_change: Callable[[str], None],
    ) -> None:
        self._client = client
        self._database = database
        self._secrets = secrets
        self._tasks = tasks
        self._is_current = is_current
        self._on_change = on_change
        self._known: dict[str, Catalogue] = {}
        self._gone: dict[str, frozenset[str]] = {}
        self._strangers: set[str] = set()
        """Accounts of which the disk may hold what a key or team before could see."""

    def of(self, account_id: str) -> Catalogue:
        """Return what is known of an account's models; empty before `refresh`."""
        return self._known.get(account_id, Catalogue())

    def model(self, account_id: str, model_id: str) -> Model:
        """Return a model; one that is not listed has only its id."""
        return self.of(account_id).find(model_id) or Model(model_id)

    def gone(self, account_id: str) -> frozenset[str]:
        """Return the models that are listed, and were not there when asked."""
        return self._gone.get(account_id, frozenset())

    def note_gone(self, account_id: str, model_id: str) -> None:
        """Remember that a listed model was not there; the next list forgets it."""
        self._gone[account_id] = self.gone(account_id) | {model_id}
        self._on_change(account_id)

    def refresh(self, account: Account) -> None:
        """Ask the service anew; what is known stays until it has answered."""
        self._set(account.id, replace(self.of(account.id), is_loading=True))
        self._tasks.start(f"catalogue {account.id}", self._load(account))

    def ask_again(self, account: Account) -> None:
        """Ask the service anew if the last time brought no list, and now may bring one."""
        known = self.of(account.id)
        is_empty = known.fetched is not None and not known.models
        has_failed = known.failure is not None and known.failure.kind in _PASSING
        if (is_empty or has_failed) and not known.is_loading:
            self.refresh(account)

    def forget(self, account_id: str) -> None:
        """Drop what is known, on disk too: the account's key, team or address has changed."""
        self._tasks.cancel(f"catalogue {account_id}")
        self._strangers.add(account_id)
        # Made even if nobody waits for it; what is saved later comes after it.
        self._database.write(delete_catalogue, account_id)
        self._gone.pop(account_id, None)
        if self._known.pop(account_id, None) is not None:
            self._on_change(account_id)

    async def _load(self, account: Account) -> None:
        if not self.of(account.id).models:
            await self._read_shelf(account)
        try:
            credentials = await asyncio.wrap_future(self._secrets.read(account))
            if not self._is_current(account):
                self._set(account.id, replace(self.of(account.id), is_loading=False))
                await self._tasks.ended(change_name(account.id))
                if not self._is_current(account):
                    return
                # It kept its secrets: with others `forget` would have cancelled this.
                self._set(account.id, replace(self.of(account.id), is_loading=True))
            models, failure = await self._ask(account, credentials)
        except (ServiceError, SecretsError) as error:
            self._fail(account, failure_of(error))
        else:
            fetched = datetime.now(UTC)
            self._gone.pop(account.id, None)
            self._set(account.id, Catalogue(tuple(models), fetched, failure))
            await self._write_shelf(account, fetched, models)

    async def _ask(
        self, account: Account, credentials: Credentials
    ) -> tuple[list[Model], Failure | None]:
        """Return the models, or those anybody can see and why there are not more.

        Raises:
            ServiceError
        """
        try:
            return await self._client.models(account, credentials), None
        except ServiceError as error:
            if not credentials.key or error.failure.kind not in _REFUSALS:
                raise
            refused = error
        try:
            return await self._client.models(account, NO_CREDENTIALS), refused.failure
        except ServiceError:
            # That it was refused is what the person can do something about.
            raise refused from None

    async def _read_shelf(self, account: Account) -> None:
        if account.id in self._strangers or not _is_shelved(account):
            return
        try:
            known = await asyncio.wrap_future(self._database.read(load_catalogue, account.id))
        except StoreError:
            return
        if known is not None:
            self._set(account.id, Catalogue(tuple(known.models), known.fetched, is_loading=True))

    async def _write_shelf(
        self, account: Account, fetched: datetime, models: Sequence[Model]
    ) -> None:
        if not _is_shelved(account):
            return
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


def _is_shelved(account: Account) -> bool:
    """Return whether an account's list is kept on disk.

    Not that of the environment: with its next key it is another account of the
    same id. Not that of an account which ends with this run.
    """
    return account.source in (SecretSource.KEYRING, SecretSource.NONE)

"""Trials: whether an address answers, and whether a model is there; nothing is billed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from app.api.client import Client
from app.api.errors import ServiceError
from app.chat.account import NO_CREDENTIALS, Account, Credentials
from app.chat.failure import Failure, Kind
from app.chat.model import Model
from app.session.tasks import Tasks
from app.store.secrets import KeyMissing, Secrets, SecretsError, TeamMissing


@dataclass(frozen=True, slots=True)
class AccountTrial:
    """What came of trying an account."""

    account_id: str
    models: int | None = None
    """How many models it lists; None: it did not answer."""
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class ModelTrial:
    """What came of asking for one model."""

    account_id: str
    model_id: str
    model: Model | None = None
    failure: Failure | None = None


class Trials:
    """Asks an account's service small questions on the person's wish."""

    def __init__(self, client: Client, secrets: Secrets, tasks: Tasks) -> None:
        self._client = client
        self._secrets = secrets
        self._tasks = tasks

    def try_account(
        self,
        account: Account,
        typed: Credentials | None,
        answer: Callable[[AccountTrial], None],
    ) -> None:
        """List the models with an account's key, or with the one that was typed."""
        self._tasks.start(f"try {account.id}", self._try_account(account, typed, answer))

    def try_model(
        self, account: Account, model_id: str, answer: Callable[[ModelTrial], None]
    ) -> None:
        """Ask for one model that need not be on the list."""
        self._tasks.start(f"try model {account.id}", self._try_model(account, model_id, answer))

    async def _try_account(
        self,
        account: Account,
        typed: Credentials | None,
        answer: Callable[[AccountTrial], None],
    ) -> None:
        try:
            models = await self._client.models(account, typed or await self._read(account))
        except (ServiceError, SecretsError) as error:
            answer(AccountTrial(account.id, failure=failure_of(error)))
        else:
            answer(AccountTrial(account.id, len(models)))

    async def _try_model(
        self, account: Account, model_id: str, answer: Callable[[ModelTrial], None]
    ) -> None:
        try:
            model = await self._client.model(account, await self._read(account), model_id)
        except (ServiceError, SecretsError) as error:
            answer(ModelTrial(account.id, model_id, failure=failure_of(error)))
        else:
            answer(ModelTrial(account.id, model_id, model))

    async def _read(self, account: Account) -> Credentials:
        if account.is_demo:
            return NO_CREDENTIALS
        return await asyncio.wrap_future(self._secrets.read(account))


def failure_of(error: ServiceError | SecretsError) -> Failure:
    """Return an error of the service or the keyring as facts."""
    if isinstance(error, ServiceError):
        return error.failure
    if isinstance(error, TeamMissing):
        return Failure(Kind.TEAM_UNREADABLE)
    if isinstance(error, KeyMissing):
        return Failure(Kind.KEY_MISSING)
    return Failure(Kind.KEY_UNREADABLE)

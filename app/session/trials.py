"""Trials: whether an account works and who pays, which teams there are, whether a model
is there; nothing is billed.

Law: what is stored goes only to the address it was stored for; what the
platform does not tell keeps nobody from anything.
"""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import blake2b

from app.api.client import Client
from app.api.errors import NotSent, ServiceError
from app.chat.account import NO_CREDENTIALS, Account, Credentials, platform_of
from app.chat.failure import ABSENT, LOCKED, SILENT, Failure, Kind
from app.chat.model import Model
from app.chat.platform import Balance, Identity, Team
from app.session.tasks import Tasks
from app.store.secrets import (
    KeyMissing,
    NoBackend,
    Secrets,
    SecretsError,
    SecretsLocked,
    SecretsSilent,
    TeamMissing,
)


@dataclass(frozen=True, slots=True)
class AccountTrial:
    """What came of trying an account."""

    account_id: str
    models: int | None = None
    """How many models it lists; None: it did not answer, or was not asked."""
    failure: Failure | None = None
    identity: Identity | None = None
    """Whose key it is; None: nobody could tell, so nothing proves the key."""
    team: str | None = None
    """The label of the team that would pay; None: a personal wallet would."""
    balance: Balance | None = None
    """What is left in that wallet, if it could be had."""


@dataclass(frozen=True, slots=True)
class TeamsTrial:
    """What came of asking for the teams of a key."""

    account_id: str
    teams: tuple[Team, ...] = ()
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class ModelTrial:
    """What came of asking for one model."""

    account_id: str
    model_id: str
    model: Model | None = None
    failure: Failure | None = None


class Trials:
    """Asks an account's service and platform small questions on the person's wish.

    What was typed comes as Credentials, in which an empty key, or no ID for an
    account with a team, stands for the one that is stored.
    """

    def __init__(
        self,
        client: Client,
        secrets: Secrets,
        tasks: Tasks,
        find: Callable[[str], Account | None],
    ) -> None:
        self._client = client
        self._secrets = secrets
        self._tasks = tasks
        self._find = find
        self._teams: dict[tuple[str, bytes], tuple[Team, ...]] = {}
        self._salt = os.urandom(16)

    def try_account(
        self,
        account: Account,
        typed: Credentials | None,
        answer: Callable[[AccountTrial], None],
        *,
        asks_balance: bool = True,
    ) -> None:
        """Ask whose key it is, list the models, and see what is left to pay with."""
        trial = self._try_account(account, typed, answer, asks_balance)
        self._tasks.start(_name("try", account, typed), trial)

    def list_teams(
        self,
        account: Account,
        typed: Credentials | None,
        answer: Callable[[TeamsTrial], None],
    ) -> None:
        """List the teams of a key's owner; asked once a run and key."""
        self._tasks.start(_name("teams", account, typed), self._list_teams(account, typed, answer))

    def try_model(
        self, account: Account, model_id: str, answer: Callable[[ModelTrial], None]
    ) -> None:
        """Ask for one model that need not be on the list."""
        self._tasks.start(f"try model {account.id}", self._try_model(account, model_id, answer))

    def give_up(self, account_id: str) -> None:
        """Ask no further what was asked with something typed; no answer comes."""
        for question in ("try", "teams"):
            self._tasks.cancel(f"{question} typed {account_id}")

    def drop(self, account_id: str) -> None:
        """Try no further with what is kept: it is replaced; no answer comes."""
        self._tasks.cancel(f"try {account_id}")

    def forget(self) -> None:
        """Drop what the platform said of any key."""
        self._teams.clear()

    async def _try_account(
        self,
        account: Account,
        typed: Credentials | None,
        answer: Callable[[AccountTrial], None],
        asks_balance: bool,
    ) -> None:
        trial = AccountTrial(account.id, team=account.team)
        try:
            credentials = await self._credentials(account, typed)
            trial = replace(trial, identity=await self._identity(account, credentials))
            if trial.identity is None or trial.identity.may_infer is not False:
                models = await self._client.models(account, credentials)
                trial = replace(trial, models=len(models))
        except (ServiceError, SecretsError) as error:
            answer(replace(trial, failure=failure_of(error)))
            return
        if asks_balance and trial.models is not None and trial.identity is not None:
            trial = replace(trial, balance=await self._balance(account, credentials))
        answer(trial)

    async def _identity(self, account: Account, credentials: Credentials) -> Identity | None:
        """Return whose key it is, None where nobody can tell.

        Raises:
            ServiceError: the platform does not know the key.
        """
        if platform_of(account) is None:
            return None
        try:
            return await self._client.platform.whoami(account, credentials)
        except ServiceError as error:
            if error.failure.kind is Kind.KEY_REFUSED:
                raise
        return None

    async def _balance(self, account: Account, credentials: Credentials) -> Balance | None:
        try:
            return await self._client.platform.wallet(account, credentials)
        except ServiceError:
            return None  # Not every key may see it, and nothing depends on it.

    async def _list_teams(
        self,
        account: Account,
        typed: Credentials | None,
        answer: Callable[[TeamsTrial], None],
    ) -> None:
        account = replace(account, team=None)
        try:
            credentials = await self._credentials(account, typed)
            place = self._place(account, credentials)
            teams = self._teams.get(place)
            if teams is None:
                teams = await self._client.platform.teams(account, credentials)
                self._teams[place] = teams
        except (ServiceError, SecretsError) as error:
            answer(TeamsTrial(account.id, failure=failure_of(error)))
        else:
            answer(TeamsTrial(account.id, teams))

    async def _try_model(
        self, account: Account, model_id: str, answer: Callable[[ModelTrial], None]
    ) -> None:
        try:
            credentials = await self._credentials(account, None)
            model = await self._client.model(account, credentials, model_id)
        except (ServiceError, SecretsError) as error:
            answer(ModelTrial(account.id, model_id, failure=failure_of(error)))
        else:
            answer(ModelTrial(account.id, model_id, model))

    async def _credentials(self, account: Account, typed: Credentials | None) -> Credentials:
        """Return what was typed, completed by what is stored."""
        typed = typed or NO_CREDENTIALS
        lacks_team = account.team is not None and typed.team_id is None
        if account.is_demo or (typed.key and not lacks_team):
            return typed
        stored = self._find(account.id)
        if stored is not None and (stored.origin, platform_of(stored)) != (
            account.origin,
            platform_of(account),
        ):
            raise NotSent(Failure(Kind.KEY_MISSING))
        # Without its team the key alone is read: a team may be on its way in.
        wanted = account if lacks_team else replace(account, team=None)
        kept = await asyncio.wrap_future(self._secrets.read(wanted))
        team_id = typed.team_id or kept.team_id
        return Credentials(typed.key or kept.key, team_id if account.team is not None else None)

    def _place(self, account: Account, credentials: Credentials) -> tuple[str, bytes]:
        """Return under what an answer is remembered: nothing a key could be read from."""
        digest = blake2b(credentials.key.encode(), key=self._salt, digest_size=16)
        return platform_of(account) or "", digest.digest()


def failure_of(error: ServiceError | SecretsError) -> Failure:
    """Return an error of the service or the keyring as facts."""
    if isinstance(error, ServiceError):
        return error.failure
    if isinstance(error, TeamMissing):
        return Failure(Kind.TEAM_UNREADABLE)
    if isinstance(error, KeyMissing):
        return Failure(Kind.KEY_MISSING)
    codes = {SecretsLocked: LOCKED, NoBackend: ABSENT, SecretsSilent: SILENT}
    return Failure(Kind.KEY_UNREADABLE, code=codes.get(type(error), ""))


def _name(question: str, account: Account, typed: Credentials | None) -> str:
    """Return the name of a question's task: what is typed and what is kept are apart."""
    return f"{question} {account.id}" if typed is None else f"{question} typed {account.id}"

"""What the tests of the network door share: the service, an account, one way to ask."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.api.client import Client
from app.api.errors import ServiceError
from app.chat.account import Account, Credentials
from app.chat.message import Delta, Role, Turn
from app.chat.parameters import DEFAULTS, Parameters
from app.chat.request import Request
from tests.api.told import Told
from tests.helpers.server import Server

CANARY_KEY = "sk-CANARY-5e1f0c7d2b"
CANARY_TEAM = "cCANARYteam0123456789abcd"


@dataclass
class Outcome(Told):
    """What a completion came to."""

    lists: list[list[Delta]] = field(default_factory=list)
    error: ServiceError | None = None

    @property
    def deltas(self) -> list[Delta]:
        return [delta for deltas in self.lists for delta in deltas]

    @property
    def kind(self) -> str:
        return self.error.failure.kind.value if self.error else ""


Ask = Callable[..., Outcome]
Run = Callable[[Awaitable[Any]], Any]


@pytest.fixture(scope="session")
def _server() -> Iterator[Server]:
    server = Server(CANARY_KEY).start()
    yield server
    server.stop()


@pytest.fixture
def server(_server: Server) -> Server:
    _server.reset()
    return _server


@pytest.fixture
def account(server: Server) -> Account:
    return Account("0123456789abcdef", "Ada", server.endpoint, team="Prime Team")


@pytest.fixture
def credentials() -> Credentials:
    return Credentials(CANARY_KEY, CANARY_TEAM)


async def hear(client: Client, request: Request, credentials: Credentials) -> Outcome:
    """Read a completion to its end."""
    outcome = Outcome()
    try:
        async with aclosing(client.complete(request, credentials)) as lists:
            async for deltas in lists:
                outcome.lists.append(deltas)
    except ServiceError as error:
        outcome.error = error
    return outcome


@pytest.fixture
def ask(run: Run, account: Account, credentials: Credentials) -> Ask:
    """Ask a test model something, with a client of its own."""

    def ask_once(
        model: str, words: str = "Hello", parameters: Parameters = DEFAULTS, **others: Any
    ) -> Outcome:
        asked = others.get("account", account)

        async def body() -> Outcome:
            client = Client("Coprime/0 (test)")
            try:
                return await hear(
                    client,
                    Request(asked, model, (Turn(Role.USER, words),), parameters),
                    others.get("credentials", credentials),
                )
            finally:
                await client.close()

        outcome = run(body())
        assert isinstance(outcome, Outcome)
        return outcome

    return ask_once

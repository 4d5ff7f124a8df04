"""Both ends are faithful: the public client of the API talks to our servers, too."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from openai import AsyncOpenAI, AuthenticationError, NotFoundError

from app.api.client import Client
from app.api.demo import DemoTransport
from app.chat.account import DEMO, DEMO_ENDPOINT, NO_CREDENTIALS, Account, Credentials
from app.chat.message import Role, Turn
from app.chat.parameters import Parameters
from app.chat.request import Request
from tests.api.conftest import CANARY_KEY, Run, hear
from tests.helpers.server import Server

HELLO: list[Any] = [{"role": "user", "content": "Hello there"}]


def with_openai(
    run: Run, endpoint: str, key: str, verb: Callable[[AsyncOpenAI], Awaitable[Any]]
) -> Any:
    async def body() -> Any:
        transport = DemoTransport(pace=0) if endpoint == DEMO_ENDPOINT else None
        http = httpx.AsyncClient(transport=transport, trust_env=False)
        async with AsyncOpenAI(
            base_url=endpoint, api_key=key, http_client=http, max_retries=0
        ) as client:
            return await verb(client)

    return run(body())


async def streamed(client: AsyncOpenAI, model: str) -> tuple[str, Any]:
    text, usage = "", None
    stream = await client.chat.completions.create(
        model=model, messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    async for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            text += chunk.choices[0].delta.content
        usage = chunk.usage or usage
    return text, usage


async def whole(client: AsyncOpenAI, model: str) -> tuple[str, Any]:
    reply = await client.chat.completions.create(model=model, messages=HELLO)
    return reply.choices[0].message.content or "", reply.usage


@pytest.fixture(params=["server", "demo"])
def side(
    request: pytest.FixtureRequest, server: Server, account: Account, credentials: Credentials
) -> tuple[Account, Credentials, str]:
    """One of our two servers: the account to use it with, and a model of it."""
    if request.param == "demo":
        return DEMO, NO_CREDENTIALS, "demo/echo"
    return account, credentials, "test/echo"


def test_the_public_client_lists_and_retrieves_models(
    run: Run, side: tuple[Account, Credentials, str]
) -> None:
    account, _, model = side

    async def verb(client: AsyncOpenAI) -> None:
        ids = [entry.id async for entry in client.models.list()]
        assert model in ids
        assert (await client.models.retrieve(model)).id == model
        with pytest.raises(NotFoundError):
            await client.models.retrieve("none")

    with_openai(run, account.endpoint, CANARY_KEY, verb)


@pytest.mark.parametrize("stream", [True, False])
def test_both_clients_hear_the_same(
    run: Run, side: tuple[Account, Credentials, str], stream: bool
) -> None:
    account, credentials, model = side
    theirs, usage = with_openai(
        run,
        account.endpoint,
        CANARY_KEY,
        lambda client: streamed(client, model) if stream else whole(client, model),
    )

    async def ours() -> Any:
        client = Client("x")
        request = Request(
            account, model, (Turn(Role.USER, "Hello there"),), Parameters(stream=stream)
        )
        outcome = await hear(client, request, credentials)
        await client.close()
        return outcome

    outcome = run(ours())
    assert outcome.error is None
    assert outcome.text == theirs
    assert theirs.endswith("Hello there")
    assert (outcome.usage.prompt, outcome.usage.completion) == (
        usage.prompt_tokens,
        usage.completion_tokens,
    )


def test_the_public_client_is_refused_a_wrong_key(run: Run, server: Server) -> None:
    async def verb(client: AsyncOpenAI) -> None:
        with pytest.raises(AuthenticationError):
            await whole(client, "test/echo")

    with_openai(run, server.endpoint, "sk-wrong", verb)

"""The demo: the service played inside the program, through the same client."""

import asyncio
import json
import socket
import time
from contextlib import aclosing
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.api import demo
from app.api.client import Client
from app.api.errors import Refused
from app.chat.account import DEMO, DEMO_ENDPOINT, NO_CREDENTIALS, Credentials
from app.chat.failure import Kind
from app.chat.message import Role, Turn
from app.chat.parameters import Parameters
from app.chat.request import Request
from tests.api.conftest import CANARY_KEY, Ask, Outcome, Run, hear

SAYS_SO = "*This is the demo inside Coprime."


@pytest.fixture(autouse=True)
def _as_fast_as_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.DemoTransport.__init__, "__defaults__", (0.0,))


def asked(ask: Ask, model: str, words: str = "Hello there", **settings: Any) -> Outcome:
    outcome = ask(model, words, Parameters(**settings), account=DEMO, credentials=NO_CREDENTIALS)
    assert isinstance(outcome, Outcome)
    return outcome


def test_the_demo_lists_its_models_as_free(run: Run) -> None:
    async def body() -> None:
        client = Client("x")
        models = await client.models(DEMO, NO_CREDENTIALS)
        assert {model.maker for model in models} == {"Coprime demo"}
        models = models[:4]  # Those after them fail: see test_mishaps.
        assert [model.id for model in models] == [
            "demo/tour",
            "demo/echo",
            "demo/thinker",
            "demo/fast",
        ]
        assert {(model.prices.input, model.prices.output) for model in models} == {
            (Decimal(0), Decimal(0))
        }
        assert [model.reasons for model in models] == [False, False, True, False]
        assert await client.model(DEMO, NO_CREDENTIALS, "demo/echo") == models[1]
        with pytest.raises(Refused) as caught:
            await client.model(DEMO, NO_CREDENTIALS, "demo/none")
        assert caught.value.failure.kind is Kind.MODEL_GONE
        await client.close()

    run(body())


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("model", ["demo/tour", "demo/echo", "demo/thinker", "demo/fast"])
def test_every_demo_model_says_that_it_is_one(ask: Ask, model: str, stream: bool) -> None:
    outcome = asked(ask, model, stream=stream)
    assert outcome.error is None
    assert outcome.text.startswith(SAYS_SO)
    assert outcome.finish_reason == "stop"
    assert outcome.usage is not None
    assert outcome.usage.cost == 0
    assert outcome.text == asked(ask, model).text


def test_echo_repeats_what_was_said(ask: Ask) -> None:
    assert asked(ask, "demo/echo", "One  two\n\n😀 \u2028three").text.endswith(
        "\n\nOne  two\n\n😀 \u2028three"
    )


def test_thinker_thinks_first(ask: Ask) -> None:
    outcome = asked(ask, "demo/thinker")
    kinds = [
        "reasoning" if delta.reasoning else "text"
        for delta in outcome.deltas
        if delta.text or delta.reasoning
    ]
    assert kinds == sorted(kinds)
    assert outcome.usage is not None
    assert outcome.usage.reasoning == kinds.count("reasoning") > 10


def test_fast_says_twenty_thousand_words(ask: Ask) -> None:
    outcome = asked(ask, "demo/fast")
    assert outcome.usage is not None
    assert 20_000 <= outcome.usage.completion <= 20_500
    assert outcome.usage.completion == len(outcome.text.split())


def test_the_tour_shows_what_a_reply_can_hold(ask: Ask) -> None:
    text = asked(ask, "demo/tour").text
    for sign in ("# ", "## ", "**", "`", "](https://", "> ", "- ", "1. ", "```python", "---"):
        assert sign in text


def test_the_longest_reply_is_honoured(ask: Ask) -> None:
    outcome = asked(ask, "demo/thinker", max_tokens=3)
    assert (outcome.finish_reason, outcome.text) == ("length", "")
    outcome = asked(ask, "demo/echo", max_tokens=4)
    assert outcome.text.split() == SAYS_SO.split()[:4]
    assert outcome.usage is not None
    assert outcome.usage.completion == 4


def test_stop_sequences_are_honoured(ask: Ask) -> None:
    outcome = asked(ask, "demo/echo", "one two END three", stop=("zzz", "END"))
    assert outcome.text.endswith("one two ")
    assert outcome.finish_reason == "stop"


def test_an_unknown_demo_model_is_gone(ask: Ask) -> None:
    assert asked(ask, "demo/none").kind == "model_gone"


def test_no_key_reaches_the_demo(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[httpx.Request] = []
    handle = demo.DemoTransport.handle_async_request

    async def watched(self: demo.DemoTransport, request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return await handle(self, request)

    async def body() -> None:
        client = Client("x")
        request = Request(DEMO, "demo/echo", (Turn(Role.USER, "Hello"),))
        await hear(client, request, Credentials(CANARY_KEY, "team"))
        await client.close()

    monkeypatch.setattr(demo.DemoTransport, "handle_async_request", watched)
    run(body())
    assert "authorization" not in seen[0].headers
    assert "x-prime-team-id" not in seen[0].headers


def test_the_demo_opens_no_socket(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the demo opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    assert asked(ask, "demo/echo").error is None


def test_the_demo_can_be_stopped(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.DemoTransport.__init__, "__defaults__", (1.0,))

    async def body() -> None:
        client = Client("x")
        request = Request(DEMO, "demo/thinker", (Turn(Role.USER, "Hello"),))
        started = time.monotonic()
        async with aclosing(client.complete(request, NO_CREDENTIALS)) as lists:
            async for _ in lists:
                break
        task = asyncio.ensure_future(hear(client, request, NO_CREDENTIALS))
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await client.close()
        assert time.monotonic() - started < 2

    run(body())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"model": "demo/echo", "messages": [{"role": "user", "content": "x"}]}, 200),
        ({"model": "demo/none", "messages": [{"role": "user", "content": "x"}]}, 404),
        ({"model": 3, "messages": [{"role": "user", "content": "x"}]}, 404),
        ({"model": "demo/echo"}, 422),
        ({"model": "demo/echo", "messages": []}, 422),
        ({"model": "demo/echo", "messages": [3]}, 422),
        ({"model": "demo/echo", "messages": [{"role": "user", "content": ""}]}, 422),
        ([], 400),
    ],
)
def test_the_demo_refuses_what_a_service_refuses(run: Run, body: Any, status: int) -> None:
    assert post(run, json.dumps(body).encode()) == status


@pytest.mark.parametrize(
    "setting",
    [
        {"temperature": 3},
        {"temperature": "hot"},
        {"max_tokens": 0},
        {"max_tokens": 1.5},
        {"stop": 3},
    ],
)
def test_the_demo_refuses_settings_out_of_range(run: Run, setting: dict[str, Any]) -> None:
    asked = {"model": "demo/echo", "messages": [{"role": "user", "content": "x"}]}
    assert post(run, json.dumps(asked | setting).encode()) == 400
    assert post(run, b"{") == 400


def post(run: Run, content: bytes) -> int:
    async def body() -> int:
        async with httpx.AsyncClient(transport=demo.DemoTransport()) as http:
            answer = await http.post(f"{DEMO_ENDPOINT}/chat/completions", content=content)
            other = await http.get(f"{DEMO_ENDPOINT}/nothing")
            assert (other.status_code, other.json()) == (404, {"detail": "Not Found"})
            return answer.status_code

    status = run(body())
    assert isinstance(status, int)
    return status

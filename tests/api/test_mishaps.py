"""The demo models that fail: each as it promises, through the client everything goes through."""

import asyncio
import gc
import socket
import sys
from collections.abc import Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.api import demo, limits
from app.api.client import Client
from app.api.demo import cast, tour
from app.api.demo.mishaps import MISHAPS
from app.api.errors import ServiceError
from app.chat.account import DEMO, DEMO_ENDPOINT, NO_CREDENTIALS
from app.chat.failure import Failure, Kind
from app.chat.message import Role, Turn
from app.chat.model import first_choice
from app.chat.parameters import DEFAULTS, Parameters
from app.chat.request import Request
from tests.api.conftest import Outcome, Run, hear

GO_ON = "Go on exactly where you stopped."
SILENT = ("demo/fails-silent", "demo/fails-silent-midway")


@dataclass(frozen=True)
class Promise:
    """What the first answer of a model comes to."""

    kind: Kind | None = None
    text: str = ""
    """How much of it is shown: "", "half" or "whole"."""
    finish_reason: str = ""
    status: int | None = None
    thinks: bool = False


PROMISES = {
    "demo/fails-cut": Promise(Kind.CUT, "half"),
    "demo/fails-continued": Promise(Kind.CUT, "half"),
    "demo/fails-unfinished": Promise(Kind.CUT, "half"),
    "demo/fails-silent-midway": Promise(Kind.SILENT, "half"),
    "demo/fails-silent": Promise(Kind.SILENT),
    "demo/fails-midway": Promise(Kind.FAILED_MIDWAY, "half", "error"),
    "demo/fails-first-event": Promise(Kind.UNAVAILABLE, status=502),
    "demo/fails-garbled": Promise(Kind.GARBLED, "half"),
    "demo/fails-empty": Promise(Kind.EMPTY),
    "demo/fails-compressed": Promise(Kind.ENCODED, status=200),
    "demo/fails-page": Promise(Kind.NOT_THE_API, status=200),
    "demo/fails-moved": Promise(Kind.MOVED, status=307),
    "demo/fails-document": Promise(None, "whole", "stop"),
    "demo/fails-length": Promise(None, "half", "length"),
    "demo/fails-length-thinking": Promise(None, "", "length", thinks=True),
    "demo/fails-thinking": Promise(None, "", "stop", thinks=True),
    "demo/fails-tags": Promise(None, "whole", "stop", thinks=True),
    "demo/fails-filter": Promise(None, "half", "content_filter"),
    "demo/fails-tool": Promise(None, "", "tool_calls"),
    "demo/fails-refusal": Promise(None, "whole", "stop"),
    "demo/fails-temperature": Promise(None, "whole", "stop"),
    "demo/fails-limit-name": Promise(None, "whole", "stop"),
    "demo/fails-too-long": Promise(None, "whole", "stop"),
    "demo/fails-key": Promise(Kind.KEY_REFUSED, status=401),
    "demo/fails-balance": Promise(Kind.NO_BALANCE, status=402),
    "demo/fails-forbidden": Promise(Kind.FORBIDDEN, status=403),
    "demo/fails-blocked": Promise(Kind.BLOCKED, status=403),
    "demo/fails-gone": Promise(Kind.MODEL_GONE, status=404),
    "demo/fails-too-large": Promise(Kind.REQUEST_TOO_LARGE, status=413),
    "demo/fails-invalid": Promise(Kind.REQUEST_REFUSED, status=422),
    "demo/fails-busy": Promise(Kind.BUSY, status=429),
    "demo/fails-busy-for-long": Promise(Kind.BUSY, status=429),
    "demo/fails-fault": Promise(Kind.SERVICE_FAULT, status=500),
    "demo/fails-unavailable": Promise(Kind.UNAVAILABLE, status=503),
    "demo/fails-timeout": Promise(Kind.TIMED_OUT, status=524),
    "demo/fails-unreachable-twice": Promise(Kind.UNREACHABLE),
    "demo/fails-unreachable": Promise(Kind.UNREACHABLE),
    "demo/fails-certificate": Promise(Kind.INSECURE),
}
THIRD_TIME_WELL = ("demo/fails-busy", "demo/fails-unavailable", "demo/fails-unreachable-twice")


@pytest.fixture(autouse=True)
def _as_fast_as_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.DemoTransport.__init__, "__defaults__", (0.0,))


@pytest.fixture(autouse=True)
def _little_patience(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    # Only with those that are silent: a busy machine may pause as long.
    call = getattr(request.node, "callspec", None)
    if call is not None and call.params.get("model") in SILENT:
        monkeypatch.setattr(limits, "SILENCE_S", 0.2)


@pytest.fixture(autouse=True)
def _no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the demo opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


def request(model: str, *words: str, parameters: Parameters = DEFAULTS) -> Request:
    """A conversation whose turns take turns, the person's first."""
    roles = (Role.USER, Role.ASSISTANT)
    turns = (Turn(roles[n % 2], said) for n, said in enumerate(words or ("Hello",)))
    return Request(DEMO, model, tuple(turns), parameters)


def heard(run: Run, *requests: Request) -> list[Outcome]:
    """What requests come to, one after the other, with one client."""

    async def body() -> list[Outcome]:
        client = Client("x")
        try:
            return [await hear(client, request, NO_CREDENTIALS) for request in requests]
        finally:
            await client.close()

    outcomes: list[Outcome] = run(body())
    return outcomes


def failure(outcome: Outcome) -> Failure:
    assert outcome.error is not None
    return outcome.error.failure


def whole_text(model: str) -> str:
    asked: Any = None  # None of these looks at it.
    return tour.OPENING + MISHAPS[model].text(asked)


def test_every_model_that_fails_has_a_promise() -> None:
    assert list(PROMISES) == sorted(PROMISES, key=list(MISHAPS).index)
    assert PROMISES.keys() == MISHAPS.keys()


@pytest.mark.parametrize("model", PROMISES)
def test_a_model_fails_as_it_promises(run: Run, model: str) -> None:
    promise, (outcome,) = PROMISES[model], heard(run, request(model))
    assert outcome.kind == (promise.kind or "")
    assert outcome.finish_reason == promise.finish_reason
    assert outcome.reasoning.strip() == (tour.THOUGHTS.strip() if promise.thinks else "")
    if promise.kind:
        assert failure(outcome).status == promise.status
    text, whole = outcome.text, whole_text(model)
    if promise.text == "half":
        assert text.startswith(tour.OPENING)
        assert whole.startswith(text)
        assert abs(len(text.split()) - len(whole.split()) / 2) <= 1
    else:
        assert text == (whole if promise.text == "whole" else "")


@pytest.mark.parametrize("model", [m for m in PROMISES if m not in THIRD_TIME_WELL])
def test_the_same_request_fails_the_same(run: Run, model: str) -> None:
    first, second = heard(run, request(model), request(model))
    assert (first.kind, first.text, first.reasoning) == (
        second.kind,
        second.text,
        second.reasoning,
    )


@pytest.mark.parametrize("model", THIRD_TIME_WELL)
def test_a_model_that_fails_twice_answers_the_third_time_and_begins_again(
    run: Run, model: str
) -> None:
    kind = PROMISES[model].kind
    outcomes = heard(run, *[request(model)] * 6)
    assert [outcome.kind for outcome in outcomes] == [kind, kind, "", kind, kind, ""]
    assert outcomes[2].text == outcomes[5].text == whole_text(model)
    assert outcomes[2].finish_reason == "stop"


def test_what_fails_is_counted_model_by_model(run: Run) -> None:
    busy, away = THIRD_TIME_WELL[:2]
    outcomes = heard(run, *(request(model) for model in (busy, away, busy, away, busy, away)))
    assert [outcome.kind for outcome in outcomes[4:]] == ["", ""]


def test_busy_models_say_how_long_to_wait(run: Run) -> None:
    outcomes = heard(
        run,
        request("demo/fails-busy"),
        request("demo/fails-busy-for-long"),
        request("demo/fails-unavailable"),
    )
    assert [failure(outcome).retry_after_s for outcome in outcomes] == [3.0, 3600.0, None]


def test_the_request_is_named_where_a_service_names_it(run: Run) -> None:
    broke, faulty = heard(run, request("demo/fails-balance"), request("demo/fails-fault"))
    assert failure(broke).code == "insufficient_funds"
    assert failure(broke).request_ids == ("req-demo", "inf-demo")
    assert failure(faulty).request_ids == ("req-demo",)


def test_a_refused_parameter_helps_when_left_out(run: Run) -> None:
    asked = request("demo/fails-temperature", parameters=Parameters(temperature=0.5))
    refused, well = heard(run, asked, replace(asked, omit=frozenset({"temperature"})))
    assert (refused.kind, failure(refused).parameter) == ("parameter_refused", "temperature")
    assert (well.error, well.finish_reason) == (None, "stop")


def test_the_limit_is_honoured_under_the_name_the_model_wants(run: Run) -> None:
    asked = request("demo/fails-limit-name", parameters=Parameters(max_tokens=5))
    refused, well = heard(run, asked, replace(asked, new_limit_name=True))
    assert (refused.kind, failure(refused).parameter) == ("parameter_refused", "max_tokens")
    assert (well.error, well.finish_reason, len(well.text.split())) == (None, "length", 5)


def test_a_conversation_that_is_too_long_is_answered_with_fewer_turns(run: Run) -> None:
    model = "demo/fails-too-long"
    reply = whole_text(model)
    words = ("One", reply, "Two", reply, "Three")
    first, second, third, fewer = heard(
        run, *(request(model, *said) for said in (words[:1], words[:3], words, words[2:]))
    )
    assert [o.kind for o in (first, second, third, fewer)] == ["", "", "conversation_too_long", ""]
    assert failure(third).window == 120
    assert fewer.text == reply


@pytest.mark.parametrize("model", ["demo/fails-continued", "demo/fails-length"])
def test_a_model_asked_to_go_on_sends_exactly_the_rest(run: Run, model: str) -> None:
    (half,) = heard(run, request(model))
    (rest,) = heard(run, request(model, "Hello", half.text, GO_ON))
    assert half.text
    assert half.text + rest.text == whole_text(model)
    assert (rest.error, rest.finish_reason) == (None, "stop")


def test_the_rest_follows_blanks_that_were_lost_on_the_way(run: Run) -> None:
    (half,) = heard(run, request("demo/fails-continued"))
    assert half.text != half.text.rstrip()
    (rest,) = heard(run, request("demo/fails-continued", "Hello", half.text.rstrip(), GO_ON))
    assert half.text.rstrip() + rest.text == whole_text("demo/fails-continued")


def test_a_whole_reply_is_not_gone_on_with(run: Run) -> None:
    model = "demo/fails-continued"
    after_itself, after_another = heard(
        run,
        request(model, "Hello", whole_text(model), "And now?"),
        request(model, "Hello", tour.OPENING + tour.TOUR, "And now?"),
    )
    assert after_itself.kind == after_another.kind == "cut"
    assert after_itself.text == after_another.text
    assert after_itself.text.startswith(tour.OPENING)


def test_what_is_cut_each_time_still_gets_to_its_end(run: Run) -> None:
    model, text = "demo/fails-cut", ""
    for _ in range(12):
        words = ("Hello", text, GO_ON) if text else ("Hello",)
        (part,) = heard(run, request(model, *words))
        assert part.kind == "cut"
        text += part.text
        if text == whole_text(model):
            return
    raise AssertionError(f"it never got there: {text!r}")


@pytest.mark.parametrize("model", SILENT)
def test_stop_ends_a_silence(run: Run, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SILENCE_S", 900.0)

    async def body() -> None:
        client = Client("x")
        task = asyncio.ensure_future(hear(client, request(model), NO_CREDENTIALS))
        done, _ = await asyncio.wait([task], timeout=0.1)
        assert not done
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await client.close()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(body())


@pytest.mark.parametrize("model", SILENT)
def test_closing_a_silent_answer_ends_who_waits_for_it(run: Run, model: str) -> None:
    async def body() -> None:
        transport = demo.DemoTransport(0.0)
        answer = await transport.handle_async_request(chat(model, stream=True))
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        came = asyncio.Event()
        chunks: list[bytes] = []

        async def read() -> None:
            stream = answer.stream
            assert isinstance(stream, httpx.AsyncByteStream)
            came.set()
            chunks.extend([chunk async for chunk in stream])

        task = asyncio.ensure_future(read())
        await came.wait()
        await answer.stream.aclose()
        await task
        await answer.stream.aclose()

    run(body())


@pytest.mark.parametrize("model", PROMISES)
def test_a_model_that_fails_can_be_left_after_its_first_words(run: Run, model: str) -> None:
    finalised: list[object] = []

    async def body() -> None:
        client = Client("x")
        # What the garbage collector gets to close, nobody else has closed.
        first, _ = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(firstiter=first, finalizer=finalised.append)
        await hear(client, request(model), NO_CREDENTIALS)
        with suppress(ServiceError):
            async with aclosing(client.complete(request(model), NO_CREDENTIALS)) as lists:
                async for _ in lists:
                    break
        await client.close()
        gc.collect()

    run(body())
    assert finalised == []


@pytest.mark.parametrize("model", [m for m in PROMISES if m not in SILENT])
def test_a_reply_not_asked_for_as_a_stream_fails_too(run: Run, model: str) -> None:
    promise = PROMISES[model]
    (outcome,) = heard(run, request(model, parameters=Parameters(stream=False)))
    assert bool(outcome.error) == bool(promise.kind)
    if promise.kind is None:
        (streamed,) = heard(run, request(model))
        assert (outcome.text, outcome.finish_reason) == (streamed.text, promise.finish_reason)
        assert outcome.reasoning.strip() == streamed.reasoning.strip()


def test_the_catalogue_lists_what_fails_after_what_works(run: Run) -> None:
    async def body() -> None:
        client = Client("x")
        models = await client.models(DEMO, NO_CREDENTIALS)
        assert [model.id for model in models] == [*cast.WELL, *MISHAPS]
        choice = first_choice(models)
        assert choice is not None
        assert choice.id == "demo/tour"
        assert all(model.name.startswith("Demo: ") for model in models)
        assert len({model.name for model in models}) == len(models)
        assert {model.outputs for model in models} == {("text",)}
        assert await client.model(DEMO, NO_CREDENTIALS, "demo/fails-gone") in models
        await client.close()

    run(body())


def test_a_cost_is_seen_where_there_is_a_price(run: Run) -> None:
    priced, free = heard(run, request("demo/fails-length"), request("demo/fails-filter"))
    assert priced.usage is not None
    counts = priced.usage
    assert counts.cost == Decimal(counts.prompt * 5 + counts.completion * 25) / 1_000_000 > 0
    assert free.usage is not None
    assert free.usage.cost == 0


def chat(model: str, **settings: Any) -> httpx.Request:
    messages: Sequence[dict[str, str]] = [{"role": "user", "content": "Hello"}]
    content = {"model": model, "messages": messages} | settings
    return httpx.Request("POST", f"{DEMO_ENDPOINT}/chat/completions", json=content)

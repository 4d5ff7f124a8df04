"""What is asked again without the person, what never is, and how it shows."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app.chat.circumstance import About
from app.chat.conversation import Conversation
from app.chat.failure import Kind
from app.chat.message import Message, Pause, Status
from app.chat.parameters import Parameters
from app.session import recovery
from app.session.messages import fewer
from tests.helpers.server import Recorded, Server
from tests.session.conftest import Running, Scenario

Play = Callable[[Scenario], None]
EVENTS = {"Content-Type": "text/event-stream"}
JSON = {"Content-Type": "application/json"}


def said(*words: str, end: str = "stop", usage: bool = True) -> bytes:
    """Return a whole streamed reply."""
    events: list[dict[str, Any]] = [{"choices": [{"delta": {"content": w}}]} for w in words]
    events.append({"choices": [{"delta": {}, "finish_reason": end}]})
    if usage:
        counted = {"prompt_tokens": 10, "completion_tokens": len(words), "cost": 0.001}
        events.append({"choices": [], "usage": counted})
    return b"".join(b"data: %s\n\n" % json.dumps(e).encode() for e in events) + b"data: [DONE]\n\n"


def begun(*words: str) -> bytes:
    """Return the beginning of a streamed reply."""
    return said(*words).partition(b'data: {"choices": [{"delta": {}')[0]


def refusal(message: str) -> bytes:
    return json.dumps({"error": {"message": message}}).encode()


def chats(server: Server) -> list[Recorded]:
    return [r for r in server.requests() if r.path.endswith("/chat/completions")]


async def begin(running: Running, model: str = "test/echo") -> Conversation:
    """Start, and wait until nothing but what the test does asks the server."""
    conversation = await running.start(model)
    account_id = conversation.heading.account_id
    await running.until(lambda: running.session.catalogues.of(account_id).fetched)
    return conversation


async def ended(running: Running, conversation: Conversation) -> Message:
    await running.until(lambda: not conversation.open_replies)
    return conversation.message(conversation.branch[-1])


def failure_of(message: Message) -> Kind | None:
    assert message.completion is not None
    failure = message.completion.failure
    return failure.kind if failure else None


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "BACKOFF_S", 0.02)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.usefixtures("quick")
def test_who_is_turned_away_at_the_door_is_asked_again_twice(
    play: Play, server: Server, status: int
) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        for _ in range(2):
            server.script(refusal("busy"), status=status, headers=JSON, end="close")
        server.script(said("there"))
        running.session.messages.send(conversation, "hello")
        message = await ended(running, conversation)
        assert (message.status, message.text) == (Status.COMPLETE, "there")

    play(scenario)
    assert len(chats(server)) == 3


@pytest.mark.usefixtures("quick")
def test_a_third_refusal_is_told_and_left_to_the_person(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running, "test/status:503")
        running.session.messages.send(conversation, "hello")
        message = await ended(running, conversation)
        assert (message.status, failure_of(message)) == (Status.FAILED, Kind.UNAVAILABLE)

    play(scenario)
    assert len(chats(server)) == 3


@pytest.mark.parametrize("model", ["status:500", "status:401", "cut", "hang-up", "error-first"])
@pytest.mark.usefixtures("quick")
def test_what_may_have_been_worked_on_is_asked_once(play: Play, server: Server, model: str) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running, f"test/{model}")
        running.session.messages.send(conversation, "hello")
        message = await ended(running, conversation)
        assert message.status in (Status.FAILED, Status.INTERRUPTED)

    play(scenario)
    assert len(chats(server)) == 1


@pytest.mark.parametrize(
    "headers", [{"Retry-After": "3600"}, {"x-should-retry": "false"}], ids=["long", "forbidden"]
)
@pytest.mark.usefixtures("quick")
def test_a_service_that_wants_to_be_left_alone_is(
    play: Play, server: Server, headers: dict[str, str]
) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        server.script(refusal("busy"), status=429, headers=JSON | headers, end="close")
        running.session.messages.send(conversation, "hello")
        message = await ended(running, conversation)
        assert failure_of(message) is Kind.BUSY

    play(scenario)
    assert len(chats(server)) == 1


def test_a_wait_shows_when_it_ends_and_can_be_cut_short(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        server.script(refusal("busy"), status=429, headers=JSON | {"Retry-After": "30"})
        server.script(said("there"))
        running.session.messages.send(conversation, "hello")
        pause = await paused(running, conversation)
        assert pause.failure.kind is Kind.BUSY
        assert 29 < pause.until - time.monotonic() < 30 * (1 + recovery.JITTER)
        assert (pause.attempt, pause.of) == (2, 3)
        running.session.messages.try_now(conversation)
        message = await ended(running, conversation)
        assert (message.text, message.pause) == ("there", None)

    play(scenario)
    assert len(chats(server)) == 2


def test_stop_ends_a_wait_and_nothing_more_is_sent(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        server.script(refusal("busy"), status=429, headers=JSON | {"Retry-After": "30"})
        running.session.messages.send(conversation, "hello")
        await paused(running, conversation)
        running.session.messages.stop(conversation)
        message = await ended(running, conversation)
        assert (message.status, message.pause) == (Status.STOPPED, None)

    play(scenario)
    assert len(chats(server)) == 1


def test_many_tabs_do_not_come_back_at_once() -> None:
    now = 100.0
    spacing = recovery.Spacing(lambda: now)
    moments = sorted(spacing.take("ada", 7.0) for _ in range(50))
    assert moments[0] >= now + 7
    gaps = [b - a for a, b in pairwise(moments)]
    assert min(gaps) >= recovery.SPACING_S - 1e-9


@pytest.mark.usefixtures("quick")
def test_a_service_that_cannot_be_reached_is_tried_again(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        server.stop()
        started = time.monotonic()
        running.session.messages.send(conversation, "hello")
        message = await ended(running, conversation)
        assert failure_of(message) is Kind.UNREACHABLE
        # Two waits, of which the second is twice as long.
        assert time.monotonic() - started >= 3 * recovery.BACKOFF_S

    play(scenario)


def test_a_parameter_the_model_refuses_is_left_out_once_told_and_remembered(
    play: Play, server: Server
) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        conversation.revise(
            replace(conversation.heading, parameters=Parameters(temperature=0.5, max_tokens=100))
        )
        server.script(
            refusal("Validation: Unsupported parameter(s): `temperature`"),
            status=400,
            headers=JSON,
        )
        running.session.messages.send(conversation, "hello")
        message = await ended(running, conversation)
        assert message.status is Status.COMPLETE
        assert message.completion is not None
        assert message.completion.omitted == ("temperature",)
        told = [c for c in running.told if c.about is About.PARAMETER_DROPPED]
        assert [(c.detail, c.conversation_id) for c in told] == [("temperature", conversation.id)]
        running.session.messages.send(conversation, "again")
        await ended(running, conversation)
        assert [c for c in running.told if c.about is About.PARAMETER_DROPPED] == told

    play(scenario)
    sent = [request.json for request in chats(server)]
    assert [body.get("temperature") for body in sent] == [0.5, None, None]
    assert [body.get("max_tokens") for body in sent] == [100, 100, 100]


def test_a_length_limit_is_renamed_and_never_dropped_unasked(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        conversation.revise(replace(conversation.heading, parameters=Parameters(max_tokens=100)))
        for name in ("max_tokens", "max_completion_tokens"):
            server.script(refusal(f"Unsupported parameter(s): {name}"), status=400, headers=JSON)
        running.session.messages.send(conversation, "hello")
        message = await ended(running, conversation)
        assert failure_of(message) is Kind.PARAMETER_REFUSED
        running.session.messages.retry(conversation, message.id, without="max_completion_tokens")
        message = await ended(running, conversation)
        assert message.status is Status.COMPLETE

    play(scenario)
    sent = [
        set(request.json) & {"max_tokens", "max_completion_tokens"} for request in chats(server)
    ]
    assert sent == [{"max_tokens"}, {"max_completion_tokens"}, set()]


def test_what_the_catalogue_says_a_model_does_not_take_is_not_sent(
    play: Play, server: Server
) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("odd/model")
        account_id = conversation.heading.account_id
        await running.until(lambda: running.session.catalogues.of(account_id).fetched)
        listed = {"data": [{"id": "odd/model", "supported_parameters": ["max_tokens"]}]}
        server.script(json.dumps(listed).encode(), headers=JSON)
        account = running.session.accounts.get(account_id)
        assert account is not None
        running.session.catalogues.refresh(account)
        await running.until(lambda: running.session.catalogues.of(account_id).find("odd/model"))
        conversation.revise(replace(conversation.heading, parameters=Parameters(temperature=1.0)))
        server.script(said("there"))
        running.session.messages.send(conversation, "hello")
        message = await ended(running, conversation)
        assert message.completion is not None
        assert message.completion.omitted == ("temperature",)

    play(scenario)
    assert "temperature" not in chats(server)[0].json


def test_an_interrupted_reply_goes_on_as_one_reply_and_its_costs_are_added(
    play: Play, server: Server, tmp_path: Path
) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        conversation.revise(replace(conversation.heading, system_prompt="Be brief."))
        server.script(begun("The capital ", "of Fr"), end="cut")
        running.session.messages.send(conversation, "Which capital?")
        message = await ended(running, conversation)
        assert message.status is Status.INTERRUPTED
        server.script(said("ance is ", "Paris."))
        assert running.session.messages.continue_reply(conversation, message.id)
        assert conversation.message(message.id).status is Status.WAITING
        whole = await ended(running, conversation)
        assert whole.id == message.id
        assert (whole.status, whole.text) == (Status.COMPLETE, "The capital of France is Paris.")
        assert whole.completion is not None
        assert whole.completion.begins_at == len("The capital of Fr")
        assert [c.cost is None for c in whole.completions] == [True, False]
        running.session.messages.send(conversation, "Thanks")
        await ended(running, conversation)
        assert not running.session.messages.continue_reply(conversation, whole.id), (
            "something follows it"
        )

    play(scenario)
    first, second, third = (request.json["messages"] for request in chats(server))
    assert second[:2] == first
    assert second[2] == {"role": "assistant", "content": "The capital of Fr"}
    assert second[-1]["role"] == "user"
    assert third[2] == {"role": "assistant", "content": "The capital of France is Paris."}
    with closing(sqlite3.connect(tmp_path / "data" / "conversations.db")) as db:
        rows = db.execute("SELECT status, begins_at FROM completion ORDER BY id LIMIT 2").fetchall()
    assert rows == [("interrupted", 0), ("complete", 17)]


def test_a_reply_that_was_continued_comes_back_whole_after_a_restart(
    play: Play, server: Server
) -> None:
    async def first(running: Running) -> None:
        conversation = await begin(running)
        server.script(said("one ", end="length"))
        running.session.messages.send(conversation, "Count")
        message = await ended(running, conversation)
        server.script(said("two"))
        running.session.messages.continue_reply(conversation, message.id)
        await ended(running, conversation)

    async def second(running: Running) -> None:
        conversation = await begin(running)
        message = conversation.message(conversation.branch[-1])
        assert [c.begins_at for c in message.completions] == [0, 4]
        assert all(c.cost is not None for c in message.completions)

    play(first)
    play(second)


def test_a_continuation_that_fails_loses_nothing(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        server.script(begun("half "), end="cut")
        running.session.messages.send(conversation, "hello")
        message = await ended(running, conversation)
        server.script(refusal("no"), status=402, headers=JSON)
        running.session.messages.continue_reply(conversation, message.id)
        again = await ended(running, conversation)
        assert (again.status, again.text) == (Status.FAILED, "half ")
        assert failure_of(again) is Kind.NO_BALANCE
        server.script(said("done"))
        assert running.session.messages.continue_reply(conversation, message.id)
        whole = await ended(running, conversation)
        assert whole.text == "half done"
        assert len(whole.completions) == 3

    play(scenario)


def test_a_continuation_the_disk_refuses_leaves_the_reply_as_it_was(
    play: Play, server: Server
) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        server.script(begun("half "), end="cut")
        running.session.messages.send(conversation, "hello")
        message = await ended(running, conversation)
        await asyncio.sleep(0)
        running.database.close()
        running.session.messages.continue_reply(conversation, message.id)
        await running.until(lambda: not conversation.open_replies)
        assert conversation.message(message.id).text == "half "
        assert conversation.message(message.id).status is Status.INTERRUPTED

    play(scenario)
    assert len(chats(server)) == 1


def test_a_fork_of_a_continued_reply_keeps_every_request(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        server.script(said("one ", end="length"))
        running.session.messages.send(conversation, "Count")
        message = await ended(running, conversation)
        server.script(said("two"))
        running.session.messages.continue_reply(conversation, message.id)
        await ended(running, conversation)
        running.session.messages.fork(conversation, message.id)
        await running.until(lambda: len(running.session.desk.open) == 2)
        copy = running.session.desk.open[1]
        assert len(copy.message(copy.branch[-1]).completions) == 2

    play(scenario)


def test_a_conversation_that_is_too_long_can_be_sent_without_its_older_half(
    play: Play, server: Server
) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        for words in ("one", "two", "three"):
            running.session.messages.send(conversation, words)
            await ended(running, conversation)
        server.script(refusal("maximum context length is 100 tokens"), status=400, headers=JSON)
        running.session.messages.send(conversation, "four")
        message = await ended(running, conversation)
        assert failure_of(message) is Kind.CONVERSATION_TOO_LONG
        running.session.messages.retry(conversation, message.id, is_shorter=True)
        shorter = await ended(running, conversation)
        assert shorter.status is Status.COMPLETE
        assert shorter.completion is not None
        assert shorter.completion.left_out == 2
        running.session.messages.send(conversation, "five")
        assert (await ended(running, conversation)).status is Status.COMPLETE

    play(scenario)
    sent = [[m["content"] for m in request.json["messages"]] for request in chats(server)][-2:]
    assert sent[0] == ["two", "two", "three", "three", "four"]
    assert sent[1][:2] == ["two", "two"], "what did not fit does not come back by itself"
    assert sent[1][-1] == "five"


def test_what_asking_again_costs_is_known_before(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        server.script(begun("x" * 400), end="cut")
        running.session.messages.send(conversation, "y" * 4000)
        message = await ended(running, conversation)
        again = running.session.messages.cost_again(conversation, message.id, goes_on=False)
        further = running.session.messages.cost_again(conversation, message.id, goes_on=True)
        assert again is not None
        assert further is not None
        # Four characters a token, 0.75 dollars a million.
        assert float(again.usd) == pytest.approx(1000 * 0.75e-6)
        assert float(further.usd) == pytest.approx(1100 * 0.75e-6)

    play(scenario)


def test_a_reply_that_is_stopped_and_continued_at_once_goes_on(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        server.script(begun("one "), end="hang")
        running.session.messages.send(conversation, "Count")
        reply_id = conversation.branch[-1]
        await running.until(lambda: conversation.text(reply_id) == "one ")
        server.script(said("two"))
        running.session.messages.stop(conversation)
        assert running.session.messages.continue_reply(conversation, reply_id)
        message = await ended(running, conversation)
        assert (message.status, message.text) == (Status.COMPLETE, "one two")
        assert [c.begins_at for c in message.completions] == [0, 4]

    play(scenario)


def test_each_request_has_its_own_row_although_one_was_stopped_before_it_was_on_disk(
    play: Play, server: Server, tmp_path: Path
) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        server.script(begun("one "), end="cut")
        running.session.messages.send(conversation, "Count")
        message = await ended(running, conversation)
        assert running.session.messages.continue_reply(conversation, message.id)
        running.session.messages.stop(conversation)
        assert not running.session.messages.continue_reply(conversation, message.id), (
            "not on disk yet"
        )
        server.script(said("two"))
        await running.until(
            lambda: running.session.messages.continue_reply(conversation, message.id)
        )
        await ended(running, conversation)

    play(scenario)
    with closing(sqlite3.connect(tmp_path / "data" / "conversations.db")) as db:
        rows = db.execute("SELECT status FROM completion ORDER BY id").fetchall()
    assert rows == [("interrupted",), ("stopped",), ("complete",)]


def test_a_request_that_brought_a_tool_call_is_not_made_again(play: Play, server: Server) -> None:
    call = {"choices": [{"delta": {"tool_calls": [{"function": {"name": "look"}}]}}]}
    error = {"error": {"code": 429, "message": "busy"}}
    lines = [b"data: %s\n\n" % json.dumps(each).encode() for each in (call, error)]

    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        server.script(b"".join(lines))
        running.session.messages.send(conversation, "hello")
        message = await ended(running, conversation)
        assert failure_of(message) is Kind.BUSY

    play(scenario)
    assert len(chats(server)) == 1


def test_a_request_that_was_counted_is_not_made_again(play: Play, server: Server) -> None:
    counted = {"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 0}}
    error = {"error": {"code": 429, "message": "busy"}}
    lines = [b"data: %s\n\n" % json.dumps(each).encode() for each in (counted, error)]

    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        server.script(b"".join(lines))
        running.session.messages.send(conversation, "hello")
        message = await ended(running, conversation)
        assert failure_of(message) is Kind.BUSY

    play(scenario)
    assert len(chats(server)) == 1


@pytest.mark.parametrize(
    ("turns", "left_out", "then"),
    [(3, 0, 2), (5, 0, 2), (5, 2, 4), (7, 0, 2), (9, 4, 6), (1, 0, 0)],
)
def test_leaving_out_the_older_half_always_leaves_out_more(
    turns: int, left_out: int, then: int
) -> None:
    assert fewer(turns, left_out) == then


def test_what_did_not_fit_stays_left_out_when_the_same_is_asked_again(
    play: Play, server: Server
) -> None:
    async def scenario(running: Running) -> None:
        conversation = await begin(running)
        for words in ("one", "two"):
            running.session.messages.send(conversation, words)
            await ended(running, conversation)
        server.script(refusal("maximum context length is 100 tokens"), status=400, headers=JSON)
        running.session.messages.send(conversation, "three")
        message = await ended(running, conversation)
        running.session.messages.retry(conversation, message.id, is_shorter=True)
        shorter = await ended(running, conversation)
        running.session.messages.retry(conversation, shorter.id)
        again = await ended(running, conversation)
        assert again.completion is not None
        assert again.completion.left_out == 2

    play(scenario)


def test_a_long_wait_of_one_reply_does_not_hold_up_another() -> None:
    spacing = recovery.Spacing(lambda: 100.0)
    long = spacing.take("a", 50.0)
    short = spacing.take("a", 1.0)
    assert 150.0 <= long <= 160.0
    assert 101.0 <= short <= 101.2
    moments = sorted([short, long, *(spacing.take("a", 0.0) for _ in range(20))])
    assert all(b - a >= recovery.SPACING_S - 1e-6 for a, b in pairwise(moments))


async def paused(running: Running, conversation: Conversation) -> Pause:
    def pause() -> Pause | None:
        return conversation.message(conversation.branch[-1]).pause

    await running.until(pause)
    found = pause()
    assert found is not None
    return found

"""The client against a service that misbehaves on purpose: each time a documented end."""

import asyncio
import contextlib
import gc
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.api import limits
from app.api.client import Client
from app.api.errors import NotSent, ServiceError, Unreachable
from app.chat.account import (
    Account,
    Credentials,
    InvalidEndpoint,
    InvalidSecret,
    clean_secret,
    normalise_endpoint,
)
from app.chat.failure import Kind
from tests.api.conftest import CANARY_KEY, CANARY_TEAM, Outcome, Run, hear
from tests.helpers.hostile import bombs
from tests.helpers.hostile.facing import asked, face, face_all, small, status_of
from tests.helpers.hostile.fixtures import BEHAVIOURS, HAPPY
from tests.helpers.hostile.plays import KEPT, Behaviour, End
from tests.helpers.hostile.server import HostileServer

_LONGEST_S = 8.0
_DESCRIPTORS = Path("/proc/self/fd")
_LIGHT_MIB = 8


@pytest.fixture(scope="module")
def _hostile() -> Iterator[HostileServer]:
    server = HostileServer().start()
    yield server
    server.stop()


@pytest.fixture
def hostile(_hostile: HostileServer) -> HostileServer:
    _hostile.heard()
    return _hostile


@pytest.fixture
def victim(hostile: HostileServer) -> Account:
    return Account("0123456789abcdef", "Ada", hostile.endpoint, team="Prime Team")


def assert_ended(behaviour: Behaviour, outcome: Outcome) -> None:
    found = (status_of(outcome), outcome.kind)
    assert found == (behaviour.status, behaviour.kind), (behaviour.name, outcome.error)
    for name, kept, shown in (
        ("text", behaviour.text, outcome.text),
        ("reasoning", behaviour.reasoning, outcome.reasoning),
    ):
        # Compared apart: one of them is ten megabytes long.
        is_kept = shown == kept
        assert is_kept, (behaviour.name, name, shown[:200], kept[:200])
    if outcome.error is None:
        return
    failure = outcome.error.failure
    for name, value in behaviour.facts:
        assert getattr(failure, name) == value, (behaviour.name, name)
    assert len(failure.words) <= 500
    assert failure.words.isprintable()
    for secret in (CANARY_KEY, CANARY_TEAM):
        assert secret not in repr(failure) + str(outcome.error)


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.name)
def test_what_is_hostile_comes_to_its_documented_end(
    run: Run,
    hostile: HostileServer,
    victim: Account,
    credentials: Credentials,
    behaviour: Behaviour,
) -> None:
    async def body() -> Outcome:
        client = Client("x")
        try:
            return await face(client, victim, credentials, behaviour)
        finally:
            await client.close()

    started = time.monotonic()
    with small(behaviour):
        outcome = run(body())
    assert time.monotonic() - started < _LONGEST_S
    assert_ended(behaviour, outcome)
    heard = hostile.heard()
    assert heard["models"] == [f"hostile/{behaviour.name}"], "one call is one request"
    assert heard["elsewhere"] == 0


def test_names_are_unique_and_tell_where_they_come_from() -> None:
    names = [behaviour.name for behaviour in BEHAVIOURS]
    assert len(set(names)) == len(names)
    assert all(behaviour.source for behaviour in BEHAVIOURS)
    assert {behaviour.kind for behaviour in BEHAVIOURS} <= {"", *Kind}


def test_one_client_survives_them_all_and_leaves_nothing_behind(
    run: Run, hostile: HostileServer, victim: Account, credentials: Credentials
) -> None:
    async def body() -> None:
        client = Client("x")
        await face_all(BEHAVIOURS, lambda behaviour: face(client, victim, credentials, behaviour))
        assert_ended(HAPPY, await face(client, victim, credentials, HAPPY))
        await client.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        assert not tasks

    run(body())
    gc.collect()
    before = _open_files()
    run(body())
    gc.collect()
    assert _open_files() == before
    assert hostile.heard()["elsewhere"] == 0
    _wait_until_left(hostile)


def test_what_an_answer_leaves_in_its_connection_is_never_the_next_answer(
    run: Run, hostile: HostileServer, victim: Account, credentials: Credentials
) -> None:
    quick = [b for b in BEHAVIOURS if not b.limits and b.play[-1] is End.KEEP]

    async def body() -> list[str]:
        client = Client("x")
        spoiled = []
        for behaviour in quick:
            await face(client, victim, credentials, behaviour)
            after = await face(client, victim, credentials, HAPPY)
            if (after.error, after.text) != (None, KEPT):
                spoiled.append(behaviour.name)
        await client.close()
        return spoiled

    assert run(body()) == []


def test_bombs_cost_no_more_memory_than_a_reply_may_hold(hostile: HostileServer) -> None:
    told = subprocess.run(
        [sys.executable, "-m", bombs.__name__, hostile.endpoint],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
    ).stdout
    costs = json.loads(told)
    assert {name for name in bombs.LIGHT if costs[name] > _LIGHT_MIB} == set()
    # In pieces, and once more while they are put together.
    assert sum(costs.values()) < 2 * limits.REPLY_BYTES / 2**20 + _LIGHT_MIB


@pytest.mark.parametrize("name", ["happy", "closed-after-done", "cut", "error-midway"])
def test_an_answer_cut_at_any_byte_never_passes_for_whole(
    run: Run, victim: Account, credentials: Credentials, name: str
) -> None:
    behaviour = next(behaviour for behaviour in BEHAVIOURS if behaviour.name == name)
    play = b"".join(step for step in behaviour.play if isinstance(step, bytes))
    finish = play.find(b'"stop"}]}')
    whole_from = len(play) if finish < 0 else finish + len(b'"stop"}]}')

    async def body() -> None:
        client = Client("x")
        for count in range(1, len(play), 1 if name == "happy" else 4):
            outcome = await hear(client, asked(victim, f"hostile/{name}@{count}"), credentials)
            assert (outcome.error is None) == (count >= whole_from), (count, outcome)
            assert KEPT.startswith(outcome.text)
            assert outcome.kind in ("", "cut", "empty", "failed_midway"), count
        await client.close()

    run(body())


def test_a_host_that_takes_no_connection_is_given_up(
    run: Run,
    hostile: HostileServer,
    credentials: Credentials,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "CONNECT_S", 0.2)
    account = Account("a", "Ada", f"http://127.0.0.1:{hostile.blackhole_port}/api/v1", team="T")

    async def body() -> Outcome:
        client = Client("x")
        outcome = await hear(client, asked(account, "hostile/happy"), credentials)
        await client.close()
        return outcome

    started = time.monotonic()
    outcome = run(body())
    assert isinstance(outcome.error, Unreachable)
    assert outcome.kind == "unreachable"
    assert time.monotonic() - started < 3


def test_a_name_with_a_dead_address_is_reached_by_the_other(
    run: Run, hostile: HostileServer, credentials: Credentials
) -> None:
    account = Account("a", "Ada", f"http://localhost:{hostile.port}/api/v1", team="T")

    async def body() -> Outcome:
        client = Client("x")
        outcome = await hear(client, asked(account, "hostile/happy"), credentials)
        await client.close()
        return outcome

    assert_ended(HAPPY, run(body()))


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no way to suspend a process")
def test_a_service_that_is_suspended_is_silent_and_then_back(
    run: Run,
    hostile: HostileServer,
    victim: Account,
    credentials: Credentials,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "HEADERS_S", 0.3)

    async def body() -> tuple[Outcome, Outcome]:
        client = Client("x")
        os.kill(hostile.pid, signal.SIGSTOP)
        try:
            silent = await hear(client, asked(victim, "hostile/happy"), credentials)
        finally:
            os.kill(hostile.pid, signal.SIGCONT)
        monkeypatch.undo()
        back = await hear(client, asked(victim, "hostile/happy"), credentials)
        await client.close()
        return silent, back

    silent, back = run(body())
    assert silent.kind == "timed_out"
    assert_ended(HAPPY, back)


def test_leaving_at_any_moment_leaves_nothing_behind(
    run: Run, hostile: HostileServer, victim: Account, credentials: Credentials
) -> None:
    chance = random.Random(1)
    names = ["happy", "silence", "slow-line", "drips-for-ever", "flood-after-done", "mute"]

    async def body() -> None:
        client = Client("x")
        for turn in range(120):
            request = asked(victim, f"hostile/{names[turn % len(names)]}")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(chance.random() * 0.006):
                    await hear(client, request, credentials)
        assert_ended(HAPPY, await face(client, victim, credentials, HAPPY))
        await client.close()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(body())
    gc.collect()
    before = _open_files()
    run(body())
    gc.collect()
    assert _open_files() == before
    _wait_until_left(hostile)


@pytest.mark.parametrize(
    "pasted",
    ["sk-a\nb", "sk-a b", "sk-\u00e9", "sk-\0", "k" * 10_240, "", "“sk-a”", "sk-a\r\nX-Evil: 1"],
)
def test_what_no_key_can_be_never_becomes_one(pasted: str) -> None:
    with pytest.raises(InvalidSecret) as caught:
        clean_secret(pasted)
    assert not pasted or pasted not in str(caught.value)
    if pasted:
        with pytest.raises(InvalidSecret):
            Credentials(pasted)
        with pytest.raises(InvalidSecret):
            Credentials("sk-a", pasted)


@pytest.mark.parametrize(
    "pasted",
    [
        "sk-a\n",
        " sk-a ",
        "\u200bsk-\u200ba\ufeff",
        '"sk-a"',
        "'sk-a'",
        "Bearer sk-a",
        "Authorization: Bearer sk-a\r\n",
    ],
)
def test_what_pasting_adds_to_a_key_is_taken_off(pasted: str) -> None:
    assert clean_secret(pasted) == "sk-a"


def test_a_request_without_its_key_or_team_is_not_sent(
    run: Run, hostile: HostileServer, victim: Account
) -> None:
    async def body() -> list[str]:
        client = Client("x")
        without = [Credentials(""), Credentials("sk-a")]
        request = asked(victim, "hostile/happy")
        kinds = [(await hear(client, request, each)).kind for each in without]
        await client.close()
        return kinds

    assert run(body()) == ["key_missing", "team_unreadable"]
    assert hostile.heard()["paths"] == []


@pytest.mark.parametrize(
    "typed",
    [
        "http://api.example.com/v1",
        "http://a:b@{here}/api/v1",
        "http://a@{here}/api/v1",
        "http://{here}/api/../v1",
        "http://{here}/api/v1#x",
        "http://{here}/api/v1?x=1",
        "http://{here}//api/v1",
        "http://127.0.0.1:0/api/v1",
        "http://127.0.0.1:99999/api/v1",
        "http://[::1/api/v1",
        "http://127.0.0.1.evil.invalid/api/v1",
        "http://\u0430\u0440\u0440\u04cf\u0435.com/v1",
        "file:///etc/passwd",
        "ftp://{here}/",
        "javascript:alert(1)",
        "http://{here}/api/v1\r\nX-Evil: 1",
        "http:///api/v1",
        "",
    ],
)
def test_an_address_that_cannot_be_one_gets_neither_key_nor_words(
    run: Run, hostile: HostileServer, credentials: Credentials, typed: str
) -> None:
    typed = typed.replace("{here}", f"127.0.0.1:{hostile.port}")
    with pytest.raises(InvalidEndpoint):
        normalise_endpoint(typed)

    async def body() -> Outcome:
        client = Client("x")
        account = Account("a", "Ada", typed, team="T")
        outcome = await hear(client, asked(account, "hostile/happy"), credentials)
        await client.close()
        return outcome

    outcome = run(body())
    assert isinstance(outcome.error, NotSent)
    assert outcome.kind == "wrong_address"
    assert hostile.heard()["paths"] == []


@pytest.mark.parametrize(
    ("typed", "endpoint"),
    [
        ("HTTPS://API.Example.COM:443/v1/", "https://api.example.com/v1"),
        ("https://bücher.example/v1", "https://xn--bcher-kva.example/v1"),
        ("https://[::1]:8443/v1", "https://[::1]:8443/v1"),
        ("localhost:8080/v1/chat/completions", "http://localhost:8080/v1"),
    ],
)
def test_an_odd_address_that_is_one_is_read_one_way(typed: str, endpoint: str) -> None:
    assert normalise_endpoint(typed) == endpoint
    assert normalise_endpoint(endpoint) == endpoint


@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("../../admin", None),
        ("m" * 2**20, None),
        ("\u202egpt", None),
        ("a\0b", None),
        ("a/./b", None),
        ("a?x", "a%3Fx"),
        ("a#b", "a%23b"),
        ("%2f..", "%252f.."),
        ("..%2f..", "..%252f.."),
        ("מודל", "%D7%9E%D7%95%D7%93%D7%9C"),
    ],
)
def test_a_model_id_leads_nowhere_but_to_a_model(
    run: Run,
    hostile: HostileServer,
    victim: Account,
    credentials: Credentials,
    model: str,
    path: str | None,
) -> None:
    async def body() -> None:
        client = Client("x")
        with pytest.raises(ServiceError) as caught:
            await client.model(victim, credentials, model)
        assert isinstance(caught.value, NotSent) == (path is None)
        await client.close()

    run(body())
    assert hostile.heard()["paths"] == ([f"/api/v1/models/{path}"] if path else [])


def _open_files() -> int:
    return len(list(_DESCRIPTORS.iterdir())) if _DESCRIPTORS.exists() else 0


def _wait_until_left(hostile: HostileServer) -> None:
    ends = time.monotonic() + 5
    while hostile.heard()["open"]:
        assert time.monotonic() < ends, "a connection is still open"
        time.sleep(0.01)

"""Connections that go silent, and computers that slept: who notices, and when."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from typing import Any

import pytest

from app.api import limits, slumber
from app.api.client import Client
from app.api.slumber import Slumber
from app.chat.account import Account, Credentials
from app.chat.message import Role, Turn
from app.chat.request import Request
from tests.api.conftest import CANARY_KEY, Run, hear
from tests.api.test_proxy import AWAY, proxied
from tests.helpers.server import Server

FILES = "/proc/self/fd"
pytestmark = pytest.mark.skipif(
    not os.path.isdir(FILES) or not hasattr(socket, "TCP_KEEPIDLE"),
    reason="looks at sockets through /proc",
)
WAKES_WITHIN_S = 5.0


def options(connection: socket.socket) -> tuple[int, ...]:
    """Return idle time, interval and count; nothing where it is not kept alive."""
    if not connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE):
        return ()
    names = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
    return tuple(connection.getsockopt(socket.IPPROTO_TCP, name) for name in names)


def options_to(port: int) -> list[tuple[int, ...]]:
    """Return the options of every connection of this process to a port."""
    found = []
    for name in os.listdir(FILES):
        with suppress(OSError):
            if not os.readlink(f"{FILES}/{name}").startswith("socket:"):
                continue
            with socket.socket(fileno=os.dup(int(name))) as connection:
                if connection.family == socket.AF_INET and connection.getpeername()[1] == port:
                    found.append(options(connection))
    return found


async def until(condition: Any, timeout_s: float = 10) -> None:
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - the system or another process makes it true
            await asyncio.sleep(0.01)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends of a TCP connection."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        one = stack.enter_context(socket.create_connection(listener.getsockname()))
        other = stack.enter_context(closing(listener.accept()[0]))
        yield one, other


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock beside the real ones, for a computer that sleeps when a test wants it to."""
    now = [0.0]
    monkeypatch.setattr(slumber, "CLOCKS", [time.monotonic, lambda: now[0]])
    monkeypatch.setattr(limits, "TICK_S", 0.02)
    return now


def test_a_dead_service_is_noticed_by_every_connection(
    run: Run, server: Server, account: Account, credentials: Credentials
) -> None:
    request = Request(account, "test/gated", (Turn(Role.USER, "Hello"),))

    async def body() -> list[tuple[int, ...]]:
        client = Client("x")
        task = asyncio.ensure_future(hear(client, request, credentials))
        await asyncio.to_thread(server.wait_for, lambda heard: len(heard) == 1)
        found = options_to(server.port)
        await asyncio.to_thread(server.release)
        assert (await task).error is None
        await client.close()
        return found

    assert run(body()) == [limits.ALIVE] == [(30, 10, 6)]


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_connection_through_a_proxy_is_kept_alive_too(run: Run, scheme: str) -> None:
    async def body() -> list[tuple[int, ...]]:
        async with proxied() as (proxy, _):
            proxy.is_mute = True
            client = Client("x")
            await client.use_proxy(f"{scheme}://127.0.0.1:{proxy.port}")
            task = asyncio.ensure_future(client.models(AWAY, Credentials(CANARY_KEY)))
            await until(lambda: proxy.asked)
            found = options_to(proxy.port)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await client.close()
            return found

    assert run(body()) == [limits.ALIVE]


def test_after_a_sleep_open_streams_are_probed_closely_and_then_as_before(
    run: Run,
    server: Server,
    account: Account,
    credentials: Credentials,
    clock: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "PROBING_S", 0.3)

    def request(model: str) -> Request:
        return Request(account, model, (Turn(Role.USER, "Hello"),))

    async def body() -> None:
        client = Client("x")
        # One has said something, the other has not answered at all, on a used connection.
        await hear(client, request("test/happy"), credentials)
        tasks = [
            asyncio.ensure_future(hear(client, request(model), credentials))
            for model in ("test/mute", "test/gated")
        ]
        await asyncio.to_thread(server.wait_for, lambda heard: len(heard) == 3)
        assert options_to(server.port) == [limits.ALIVE] * 2
        clock[0] += 3600
        await until(lambda: options_to(server.port) == [limits.ALIVE_AFTER_SLEEP] * 2)
        await until(lambda: options_to(server.port) == [limits.ALIVE] * 2)
        # A live one goes on as if nothing had been.
        await asyncio.to_thread(server.release)
        assert (await tasks[1]).text == "one two three"
        tasks[0].cancel()
        with suppress(asyncio.CancelledError):
            await tasks[0]
        await client.close()

    run(body())


def test_the_close_probes_end_a_silent_connection_within_five_seconds_of_waking() -> None:
    idle, interval, probes = limits.ALIVE_AFTER_SLEEP
    # The connection was idle for longer than `idle` already: the first probe is at once.
    assert limits.TICK_S + interval * probes <= WAKES_WITHIN_S
    assert idle <= interval


def test_a_slow_turn_of_the_loop_is_no_sleep(
    run: Run, pair: tuple[socket.socket, socket.socket], clock: list[float]
) -> None:
    async def body() -> None:
        watch = Slumber()
        watch.take(pair[0])
        with watch.stream():
            clock[0] += limits.SLEPT_S
            await asyncio.sleep(0.1)
        assert options(pair[0]) == limits.ALIVE

    run(body())


def test_a_connection_that_is_closed_is_let_go_of(
    run: Run, pair: tuple[socket.socket, socket.socket], clock: list[float]
) -> None:
    async def body() -> None:
        watch = Slumber()
        for connection in pair:
            watch.take(connection)
        with watch.stream():
            pair[0].close()
            clock[0] += 3600
            await until(lambda: options(pair[1]) == limits.ALIVE_AFTER_SLEEP)
            watch.take(pair[1])

    run(body())


def test_many_streams_have_one_timer_and_no_stream_has_none(
    run: Run, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def body() -> None:
        loop = asyncio.get_running_loop()
        waiting: list[asyncio.TimerHandle] = []
        arm = loop.call_later

        def noted(*arguments: Any, **keywords: Any) -> asyncio.TimerHandle:
            handle = arm(*arguments, **keywords)
            if getattr(arguments[1], "__self__", None) is watch:  # and not of asyncio.sleep
                waiting.append(handle)
            return handle

        def pending() -> int:
            return sum(not h.cancelled() and h.when() > loop.time() for h in waiting)

        watch = Slumber()
        monkeypatch.setattr(loop, "call_later", noted)
        for _ in range(100):
            with watch.stream():
                pass
        assert len(waiting) == 1
        with ExitStack() as streams:
            for _ in range(50):
                streams.enter_context(watch.stream())
            await asyncio.sleep(0.1)
            assert pending() <= 1
            assert 1 < len(waiting) < 10
        await asyncio.sleep(0.1)
        armed = len(waiting)
        assert pending() == 0
        await asyncio.sleep(0.1)
        assert len(waiting) == armed

    run(body())


# A program that is really stopped

CHILD = """
import asyncio, json, os, sys
from app.api import limits
from app.api.client import Client
from app.chat.account import Account, Credentials
from app.chat.message import Role, Turn
from app.chat.request import Request
from tests.api.conftest import hear
from tests.api.test_slumber import options_to

endpoint, key, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
limits.TICK_S, limits.SLEPT_S, limits.PROBING_S = 0.1, 0.3, 60.0

async def body():
    client = Client("x")
    request = Request(
        Account("1", "Ada", endpoint), "test/gated", (Turn(Role.USER, "Hello"),)
    )
    task = asyncio.ensure_future(hear(client, request, Credentials(key)))
    told = False
    while not task.done():
        await asyncio.sleep(0.01)
        if not told and limits.ALIVE_AFTER_SLEEP in options_to(port):
            told = True
            print("probing", flush=True)
    outcome = await task
    print(json.dumps([outcome.kind, outcome.text]), flush=True)
    await client.close()

asyncio.run(body())
"""


class Stoppable:
    """A program that streams a reply, to be stopped and woken."""

    def __init__(self, server: Server) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CHILD, server.endpoint, CANARY_KEY, str(server.port)],
            stdout=subprocess.PIPE,
            text=True,
        )
        server.wait_for(lambda heard: len(heard) == 1, 20)

    def stop(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)
        assert os.WIFSTOPPED(os.waitpid(self.process.pid, os.WUNTRACED)[1])

    def wake(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def own_server() -> Iterator[Server]:
    server = Server(CANARY_KEY).start()
    yield server
    server.stop()


@pytest.mark.parametrize(
    ("meanwhile", "outcome"),
    [("the service goes", ["cut", "one "]), ("the reply ends", ["", "one two three"])],
)
def test_what_happened_to_a_stream_during_a_sleep_is_known_within_five_seconds(
    own_server: Server, meanwhile: str, outcome: list[str]
) -> None:
    child = Stoppable(own_server)
    try:
        child.stop()
        if meanwhile == "the service goes":
            own_server.stop()
        else:
            own_server.release()
            own_server.wait_for(lambda heard: heard[0].ended == "answered")
        child.wake()
        since = time.monotonic()
        said = child.line()
        if said == "probing":
            said = child.line()
        assert json.loads(said) == outcome
        assert time.monotonic() - since < WAKES_WITHIN_S
    finally:
        child.end()


def test_a_program_that_was_stopped_probes_its_streams_and_a_live_one_goes_on(
    own_server: Server,
) -> None:
    child = Stoppable(own_server)
    try:
        child.stop()
        # Nothing to wait for but the time that passes.
        time.sleep(0.8)
        child.wake()
        assert child.line() == "probing"
        own_server.release()
        assert json.loads(child.line()) == ["", "one two three"]
    finally:
        child.end()

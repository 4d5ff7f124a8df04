"""Stopping: what cancelling and closing leave behind, which is nothing."""

import asyncio
import gc
import os
import random
import socket
import statistics
import sys
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import ExitStack, aclosing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme

from app.api import limits
from app.api.client import Client
from app.api.watchdog import Watchdog
from app.chat.account import Account, Credentials
from app.chat.message import Role, Turn
from app.chat.request import Request
from tests.api.conftest import Run, hear
from tests.api.test_tls import EVENT, REPLY, listening, server_side
from tests.helpers.server import Server

FILES = "/proc/self/fd"
proc_only = pytest.mark.skipif(not os.path.isdir(FILES), reason="counts through /proc")


def asked(account: Account, model: str) -> Request:
    return Request(account, model, (Turn(Role.USER, "Hello"),))


async def stop_after(seconds: float, client: Client, request: Request, who: Credentials) -> float:
    """Ask, stop, and return how long stopping took."""
    task = asyncio.ensure_future(hear(client, request, who))
    await asyncio.sleep(seconds)
    return await stopping(task)


async def stopping(task: "asyncio.Task[Any] | asyncio.Future[Any]") -> float:
    """Stop a task; return how long that took."""
    since = time.perf_counter()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    return time.perf_counter() - since


@contextmanager
def leaving_nothing() -> Iterator[list[float]]:
    """Assert that the stops inside, whose seconds are noted, are quick and leave nothing open.

    Without the garbage collector, which would close what was forgotten: it is off in the suite.
    """
    gc.collect()
    files, tasks = len(os.listdir(FILES)), len(asyncio.all_tasks())
    took: list[float] = []
    yield took
    assert len(asyncio.all_tasks()) == tasks
    assert len(os.listdir(FILES)) == files
    median_ms, max_ms = statistics.median(took) * 1000, max(took) * 1000
    print(f"{len(took)} stops, median {median_ms:.2f} ms, longest {max_ms:.2f} ms")
    assert statistics.median(took) < 0.1
    # Other programs take their turns, too.
    assert max(took) < 0.5


@proc_only
def test_stopping_at_any_moment_leaves_no_descriptor_task_or_slot(
    run: Run,
    server: Server,
    account: Account,
    credentials: Credentials,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # One slot: the first that is lost is noticed by the next request, which waits in vain.
    monkeypatch.setattr(limits, "CONNECTIONS", 1)
    monkeypatch.setattr(limits, "POOL_S", 10.0)

    async def body() -> None:
        client = Client("x")
        await hear(client, asked(account, "test/happy"), credentials)
        await client.close()
        moments = random.Random(7)
        with leaving_nothing() as took:
            for number in range(1500):
                # Connecting takes less than a millisecond here: a fifth within that.
                seconds = moments.random() * (0.006 if number % 5 else 0.001)
                request = asked(account, "test/slow:2")
                took.append(await stop_after(seconds, client, request, credentials))
            outcome = await hear(client, asked(account, "test/happy"), credentials)
            assert outcome.error is None
            await client.close()
            await asyncio.sleep(0.05)

    run(body())
    server.wait_for(lambda heard: server.connections() == 0)


@proc_only
def test_stopping_at_any_moment_of_a_handshake_leaves_nothing(
    run: Run,
    account: Account,
    credentials: Credentials,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    tls = server_side(authority.issue_cert("127.0.0.1"))
    monkeypatch.setattr(limits, "CONNECTIONS", 1)
    monkeypatch.setattr(limits, "POOL_S", 10.0)

    async def body() -> None:
        async with listening(REPLY, tls) as listener:
            there = replace(account, endpoint=f"https://127.0.0.1:{listener.port}/api/v1")
            client = Client("x")
            assert (await hear(client, asked(there, "m"), credentials)).error is None
            await client.close()
            await asyncio.sleep(0.05)
            moments = random.Random(7)
            with leaving_nothing() as took:
                for _ in range(200):
                    seconds = moments.random() * 0.01
                    took.append(await stop_after(seconds, client, asked(there, "m"), credentials))
                assert (await hear(client, asked(there, "m"), credentials)).error is None
                await client.close()
                await asyncio.sleep(0.1)

    run(body())


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
TUNNEL = b"HTTP/1.1 200 OK\r\n\r\n"
HERE, THERE = "http://127.0.0.1:{port}/api/v1", "https://127.0.0.1:{port}/api/v1"
AWAY = "https://inference.invalid/api/v1"
# What the other side says, turn by turn, before it falls silent.
PHASES = {
    "handshake": (THERE, "", [b""]),
    "before headers": (HERE, "", [b""]),
    "in headers": (HERE, "", [b"HTTP/1.1 200 OK\r\nContent-Ty"]),
    "in the body": (HERE, "", [HEAD + b'data: {"choices":[{"delta":{"content":"He']),
    "after a delta": (HERE, "", [HEAD + EVENT.replace(b'"stop"', b"null")]),
    "after [DONE]": (HERE, "", [HEAD + EVENT + b"data: [DONE]\n\n"]),
    "at the proxy": (AWAY, "http", [b""]),
    "handshake with the proxy": (AWAY, "https", [b""]),
    "handshake behind the proxy": (AWAY, "http", [TUNNEL, b""]),
    "SOCKS greeting": (AWAY, "socks5", [b""]),
    "SOCKS command": (AWAY, "socks5", [b"\x05\x00", b""]),
    "handshake behind SOCKS": (
        AWAY,
        "socks5",
        [b"\x05\x00", b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x01", b""],
    ),
}


@proc_only
@pytest.mark.parametrize("phase", PHASES)
def test_stopping_in_every_phase_is_quick_and_leaves_nothing(
    run: Run,
    account: Account,
    credentials: Credentials,
    phase: str,
) -> None:
    endpoint, scheme, turns = PHASES[phase]

    async def body() -> None:
        arrived, left = asyncio.Semaphore(0), asyncio.Semaphore(0)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(OSError):
                for turn in turns:
                    await reader.read(65536)
                    writer.write(turn)
                    await writer.drain()
                arrived.release()
                while await reader.read(65536):
                    pass
            writer.close()
            left.release()

        listener = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        client = Client("x")
        await client.use_proxy(f"{scheme}://127.0.0.1:{port}" if scheme else "")
        request = asked(replace(account, endpoint=endpoint.format(port=port)), "m")

        async def once() -> float:
            task = asyncio.ensure_future(hear(client, request, credentials))
            await arrived.acquire()
            await asyncio.sleep(0.01)  # The client reads what was said last.
            assert not task.done()
            seconds = await stopping(task)
            async with asyncio.timeout(1):
                await left.acquire()
            return seconds

        await once()
        await asyncio.sleep(0.02)
        with leaving_nothing() as took:
            for _ in range(10):
                took.append(await once())
            await client.close()
            await asyncio.sleep(0.02)
        listener.close()
        await listener.wait_closed()

    run(body())


@proc_only
def test_stopping_while_it_connects_is_quick_and_leaves_nothing(
    run: Run,
    account: Account,
    credentials: Credentials,
) -> None:
    def is_connecting(port: int) -> bool:
        """Return whether a connection to a port waits for its first answer."""
        lines = Path("/proc/self/net/tcp").read_text().splitlines()[1:]
        return any(f":{port:04X} 02" in line for line in lines)

    async def body() -> None:
        with ExitStack() as stack:
            listener = stack.enter_context(socket.socket())
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            port = listener.getsockname()[1]
            loop = asyncio.get_running_loop()
            # One fills the backlog: from then on the system answers nobody.
            filling = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            assert filling.fileno() != -1
            client = Client("x")
            there = replace(account, endpoint=f"http://127.0.0.1:{port}/api/v1")

            async def once() -> float:
                task = asyncio.ensure_future(hear(client, asked(there, "m"), credentials))
                ends = loop.time() + 5
                while not is_connecting(port):
                    assert loop.time() < ends
                    await asyncio.sleep(0.002)
                return await stopping(task)

            await once()
            with leaving_nothing() as took:
                for _ in range(20):
                    took.append(await once())
                await client.close()
                await asyncio.sleep(0.02)

    run(body())


def test_stopping_while_others_stream_disturbs_none_of_them(
    run: Run, server: Server, account: Account, credentials: Credentials
) -> None:
    async def body() -> None:
        client = Client("x")
        others = [
            asyncio.ensure_future(hear(client, asked(account, "test/slow:5"), credentials))
            for _ in range(5)
        ]
        for _ in range(20):
            await stop_after(0.002, client, asked(account, "test/happy"), credentials)
        outcomes = await asyncio.gather(*others)
        assert all(outcome.error is None for outcome in outcomes)
        await client.close()

    run(body())


@pytest.mark.parametrize("model", ["test/gated", "test/silent", "test/mute"])
def test_stop_closes_the_connection_at_once(
    run: Run, server: Server, account: Account, credentials: Credentials, model: str
) -> None:
    async def body() -> None:
        client = Client("x")
        task = asyncio.ensure_future(hear(client, asked(account, model), credentials))
        await asyncio.to_thread(server.wait_for, lambda heard: len(heard) == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(server.wait_for, lambda heard: heard[0].ended == "left")
        await client.close()

    run(body())


def test_leaving_the_stream_early_leaves_no_generator_to_the_collector(
    run: Run, server: Server, account: Account, credentials: Credentials
) -> None:
    left: list[Any] = []

    async def body() -> None:
        before = sys.get_asyncgen_hooks()
        # As under qasync: nobody closes what the collector finds.
        sys.set_asyncgen_hooks(lambda _: None, lambda generator: left.append(repr(generator)))
        client = Client("x")
        request = asked(account, "test/slow:1")
        for count in range(4):
            async with aclosing(client.complete(request, credentials)) as lists:
                async for _ in lists:
                    count -= 1
                    if count < 0:
                        break
        for end in ("error-midway", "linger", "cut", "html", "happy", "status:500", "redirect"):
            await hear(client, asked(account, f"test/{end}"), credentials)
        for moment in (0.0005, 0.001, 0.002, 0.004, 0.008):
            await stop_after(moment, client, request, credentials)
        await client.close()
        gc.collect()
        sys.set_asyncgen_hooks(*before)

    run(body())
    # The body of a request is one too; it holds nothing and awaits nothing.
    assert [name for name in left if "object ByteStream.__aiter__" not in name] == []


def test_closing_during_a_reply_lets_it_end(
    run: Run, server: Server, account: Account, credentials: Credentials
) -> None:
    async def body() -> None:
        client = Client("x")
        task = asyncio.ensure_future(hear(client, asked(account, "test/slow:5"), credentials))
        await asyncio.to_thread(server.wait_for, lambda heard: len(heard) == 1)
        await client.close()
        assert (await task).error is None

    run(body())
    server.wait_for(lambda heard: server.connections() == 0)


def test_a_watchdog_ends_a_wait_that_is_too_long(run: Run) -> None:
    async def body() -> None:
        with Watchdog(0.05) as dog:
            assert await dog.wait(asyncio.sleep(0, "quick")) == "quick"
            with pytest.raises(TimeoutError):
                await dog.wait(asyncio.sleep(10))
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0

    run(body())


def test_a_watchdog_sleeps_between_waits(run: Run) -> None:
    async def body() -> None:
        with Watchdog(0.05) as dog:
            await asyncio.sleep(0.15)
            assert await dog.wait(asyncio.sleep(0.01, "ok")) == "ok"

    run(body())


def test_a_deadline_that_passed_between_waits_ends_the_next(run: Run) -> None:
    async def body() -> None:
        with Watchdog(100) as dog:
            dog.end_within(0.02)
            await asyncio.sleep(0.06)
            with pytest.raises(TimeoutError):
                await dog.wait(asyncio.sleep(5))
            with pytest.raises(TimeoutError):
                await dog.wait(asyncio.sleep(5))

    run(body())


def test_a_cancel_after_a_timeout_is_a_cancel(run: Run) -> None:
    async def body() -> None:
        async def waits() -> None:
            with Watchdog(0.1) as dog:
                with suppress(TimeoutError):
                    await dog.wait(asyncio.sleep(5))
                await dog.wait(asyncio.sleep(5))

        task = asyncio.ensure_future(waits())
        await asyncio.sleep(0.15)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(body())


def test_a_cancel_from_outside_is_no_timeout(run: Run) -> None:
    async def body() -> None:
        async def waits() -> None:
            with Watchdog(10) as dog:
                await dog.wait(asyncio.sleep(10))

        task = asyncio.ensure_future(waits())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(body())


def test_a_watchdog_arms_no_timer_a_wait(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def body() -> int:
        loop = asyncio.get_running_loop()
        armed = 0
        arm = loop.call_later

        def counted(*arguments: Any, **keywords: Any) -> asyncio.TimerHandle:
            nonlocal armed
            armed += 1
            return arm(*arguments, **keywords)

        monkeypatch.setattr(loop, "call_later", counted)
        with Watchdog(900) as dog:
            for _ in range(1000):
                await dog.wait(asyncio.sleep(0))
        return armed

    assert run(body()) == 1


def test_a_long_reply_arms_few_timers(
    run: Run,
    server: Server,
    account: Account,
    credentials: Credentials,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def body() -> int:
        loop = asyncio.get_running_loop()
        armed = 0
        arm = loop.call_at

        def counted(*arguments: Any, **keywords: Any) -> asyncio.TimerHandle:
            nonlocal armed
            armed += 1
            return arm(*arguments, **keywords)

        monkeypatch.setattr(loop, "call_at", counted)
        client = Client("x")
        stream: AsyncGenerator[Any, None]
        async with aclosing(
            client.complete(asked(account, "test/long:5000"), credentials)
        ) as stream:
            async for _ in stream:
                pass
        await client.close()
        return armed

    assert run(body()) < 15

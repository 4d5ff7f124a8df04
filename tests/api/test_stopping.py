"""Stopping: what cancelling and closing leave behind, which is nothing."""

import asyncio
import gc
import os
import random
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any

import pytest

from app.api.client import Client
from app.api.watchdog import Watchdog
from app.chat.account import Account, Credentials
from app.chat.message import Role, Turn
from app.chat.request import Request
from tests.api.conftest import Run, hear
from tests.helpers.server import Server

FILES = "/proc/self/fd"


def asked(account: Account, model: str) -> Request:
    return Request(account, model, (Turn(Role.USER, "Hello"),))


async def stop_after(seconds: float, client: Client, request: Request, who: Credentials) -> None:
    task = asyncio.ensure_future(hear(client, request, who))
    await asyncio.sleep(seconds)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.mark.skipif(not os.path.isdir(FILES), reason="counts descriptors through /proc")
def test_stopping_at_any_moment_leaves_no_descriptor_task_or_slot(
    run: Run, server: Server, account: Account, credentials: Credentials
) -> None:
    async def body() -> None:
        client = Client("x")
        await hear(client, asked(account, "test/happy"), credentials)
        await client.close()
        gc.collect()
        files, tasks = len(os.listdir(FILES)), len(asyncio.all_tasks())
        moments = random.Random(7)
        for number in range(300):
            # Connecting takes less than a millisecond here, the reply some more.
            seconds = moments.random() * (0.006 if number % 3 == 0 else 0.001)
            await stop_after(seconds, client, asked(account, "test/slow:2"), credentials)
        assert (await hear(client, asked(account, "test/happy"), credentials)).error is None
        await asyncio.sleep(0.05)
        assert len(asyncio.all_tasks()) == tasks
        # Before closing: one connection may be kept for the next request.
        assert len(os.listdir(FILES)) <= files + 1
        await client.close()
        await asyncio.sleep(0.05)
        assert len(os.listdir(FILES)) == files

    run(body())
    server.wait_for(lambda heard: server.connections() == 0)


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

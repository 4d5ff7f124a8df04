"""A loop whose clock jumps over waits, and a service on it that writes any bytes at all."""

import asyncio
import json
import selectors
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

GRACE_S = 0.005
"""How long nothing at all must happen before the clock jumps: what is sent is there by then."""
HEADERS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"

T = TypeVar("T")
Play = Callable[[str, asyncio.StreamWriter], Awaitable[None]]
"""Answers a request: the model's id, and where to write."""


class _Selector(selectors.DefaultSelector):
    skipped_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= GRACE_S:
            return super().select(timeout)
        ready = super().select(GRACE_S)
        if not ready:
            self.skipped_s += timeout - GRACE_S
        return ready


class HurriedLoop(asyncio.SelectorEventLoop):
    """Where nothing can happen before the next timer, it is that timer's time at once."""

    def __init__(self) -> None:
        self._hurry = _Selector()
        super().__init__(self._hurry)

    def time(self) -> float:
        return super().time() + self._hurry.skipped_s


def run_hurried(awaitable: Awaitable[T]) -> T:
    """Run it to its end; whatever the loop has to complain about fails the test."""
    complaints: list[dict[str, Any]] = []

    async def body() -> T:
        asyncio.get_running_loop().set_exception_handler(lambda _, c: complaints.append(c))
        return await awaitable

    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        result = runner.run(body())
    assert not complaints, complaints
    return result


@asynccontextmanager
async def served(play: Play) -> AsyncIterator[str]:
    """Give the endpoint of a service that answers as `play` does, then closes."""
    tasks: set[asyncio.Task[Any]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(head.lower().partition(b"content-length:")[2].split()[0])
            model = json.loads(await reader.readexactly(size))["model"]
            playing = asyncio.ensure_future(play(model, writer))
            gone = asyncio.ensure_future(reader.read())
            await asyncio.wait({playing, gone}, return_when=asyncio.FIRST_COMPLETED)
            for future in (playing, gone):
                future.cancel()
            await asyncio.gather(playing, gone, return_exceptions=True)
            if playing.done() and not playing.cancelled() and playing.exception() is not None:
                assert isinstance(playing.exception(), OSError), playing.exception()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/v1"
    finally:
        server.close()
        await asyncio.gather(*tasks)
        await server.wait_closed()


def reset(writer: asyncio.StreamWriter) -> None:
    """End the connection by RST."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    writer.transport.abort()

"""A service on loopback that sends the sample reply at a steady pace, and notes when.

`python -m tests.benchmarks.paced` prints its port, serves until its input ends, and
prints then when it sent each token of each reply: nanoseconds of the clock that all
processes share. How long a reply is and how fast it comes the person says: "2000 200"
is 2,000 tokens, 200 a second, and with 0 as fast as they are taken.
"""

import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.benchmarks import sample

ROOT = Path(__file__).resolve().parents[2]


class PacedServer:
    """The service in a process of its own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tests.benchmarks.paced"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            text=True,
        )
        assert self._process.stdout is not None
        self.endpoint = f"http://127.0.0.1:{int(self._process.stdout.readline())}/v1"
        self.environ = {"PRIME_API_KEY": "sk-bench", "PRIME_INFERENCE_URL": self.endpoint}
        """What a program is started with to use it."""

    def stop(self) -> list[list[int]]:
        """End the process; return when each token of each reply was sent."""
        out, _ = self._process.communicate()
        stamps: list[list[int]] = json.loads(out)
        return stamps


async def serve() -> None:
    """Serve until the input ends."""
    stamps: list[list[int]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"GET"):
            body = json.dumps({"data": [{"id": "bench/paced"}]}).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
            writer.write(b"Connection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        else:
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            asked = json.loads(await reader.readexactly(int(length[1]) if length else 0))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
            writer.write(b"Connection: close\r\n\r\n")
            await stream(writer, *_wish(asked))
        await writer.drain()
        writer.close()

    async def stream(writer: asyncio.StreamWriter, count: int, rate: int) -> None:
        sent: list[int] = []
        stamps.append(sent)
        events = [
            event({"choices": [{"index": 0, "delta": {"content": token}}]})
            for token in sample.tokens_of(sample.reply(count))
        ]
        loop = asyncio.get_running_loop()
        start = loop.time()
        for number, it in enumerate(events):
            due = start + number / rate if rate else 0.0
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            sent.append(time.monotonic_ns())
            writer.write(it)
            await writer.drain()
        writer.write(event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}))
        usage = {"prompt_tokens": 1, "completion_tokens": count, "total_tokens": count + 1}
        writer.write(event({"choices": [], "usage": usage}) + b"data: [DONE]\n\n")

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The program may be killed while it is served, and the service while it serves.
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await answer(reader, writer)

    server = await asyncio.start_server(serve_one, "127.0.0.1", 0, limit=2**24)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps(stamps), flush=True)


def event(payload: dict[str, object]) -> bytes:
    """Return one server-sent event."""
    return f"data: {json.dumps(payload)}\n\n".encode()


def _wish(asked: dict[str, Any]) -> tuple[int, int]:
    """Return how many tokens the person asked for, and how many a second."""
    said = asked["messages"][-1]["content"]
    text = said if isinstance(said, str) else said[0]["text"]
    count, rate = text.split()
    return int(count), int(rate)


if __name__ == "__main__":
    asyncio.run(serve())

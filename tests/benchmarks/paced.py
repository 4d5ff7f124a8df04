"""A service on loopback that sends one deterministic reply at a steady pace.

`python paced.py TOKENS RATE` prints its port and serves until its input ends.
"""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator

PARTS = (
    "## What the numbers say\n\n",
    "The group’s rewards become the advantage, and **no critic** is needed: every reply is "
    "measured against the `mean` of its siblings, see [the paper](https://example.org/paper).\n\n",
    "- one thing that matters\n- another that matters less, with a longer explanation of why\n"
    "- the last one\n\n",
    "```python\ndef loss(logp, old, rewards, eps=0.2):\n    ratio = (logp - old).exp()\n"
    "    clipped = ratio.clamp(1 - eps, 1 + eps)\n"
    "    return -torch.minimum(ratio, clipped).mean()\n```\n\n",
    "Only the output price matters here, since the prompt is short; 重复布局的性能问题 stays "
    "readable, and so does *emphasis* that spans a few words.\n\n",
)


def tokens(count: int) -> Iterator[str]:
    """Yield a Markdown reply in pieces of about four characters."""
    sent = 0
    while True:
        for part in PARTS:
            for start in range(0, len(part), 4):
                if sent == count:
                    return
                yield part[start : start + 4]
                sent += 1


class PacedServer:
    """The service in a process of its own."""

    def __init__(self, count: int, rate: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(count), str(rate)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.endpoint = f"http://127.0.0.1:{int(self._process.stdout.readline())}/v1"

    def stop(self) -> None:
        """End the process."""
        self._process.communicate()


async def serve(count: int, rate: int) -> None:
    """Serve until the input ends."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"GET"):
            body = json.dumps({"data": [{"id": "bench/paced"}]}).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
            writer.write(b"Connection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
            writer.write(b"Connection: close\r\n\r\n")
            await stream(writer)
        await writer.drain()
        writer.close()

    async def stream(writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        start = loop.time()
        for number, token in enumerate(tokens(count)):
            due = start + number / rate if rate else 0.0
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            writer.write(event({"choices": [{"index": 0, "delta": {"content": token}}]}))
            await writer.drain()
        writer.write(event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}))
        usage = {"prompt_tokens": 1, "completion_tokens": count, "total_tokens": count + 1}
        writer.write(event({"choices": [], "usage": usage}) + b"data: [DONE]\n\n")

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The program may be killed while it is served, and the service while it serves.
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await answer(reader, writer)

    server = await asyncio.start_server(serve_one, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


def event(payload: dict[str, object]) -> bytes:
    """Return one server-sent event."""
    return f"data: {json.dumps(payload)}\n\n".encode()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))

"""Server: plays hostile behaviours over bare sockets, in a process of its own.

What is played is chosen by model id: `hostile/<name>`, or
`hostile/<name>@<count>` for its first bytes and a close. From a shell:

    python -m tests.helpers.hostile.server --port 8098
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.helpers.hostile.fixtures import BEHAVIOURS
from tests.helpers.hostile.plays import WHOLE, End, Pause, Repeat, Step, first_bytes, streamed

_ROOT = Path(__file__).parents[3]
_NAMED = {behaviour.name: behaviour for behaviour in BEHAVIOURS}
_RESET = b"\1\0\0\0\0\0\0\0"


class HostileServer:
    """Starts and stops the server, and tells what it heard."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self.port = 0
        self.blackhole_port = 0
        """Where connections are neither taken nor refused."""

    def start(self) -> HostileServer:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, "--port", "0", "--child"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.port, self.blackhole_port = json.loads(self._process.stdout.readline())
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.communicate()
            self._process = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1"

    def heard(self) -> dict[str, Any]:
        """Return `models` asked for, `paths`, connections `elsewhere` and `open` ones here.

        What was heard is forgotten by being told.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", "/heard")
            answer = json.loads(connection.getresponse().read())
        assert isinstance(answer, dict)
        return answer


# From here on: the other process.


@dataclass
class _Stage:
    here: int = 0
    elsewhere: int = 0
    models: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    strays: int = 0
    open_connections: int = 0

    def tell(self) -> dict[str, Any]:
        told = {
            "models": self.models,
            "paths": self.paths,
            "elsewhere": self.strays,
            "open": self.open_connections - 1,
        }
        self.models, self.paths, self.strays = [], [], 0
        return told

    async def stray(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.strays += 1
        writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open_connections += 1
        begun: bytes | None = b""
        try:
            while begun is not None:
                begun = await self._answer(begun, reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self.open_connections -= 1
            writer.close()

    async def _answer(
        self, begun: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bytes | None:
        """Return what of the next request was read already, None if there is to be none."""
        path, headers, body = await _hear(begun, reader)
        if path == "/heard":
            told = json.dumps(self.tell()).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(told) + told)
            return None
        self.paths.append(path)
        asked = json.loads(body) if body else {}
        self.models.append(str(asked.get("model")))
        play = self._play_of(asked)
        key = headers.get("authorization", "").removeprefix("Bearer ")
        names = {
            b"{here}": f"http://127.0.0.1:{self.here}".encode(),
            b"{elsewhere}": f"http://127.0.0.1:{self.elsewhere}".encode(),
            b"{key}": key.encode(),
        }
        # A client that leaves ends the play, whatever it is at.
        acting = asyncio.ensure_future(_act(play, writer, names))
        gone = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({acting, gone}, return_when=asyncio.FIRST_COMPLETED)
            if gone.done() and not await gone:
                return None
            end = await acting
            if end is not End.KEEP:
                return None
            return await gone if gone.done() else b""
        finally:
            for future in (acting, gone):
                future.cancel()
            await asyncio.gather(acting, gone, return_exceptions=True)

    def _play_of(self, asked: dict[str, Any]) -> tuple[Step, ...]:
        name, _, count = str(asked.get("model")).removeprefix("hostile/").partition("@")
        behaviour = _NAMED.get(name)
        if behaviour is None or (behaviour.refuses and behaviour.refuses not in asked):
            whole: tuple[Step, ...] = streamed(WHOLE)
            return whole
        return tuple(first_bytes(behaviour.play, int(count))) if count else behaviour.play


async def _hear(begun: bytes, reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    top = (begun + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = top.rstrip("\r\n").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return first.split(" ")[1], headers, body


async def _act(
    play: tuple[Step, ...], writer: asyncio.StreamWriter, names: dict[bytes, bytes]
) -> End:
    end = End.CLOSE
    for step in play:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
        elif isinstance(step, Repeat):
            for _ in range(step.times):
                if step.pause_s:
                    await asyncio.sleep(step.pause_s)
                writer.write(step.part)
                await writer.drain()
        elif isinstance(step, bytes):
            for name, value in names.items():
                step = step.replace(name, value) if len(step) < 2**16 else step
            writer.write(step)
            await writer.drain()
            # Every step leaves as a packet of its own.
            await asyncio.sleep(0)
        else:
            end = step
    if end is End.HANG:
        await asyncio.Event().wait()
    if end is End.RESET:
        # What was written is to be read before the reset takes it away.
        await asyncio.sleep(0.1)
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        writer.transport.abort()
    return end


def _blackhole() -> tuple[socket.socket, list[socket.socket]]:
    """Return a socket whose queue is full, and what fills it."""
    hole = socket.socket()
    hole.bind(("127.0.0.1", 0))
    hole.listen(0)
    fill = []
    for _ in range(4):
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(hole.getsockname())
        fill.append(one)
    return hole, fill


async def _main(port: int, is_child: bool) -> None:
    stage = _Stage()
    here = await asyncio.start_server(stage.serve, "127.0.0.1", port, backlog=512)
    elsewhere = await asyncio.start_server(stage.stray, "127.0.0.1", 0)
    stage.here = here.sockets[0].getsockname()[1]
    stage.elsewhere = elsewhere.sockets[0].getsockname()[1]
    hole, fill = _blackhole()
    if is_child:
        print(json.dumps([stage.here, hole.getsockname()[1]]), flush=True)
        # The test's end of the pipe closes with the test, however it ends.
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        # Half-played plays are not worth unwinding.
        os._exit(0)
    print(f"http://127.0.0.1:{stage.here}/api/v1 with any key\n")
    for behaviour in BEHAVIOURS:
        print(f"  hostile/{behaviour.name:<44}{behaviour.source}")
    await asyncio.Event().wait()
    for one in (hole, *fill):
        one.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8098)
    parser.add_argument("--child", action="store_true", help="end with standard input")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main(options.port, options.child))

"""A real inference service on loopback, in a process of its own, that writes down what it hears.

It speaks the API document over HTTP/1.1 with nothing but the standard library.
What it does is chosen by model id (`BEHAVIOURS`), or exactly, byte by byte, with
`Server.script`. In a test: `Server().start()`. From a shell:

    python tests/helpers/server.py --port 8099
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import gzip
import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

KEY = "sk-test-key"
BEHAVIOURS = {
    "happy": "a streamed reply with usage and cost",
    "echo": "the last message, word by word",
    "slow": "slow:50 waits 50 ms before every token",
    "gated": "says 'one ', waits for release(), says 'two three'",
    "long": "long:20000 tokens as fast as it goes",
    "reasoning": "reasoning before the reply",
    "think": "reasoning between <think> tags, cut across deltas",
    "comments": "OpenRouter's keep-alives before the reply",
    "drip": "one byte a chunk",
    "length": "ends with finish_reason length",
    "unfinished": "[DONE] and no finish reason",
    "linger": "everything but the end of the body",
    "empty": "[DONE] only",
    "status": "status:429 answers with that status and its documented body",
    "html": "a web page with 200",
    "blocked": "a web page with 403",
    "gateway": "a web page with 524",
    "cut": "chunked, no terminator",
    "cut-close": "ends at the close of the connection, half way",
    "reset": "half a reply, then RST",
    "hang-up": "closes before any answer",
    "silent": "headers, then nothing",
    "mute": "nothing at all",
    "redirect": "redirect:307 to another origin, which is listening",
    "document": "one JSON document although a stream was asked for",
    "document-error": "an error as JSON with 200",
    "error-midway": "half a reply, then an error in the stream",
    "error-first": "an error as the first event",
    "gzip": "compressed although asked not to be",
}
_FULL = "The capital of France is Paris, and it rains."
_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Hello</body></html>"
_STATUS: dict[int, dict[str, Any]] = {
    400: {
        "message": "Validation: Unsupported parameter(s): `temperature`",
        "type": "Bad Request",
        "code": 400,
    },
    401: {
        "error": {
            "message": "Invalid API key",
            "type": "authentication_error",
            "code": "invalid_api_key",
        }
    },
    402: {
        "error": {
            "message": "Insufficient balance (including overdraft). Please add funds to continue.",
            "type": "insufficient_quota",
            "code": "insufficient_funds",
            "param": None,
        },
        "request_id": "req-123",
        "inference_id": "inf-123",
    },
    403: {"error": {"message": "This key may not use inference", "code": "forbidden"}},
    404: {"error": {"message": "Model not found", "code": "not_found_error"}},
    413: {"error": {"message": "Request too large", "type": "request_too_large"}},
    422: {
        "detail": [
            {
                "loc": ["body", "messages", 1, "content"],
                "msg": "content is required unless an assistant message includes "
                "tool_calls or function_call",
                "type": "value_error",
            }
        ]
    },
    429: {"error": {"message": "Too many requests", "code": "rate_limit_exceeded"}},
    500: {"error": {"message": "The server had an error", "type": "server_error"}},
    503: {"error": {"message": "No provider available", "code": 503}},
}

TEAM_IDS = ("cmf0ohr9s0026ilerf3w68s6n", "cmf0ohr9s0027ilerf3w68s6o")
_PERSON = {
    "id": "u1",
    "name": "Ada",
    "email": "ada@example.org",
    "slug": "ada",
    "scope": {"inference": {"read": True, "write": True}, "billing": None},
}
_TEAMS: list[dict[str, Any]] = [
    {"teamId": TEAM_IDS[0], "name": "Prime Team", "slug": "prime", "role": "ADMIN"},
    {"teamId": TEAM_IDS[1], "name": "Research Lab", "slug": None, "role": "member"},
]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request as it was heard."""

    method: str
    path: str
    headers: dict[str, str]
    """By lower-case name."""
    body: bytes
    connection: int
    elsewhere: bool
    """It went to the other origin."""
    ended: str
    """`""` while it is being answered, `answered`, or `left`: the client went first."""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """Starts and stops the service, tells it what to do, reads what it heard.

    Calls block for a moment; from a coroutine that must go on meanwhile, use
    `asyncio.to_thread`.
    """

    def __init__(self, key: str = KEY) -> None:
        """Take one key and no other, or any if that is empty."""
        self.key = key
        self._process: subprocess.Popen[str] | None = None
        self.port = 0
        self.elsewhere_port = 0

    def start(self) -> Server:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, "--port", "0", "--key", self.key, "--child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.port, self.elsewhere_port = json.loads(self._process.stdout.readline())
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.communicate()
            self._process = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1"

    @property
    def platform(self) -> str:
        """The base URL under which it plays the platform: whoami, teams, wallet."""
        return f"http://127.0.0.1:{self.port}"

    def requests(self) -> list[Recorded]:
        """Return what was heard since the last reset, in order, control calls left out."""
        return [
            Recorded(**entry | {"body": base64.b64decode(entry["body"])})
            for entry in self._control("requests")
        ]

    def wait_for(self, condition: Callable[[list[Recorded]], bool], timeout_s: float = 5) -> None:
        """Return when what was heard fulfils the condition."""
        ends = time.monotonic() + timeout_s
        while not condition(self.requests()):
            assert time.monotonic() < ends, f"never came: {self.requests()}"
            time.sleep(0.005)

    def connections(self) -> int:
        """Return how many connections are open, this call's own left out."""
        return int(self._control("connections"))

    def release(self, times: int = 1) -> None:
        """Let as many gated replies go on; it counts for later ones too."""
        self._control("release", {"times": times})

    def script(
        self,
        *chunks: bytes,
        status: int = 200,
        headers: dict[str, str] | None = None,
        end: str = "whole",
        raw: bool = False,
    ) -> None:
        """Answer the next request with exactly this, whatever it asks for.

        `end`: `whole` (chunked, terminated), `cut` (chunked, not terminated),
        `close` (the close of the connection ends it), `reset`, or `hang`.
        `raw`: the chunks are all that is written, status line included.
        """
        step = {
            "status": status,
            "headers": headers if headers is not None else {"Content-Type": "text/event-stream"},
            "chunks": [base64.b64encode(chunk).decode() for chunk in chunks],
            "end": end,
            "raw": raw,
        }
        self._control("script", step)

    def reset(self) -> None:
        """Forget what was heard, scripted and released."""
        self._control("reset")

    def _control(self, verb: str, argument: Any = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request("POST", f"/control/{verb}", json.dumps(argument))
            return json.loads(connection.getresponse().read())


# From here on: the other process.


@dataclass
class _Heard:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int
    elsewhere: bool
    ended: str = ""

    def entry(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return fields | {"body": base64.b64encode(self.body).decode()}


@dataclass
class _Answer:
    """Status, headers and bytes; a None among the chunks waits for a release."""

    chunks: Iterable[bytes | float | None] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    end: str = "whole"
    raw: bool = False


class _Service:
    def __init__(self, key: str) -> None:
        self.key = key
        self.elsewhere_port = 0
        self.heard: list[_Heard] = []
        self.scripts: list[_Answer] = []
        self.open_connections = 0
        self.gate = asyncio.Semaphore(0)
        self._connection_numbers = iter(range(1, 10**9))

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, elsewhere: bool
    ) -> None:
        number = next(self._connection_numbers)
        self.open_connections += 1
        try:
            while (heard := await _hear(reader, number, elsewhere)) is not None:
                if not await self._answer(heard, reader, writer):
                    break
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self.open_connections -= 1
            writer.close()

    async def _answer(
        self, heard: _Heard, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Return whether the connection lives on."""
        if heard.path.startswith("/control/"):
            value = self._control(heard.path.removeprefix("/control/"), heard.body)
            await self._play(_json(value), writer)
            return False
        self.heard.append(heard)
        answer = self.scripts.pop(0) if self.scripts else self._choose(heard)
        play = asyncio.ensure_future(self._play(answer, writer))
        gone = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({play, gone}, return_when=asyncio.FIRST_COMPLETED)
            if play.done():
                await play
                heard.ended = "answered"
                return answer.end == "whole"
            heard.ended = "left"
            return False
        except OSError:
            heard.ended = "left"
            return False
        finally:
            for future in (play, gone):
                future.cancel()
            await asyncio.gather(play, gone, return_exceptions=True)

    async def _play(self, answer: _Answer, writer: asyncio.StreamWriter) -> None:
        chunked = answer.end in ("whole", "cut", "reset", "hang") and not answer.raw
        if answer.end == "hang-up":
            return
        if not answer.raw and answer.end != "mute":
            headers = {"Set-Cookie": "track=me; Path=/", **answer.headers}
            headers |= {"Transfer-Encoding": "chunked"} if chunked else {"Connection": "close"}
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            writer.write(f"HTTP/1.1 {answer.status} Said\r\n{lines}\r\n".encode())
        async for chunk in self._paced(answer.chunks):
            writer.write(b"%x\r\n%b\r\n" % (len(chunk), chunk) if chunked else chunk)
            await writer.drain()
        if answer.end == "whole" and chunked:
            writer.write(b"0\r\n\r\n")
        await writer.drain()
        if answer.end == "reset":
            await asyncio.sleep(0.02)
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            writer.transport.abort()
        if answer.end in ("hang", "mute"):
            await asyncio.Event().wait()

    async def _paced(self, chunks: Iterable[bytes | float | None]) -> AsyncIterator[bytes]:
        for chunk in chunks:
            if chunk is None:
                await self.gate.acquire()
            elif isinstance(chunk, float):
                await asyncio.sleep(chunk)
            elif chunk:
                yield chunk

    def _control(self, verb: str, body: bytes) -> Any:
        argument = json.loads(body or b"null")
        if verb == "requests":
            return [heard.entry() for heard in self.heard]
        if verb == "connections":
            return self.open_connections - 1
        if verb == "release":
            for _ in range(argument["times"]):
                self.gate.release()
        elif verb == "script":
            chunks = [base64.b64decode(chunk) for chunk in argument.pop("chunks")]
            self.scripts.append(_Answer(chunks, **argument))
        elif verb == "reset":
            self.heard.clear()
            self.scripts.clear()
            self.gate = asyncio.Semaphore(0)
        return None

    def _choose(self, heard: _Heard) -> _Answer:
        path = unquote(heard.path)
        if heard.method == "GET" and path == "/api/v1/models":
            return _json({"object": "list", "data": list(_catalogue())})
        if heard.method == "GET" and path.startswith("/api/v1/models/"):
            named = path.removeprefix("/api/v1/models/")
            entry = next((entry for entry in _catalogue() if entry["id"] == named), None)
            return _json(entry) if entry else _json(_STATUS[404], 404)
        if heard.method == "GET" and path.startswith(("/api/v1/user/", "/api/v1/billing/")):
            return self._platform(heard)
        if heard.method != "POST" or path != "/api/v1/chat/completions":
            return _json({"detail": "Not Found"}, 404)
        if self.key and heard.headers.get("authorization") != f"Bearer {self.key}":
            return _json(_STATUS[401], 401)
        return self._completion(json.loads(heard.body))

    def _platform(self, heard: _Heard) -> _Answer:
        if self.key and heard.headers.get("authorization") != f"Bearer {self.key}":
            return _json({"detail": "Invalid API key"}, 401)
        path, _, query = heard.path.partition("?")
        asked = {name: values[-1] for name, values in parse_qs(query).items()}
        if path == "/api/v1/user/whoami":
            return _json({"data": _PERSON})
        if path == "/api/v1/user/teams":
            offset, limit = int(asked["offset"]), int(asked["limit"])
            page = _TEAMS[offset : offset + limit]
            return _json({"data": page, "total_count": len(_TEAMS), "offset": offset})
        if path == "/api/v1/billing/wallet":
            team_id = asked.get("teamId")
            if team_id not in (None, *(team["teamId"] for team in _TEAMS)):
                return _json({"detail": "Not a member"}, 403)
            left = 12.4 if team_id else 3
            wallet = {"wallet_id": "w1", "team_id": team_id, "balance_usd": left}
            return _json(wallet | {"currency": "USD", "total_billings": 0, "recent_billings": []})
        return _json({"detail": "Not Found"}, 404)

    def _completion(self, asked: dict[str, Any]) -> _Answer:
        if any(not message.get("content") for message in asked.get("messages", [{}])):
            return _json(_STATUS[422], 422)
        model = str(asked.get("model"))
        behaviour, _, argument = model.removeprefix("test/").partition(":")
        if model not in {entry["id"] for entry in _catalogue()} and (
            not model.startswith("test/") or behaviour not in BEHAVIOURS
        ):
            return _json(_STATUS[404], 404)
        special = self._special(behaviour, argument)
        if special is not None:
            return special
        if behaviour == "document" or not asked.get("stream"):
            return _json(_document(asked, _words(behaviour, asked)))
        return _stream(behaviour, argument, asked)

    def _special(self, behaviour: str, argument: str) -> _Answer | None:
        if behaviour == "status":
            status = int(argument or 500)
            fallback = {"error": {"message": f"Status {status}"}}
            wait = {"Retry-After": "7"} if status == 429 else {}
            return _json(_STATUS.get(status, fallback), status, wait)
        if behaviour == "redirect":
            target = f"http://127.0.0.1:{self.elsewhere_port}/api/v1/chat/completions"
            return _Answer([], int(argument or 307), {"Location": target})
        pages = {"html": 200, "blocked": 403, "gateway": 524}
        if behaviour in pages:
            return _Answer([_PAGE], pages[behaviour], {"Content-Type": "text/html"})
        if behaviour == "document-error":
            return _json(_STATUS[500])
        if behaviour in ("hang-up", "mute"):
            return _Answer(end=behaviour)
        return None


def _stream(behaviour: str, argument: str, asked: dict[str, Any]) -> _Answer:
    events = list(_events(behaviour, asked, int(argument or 20_000)))
    half = events[: len(events) // 2]
    answer = _Answer(events, headers={"Content-Type": "text/event-stream"})
    if behaviour == "slow":
        pause = int(argument or 50) / 1000
        answer.chunks = [part for event in events for part in (pause, event)]
    elif behaviour == "gated":
        answer.chunks = [*events[:2], None, *events[2:]]
    elif behaviour == "long":
        answer.chunks = [b"".join(events[i : i + 50]) for i in range(0, len(events), 50)]
    elif behaviour == "comments":
        answer.chunks = [b": OPENROUTER PROCESSING\n\n"] * 5 + events
    elif behaviour == "drip":
        answer.chunks = [bytes([byte]) for event in events for byte in event]
    elif behaviour == "linger":
        answer.end = "hang"
    elif behaviour in ("cut", "reset"):
        answer.chunks, answer.end = half, behaviour
    elif behaviour == "cut-close":
        answer.chunks, answer.end = half, "close"
    elif behaviour == "silent":
        answer.chunks, answer.end = [], "hang"
    elif behaviour == "empty":
        answer.chunks = events[-1:]
    elif behaviour == "error-midway":
        answer.chunks = [*half, _data({"error": _STATUS[500]["error"], "choices": []})]
    elif behaviour == "error-first":
        answer.chunks = [_data(_STATUS[500]), b"data: [DONE]\n\n"]
    elif behaviour == "gzip":
        answer.chunks = [gzip.compress(b"".join(events))]
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def _words(behaviour: str, asked: dict[str, Any], tokens: int = 0) -> list[str]:
    if behaviour == "gated":
        return ["one ", "two ", "three"]
    if behaviour == "long":
        return [f"word{number} " for number in range(tokens)]
    if behaviour == "think":
        return ["<thi", "nk>a", "b</th", "ink>", "\n\nanswer"]
    text = _FULL
    if behaviour == "echo":
        text = str(asked["messages"][-1]["content"])
    words = text.split(" ")
    return [f"{word} " for word in words[:-1]] + words[-1:]


def _events(behaviour: str, asked: dict[str, Any], tokens: int) -> Iterator[bytes]:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    words = _words(behaviour, asked, tokens)

    def event(delta: dict[str, str], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return _data(head | {"choices": [choice], "service_tier": "provisioned"})

    yield event({"role": "assistant", "content": ""})
    for thought in ("Let me ", "think.") if behaviour == "reasoning" else ():
        yield event({"reasoning": thought})
    for word in words:
        yield event({"content": word})
    if behaviour != "unfinished":
        yield event({}, "length" if behaviour == "length" else "stop")
    if (asked.get("stream_options") or {}).get("include_usage"):
        yield _data(head | {"choices": [], "usage": _usage(len(words))})
    yield b"data: [DONE]\n\n"


def _document(asked: dict[str, Any], words: list[str]) -> dict[str, Any]:
    message = {"role": "assistant", "content": "".join(words)}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": asked["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": _usage(len(words)),
    }


def _usage(completion: int) -> dict[str, Any]:
    return {
        "prompt_tokens": 12,
        "completion_tokens": completion,
        "total_tokens": 12 + completion,
        "cost": 0.000123,
    }


def _catalogue() -> Iterator[dict[str, Any]]:
    for name, says in BEHAVIOURS.items():
        entry: dict[str, Any] = {"id": f"test/{name}", "object": "model", "created": 1693721698}
        yield entry | {
            "owned_by": "test",
            "display_name": f"Test: {says}"[:60],
            "pricing": {"input_usd_per_mtok": 0.75, "output_usd_per_mtok": 4.5},
            "specs": {"context_window": 400000, "max_output_tokens": 128000},
        }
    plain: dict[str, Any] = {"object": "model", "created": 1733000000, "owned_by": "meta"}
    yield {"id": "meta-llama/llama-3.3-70b-instruct", **plain, "specs": None}
    yield {"id": "Qwen/Qwen3-4B-Instruct-2507:gw3zytpj9den6zgp4w9xosnk", **plain, "pricing": None}


def _json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> _Answer:
    body = json.dumps(value).encode()
    return _Answer([body], status, {"Content-Type": "application/json", **(headers or {})})


def _data(value: Any) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


async def _hear(reader: asyncio.StreamReader, number: int, elsewhere: bool) -> _Heard | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return _Heard(method, path, headers, body, number, elsewhere)


async def _main(port: int, key: str, is_child: bool) -> None:
    service = _Service(key)

    async def here(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await service.serve(reader, writer, elsewhere=False)

    async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await service.serve(reader, writer, elsewhere=True)

    servers = [
        await asyncio.start_server(here, "127.0.0.1", port, backlog=512),
        await asyncio.start_server(elsewhere, "127.0.0.1", 0),
    ]
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    service.elsewhere_port = ports[1]
    if is_child:
        print(json.dumps(ports), flush=True)
        # The test's end of the pipe closes with the test, however it ends.
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        return
    print(f"http://127.0.0.1:{ports[0]}/api/v1 with the key {key}\n")
    for name, says in BEHAVIOURS.items():
        print(f"  test/{name:<16}{says}")
    print(f"\n  curl -X POST http://127.0.0.1:{ports[0]}/control/release -d '{{\"times\": 1}}'")
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--key", default=KEY)
    parser.add_argument("--child", action="store_true", help="end with standard input")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main(options.port, options.key, options.child))

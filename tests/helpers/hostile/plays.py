"""Plays: what a hostile server writes, step by step, and how that should end.

Standard library only: the server that plays them runs in a process of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

KEPT = "Hello"
"""What most behaviours say before, after or between what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Seconds in which nothing is written."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Repeat:
    """Bytes written over and over, made while they are sent."""

    part: bytes
    times: int
    pause_s: float = 0.0
    """Before every one."""


class End(Enum):
    """What the connection does after the last byte."""

    KEEP = "keep"
    """It waits for the next request."""
    CLOSE = "close"
    RESET = "reset"
    HANG = "hang"
    """It stays open and silent until the client leaves."""


Step = bytes | Pause | Repeat | End


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One way to misbehave, by name, and the end a client should make of it."""

    name: str
    source: str
    """Where it comes from, as short tags."""
    play: tuple[Step, ...]
    """`{here}` and `{elsewhere}` are the two origins, `{key}` the key that came."""
    status: str = "complete"
    kind: str = ""
    text: str = KEPT
    reasoning: str = ""
    facts: tuple[tuple[str, Any], ...] = ()
    """Fields of the failure and their values."""
    limits: tuple[tuple[str, float], ...] = ()
    """Bounds to make small, so that nobody waits."""
    parameters: tuple[tuple[str, Any], ...] = ()
    """What the request asks for."""
    refuses: str = ""
    """A field of the request without which the answer is a whole reply."""
    not_for_others: str = ""
    """Why no other client is put through it."""


def event(value: Any) -> bytes:
    """Return a value as one server-sent event."""
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


def raw(document: bytes) -> bytes:
    """Return bytes as one server-sent event."""
    return b"data: " + document + b"\n\n"


def said(delta: Any, **others: Any) -> bytes:
    """Return a chunk with this delta."""
    return event({"id": "c1", "choices": [{"index": 0, "delta": delta, **others}]})


def words(content: Any) -> bytes:
    """Return a chunk with this content."""
    return said({"content": content})


FIRST, SECOND = words("Hel"), words("lo")
HELLO = FIRST + SECOND
FINISH = said({}, finish_reason="stop")
USAGE = event(
    {
        "choices": [],
        "usage": {
            "prompt_tokens": 10,
            "completion_tokens": 25,
            "total_tokens": 35,
            "cost": 0.000123,
        },
    }
)
DONE = b"data: [DONE]\n\n"
END = FINISH + USAGE + DONE
WHOLE = HELLO + END
TERMINATED = b"0\r\n\r\n"
"""The end of a chunked body."""


def head(status: str = "200 OK", kind: str = "text/event-stream", *lines: str) -> bytes:
    """Return a status line and headers; `lines` come last."""
    typed = (f"Content-Type: {kind}",) if kind else ()
    return "\r\n".join([f"HTTP/1.1 {status}", *typed, *lines, "", ""]).encode("latin-1")


def streamed(*parts: Step, kind: str = "text/event-stream", lines: tuple[str, ...] = ()) -> Any:
    """Return the play of a chunked answer; ended and kept unless its last part is an `End`."""
    steps = list(parts)
    end = steps.pop() if steps and isinstance(steps[-1], End) else End.KEEP
    framed = (chunk(step) for step in steps if step != b"")
    last: tuple[Step, ...] = (TERMINATED,) if end is End.KEEP else ()
    return (head("200 OK", kind, "Transfer-Encoding: chunked", *lines), *framed, *last, end)


def closing(*parts: Step, status: str = "200 OK", kind: str = "text/event-stream") -> Any:
    """Return the play of an answer that the close of the connection ends."""
    return (head(status, kind, "Connection: close"), *parts, End.CLOSE)


def told(
    body: bytes, status: str = "200 OK", kind: str = "application/json", *lines: str
) -> tuple[Step, ...]:
    """Return the play of one document of a known length."""
    return (head(status, kind, f"Content-Length: {len(body)}", *lines) + body, End.KEEP)


def refused(status: str, value: Any, *lines: str) -> tuple[Step, ...]:
    """Return the play of an error answer; bytes are a web page, anything else JSON."""
    if isinstance(value, bytes):
        return told(value, status, "text/html", *lines)
    return told(json.dumps(value).encode(), status, "application/json", *lines)


def chunk(step: Step) -> Step:
    """Return a step as one chunk."""
    if isinstance(step, Repeat):
        return Repeat(_chunk(step.part), step.times, step.pause_s)
    return _chunk(step) if isinstance(step, bytes) else step


def bytewise(content: bytes) -> tuple[Step, ...]:
    """Return the content as steps of one byte each."""
    return tuple(content[i : i + 1] for i in range(len(content)))


def first_bytes(play: tuple[Step, ...], count: int) -> Iterator[Step]:
    """Return the steps up to so many bytes, and then a close."""
    for step in play:
        if isinstance(step, bytes):
            yield step[:count]
            count -= len(step)
            if count <= 0:
                break
    yield End.CLOSE


def _chunk(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)

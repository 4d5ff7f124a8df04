"""Answer: what the demo sends back, in steps, and how it becomes a response.

Law: a step is bytes, a connection that breaks, or silence; silence is no
sleep: closing the answer or cancelling its reader ends it at once.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

Step = tuple[float, bytes | httpx.TransportError | None]
"""Seconds to wait, then bytes, an error to raise, or None: silence for good."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers, and a body in steps."""

    status: int
    steps: Iterator[Step] = field(default_factory=lambda: iter(()))
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, pace: float) -> httpx.Response:
        """Return the response; `pace` 0 is as fast as it goes."""
        return httpx.Response(
            self.status, headers=dict(self.headers), stream=_Body(self.steps, pace)
        )


class Refusal(Exception):
    """A request that is not answered as it was meant."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def document(
    value: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """Return an answer that is one JSON document."""
    return _whole(encode(value), status, "application/json", headers)


def page(title: str, status: int = 200) -> Answer:
    """Return an answer that is a web page, as something between would give it."""
    text = (
        f"<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n"
        f"<body><h1>{title}</h1></body></html>\n"
    )
    return _whole(text.encode(), status, "text/html; charset=utf-8")


def events(steps: Iterator[Step]) -> Answer:
    """Return an answer that is a stream of events."""
    return Answer(200, steps, {"Content-Type": "text/event-stream"})


def refusal(status: int, code: str, message: str, parameter: str | None = None) -> Refusal:
    """Return a refusal in the shape of the service's API document."""
    error = {
        "message": message,
        "type": "invalid_request_error",
        "code": code,
        "param": parameter,
    }
    return Refusal(document({"error": error}, status))


def encode(value: Mapping[str, Any]) -> bytes:
    """Return a value as JSON; halves of surrogate pairs become question marks."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _whole(
    body: bytes, status: int, content_type: str, headers: Mapping[str, str] | None = None
) -> Answer:
    described = {"Content-Type": content_type, "Content-Length": str(len(body))}
    return Answer(status, iter([(0.0, body)]), described | dict(headers or {}))


class _Body(httpx.AsyncByteStream):
    """Steps and the pauses before them; no generator, so nothing needs closing."""

    def __init__(self, steps: Iterator[Step], pace: float) -> None:
        self._steps = steps
        self._pace = pace
        self._closed = asyncio.Event()

    def __aiter__(self) -> "_Body":
        return self

    async def __anext__(self) -> bytes:
        for pause_s, what in self._steps:
            await asyncio.sleep(pause_s * self._pace)
            if isinstance(what, bytes):
                return what
            if what is not None:
                raise what
            await self._closed.wait()
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self._steps = iter(())
        self._closed.set()

"""Demo: the inference service played inside the program, as an httpx transport.

Law: it answers with the bytes a real service would send, so that everything
behind it is the code that talks to a real one; it opens no connection, and it
never passes for a model. Source: the service's API document.
"""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx

from app.api import tour

_FAST_TOKENS = 20_000
_TOKEN = re.compile(r"\S+\s*|\s+")
_CONTEXT = 1_000_000


@dataclass(frozen=True, slots=True)
class _Speaker:
    """One demo model, and how fast it talks."""

    name: str
    word_s: float
    words_a_chunk: int = 1
    thought_s: float = 0.0


_SPEAKERS = {
    "demo/tour": _Speaker("Demo: tour", 0.02),
    "demo/echo": _Speaker("Demo: echo", 0.03),
    "demo/thinker": _Speaker("Demo: thinker", 0.06, thought_s=0.12),
    "demo/fast": _Speaker("Demo: fast", 0.0, words_a_chunk=40),
}


class _Refusal(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class _Said:
    """A whole completion, in words; a word counts as a token."""

    model: str
    thoughts: tuple[str, ...]
    words: tuple[str, ...]
    finish_reason: str
    prompt_tokens: int

    def usage(self) -> dict[str, Any]:
        completion = len(self.thoughts) + len(self.words)
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": completion,
            "total_tokens": self.prompt_tokens + completion,
            "completion_tokens_details": {"reasoning_tokens": len(self.thoughts)},
            "cost": 0,
        }


class DemoTransport(httpx.AsyncBaseTransport):
    """Answers every request that reaches it; `pace` 0 is as fast as it goes."""

    def __init__(self, pace: float = 1.0) -> None:
        self._pace = pace
        self._numbers = count(1)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        try:
            return self._answer(request)
        except _Refusal as refusal:
            return _json(refusal.body, refusal.status)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.rstrip("/").partition("/api/v1")[2]
        head, _, model = path.lstrip("/").partition("/")
        if request.method == "GET" and head == "models":
            if not model:
                entries = [_entry(name) for name in _SPEAKERS]
                return _json({"object": "list", "data": entries})
            return _json(_entry(model))
        if request.method == "POST" and path == "/chat/completions":
            return self._complete(_decode(request.content))
        raise _Refusal(404, {"detail": "Not Found"})

    def _complete(self, asked: dict[str, Any]) -> httpx.Response:
        said = _compose(asked)
        head = {"id": f"demo-{next(self._numbers)}", "created": int(time.time())}
        if not asked.get("stream"):
            return _json(head | _document(said))
        options = asked.get("stream_options")
        with_usage = isinstance(options, dict) and bool(options.get("include_usage"))
        return httpx.Response(
            200,
            headers={"Content-Type": "text/event-stream"},
            stream=_Speech(_events(said, head, with_usage), self._pace),
        )


class _Speech(httpx.AsyncByteStream):
    """Bytes and the pauses before them; no generator, so nothing needs closing."""

    def __init__(self, events: Iterator[tuple[float, bytes]], pace: float) -> None:
        self._events = events
        self._pace = pace

    def __aiter__(self) -> "_Speech":
        return self

    async def __anext__(self) -> bytes:
        for pause_s, chunk in self._events:
            await asyncio.sleep(pause_s * self._pace)
            return chunk
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self._events = iter(())


def _json(value: dict[str, Any], status: int = 200) -> httpx.Response:
    body = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    return httpx.Response(status, headers=headers, stream=_Speech(iter([(0.0, body)]), 0.0))


def _entry(model: str) -> dict[str, Any]:
    speaker = _speaker(model)
    return {
        "id": model,
        "object": "model",
        "created": 1767225600,
        "owned_by": "Coprime demo",
        "display_name": speaker.name,
        "pricing": {"input_usd_per_mtok": 0, "output_usd_per_mtok": 0},
        "specs": {
            "context_window": _CONTEXT,
            "max_output_tokens": _CONTEXT,
            "supports_reasoning": bool(speaker.thought_s),
            "modalities": {"input": ["text"], "output": ["text"]},
        },
        "supported_parameters": ["max_tokens", "temperature", "stop"],
    }


def _speaker(model: object) -> _Speaker:
    speaker = _SPEAKERS.get(model) if isinstance(model, str) else None
    if speaker is None:
        raise _wrong(404, "model_not_found", f"The model '{model}' does not exist.", "model")
    return speaker


def _decode(content: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(content)
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise _wrong(400, "invalid_json", "The body of the request is not a JSON object.")
    return asked


def _compose(asked: dict[str, Any]) -> _Said:
    model = asked.get("model")
    _speaker(model)
    messages = _messages(asked.get("messages"))
    temperature = asked.get("temperature", 1)
    if not _is_number(temperature) or not 0 <= temperature <= 2:
        raise _wrong(400, "invalid_value", "temperature must be from 0 to 2.", "temperature")
    limit = asked.get("max_tokens")
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 1):
        raise _wrong(400, "invalid_value", "max_tokens must be at least 1.", "max_tokens")
    text = _before(_stops(asked.get("stop")), _text(str(model), messages))
    thoughts = tuple(_TOKEN.findall(tour.THOUGHTS)) if model == "demo/thinker" else ()
    words = tuple(_TOKEN.findall(text))
    reason = "stop" if limit is None or limit >= len(thoughts) + len(words) else "length"
    if limit is not None:
        thoughts = thoughts[:limit]
        words = words[: limit - len(thoughts)]
    prompt = sum(len(_TOKEN.findall(content)) for _, content in messages)
    return _Said(str(model), thoughts, words, reason, prompt)


def _text(model: str, messages: list[tuple[str, str]]) -> str:
    if model == "demo/tour":
        return tour.OPENING + tour.TOUR
    if model == "demo/thinker":
        return tour.OPENING + tour.AFTER_THOUGHT
    if model == "demo/fast":
        return tour.OPENING + "".join(tour.long_text(_FAST_TOKENS))
    heard = [content for role, content in messages if role == "user"]
    return tour.OPENING + (heard[-1] if heard else "Nobody said anything.")


def _messages(value: object) -> list[tuple[str, str]]:
    if not isinstance(value, list) or not value:
        raise _field_missing("messages")
    messages = []
    for number, message in enumerate(value):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise _field_missing("messages", number, "role")
        content = message.get("content")
        if isinstance(content, list):
            content = "".join(str(part.get("text", "")) for part in content)
        if not isinstance(content, str) or not content:
            raise _field_missing("messages", number, "content")
        messages.append((message["role"], content))
    return messages


def _stops(value: object) -> list[str]:
    stops = [value] if isinstance(value, str) else value or []
    if not isinstance(stops, list) or not all(isinstance(stop, str) and stop for stop in stops):
        raise _wrong(400, "invalid_value", "stop must be a string or a list of strings.", "stop")
    return stops


def _before(stops: list[str], text: str) -> str:
    return text[: min((text.index(stop) for stop in stops if stop in text), default=len(text))]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _document(said: _Said) -> dict[str, Any]:
    message = {"role": "assistant", "content": "".join(said.words)}
    if said.thoughts:
        message["reasoning"] = "".join(said.thoughts)
    choice = {"index": 0, "message": message, "finish_reason": said.finish_reason}
    return {
        "object": "chat.completion",
        "model": said.model,
        "choices": [choice],
        "usage": said.usage(),
    }


def _events(said: _Said, head: dict[str, Any], with_usage: bool) -> Iterator[tuple[float, bytes]]:
    """Yield what a stream consists of: seconds to wait, then bytes."""
    speaker = _SPEAKERS[said.model]
    head = head | {"object": "chat.completion.chunk", "model": said.model}

    def event(delta: dict[str, str], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return _data(head | {"choices": [choice]})

    yield 0.0, event({"role": "assistant", "content": ""})
    for word in said.thoughts:
        yield speaker.thought_s, event({"reasoning": word})
    size = speaker.words_a_chunk
    for start in range(0, len(said.words), size):
        words = said.words[start : start + size]
        yield speaker.word_s, b"".join(event({"content": word}) for word in words)
    yield 0.0, event({}, said.finish_reason)
    if with_usage:
        yield 0.0, _data(head | {"choices": [], "usage": said.usage()})
    yield 0.0, b"data: [DONE]\n\n"


def _data(value: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n\n"


def _wrong(status: int, code: str, message: str, parameter: str | None = None) -> _Refusal:
    error = {
        "message": message,
        "type": "invalid_request_error",
        "code": code,
        "param": parameter,
    }
    return _Refusal(status, {"error": error})


def _field_missing(*path: str | int) -> _Refusal:
    detail = {"loc": ["body", *path], "msg": "Field required", "type": "missing"}
    return _Refusal(422, {"detail": [detail]})

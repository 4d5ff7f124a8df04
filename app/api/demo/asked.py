"""Asked: the body of a completion request, read as strictly as a service reads it.

Law: what is missing or out of range is refused in the service's words, with
its status, before anything is said.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from app.api.demo.answer import Refusal, document, refusal

_TOKEN = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked, what, and how."""

    model: str
    messages: tuple[tuple[str, str], ...]
    """Role and content of every turn."""
    stops: tuple[str, ...]
    limit: int | None
    """Tokens the reply may have."""
    streamed: bool
    with_usage: bool
    """The counts are wanted at the end of the stream."""
    fields: frozenset[str]
    """Everything the request names, understood or not."""

    @property
    def tokens(self) -> int:
        """How long the conversation is; a word counts as a token."""
        return sum(len(tokens(content)) for _, content in self.messages)

    @property
    def heard(self) -> str:
        """What the person said last."""
        said = [content for role, content in self.messages if role == "user"]
        return said[-1] if said else "Nobody said anything."

    @property
    def last_reply(self) -> str:
        """The reply the person's last words follow, or ""."""
        roles = [role for role, _ in self.messages[-2:]]
        return self.messages[-2][1] if roles == ["assistant", "user"] else ""


def read(content: bytes) -> Asked:
    """Return what a body asks for.

    Raises:
        Refusal: a service would not take it.
    """
    body = _decode(content)
    messages = _messages(body.get("messages"))
    temperature = body.get("temperature", 1)
    if not _is_number(temperature) or not 0 <= temperature <= 2:
        raise refusal(400, "invalid_value", "temperature must be from 0 to 2.", "temperature")
    options = body.get("stream_options")
    return Asked(
        model=str(body.get("model")),
        messages=messages,
        stops=_stops(body.get("stop")),
        limit=_limit(body),
        streamed=bool(body.get("stream")),
        with_usage=isinstance(options, dict) and bool(options.get("include_usage")),
        fields=frozenset(body),
    )


def tokens(text: str) -> tuple[str, ...]:
    """Return the words of a text, each with the blanks behind it."""
    return tuple(_TOKEN.findall(text))


def _decode(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise refusal(400, "invalid_json", "The body of the request is not a JSON object.")
    return body


def _messages(value: object) -> tuple[tuple[str, str], ...]:
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
    return tuple(messages)


def _stops(value: object) -> tuple[str, ...]:
    stops = [value] if isinstance(value, str) else value or []
    if not isinstance(stops, list) or not all(isinstance(stop, str) and stop for stop in stops):
        raise refusal(400, "invalid_value", "stop must be a string or a list of strings.", "stop")
    return tuple(stops)


def _limit(body: dict[str, Any]) -> int | None:
    for name in ("max_tokens", "max_completion_tokens"):
        limit = body.get(name)
        if limit is None:
            continue
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
            raise refusal(400, "invalid_value", f"{name} must be at least 1.", name)
        return limit
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _field_missing(*path: str | int) -> Refusal:
    detail = {"loc": ["body", *path], "msg": "Field required", "type": "missing"}
    return Refusal(document({"detail": [detail]}, 422))

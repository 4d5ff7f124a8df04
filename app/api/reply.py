"""Reply: the events of one completion, or one JSON document → deltas; no I/O.

Law: text that came is never lost to what comes after it, nor shown twice, and
what is not understood is passed over. The order in which an event is looked
at: `[DONE]`, readable or not, error, usage, choice.
"""

from collections.abc import Iterable
from typing import Any

from app.api import wire
from app.api.limits import CODE_CHARACTERS, GARBLED_EVENTS, NAME_CHARACTERS
from app.api.refusal import complaint_of, failure_of, without
from app.api.sse import Event
from app.chat.cost import Usage
from app.chat.failure import Failure, Kind
from app.chat.message import Delta

_REASONING = ("reasoning_content", "reasoning", "reasoning_text", "reasoning_details")
_THINKING_PARTS = ("thinking", "reasoning", "reasoning.text", "reasoning.summary")
_PART_FIELDS = ("text", "thinking", "summary", "refusal", "content")
_BROKEN_OFF = ("error", "network_error", "abort")
"""Finish reasons that are no finish."""


class Text:
    """One growing text: halves of surrogate pairs are joined across deltas.

    A half that stays alone and NUL become U+FFFD: SQLite takes neither.
    """

    def __init__(self) -> None:
        self._held = ""

    def take(self, part: str) -> str:
        """Return what can be shown of what has come."""
        text, self._held = self._held + part, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._held = text[:-1], text[-1]
        if not text.isascii():
            text = wire.whole(text)
        return text.replace("\0", "\ufffd")

    def finish(self) -> str:
        """Return what was held back for a second half that never came."""
        held, self._held = self._held, ""
        return "\ufffd" if held else ""


class Reply:
    """What has come of one completion."""

    def __init__(
        self,
        host: str = "",
        sent: frozenset[str] = frozenset(),
        secrets: Iterable[str] = (),
    ) -> None:
        self.done = False
        """`[DONE]` was seen."""
        self.finished = False
        """A finish reason was seen."""
        self.spoke = False
        """There was text or reasoning."""
        self.failure: Failure | None = None
        """Set when the service reported an error, or nothing can be read any more."""
        self._host = host
        self._sent = sent
        self._secrets = tuple(secrets)
        self._id = ""
        self._id_told = False
        self._text = Text()
        self._thoughts = Text()
        self._reasoning_field = ""
        self._bad_in_a_row = 0
        # Here a reply that begins with `<think>` would be told apart.

    @property
    def complete(self) -> bool:
        """Whether the reply was seen to end."""
        return self.done or self.finished

    def identify(self, request_ids: Iterable[str]) -> None:
        """Take in the ids the headers gave; the body's count only where there is none."""
        self._id = next(iter(request_ids), "")

    def take(self, events: Iterable[Event]) -> list[Delta]:
        """Return what the events add, up to the first that is an error."""
        deltas: list[Delta] = []
        for event in events:
            if self.done or self.failure is not None:
                break
            data = event.data.strip()
            if data.startswith(b"[DONE]"):
                self.done = True
            elif data:
                deltas += self._take_data(data, is_error=event.name == "error")
        return deltas

    def take_document(self, document: bytes) -> list[Delta]:
        """Return what a whole completion says, given as one JSON document.

        Raises:
            Unreadable: it is no JSON.
        """
        value = wire.read(document)
        deltas = self._take_value(value, is_error=False)
        self.done = self.failure is None and bool(_choices(wire.mapping(value)))
        return deltas

    def finish(self) -> list[Delta]:
        """Return what was held back, once the stream has ended."""
        delta = Delta(text=self._text.finish(), reasoning=self._thoughts.finish())
        return [delta] if delta != Delta() else []

    def _take_data(self, data: bytes, is_error: bool) -> list[Delta]:
        try:
            value = wire.read(data)
        except wire.Unreadable:
            if is_error:
                value = data[: 4 * CODE_CHARACTERS].decode("utf-8", "replace")
            else:
                self._bad_in_a_row += 1
                if self._bad_in_a_row >= GARBLED_EVENTS:
                    self.failure = Failure(Kind.GARBLED, host=self._host)
                return []
        self._bad_in_a_row = 0
        return self._take_value(value, is_error)

    def _take_value(self, value: Any, is_error: bool) -> list[Delta]:
        event = wire.mapping(value)
        choice = _first(_choices(event))
        wrong = _error_of(event, choice)
        if is_error and not wrong:
            wrong = {"error": value}
        delta = self._delta(event, choice)
        if wrong:
            self._fail(wrong | {k: v for k, v in event.items() if k.endswith("_id")})
        elif delta.finish_reason in _BROKEN_OFF:
            self._fail({"error": {"code": delta.finish_reason}})
        elif delta.finish_reason:
            self.finished = True
        return [delta] if delta != Delta() else []

    def _delta(self, event: dict[str, Any], choice: dict[str, Any]) -> Delta:
        said = choice.get("delta")
        if not isinstance(said, dict):
            # A whole message after its deltas would say everything twice.
            said = {} if self.spoke else wire.mapping(choice.get("message"))
        text, thoughts = _parts(said.get("content"))
        text = text or _plain(said.get("refusal"))
        if not text and not self.spoke:
            text = _plain(choice.get("text"))
        thoughts = self._reasoning(said) or thoughts
        shown, thought = self._text.take(text), self._thoughts.take(thoughts)
        self.spoke = self.spoke or bool(shown or thought)
        return Delta(
            text=shown,
            reasoning=thought,
            finish_reason=wire.line(choice.get("finish_reason"), CODE_CHARACTERS),
            usage=_usage(event, choice),
            request_id=self._request_id(event),
        )

    def _reasoning(self, said: dict[str, Any]) -> str:
        # The same thoughts may come under two names: the first name stays.
        for name in (self._reasoning_field,) if self._reasoning_field else _REASONING:
            thoughts = "".join(_parts(said.get(name)))
            if thoughts:
                self._reasoning_field = name
                return thoughts
        return ""

    def _request_id(self, event: dict[str, Any]) -> str:
        if self._id_told:
            return ""
        named = (event.get(name) for name in ("request_id", "inference_id", "id"))
        ids = (wire.line(value, NAME_CHARACTERS) for value in named)
        self._id = self._id or without(self._secrets, next((i for i in ids if i), ""))
        self._id_told = bool(self._id)
        return self._id

    def _fail(self, body: dict[str, Any]) -> None:
        complaint = complaint_of(body, self._secrets)
        if not self.spoke:
            # Nothing was said: the same as if the status had told.
            self.failure = failure_of(complaint, complaint.status, self._host, self._sent)
        if self.failure is None or self.failure.kind is Kind.REQUEST_REFUSED:
            self.failure = Failure(
                Kind.FAILED_MIDWAY,
                code=complaint.code,
                words=complaint.words,
                request_ids=complaint.request_ids,
                host=self._host,
            )


def _choices(event: dict[str, Any]) -> list[Any]:
    choices = event.get("choices")
    return choices if isinstance(choices, list) else []


def _first(choices: list[Any]) -> dict[str, Any]:
    for choice in choices:
        if isinstance(choice, dict) and choice.get("index") in (0, None):
            return choice
    return {}


def _error_of(event: dict[str, Any], choice: dict[str, Any]) -> dict[str, Any]:
    """Return the error object as a body would hold it, or {}."""
    if event.get("error"):
        return {"error": event["error"]}
    if event.get("object") == "error" or (
        "choices" not in event and any(event.get(k) for k in ("detail", "errors"))
    ):
        return event
    return {"error": choice["error"]} if choice.get("error") else {}


def _parts(content: Any) -> tuple[str, str]:
    """Return (text, thoughts) of a content that may be a string, a part or a list."""
    if isinstance(content, str):
        return content, ""
    if isinstance(content, list):
        pairs = [_parts(part) for part in content[:1000]]
        return "".join(text for text, _ in pairs), "".join(thoughts for _, thoughts in pairs)
    if not isinstance(content, dict):
        return "", ""
    inner = next(
        (
            content[k]
            for k in ("text", "thinking", "summary", "refusal", "content")
            if content.get(k)
        ),
        "",
    )
    # Parts of parts occur; parts of parts of parts do not.
    said = inner if isinstance(inner, str) else _plain(inner)
    return ("", said) if content.get("type") in _THINKING_PARTS else (said, "")


def _plain(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = [part.get("text") for part in content[:1000] if isinstance(part, dict)]
        return "".join(text for text in texts if isinstance(text, str))
    return ""


def _usage(event: dict[str, Any], choice: dict[str, Any]) -> Usage | None:
    source = wire.mapping(event.get("usage")) or wire.mapping(choice.get("usage"))
    prompt = _count(source, "prompt_tokens", "input_tokens")
    completion = _count(source, "completion_tokens", "output_tokens")
    cost = wire.money(source.get("cost"))
    if cost is None:
        cost = wire.money(event.get("cost"))
    if prompt is None and completion is None and cost is None:
        return None
    read = wire.mapping(source.get("prompt_tokens_details")) or wire.mapping(
        source.get("input_tokens_details")
    )
    written = wire.mapping(source.get("completion_tokens_details")) or wire.mapping(
        source.get("output_tokens_details")
    )
    cached = _count(read, "cached_tokens")
    return Usage(
        prompt=prompt or 0,
        completion=completion or 0,
        reasoning=_count(written, "reasoning_tokens"),
        cached=_count(source, "prompt_cache_hit_tokens") if cached is None else cached,
        cost=cost,
    )


def _count(source: dict[str, Any], *names: str) -> int | None:
    counts = (wire.count(source.get(name)) for name in names)
    return next((count for count in counts if count is not None), None)

"""Reply: the events of one completion, or one JSON document → deltas; no I/O.

Law: text that came is never lost to what comes after it, nor shown twice, and
what is not understood is passed over. The order in which an event is looked
at: `[DONE]`, readable or not, error, usage, choice.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from app.api import limits, wire
from app.api.refusal import complaint_of, failure_of, without
from app.api.sse import Event
from app.api.think import Splitter
from app.chat.cost import Usage
from app.chat.failure import Failure, Kind
from app.chat.message import Delta

_REASONING = ("reasoning_content", "reasoning", "reasoning_text", "reasoning_details")
_THINKING_PARTS = ("thinking", "reasoning", "reasoning.text", "reasoning.summary")
_PART_FIELDS = ("text", "thinking", "summary", "refusal", "content")
_BROKEN_OFF = ("error", "network_error", "abort")
"""Finish reasons that are no finish."""
_CALLS = ("tool_calls", "function_call")
_PLAIN_ENDS = ("stop", "end", "eos", "end_turn")
"""Finish reasons that say nothing; some services end a reply of tool calls with one."""
_WRONG = re.compile(r"[45]\d\d|.*error.*", re.IGNORECASE)


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
        """`[DONE]` was seen, or nothing of worth can come any more."""
        self.finished = False
        """A finish reason was seen."""
        self.spoke = False
        """There was text or reasoning."""
        self.called = False
        """The model asked for a tool."""
        self.events = 0
        """How many came that held anything."""
        self.failure: Failure | None = None
        """Set when the service reported an error, or nothing can be read any more."""
        self._host = host
        self._sent = sent
        self._secrets = tuple(secrets)
        self._id = ""
        self._id_told = False
        self._text = Text()
        self._thoughts = Text()
        self._splitter = Splitter()
        self._has_words = False
        """There were some, shown or held back."""
        self._is_legacy = False
        """They come as the `text` of a choice."""
        self._reasoning_field = ""
        self._bad_in_a_row = 0

    @property
    def complete(self) -> bool:
        """Whether the reply was seen to end."""
        return self.done or self.finished

    @property
    def is_over(self) -> bool:
        """Whether what still comes is of no worth."""
        return self.done or self.failure is not None

    def identify(self, request_ids: Iterable[str]) -> None:
        """Take in the ids the headers gave; the body's count only where there is none."""
        self._id = next(iter(request_ids), "")

    def give_up(self, failure: Failure) -> None:
        """Take in nothing more; what was seen to end before has not failed."""
        if self.finished:
            self.done = True
        elif not self.is_over:
            self.failure = failure

    def take(self, events: Iterable[Event]) -> list[Delta]:
        """Return what the events add, up to the first that is an error."""
        deltas: list[Delta] = []
        for event in events:
            if self.is_over:
                break
            data = event.data.strip()
            if not data:
                continue
            self.events += 1
            if data.startswith(b"[DONE]"):
                deltas += self._end()
            else:
                deltas += self._take_data(data, is_error=event.name == "error")
        return deltas

    def take_document(self, document: bytes) -> list[Delta]:
        """Return what a whole completion says, given as one JSON document.

        Raises:
            Unreadable: it is no JSON.
        """
        value = wire.read(document)
        if isinstance(value, list) and value:
            value = value[0]
        event = wire.mapping(value)
        choices, is_reply = _choices(event), "choices" in event
        deltas = self._take_value(value, is_error=not is_reply and bool(_message(event)))
        if self.failure is None and not is_reply:
            self.failure = Failure(Kind.NOT_THE_API, status=200, host=self._host)
        # The first event of a stream that was cut after it is no document.
        elif self.failure is None and choices and "delta" not in _first(choices):
            deltas += self._end()
        return deltas

    def finish(self) -> list[Delta]:
        """Return what was held back, once the stream has ended."""
        delta = self._released(Delta())
        return [delta] if delta != Delta() else []

    def _end(self) -> list[Delta]:
        self.done = True
        if not self.called or self.finished:
            return []
        self.finished = True
        return [Delta(finish_reason=_CALLS[0])]

    def _released(self, delta: Delta) -> Delta:
        """Return the delta with all that was held back: no words will follow it."""
        text, thoughts = self._splitter.take(self._text.finish())
        more_text, more_thoughts = self._splitter.finish()
        delta = replace(
            delta,
            text=delta.text + text + more_text,
            reasoning=delta.reasoning + self._thoughts.finish() + thoughts + more_thoughts,
        )
        self.spoke = self.spoke or bool(delta.text or delta.reasoning)
        return delta

    def _take_data(self, data: bytes, is_error: bool) -> list[Delta]:
        try:
            value = wire.read(data)
        except wire.Unreadable:
            if is_error:
                value = data[: 4 * limits.CODE_CHARACTERS].decode("utf-8", "replace")
            else:
                self._bad_in_a_row += 1
                if self._bad_in_a_row >= limits.GARBLED_EVENTS:
                    self.give_up(Failure(Kind.GARBLED, host=self._host))
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
        if not wrong and delta.finish_reason in _BROKEN_OFF:
            wrong = {"error": {"code": delta.finish_reason}}
        if wrong:
            delta = self._released(delta)
            self._fail(wrong | {k: v for k, v in event.items() if k.endswith("_id")})
        elif delta.finish_reason:
            self.finished = True
        return [delta] if delta != Delta() else []

    def _delta(self, event: dict[str, Any], choice: dict[str, Any]) -> Delta:
        text, thoughts = self._words(choice)
        self._has_words = self._has_words or bool(text or thoughts)
        shown, tagged = self._splitter.take(self._text.take(text))
        thought = self._thoughts.take(thoughts) + tagged
        self.spoke = self.spoke or bool(shown or thought)
        self.called = self.called or _has_calls(choice)
        reason = wire.line(choice.get("finish_reason"), limits.CODE_CHARACTERS)
        return Delta(
            text=shown,
            reasoning=thought,
            finish_reason=_CALLS[0] if self.called and reason in _PLAIN_ENDS else reason,
            usage=_usage(event, choice),
            request_id=self._request_id(event),
        )

    def _words(self, choice: dict[str, Any]) -> tuple[str, str]:
        said = choice.get("delta")
        if not isinstance(said, dict):
            # A whole message after its deltas would say everything twice.
            said = {} if self._has_words else wire.mapping(choice.get("message"))
        text, thoughts = _parts(said.get("content"))
        text = text or "".join(_parts(said.get("refusal")))
        if not text and (self._is_legacy or not self._has_words):
            text = "".join(_parts(choice.get("text")))
            self._is_legacy = bool(text)
        return text, self._reasoning(said) or thoughts

    def _reasoning(self, said: dict[str, Any]) -> str:
        # The same thoughts may come under two names: the first name stays.
        for name in (self._reasoning_field,) if self._reasoning_field else _REASONING:
            thoughts = "".join(words for words, _ in _pieces(said.get(name)))
            if thoughts:
                self._reasoning_field = name
                return thoughts
        return ""

    def _request_id(self, event: dict[str, Any]) -> str:
        if self._id_told:
            return ""
        named = (event.get(name) for name in ("request_id", "inference_id", "id"))
        ids = (wire.line(value, limits.NAME_CHARACTERS) for value in named)
        found = next((i for i in ids if i), "")
        # Striking out takes long, and many services name none.
        self._id = self._id or (without(self._secrets, found) if found else "")
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
        if isinstance(choice, dict) and choice.get("index") in (0, None, "0"):
            return choice
    return {}


def _error_of(event: dict[str, Any], choice: dict[str, Any]) -> dict[str, Any]:
    """Return the error object as a body would hold it, or {}."""
    if event.get("error"):
        return {"error": event["error"]}
    if event.get("object") == "error" or ("choices" not in event and _is_complaint(event)):
        return event
    return {"error": choice["error"]} if choice.get("error") else {}


def _is_complaint(event: dict[str, Any]) -> bool:
    """Return whether an object that is no part of a reply says that something went wrong."""
    if event.get("detail") or event.get("errors"):
        return True
    marks = (event.get(name) for name in ("code", "status", "type"))
    return bool(_message(event)) and any(
        _WRONG.fullmatch(mark)
        if isinstance(mark, str)
        else (wire.count(mark) or 0) // 100 in (4, 5)
        for mark in marks
    )


def _message(event: dict[str, Any]) -> str:
    said = event.get("message") or event.get("msg")
    return said if isinstance(said, str) else ""


def _has_calls(choice: dict[str, Any]) -> bool:
    said = (wire.mapping(choice.get(name)) for name in ("delta", "message"))
    calls = (it.get(name) for it in said for name in _CALLS)
    return any(any(it) if isinstance(it, list) else bool(it) for it in calls)


def _parts(content: Any) -> tuple[str, str]:
    """Return (text, thoughts) of a content that may be a string, a part or a list."""
    if isinstance(content, str):
        return content, ""
    text: list[str] = []
    thoughts: list[str] = []
    for words, is_thought in _pieces(content):
        (thoughts if is_thought else text).append(words)
    return "".join(text), "".join(thoughts)


def _pieces(content: Any) -> Iterator[tuple[str, bool]]:
    """Yield the strings of a content, and whether each is thought rather than said."""
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, str):
            yield part, False
        elif isinstance(part, dict):
            inner = next((part[name] for name in _PART_FIELDS if part.get(name)), "")
            yield _plain(inner), part.get("type") in _THINKING_PARTS


def _plain(content: Any) -> str:
    """Return the text of a part; parts of parts occur, parts of those do not."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    texts = (part.get("text") if isinstance(part, dict) else part for part in parts)
    return "".join(text for text in texts if isinstance(text, str))


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
        # Rounded: a service may send millions of digits.
        cost=None if cost is None else +cost,
    )


def _count(source: dict[str, Any], *names: str) -> int | None:
    counts = (wire.count(source.get(name)) for name in names)
    return next((count for count in counts if count is not None), None)

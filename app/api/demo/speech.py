"""Speech: a whole completion in words → the bytes of a stream or of a document.

Law: streamed or not, the same words are said, counted and priced.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from app.api.demo.answer import Answer, Step, document, encode, events
from app.api.demo.asked import Asked

DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Voice:
    """How fast a demo model talks."""

    word_s: float = 0.03
    words_a_chunk: int = 1
    thought_s: float = 0.06


@dataclass(frozen=True, slots=True)
class Call:
    """A tool the model wants called, its arguments in the pieces they come in."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A whole completion, in words; a word counts as a token."""

    thoughts: tuple[str, ...]
    words: tuple[str, ...]
    finish_reason: str
    prompt_tokens: int
    prices: tuple[float, float] = (0, 0)
    """US dollars per million tokens, in and out."""
    word_field: str = "content"
    """Where the words stand: in a refusal they have a field of their own."""
    call: Call | None = None

    def half(self, finish_reason: str = "") -> "Said":
        """Return the first half of the words, at least one."""
        words = self.words[: max(1, len(self.words) // 2)]
        return replace(self, words=words, finish_reason=finish_reason)

    def usage(self) -> dict[str, Any]:
        """Return the counts as the service gives them."""
        completion = len(self.thoughts) + len(self.words)
        price_in, price_out = self.prices
        cost = (self.prompt_tokens * price_in + completion * price_out) / 1e6
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": completion,
            "total_tokens": self.prompt_tokens + completion,
            "completion_tokens_details": {"reasoning_tokens": len(self.thoughts)},
            "cost": round(cost, 9) or 0,
        }


@dataclass(frozen=True, slots=True)
class Speech:
    """A completion about to be said, in the form it was asked for."""

    asked: Asked
    said: Said
    voice: Voice
    head: dict[str, Any]
    """What every event and document begins with: id, time, model."""
    goes_on: bool = False
    """It is the rest of a text whose beginning is the last reply."""

    def saying(self, said: Said) -> "Speech":
        """Return the same speech with other words."""
        return replace(self, said=said)

    def answer(self) -> Answer:
        """Return the answer of a service that is well."""
        return events(self.steps()) if self.asked.streamed else document(self.document())

    def steps(self) -> Iterator[Step]:
        """Yield the whole stream."""
        yield from self.spoken()
        yield 0.0, self.event({}, self.said.finish_reason)
        if self.asked.with_usage:
            head = self.head | {"object": "chat.completion.chunk"}
            yield 0.0, data(head | {"choices": [], "usage": self.said.usage()})
        yield 0.0, DONE

    def spoken(self) -> Iterator[Step]:
        """Yield the stream up to the last word, without the end it should have."""
        said, voice = self.said, self.voice
        yield 0.0, self.event({"role": "assistant", "content": ""})
        for word in said.thoughts:
            yield voice.thought_s, self.event({"reasoning": word})
        for start in range(0, len(said.words), voice.words_a_chunk):
            words = said.words[start : start + voice.words_a_chunk]
            yield voice.word_s, b"".join(self.event({said.word_field: word}) for word in words)
        if said.call is not None:
            yield voice.word_s, self.event(_call_delta(said.call.name, ""))
            for part in said.call.arguments:
                yield voice.word_s, self.event(_call_delta("", part))

    def document(self) -> dict[str, Any]:
        """Return the whole completion as one value."""
        said = self.said
        message: dict[str, Any] = {"role": "assistant", "content": None}
        message[said.word_field] = "".join(said.words)
        if said.thoughts:
            message["reasoning"] = "".join(said.thoughts)
        if said.call is not None:
            function = {"name": said.call.name, "arguments": "".join(said.call.arguments)}
            message["tool_calls"] = [{"id": "call_demo", "type": "function", "function": function}]
        choice = {"index": 0, "message": message, "finish_reason": said.finish_reason}
        return self.head | {
            "object": "chat.completion",
            "choices": [choice],
            "usage": said.usage(),
        }

    def event(self, delta: dict[str, Any], reason: str | None = None) -> bytes:
        """Return one event of the stream."""
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return data(self.head | {"object": "chat.completion.chunk", "choices": [choice]})


def data(value: dict[str, Any]) -> bytes:
    """Return an event that holds this value."""
    return b"data: " + encode(value) + b"\n\n"


def _call_delta(name: str, arguments: str) -> dict[str, Any]:
    if not name:
        return {"tool_calls": [{"index": 0, "function": {"arguments": arguments}}]}
    function = {"name": name, "arguments": arguments}
    call = {"index": 0, "id": "call_demo", "type": "function", "function": function}
    return {"tool_calls": [call]}

"""However the bytes are cut, the same events come out, and the same reply."""

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import httpx_sse
import pytest
from httpx_sse._decoders import SSEDecoder
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.api import limits
from app.api.body import Body
from app.api.reply import Reply
from app.api.sse import Decoder, Event
from app.chat.cost import Usage
from app.chat.failure import Kind

CUTS = st.lists(st.integers(0, 2000), max_size=12)
ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])


def said(**delta: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta}]}


STOP = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
DOCUMENT = {"choices": [{"message": {"content": "Paris."}}], "usage": {"prompt_tokens": 3}}
PAYLOADS: list[bytes] = [
    *(
        json.dumps(value, ensure_ascii=False).encode()
        for value in (
            said(role="assistant", content=None),
            said(content="Hel😀"),
            said(content="lo 世界\u2028\x85"),
            said(content="<think>a</th"),
            said(content="ink>\n\nb"),
            said(reasoning="hm"),
            said(tool_calls=[{"index": 0}]),
            STOP,
            {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}},
            {"error": {"message": "Bad day", "code": 503}},
            DOCUMENT,
            {"hello": 1},
        )
    ),
    *(
        b'{"choices":[{"delta":{"content":"\\ud83d"}}]}',
        b"[DONE]",
        b"[DONE]  ",
        b"",
        b"x",
        b"{",
        b"12",
    ),
    *(b'{"choices":[{"delta":{"content":"\xff\xfe"}}]}', b"[]", b"null", b"NaN", b"<html>"),
]
LINES = st.one_of(
    st.sampled_from([b"", b"", b":", b": OPENROUTER PROCESSING", b"event: ping", b"event: error"]),
    st.sampled_from([b"data", b"id: 3", b"retry: 10", b"data:", b"unknown: x", b"event"]),
    st.sampled_from(PAYLOADS).map(lambda data: b"data: " + data),
    st.sampled_from(PAYLOADS).map(lambda data: b"data:" + data),
    st.sampled_from(PAYLOADS).map(lambda data: b"error: " + data),
    st.sampled_from(PAYLOADS),
)
LINED = st.lists(st.tuples(LINES, ENDS), max_size=20).map(
    lambda parts: b"".join(line + end for line, end in parts)
)
EVENTS = st.lists(st.sampled_from(PAYLOADS), max_size=8).map(
    lambda payloads: b"".join(b"data: " + data + b"\n\n" for data in payloads)
)
ANY_BYTES = st.binary(max_size=60).map(lambda raw: raw.replace(b"a", b"\n").replace(b"b", b"\r"))
STARTS = st.sampled_from([b"", b"\xef\xbb\xbf", b"\n", b" ", b" \xef\xbb\xbf\r\n"])
STREAMS = st.tuples(STARTS, LINED | EVENTS, ANY_BYTES | st.just(b"")).map(b"".join)


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[a:b] for a, b in pairwise(edges)]


def events_of(chunks: list[bytes]) -> list[Event]:
    decoder = Decoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)] + decoder.finish()


@settings(max_examples=4000)
@given(STREAMS | ANY_BYTES, CUTS)
@example(b"data: a\r\n\r\ndata: b\r\r\n\n", [8, 9, 10, 11])
@example(b"\xef\xbb\xbfdata: \xf0\x9f\x98\x80\n\n", [1, 2, 10, 11, 12])
def test_any_cutting_gives_the_same_events(stream: bytes, places: list[int]) -> None:
    whole = events_of([stream])
    assert events_of(cut(stream, places)) == whole
    assert events_of([stream[at : at + 1] for at in range(len(stream))]) == whole


STANDARD = st.lists(
    st.tuples(
        st.sampled_from(PAYLOADS).map(lambda data: b"data: " + data)
        | st.sampled_from([b"", b"", b":", b": x", b"event: ping", b"id: 3", b"data:1", b"data"]),
        ENDS,
    ),
    max_size=20,
).map(lambda parts: b"".join(line + end for line, end in parts))


@settings(max_examples=1000)
@given(STANDARD, CUTS)
def test_another_decoder_reads_the_same_from_any_cutting(stream: bytes, places: list[int]) -> None:
    # A blank line ends the last event for both.
    stream += b"\n\n"
    oracle = SSEDecoder()
    theirs = [oracle.decode(line.decode("utf-8", "replace")) for line in stream.splitlines()]
    # It makes events of what has no data; the standard does not.
    expected = [(event.event, event.data) for event in theirs if event is not None and event.data]
    ours = [event for event in events_of(cut(stream, places)) if event.data]
    assert [(event.name, event.data.decode("utf-8", "replace")) for event in ours] == expected
    assert all(isinstance(event, httpx_sse.ServerSentEvent) for event in theirs if event)


@dataclass(frozen=True)
class Read:
    """What a body came to."""

    text: str
    reasoning: str
    reasons: tuple[str, ...]
    usage: Usage | None
    kind: Kind | None
    complete: bool
    spoke: bool


def read(chunks: list[bytes], content_type: str) -> Read:
    reply = Reply("host")
    body = Body(reply, "host")
    body.begin(content_type)
    deltas = [delta for chunk in chunks for delta in body.feed(chunk)] + body.finish()
    return Read(
        "".join(delta.text for delta in deltas),
        "".join(delta.reasoning for delta in deltas),
        tuple(delta.finish_reason for delta in deltas if delta.finish_reason),
        next((delta.usage for delta in reversed(deltas) if delta.usage), None),
        reply.failure.kind if reply.failure else None,
        reply.complete,
        reply.spoke,
    )


TYPES = st.sampled_from(["text/event-stream", "application/json", "text/html", ""])


@settings(max_examples=1500)
@given(STREAMS | st.sampled_from(PAYLOADS), CUTS, TYPES)
@example(b"dating", [1], "")
@example(b" \n" + json.dumps(DOCUMENT).encode(), [1, 2, 3], "application/json")
@example(json.dumps(DOCUMENT, indent=1).encode(), [1, 2, 3], "text/event-stream")
@example(b'{"choices":[{"delta":{"content":"a"}}]}\n\r{"choices":[]}\r\n', [40], "")
def test_any_cutting_gives_the_same_reply(
    stream: bytes, places: list[int], content_type: str
) -> None:
    whole = read([stream], content_type)
    assert read(cut(stream, places), content_type) == whole
    assert read([stream[at : at + 1] for at in range(len(stream))], content_type) == whole


@settings(max_examples=500)
@given(STREAMS, st.binary(max_size=4), st.integers(0, 2000), CUTS, st.integers(1, 200))
def test_a_mutated_reply_over_its_limits_is_the_same_from_any_cutting(
    stream: bytes, odd: bytes, place: int, places: list[int], limit: int
) -> None:
    place %= len(stream) + 1
    stream = stream[:place] + odd + stream[place + len(odd) :]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "EVENT_BYTES", limit)
        patch.setattr(limits, "REPLY_BYTES", limit * 3)
        assert read(cut(stream, places), "") == read([stream], "")

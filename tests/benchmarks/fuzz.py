"""Mutated replies through the decoder: how many events a second, and how many exceptions.

By itself, with another seed: `python -m tests.benchmarks.fuzz --seed 7 [--events 200000]`.
"""

import argparse
import copy
import json
import random
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.api.body import Body
from app.api.reply import Reply
from tests.benchmarks.row import Row

SEED = 20260917
EVENTS = 200_000
TYPES = ("text/event-stream", "application/json", "application/x-ndjson", "text/html", "")


def _said(**delta: Any) -> dict[str, Any]:
    return {"id": "c1", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}


def _end(reason: str, **others: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {}, "finish_reason": reason} | others]}


USAGE = {
    "prompt_tokens": 12,
    "completion_tokens": 9,
    "total_tokens": 21,
    "cost": 0.000123,
    "prompt_tokens_details": {"cached_tokens": 4},
    "completion_tokens_details": {"reasoning_tokens": 3},
}
_CALL = {"index": 0, "id": "call_1", "function": {"name": "find", "arguments": '{"a":'}}
_ERROR = {"message": "Provider returned error", "code": 429, "metadata": {"raw": "Slow down"}}
RECORDED: list[list[Any]] = [
    [_said(role="assistant", content=""), _said(content="Hel"), _said(content="lo"), _end("stop")],
    [_said(content="a"), {"choices": [], "usage": USAGE}],
    [_said(content="a"), _end("stop", usage=USAGE)],
    [_said(reasoning="hm 😀"), _said(reasoning_content="hm"), _said(content="世界")],
    [_said(reasoning_details=[{"type": "reasoning.text", "text": "hm"}, {"data": "zz"}])],
    [_said(content=part) for part in ("<thi", "nk>a", "b</th", "ink>", "\n\nanswer")],
    [
        _said(
            content=[
                {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                {"type": "text", "text": "hi"},
            ]
        )
    ],
    [_said(tool_calls=[_CALL]), _said(function_call=_CALL["function"]), _end("stop")],
    [_said(refusal="I can't"), _end("content_filter")],
    [_said(content="par"), {"error": _ERROR}],
    [_said(content="par"), {"error": _ERROR, "choices": [{"index": 0, "finish_reason": "error"}]}],
    [{"choices": [{"index": 0, "delta": {}, "error": _ERROR}]}],
    [{"object": "error", "message": "Bad day", "type": "server_error", "code": 500}],
    [{"detail": [{"loc": ["body", "messages", 0], "msg": "Field required", "type": "missing"}]}],
    [{"message": "Validation: Unsupported parameter(s): `x`", "type": "Bad Request", "code": 400}],
    [{"errors": [{"message": "Bad day"}], "request_id": "req-1", "inference_id": "inf-1"}],
    [{"choices": [{"index": 1, "delta": {"content": "other"}}, {"index": 0, "text": "a"}]}],
    [{"choices": [{"message": {"content": "Paris.", "reasoning": "hm"}}], "usage": USAGE}],
    [_said(content="\ud83d"), _said(content="\ude00\x00"), _end("length")],
    [_said(content="a\u2028b\x85c\x0b"), {"choices": None}, {"choices": [{}]}, None, []],
]
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 10**25, 1.5, "", "x", "\ud800", "\x00", "None", "error", "stop", [], {}),
    *([[]], [None], {"text": "x"}, {"error": {}}, [{"text": ["a"]}], "9" * 5000, "<think>"),
)
RAW = (
    *(b"NaN", b"Infinity", b"-Infinity", b"1e999", b"1e-999999999999", b"9" * 5000, b"[" * 100_000),
    *(b"[" * 900 + b"]" * 900, b'{"error":' * 900 + b"1" + b"}" * 900, b'"\\ud800"', b'"\xff\xc0"'),
)


def measure(_folder: Path) -> list[Row]:
    """Decode mutated replies; nothing but what is declared may be raised."""
    return fuzz(SEED, EVENTS)


def fuzz(seed: int, count: int) -> list[Row]:
    """Return what decoding at least so many mutated events came to."""
    chance = random.Random(seed)  # the same cases every time
    raised: Counter[str] = Counter()
    events = 0
    busy_s = 0.0
    while events < count:
        values = copy.deepcopy(chance.choice(RECORDED)) * chance.randint(1, 3)
        written = [_mutated(value, chance) for value in values]
        stream = _framed(written, chance)
        if chance.random() < 0.4:
            stream = chance.choice(BYTES)(stream, chance)
        size = chance.choice((1, 7, 64, len(stream) + 1)) if len(stream) < 5000 else 4096
        chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
        started = time.perf_counter()
        try:
            _read(chunks, chance.choice(TYPES))
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            raised[f"{type(error).__name__} in {place.name}"] += 1
        busy_s += time.perf_counter() - started
        events += len(written)
    note = ", ".join(f"{times} × {what}" for what, times in raised.most_common(5))
    return [
        Row(
            "exceptions from mutated events",
            sum(raised.values()),
            "",
            0,
            note or f"{events} events, seed {seed}",
        ),
        Row("mutated events decoded", events / busy_s, "a second"),
    ]


def _read(chunks: list[bytes], content_type: str) -> None:
    reply = Reply("host", frozenset({"temperature"}), ("sk-x",))
    body = Body(reply, "host")
    body.begin(content_type, ())
    deltas = [delta for chunk in chunks for delta in body.feed(chunk)] + body.finish()
    # As the store will.
    for delta in deltas:
        for text in (delta.text, delta.reasoning, delta.finish_reason, delta.request_id):
            text.encode()
    if reply.failure is not None:
        repr(reply.failure).encode()


def _mutated(value: Any, chance: random.Random) -> bytes:
    """Return the JSON of a value with up to three of its parts changed."""
    holder = [value]
    for _ in range(chance.randint(0, 3)):
        places = list(_places(holder))
        container, key = chance.choice(places)
        kind = chance.randrange(5)
        if kind == 0:
            container[key] = copy.deepcopy(chance.choice(ODD))
        elif kind == 1:
            other, name = chance.choice(places)
            container[key] = copy.deepcopy(other[name])
        elif kind == 2:
            container[key] = [container[key]]
        elif kind == 3:
            container[key] = {"text": container[key], "type": "thinking"}
        elif isinstance(container, dict):
            del container[key]
    document = json.dumps(holder[0], ensure_ascii=chance.random() < 0.5)
    data = document.encode("utf-8", "surrogatepass")
    dice = chance.random()
    if dice < 0.05:
        # Every key once more with another value.
        data = data.replace(b"{", b'{"choices":0,"error":null,"delta":"x",', 1)
    elif dice < 0.15:
        data = _with_raw(data, chance)
    return data


def _places(container: Any) -> Any:
    items = container.items() if isinstance(container, dict) else enumerate(container)
    for key, value in list(items):
        yield container, key
        if isinstance(value, dict | list):
            yield from _places(value)


def _with_raw(data: bytes, chance: random.Random) -> bytes:
    colons = [at for at, byte in enumerate(data) if byte == 0x3A]
    if not colons:
        return chance.choice(RAW)
    at = chance.choice(colons) + 1
    ends = [end for end in (data.find(b",", at), data.find(b"}", at)) if end > 0]
    # The longest are rare: one takes as long as a hundred others.
    raw = chance.choice(RAW if chance.random() < 0.1 else RAW[:5])
    return data[:at] + raw + data[min(ends, default=len(data)) :]


def _framed(written: list[bytes], chance: random.Random) -> bytes:
    end = chance.choice((b"\n", b"\r\n", b"\r"))
    before = chance.choice((b"data: ", b"data:", b"", b"event: error\ndata: ", b"error: "))
    frames = [
        (before if chance.random() < 0.9 else b"data: ") + data + end + (end if before else b"")
        for data in written
    ]
    done = chance.choice((b"", b"data: [DONE]\n\n", b"data:[DONE]  "))
    return chance.choice((b"", b"\xef\xbb\xbf", b": hi\n\n", b"\n")) + b"".join(frames) + done


def _flipped(stream: bytes, chance: random.Random) -> bytes:
    changed = bytearray(stream)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(stream: bytes, chance: random.Random) -> bytes:
    return stream[: chance.randrange(len(stream) + 1)]


def _spliced(stream: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(stream) + 1) for _ in range(2))
    return stream[:start] + stream[end:] + stream[start:end]


def _sprinkled(stream: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(stream) + 1)
    return stream[:at] + chance.randbytes(chance.randint(1, 20)) + stream[at:]


BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (_flipped, _cut, _spliced, _sprinkled)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--events", type=int, default=EVENTS)
    options = parser.parse_args()
    rows = fuzz(options.seed, options.events)
    for row in rows:
        print(row.line())
    raise SystemExit(not all(row.is_kept for row in rows))

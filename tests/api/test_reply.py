"""Events → deltas: every shape a reply comes in."""

import json
import time
import tracemalloc
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api import limits
from app.api.body import Body
from app.api.reply import Reply
from app.chat.cost import Usage
from app.chat.failure import Kind
from app.chat.message import Delta
from tests.api.told import Told

SENT = frozenset({"temperature", "stream_options"})


class Heard(Told):
    """A whole body read at once."""

    def __init__(self, *chunks: bytes, content_type: str = "text/event-stream") -> None:
        self.reply = Reply("host", SENT, ("sk-secret",))
        body = Body(self.reply, "host")
        body.begin(content_type)
        self._deltas = [delta for chunk in chunks for delta in body.feed(chunk)] + body.finish()

    @property
    def deltas(self) -> Sequence[Delta]:
        return self._deltas

    @property
    def kind(self) -> Kind | None:
        return self.reply.failure.kind if self.reply.failure else None


def stream(*values: Any) -> bytes:
    return b"".join(
        b"data: "
        + (value.encode() if isinstance(value, str) else json.dumps(value).encode())
        + b"\n\n"
        for value in values
    )


def hear(*values: Any) -> Heard:
    return Heard(stream(*values))


def said(content: Any, **others: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": content} | others}]}


STOP = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


def test_a_happy_reply_with_usage_and_cost() -> None:
    heard = Heard(
        b'data: {"id":"c1","object":"chat.completion.chunk","model":"m","choices":'
        b'[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n'
        b'data: {"choices":[{"index":0,"delta":{"content":"Hel"}}],'
        b'"service_tier":"provisioned"}\n\n'
        b'data: {"choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":null}],'
        b'"usage":null}\n\n'
        b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
        b'data: {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":25,'
        b'"total_tokens":35,"cost":0.000123}}\n\n'
        b"data: [DONE]\n\n"
    )
    assert heard.text == "Hello"
    assert heard.usage == Usage(10, 25, cost=Decimal("0.000123"))
    assert [delta.finish_reason for delta in heard.deltas if delta.finish_reason] == ["stop"]
    assert [delta.request_id for delta in heard.deltas if delta.request_id] == ["c1"]
    assert heard.reply.done
    assert heard.reply.finished
    assert heard.kind is None


@pytest.mark.parametrize("end", ["[DONE]", "[DONE]  ", "[DONE] bye"])
def test_done_ends_a_reply_and_what_follows_is_ignored(end: str) -> None:
    heard = hear(said("a"), end, said("b"), {"error": "late"})
    assert heard.text == "a"
    assert heard.reply.done
    assert heard.kind is None


def test_a_finish_reason_ends_a_reply_without_done() -> None:
    heard = hear(said("a"), STOP)
    assert heard.reply.complete
    assert not heard.reply.done


def test_neither_is_no_end() -> None:
    assert not hear(said("a")).reply.complete


@pytest.mark.parametrize(
    "odd",
    [
        {},
        None,
        [],
        "3",
        {"choices": None},
        {"choices": []},
        {"choices": {}},
        {"choices": [None]},
        {"choices": [{}]},
        {"choices": [{"delta": None}]},
        {"choices": [{"delta": []}]},
        {"choices": [{"index": 1, "delta": {"content": "other"}}]},
        said(None),
        said(123),
        said({}),
        {"choices": [{"delta": {"tool_calls": [{"function": {"arguments": {}}}]}}]},
        {"choices": [{"delta": {"tool_calls": None}}], "usage": [], "id": 3},
    ],
)
def test_odd_events_are_passed_over(odd: Any) -> None:
    heard = hear(odd, said("a"), odd, odd, odd, STOP)
    assert heard.text == "a"
    assert heard.kind is None
    assert heard.reply.complete


@pytest.mark.parametrize(
    ("content", "text", "reasoning"),
    [
        (["a", "b"], "ab", ""),
        ({"text": "x"}, "x", ""),
        ([{"type": "text", "text": "hi"}], "hi", ""),
        (
            [
                {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                {"type": "text", "text": "hi"},
            ],
            "hi",
            "hm",
        ),
        ([{"type": "reasoning", "text": "hm"}, None, 3, {"type": "image"}], "", "hm"),
    ],
)
def test_content_in_parts_is_read(content: Any, text: str, reasoning: str) -> None:
    heard = hear(said(content), STOP)
    assert (heard.text, heard.reasoning) == (text, reasoning)


def test_a_refusal_is_text() -> None:
    assert hear(said(None, refusal="I can't"), STOP).text == "I can't"


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning", "reasoning_text"])
def test_reasoning_has_three_names(name: str) -> None:
    heard = hear(said(None, **{name: "hm"}), said("a"), STOP)
    assert (heard.reasoning, heard.text) == ("hm", "a")


def test_reasoning_details_are_reasoning() -> None:
    details = [
        {"type": "reasoning.text", "text": "a"},
        {"type": "reasoning.summary", "summary": "b"},
        {"type": "reasoning.encrypted", "data": "zzz"},
    ]
    assert hear(said(None, reasoning_details=details), STOP).reasoning == "ab"


def test_reasoning_under_two_names_is_not_said_twice() -> None:
    both = {"reasoning": "hm", "reasoning_content": "hm", "reasoning_details": [{"text": "hm"}]}
    assert hear(said(None, **both), said(None, **both), STOP).reasoning == "hmhm"


def test_reasoning_that_changes_its_name_is_not_said_twice() -> None:
    heard = hear(said(None, reasoning="hm"), said(None, reasoning_content="hm"), STOP)
    assert heard.reasoning == "hm"


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"input_tokens": 3, "output_tokens": 4}, Usage(3, 4)),
        (
            {"prompt_tokens": 3, "completion_tokens": 0, "cost": "0.1"},
            Usage(3, 0, cost=Decimal("0.1")),
        ),
        (
            {
                "prompt_tokens": 3,
                "completion_tokens": 4,
                "prompt_tokens_details": {"cached_tokens": 2},
                "completion_tokens_details": {"reasoning_tokens": 1},
            },
            Usage(3, 4, reasoning=1, cached=2),
        ),
        ({"prompt_tokens": 3, "prompt_cache_hit_tokens": 0}, Usage(3, 0, cached=0)),
        ({"prompt_tokens": 3, "prompt_tokens_details": None, "cost": -1}, Usage(3, 0)),
        ({"prompt_tokens": None, "cost": None}, None),
        ({}, None),
        (7, None),
    ],
)
def test_usage_is_read_wherever_it_is(usage: Any, expected: Usage | None) -> None:
    assert hear(said("a"), {"choices": [], "usage": usage}).usage == expected
    assert hear(said("a"), {"choices": [{"delta": {}, "usage": usage}]}).usage == expected


def test_the_last_usage_wins() -> None:
    first = said("a") | {"usage": {"prompt_tokens": 3, "completion_tokens": 1}}
    last = STOP | {"usage": {"prompt_tokens": 3, "completion_tokens": 2}}
    assert hear(first, last, {"choices": [], "usage": None}).usage == Usage(3, 2)


def test_a_cost_beside_the_usage_counts() -> None:
    assert hear({"choices": [], "cost": 0.5}).usage == Usage(cost=Decimal("0.5"))


@pytest.mark.parametrize(
    "error",
    [
        {"error": {"message": "Bad day", "type": "server_error"}},
        {"object": "error", "message": "Bad day", "type": "x", "code": "e"},
        {"error": "Bad day"},
        {"choices": [{"index": 0, "delta": {}, "error": {"message": "Bad day"}}]},
        {
            "error": {"code": "server_error", "message": "Bad day"},
            "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}],
        },
        {"detail": "Bad day"},
    ],
)
def test_an_error_in_the_stream_keeps_the_text_before_it(error: Any) -> None:
    heard = hear(said("par"), said("tial"), error, said("never"), "[DONE]")
    assert heard.text == "partial"
    assert heard.kind is Kind.FAILED_MIDWAY
    assert heard.reply.failure is not None
    assert heard.reply.failure.words == "Bad day"
    assert not heard.reply.complete


def test_text_in_the_same_event_as_an_error_is_kept() -> None:
    assert hear(said("last words") | {"error": {"message": "Bad day"}}).text == "last words"


def test_an_event_named_error_is_one() -> None:
    heard = Heard(b'event: error\ndata: {"message":"Bad day"}\n\n')
    assert heard.reply.failure is not None
    assert heard.reply.failure.words == "Bad day"
    assert Heard(b"event: error\ndata: oh no\n\n").kind is Kind.FAILED_MIDWAY
    field = Heard(b'error: {"code":400,"message":"Bad day"}\n\ndata: [DONE]\n\n')
    assert field.reply.failure is not None
    assert field.reply.failure.words == "Bad day"


def test_an_error_before_any_text_is_told_apart_by_its_code() -> None:
    assert hear({"error": {"message": "Slow down", "code": 429}}).kind is Kind.BUSY
    assert hear({"error": {"message": "x", "code": "insufficient_quota"}}).kind is Kind.NO_BALANCE
    long = {"error": {"message": "This model's maximum context length is 8192 tokens"}}
    assert hear(long).kind is Kind.CONVERSATION_TOO_LONG
    assert hear(said("a"), {"error": {"message": "x", "code": 429}}).kind is Kind.FAILED_MIDWAY


def test_a_finish_reason_that_is_an_error_fails_the_reply() -> None:
    heard = hear(said("a"), {"choices": [{"delta": {}, "finish_reason": "error"}]})
    assert heard.kind is Kind.FAILED_MIDWAY


def test_unreadable_events_are_skipped_until_three_in_a_row() -> None:
    skipped = hear("x", "y", said("a"), "x", "y", STOP)
    assert (skipped.text, skipped.kind, skipped.reply.complete) == ("a", None, True)
    garbled = hear(said("a"), "x", "y", "z", said("b"))
    assert garbled.text == "a"
    assert garbled.kind is Kind.GARBLED


def test_halves_of_a_surrogate_pair_are_joined_across_deltas() -> None:
    heard = Heard(
        b'data: {"choices":[{"delta":{"content":"a\\ud83d"}}]}\n\n'
        b'data: {"choices":[{"delta":{"content":"\\ude00b"}}]}\n\n'
    )
    assert heard.text == "a😀b"


def test_lone_halves_and_nul_are_replaced() -> None:
    heard = Heard(
        b'data: {"choices":[{"delta":{"content":"a\\ud83d"}}]}\n\n'
        b'data: {"choices":[{"delta":{"content":"b\\ude00\\u0000\\ud83d"}}]}\n\n'
    )
    assert heard.text == "a\ufffdb\ufffd\ufffd\ufffd"
    heard.text.encode()


def test_reasoning_and_text_do_not_share_halves() -> None:
    heard = Heard(
        b'data: {"choices":[{"delta":{"reasoning":"\\ud83d"}}]}\n\n'
        b'data: {"choices":[{"delta":{"content":"\\ude00"}}]}\n\n'
    )
    assert (heard.text, heard.reasoning) == ("\ufffd", "\ufffd")


def test_line_separators_inside_the_text_stay() -> None:
    data = '{"choices":[{"delta":{"content":"a\u2028b\u0085c"}}]}'.encode()
    assert Heard(b"data: " + data + b"\n\n").text == "a\u2028b\u0085c"


DOCUMENT = {
    "id": "c1",
    "request_id": "req-9",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Paris.", "reasoning": "hm"},
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 12, "completion_tokens": 8, "total_tokens": 20},
}


@pytest.mark.parametrize("indent", [None, 2])
def test_one_json_document_is_a_reply(indent: int | None) -> None:
    document = json.dumps(DOCUMENT, indent=indent).encode()
    heard = Heard(document[:7], document[7:], content_type="application/json; charset=utf-8")
    assert (heard.text, heard.reasoning, heard.usage) == ("Paris.", "hm", Usage(12, 8))
    assert heard.reply.complete
    assert heard.deltas[0].request_id == "req-9"


def test_a_document_without_finish_reason_is_whole() -> None:
    document = {"choices": [{"message": {"content": "a"}}]}
    assert Heard(json.dumps(document).encode(), content_type="application/json").reply.complete


def test_a_document_in_one_line_is_a_reply_whatever_its_type_says() -> None:
    heard = Heard(json.dumps(DOCUMENT).encode(), content_type="text/event-stream")
    assert heard.text == "Paris."
    assert heard.reply.complete


def test_events_are_read_whatever_their_type_says() -> None:
    for content_type in ("application/json", "text/html", "text/plain; charset=utf-7", ""):
        heard = Heard(stream(said("a"), STOP), content_type=content_type)
        assert heard.text == "a"


def test_json_lines_are_events() -> None:
    lines = b"".join(json.dumps(value).encode() + b"\n" for value in (said("a"), said("b"), STOP))
    for content_type in ("application/x-ndjson", "application/json"):
        heard = Heard(lines, content_type=content_type)
        assert heard.text == "ab"
        assert heard.reply.complete


def test_a_whole_message_after_its_deltas_is_not_said_twice() -> None:
    assert hear(said("Paris."), DOCUMENT).text == "Paris."


def test_a_document_that_is_an_error_fails() -> None:
    heard = Heard(b'{"error":{"message":"Bad day"}}', content_type="application/json")
    assert heard.kind is Kind.FAILED_MIDWAY


@pytest.mark.parametrize("page", [b"<html>", b"\xef\xbb\xbf\n <!DOCTYPE html>", b"Hi", b"dating"])
@pytest.mark.parametrize("content_type", ["application/json", "text/html", "text/event-stream"])
def test_what_is_no_reply_is_not_the_api(page: bytes, content_type: str) -> None:
    assert Heard(page, content_type=content_type).kind is Kind.NOT_THE_API


def test_json_that_is_no_reply_is_not_the_api() -> None:
    assert Heard(b'{"hello":1}', content_type="application/json").kind is Kind.NOT_THE_API


@pytest.mark.parametrize("nothing", [b"", b"\n", b": hello\n\n", b"data:\n\n", b"data: [DO", b"da"])
def test_nothing_is_no_failure_of_its_own(nothing: bytes) -> None:
    heard = Heard(nothing)
    assert heard.deltas == []
    assert heard.kind is None


def test_an_event_too_large_fails_after_the_text_before_it() -> None:
    heard = Heard(stream(said("a")) + b"data: ", *[b"x" * 2**20] * 17)
    assert heard.text == "a"
    assert heard.kind is Kind.TOO_LARGE


def test_a_reply_too_large_fails() -> None:
    heard = Heard(stream(said("a")), *[b": " + b"x" * 2**20 + b"\n"] * 65)
    assert heard.text == "a"
    assert heard.kind is Kind.TOO_LARGE


def test_secrets_the_service_echoes_are_struck_out() -> None:
    heard = hear({"error": {"message": "Bad key sk-secret here", "code": "sk-secret"}})
    assert heard.reply.failure is not None
    assert heard.reply.failure.words == "Bad key … here"
    assert "sk-secret" not in repr(heard.reply.failure)


def test_a_reply_of_reasoning_only_that_was_cut_at_its_length() -> None:
    heard = hear(said(None, reasoning="hm"), {"choices": [{"finish_reason": "length"}]})
    assert (heard.text, heard.reasoning) == ("", "hm")
    assert heard.reply.complete


FIELDS = [
    *("choices", "delta", "message", "content", "text", "type", "reasoning", "reasoning_details"),
    *("error", "detail", "loc", "msg", "metadata", "raw", "param", "code", "object", "id"),
    *("usage", "prompt_tokens", "cost", "index", "finish_reason"),
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(FIELDS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(st.lists(VALUES, max_size=5), st.integers(1, 7))
def test_no_json_whatever_is_a_bug(values: list[Any], size: int) -> None:
    data = stream(*(json.dumps(value) for value in values))
    heard = Heard(*(data[i : i + size] for i in range(0, len(data), size)))
    assert all(isinstance(delta, Delta) for delta in heard.deltas)
    heard.text.encode()
    Heard(json.dumps(values).encode(), content_type="application/json")
    Heard(json.dumps(values[:1]).encode()[1:-1], content_type="application/json")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.binary(max_size=30), max_size=6))
def test_no_bytes_whatever_are_a_bug(chunks: list[bytes]) -> None:
    Heard(*chunks)
    Heard(*chunks, content_type="application/json")


@pytest.mark.parametrize(
    ("parts", "text", "reasoning"),
    [
        (["<thi", "nk>a", "b</th", "ink>", "\n\nanswer"], "answer", "ab"),
        (["<think>ab"], "", "ab"),
        (["<thi", "s is"], "<this is", ""),
        (["<think"], "<think", ""),
        (["answer <think>a</think>"], "answer <think>a</think>", ""),
        (["a</think>b"], "a</think>b", ""),
        (["<think>\ud83d", "\ude00</think>\ud83d"], "\ufffd", "😀"),
    ],
)
def test_thoughts_in_tags_at_the_beginning_are_reasoning(
    parts: list[str], text: str, reasoning: str
) -> None:
    heard = hear(*map(said, parts), STOP, "[DONE]")
    assert (heard.text, heard.reasoning) == (text, reasoning)


def test_thoughts_in_tags_of_a_document_are_reasoning() -> None:
    document = {"choices": [{"message": {"content": "<think>hm</think>\n\nParis."}}]}
    heard = Heard(json.dumps(document).encode(), content_type="application/json")
    assert (heard.text, heard.reasoning) == ("Paris.", "hm")


def test_thoughts_may_come_by_field_and_in_tags() -> None:
    heard = hear(said(None, reasoning="a"), said("<think>b</think>c"), STOP)
    assert (heard.text, heard.reasoning) == ("c", "ab")


@pytest.mark.parametrize("held", ["<thi", "\ud83d", " \n"])
def test_what_was_held_back_comes_out_before_an_error(held: str) -> None:
    heard = hear(said(held), {"error": {"message": "Slow down", "code": 429}})
    assert heard.text == held.replace("\ud83d", "\ufffd")
    assert heard.reply.spoke
    assert heard.kind is Kind.FAILED_MIDWAY


def test_tags_around_nothing_are_no_reply() -> None:
    heard = hear(said("<think>\n\n</think>\n\n"), "[DONE]")
    assert heard.deltas == []
    assert not heard.reply.spoke


CALLS: list[dict[str, Any]] = [
    {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": '{"a":'}}]},
    {"tool_calls": [{"function": {"name": "f", "arguments": {"a": 1}}}]},
    {"tool_calls": [{"index": "0", "function": None}]},
    {"tool_calls": [None, "f"]},
    {"tool_calls": "f()"},
    {"tool_calls": {"name": "f"}},
    {"function_call": {"name": "f", "arguments": "{}"}},
    {"function_call": "f"},
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("reason", ["stop", "end_turn", "tool_calls"])
def test_a_reply_of_tool_calls_ends_with_them(call: dict[str, Any], reason: str) -> None:
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}
    heard = hear(said(None, **call), said(None, **call), end, "[DONE]")
    assert [delta.finish_reason for delta in heard.deltas] == ["tool_calls"]
    assert heard.reply.called
    assert heard.kind is None


@pytest.mark.parametrize("call", CALLS)
def test_tool_calls_without_a_finish_reason_are_told_once_at_the_end(call: dict[str, Any]) -> None:
    heard = hear(said(None, **call), "[DONE]", "[DONE]")
    assert heard.deltas == [Delta(finish_reason="tool_calls")]
    assert heard.reply.finished
    document = {"choices": [{"message": {"content": None} | call}]}
    whole = Heard(json.dumps(document).encode(), content_type="application/json")
    assert whole.deltas == [Delta(finish_reason="tool_calls")]
    assert whole.reply.complete


def test_tool_calls_in_the_event_that_ends_the_reply_are_noted() -> None:
    last = {"choices": [{"delta": {"tool_calls": [{"id": "c"}]}, "finish_reason": "stop"}]}
    assert hear(said("a"), last).deltas[-1].finish_reason == "tool_calls"


@pytest.mark.parametrize("none", [None, [], {}, "", [None], 0])
def test_no_tool_calls_are_none(none: Any) -> None:
    heard = hear(said("a", tool_calls=none, function_call=none), STOP)
    assert heard.deltas[-1].finish_reason == "stop"
    assert not heard.reply.called


@pytest.mark.parametrize("reason", ["length", "content_filter", "eos_token", "x" * 500])
def test_other_finish_reasons_are_told_as_they_are(reason: str) -> None:
    end = {"choices": [{"delta": {}, "finish_reason": reason}]}
    assert hear(said("a", tool_calls=[{"id": "c"}]), end).deltas[-1].finish_reason == reason[:64]


@pytest.mark.parametrize(
    "error",
    [
        {"message": "Bad day", "type": "Bad Request", "code": 400},
        {"message": "Bad day", "code": "503"},
        {"message": "Bad day", "type": "server_error"},
        {"type": "error", "message": "Bad day"},
        {"status": "error", "msg": "Bad day"},
        {"errors": [{"message": "Bad day"}]},
        {"detail": [{"loc": [], "msg": "Bad day", "type": "x"}]},
        {"error": {"message": "Bad day", "type": "None", "param": "None", "code": "None"}},
        {"error": [{"message": "Bad day"}]},
    ],
)
def test_an_error_is_one_in_any_shape_anywhere(error: Any) -> None:
    assert hear(said("a"), error).kind is Kind.FAILED_MIDWAY
    first = hear(error)
    assert first.reply.failure is not None
    whole = Heard(json.dumps(error, indent=1).encode(), content_type="application/json")
    assert whole.reply.failure is not None
    assert "Bad day" in first.reply.failure.words
    assert "Bad day" in whole.reply.failure.words
    assert not whole.reply.complete


@pytest.mark.parametrize(
    "event",
    [
        {"type": "ping"},
        {"message": "Processing", "type": "status", "code": 200},
        {"message": {"role": "assistant"}, "type": "error_free"},
        {"error": None},
        {"error": {}},
        {"detail": ""},
        {"code": 500},
    ],
)
def test_what_only_looks_like_an_error_is_passed_over(event: Any) -> None:
    heard = hear(event, said("a"), event, STOP)
    assert (heard.text, heard.kind) == ("a", None)


def test_the_index_may_be_a_string_or_come_out_of_order() -> None:
    ours = {"index": "0", "delta": {"content": "a"}}
    assert hear({"choices": [{"index": 1, "delta": {"content": "b"}}, ours]}, STOP).text == "a"


def test_a_service_of_the_old_kind_is_heard_to_its_end() -> None:
    parts = [{"choices": [{"index": 0, "text": text, "finish_reason": None}]} for text in "abc"]
    assert hear(*parts, STOP).text == "abc"
    assert hear(said("a"), *parts, STOP).text == "a"


def test_parts_in_lists_are_read_in_their_order() -> None:
    parts = [{"text": "a"}, {"type": "reasoning.text", "text": "b"}, "c", {"summary": ["d", None]}]
    assert hear(said(None, reasoning_details=parts), STOP).reasoning == "abcd"
    assert hear(said([{"type": "text", "text": str(i % 10)} for i in range(3000)])).text[-1] == "9"


@pytest.mark.parametrize("depth", [10, 500, 900, 990])
@pytest.mark.parametrize(
    "shape",
    [
        '{"choices":[{"delta":{"content":%s"a"%s}}]}',
        '{"choices":[{"delta":{"reasoning_details":%s"a"%s}}]}',
        '{"choices":[{"delta":{"tool_calls":%s"a"%s}}]}',
        '{"choices":%s"a"%s}',
        '{"error":%s"a"%s}',
        '{"detail":%s"a"%s}',
        '{"usage":%s"a"%s}',
    ],
)
def test_deep_nesting_is_no_bug(shape: str, depth: int) -> None:
    nested = shape % ("[" * depth, "]" * depth)
    mapped = shape % ('{"text":' * depth, "}" * depth)
    heard = hear(nested, mapped)
    assert heard.reply.failure is None or heard.kind is Kind.FAILED_MIDWAY


UNREADABLE = [
    b"[" * 100_000,
    b'{"choices":' * 100_000,
    b'{"usage":{"prompt_tokens":' + b"9" * 5000 + b"}}",
    *(b"{", b'{"choices":[', b"undefined", b'"\xff', b"\x00"),
]


@pytest.mark.parametrize("data", UNREADABLE, ids=range(len(UNREADABLE)))
def test_an_event_that_is_no_json_is_passed_over_and_three_in_a_row_end_it(data: bytes) -> None:
    before, after, bad = stream(said("a")), stream(said("b"), STOP), b"data: " + data + b"\n\n"
    passed = Heard(before + bad * 2 + after)
    assert (passed.text, passed.kind) == ("ab", None)
    assert passed.reply.complete
    garbled = Heard(before + bad * 3 + after)
    assert (garbled.text, garbled.kind) == ("a", Kind.GARBLED)
    assert not garbled.reply.complete


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_numbers_json_does_not_have_cost_no_text(number: str) -> None:
    event = '{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":%s,"cost":%s}}'
    heard = hear(event % (number, number), said("b"), STOP)
    assert (heard.text, heard.kind) == ("ab", None)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1e-999", "1" * 400, "1e999999999999999999"])
def test_numbers_beyond_measure_cost_no_text(number: str) -> None:
    event = '{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":%s,"cost":%s}}'
    heard = hear(event % (number, number), said("b"), STOP)
    assert heard.text in ("ab", "b")
    assert heard.kind is None


def test_a_cost_of_many_digits_is_rounded() -> None:
    usage = hear('{"choices":[],"usage":{"cost":0.%s}}' % ("1" * 3000)).usage
    assert usage is not None
    assert usage.cost is not None
    assert len(str(usage.cost)) < 40


def test_of_duplicate_keys_the_last_counts() -> None:
    assert hear('{"choices":[],"choices":[{"delta":{"content":"a","content":"b"}}]}').text == "b"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a\u2028b\u2029c\x85d\x0be\x0cf\x1cg".encode(), "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg"),
        (b"a\x00b", "a\ufffdb"),
        (b"a\xff\xfe\xc3b", "a\ufffd\ufffd\ufffdb"),
        (b"\xc0\xaf", "\ufffd\ufffd"),
        (b"\\ud800", "\ufffd"),
        ("\ufffd😀".encode(), "\ufffd😀"),
    ],
)
@pytest.mark.parametrize("charset", ["", "; charset=utf-16", "; charset=utf-7", "; charset=latin1"])
def test_text_is_utf_8_whatever_the_header_says_and_every_byte_leaves_a_mark(
    raw: bytes, text: str, charset: str
) -> None:
    event = b'data: {"choices":[{"delta":{"content":"' + raw + b'"}}]}\n\n'
    assert Heard(event, content_type="text/event-stream" + charset).text == text


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (b": OPENROUTER PROCESSING\n\n" * 10_000, ""),
        (b"event: ping\ndata: {}\n\n" * 100, ""),
        (b"id: 1\nretry: 999999999999\n\n", ""),
        (b"\xef\xbb\xbf", ""),
        (b"data:\n\ndata\n\ndata: \n\n", ""),
        (b'data: {"choices":\ndata: [{"delta":{"content":"b"}}]}\n\n', "b"),
        (b'{"choices":[{"delta":{"content":"b"}}]}\n', "b"),
    ],
)
def test_what_may_stand_around_events_disturbs_none(lines: bytes, text: str) -> None:
    heard = Heard(lines + stream(said("a"), STOP) + b"data:[DONE]   ")
    assert (heard.text, heard.kind, heard.reply.done) == (text + "a", None, True)


def test_a_document_of_many_lines_is_a_reply_whatever_its_type_says() -> None:
    document = b"\r\n " + json.dumps(DOCUMENT, indent=1).encode()
    for content_type in ("text/event-stream", "text/plain", ""):
        heard = Heard(document[:9], document[9:], content_type=content_type)
        assert (heard.text, heard.reasoning) == ("Paris.", "hm")
        assert heard.reply.complete


def test_json_lines_are_heard_while_they_come() -> None:
    reply = Reply()
    body = Body(reply)
    body.begin("application/x-ndjson")
    assert body.feed(json.dumps(said("a")).encode()) == []
    assert [delta.text for delta in body.feed(b"\n")] == ["a"]


@pytest.mark.parametrize("content_type", ["application/json", "text/event-stream"])
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_one_event_of_a_stream_that_was_cut_is_no_whole_document(
    content_type: str, end: bytes
) -> None:
    heard = Heard(json.dumps(said("a")).encode() + end, content_type=content_type)
    assert (heard.text, heard.kind) == ("a", None)
    assert not heard.reply.complete


def test_an_error_in_a_list_is_one() -> None:
    error = b'[{"error":{"code":429,"message":"Slow down","status":"X"}}]'
    assert Heard(error, content_type="application/json").kind is Kind.BUSY


def test_a_document_without_choices_that_is_a_reply_has_said_nothing() -> None:
    nothing: list[Any] = [None, []]
    for choices in nothing:
        heard = Heard(json.dumps({"choices": choices}).encode(), content_type="application/json")
        assert (heard.deltas, heard.kind, heard.reply.complete) == ([], None, False)


def test_a_document_too_large_in_one_line_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EVENT_BYTES", 1000)
    cut = b'{"choices":"' + b"x" * 2000
    assert Heard(cut, content_type="application/json").kind is Kind.TOO_LARGE
    assert Heard(*[b"{"] * 2000).kind is Kind.TOO_LARGE


@pytest.mark.parametrize("end", [STOP, "[DONE]"])
def test_a_flood_after_the_end_does_not_undo_it(end: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EVENT_BYTES", 1000)
    monkeypatch.setattr(limits, "REPLY_BYTES", 3000)
    for flood in (
        [b"x" * 5000],
        [b"data: x\n\n"] * 1000,
        [b":\n" * 100] * 100,
        [b"data: z\n\n" * 9],
    ):
        heard = Heard(stream(said("a"), end), *flood)
        assert (heard.text, heard.kind) == ("a", None)
        assert heard.reply.complete


@pytest.mark.parametrize(
    "flood",
    [b"x" * 4096, b"data: x\n", b": x\n", b"\n\n\n\n", b"xy", b"data: xy\n", b"{"],
    ids=["a line", "an event", "comments", "blank lines", "a line in bits", "lines", "braces"],
)
@pytest.mark.parametrize("content_type", ["text/event-stream", "application/json"])
def test_an_endless_body_ends_at_its_limit_in_little_memory(
    flood: bytes, content_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "EVENT_BYTES", 2**18)
    monkeypatch.setattr(limits, "REPLY_BYTES", 2**19)
    reply = Reply()
    body = Body(reply)
    body.begin(content_type)
    body.feed(stream(said("a")))
    tracemalloc.start()
    try:
        while reply.failure is None:
            body.feed(flood)
        body.finish()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert reply.failure.kind is Kind.TOO_LARGE
    assert peak < 2**20 * 1.5


def test_empty_events_take_linear_time_and_no_memory() -> None:
    def seconds(count: int) -> float:
        body = Body(Reply())
        started = time.perf_counter()
        for _ in range(count // 1000):
            body.feed(b"data:\n\n" * 1000)
        body.feed(stream(said("a"), STOP))
        return time.perf_counter() - started

    small = min(seconds(25_000) for _ in range(3))
    assert seconds(200_000) < small * 8 * 3 + 0.05
    body = Body(Reply())
    tracemalloc.start()
    try:
        for _ in range(200):
            body.feed(b"data:\n\n" * 1000)
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held < 2**16


def test_a_line_without_an_end_is_given_up_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EVENT_BYTES", 1000)
    for first in (b"{", b"data: "):
        reply = Reply()
        body = Body(reply)
        body.feed(first)
        body.feed(b"x" * 900)
        assert reply.failure is None
        body.feed(b"x" * 200)
        assert reply.failure is not None

"""Error answers of every shape → what went wrong."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.refusal import Complaint, failure_of, read_complaint, retry_after_s
from app.chat.failure import Failure, Kind

SENT = frozenset({"temperature", "max_tokens", "stop", "stream_options", "reasoning_effort"})
NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


def error(message: str, **others: Any) -> dict[str, Any]:
    return {"error": {"message": message} | others}


PAGE = b"<!DOCTYPE html><html><head><title>A timeout\n occurred</title></head><body>x</body></html>"


def complaint(body: Any) -> Complaint:
    return read_complaint(body if isinstance(body, bytes) else json.dumps(body).encode())


def failure(status: int, body: Any, about_model: bool = False) -> Failure:
    return failure_of(complaint(body), status, "host", SENT, about_model)


@pytest.mark.parametrize(
    ("body", "words", "code"),
    [
        (error("Bad", type="t", code="c", param=None), "Bad", "c"),
        (error("Bad", type="t", code=None), "Bad", "t"),
        (
            error("Bad", type="None", param="None", code="503"),
            "Bad",
            "503",
        ),
        (error("Bad", code=429), "Bad", "429"),
        ({"error": "Bad"}, "Bad", ""),
        ({"error": {"message": {"message": "Bad"}}}, "Bad", ""),
        (error('{"error":{"message":"Bad"}}'), "Bad", ""),
        ({"object": "error", "message": "Bad", "type": "t", "code": 400}, "Bad", "400"),
        ({"detail": "Bad"}, "Bad", ""),
        ({"detail": {"message": "Bad", "code": "c"}}, "Bad", "c"),
        (
            {"detail": [{"loc": ["body", "messages", 0], "msg": "Required", "type": "missing"}]},
            "body.messages.0: Required",
            "missing",
        ),
        ({"errors": [{"message": "Bad", "code": "c"}]}, "Bad", "c"),
        ({"message": "Bad", "type": "Bad Request", "code": 400}, "Bad", "400"),
        ({"msg": "Bad"}, "Bad", ""),
        (
            {"error": {"message": "Provider returned error", "metadata": {"raw": "too hot"}}},
            "Provider returned error (too hot)",
            "",
        ),
        (
            {"error": {"message": "Provider returned error", "metadata": {"raw": '{"a":1}'}}},
            "Provider returned error",
            "",
        ),
        (PAGE, "A timeout occurred", ""),
        (b"plain\ntext", "plain text", ""),
        (b"", "", ""),
        (b"[]", "", ""),
        (b"null", "", ""),
        (b'{"error":null}', "", ""),
        (b"\xff\xfe", "", ""),
        (b"<?xml version='1.0'?><Error/>", "", ""),
    ],
)
def test_every_shape_of_error_is_read(body: Any, words: str, code: str) -> None:
    read = complaint(body)
    assert read.words.replace("\ufffd", "").strip() == words
    assert read.code == code


def test_request_ids_are_kept_in_order() -> None:
    body = {"error": {"message": "x"}, "request_id": "req-123", "inference_id": "inf-123"}
    assert complaint(body).request_ids == ("req-123", "inf-123")


def test_words_are_short_plain_and_without_secrets() -> None:
    said = "<h1>Update</h1> \x1b]52;c;\x07 sk-secret \u202e" + "x" * 100_000
    read = read_complaint(json.dumps({"error": {"message": said}}).encode(), ("sk-secret", ""))
    assert read.words.startswith("<h1>Update</h1> ]52;c; … xxx")
    assert len(read.words) == 500


def test_a_secret_is_struck_out_of_every_field() -> None:
    body = {"error": {"message": "sk-s", "code": "sk-s", "param": "sk-s"}, "request_id": "a sk-s"}
    for content in (json.dumps(body).encode(), b"sk-s", b"<html><title>sk-s</title>"):
        found = failure_of(read_complaint(content, ("sk-s",)), 400, "host", SENT)
        assert "sk-s" not in repr(found)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, error("no"), Kind.REQUEST_REFUSED),
        (400, error("no such", code="model_not_found"), Kind.MODEL_GONE),
        (401, error("Invalid API key"), Kind.KEY_REFUSED),
        (401, b"", Kind.KEY_REFUSED),
        (402, {"error": {"code": "insufficient_funds"}}, Kind.NO_BALANCE),
        (403, error("no"), Kind.FORBIDDEN),
        (403, PAGE, Kind.BLOCKED),
        (
            404,
            error("Model not found", code="not_found_error"),
            Kind.MODEL_GONE,
        ),
        (404, error("The model 'x' does not exist"), Kind.MODEL_GONE),
        (404, {"detail": "Not Found"}, Kind.WRONG_ADDRESS),
        (404, PAGE, Kind.WRONG_ADDRESS),
        (404, b"404 page not found", Kind.WRONG_ADDRESS),
        (404, b"", Kind.WRONG_ADDRESS),
        (405, {"detail": "Method Not Allowed"}, Kind.WRONG_ADDRESS),
        (408, {}, Kind.TIMED_OUT),
        (409, {}, Kind.BUSY),
        (413, PAGE, Kind.REQUEST_TOO_LARGE),
        (418, {}, Kind.REQUEST_REFUSED),
        (422, {"detail": [{"loc": ["body", "messages", 1], "msg": "x"}]}, Kind.REQUEST_REFUSED),
        (429, error("Too many requests"), Kind.BUSY),
        (429, {"error": {"code": "insufficient_quota"}}, Kind.NO_BALANCE),
        (429, {"error": {"code": "project_spend_limit_exceeded"}}, Kind.NO_BALANCE),
        (429, {"error": {"code": "billing_hard_limit_reached"}}, Kind.NO_BALANCE),
        (429, error("x", type="insufficient_quota", code="rate"), Kind.BUSY),
        (500, error("oops"), Kind.SERVICE_FAULT),
        (502, PAGE, Kind.UNAVAILABLE),
        (503, {}, Kind.UNAVAILABLE),
        (504, {}, Kind.TIMED_OUT),
        (520, PAGE, Kind.UNAVAILABLE),
        (524, PAGE, Kind.TIMED_OUT),
        (529, {"error": {"type": "overloaded_error"}}, Kind.UNAVAILABLE),
    ],
)
def test_a_status_is_told_by_its_body(status: int, body: Any, kind: Kind) -> None:
    found = failure(status, body)
    assert (found.kind, found.status, found.host) == (kind, status, "host")


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_question_about_one_model_is_answered_with_gone(status: int) -> None:
    assert failure(status, error("no"), True).kind is Kind.MODEL_GONE


@pytest.mark.parametrize(
    ("status", "body", "parameter"),
    [
        (400, {"message": "Validation: Unsupported parameter(s): `temperature`"}, "temperature"),
        (400, {"message": "Validation: Unsupported parameter(s): foo, 'stop'"}, "stop"),
        (
            400,
            {
                "error": {
                    "message": "Unsupported parameter: 'max_tokens' is not supported with this "
                    "model. Use 'max_completion_tokens' instead.",
                    "param": "max_tokens",
                }
            },
            "max_tokens",
        ),
        (
            400,
            error("Unsupported value: 'temperature' does not support"),
            "temperature",
        ),
        (400, error("Unrecognized request argument supplied: stop"), "stop"),
        (
            400,
            error('reasoning_effort: Invalid option: expected "max"'),
            "reasoning_effort",
        ),
        (
            400,
            error("Reasoning is mandatory for this endpoint"),
            "reasoning_effort",
        ),
        (422, {"detail": [{"loc": ["body", "temperature"], "msg": "too hot"}]}, "temperature"),
        (500, error("Unsupported parameter(s): stream_options"), "stream_options"),
    ],
)
def test_a_refused_parameter_is_named(status: int, body: Any, parameter: str) -> None:
    found = failure(status, body)
    assert (found.kind, found.parameter) == (Kind.PARAMETER_REFUSED, parameter)


@pytest.mark.parametrize(
    "body",
    [
        {"message": "Validation: Unsupported parameter(s): enable_thinking"},
        error("Cannot parse your request: {temperature: 1, max_tokens: 3}"),
        error("Invalid model", param="model"),
    ],
)
def test_what_was_not_sent_or_only_echoed_is_not_blamed(body: Any) -> None:
    found = failure(400, body)
    assert (found.kind, found.parameter) == (Kind.REQUEST_REFUSED, "")


@pytest.mark.parametrize(
    ("words", "window"),
    [
        ("This model's maximum context length is 8192 tokens. However, you asked", 8192),
        (
            "This model configuration accepts at most 1048576 combined input and output tokens. "
            "However, your request has 1017457 input tokens and asks for 32000 output tokens",
            1048576,
        ),
        ("maximum prompt length is 4096", 4096),
        ("too large for model with 32768 maximum context length", 32768),
        ("prompt is too long: 210000 tokens", None),
        ("Input token count (5) exceeds the maximum", None),
        ("Please reduce the length of the messages", None),
        ("The request exceeds the available context size", None),
    ],
)
def test_a_conversation_too_long_is_told_with_its_window(words: str, window: int | None) -> None:
    found = failure(400, {"error": {"message": words, "param": "max_tokens"}})
    assert (found.kind, found.window) == (Kind.CONVERSATION_TOO_LONG, window)


def test_a_code_tells_a_conversation_too_long() -> None:
    body = error("no", code="context_length_exceeded")
    assert failure(400, body).kind is Kind.CONVERSATION_TOO_LONG


def test_a_rate_limit_in_tokens_is_no_long_conversation() -> None:
    body = error("Rate limit: too many tokens per minute")
    assert failure(429, body).kind is Kind.BUSY
    assert failure(400, body).kind is Kind.REQUEST_REFUSED


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "3600"}, 3600),
        ({"retry-after": "Thu, 01 Jan 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after-ms": "nan", "retry-after": "7"}, 7),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, NOW) == seconds


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=200), st.integers(300, 599))
def test_no_body_whatever_is_a_bug(body: bytes, status: int) -> None:
    found = failure_of(read_complaint(body), status, "host", SENT)
    assert len(found.words) <= 500


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40), st.text(max_size=20))
def test_no_header_whatever_is_a_bug(seconds: str, milliseconds: str) -> None:
    waited = retry_after_s({"retry-after": seconds, "retry-after-ms": milliseconds}, NOW)
    assert waited is None or waited >= 0

"""Error answers of every shape → what went wrong."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.refusal import Complaint, failure_of, may_retry, read_complaint, retry_after_s
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
        (
            error("Provider error", metadata={"raw": '{"error":{"message":"too hot"}}'}),
            "Provider error (too hot)",
            "",
        ),
        (error("Bad", metadata={"raw": {"message": "too hot"}}), "Bad (too hot)", ""),
        (error("Bad", metadata={"raw": "Bad"}), "Bad", ""),
        (error("Bad", metadata={"raw": '{"error":{"message":"too h'}), "Bad (too h)", ""),
        (error("Bad", metadata={"raw": PAGE.decode()}), "Bad (A timeout occurred)", ""),
        (error("", metadata={"raw": "too hot"}), "too hot", ""),
        (error("Bad", metadata="none"), "Bad", ""),
        (error("Bad", type="None", param="None", code="None"), "Bad", ""),
        (error("Bad", type="api_error", param=None, code=None), "Bad", "api_error"),
        (error("Bad", type={"a": 1}, code=[1]), "Bad", ""),
        (error("Bad", code=True), "Bad", ""),
        (error('litellm: {"error":{"message":"Bad"}} again'), "litellm: Bad again", ""),
        (error('said {"a":{"b":1}} here'), "said … here", ""),
        (error('[{"error":{"message":"Bad"}}]'), "Bad", ""),
        (error("Upstream: " + PAGE.decode()), "Upstream: A timeout occurred", ""),
        (error('{"error":{"message":"{\\"message\\":1}"}}'), "", ""),
        (error("[Errno 5] Bad"), "[Errno 5] Bad", ""),
        (error('expected one of ["low","high"]'), 'expected one of ["low","high"]', ""),
        ({"error": {"message": ["Bad", "worse"]}}, "Bad; worse", ""),
        ({"error": {"message": 7}}, "", ""),
        ({"error": "Bad Request", "message": "Bad", "statusCode": 400}, "Bad", ""),
        ({"error": True, "message": "Bad"}, "Bad", ""),
        ({"detail": ["Bad"]}, "Bad", ""),
        ({"detail": []}, "", ""),
        ({"errors": ["Bad"]}, "Bad", ""),
        ([{"error": {"message": "Bad", "code": 400}}], "Bad", "400"),
        ("Bad", "Bad", ""),
        (7, "", ""),
        (b'{"error":{"code":400,"message":"B\\u0061d \\"x\\" and so', 'Bad "x" and so', ""),
        (b'{"error":{"message":"Bad\\u00', "Bad00", ""),
        (b'{"error":{"code":40', "", ""),
        (b"\xef\xbb\xbf" + b'{"error":"Bad"}', "Bad", ""),
        (b"<h1>403 Forbidden</h1>", "", ""),
        (b"\n <html><head><title lang='en'>A &amp; B</title>", "A & B", ""),
        (b"<!-- x --><html><title>A</title>", "A", ""),
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
    "shown",
    [
        "sk-S3cret/Key+42",
        "SK-S3CRET/KEY+42",
        "sk-S3cret%2FKey%2B42",
        "sk-s3cret%2fkey%2b42",
        *(
            base64.b64encode(before + b"sk-S3cret/Key+42" + after).decode()
            for before in (b"", b"x", b"xy")
            for after in (b"", b"x", b"xy")
        ),
    ],
)
def test_a_secret_is_struck_out_in_every_dress(shown: str) -> None:
    body = json.dumps({"error": {"message": f"Key {shown} is wrong"}}).encode()
    said = read_complaint(body, ("sk-S3cret/Key+42",)).words
    assert said.startswith("Key ")
    assert "…" in said
    for start in range(2, len(shown) - 10):
        assert shown[start : start + 8].lower() not in said.lower()


def test_words_of_a_body_larger_than_is_read_are_kept() -> None:
    body = json.dumps({"error": {"message": "Update now! " * 10_000}}).encode()[: 64 * 2**10]
    said = read_complaint(body).words
    assert said.startswith("Update now! Update now!")
    assert len(said) <= 500


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
        (404, error("Not Found"), Kind.WRONG_ADDRESS),
        (404, error("Not Found", code="not_found_error"), Kind.MODEL_GONE),
        (404, error("", code="model_not_found"), Kind.MODEL_GONE),
        (404, error("Invalid URL (POST /v1/v1/chat/completions)"), Kind.WRONG_ADDRESS),
        (404, error("Unexpected endpoint or method. (POST /x)"), Kind.WRONG_ADDRESS),
        (404, {"message": "no Route matched with those values"}, Kind.WRONG_ADDRESS),
        (404, {"error": "model 'x' not found"}, Kind.MODEL_GONE),
        (405, {"detail": "Method Not Allowed"}, Kind.WRONG_ADDRESS),
        (408, {}, Kind.TIMED_OUT),
        (409, {}, Kind.BUSY),
        (413, PAGE, Kind.REQUEST_TOO_LARGE),
        (413, error("too big", type="request_too_large"), Kind.REQUEST_TOO_LARGE),
        (413, b"", Kind.CONVERSATION_TOO_LONG),
        (400, b"", Kind.CONVERSATION_TOO_LONG),
        (400, {}, Kind.REQUEST_REFUSED),
        (415, error("Unsupported media type"), Kind.REQUEST_REFUSED),
        (418, {}, Kind.REQUEST_REFUSED),
        (422, {"detail": [{"loc": ["body", "messages", 1], "msg": "x"}]}, Kind.REQUEST_REFUSED),
        (429, error("Too many requests"), Kind.BUSY),
        (429, {"error": {"code": "insufficient_quota"}}, Kind.NO_BALANCE),
        (429, {"error": {"code": "project_spend_limit_exceeded"}}, Kind.NO_BALANCE),
        (429, {"error": {"code": "billing_hard_limit_reached"}}, Kind.NO_BALANCE),
        (429, {"error": {"code": "credit_balance_exhausted"}}, Kind.NO_BALANCE),
        (429, {"error": {"type": "insufficient_quota", "code": None}}, Kind.NO_BALANCE),
        (403, {"error": {"code": "insufficient_funds"}}, Kind.NO_BALANCE),
        (402, PAGE, Kind.NO_BALANCE),
        (429, error("x", type="insufficient_quota", code="rate"), Kind.BUSY),
        (425, {}, Kind.BUSY),
        (429, PAGE, Kind.BUSY),
        (500, error("oops"), Kind.SERVICE_FAULT),
        (502, PAGE, Kind.UNAVAILABLE),
        (501, {}, Kind.UNAVAILABLE),
        (503, {}, Kind.UNAVAILABLE),
        (511, PAGE, Kind.NOT_THE_API),
        *((status, PAGE, Kind.UNAVAILABLE) for status in (521, 522, 523, 525, 526, 527, 530)),
        (524, {"error": {"code": 524, "type": "cf_gateway_timeout"}}, Kind.TIMED_OUT),
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
        (400, {"message": 'Validation: Unsupported parameter(s): "stop", foo'}, "stop"),
        (400, error("Unrecognized request arguments supplied: foo, stop"), "stop"),
        (
            400,
            error(
                "Unsupported value: 'temperature' does not support 0.16 with this model. "
                "Only the default (1) value is supported.",
                param="temperature",
                code="unsupported_value",
            ),
            "temperature",
        ),
        (400, error("Unknown parameter: 'stop'.", code="unknown_parameter"), "stop"),
        (400, error("`temperature` is deprecated for this model."), "temperature"),
        (400, error("temperature is not supported with this model"), "temperature"),
        (400, error("temperature: Extra inputs are not permitted"), "temperature"),
        (400, error("Reasoning is mandatory and cannot be disabled."), "reasoning_effort"),
        (
            422,
            {"detail": [{"loc": ["body", "stop", "list[str]", 0], "msg": "Bad", "type": "x"}]},
            "stop",
        ),
        (
            400,
            error("Provider returned error", metadata={"raw": "Unknown parameter: 'stop'"}),
            "stop",
        ),
    ],
)
def test_a_refused_parameter_is_named(status: int, body: Any, parameter: str) -> None:
    found = failure(status, body)
    assert (found.kind, found.parameter) == (Kind.PARAMETER_REFUSED, parameter)


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        (
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            "max_completion_tokens",
        ),
        ("Unsupported parameter: max_tokens. Please use `max_new` instead.", "max_new"),
        ("Unsupported parameter: max_tokens. Use max_tokens instead.", ""),
        ("Unsupported parameter: max_tokens.", ""),
    ],
)
def test_the_name_a_parameter_is_wanted_under_is_told(words: str, instead: str) -> None:
    found = failure(400, error(words, param="max_tokens"))
    assert (found.parameter, found.instead) == ("max_tokens", instead)


def test_no_other_refusal_wants_a_parameter_under_another_name() -> None:
    assert failure(400, error("Use 'another' instead.")).instead == ""


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
        ("prompt is too long: 210000 tokens > 200000 maximum", 200000),
        ("the request exceeds the available context size (4096 tokens)", 4096),
        ("This model's maximum context length is 131,072 tokens.", 131072),
        ("This model's maximum context length is 0 tokens.", None),
        ("This model's maximum context length is 99999999999999 tokens.", None),
        (
            "The input token count (1196265) exceeds the maximum number of tokens allowed "
            "(1048575).",
            1048575,
        ),
        ("exceeded model token limit: 131072 (requested: 140000)", 131072),
        ("Your input exceeds the context window of this model", None),
        ("CONTEXT LENGTH EXCEEDED", None),
        ("context_length_exceeded", None),
        ("request_too_large", None),
        ("The prompt is greater than the context length", None),
        ("invalid params, context window exceeds limit", None),
        ("Input is longer than the model's context", None),
        ("Input is longer than the maximum model length", None),
        ("model_context_window_exceeded", None),
        ("too many tokens in the prompt", None),
        ("prompt_too_long", None),
        ("Input token count (5) exceeds the maximum", None),
        ("Please reduce the length of the messages", None),
        ("The request exceeds the available context size", None),
    ],
)
def test_a_conversation_too_long_is_told_with_its_window(words: str, window: int | None) -> None:
    found = failure(400, {"error": {"message": words, "param": "max_tokens"}})
    assert (found.kind, found.window) == (Kind.CONVERSATION_TOO_LONG, window)


@pytest.mark.parametrize("status", [400, 413, 422, 500])
def test_a_conversation_too_long_is_told_under_several_statuses(status: int) -> None:
    assert failure(status, error("prompt is too long")).kind is Kind.CONVERSATION_TOO_LONG


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
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e9"}, 1e9),
        ({"retry-after": " 7 "}, 7),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "Thu, 01 Jan 99999 00:00:00 GMT"}, None),
        ({"retry-after": "Thu, 01 Jan 2026 13:00:30 +0100"}, 30),
        ({"retry-after-ms": "-5", "retry-after": "7"}, 7),
        ({"retry-after-ms": "soon"}, None),
        ({"retry-after-ms": "1500.5"}, 1.5005),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "may"),
    [
        ({}, True),
        ({"x-should-retry": "true"}, True),
        ({"x-should-retry": "false"}, False),
        ({"x-should-retry": " False "}, False),
        ({"x-should-retry": "0"}, True),
    ],
)
def test_a_service_can_ask_not_to_be_asked_again(headers: dict[str, str], may: bool) -> None:
    assert may_retry(headers) is may


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

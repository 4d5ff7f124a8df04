"""Refusals: error answers of every status and shape, web pages and redirects."""

from __future__ import annotations

from tests.helpers.hostile.plays import (
    Behaviour,
    End,
    Repeat,
    closing,
    event,
    head,
    refused,
    streamed,
)
from tests.helpers.hostile.shapes import EATS_MEMORY, FAULT, FOR_EVER, LOGIN, PAGE, facts, failed

_NGINX = (
    b"<html>\r\n<head><title>%b</title></head>\r\n<body><center>nginx</center></body>\r\n</html>"
)
_STRICT = {"message": "Validation: Unsupported parameter(s): `temperature`"}
_POOR = {
    "error": {
        "message": "Insufficient balance (including overdraft). Please add funds to continue.",
        "type": "insufficient_quota",
        "code": "insufficient_funds",
        "param": None,
    },
    "request_id": "req-123",
    "inference_id": "inf-123",
}
_NO_ROOM = {
    "error": {
        "message": "This model configuration accepts at most 1048576 combined input and output "
        "tokens. However, your request has 1017457 input tokens and asks for 32000 output tokens "
        "(1049457 tokens total). Please reduce the input length or requested output length and "
        "try again."
    }
}
_BUSY = {"error": {"message": "Too many requests", "code": "rate_limit_exceeded"}}

_OLD_NAME = (
    "Unsupported parameter: 'max_tokens' is not supported with this model. "
    "Use 'max_completion_tokens' instead."
)

BEHAVIOURS = (
    failed(
        "no-balance",
        "7 F7",
        "no_balance",
        refused("402 Payment Required", _POOR),
        **facts(
            status=402,
            code="insufficient_funds",
            request_ids=("req-123", "inf-123"),
            wallet="team",
            words="Insufficient balance (including overdraft). Please add funds to continue.",
        ),
    ),
    failed(
        "quota",
        "F7",
        "no_balance",
        refused("429 Too Many Requests", {"error": {"message": "x", "code": "insufficient_quota"}}),
        **facts(status=429, wallet="team"),
    ),
    failed(
        "model-gone",
        "8 F7 F14",
        "model_gone",
        refused(
            "404 Not Found", {"error": {"message": "Model not found", "code": "not_found_error"}}
        ),
    ),
    failed("wrong-path", "F7", "wrong_address", refused("404 Not Found", {"detail": "Not Found"})),
    failed(
        "wrong-key",
        "9 F7",
        "key_refused",
        refused(
            "401 Unauthorized",
            {
                "error": {
                    "message": "Invalid API key",
                    "type": "authentication_error",
                    "code": "invalid_api_key",
                }
            },
        ),
    ),
    failed(
        "key-echoed",
        "9",
        "key_refused",
        closing(
            b'{"error":{"message":"Wrong: {key}"}}',
            status="401 Unauthorized",
            kind="application/json",
        ),
        **facts(words="Wrong: …"),
    ),
    failed(
        "forbidden",
        "F7",
        "forbidden",
        refused("403 Forbidden", {"error": {"message": "This key may not"}}),
    ),
    failed(
        "turn-without-content",
        "10 F7",
        "request_refused",
        refused(
            "422 Unprocessable",
            {
                "detail": [
                    {
                        "loc": ["body", "messages", 1, "content"],
                        "msg": "content is required",
                        "type": "value_error",
                    }
                ]
            },
        ),
        **facts(words="body.messages.1.content: content is required"),
    ),
    failed(
        "busy",
        "11 F6 F7",
        "busy",
        refused("429 Too Many Requests", _BUSY, "Retry-After: 7"),
        **facts(retry_after_s=7.0, may_retry=True),
    ),
    failed(
        "busy-for-an-hour",
        "11 F6",
        "busy",
        refused("429 Too Many Requests", _BUSY, "Retry-After: 3600"),
        **facts(retry_after_s=3600.0),
    ),
    failed(
        "busy-soon",
        "11 F6",
        "busy",
        refused("429 Too Many Requests", _BUSY, "Retry-After: soon"),
        **facts(retry_after_s=None),
    ),
    failed(
        "busy-in-milliseconds",
        "11 F6",
        "busy",
        refused("429 Too Many Requests", _BUSY, "Retry-After: 7", "retry-after-ms: 250"),
        **facts(retry_after_s=0.25),
    ),
    failed(
        "busy-until-1970",
        "11 B58 F6",
        "busy",
        refused("429 Too Many Requests", _BUSY, "Retry-After: Thu, 01 Jan 1970 00:00:00 GMT"),
        **facts(retry_after_s=0.0),
    ),
    failed(
        "busy-less-than-nothing",
        "B58 F6",
        "busy",
        refused("429 Too Many Requests", _BUSY, "Retry-After: -1"),
        **facts(retry_after_s=None),
    ),
    failed(
        "busy-for-thirty-years",
        "B58 F6",
        "busy",
        refused("429 Too Many Requests", _BUSY, "Retry-After: 1e9"),
        **facts(retry_after_s=1e9),
    ),
    failed(
        "busy-for-good",
        "F6",
        "busy",
        refused("429 Too Many Requests", _BUSY, "x-should-retry: false"),
        **facts(may_retry=False, retry_after_s=None),
    ),
    failed(
        "parameter-refused",
        "12",
        "parameter_refused",
        refused("400 Bad Request", _STRICT | {"type": "Bad Request", "code": 400}),
        **facts(parameter="temperature"),
        parameters=(("temperature", 0.5),),
        refuses="temperature",
    ),
    Behaviour(
        "parameter-left-out", "12", refused("400 Bad Request", _STRICT), refuses="temperature"
    ),
    failed(
        "parameter-renamed",
        "12",
        "parameter_refused",
        refused(
            "400 Bad Request",
            {
                "error": {
                    "message": _OLD_NAME,
                    "param": "max_tokens",
                    "code": "unsupported_parameter",
                }
            },
        ),
        **facts(parameter="max_tokens", instead="max_completion_tokens"),
        parameters=(("max_tokens", 100),),
        refuses="max_tokens",
    ),
    failed(
        "too-long",
        "13",
        "conversation_too_long",
        refused("400 Bad Request", _NO_ROOM),
        **facts(window=1048576),
    ),
    failed("too-long-for-words", "13", "conversation_too_long", refused("400 Bad Request", b"")),
    failed(
        "too-large",
        "F7",
        "request_too_large",
        refused("413 Too Large", _NGINX % b"413 Request Entity Too Large"),
        **facts(words="413 Request Entity Too Large"),
    ),
    failed("fault", "F7", "service_fault", refused("500 Internal Server Error", {"error": FAULT})),
    failed(
        "bad-gateway",
        "F7",
        "unavailable",
        refused("502 Bad Gateway", _NGINX % b"502 Bad Gateway"),
        **facts(words="502 Bad Gateway"),
    ),
    failed(
        "no-provider",
        "F7",
        "unavailable",
        refused("503 Unavailable", {"error": {"message": "No provider", "code": 503}}),
    ),
    failed(
        "overloaded",
        "F7",
        "unavailable",
        refused("529 Overloaded", {"error": {"type": "overloaded_error", "message": "Overloaded"}}),
    ),
    failed(
        "gateway-page",
        "14",
        "timed_out",
        refused("524 Timeout", PAGE % b"prime | 524: A timeout occurred"),
        **facts(words="prime | 524: A timeout occurred"),
    ),
    failed("login-page", "14 quirk 27 F8 F20 B45", "not_the_api", refused("200 OK", LOGIN)),
    failed("login-page-as-a-stream", "14 quirk 27 F8", "not_the_api", streamed(b"\r\n  ", LOGIN)),
    failed("blocking-page", "14", "blocked", refused("403 Forbidden", PAGE % b"Just a moment...")),
    failed(
        "network-sign-in",
        "F20",
        "not_the_api",
        refused("511 Network Authentication Required", LOGIN),
    ),
    failed(
        "fault-as-a-document",
        "15",
        "failed_midway",
        refused("200 OK", {"error": FAULT}),
        **facts(words="The server had an error"),
    ),
    failed(
        "busy-as-a-document",
        "15",
        "busy",
        refused("200 OK", {"error": {"message": "x", "code": 429}}),
    ),
    failed(
        "no-balance-as-a-document",
        "15",
        "no_balance",
        refused("200 OK", _POOR),
        **facts(code="insufficient_funds", wallet="team"),
    ),
    failed(
        "no-balance-first",
        "B15",
        "no_balance",
        streamed(event(_POOR)),
        **facts(code="insufficient_funds", wallet="team"),
    ),
    failed(
        "plain-error-as-a-document",
        "15",
        "failed_midway",
        refused("200 OK", {"error": "No"}),
        **facts(words="No"),
    ),
    failed(
        "detail-as-a-document",
        "15",
        "failed_midway",
        refused("200 OK", {"detail": "No"}),
        **facts(words="No"),
    ),
    failed(
        "errors-as-a-document",
        "15",
        "failed_midway",
        refused("200 OK", {"errors": [{"message": "No"}]}),
        **facts(words="No"),
    ),
    failed(
        "flat-error-as-a-document",
        "15",
        "failed_midway",
        refused("200 OK", {"message": "No", "type": "Bad Request", "code": 400}),
        **facts(words="No"),
    ),
    failed(
        "update-now",
        "T18",
        "service_fault",
        refused(
            "500 Fault",
            {
                "error": {
                    "message": "<h1>Update now</h1> \u202ehttps://evil/app.exe \x1b[2J"
                    + "!" * 100_000
                }
            },
        ),
    ),
    failed(
        "error-of-a-gigabyte",
        "T18 F11",
        "service_fault",
        (head("500 Fault", "text/plain", "Connection: close"), Repeat(b"x" * 2**16, 2**14)),
        not_for_others=EATS_MEMORY,
    ),
    failed(
        "error-that-hangs",
        "F4",
        "service_fault",
        (head("500 Fault", "application/json", "Content-Length: 99"), End.HANG),
        limits=(("CATALOGUE_S", 0.2),),
        not_for_others=FOR_EVER,
    ),
    failed(
        "error-cut",
        "F1",
        "service_fault",
        (
            head("500 Fault", "application/json", "Content-Length: 99"),
            b'{"error":{"message":"No',
            End.CLOSE,
        ),
        **facts(words="No"),
    ),
    failed(
        "compressed-error",
        "F12",
        "service_fault",
        refused("500 Fault", {"error": FAULT}, "Content-Encoding: gzip"),
    ),
    failed(
        "compressed-refusal",
        "F12",
        "request_refused",
        refused("400 Bad Request", _STRICT, "Content-Encoding: gzip"),
        **facts(words=""),
    ),
    failed(
        "refusal-without-its-words",
        "F1",
        "request_refused",
        (head("400 Bad Request", "application/json", "Content-Length: 99"), End.CLOSE),
    ),
    failed(
        "moved-elsewhere",
        "B59 T10",
        "moved",
        (
            head(
                "307 Temporary",
                "",
                "Location: {elsewhere}/api/v1/chat/completions",
                "Content-Length: 0",
            ),
            End.KEEP,
        ),
        **facts(status=307, words="127.0.0.1"),
    ),
    failed(
        "moved-for-good",
        "T10",
        "moved",
        (head("301 Moved", "", "Location: {elsewhere}/", "Content-Length: 0"), End.KEEP),
    ),
    failed(
        "moved-by-303",
        "T10",
        "moved",
        (head("303 See Other", "", "Location: {elsewhere}/", "Content-Length: 0"), End.KEEP),
    ),
    failed(
        "moved-to-another-host",
        "T10",
        "moved",
        (head("308 Moved", "", "Location: //evil.invalid/x", "Content-Length: 0"), End.KEEP),
        **facts(words="evil.invalid"),
    ),
    failed(
        "moved-to-a-file",
        "T10",
        "moved",
        (head("302 Found", "", "Location: file:///etc/passwd", "Content-Length: 0"), End.KEEP),
        **facts(words=""),
    ),
    failed(
        "moved-nowhere",
        "T10",
        "moved",
        (head("302 Found", "", "Content-Length: 0"), End.KEEP),
        **facts(words=""),
    ),
    failed(
        "moved-to-nonsense",
        "T10",
        "moved",
        (head("302 Found", "", "Location: http://[::1", "Content-Length: 0"), End.KEEP),
        **facts(words=""),
    ),
    failed(
        "moved-round-and-round",
        "B60",
        "moved",
        (
            head("302 Found", "", "Location: {here}/api/v1/chat/completions", "Content-Length: 0"),
            End.KEEP,
        ),
    ),
)

"""Mishaps: the demo models that fail, each in a way of its own.

Law: a table of values. What a model says, if it comes to say it, tells what it
is there to show.
"""

from app.api.demo import faults, tour
from app.api.demo.faults import paged, refused
from app.api.demo.speaker import Fault, Mishap, Speaker
from app.api.demo.speech import Speech

_PRICES = (5, 25)
"""For those where a cost shall be seen. Nobody is billed."""

_SECOND_HALF = (
    " What follows is there to be missing. It says nothing but that it is the second half, "
    "and whoever reads these words has the whole reply before them."
)


def _is_new(speech: Speech) -> bool:
    return not speech.goes_on


def _names_temperature(speech: Speech) -> bool:
    return "temperature" in speech.asked.fields


def _names_max_tokens(speech: Speech) -> bool:
    return "max_tokens" in speech.asked.fields


def _is_too_long(speech: Speech) -> bool:
    return speech.asked.tokens + faults.RESERVED > faults.WINDOW


def _cut_short(name: str, says: str, fault: Fault, costs: bool = False) -> Speaker:
    """Return a model whose reply goes wrong each time, once it has begun."""
    return Speaker(name, lambda _: says, prices=_PRICES if costs else (0, 0), mishap=Mishap(fault))


def _turned_away(name: str, fault: Fault) -> Speaker:
    """Return a model that never says anything."""
    return Speaker(name, lambda _: "", mishap=Mishap(fault))


def _at_last(name: str, says: str, fault: Fault, times: int) -> Speaker:
    """Return a model that fails so many times, answers once, and begins again."""
    return Speaker(name, lambda _: says, mishap=Mishap(fault, times))


def _error(message: str, kind: str, code: str | None = None) -> dict[str, dict[str, str | None]]:
    return {"error": {"message": message, "type": kind, "code": code, "param": None}}


_BREAKING_OFF = {
    "demo/fails-cut": _cut_short(
        "Demo: cut off half way",
        "This reply is cut off: the connection breaks after half of its words. Those that came "
        "stay where they are. However often it goes on, it is cut again, each time half way "
        "through what is left.",
        faults.cut,
        costs=True,
    ),
    "demo/fails-continued": Speaker(
        "Demo: cut off, then continues",
        lambda _: (
            "This reply is cut off after half of its words. Asked to go on, the model sends the "
            "other half and ends well. Together they are one text: no word is said twice, "
            "and none is missing. This is the last sentence of it."
        ),
        mishap=Mishap(faults.cut, when=_is_new),
    ),
    "demo/fails-unfinished": _cut_short(
        "Demo: ends without saying so",
        "This reply ends in the middle of a sentence. No error is reported and no end is "
        "announced; there is only nothing more to read." + _SECOND_HALF,
        faults.unfinished,
    ),
    "demo/fails-silent-midway": _cut_short(
        "Demo: falls silent half way",
        "This reply falls silent. The connection stays open, and no word comes any more. "
        "Stop ends the wait, and what has come stays." + _SECOND_HALF,
        faults.silent_midway,
    ),
    "demo/fails-silent": _turned_away("Demo: silent from the start", faults.silent),
    "demo/fails-midway": _cut_short(
        "Demo: error half way",
        "This reply is broken off by the service, which reports an error of its own after half "
        "of the words." + _SECOND_HALF,
        faults.error_midway,
        costs=True,
    ),
    "demo/fails-first-event": _turned_away(
        "Demo: error in place of the first word", faults.error_first
    ),
    "demo/fails-garbled": _cut_short(
        "Demo: unreadable half way",
        "This reply becomes unreadable: after half of its words come events that are not what "
        "they should be." + _SECOND_HALF,
        faults.garbled,
    ),
    "demo/fails-empty": _turned_away("Demo: empty reply", faults.empty),
    "demo/fails-compressed": _turned_away("Demo: compressed reply", faults.compressed),
    "demo/fails-page": _turned_away("Demo: web page in place of a reply", paged("Sign in")),
    "demo/fails-moved": _turned_away(
        "Demo: sent elsewhere (307)",
        faults.moved("https://www.example.com/api/v1/chat/completions"),
    ),
    "demo/fails-document": _cut_short(
        "Demo: whole reply at once",
        "This reply was asked for as a stream and came as one document. It is complete all the "
        "same.",
        faults.unstreamed,
    ),
}

_ENDING = {
    "demo/fails-length": Speaker(
        "Demo: stops at the length limit",
        lambda _: (
            "This reply ends at a length limit, with half of its words said and the end properly "
            "announced. Asked to go on, the model says the other half." + _SECOND_HALF
        ),
        prices=_PRICES,
        mishap=Mishap(faults.ends_half_way("length"), when=_is_new),
    ),
    "demo/fails-length-thinking": Speaker(
        "Demo: spends the limit on thinking",
        lambda _: "",
        thoughts=tour.THOUGHTS,
        prices=_PRICES,
        mishap=Mishap(faults.only_thinks("length")),
    ),
    "demo/fails-thinking": Speaker(
        "Demo: thinks and says nothing",
        lambda _: "",
        thoughts=tour.THOUGHTS,
        mishap=Mishap(faults.only_thinks("stop")),
    ),
    "demo/fails-tags": Speaker(
        "Demo: thinks between tags",
        lambda _: (
            "The reasoning of this reply came as part of its text, between tags, as some models "
            "send it. It belongs above the reply, not into it."
        ),
        thoughts=tour.THOUGHTS,
        mishap=Mishap(faults.thinks_in_tags),
    ),
    "demo/fails-filter": _cut_short(
        "Demo: stopped by a filter",
        "This reply is stopped by a filter of the provider after half of its words. Those that "
        "came stay where they are, and the end is properly announced." + _SECOND_HALF,
        faults.ends_half_way("content_filter"),
    ),
    "demo/fails-tool": _turned_away("Demo: calls a tool", faults.calls_a_tool),
    "demo/fails-refusal": _cut_short(
        "Demo: declines",
        "This reply is a refusal: a model that will not help says so in a field of its own.",
        faults.declines,
    ),
}

_REFUSED = {
    "demo/fails-temperature": Speaker(
        "Demo: takes no temperature (400)",
        lambda _: "This reply was asked for without a temperature. With one it is refused.",
        mishap=Mishap(
            refused(
                400,
                {
                    "message": "Validation: Unsupported parameter(s): `temperature`",
                    "type": "Bad Request",
                    "code": 400,
                },
            ),
            when=_names_temperature,
        ),
    ),
    "demo/fails-limit-name": Speaker(
        "Demo: wants the limit by another name (400)",
        lambda _: (
            "This reply was asked for without a limit, or with one under the name this model "
            "knows, max_completion_tokens."
        ),
        mishap=Mishap(
            refused(
                400,
                {
                    "error": {
                        "message": "Unsupported parameter: 'max_tokens' is not supported with "
                        "this model. Use 'max_completion_tokens' instead.",
                        "type": "invalid_request_error",
                        "param": "max_tokens",
                        "code": "unsupported_parameter",
                    }
                },
            ),
            when=_names_max_tokens,
        ),
    ),
    "demo/fails-too-long": Speaker(
        "Demo: conversation soon too long (400)",
        lambda _: (
            "This model takes few words: after two replies like this one, the conversation is "
            "too long for it. With fewer turns sent, or in a new conversation, it answers again."
        ),
        mishap=Mishap(faults.too_long, when=_is_too_long),
    ),
    "demo/fails-key": _turned_away(
        "Demo: key refused (401)",
        refused(401, _error("Invalid API key", "authentication_error", "invalid_api_key")),
    ),
    "demo/fails-balance": _turned_away(
        "Demo: no balance (402)",
        refused(
            402,
            _error(
                "Insufficient balance (including overdraft). Please add funds to continue.",
                "insufficient_quota",
                "insufficient_funds",
            )
            | {"request_id": "req-demo", "inference_id": "inf-demo"},
        ),
    ),
    "demo/fails-forbidden": _turned_away(
        "Demo: not allowed (403)",
        refused(403, _error("This key may not use this model.", "permission_error")),
    ),
    "demo/fails-blocked": _turned_away(
        "Demo: blocked on the way (403)", paged("Attention Required! | Cloudflare", 403)
    ),
    "demo/fails-gone": _turned_away(
        "Demo: model gone (404)",
        refused(404, {"error": {"message": "Model not found", "code": "not_found_error"}}),
    ),
    "demo/fails-too-large": _turned_away(
        "Demo: message too large (413)", paged("413 Request Entity Too Large", 413)
    ),
    "demo/fails-invalid": _turned_away(
        "Demo: request not understood (422)",
        refused(
            422,
            {
                "detail": [
                    {
                        "loc": ["body", "messages", 0, "content"],
                        "msg": "content is required unless an assistant message includes "
                        "tool_calls or function_call",
                        "type": "value_error",
                    }
                ]
            },
        ),
    ),
}

_OUT_OF_ORDER = {
    "demo/fails-busy": _at_last(
        "Demo: busy twice (429)",
        "Two requests in a row found this model busy and were asked to wait three seconds each. "
        "This one was answered.",
        refused(429, _error("Rate limit reached.", "rate_limit_error"), retry_after="3"),
        times=2,
    ),
    "demo/fails-busy-for-long": _turned_away(
        "Demo: busy for an hour (429)",
        refused(429, _error("Rate limit reached.", "rate_limit_error"), retry_after="3600"),
    ),
    "demo/fails-fault": _turned_away(
        "Demo: fault of the service (500)",
        refused(500, _error("Internal server error", "server_error"), x_request_id="req-demo"),
    ),
    "demo/fails-unavailable": _at_last(
        "Demo: not available twice (503)",
        "Two requests in a row found no provider for this model. This one was answered.",
        refused(503, _error("No provider is available right now.", "service_unavailable")),
        times=2,
    ),
    "demo/fails-timeout": _turned_away(
        "Demo: too slow to begin (524)", paged("api.pinference.ai | 524: A timeout occurred", 524)
    ),
    "demo/fails-unreachable-twice": _at_last(
        "Demo: out of reach twice",
        "Two requests in a row did not get through. This one did.",
        faults.unreachable,
        times=2,
    ),
    "demo/fails-unreachable": _turned_away("Demo: out of reach", faults.unreachable),
    "demo/fails-certificate": _turned_away("Demo: certificate not trusted", faults.distrusted),
}

MISHAPS = _BREAKING_OFF | _ENDING | _REFUSED | _OUT_OF_ORDER

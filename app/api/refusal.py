"""Refusal: an error body of any shape, and a status → what went wrong; no I/O.

Law: whatever the service says of its own error is hostile text: cut, plain,
without the secrets of the request, and never more than quoted.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.api import wire
from app.api.limits import CODE_CHARACTERS, NAME_CHARACTERS
from app.chat.failure import WORDS_LIMIT, Failure, Kind

_TITLE = re.compile(r"<title[^>]*>([^<]{0,500})", re.IGNORECASE)
_PAGE = re.compile(r"\s*(<!doctype|<html|<head|<body|<\?xml)", re.IGNORECASE)
_UNSUPPORTED = re.compile(
    r"(?:unsupported (?:parameter|value)(?:\(s\)|s)?|unrecognized request arguments? supplied)"
    r":\s*((?:[`'\"]?\w+[`'\"]?(?:,\s*)?)+)",
    re.IGNORECASE,
)
_INVALID_OPTION = re.compile(r"^(\w+): invalid option", re.IGNORECASE)
_MANDATORY_REASONING = re.compile(r"reasoning is mandatory", re.IGNORECASE)
_THROTTLED = re.compile(r"rate limit|too many requests|throttl", re.IGNORECASE)
_TOO_LONG = re.compile(
    r"maximum context length is (?P<a>\d+)|context[_ ]length[_ ]exceeded|prompt is too long"
    r"|exceeds the (?:available )?context (?:window|size)"
    r"|input token count.{0,80}exceeds the maximum|maximum prompt length is (?P<b>\d+)"
    r"|reduce the length of the messages|greater than the context length"
    r"|context window exceeds limit|exceeded model token limit"
    r"|too large for model with (?P<c>\d+) maximum context|is longer than the (?:maximum )?model"
    r"|model_context_window_exceeded|too many tokens|prompt_too_long"
    r"|accepts at most (?P<d>\d+) combined input and output tokens",
    re.IGNORECASE,
)
_QUOTA = re.compile(
    r"insufficient_(quota|funds)|credit_balance_exhausted|\w*_spend_limit_exceeded|billing_\w+"
)
_KINDS = {
    401: Kind.KEY_REFUSED,
    402: Kind.NO_BALANCE,
    403: Kind.FORBIDDEN,
    405: Kind.WRONG_ADDRESS,
    408: Kind.TIMED_OUT,
    409: Kind.BUSY,
    413: Kind.REQUEST_TOO_LARGE,
    425: Kind.BUSY,
    429: Kind.BUSY,
    500: Kind.SERVICE_FAULT,
    504: Kind.TIMED_OUT,
    524: Kind.TIMED_OUT,
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What an error body says, as far as it can be believed."""

    words: str = ""
    code: str = ""
    parameter: str = ""
    """The field the body names apart from its words."""
    request_ids: tuple[str, ...] = ()
    status: int | None = None
    """A code that reads like an HTTP status."""
    is_page: bool = False
    """HTML, XML: not from the API."""
    names_no_model: bool = False
    """Of a 404: it is about the path, not about a model."""


def read_complaint(body: bytes, secrets: Iterable[str] = ()) -> Complaint:
    """Return what the body of an error answer says, whatever its shape."""
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")
    if _PAGE.match(text):
        title = _TITLE.search(text)
        words = wire.line(without(secrets, title[1] if title else ""), WORDS_LIMIT)
        return Complaint(words=words, is_page=True, names_no_model=True)
    try:
        value = wire.read(body.removeprefix(b"\xef\xbb\xbf"))
    except wire.Unreadable:
        words = wire.line(without(secrets, text), WORDS_LIMIT)
        return Complaint(words=words, names_no_model=True)
    return complaint_of(value, secrets)


def complaint_of(value: Any, secrets: Iterable[str] = ()) -> Complaint:
    """Return what a decoded error body says."""
    body = wire.mapping(value)
    error = _error_object(body) if body else {"message": value}
    raw_code = error.get("code")
    code = str(raw_code) if isinstance(raw_code, int | str) else ""
    if code in ("", "None", "null"):
        code = str(error.get("type") or "")
    words = without(secrets, _message(error))
    status = int(code) if re.fullmatch(r"[45]\d\d", code) else None
    return Complaint(
        words=wire.line(words, WORDS_LIMIT),
        code=wire.line(without(secrets, code), CODE_CHARACTERS),
        parameter=_parameter(error),
        request_ids=_request_ids(body, error, secrets),
        status=status,
        names_no_model=not words or words.strip().casefold() == "not found",
    )


def failure_of(
    complaint: Complaint,
    status: int | None,
    host: str,
    sent: frozenset[str] = frozenset(),
    about_model: bool = False,
) -> Failure:
    """Return the facts of a refusal.

    `sent` names the optional fields the request had: only those can be what a
    parameter was refused for. `about_model` tells a question about one model.
    """
    parameter = _refused_parameter(complaint, status, sent)
    too_long = _too_long(complaint)
    kind = _kind(complaint, status, about_model)
    if status in (None, 400, 413, 422) and too_long is not None:
        kind = Kind.CONVERSATION_TOO_LONG
    elif parameter and kind in (Kind.REQUEST_REFUSED, Kind.SERVICE_FAULT):
        kind = Kind.PARAMETER_REFUSED
    digits = [d for d in too_long.groups() if d] if too_long else []
    return Failure(
        kind,
        status=status,
        code=complaint.code,
        words=complaint.words,
        request_ids=complaint.request_ids,
        parameter=parameter if kind is Kind.PARAMETER_REFUSED else "",
        window=int(digits[0]) if digits and len(digits[0]) < 13 else None,
        host=host,
    )


def without(secrets: Iterable[str], text: str) -> str:
    """Return the text with every secret struck out, whatever its case."""
    for secret in secrets:
        if secret:
            text = re.sub(re.escape(secret), "…", text, flags=re.IGNORECASE)
    return text


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds the service asks to wait, from any form it may say so in.

    A moment in the past is 0; what is negative or no number is None.
    """
    milliseconds = _seconds(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    asked = headers.get("retry-after", "").strip()
    seconds = _seconds(asked)
    if seconds is not None or not asked:
        return seconds
    from email.utils import parsedate_to_datetime  # not needed before a refusal

    try:
        moment = parsedate_to_datetime(asked)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _kind(complaint: Complaint, status: int | None, about_model: bool) -> Kind:
    if _QUOTA.fullmatch(complaint.code):
        return Kind.NO_BALANCE
    if complaint.code == "model_not_found":
        return Kind.MODEL_GONE
    if status is None:
        return Kind.REQUEST_REFUSED
    if status == 403 and complaint.is_page:
        return Kind.BLOCKED
    if status == 404:
        return Kind.WRONG_ADDRESS if complaint.names_no_model else Kind.MODEL_GONE
    if about_model and status in (400, 422):
        # Prime's own CLI reads all three as "no such model".
        return Kind.MODEL_GONE
    if status in _KINDS:
        return _KINDS[status]
    return Kind.UNAVAILABLE if status > 500 else Kind.REQUEST_REFUSED


def _error_object(body: dict[str, Any]) -> dict[str, Any]:
    for name in ("error", "detail", "errors"):
        value = body.get(name)
        if isinstance(value, list) and value:
            value = _field_error(value[0])
        if isinstance(value, dict):
            return value
        if isinstance(value, str) and value:
            return {"message": value} | {k: body[k] for k in ("code", "param") if k in body}
    return body


def _field_error(item: Any) -> Any:
    """Return a validation error as an error object, or the item as it is."""
    if not isinstance(item, dict) or not isinstance(item.get("loc"), list):
        return item
    path = [str(step) for step in item["loc"][:8] if isinstance(step, int | str)]
    said = item.get("msg")
    return {
        "message": f"{'.'.join(path)}: {said}" if isinstance(said, str) else ".".join(path),
        "param": path[-1] if path else "",
        "code": item.get("type"),
    }


def _message(error: dict[str, Any]) -> str:
    said = next((error[k] for k in ("message", "msg", "detail", "error") if error.get(k)), "")
    if isinstance(said, dict):
        said = said.get("message") or ""
    if isinstance(said, str) and said.lstrip().startswith("{"):
        try:
            nested = wire.mapping(wire.read(said.encode("utf-8", "replace")))
        except wire.Unreadable:
            nested = {}
        inner = _error_object(nested).get("message") if nested else None
        said = inner if isinstance(inner, str) else said
    metadata = wire.mapping(error.get("metadata"))
    raw = metadata.get("raw")
    text = said if isinstance(said, str) else ""
    if isinstance(raw, str) and raw and not raw.lstrip().startswith(("{", "[", "<")):
        text = f"{text} ({raw})" if text else raw
    return text


def _parameter(error: dict[str, Any]) -> str:
    named = error.get("param")
    return named[:CODE_CHARACTERS] if isinstance(named, str) and named != "None" else ""


def _refused_parameter(complaint: Complaint, status: int | None, sent: frozenset[str]) -> str:
    """Return the field of ours the body names as refused, or "".

    Names count only where the body names a refused field: the rest of it may
    echo the whole request.
    """
    named = [] if status == 500 else [complaint.parameter]
    for marker in (_UNSUPPORTED, _INVALID_OPTION):
        found = marker.search(complaint.words)
        if found:
            named += re.findall(r"\w+", found[1])
    if _MANDATORY_REASONING.search(complaint.words):
        named.append("reasoning_effort")
    return next((name for name in named if name in sent), "")


def _too_long(complaint: Complaint) -> re.Match[str] | None:
    if _THROTTLED.search(complaint.words):
        return None
    return _TOO_LONG.search(complaint.words) or _TOO_LONG.search(complaint.code)


def _request_ids(
    body: dict[str, Any], error: dict[str, Any], secrets: Iterable[str]
) -> tuple[str, ...]:
    hidden = tuple(secrets)
    found = [
        wire.line(without(hidden, source[name]), NAME_CHARACTERS)
        for source in (body, error)
        for name in ("request_id", "inference_id")
        if isinstance(source.get(name), str)
    ]
    return tuple(dict.fromkeys(name for name in found if name))


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None

"""Refusal: an error body of any shape, and a status → what went wrong; no I/O.

Law: whatever the service says of its own error is hostile text: cut, plain,
without the secrets of the request, and never more than quoted.
"""

import base64
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from app.api import wire, words
from app.api.limits import CODE_CHARACTERS, NAME_CHARACTERS
from app.chat.failure import WORDS_LIMIT, Failure, Kind

_NAME = r"[`'\"]?(\w{1,64})[`'\"]?"
_UNSUPPORTED = re.compile(
    r"(?:(?:unsupported|unknown) (?:parameter|value)(?:\(s\)|s)?"
    r"|unrecognized request arguments? supplied)"
    r":\s*((?:[`'\"]?\w+[`'\"]?(?:,\s*)?)+)",
    re.IGNORECASE,
)
_INVALID_OPTION = re.compile(
    rf"^{_NAME}: (?:invalid option|extra inputs are not permitted)", re.IGNORECASE
)
_NOT_TAKEN = re.compile(
    r"(?:^|[`'\"])(\w{1,64})[`'\"]? (?:is|are) (?:not supported|unsupported|deprecated)\b",
    re.IGNORECASE,
)
_INSTEAD = re.compile(rf"\buse {_NAME} instead\b", re.IGNORECASE)
_MANDATORY_REASONING = re.compile(r"reasoning is mandatory", re.IGNORECASE)
_THROTTLED = re.compile(r"rate limit|too many requests|throttl", re.IGNORECASE)
_NUMBER = r"(\d[\d,]{0,15})"
_TOO_LONG = re.compile(
    rf"maximum context length is {_NUMBER}|context[_ ]length[_ ]exceeded"
    rf"|prompt is too long(?:: \d+ tokens > {_NUMBER} maximum)?|request_too_large"
    rf"|exceeds the (?:available )?context (?:window|size)(?: \({_NUMBER} tokens\))?"
    r"|input token count.{0,80}exceeds the maximum"
    rf"(?: number of tokens allowed \(?{_NUMBER})?"
    rf"|maximum prompt length is {_NUMBER}"
    r"|reduce the length of the messages|greater than the context length"
    rf"|context window exceeds limit|exceeded model token limit(?:: {_NUMBER})?"
    rf"|too large for model with {_NUMBER} maximum context"
    r"|is longer than the (?:maximum )?model|model_context_window_exceeded"
    rf"|too many tokens|prompt_too_long|accepts at most {_NUMBER} combined input and output tokens",
    re.IGNORECASE,
)
_QUOTA = re.compile(
    r"insufficient_(quota|funds)|credit_balance_exhausted|\w*_spend_limit_exceeded|billing_\w+",
    re.IGNORECASE,
)
_NO_ROUTE = re.compile(
    r"(?:(?:404|page|path|route|resource)[: ]*)*not found\W*|invalid url\b.*"
    r"|cannot (?:get|post) /.*|unexpected endpoint or method\b.*|no route matched\b.*",
    re.IGNORECASE,
)
_SHORTEST_ENCODED = 8
"""Characters of a secret that is looked for in other encodings too."""
_NO_MODEL = ("model_not_found", "not_found_error")
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
    511: Kind.NOT_THE_API,
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
    is_empty: bool = False
    """There was no body at all."""


UNREAD = Complaint(names_no_model=True)
"""Of a body that could not be read."""


def read_complaint(body: bytes, secrets: Iterable[str] = ()) -> Complaint:
    """Return what the body of an error answer says, whatever its shape."""
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")
    title = words.title_of(text)
    if title is not None:
        said = wire.line(without(secrets, title), WORDS_LIMIT)
        return Complaint(words=said, is_page=True, names_no_model=True)
    try:
        value = wire.read(body.removeprefix(b"\xef\xbb\xbf"))
    except wire.Unreadable:
        said = wire.line(without(secrets, words.plain(text)), WORDS_LIMIT)
        return Complaint(words=said, names_no_model=True, is_empty=not body.strip())
    return complaint_of(value, secrets)


def complaint_of(value: Any, secrets: Iterable[str] = ()) -> Complaint:
    """Return what a decoded error body says."""
    hidden = tuple(secrets)
    body = wire.mapping(value)
    error = words.error_object(value)
    code = _code(error.get("code")) or _code(error.get("type"))
    said = without(hidden, words.message_of(error))
    return Complaint(
        words=wire.line(said, WORDS_LIMIT),
        code=wire.line(without(hidden, code), CODE_CHARACTERS),
        parameter=_parameter(error),
        request_ids=_request_ids(body, error, hidden),
        status=int(code) if re.fullmatch(r"[45]\d\d", code, re.ASCII) else None,
        names_no_model=not said or _NO_ROUTE.fullmatch(said.strip()) is not None,
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
    too_long = None if _THROTTLED.search(complaint.words) else _overflow(complaint, status)
    kind = _kind(complaint, status, about_model)
    if too_long is not None and status in (None, 400, 413, 422, 500):
        kind = Kind.CONVERSATION_TOO_LONG
    elif complaint.is_empty and status in (400, 413) and not about_model:
        # What some say of a prompt that is too long is nothing at all.
        kind = Kind.CONVERSATION_TOO_LONG
    elif parameter and kind in (Kind.REQUEST_REFUSED, Kind.SERVICE_FAULT):
        kind = Kind.PARAMETER_REFUSED
    is_picky = kind is Kind.PARAMETER_REFUSED
    return Failure(
        kind,
        status=status,
        code=complaint.code,
        words=complaint.words,
        request_ids=complaint.request_ids,
        parameter=parameter if is_picky else "",
        instead=_name_instead(complaint, parameter) if is_picky else "",
        window=_window(too_long) if too_long and kind is Kind.CONVERSATION_TOO_LONG else None,
        host=host,
    )


def without(secrets: Iterable[str], text: str) -> str:
    """Return the text with every secret struck out, whatever its case or encoding."""
    for secret in secrets:
        for form in _forms(secret):
            text = re.sub(re.escape(form), "…", text, flags=re.IGNORECASE)
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


def may_retry(headers: Mapping[str, str]) -> bool:
    """Return whether the service leaves asking again open."""
    return headers.get("x-should-retry", "").strip().lower() != "false"


def _kind(complaint: Complaint, status: int | None, about_model: bool) -> Kind:
    if _QUOTA.fullmatch(complaint.code):
        return Kind.NO_BALANCE
    if complaint.code in _NO_MODEL:
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


def _code(value: Any) -> str:
    code = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    # Some write the name of nothing out.
    return "" if code in ("None", "null") else code


def _parameter(error: dict[str, Any]) -> str:
    named = error.get("param")
    return named[:CODE_CHARACTERS] if isinstance(named, str) and named != "None" else ""


def _refused_parameter(complaint: Complaint, status: int | None, sent: frozenset[str]) -> str:
    """Return the field of ours the body names as refused, or "".

    Names count only where the body names a refused field: the rest of it may
    echo the whole request.
    """
    named = [] if status == 500 else [complaint.parameter]
    for marker in (_UNSUPPORTED, _INVALID_OPTION, _NOT_TAKEN):
        found = marker.search(complaint.words)
        if found:
            named += re.findall(r"\w+", found[1])
    if _MANDATORY_REASONING.search(complaint.words):
        named.append("reasoning_effort")
    return next((name for name in named if name in sent), "")


def _name_instead(complaint: Complaint, parameter: str) -> str:
    found = _INSTEAD.search(complaint.words)
    return found[1] if found and found[1] != parameter else ""


def _overflow(complaint: Complaint, status: int | None) -> re.Match[str] | None:
    found = _TOO_LONG.search(complaint.words) or _TOO_LONG.search(complaint.code)
    # With 413 this name is about bytes, not about tokens.
    return None if found and status == 413 and found[0] == "request_too_large" else found


def _window(overflow: re.Match[str]) -> int | None:
    digits = next((group.replace(",", "") for group in overflow.groups() if group), "")
    return int(digits) or None if 0 < len(digits) < 13 else None


def _forms(secret: str) -> list[str]:
    """Return how a service may repeat a secret: as it is, for a URL, in base64."""
    if len(secret) < _SHORTEST_ENCODED:
        return [secret] if secret else []
    forms = {secret, quote(secret, safe="")}
    for before in range(3):
        # Within a longer text its first and last characters mix with what is beside it.
        encoded = base64.b64encode(bytes(before) + secret.encode("utf-8", "replace")).decode()
        inner = encoded[(0, 2, 3)[before] : len(encoded.rstrip("=")) - bool(encoded[-1] == "=")]
        forms |= {inner, inner.replace("+", "-").replace("/", "_")}
    return sorted(forms, key=len, reverse=True)


def _request_ids(
    body: dict[str, Any], error: dict[str, Any], hidden: tuple[str, ...]
) -> tuple[str, ...]:
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

"""The JSON of the service: what is sent, and how what comes is read; no I/O.

Law: only what the person set is sent, and whatever comes is read without
raising anything but `Unreadable`. Numbers with a fraction are `Decimal`, for
they may be money.
"""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from app.chat.request import Request

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_LONGEST_NUMBER = 18
"""Digits of a count that is believed; SQLite keeps no more."""


class Unreadable(ValueError):
    """Bytes that are no JSON. The text never holds them."""


def read(document: bytes) -> Any:
    """Return the JSON value in these bytes.

    What is not quite JSON but seen in the wild is read too: raw control
    characters and halves of surrogate pairs in strings, broken UTF-8.

    Raises:
        Unreadable: not JSON, or nested too deeply.
    """
    try:
        return _decoder.decode(document)
    except (ValueError, RecursionError, ArithmeticError):
        pass
    try:
        text = document.decode("utf-8", "replace")
        return json.loads(text, strict=False, parse_float=Decimal, parse_constant=_nothing)
    except (ValueError, RecursionError, ArithmeticError):
        raise Unreadable("not JSON") from None


def encode(request: Request) -> bytes:
    """Return the body of a completion request.

    Turns without text are left out: the service refuses a conversation that
    holds one. Lone halves of surrogate pairs become U+FFFD.
    """
    return msgspec.json.encode(
        {"model": whole(request.model), "messages": _messages(request)} | _settings(request)
    )


def sent_parameters(request: Request) -> frozenset[str]:
    """Return the names of the optional fields a request carries."""
    return frozenset(_settings(request)) - {"stream"}


def count(value: Any) -> int | None:
    """Return a number of tokens, or None if this is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        value = int(value) if value.adjusted() < _LONGEST_NUMBER else None
    if isinstance(value, int) and 0 <= value < 10**_LONGEST_NUMBER:
        return value
    return None


def money(value: Any) -> Decimal | None:
    """Return a finite amount of at least zero, or None; numeric strings count."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    if isinstance(value, str) and len(value) > 40:
        return None
    try:
        amount = Decimal(value)
    except (InvalidOperation, ValueError):
        return None
    if not amount.is_finite() or amount.is_signed() or not -20 < amount.adjusted() < 12:
        return Decimal(0) if amount.is_finite() and amount.is_zero() else None
    return amount


def line(value: Any, limit: int) -> str:
    """Return a string as one line of printable text, cut at `limit`; else ""."""
    if not isinstance(value, str):
        return ""
    printable = "".join(c if c.isprintable() else " " for c in value[: limit * 4])
    return " ".join(printable.split())[:limit]


def mapping(value: Any) -> dict[str, Any]:
    """Return the value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def _settings(request: Request) -> dict[str, Any]:
    parameters = request.parameters
    fields: dict[str, Any] = {"stream": parameters.stream}
    if parameters.stream:
        fields["stream_options"] = {"include_usage": True}
    if parameters.max_tokens is not None:
        name = "max_completion_tokens" if request.new_limit_name else "max_tokens"
        fields[name] = parameters.max_tokens
    if parameters.temperature is not None:
        fields["temperature"] = parameters.temperature
    if parameters.stop:
        fields["stop"] = [whole(sequence) for sequence in parameters.stop]
    if parameters.reasoning_effort is not None:
        fields["reasoning_effort"] = parameters.reasoning_effort
    return {name: value for name, value in fields.items() if name not in request.omit}


def _messages(request: Request) -> list[dict[str, str]]:
    return [
        {"role": turn.role.value, "content": whole(turn.content)}
        for turn in request.turns
        if turn.content.strip()
    ]


def whole(text: str) -> str:
    """Return the text with halves of surrogate pairs joined; a lone one is U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _nothing(_constant: str) -> None:
    """Take NaN and Infinity, which JSON does not have, for no value."""

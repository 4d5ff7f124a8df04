"""Cells: what a value becomes in a column of a table, and back.

Nothing a column holds makes reading it fail: a cell that cannot be understood
becomes the value that says so. Times are microseconds since 1970 in UTC, money
is whole picodollars, everything without a column of its own is JSON.
"""

import functools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LARGEST = 2**63 - 1
_PICODOLLARS = Decimal(10) ** 12


def clean_text(text: str) -> str:
    """Return a text as it can be stored: no NUL, no half of a surrogate pair.

    Halves that belong together are joined; each other one, and each NUL,
    becomes U+FFFD. A text without them is returned as it is.
    """
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def checksum(message_id: int, role: str, text: bytes, reasoning: bytes) -> bytes:
    """Return 8 bytes that change when a bit of a message's UTF-8 does.

    Also when the text has come to another message. SQLite's own checks do not
    look into texts.
    """
    digest = blake2b(f"{message_id} {role}".encode(), digest_size=8)
    digest.update(b"\0")
    digest.update(text)
    digest.update(b"\0")
    digest.update(reasoning)
    return digest.digest()


def from_time(time: datetime) -> int:
    """Return microseconds since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def to_time(cell: Any) -> datetime:
    """Return the aware UTC time of a cell; 1970 for one that holds none."""
    try:
        return _EPOCH + timedelta(microseconds=cell)
    except (TypeError, OverflowError):
        return _EPOCH


def from_money(usd: Decimal | None) -> int | None:
    """Return picodollars, rounded to whole ones; None for what is no amount."""
    if usd is None or not usd.is_finite():
        return None
    pico = int((usd * _PICODOLLARS).to_integral_value())
    return max(-_LARGEST, min(_LARGEST, pico))


def to_money(cell: Any) -> Decimal | None:
    """Return US dollars of picodollars; None for a cell that holds none."""
    return Decimal(cell).scaleb(-12) if isinstance(cell, int) else None


def from_count(count: int | None) -> int | None:
    """Return a count as the column can hold it: 63 bits."""
    return None if count is None else max(-_LARGEST, min(_LARGEST, count))


def from_price(price: Decimal | None) -> str | None:
    """Return a price exactly as it was written."""
    return None if price is None else str(price)


def to_price(cell: str | None) -> Decimal | None:
    """Return a price, None for a cell that holds none."""
    try:
        return None if cell is None else Decimal(cell)
    except InvalidOperation:
        return None


def to_json(value: object) -> str:
    """Return the JSON of a value of ours; its texts are cleaned where they must be."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_cleaned(msgspec.to_builtins(value))).decode()


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {_cleaned(k): _cleaned(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(v) for v in value]
    return value


def from_json(cell: str | None, kind: Callable[..., T], otherwise: T) -> T:
    """Return the value of type `kind` in a cell of JSON, `otherwise` where there is none."""
    if not cell:
        return otherwise
    try:
        value: T = _decoder(kind).decode(cell)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return otherwise
    return value


@functools.cache
def _decoder(kind: Any) -> Any:
    return msgspec.json.Decoder(kind)

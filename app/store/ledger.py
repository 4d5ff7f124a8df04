"""Ledger: every request made, who paid for it and what came of it.

A row is made when a request is, filled in as facts arrive, and stays when its
conversation is deleted: what was spent was spent.
"""

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection
from typing import Any

import msgspec

from app.chat.cost import Cost, CostKind, Usage
from app.chat.failure import Failure, Kind
from app.chat.message import Completion, Status, Timing
from app.chat.model import Prices
from app.chat.parameters import DEFAULTS, Parameters
from app.store.cells import (
    clean_text,
    from_count,
    from_json,
    from_money,
    from_price,
    from_time,
    to_json,
    to_money,
    to_price,
)

_FACTS = (
    "status",
    "account_id",
    "payer",
    "model",
    "parameters",
    "price_input",
    "price_output",
    "price_cache_read",
    "price_cache_write",
    "finish_reason",
    "prompt_tokens",
    "completion_tokens",
    "reasoning_tokens",
    "cached_tokens",
    "charged",
    "cost",
    "cost_kind",
    "first_token_ms",
    "duration_ms",
    "reasoning_ms",
    "request_ids",
    "failure",
    "omitted",
    "left_out",
    "begins_at",
)
_NUMBERS = {
    "prompt_tokens",
    "completion_tokens",
    "reasoning_tokens",
    "cached_tokens",
    "charged",
    "cost",
    "first_token_ms",
    "duration_ms",
    "reasoning_ms",
    "left_out",
    "begins_at",
}
_COST_KINDS: dict[str | None, CostKind] = {kind.value: kind for kind in CostKind}
_OPEN = (Status.WAITING, Status.STREAMING)
_CLOSED = Failure(Kind.CLOSED)
_UNREADABLE = Failure(Kind.BUG)

_INSERT = (
    f"INSERT INTO completion (message_id, started, {', '.join(_FACTS)}) "  # noqa: S608 - our own names
    f"VALUES (?, ?{', ?' * len(_FACTS)})"
)
_UPDATE = (
    f"UPDATE completion SET {', '.join(f'{name} = ?' for name in _FACTS)} WHERE id = "  # noqa: S608 - our own names
    "(SELECT max(id) FROM completion WHERE message_id = ?)"
)
# One cell for all facts: thousands of requests are read with a long conversation, and a
# dozen of them are looked at. Cast, as JSON takes no bytes, which a damaged file can hold.
_CELLS = ", ".join(
    f"CAST(c.{name} AS {'INTEGER' if name in _NUMBERS else 'TEXT'})" for name in _FACTS[1:]
)
_OF_CONVERSATION = (
    f"SELECT c.message_id, json_array({_CELLS}) "  # noqa: S608 - our own names
    "FROM message m JOIN completion c ON c.message_id = m.id WHERE m.conversation_id = ?"
    " ORDER BY c.message_id, c.id"
)


def begin_completion(
    db: Connection,
    message_id: int | None,
    started: datetime,
    status: Status,
    completion: Completion,
) -> None:
    """Enter a request into the ledger; None for one whose message is gone."""
    moment = from_time(completion.started or started)
    db.execute(_INSERT, (message_id, moment, *_row(status, completion)))


def save_completion(
    db: Connection, message_id: int, started: datetime, status: Status, completion: Completion
) -> None:
    """Fill in the newest request of a message, or enter it where there is none."""
    changed = db.execute(_UPDATE, (*_row(status, completion), message_id)).rowcount
    if not changed:
        begin_completion(db, message_id, started, status, completion)


def mark_copies(db: Connection, message_ids: Iterable[int]) -> None:
    """Leave the requests of these messages out of every sum: they are counted elsewhere."""
    db.executemany(
        "UPDATE completion SET is_copy = 1 WHERE message_id = ?", ((i,) for i in message_ids)
    )


def close_open_completions(db: Connection) -> None:
    """Mark what was under way when the program ended as ended by that."""
    db.execute(
        "UPDATE completion SET status = ?, failure = ? WHERE status IN (?, ?)",
        (Status.INTERRUPTED, to_json(_CLOSED), *_OPEN),
    )


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests of a conversation as they were read, made into values when asked for."""

    cells: Mapping[int, list[str]]
    """Of each request the JSON of what is known of it, by message id, oldest first."""

    def of(self, message_id: int) -> tuple[Completion, ...]:
        """Return the completions of a reply, oldest first."""
        return tuple(_to_completion(_decode(cell)) for cell in self.cells.get(message_id, ()))


def requests_of(db: Connection, conversation_id: int) -> Requests:
    """Return what the replies of a conversation were asked for with, and what came of it."""
    cells: dict[int, list[str]] = {}
    for message_id, cell in db.execute(_OF_CONVERSATION, (conversation_id,)):
        cells.setdefault(message_id, []).append(cell)
    return Requests(cells)


def _decode(cell: str) -> list[Any]:
    found: list[Any] = msgspec.json.decode(cell)
    return found


def _to_completion(cells: list[Any]) -> Completion:
    return Completion(
        account_id=cells[0],
        payer=cells[1],
        model=cells[2],
        parameters=to_parameters(cells[3]),
        prices=_to_prices(*cells[4:8]),
        finish_reason=cells[8],
        usage=_to_usage(*cells[9:14]),
        cost=_to_cost(cells[14], cells[15]),
        timing=None if cells[17] is None else Timing(cells[16], cells[17]),
        reasoning_ms=cells[18],
        request_ids=_to_names(cells[19]) if cells[19] else (),
        failure=_to_failure(cells[20]) if cells[20] else None,
        omitted=_to_names(cells[21]) if cells[21] else (),
        left_out=cells[22],
        begins_at=cells[23],
    )


def _row(status: Status, it: Completion) -> tuple[object, ...]:
    usage = it.usage
    return (
        status,
        it.account_id,
        clean_text(it.payer),
        clean_text(it.model),
        to_json(it.parameters),
        from_price(it.prices.input),
        from_price(it.prices.output),
        from_price(it.prices.cache_read),
        from_price(it.prices.cache_write),
        clean_text(it.finish_reason),
        from_count(usage.prompt) if usage else None,
        from_count(usage.completion) if usage else None,
        from_count(usage.reasoning) if usage else None,
        from_count(usage.cached) if usage else None,
        from_money(usage.cost) if usage else None,
        from_money(it.cost.usd) if it.cost else None,
        it.cost.kind if it.cost else None,
        it.timing.first_token_ms if it.timing else None,
        it.timing.duration_ms if it.timing else None,
        it.reasoning_ms,
        to_json(it.request_ids) if it.request_ids else None,
        to_json(it.failure) if it.failure else None,
        to_json(it.omitted) if it.omitted else None,
        it.left_out,
        it.begins_at,
    )


# Most replies of a conversation share these; making each anew is what would be slow.


@functools.lru_cache(maxsize=256)
def to_parameters(cell: str) -> Parameters:
    """Return the parameters in a cell; none set where it cannot be read."""
    return from_json(cell, Parameters, DEFAULTS)


@functools.lru_cache(maxsize=256)
def _to_prices(*cells: str | None) -> Prices:
    return Prices(*map(to_price, cells))


def _to_usage(
    prompt: int | None,
    completion: int | None,
    reasoning: int | None,
    cached: int | None,
    charged: int | None,
) -> Usage | None:
    if prompt is None or completion is None:
        return None
    return Usage(prompt, completion, reasoning, cached, to_money(charged))


def _to_cost(cell: int | None, kind: str | None) -> Cost | None:
    usd = to_money(cell)
    if usd is None:
        return None
    return Cost(usd, _COST_KINDS.get(kind, CostKind.ESTIMATED))


def _to_names(cell: str) -> tuple[str, ...]:
    names: Callable[..., tuple[str, ...]] = tuple[str, ...]
    return from_json(cell, names, ())


def _to_failure(cell: str) -> Failure:
    return from_json(cell, Failure, _UNREADABLE)

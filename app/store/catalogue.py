"""Catalogue: the models an account could use when it was last asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection

from app.chat.model import Model
from app.store.cells import from_json, from_time, to_json, to_time


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The models of an account, and from when that is."""

    fetched: datetime
    models: tuple[Model, ...]


def save_catalogue(
    db: Connection, account_id: str, fetched: datetime, models: Sequence[Model]
) -> None:
    """Save what an account can use, in place of what was known."""
    db.execute(
        "INSERT INTO catalogue (account_id, fetched, models) VALUES (?, ?, ?)"
        " ON CONFLICT (account_id) DO UPDATE SET fetched = excluded.fetched,"
        " models = excluded.models",
        (account_id, from_time(fetched), to_json(list(models))),
    )


def load_catalogue(db: Connection, account_id: str) -> Catalogue | None:
    """Return what an account could use; None where it was never asked, or cannot be read."""
    row = db.execute(
        "SELECT fetched, models FROM catalogue WHERE account_id = ?", (account_id,)
    ).fetchone()
    if row is None:
        return None
    kind: Callable[..., tuple[Model, ...] | None] = tuple[Model, ...]
    models = from_json(row[1], kind, None)
    return None if models is None else Catalogue(to_time(row[0]), models)


def delete_catalogue(db: Connection, account_id: str) -> None:
    """Forget what an account could use: it is not that account any more."""
    db.execute("DELETE FROM catalogue WHERE account_id = ?", (account_id,))

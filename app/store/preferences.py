"""Preferences: what the person set that belongs to no conversation and no window.

Any value JSON can hold, under a name.
"""

from sqlite3 import Connection
from typing import Any

from app.store.cells import from_json, to_json


def save_preference(db: Connection, name: str, value: Any) -> None:
    """Save one; None forgets it."""
    if value is None:
        db.execute("DELETE FROM preference WHERE name = ?", (name,))
        return
    db.execute(
        "INSERT INTO preference (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, to_json(value)),
    )


def load_preferences(db: Connection) -> dict[str, Any]:
    """Return all that can be read. Arrays come as lists, as JSON has them."""
    rows = db.execute("SELECT name, value FROM preference")
    values = ((name, from_json(cell, object, None)) for name, cell in rows)
    return {name: value for name, value in values if value is not None}

"""Tabs: which conversations are open, in what order, and where each was read."""

from collections.abc import Iterable
from dataclasses import dataclass
from sqlite3 import Connection

from app.store.cells import clean_text


@dataclass(frozen=True, slots=True)
class Tab:
    """An open conversation."""

    conversation_id: int
    front: bool = False
    """Whether it is the one in view."""
    anchor: str = ""
    """Where the reader is: JSON of whoever scrolls, kept as it is given."""


def save_tabs(db: Connection, tabs: Iterable[Tab]) -> None:
    """Save which tabs are open, left to right; the ones saved before are forgotten."""
    db.execute("DELETE FROM tab")
    db.executemany(
        "INSERT INTO tab (position, conversation_id, front, anchor) VALUES (?, ?, ?, ?)",
        [
            (position, tab.conversation_id, tab.front, clean_text(tab.anchor))
            for position, tab in enumerate(tabs)
        ],
    )


def list_tabs(db: Connection) -> list[Tab]:
    """Return the tabs left to right, without those whose conversation is gone."""
    rows = db.execute(
        "SELECT conversation_id, front, anchor FROM tab WHERE conversation_id IN"
        " (SELECT id FROM conversation WHERE deleted IS NULL) ORDER BY position"
    )
    return [Tab(row[0], bool(row[1]), row[2]) for row in rows]

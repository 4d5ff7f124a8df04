"""Start: what was stored when the program ended, read in one go."""

from dataclasses import dataclass, field
from sqlite3 import Connection
from typing import Any

from app.chat.account import Account
from app.chat.heading import Heading
from app.store import conversations
from app.store.accounts import list_accounts
from app.store.preferences import load_preferences
from app.store.tabs import list_tabs

LAST_MODEL, REMOVED = "last_model/", "removed/"
"""What names of preferences begin with that are kept for each account; its id follows."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a start finds. Empty where nothing was, or nothing could be read."""

    headings: tuple[Heading, ...] = ()
    accounts: tuple[Account, ...] = ()
    preferred: str = ""
    last_models: dict[str, str] = field(default_factory=dict)
    """Model id by account id."""
    removed: dict[str, str] = field(default_factory=dict)
    """Of accounts that are gone while the keyring may still have their secrets: name by id."""
    tabs: tuple[int, ...] = ()
    front: int | None = None
    anchors: dict[int, str] = field(default_factory=dict)
    """Where the reader was, by conversation."""
    settings: object = None
    last_id: int = 0


def find(db: Connection) -> Found:
    """Read what was there.

    Before that, replies a crash left open are marked as interrupted, and what
    was deleted and not brought back goes for good.
    """
    conversations.close_open_replies(db)
    conversations.delete_hidden(db)
    conversations.delete_blank(db)
    kept = load_preferences(db)
    open_tabs = list_tabs(db)
    return Found(
        headings=tuple(conversations.list_headings(db)),
        accounts=tuple(list_accounts(db)),
        preferred=str(kept.get("account", "")),
        last_models=_below(LAST_MODEL, kept),
        removed=_below(REMOVED, kept),
        tabs=tuple(tab.conversation_id for tab in open_tabs),
        front=next((tab.conversation_id for tab in open_tabs if tab.front), None),
        anchors={tab.conversation_id: tab.anchor for tab in open_tabs if tab.anchor},
        settings=kept.get("settings"),
        last_id=conversations.last_id(db),
    )


def _below(prefix: str, kept: dict[str, Any]) -> dict[str, str]:
    return {
        name.removeprefix(prefix): str(value)
        for name, value in kept.items()
        if name.startswith(prefix)
    }

"""Salvage: what can still be read of a damaged file, copied into a new one.

The damaged file itself is only read. Rows are recognised by the types of their
cells, so that it does not matter whether the part that names the tables is
left. A message whose text is not what was written is kept: loading it says so.
Texts that lost their messages come in a conversation of their own.
"""

import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection

from app.chat.heading import Heading
from app.chat.message import Message, Role, Status
from app.store import migrations
from app.store.cells import checksum
from app.store.conversations import last_id, save_heading, save_message
from app.store.pages import Cell, Pages

_TABLES = (
    "conversation",
    "message",
    "body",
    "completion",
    "account",
    "tab",
    "catalogue",
    "preference",
)
_TYPES: dict[str, type] = {"INTEGER": int, "TEXT": str, "BLOB": bytes}


@dataclass(frozen=True, slots=True)
class Salvaged:
    """Rows that came over."""

    conversations: int = 0
    messages: int = 0


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kind: type
    is_row_id: bool
    may_lack: bool


def salvage(kept: Path, db: Connection) -> Salvaged:
    """Copy what can be read of a damaged file into a new, empty one.

    All of that, or where even this fails, nothing: the damaged file stays.
    """
    try:
        log = kept.with_name(f"{kept.name}-wal")
        page_size = int(db.execute("PRAGMA page_size").fetchone()[0])
        pages = Pages(kept, log, page_size)
        if _is_ours(pages):
            _take(pages, db)
    except (OSError, MemoryError, sqlite3.Error):
        return Salvaged()
    return Salvaged(_count(db, "conversation"), _count(db, "message"))


def _is_ours(pages: Pages) -> bool:
    return (
        not pages.has_header
        or pages.application_id == migrations.APPLICATION_ID
        or b"CREATE TABLE conversation" in pages.first_page()
    )


def _take(pages: Pages, db: Connection) -> None:
    tables = {table: _columns(db, table) for table in _TABLES}
    db.execute("BEGIN IMMEDIATE")
    try:
        # Rows come in any order, and what they refer to may be lost.
        db.execute("PRAGMA defer_foreign_keys = ON")
        for row_id, cells in pages.rows():
            for table, columns in tables.items():
                if _fits(cells, columns):
                    _insert(db, table, columns, row_id, cells)
                    break
        for statement in _MEND.split(";\n"):
            db.execute(statement)
        _adopt(db)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _columns(db: Connection, table: str) -> list[_Column]:
    return [
        _Column(
            name=name,
            kind=_TYPES[kind],
            is_row_id=bool(key) and kind == "INTEGER",
            may_lack=not (key or must),
        )
        for _, name, kind, must, _, key in db.execute(f"PRAGMA table_info({table})")
    ]


def _fits(cells: list[Cell], columns: list[_Column]) -> bool:
    """Return whether cells can be a row: columns that were added later may be missing."""
    if len(cells) > len(columns) or not all(each.may_lack for each in columns[len(cells) :]):
        return False
    for cell, column in zip(cells, columns, strict=False):
        if cell is None:
            if not (column.is_row_id or column.may_lack):
                return False
        elif column.is_row_id or not isinstance(cell, column.kind):
            return False
    return True


def _insert(
    db: Connection, table: str, columns: list[_Column], row_id: int, cells: list[Cell]
) -> None:
    names = ", ".join(column.name for column in columns[: len(cells)])
    marks = ", ".join("?" * len(cells))
    values = [
        row_id if column.is_row_id else cell for cell, column in zip(cells, columns, strict=False)
    ]
    # Of two rows with one id the first counts: the log's.
    with suppress(sqlite3.IntegrityError):
        db.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", values)  # noqa: S608 - our own names


def _adopt(db: Connection) -> None:
    """Put texts whose messages are lost into a conversation of their own, in order."""
    bodies = db.execute(
        "SELECT message_id, CAST(text AS BLOB), CAST(reasoning AS BLOB), checksum FROM body"
        " WHERE message_id NOT IN (SELECT id FROM message) ORDER BY message_id"
    ).fetchall()
    if not bodies:
        return
    now = datetime.now(UTC)
    home = 1 + max(last_id(db), bodies[-1][0])
    save_heading(db, Heading(home, created=now, updated=now))
    parent: int | None = None
    for message_id, text, reasoning, written in bodies:
        # Whose words they are is known by which checksum they have.
        roles = [r for r in Role if checksum(message_id, r, text, reasoning) == written]
        message = Message(
            message_id,
            parent,
            roles[0] if roles else Role.ASSISTANT,
            Status.COMPLETE if roles else Status.INTERRUPTED,
            now,
            text=None,
            length=len(text.decode(errors="replace")),
            reasoning_length=len(reasoning.decode(errors="replace")),
        )
        save_message(db, home, message)
        parent = message_id


def _count(db: Connection, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - our own names


_MEND = """
INSERT INTO conversation (id, title, created, updated, pinned, account_id, model, parameters,
    system_prompt, draft)
SELECT conversation_id, '', min(created), max(created), 0, '', '', '{}', '', ''
FROM message WHERE conversation_id NOT IN (SELECT id FROM conversation) GROUP BY conversation_id;
UPDATE completion SET message_id = NULL WHERE message_id NOT IN (SELECT id FROM message)
"""

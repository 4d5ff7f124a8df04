"""Migrations: the history of the schema, one function a step.

A step that was released is never changed: the next one is added below it.
`PRAGMA user_version` counts the steps a file has been through. Source: the
registry of functions in Simon Willison's llm, on plain sqlite3.
"""

from collections.abc import Callable
from contextlib import closing
from sqlite3 import Connection, connect

APPLICATION_ID = 0x436F7072
"""`Copr`: says whose file it is, to us and to file(1)."""

Step = Callable[[Connection], None]
STEPS: list[Step] = []


def latest() -> int:
    """Return the version a file has after every step."""
    return len(STEPS)


def version(db: Connection) -> int:
    """Return how many steps a file has been through."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: Connection) -> None:
    """Take a file through the steps it lacks, each in a transaction of its own."""
    for number in range(version(db), latest()):
        db.execute("BEGIN IMMEDIATE")
        try:
            STEPS[number](db)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {number + 1}")
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise


def outline(db: Connection) -> set[tuple[object, ...]]:
    """Return the tables of a file, what their columns are and what they refer to."""
    columns = db.execute(
        'SELECT m.name, c.name, c.type, c."notnull", c.pk FROM sqlite_master m,'
        " pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'"
    )
    references = db.execute(
        'SELECT m.name, r."table", r."from", r."to", r.on_delete FROM sqlite_master m,'
        " pragma_foreign_key_list(m.name) r WHERE m.type = 'table'"
    )
    return {*columns, *references}


def expected_outline() -> set[tuple[object, ...]]:
    """Return the outline of a file that has been through every step."""
    with closing(connect(":memory:", isolation_level=None)) as db:
        migrate(db)
        return outline(db)


@STEPS.append
def m001_first(db: Connection) -> None:
    """Conversations, their messages, the ledger, accounts, tabs, preferences."""
    for statement in _FIRST.split(";\n"):
        db.execute(statement)


@STEPS.append
def m002_recovery(db: Connection) -> None:
    """What a request left out, where a continued reply goes on, how an account is reached."""
    for statement in _RECOVERY.split(";\n"):
        db.execute(statement)


_RECOVERY = """
ALTER TABLE completion ADD COLUMN omitted TEXT;
ALTER TABLE completion ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0;
ALTER TABLE completion ADD COLUMN begins_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN allows_plain INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN platform TEXT NOT NULL DEFAULT ''
"""
_FIRST = """
CREATE TABLE conversation (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- an id never comes twice
    title TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    pinned INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    model TEXT NOT NULL,
    parameters TEXT NOT NULL,
    system_prompt TEXT NOT NULL,
    draft TEXT NOT NULL,
    leaf INTEGER,
    deleted INTEGER -- when; it can still be brought back
);
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
    parent_id INTEGER,
    depth INTEGER NOT NULL, -- messages before it on its branch
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    created INTEGER NOT NULL,
    text_length INTEGER NOT NULL,
    reasoning_length INTEGER NOT NULL
);
CREATE INDEX message_by_depth ON message(conversation_id, depth);
CREATE INDEX message_open ON message(status) WHERE status IN ('waiting', 'streaming');
CREATE TABLE body ( -- apart, so that a list of messages is read without their texts
    message_id INTEGER PRIMARY KEY REFERENCES message(id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    reasoning TEXT NOT NULL,
    checksum BLOB NOT NULL
);
CREATE TABLE completion ( -- the ledger: what was spent stays when its conversation goes
    id INTEGER PRIMARY KEY,
    message_id INTEGER REFERENCES message(id) ON DELETE SET NULL,
    started INTEGER NOT NULL,
    status TEXT NOT NULL,
    account_id TEXT NOT NULL,
    payer TEXT NOT NULL,
    model TEXT NOT NULL,
    parameters TEXT NOT NULL,
    price_input TEXT,
    price_output TEXT,
    price_cache_read TEXT,
    price_cache_write TEXT,
    finish_reason TEXT NOT NULL,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    reasoning_tokens INTEGER,
    cached_tokens INTEGER,
    charged INTEGER, -- picodollars the service says it charged
    cost INTEGER, -- picodollars
    cost_kind TEXT,
    first_token_ms INTEGER,
    duration_ms INTEGER,
    reasoning_ms INTEGER,
    request_ids TEXT,
    failure TEXT,
    is_copy INTEGER NOT NULL DEFAULT 0 -- shown under a forked reply; it was made and paid once
);
CREATE INDEX completion_by_message ON completion(message_id);
CREATE INDEX completion_by_time ON completion(started);
CREATE TABLE account ( -- neither keys nor team IDs, ever
    id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    team TEXT,
    source TEXT NOT NULL,
    last_model TEXT NOT NULL
);
CREATE TABLE tab (
    position INTEGER PRIMARY KEY,
    conversation_id INTEGER NOT NULL,
    front INTEGER NOT NULL,
    anchor TEXT NOT NULL
);
CREATE TABLE catalogue (
    account_id TEXT PRIMARY KEY,
    fetched INTEGER NOT NULL,
    models TEXT NOT NULL
);
CREATE TABLE preference (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
)
"""

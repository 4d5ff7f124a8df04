"""Connection: how the file is opened for statements, and copied.

Every connection to it is made here, so that what is promised of a write holds
for all of them. Source: https://sqlite.org/pragma.html, https://sqlite.org/wal.html.
"""

import os
import sqlite3
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

_BUSY_MS = 5_000


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a connection to a file that exists, for the thread that asks.

    Statements are committed as they run, unless a transaction is begun. Texts
    that are not UTF-8 any more are read with U+FFFD in them.
    """
    db = _open(path, "ro" if read_only else "rw")
    try:
        db.text_factory = partial(str, encoding="utf-8", errors="replace")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("PRAGMA cell_size_check = ON")
        if not read_only:
            _make_durable(db)
    except BaseException:
        db.close()
        raise
    return db


def _open(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=_BUSY_MS / 1000,
    )


def _make_durable(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    # With NORMAL a power cut takes back transactions that were reported done.
    db.execute("PRAGMA synchronous = FULL")
    if sys.platform == "darwin":
        # There, fsync alone leaves the data in the drive's own memory.
        db.execute("PRAGMA fullfsync = ON")
        db.execute("PRAGMA checkpoint_fullfsync = ON")
    db.execute("PRAGMA secure_delete = ON")
    db.execute(f"PRAGMA journal_size_limit = {16 * 2**20}")


def roll_back(path: Path) -> None:
    """Take back what was being written into a file when its writer was killed.

    Only while a file keeps no write-ahead log, as a new one and a backup do, is
    that left to the next connection that may write. Source:
    https://sqlite.org/atomiccommit.html#_hot_rollback_journals.

    Raises:
        sqlite3.Error: it cannot be taken back now.
    """
    with closing(_open(path, "rw")) as db:
        db.execute("PRAGMA schema_version")


def prove_engine() -> str:
    """Return which SQLite this is, having searched full text in memory with it.

    Raises:
        sqlite3.Error: it is built without what Coprime needs.
    """
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE VIRTUAL TABLE said USING fts5(text)")
        db.execute("INSERT INTO said VALUES ('coprime')")
        db.execute("SELECT * FROM said WHERE said MATCH 'coprime'").fetchone()
    return f"SQLite {sqlite3.sqlite_version} with FTS5"


def create(path: Path) -> None:
    """Make an empty file that only this user can read, whatever the umask.

    Raises:
        OSError: something is there, or it cannot be made.
    """
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0)
    os.close(os.open(path, flags, 0o600))


def back_up(db: sqlite3.Connection, target: Path) -> None:
    """Copy the whole database to a file, which is there complete or not at all.

    Raises:
        OSError, sqlite3.Error: it could not be written.
    """
    unfinished = target.with_name(f"{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    create(unfinished)
    try:
        with closing(sqlite3.connect(unfinished, isolation_level=None)) as copy:
            db.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise

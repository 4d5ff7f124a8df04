"""Opening: from whatever lies where the file should be to a database that works.

A file is looked at before it is opened for writing. One of a newer Coprime is
left as it is; one that is damaged, or not ours, is moved aside under a name
that says so and never deleted; every other is backed up before its schema
changes. Source: https://sqlite.org/howtocorrupt.html and
https://sqlite.org/fileformat2.html#the_database_header.
"""

import os
import sqlite3
import stat
import sys
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path

from app.paths import make_private
from app.store import migrations
from app.store.errors import Damaged, NewerSchema, StoreError, Unwritable, translate

_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_BUSY_MS = 5_000


class Outcome(StrEnum):
    """What was found where the file should be."""

    CREATED = "created"
    """Nothing: this is the first start."""
    OPENED = "opened"
    MIGRATED = "migrated"
    """A file of an older Coprime, which was backed up and brought up to date."""
    QUARANTINED = "quarantined"
    """A damaged file, which was kept aside; a new one was begun."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What opening the file came to."""

    outcome: Outcome
    migrated_from: int | None = None
    """The schema the file had."""
    backup: Path | None = None
    """The file as it was before its schema changed."""
    kept: Path | None = None
    """Where the damaged file is now."""
    why: str = ""
    """What was wrong with it: a word or two for the log and the details."""


def open_file(path: Path) -> tuple[sqlite3.Connection, Opening]:
    """Open the database at a path, making, migrating or replacing what is there.

    Raises:
        NewerSchema: a newer Coprime wrote it.
        Unwritable: the folder or the disk does not take it.
        Busy: another program keeps it to itself.
    """
    try:
        return _open_file(path)
    except sqlite3.Error as error:
        failure: StoreError = translate(error)
    except OSError as error:
        failure = Unwritable(f"{type(error).__name__}: {error.strerror}")
    raise failure


def _open_file(path: Path) -> tuple[sqlite3.Connection, Opening]:
    make_private(path.parent)
    opening = Opening(Outcome.OPENED)
    why = inspect(path)
    if why:
        kept = quarantine(path)
        opening = Opening(Outcome.QUARANTINED, kept=kept, why=why)
    if not path.exists():
        _create(path)
        if not why:
            opening = Opening(Outcome.CREATED)
    _close_to_others(path)
    db = connect(path)
    try:
        return db, _bring_up_to_date(db, path, opening)
    except BaseException:
        db.close()
        raise


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a connection to a file that exists, for the thread that asks.

    Statements are committed as they run, unless a transaction is begun. Texts
    that are not UTF-8 any more are read with U+FFFD in them.
    """
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}",
        uri=True,
        isolation_level=None,
        timeout=_BUSY_MS / 1000,
    )
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


# What is there


def inspect(path: Path) -> str:
    """Return what is wrong with a file, empty for one that can be opened or made.

    Neither the file nor its write-ahead log is changed.

    Raises:
        NewerSchema: a newer Coprime wrote it.
        OSError, sqlite3.Error: it cannot be looked at, whatever is in it.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return "lost, its log is here" if _log(path).exists() else ""
    if not stat.S_ISREG(mode):
        return "not a file"
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if not header:
        return "empty, its log is not" if _has_log(path) else ""
    if len(header) < _HEADER or not header.startswith(_MAGIC):
        return "not a database"
    # The newest version may still be in the log; this one is read without opening.
    _refuse_newer(int.from_bytes(header[60:64], "big"))
    try:
        return _look_inside(path)
    except sqlite3.DatabaseError as error:
        failure = translate(error)
        if isinstance(failure, Damaged):
            return str(failure)
        raise


def _look_inside(path: Path) -> str:
    shared = path.with_name(f"{path.name}-shm")
    log = _log(path)
    companions = [each for each in (shared, log) if not each.exists()]
    try:
        # A connection that only reads does not fold the log into the file.
        with closing(connect(path, read_only=True)) as db:
            found = migrations.version(db)
            _refuse_newer(found)
            if not 0 <= found <= migrations.latest():
                return "no version of ours"
            if not _is_ours(db, found):
                return "another program's"
            first = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
            return "" if first == "ok" else "malformed"
    finally:
        for each in companions:
            each.unlink(missing_ok=True)


def _is_ours(db: sqlite3.Connection, found: int) -> bool:
    if found == 0:
        return not db.execute("SELECT 1 FROM sqlite_master").fetchone()
    application = db.execute("PRAGMA application_id").fetchone()[0]
    return bool(application == migrations.APPLICATION_ID)


def _refuse_newer(found: int) -> None:
    if migrations.latest() < found < 10_000:
        raise NewerSchema(found, migrations.latest())


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _has_log(path: Path) -> bool:
    return _log(path).exists() and _log(path).stat().st_size > 0


# What is done about it


def quarantine(path: Path) -> Path:
    """Move a file and what belongs to it aside, and return where it is now.

    Raises:
        OSError: it cannot be moved.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    number = 1
    while os.path.lexists(kept) or os.path.lexists(_log(kept)):
        number += 1
        kept = path.with_name(f"{path.stem}.damaged-{stamp}-{number}{path.suffix}")
    # The file first: a log without its file is moved aside at the next start, while
    # a file without its log would pass for one that is whole.
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(kept.with_name(kept.name + suffix))
    return kept


def _create(path: Path) -> None:
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0)
    os.close(os.open(path, flags, 0o600))


def _close_to_others(path: Path) -> None:
    # SQLite gives the log and the shared index the mode of the file.
    if os.name == "posix":
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                path.with_name(path.name + suffix).chmod(0o600)


def _bring_up_to_date(db: sqlite3.Connection, path: Path, opening: Opening) -> Opening:
    found = migrations.version(db)
    if found == migrations.latest():
        return opening
    if found > 0:
        backup = path.with_name(f"{path.stem}.before-v{migrations.latest()}{path.suffix}")
        back_up(db, backup)
        opening = Opening(Outcome.MIGRATED, migrated_from=found, backup=backup)
    elif opening.outcome is Outcome.OPENED:
        opening = replace(opening, outcome=Outcome.CREATED)
    migrations.migrate(db)
    return opening


def back_up(db: sqlite3.Connection, target: Path) -> None:
    """Copy the whole database to a file, which is there complete or not at all.

    Raises:
        OSError, sqlite3.Error: it could not be written.
    """
    unfinished = target.with_name(f"{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    _create(unfinished)
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

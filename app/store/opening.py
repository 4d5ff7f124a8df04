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
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from app.paths import make_private
from app.store import migrations
from app.store.connection import back_up, connect, create, roll_back
from app.store.errors import Damaged, NewerSchema, Refused, StoreError, Unwritable, translate
from app.store.salvage import Salvaged, salvage

_MAGIC = b"SQLite format 3\0"
_HEADER = 100


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
    salvaged: Salvaged | None = None
    """What could be read of it and is in the new file."""


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
        create(path)
        if not why:
            opening = Opening(Outcome.CREATED)
    _close_to_others(path)
    db = connect(path)
    try:
        opening = _bring_up_to_date(db, path, opening)
        if opening.kept is not None:
            opening = replace(opening, salvaged=salvage(opening.kept, db))
        return db, opening
    except BaseException:
        db.close()
        raise


# What is there


def inspect(path: Path) -> str:
    """Return what is wrong with a file, empty for one that can be opened or made.

    Neither the file nor its write-ahead log is changed, but for what a killed
    program had half written into a file without one, which is taken back.

    Raises:
        NewerSchema: a newer Coprime wrote it.
        OSError, sqlite3.Error: it cannot be looked at, whatever is in it.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return "lost, its log is here" if _has_log(path) else ""
    if not stat.S_ISREG(mode):
        return "not a file"
    if path.with_name(f"{path.name}-journal").exists():
        try:
            roll_back(path)
        except sqlite3.DatabaseError as error:
            # What it is instead is found below.
            if not isinstance(translate(error), Damaged):
                raise
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
    except UnicodeDecodeError:
        # The module could not even read out what SQLite complained about.
        return "malformed"
    except sqlite3.DatabaseError as error:
        failure = translate(error)
        # Nothing was asked but what any file of ours answers.
        if isinstance(failure, Damaged | Refused):
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
            # A flipped bit in the schema itself is no error to SQLite.
            current = found == migrations.latest()
            if current and migrations.outline(db) != migrations.expected_outline():
                return "another schema"
            first = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
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

"""What can go wrong with the file, and sqlite3's errors put into these words.

    StoreError
    ├── NewerSchema   written by a newer Coprime; left as it was found
    ├── Unwritable    the folder or the disk does not take it
    ├── Damaged       the file holds what no database does
    ├── Busy          another program keeps the file to itself
    ├── Missing       what was asked for is not there
    ├── Refused       a statement the schema forbids: a bug of ours
    └── Closed        asked after the file was closed

No text of these ever holds a word of a conversation.
"""

import sqlite3


class StoreError(Exception):
    """The file could not do what was asked."""


class NewerSchema(StoreError):
    """A newer Coprime wrote the file. It was not touched."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(f"the file has schema {found}, this program knows {known}")
        self.found = found
        self.known = known


class Unwritable(StoreError):
    """Full, read-only, forbidden or failing: nothing can be written there now."""


class Damaged(StoreError):
    """The file cannot be read as the database it was."""


class Busy(StoreError):
    """Another program keeps the file to itself."""


class Missing(StoreError):
    """There is no such conversation."""


class Refused(StoreError):
    """The schema forbids it. A bug."""


class Closed(StoreError):
    """The database was closed, or never started."""


_KINDS: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_FULL: Unwritable,
    sqlite3.SQLITE_IOERR: Unwritable,
    sqlite3.SQLITE_READONLY: Unwritable,
    sqlite3.SQLITE_CANTOPEN: Unwritable,
    sqlite3.SQLITE_PERM: Unwritable,
    sqlite3.SQLITE_AUTH: Unwritable,
    sqlite3.SQLITE_CORRUPT: Damaged,
    sqlite3.SQLITE_NOTADB: Damaged,
    sqlite3.SQLITE_BUSY: Busy,
    sqlite3.SQLITE_LOCKED: Busy,
    sqlite3.SQLITE_PROTOCOL: Busy,
}


def translate(error: sqlite3.Error) -> StoreError:
    """Return the error of ours for one of sqlite3's, without its text.

    Its text may quote what it could not decode.
    """
    code = getattr(error, "sqlite_errorcode", None)
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    kind = Refused if code is None else _KINDS.get(code & 0xFF, Refused)
    return kind(name)


def is_failing_disk(error: sqlite3.Error) -> bool:
    """Return whether a connection that met this error must not be trusted again."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF == sqlite3.SQLITE_IOERR

"""Database: one SQLite file, one thread that writes, one that reads.

A write is one transaction and is on the disk when its future is done. Whoever
asks never waits: blocking happens on the two threads here and comes back as a
future. Neither thread keeps the program from ending.
Source: https://sqlite.org/wal.html, https://sqlite.org/pragma.html#pragma_synchronous.
"""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from sqlite3 import Connection
from threading import Event, Lock, Thread
from typing import Any, Concatenate, ParamSpec, TypeVar

from app.store.connection import connect
from app.store.errors import Closed, Damaged, StoreError, is_failing_disk, translate
from app.store.opening import Opening, open_file

P = ParamSpec("P")
T = TypeVar("T")

SQLITE_VERSION = sqlite3.sqlite_version

_LAST_READ_S = 1.0
"""How long closing waits for a read that is under way."""


@dataclass(frozen=True, slots=True)
class _Job:
    """Something to do on a connection, and who waits for it."""

    future: Future[Any]
    function: Callable[[Connection], Any]
    erases: bool = False


class Database:
    """The file of conversations, for threads that must not wait for it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writes: SimpleQueue[_Job | None] = SimpleQueue()
        self._reads: SimpleQueue[_Job | None] = SimpleQueue()
        self._lock = Lock()
        self._is_open = False
        self._opened = Event()
        self._refusal: StoreError | None = None
        self._writer = Thread(target=self._write_on, name="database-writer", daemon=True)
        self._reader = Thread(target=self._read_on, name="database-reader", daemon=True)
        self._opening: Future[Opening] = Future()

    def start(self) -> Future[Opening]:
        """Open the file on the writer's thread, and say what that came to.

        Reads and writes may be asked for at once; they wait for it.

        Raises (the future):
            NewerSchema, Unwritable, Busy: nothing can be read or written; every
                later future fails the same way.
        """
        with self._lock:
            if self._writer.ident is None:
                self._is_open = True
                self._opening.set_running_or_notify_cancel()
                self._writer.start()
                self._reader.start()
        return self._opening

    def write(
        self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Call a function in one transaction: all of it is kept, or nothing.

        In the order asked. Done means on the disk. A write that was asked for
        is made: its future cannot be cancelled.

        Raises (the future):
            StoreError: nothing was changed.
        """
        return self._ask_writer(lambda db: function(db, *args, **kwargs))

    def erase(
        self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """As `write`; then take what was deleted out of the write-ahead log too."""
        return self._ask_writer(lambda db: function(db, *args, **kwargs), erases=True)

    def read(
        self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Call a function on a connection that cannot write, in one snapshot.

        It sees every write whose future was done. Cancelling the future takes
        it out of the queue.

        Raises (the future):
            StoreError: it could not be read.
        """
        future: Future[T] = Future()
        self._put(self._reads, _Job(future, lambda db: function(db, *args, **kwargs)))
        return future

    def close(self, timeout_s: float = 2.0) -> None:
        """Make the writes that were asked for, and close the file.

        Returns after `timeout_s` at the latest; what has not been written by
        then is not waited for.
        """
        with self._lock:
            was_open, self._is_open = self._is_open, False
            if was_open:
                self._reads.put(None)
                self._writes.put(None)
        if self._writer.ident is None:
            return
        self._writer.join(timeout_s)

    # Asking

    def _ask_writer(self, function: Callable[[Connection], T], erases: bool = False) -> Future[T]:
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        self._put(self._writes, _Job(future, function, erases))
        return future

    def _put(self, queue: "SimpleQueue[_Job | None]", job: _Job) -> None:
        with self._lock:
            if self._is_open:
                queue.put(job)
                return
        job.future.set_exception(Closed("the database is not open"))

    # The writer's thread

    def _write_on(self) -> None:
        db = self._open()
        while (job := self._writes.get()) is not None:
            if self._refusal is not None:
                job.future.set_exception(self._refusal)
                continue
            db = self._write_one(db, job)
            del job  # what it brought is not kept until the next one
        if db is not None:
            # The last connection to close folds the log into the file, if it may write.
            self._reader.join(_LAST_READ_S)
            _close(db)

    def _open(self) -> Connection | None:
        try:
            db, opening = open_file(self._path)
        except StoreError as error:
            self._refusal = error
            self._opened.set()
            self._opening.set_exception(error)
            return None
        except BaseException as error:
            self._refusal = Closed("opening met a bug")
            self._opened.set()
            self._opening.set_exception(error)
            return None
        self._opened.set()
        self._opening.set_result(opening)
        return db

    def _write_one(self, db: Connection | None, job: _Job) -> Connection | None:
        try:
            if db is None:
                db = connect(self._path)
            result = _transact(db, "BEGIN IMMEDIATE", job.function)
            if job.erases:
                _empty_log(db)
        except sqlite3.Error as error:
            if db is not None and is_failing_disk(error):
                # What a failed fsync left in memory is not what is on the disk.
                _close(db)
                db = None
            job.future.set_exception(translate(error))
        except UnicodeDecodeError:
            job.future.set_exception(Damaged("malformed"))
        except BaseException as error:
            job.future.set_exception(error)
        else:
            job.future.set_result(result)
        return db

    # The reader's thread

    def _read_on(self) -> None:
        self._opened.wait()
        db: Connection | None = None
        while (job := self._reads.get()) is not None:
            if self._refusal is not None:
                job.future.set_exception(self._refusal)
            elif job.future.set_running_or_notify_cancel():
                db = self._read_one(db, job)
            del job
        if db is not None:
            _close(db)

    def _read_one(self, db: Connection | None, job: _Job) -> Connection | None:
        try:
            if db is None:
                db = connect(self._path)
                db.execute("PRAGMA query_only = ON")
            result = _read(db, job.function)
        except sqlite3.Error as error:
            job.future.set_exception(translate(error))
        except UnicodeDecodeError:
            # The module could not read out what SQLite complained about.
            job.future.set_exception(Damaged("malformed"))
        except BaseException as error:
            job.future.set_exception(error)
        else:
            job.future.set_result(result)
        return db


def _transact(db: Connection, begin: str, function: Callable[[Connection], T]) -> T:
    db.execute(begin)
    try:
        result = function(db)
        db.execute("COMMIT")
    except BaseException:
        # A full disk has rolled back already.
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return result


def _read(db: Connection, function: Callable[[Connection], T]) -> T:
    tolerant, db.text_factory = db.text_factory, str
    try:
        return _transact(db, "BEGIN", function)
    except sqlite3.OperationalError as error:
        # Raised by the module itself, so without a code: a text is not UTF-8.
        if hasattr(error, "sqlite_errorcode"):
            raise
    finally:
        db.text_factory = tolerant
    # Texts made in C are three times as fast; these take the long way.
    return _transact(db, "BEGIN", function)


def _empty_log(db: Connection) -> None:
    # It is done all the same: the next one empties it, at the latest closing does.
    with suppress(sqlite3.OperationalError):
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _close(db: Connection) -> None:
    # Where it cannot be folded in, the log stays and is read at the next start.
    with suppress(sqlite3.Error):
        db.close()

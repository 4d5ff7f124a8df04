import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from sqlite3 import Connection

import pytest

from app.store import connection, conversations
from app.store.database import Database
from app.store.errors import Busy, Closed, Refused, StoreError, Unwritable
from app.store.opening import Outcome
from tests.store.samples import heading, words

ROOT = Path(__file__).parents[2]


def count(db: Connection) -> int:
    return int(db.execute("SELECT count(*) FROM preference").fetchone()[0])


def put(db: Connection, name: str, value: str = "1") -> None:
    db.execute("INSERT INTO preference VALUES (?, ?)", (name, value))


def test_first_start_creates_and_the_second_opens(file: Path) -> None:
    for outcome in (Outcome.CREATED, Outcome.OPENED, Outcome.OPENED):
        database = Database(file)
        assert database.start().result().outcome is outcome
        database.close()


def test_nothing_is_opened_before_start(file: Path) -> None:
    database = Database(file)
    assert isinstance(database.write(count).exception(), Closed)
    assert isinstance(database.read(count).exception(), Closed)
    database.close()
    assert not file.parent.exists()


def test_reads_and_writes_asked_for_while_it_opens_are_made(file: Path) -> None:
    database = Database(file)
    started = database.start()
    written = database.write(put, "a")
    read = database.read(count)
    assert started.result().outcome is Outcome.CREATED
    assert written.result() is None
    assert read.result() in (0, 1)
    database.close()


def test_a_write_that_fails_changes_nothing_and_the_next_one_works(database: Database) -> None:
    def put_and_fail(db: Connection) -> None:
        put(db, "a")
        raise ZeroDivisionError

    assert isinstance(database.write(put_and_fail).exception(), ZeroDivisionError)
    assert database.read(count).result() == 0
    database.write(put, "b").result()
    assert database.read(count).result() == 1


def test_a_broken_rule_of_the_schema_is_refused_without_telling_texts(database: Database) -> None:
    database.write(put, "a").result()
    error = database.write(put, "a", "a secret text").exception()
    assert isinstance(error, Refused)
    assert "secret" not in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None


def test_a_read_cannot_write(database: Database) -> None:
    assert isinstance(database.read(put, "a").exception(), StoreError)
    assert database.read(count).result() == 0


def test_a_read_does_not_wait_for_a_write(database: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def put_slowly(db: Connection) -> None:
        put(db, "a")
        begun.set()
        go_on.wait(10)

    writing = database.write(put_slowly)
    begun.wait(10)
    assert database.read(count).result(timeout=5) == 0
    go_on.set()
    writing.result()
    assert database.read(count).result() == 1


def test_writes_are_made_in_the_order_asked(database: Database) -> None:
    futures = [database.write(put, str(i)) for i in range(50)]
    for future in futures:
        future.result()

    def names(db: Connection) -> list[str]:
        return [row[0] for row in db.execute("SELECT name FROM preference ORDER BY rowid")]

    assert database.read(names).result() == [str(i) for i in range(50)]


def test_a_write_cannot_be_cancelled_and_a_waiting_read_can(database: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait(_db: Connection) -> None:
        begun.set()
        go_on.wait(10)

    database.read(wait)
    begun.wait(10)
    read, written = database.read(count), database.write(put, "a")
    assert read.cancel()
    assert not written.cancel()
    go_on.set()
    written.result()
    assert database.read(count).result() == 1


def test_closing_makes_what_was_asked_for_and_folds_the_log_in(
    file: Path, open_database: Callable[..., Database]
) -> None:
    database = open_database()
    futures = [database.write(put, str(i)) for i in range(20)]
    database.read(count)
    database.close()
    assert all(future.done() for future in futures)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert isinstance(database.write(put, "late").exception(), Closed)
    assert isinstance(database.read(count).exception(), Closed)
    database.close()
    assert open_database().read(count).result() == 20


def test_closing_waits_no_longer_than_it_is_told(database: Database) -> None:
    go_on = threading.Event()
    database.write(lambda _db: go_on.wait(10))
    began = time.monotonic()
    database.close(timeout_s=0.2)
    assert time.monotonic() - began < 1
    go_on.set()


@pytest.mark.skipif(os.name != "posix", reason="modes are a matter of POSIX")
def test_files_are_closed_to_others_whatever_the_umask(
    file: Path, open_database: Callable[..., Database]
) -> None:
    before = os.umask(0)
    try:
        database = open_database()
        database.write(put, "a").result()
        database.read(count).result()
        found = {path.name: path.stat().st_mode & 0o777 for path in file.parent.iterdir()}
    finally:
        os.umask(before)
    assert found == {file.name + suffix: 0o600 for suffix in ("", "-wal", "-shm")}
    assert file.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.name != "posix", reason="modes are a matter of POSIX")
def test_files_that_were_open_to_others_are_closed(
    file: Path, open_database: Callable[..., Database]
) -> None:
    open_database().close()
    file.chmod(0o644)
    file.parent.chmod(0o755)
    open_database()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_fails_everything_the_same_way(
    tmp_path: Path, open_database: Callable[..., Database]
) -> None:
    (tmp_path / "taken").write_text("a file")
    database = open_database(tmp_path / "taken" / "conversations.db")
    for future in (database.start(), database.write(count), database.read(count)):
        assert isinstance(future.exception(timeout=5), Unwritable)


def test_another_program_that_keeps_the_file_makes_it_busy(
    file: Path, open_database: Callable[..., Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_BUSY_MS", 50)
    database = open_database()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert isinstance(database.write(put, "a").exception(), Busy)
    other.execute("ROLLBACK")
    other.close()
    database.write(put, "a").result()


def test_a_full_disk_fails_the_write_and_later_writes_work(database: Database) -> None:
    def limit(db: Connection, pages: int) -> None:
        db.execute(f"PRAGMA max_page_count = {pages}")

    database.write(put, "a").result()
    database.write(limit, 40).result()
    assert isinstance(database.write(put, "b", "x" * 1_000_000).exception(), Unwritable)
    database.write(limit, 100_000).result()
    database.write(put, "b", "x" * 1_000_000).result()
    assert database.read(count).result() == 2


FULL = """
import resource, sys
from pathlib import Path
from app.store.database import Database
from app.store.errors import Unwritable

def put(db, name, size):
    db.execute("INSERT INTO preference VALUES (?, ?)", (name, "x" * size))

database = Database(Path(sys.argv[1]))
database.start().result()
database.write(put, "kept", 10).result()
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
error = database.write(put, "lost", 1_000_000).exception()
assert isinstance(error, Unwritable), repr(error)
assert database.read(lambda db: db.execute("SELECT name FROM preference").fetchall()).result()
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
database.write(put, "after", 1_000_000).result()
database.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits of this kind")
def test_a_limit_of_the_system_fails_the_write_and_later_writes_work(
    file: Path, open_database: Callable[..., Database]
) -> None:
    subprocess.run([sys.executable, "-c", FULL, str(file)], cwd=ROOT, check=True, timeout=60)
    database = open_database()
    assert database.start().result().outcome is Outcome.OPENED

    def names(db: Connection) -> set[str]:
        return {row[0] for row in db.execute("SELECT name FROM preference")}

    assert database.read(names).result() == {"kept", "after"}


WRITER = """
import sys
from pathlib import Path
from app.store import conversations
from app.store.database import Database
from tests.store.samples import heading, words

database = Database(Path(sys.argv[1]))
database.start().result()
database.write(conversations.save_heading, heading()).result()
number = database.read(conversations.last_id).result()
while True:
    number += 1
    database.write(
        conversations.save_message, 1, words(number, "word " * (number % 700))
    ).result()
    sys.stdout.buffer.write(b"%d\\n" % number)
    sys.stdout.buffer.flush()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(
    file: Path, open_database: Callable[..., Database]
) -> None:
    acknowledged = 0
    for trial in range(20):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(file)], cwd=ROOT, stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(0.007 * trial)
            writer.send_signal(signal.SIGKILL)
            lines = writer.stdout.read().split(b"\n")
        if len(lines) > 1:
            acknowledged = int(lines[-2])
    database = open_database()
    assert database.start().result().outcome is Outcome.OPENED
    _, messages = database.read(conversations.load, 1).result()
    ids = [message.id for message in messages]
    assert acknowledged > 20
    assert set(range(2, acknowledged + 1)) <= set(ids)
    bodies = database.read(conversations.load_bodies, ids).result()
    assert not bodies.damaged
    assert all(text == "word " * (number % 700) for number, text, _ in bodies.found)


def test_what_was_erased_is_in_none_of_the_files(file: Path, database: Database) -> None:
    secret = "the words that must go"
    database.write(conversations.save_heading, heading()).result()
    database.write(conversations.save_message, 1, words(2, secret)).result()
    assert any(secret.encode() in path.read_bytes() for path in file.parent.iterdir())
    database.erase(conversations.delete_conversation, 1).result()
    assert not any(secret.encode() in path.read_bytes() for path in file.parent.iterdir())

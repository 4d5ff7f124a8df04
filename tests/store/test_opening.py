import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from sqlite3 import Connection

import pytest

from app.store import conversations, migrations
from app.store.database import Database
from app.store.errors import NewerSchema
from app.store.opening import Outcome
from tests.store.samples import heading, words

ROOT = Path(__file__).parents[2]
TEXT = "These words were saved. "


def fill(file: Path, messages: int = 200) -> None:
    def save(db: Connection) -> None:
        conversations.save_heading(db, heading())
        for number in range(2, messages + 2):
            conversations.save_message(
                db, 1, words(number, TEXT * 40, number - 1 if number > 2 else None)
            )

    database = Database(file)
    database.start().result()
    database.write(save).result()
    database.close()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


LEAVE_LOG = """
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA wal_autocheckpoint = 0")
db.execute(sys.argv[2])
os._exit(0)
"""


def run_and_leave_log(file: Path, statement: str) -> None:
    """Run a statement in a program that ends without folding the log in."""
    subprocess.run([sys.executable, "-c", LEAVE_LOG, str(file), statement], check=True)
    assert file.with_name(file.name + "-wal").stat().st_size > 0


# Newer


@pytest.mark.parametrize("in_log", [False, True], ids=["in the file", "in the log"])
def test_a_file_of_a_newer_program_is_left_as_it_is(
    file: Path, open_database: Callable[..., Database], in_log: bool
) -> None:
    fill(file)
    newer = f"PRAGMA user_version = {migrations.latest() + 1}"
    if in_log:
        run_and_leave_log(file, newer)
        file.with_name(file.name + "-shm").unlink()
    else:
        with closing(sqlite3.connect(file)) as db:
            db.execute(newer)
    before = contents(file.parent)
    database = open_database()
    error = database.start().exception()
    assert isinstance(error, NewerSchema)
    assert (error.found, error.known) == (migrations.latest() + 1, migrations.latest())
    assert isinstance(database.read(conversations.last_id).exception(), NewerSchema)
    database.close()
    assert contents(file.parent) == before


def test_what_a_killed_program_left_in_the_log_is_there(
    file: Path, open_database: Callable[..., Database]
) -> None:
    fill(file)
    run_and_leave_log(file, "UPDATE conversation SET title = 'in the log'")
    database = open_database()
    assert database.start().result().outcome is Outcome.OPENED
    assert database.read(conversations.list_headings).result()[0].title == "in the log"


# Damaged


def overwrite(offset: int, data: bytes) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        whole = bytearray(file.read_bytes())
        whole[offset : offset + len(data)] = data
        file.write_bytes(whole)

    return change


def replace_by_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()
    (file / "inside").write_text("kept")


def replace_by_link(file: Path) -> None:
    file.rename(file.with_name("elsewhere.db"))
    file.symlink_to(file.with_name("elsewhere.db"))


def misspell(old: bytes, new: bytes) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        whole = file.read_bytes()
        assert old in whole
        file.write_bytes(whole.replace(old, new, 1))

    return change


def another_programs(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE place (url)")


def lose_but_for_log(file: Path) -> None:
    run_and_leave_log(file, "UPDATE conversation SET title = 'in the log'")
    file.unlink()


def empty_but_for_log(file: Path) -> None:
    run_and_leave_log(file, "UPDATE conversation SET title = 'in the log'")
    file.write_bytes(b"")


DAMAGE: dict[str, Callable[[Path], object]] = {
    "all NUL": lambda file: file.write_bytes(bytes(file.stat().st_size)),
    "a picture": lambda file: file.write_bytes(b"\x89PNG\r\n\x1a\n" * 4000),
    "one byte": lambda file: file.write_bytes(b"S"),
    "a cut header": lambda file: file.write_bytes(file.read_bytes()[:60]),
    "cut in the middle": lambda file: file.write_bytes(file.read_bytes()[:100_000]),
    "cut off a page boundary": lambda file: file.write_bytes(file.read_bytes()[:99_999]),
    "no magic": overwrite(0, bytes(16)),
    "no header": overwrite(0, bytes(100)),
    "a page of zeros": overwrite(4096 * 3, bytes(4096)),
    "the first page in rubbish": overwrite(100, b"\xa5" * 3996),
    "an unknown version": overwrite(60, b"\x7f\xff\xff\xff"),
    "another program's mark": overwrite(68, b"abcd"),
    "a column of another name": misspell(b"    text_length", b"    tuxt_length"),
    "a reference to another table": misspell(b"REFERENCES message", b"REFERENCES massage"),
    "another program's": another_programs,
    "a folder": replace_by_folder,
    "a link": replace_by_link,
    "lost but for its log": lose_but_for_log,
    "empty but for its log": empty_but_for_log,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_kept_aside_and_a_new_one_begun(
    file: Path, open_database: Callable[..., Database], damage: Callable[[Path], object]
) -> None:
    fill(file)
    damage(file)
    before = {
        name: data for name, data in contents_of_files(file.parent).items() if "-shm" not in name
    }
    database = open_database()
    opening = database.start().result()
    assert opening.outcome is Outcome.QUARANTINED
    assert opening.why
    assert opening.kept is not None
    after = contents_of_files(file.parent)
    for name, data in before.items():
        assert after[name.replace(file.name, opening.kept.name)] == data
    database.write(conversations.save_heading, heading(9_000, "new")).result()
    database.close()
    again = open_database()
    assert again.start().result().outcome is Outcome.OPENED
    assert again.read(conversations.list_headings).result()


def contents_of_files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "-shm" not in path.name
    }


def test_two_damaged_files_of_one_second_are_both_kept(
    file: Path, open_database: Callable[..., Database]
) -> None:
    kept = set()
    for _ in range(3):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"junk")
        database = open_database()
        kept.add(database.start().result().kept)
        database.close()
    assert len(kept) == 3
    assert all(path is not None and path.read_bytes() == b"junk" for path in kept)


def test_an_empty_file_is_a_first_start(file: Path, open_database: Callable[..., Database]) -> None:
    file.parent.mkdir()
    file.touch()
    assert open_database().start().result().outcome is Outcome.CREATED


# Migration


def add_column(db: Connection) -> None:
    db.execute("ALTER TABLE conversation ADD COLUMN colour TEXT")


def test_an_older_file_is_backed_up_and_brought_up_to_date(
    file: Path, open_database: Callable[..., Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(file)
    old = migrations.latest()
    monkeypatch.setattr(migrations, "STEPS", [*migrations.STEPS, add_column])
    database = open_database()
    opening = database.start().result()
    assert opening.outcome is Outcome.MIGRATED
    assert opening.migrated_from == old
    assert opening.backup == file.with_name(f"conversations.before-v{old + 1}.db")
    assert opening.backup.stat().st_mode & 0o077 == 0 or sys.platform == "win32"
    with closing(sqlite3.connect(opening.backup)) as db:
        assert migrations.version(db) == old
        assert db.execute("SELECT count(*) FROM message").fetchone() == (200,)
    colours = database.read(lambda db: db.execute("SELECT colour FROM conversation").fetchall())
    assert colours.result() == [(None,)]


def test_a_step_that_fails_leaves_the_file_as_it_was(
    file: Path, open_database: Callable[..., Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_midway(db: Connection) -> None:
        db.execute("DROP TABLE body")
        db.execute("DROP TABLE nothing_of_the_kind")

    fill(file)
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "STEPS", [*migrations.STEPS, fail_midway])
        database = open_database()
        assert database.start().exception() is not None
        database.close()
    database = open_database()
    assert database.start().result().outcome is Outcome.OPENED
    bodies = database.read(conversations.load_bodies, range(2, 202)).result()
    assert len(bodies.found) == 200
    assert not bodies.damaged


KILLED = """
import os, sys
from pathlib import Path
from app.store import migrations
from app.store.opening import open_file

@migrations.STEPS.append
def die(db):
    db.execute("DROP TABLE body")
    os.kill(os.getpid(), 9)

open_file(Path(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_kill_in_a_migration_leaves_the_file_as_it_was(
    file: Path, open_database: Callable[..., Database]
) -> None:
    fill(file)
    ended = subprocess.run([sys.executable, "-c", KILLED, str(file)], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    database = open_database()
    assert database.start().result().outcome is Outcome.OPENED
    assert len(database.read(conversations.load_bodies, range(2, 202)).result().found) == 200


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_kill_at_any_moment_of_the_first_start_leaves_something_that_starts(
    file: Path, open_database: Callable[..., Database]
) -> None:
    for trial in range(6):
        program = "import sys; from pathlib import Path; from app.store.opening import open_file;"
        program += "print(flush=True); open_file(Path(sys.argv[1]))"
        with subprocess.Popen(
            [sys.executable, "-c", program, str(file)], cwd=ROOT, stdout=subprocess.PIPE
        ) as starting:
            assert starting.stdout is not None
            starting.stdout.readline()
            time.sleep(0.002 * trial)
            starting.kill()
        database = open_database()
        # Between two steps of the schema, the rest of them was left.
        whole = (Outcome.CREATED, Outcome.OPENED, Outcome.MIGRATED)
        assert database.start().result().outcome in whole
        database.close()
        for path in file.parent.iterdir():
            path.unlink()


HALF_WRITTEN = """
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode = DELETE")
db.execute("PRAGMA cache_size = 1")
db.execute("BEGIN")
db.execute("CREATE TABLE half (a)")
for _ in range(500):
    db.execute("INSERT INTO half VALUES (?)", ["x" * 4000])
os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
@pytest.mark.parametrize("messages", [0, 200], ids=["a new file", "a backup put back"])
def test_what_a_kill_left_half_written_before_there_was_a_log_is_taken_back(
    file: Path, open_database: Callable[..., Database], messages: int
) -> None:
    if messages:
        fill(file, messages)
    else:
        file.parent.mkdir()
    ended = subprocess.run([sys.executable, "-c", HALF_WRITTEN, str(file)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert file.with_name(file.name + "-journal").stat().st_size > 0
    assert file.stat().st_size > 500_000
    database = open_database()
    assert database.start().result().outcome is (Outcome.OPENED if messages else Outcome.CREATED)
    found = database.read(conversations.load_bodies, range(2, messages + 2)).result().found
    assert len(found) == messages
    assert sorted(path.name for path in file.parent.glob("*journal")) == []


def test_every_step_alone_and_all_together_give_the_same_schema() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrations.migrate(db)
        migrations.migrate(db)
        assert migrations.version(db) == migrations.latest()
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
    assert {"conversation", "message", "body", "completion", "account"} <= tables

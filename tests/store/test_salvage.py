import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from sqlite3 import Connection

import pytest

from app.chat.account import PRIME_ENDPOINT, Account
from app.chat.cost import Cost, CostKind, Usage
from app.chat.message import Completion, Message
from app.store import accounts, conversations, preferences
from app.store.database import Database
from app.store.opening import Outcome
from app.store.salvage import Salvaged
from tests.store.samples import empty_reply, heading, words
from tests.store.test_opening import DAMAGE, fill, run_and_leave_log

PAGE = 4096
LONG = "A long reply, over many pages. " * 2_000
DONE = Completion(
    "a1", "Me", "maker/model", usage=Usage(1, 2), cost=Cost(Decimal("0.25"), CostKind.BILLED)
)


def reply(number: int, text: str, parent: int | None) -> Message:
    return replace(empty_reply(number, parent), text=text, reasoning="hm", completion=DONE)


def text_of(number: int) -> str:
    return LONG if number % 50 == 0 else f"Message {number}: " + "word " * (number % 90)


def fill_variously(file: Path, messages: int = 300) -> None:
    """Two conversations written in turns, with some long texts and all the rest."""

    def save_one(db: Connection, number: int) -> None:
        conversations.save_heading(db, heading(1 + number % 2, f"Talk {number % 2}"))
        parent = number - 2 if number > 4 else None
        make = words if number % 4 < 2 else reply
        conversations.save_message(db, 1 + number % 2, make(number, text_of(number), parent))

    database = Database(file)
    database.start().result()
    database.write(accounts.save_account, Account("a1", "Me", PRIME_ENDPOINT))
    database.write(preferences.save_preference, "theme", "dark")
    for number in range(3, messages + 3):
        database.write(save_one, number)
    database.close(timeout_s=20)


def salvaged(open_database: Callable[..., Database]) -> tuple[Database, Salvaged]:
    database = open_database()
    opening = database.start().result()
    assert opening.outcome is Outcome.QUARANTINED
    assert opening.salvaged is not None
    return database, opening.salvaged


def read_all(database: Database) -> tuple[dict[int, str], frozenset[int]]:
    ids = [
        message.id
        for each in database.read(conversations.list_headings).result()
        for message in database.read(conversations.load, each.id).result()[1]
    ]
    bodies = database.read(conversations.load_bodies, ids).result()
    return {number: text for number, text, _ in bodies.found}, bodies.damaged


@pytest.mark.parametrize(
    ("damage", "least"),
    [
        ("no magic", 200),
        ("no header", 200),
        ("the first page in rubbish", 200),
        ("an unknown version", 200),
        ("another program's mark", 200),
        ("a page of zeros", 200),
        ("a link", 200),
        ("cut in the middle", 20),
        ("cut off a page boundary", 20),
        ("all NUL", 0),
        ("a picture", 0),
        ("one byte", 0),
        ("a folder", 0),
    ],
)
def test_what_can_be_read_of_a_damaged_file_is_in_the_new_one(
    file: Path, open_database: Callable[..., Database], damage: str, least: int
) -> None:
    fill(file, 200)
    DAMAGE[damage](file)
    _, found = salvaged(open_database)
    assert found.messages >= least
    assert found.conversations == (1 if least == 200 else bool(found.messages) + (least > 0))


def test_everything_comes_back_where_only_the_header_is_lost(
    file: Path, open_database: Callable[..., Database]
) -> None:
    fill_variously(file)
    DAMAGE["no header"](file)
    database, found = salvaged(open_database)
    assert found == Salvaged(2, 300)
    texts, damaged = read_all(database)
    assert texts == {number: text_of(number) for number in range(3, 303)}
    assert not damaged
    loaded, messages = database.read(conversations.load, 1).result()
    assert loaded.title == "Talk 0"
    assert [m.completion for m in messages if m.completion] == [DONE] * 75
    assert [m.parent for m in messages[:3]] == [None, 4, 6]
    assert database.read(accounts.list_accounts).result()[0].name == "Me"
    assert database.read(preferences.load_preferences).result() == {"theme": "dark"}
    assert database.read(conversations.last_id).result() == 302


def test_one_lost_page_costs_what_was_on_it_and_no_word_else(
    file: Path, open_database: Callable[..., Database]
) -> None:
    fill_variously(file)
    whole = file.read_bytes()
    for page in random.Random(7).sample(range(1, len(whole) // PAGE), 12):
        file.write_bytes(whole[: page * PAGE] + bytes(PAGE) + whole[(page + 1) * PAGE :])
        database = open_database()
        if database.start().result().outcome is Outcome.QUARANTINED:
            texts, damaged = read_all(database)
            # A leaf of texts holds some forty of the short ones here.
            same = sum(texts.get(n) == text_of(n) for n in range(3, 303))
            assert same >= 300 - 60
            assert all(texts[n] == text_of(n) for n in texts.keys() - damaged)
        else:
            # The middle of a long text: the page has no form of its own to be wrong.
            assert len(read_all(database)[1]) <= 1
        database.close()
        for path in file.parent.iterdir():
            path.unlink()


def test_what_only_the_log_has_is_taken_from_the_log(
    file: Path, open_database: Callable[..., Database]
) -> None:
    fill_variously(file, 20)
    run_and_leave_log(file, "UPDATE conversation SET title = 'newest'")
    file.write_bytes(bytes(100) + file.read_bytes()[100:])
    database, found = salvaged(open_database)
    assert found == Salvaged(2, 20)
    titles = {each.title for each in database.read(conversations.list_headings).result()}
    assert titles == {"newest"}


def test_messages_without_their_conversation_get_a_new_one(
    file: Path, open_database: Callable[..., Database]
) -> None:
    fill(file, 30)
    with closing(sqlite3.connect(file)) as db:
        db.execute("DELETE FROM conversation")
        db.commit()
    DAMAGE["no header"](file)
    database, found = salvaged(open_database)
    assert found == Salvaged(1, 30)
    assert len(read_all(database)[0]) == 30


def test_texts_without_their_messages_come_in_a_conversation_of_their_own(
    file: Path, open_database: Callable[..., Database]
) -> None:
    fill_variously(file, 30)
    with closing(sqlite3.connect(file)) as db:
        db.execute("DELETE FROM message WHERE id > 20")
        db.commit()
    DAMAGE["no header"](file)
    database, found = salvaged(open_database)
    assert found == Salvaged(3, 30)
    texts, damaged = read_all(database)
    assert texts == {number: text_of(number) for number in range(3, 33)}
    assert not damaged


def test_rows_of_another_program_are_not_taken_for_ours(
    file: Path, open_database: Callable[..., Database]
) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE cookie (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        db.execute("INSERT INTO cookie VALUES ('theme', '1')")
        db.commit()
    database, found = salvaged(open_database)
    assert found == Salvaged()
    assert database.read(preferences.load_preferences).result() == {}


def test_any_bytes_start(file: Path, open_database: Callable[..., Database]) -> None:
    fill_variously(file, 60)
    whole = file.read_bytes()
    dice = random.Random(11)
    for _ in range(40):
        spoiled = bytearray(whole)
        for _ in range(dice.choice((1, 3, 200))):
            at = dice.randrange(len(spoiled))
            length = dice.choice((1, 1, 16, 512))
            spoiled[at : at + length] = dice.randbytes(len(spoiled[at : at + length]))
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(spoiled[: dice.choice((len(spoiled), dice.randrange(len(spoiled))))])
        database = open_database()
        assert database.start().exception() is None
        database.write(conversations.close_open_replies).result()
        texts, damaged = read_all(database)
        assert all(texts[n] in (text_of(n), "") for n in texts.keys() - damaged)
        database.close()
        for path in file.parent.iterdir():
            path.unlink()

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from sqlite3 import Connection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.conversation import Conversation
from app.chat.cost import Cost, CostKind, Usage
from app.chat.failure import Failure, Kind
from app.chat.heading import Heading
from app.chat.message import Completion, Message, Role, Status, Timing
from app.chat.model import Prices
from app.chat.parameters import Parameters
from app.store import conversations, migrations, tabs
from app.store.database import Database
from app.store.errors import Missing
from app.store.opening import open_file
from tests.store.samples import NOW, empty_reply, heading, words

ASKED = Completion("account-1", "Team Blue", "maker/model:1", Parameters(temperature=0.5))
DONE = replace(
    ASKED,
    finish_reason="stop",
    usage=Usage(10, 20, 5, 3, Decimal("0.000123456789")),
    cost=Cost(Decimal("0.000123456789"), CostKind.BILLED),
    timing=Timing(120, 3400),
    reasoning_ms=90,
    request_ids=("req-1", "req-2"),
)


@pytest.fixture
def db(file: Path) -> Iterator[Connection]:
    with closing(open_file(file)[0]) as connection:
        yield connection


def ledger_of(
    db: Connection, columns: str = "message_id, status, cost"
) -> list[tuple[object, ...]]:
    return db.execute(f"SELECT {columns} FROM completion ORDER BY id").fetchall()


# Round trips

texts = st.text(max_size=200)
counts = st.integers(0, 2**40)
times = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
prices = st.none() | st.decimals(0, 1000, places=6)
money = st.decimals(0, 1000, places=12)
parameters = st.builds(
    Parameters,
    temperature=st.none() | st.floats(0, 2),
    max_tokens=st.none() | st.integers(1, 2**31),
    stop=st.lists(st.text(min_size=1, max_size=5), max_size=3).map(tuple),
    reasoning_effort=st.none() | st.sampled_from(["low", "high"]),
    stream=st.booleans(),
)
headings = st.builds(
    Heading,
    id=st.integers(1, 2**62),
    title=texts,
    created=times,
    updated=times,
    pinned=st.booleans(),
    account_id=st.just("account-1"),
    model=texts,
    parameters=parameters,
    system_prompt=texts,
    draft=texts,
    leaf=st.none() | st.integers(1, 2**62),
)
failures = st.builds(
    Failure,
    kind=st.sampled_from(Kind),
    status=st.none() | st.integers(100, 599),
    code=texts,
    words=texts,
    request_ids=st.lists(texts, max_size=2).map(tuple),
    retry_after_s=st.none() | st.floats(0, 1e6),
    parameter=texts,
    window=st.none() | counts,
    host=texts,
)
completions = st.builds(
    Completion,
    account_id=st.just("account-1"),
    payer=texts,
    model=texts,
    parameters=parameters,
    prices=st.builds(Prices, prices, prices, prices, prices),
    finish_reason=texts,
    usage=st.none()
    | st.builds(Usage, counts, counts, st.none() | counts, st.none() | counts, st.none() | money),
    cost=st.none() | st.builds(Cost, money, st.sampled_from(CostKind)),
    timing=st.none() | st.builds(Timing, st.none() | counts, counts),
    reasoning_ms=st.none() | counts,
    request_ids=st.lists(texts, max_size=3).map(tuple),
    failure=st.none() | failures,
)


def stored(text: str) -> str:
    return text.replace("\0", "\ufffd")


def in_memory() -> Connection:
    db = sqlite3.connect(":memory:", isolation_level=None)
    migrations.migrate(db)
    return db


@given(headings)
def test_every_field_of_a_heading_comes_back(saved: Heading) -> None:
    with closing(in_memory()) as db:
        conversations.save_heading(db, heading(saved.id))
        conversations.save_heading(db, saved)
        expected = replace(
            saved,
            title=stored(saved.title),
            model=stored(saved.model),
            system_prompt=stored(saved.system_prompt),
            draft=stored(saved.draft),
        )
        assert conversations.list_headings(db) == [expected]
        loaded, messages = conversations.load(db, saved.id)
        assert (loaded, list(messages)) == (expected, [])


@given(completions, st.sampled_from(Status), texts, texts, times)
def test_every_field_of_a_reply_comes_back(
    completion: Completion, status: Status, text: str, reasoning: str, created: datetime
) -> None:
    reply = Message(
        7, None, Role.ASSISTANT, status, created, text, reasoning, completion=completion
    )
    with closing(in_memory()) as db:
        conversations.save_heading(db, heading())
        conversations.save_message(db, 1, empty_reply(7, None))
        conversations.save_message(db, 1, reply)
        _, (loaded,) = conversations.load(db, 1)
        bodies = conversations.load_bodies(db, [7])
    assert bodies.found == [(7, stored(text), stored(reasoning))]
    assert not bodies.damaged
    expected = replace(
        completion,
        payer=stored(completion.payer),
        model=stored(completion.model),
        finish_reason=stored(completion.finish_reason),
    )
    assert loaded.completion == expected
    assert loaded == replace(
        reply,
        text=None if text or reasoning else "",
        reasoning=None if text or reasoning else "",
        length=len(text),
        reasoning_length=len(reasoning),
        completion=expected,
    )


@pytest.mark.parametrize(
    ("received", "kept"),
    [
        ("a\ud800b", "a\ufffdb"),
        ("\udc00\ud800", "\ufffd\ufffd"),
        ("\ud83d\ude00", "\U0001f600"),
        ("a\0b", "a\ufffdb"),
        ("\ufeffa\u2028\u00a0\r\n", "\ufeffa\u2028\u00a0\r\n"),
    ],
)
def test_what_is_no_text_is_saved_as_a_sign_for_it(
    db: Connection, received: str, kept: str
) -> None:
    failure = Failure(Kind.BUSY, words=received)
    reply = Message(
        2, None, Role.ASSISTANT, text=received, completion=replace(ASKED, failure=failure)
    )
    conversations.save_heading(db, replace(heading(), title=received, draft=received))
    conversations.save_message(db, 1, reply)
    conversations.save_draft(db, 1, received)
    loaded, (message,) = conversations.load(db, 1)
    assert (loaded.title, loaded.draft) == (kept, kept)
    assert message.length == len(kept)
    assert conversations.load_bodies(db, [2]).found == [(2, kept, "")]
    assert message.completion is not None
    assert message.completion.failure is not None
    if "\0" not in received:
        assert message.completion.failure.words == kept


# Headings


def test_headings_come_newest_first(db: Connection) -> None:
    for number, hours in ((1, 0), (2, 5), (3, 2)):
        conversations.save_heading(
            db, replace(heading(number), updated=NOW + timedelta(hours=hours))
        )
    assert [each.id for each in conversations.list_headings(db)] == [2, 3, 1]


def test_a_hidden_conversation_is_in_no_list_until_it_is_brought_back(db: Connection) -> None:
    conversations.save_heading(db, heading())
    conversations.hide_conversation(db, 1, NOW)
    assert conversations.list_headings(db) == []
    conversations.save_heading(db, heading())
    assert conversations.list_headings(db) == []
    conversations.hide_conversation(db, 1, None)
    assert conversations.list_headings(db) == [heading()]
    conversations.hide_conversation(db, 1, NOW)
    assert conversations.delete_hidden(db) == 1
    with pytest.raises(Missing):
        conversations.load(db, 1)


def test_ids_are_never_given_twice(db: Connection) -> None:
    assert conversations.last_id(db) == 0
    conversations.save_heading(db, heading(5))
    assert conversations.last_id(db) == 5
    conversations.save_message(db, 5, words(9, "hello"))
    assert conversations.last_id(db) == 9
    conversations.delete_conversation(db, 5)
    assert conversations.last_id(db) == 9


# Messages


def test_a_reply_begins_with_all_it_stands_on(db: Connection) -> None:
    reply = replace(empty_reply(3, 2), completion=ASKED)
    conversations.begin_reply(db, replace(heading(), leaf=3), words(2, "Why?"), reply)
    loaded, messages = conversations.load(db, 1)
    assert loaded.leaf == 3
    assert [(m.id, m.parent, m.status) for m in messages] == [
        (2, None, Status.COMPLETE),
        (3, 2, Status.WAITING),
    ]
    assert messages[1].completion == ASKED
    assert conversations.load_bodies(db, [2, 3]).found == [(2, "Why?", ""), (3, "", "")]


def test_a_reply_is_begun_whole_or_not_at_all(database: Database) -> None:
    def begin_and_fail(db: Connection) -> None:
        conversations.begin_reply(db, heading(), words(2, "Why?"), empty_reply(3, 2))
        raise ZeroDivisionError

    assert database.write(begin_and_fail).exception() is not None
    assert database.read(conversations.list_headings).result() == []
    assert database.read(conversations.load_bodies, [2, 3]).result().found == []


def test_saving_a_message_without_its_text_keeps_the_text(db: Connection) -> None:
    conversations.save_heading(db, heading())
    conversations.save_message(db, 1, replace(empty_reply(2, None), text="Because."))
    _, (message,) = conversations.load(db, 1)
    assert (message.text, message.length) == (None, 8)
    conversations.save_message(db, 1, replace(message, status=Status.COMPLETE, completion=DONE))
    _, (message,) = conversations.load(db, 1)
    assert (message.status, message.length, message.completion) == (Status.COMPLETE, 8, DONE)
    assert conversations.load_bodies(db, [2]).found == [(2, "Because.", "")]


def test_branches_come_parents_first_and_versions_oldest_first(db: Connection) -> None:
    conversations.save_heading(db, heading())
    tree = {2: None, 3: 2, 4: 2, 5: 3, 6: None, 7: 6, 8: 4, 9: 2}
    for number, parent in tree.items():
        conversations.save_message(db, 1, words(number, "x", parent))
    loaded, messages = conversations.load(db, 1)
    assert {m.id: m.parent for m in messages} == tree
    conversation = Conversation(loaded, messages)
    assert conversation.versions(3) == [3, 4, 9]
    assert conversation.path(8) == [2, 4, 8]


def test_each_request_has_its_own_row_in_the_ledger(db: Connection) -> None:
    reply = replace(empty_reply(3, 2), completion=ASKED)
    conversations.begin_reply(db, heading(), words(2, "Why?"), reply)
    conversations.save_message(db, 1, replace(reply, status=Status.STREAMING, text="Be"))
    conversations.save_message(
        db, 1, replace(reply, status=Status.COMPLETE, text="Because", completion=DONE)
    )
    assert ledger_of(db) == [(3, "complete", 123456789)]
    conversations.begin_reply(db, heading(), None, reply)
    assert ledger_of(db) == [(3, "complete", 123456789), (3, "waiting", None)]
    _, messages = conversations.load(db, 1)
    assert messages[1].completion == ASKED


def test_what_was_spent_stays_when_its_conversation_goes(db: Connection) -> None:
    reply = replace(empty_reply(3, 2), status=Status.COMPLETE, text="Because", completion=DONE)
    conversations.begin_reply(db, heading(), words(2, "Why?"), reply)
    tabs.save_tabs(db, [tabs.Tab(1, True)])
    conversations.delete_conversation(db, 1)
    assert ledger_of(db) == [(None, "complete", 123456789)]
    assert conversations.list_headings(db) == []
    assert tabs.list_tabs(db) == []
    for table in ("message", "body"):
        assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_a_reply_that_ends_after_its_conversation_went_is_still_counted(db: Connection) -> None:
    reply = replace(empty_reply(3, None), text="Because", completion=DONE)
    assert not conversations.save_message(db, 1, reply)
    assert ledger_of(db) == [(None, "waiting", 123456789)]


def test_an_amount_no_column_holds_does_not_fail(db: Connection) -> None:
    conversations.save_heading(db, heading())
    for number, usd in enumerate(("1e30", "-1e30", "NaN", "Infinity"), 2):
        completion = replace(
            DONE,
            cost=Cost(Decimal(usd), CostKind.BILLED),
            usage=Usage(10**30, 1, 1, 1, Decimal(usd)),
        )
        reply = replace(empty_reply(number, None), text="x", completion=completion)
        conversations.save_message(db, 1, reply)
    _, messages = conversations.load(db, 1)
    assert [m.completion is not None and m.completion.cost is None for m in messages] == [
        False,
        False,
        True,
        True,
    ]


def test_bytes_where_a_text_or_a_number_was_do_not_keep_a_conversation_shut(
    db: Connection,
) -> None:
    conversations.save_heading(db, heading())
    conversations.save_message(db, 1, replace(empty_reply(3, None), text="x", completion=DONE))
    db.execute("UPDATE completion SET payer = CAST('Team' AS BLOB), left_out = x'00ff'")
    _, (message,) = conversations.load(db, 1)
    assert message.completion is not None
    assert (message.completion.payer, message.completion.left_out) == ("Team", 0)
    assert message.completion.cost == DONE.cost


@pytest.mark.parametrize("completion", [ASKED, None])
def test_replies_the_program_ended_on_are_interrupted_and_keep_their_text(
    db: Connection, completion: Completion | None
) -> None:
    reply = replace(empty_reply(3, 2), completion=completion)
    conversations.begin_reply(db, heading(), words(2, "Why?"), reply)
    conversations.save_message(db, 1, replace(reply, status=Status.STREAMING, text="Beca"))
    assert conversations.close_open_replies(db) == 1
    assert conversations.close_open_replies(db) == 0
    _, (_, loaded) = conversations.load(db, 1)
    assert loaded.status is Status.INTERRUPTED
    assert loaded.completion is not None
    assert loaded.completion.failure == Failure(Kind.CLOSED)
    assert conversations.load_bodies(db, [3]).found == [(3, "Beca", "")]


# What a file may hold


@pytest.mark.parametrize("column", ["text", "reasoning", "checksum"])
def test_one_flipped_bit_is_noticed(db: Connection, column: str) -> None:
    conversations.save_heading(db, heading())
    reply = Message(2, None, Role.ASSISTANT, text="The words", reasoning="as they were")
    conversations.save_message(db, 1, reply)
    conversations.save_message(db, 1, words(3, "untouched"))
    (cell,) = db.execute(f"SELECT CAST({column} AS BLOB) FROM body WHERE message_id = 2").fetchone()
    kind = "BLOB" if column == "checksum" else "TEXT"
    for bit in range(len(cell) * 8):
        flipped = bytearray(cell)
        flipped[bit // 8] ^= 1 << bit % 8
        db.execute(f"UPDATE body SET {column} = CAST(? AS {kind}) WHERE message_id = 2", (flipped,))
        bodies = conversations.load_bodies(db, [2, 3])
        assert bodies.damaged == {2}
        assert [each[0] for each in bodies.found] == [2, 3]


def test_a_lost_text_is_noticed(db: Connection) -> None:
    conversations.save_heading(db, heading())
    conversations.save_message(db, 1, words(2, "hello"))
    db.execute("DELETE FROM body")
    assert conversations.load_bodies(db, [2, 99]) == conversations.Bodies(
        [(2, "", "")], frozenset({2})
    )


def test_what_a_column_should_not_hold_does_not_keep_a_conversation_shut(
    database: Database,
) -> None:
    def spoil(db: Connection) -> None:
        reply = replace(empty_reply(3, 2), completion=DONE)
        conversations.begin_reply(db, heading(), words(2, "Why?"), reply)
        db.execute(
            "UPDATE conversation SET title = CAST(x'ff41' AS TEXT), parameters = '{',"
            " created = 'x', updated = 1e300"
        )
        db.execute("UPDATE message SET status = 'unheard of', role = 'x', created = 9e18")
        db.execute(
            "UPDATE completion SET parameters = '[]', price_input = 'x', cost_kind = 'x',"
            " request_ids = '{', failure = '{\"kind\": \"of a newer program\"}'"
        )

    database.write(spoil).result()
    assert database.read(conversations.list_headings).result()[0].title == "\ufffdA"
    loaded, messages = database.read(conversations.load, 1).result()
    assert loaded.parameters == Parameters()
    assert [m.status for m in messages] == [Status.INTERRUPTED] * 2
    assert messages[1].completion is not None
    assert messages[1].completion.failure == Failure(Kind.BUG)
    assert database.read(conversations.load_bodies, [2, 3]).result().damaged == {2, 3}


def test_messages_whose_parents_are_lost_or_in_a_circle_still_make_a_tree(
    db: Connection,
) -> None:
    conversations.save_heading(db, replace(heading(), leaf=6))
    for number in range(2, 7):
        parent = number - 1 if number > 2 else None
        conversations.save_message(db, 1, words(number, "x", parent))
    db.execute("DELETE FROM message WHERE id = 4")
    db.execute("UPDATE message SET parent_id = 6 WHERE id = 3")
    loaded, messages = conversations.load(db, 1)
    conversation = Conversation(loaded, messages)
    assert list(conversation.branch) == [2, 3, 5, 6]


# Size


def test_ten_thousand_messages_are_listed_without_their_texts(
    file: Path, open_database: Callable[..., Database]
) -> None:
    def save(db: Connection) -> None:
        conversations.save_heading(db, heading())
        for number in range(2, 10_002):
            reply = number % 2 == 1
            conversations.save_message(
                db,
                1,
                Message(
                    number,
                    number - 1 if number > 2 else None,
                    Role.ASSISTANT if reply else Role.USER,
                    text="lorem ipsum " * 100,
                    completion=DONE if reply else None,
                ),
            )

    database = open_database()
    database.write(save).result()
    tables: set[str] = set()

    def load_watched(db: Connection) -> Sequence[Message]:
        def note(_action: int, table: str | None, *_: object) -> int:
            tables.add(table or "")
            return sqlite3.SQLITE_OK

        db.set_authorizer(note)
        try:
            return conversations.load(db, 1)[1]
        finally:
            db.set_authorizer(None)

    assert len(database.read(load_watched).result()) == 10_000
    assert "message" in tables
    assert "body" not in tables
    began = time.perf_counter()
    database.read(conversations.load, 1).result()
    # Forty on a quick computer; a crowded one is let off.
    assert time.perf_counter() - began < 0.5


def test_a_page_of_a_long_conversation_is_found_by_index(db: Connection) -> None:
    plan = db.execute(
        "EXPLAIN QUERY PLAN SELECT id FROM message WHERE conversation_id = 1"
        " AND depth BETWEEN 5000 AND 5050 ORDER BY depth, id"
    ).fetchall()
    assert len(plan) == 1
    assert "message_by_depth (conversation_id=? AND depth>? AND depth<?)" in plan[0][3]


# Finding


def test_texts_are_looked_through_without_being_loaded(db: Connection) -> None:
    conversations.save_heading(db, heading(1))
    for number, (text, reasoning) in enumerate(
        [("a needle, a needle", ""), ("hay", "a needle"), ("hay", "hay"), ("needle", "")], 2
    ):
        said = replace(words(number, text), reasoning=reasoning, role=Role.ASSISTANT)
        conversations.save_message(db, 1, said)

    def count(text: str) -> int:
        return text.count("needle")

    assert conversations.find_in_bodies(db, [2, 3, 4], count) == [(2, 2), (3, 1)]
    assert conversations.find_in_bodies(db, range(2, 4_000), count) == [(2, 2), (3, 1), (5, 1)]
    assert conversations.find_in_bodies(db, [], count) == []


def test_texts_that_are_no_texts_any_more_are_looked_through_all_the_same(
    db: Connection,
) -> None:
    conversations.save_heading(db, heading(1))
    conversations.save_message(db, 1, words(2, "needle"))
    db.execute("UPDATE body SET text = CAST(X'ff6e6565646c65' AS TEXT)")
    found = conversations.find_in_bodies(db, [2], lambda text: text.count("needle"))
    assert found == [(2, 1)]

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from sqlite3 import Connection

import pytest

from app.chat.account import Account, SecretSource
from app.chat.model import Model, Prices
from app.store import accounts, catalogue, conversations, preferences, tabs
from app.store.opening import open_file
from app.store.tabs import Tab
from tests.store.samples import NOW, heading

PERSONAL = Account("a1", "Me", "https://api.pinference.ai/api/v1", last_model="maker/model")
TEAM = replace(PERSONAL, id="a2", name="Work", team="Blue", source=SecretSource.MEMORY)
HOME = replace(PERSONAL, id="a3", name="Home", endpoint="http://localhost:8000/v1")
MODELS = [
    Model(
        "maker/model:1",
        "Model",
        "Maker",
        Prices(Decimal("0.10"), Decimal("2.5"), None, Decimal(0)),
        128_000,
        8_192,
        ("text", "image"),
        ("text",),
        frozenset({"temperature", "stop"}),
        ("low", "high"),
        True,
    ),
    Model("bare"),
]


@pytest.fixture
def db(file: Path) -> Iterator[Connection]:
    with closing(open_file(file)[0]) as connection:
        yield connection


def test_accounts_come_back_as_they_were_new_ones_last(db: Connection) -> None:
    for account in (PERSONAL, TEAM, HOME):
        accounts.save_account(db, account)
    assert accounts.list_accounts(db) == [PERSONAL, TEAM, HOME]
    renamed = replace(PERSONAL, name="Myself", last_model="other")
    accounts.save_account(db, renamed)
    assert accounts.list_accounts(db) == [renamed, TEAM, HOME]


def test_accounts_stand_in_the_order_given(db: Connection) -> None:
    for account in (PERSONAL, TEAM, HOME):
        accounts.save_account(db, account)
    accounts.order_accounts(db, ["a3", "unknown", "a1"])
    assert [account.id for account in accounts.list_accounts(db)] == ["a3", "a1", "a2"]


def test_an_account_goes_with_its_catalogue(db: Connection) -> None:
    accounts.save_account(db, PERSONAL)
    catalogue.save_catalogue(db, "a1", NOW, MODELS)
    accounts.delete_account(db, "a1")
    assert accounts.list_accounts(db) == []
    assert catalogue.load_catalogue(db, "a1") is None


def test_no_column_of_an_account_could_hold_a_secret(db: Connection) -> None:
    columns = {row[1] for row in db.execute("PRAGMA table_info(account)")}
    assert columns == {
        "id",
        "position",
        "name",
        "endpoint",
        "team",
        "source",
        "last_model",
        "allows_plain",
        "platform",
    }


def test_a_catalogue_comes_back_as_it_was(db: Connection) -> None:
    catalogue.save_catalogue(db, "a1", NOW, [])
    catalogue.save_catalogue(db, "a1", NOW, MODELS)
    assert catalogue.load_catalogue(db, "a1") == catalogue.Catalogue(NOW, tuple(MODELS))
    assert catalogue.load_catalogue(db, "a2") is None


def test_a_catalogue_that_cannot_be_read_counts_as_none(db: Connection) -> None:
    catalogue.save_catalogue(db, "a1", NOW, MODELS)
    db.execute("""UPDATE catalogue SET models = '[{"id": 3}]'""")
    assert catalogue.load_catalogue(db, "a1") is None


def test_tabs_come_back_in_their_order_without_those_that_are_gone(db: Connection) -> None:
    for number in (1, 2, 3):
        conversations.save_heading(db, heading(number))
    saved = [Tab(3), Tab(1, front=True, anchor='{"message": 7}'), Tab(99), Tab(2)]
    tabs.save_tabs(db, saved)
    conversations.hide_conversation(db, 2, NOW)
    assert tabs.list_tabs(db) == saved[:2]
    tabs.save_tabs(db, [])
    assert tabs.list_tabs(db) == []


def test_preferences_come_back_and_none_forgets_one(db: Connection) -> None:
    values = {"theme": "dark", "favourites": ["a", "b"], "width": 12.5, "send": False}
    for name, value in values.items():
        preferences.save_preference(db, name, "before")
        preferences.save_preference(db, name, value)
    assert preferences.load_preferences(db) == values
    preferences.save_preference(db, "theme", None)
    db.execute("UPDATE preference SET value = '{' WHERE name = 'width'")
    assert preferences.load_preferences(db) == {"favourites": ["a", "b"], "send": False}

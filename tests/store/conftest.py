from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.store.database import Database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "conversations.db"


@pytest.fixture
def open_database(file: Path) -> Iterator[Callable[..., Database]]:
    opened: list[Database] = []

    def start(path: Path = file) -> Database:
        database = Database(path)
        opened.append(database)
        database.start().exception(timeout=10)
        return database

    yield start
    for database in opened:
        database.close()


@pytest.fixture
def database(open_database: Callable[..., Database]) -> Database:
    return open_database()

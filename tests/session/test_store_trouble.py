"""A file of conversations that is damaged, or newer, is told of as what it is."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.chat.circumstance import About, Circumstance
from tests.helpers.server import Server
from tests.session.conftest import Running, Scenario

Play = Callable[[Scenario], None]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "conversations.db"


async def talk(running: Running) -> None:
    conversation = await running.start("test/echo")
    assert running.session.messages.send(conversation, "These are my words.")
    await running.until(lambda: not conversation.open_replies)


def test_what_came_over_of_a_damaged_file_is_told_and_logged_without_texts(
    play: Play,
    server: Server,
    file: Path,
    expected_logs: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    expected_logs.append("the database was damaged")
    told: list[Circumstance] = []

    async def after(running: Running) -> None:
        await running.start("test/echo")
        told.extend(each for each in running.told if each.about is About.STORE_DAMAGED)

    play(talk)
    file.write_bytes(b"\0" * 100 + file.read_bytes()[100:])
    play(after)
    (fact,) = told
    assert fact.rescued == (1, 2)
    assert Path(fact.detail).exists()
    (line,) = [r.getMessage() for r in caplog.records if "damaged" in r.getMessage()]
    assert "1 conversations, 2 messages" in line
    assert "words" not in line
    assert str(file.parent) not in line


def test_of_a_newer_file_it_stays_known_why_nothing_is_saved(
    play: Play, server: Server, file: Path
) -> None:
    async def after(running: Running) -> None:
        conversation = await running.start("test/echo")
        assert not running.session.messages.send(conversation, "hello")
        assert running.session.store_trouble == Circumstance(About.STORE_NEWER)
        assert [each.about for each in running.told].count(About.STORE_NEWER) == 1

    play(talk)
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA user_version = 9999")
    play(after)

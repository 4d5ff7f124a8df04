"""Asking again, editing and forking destroy nothing."""

from collections.abc import Callable
from pathlib import Path

from app.chat.conversation import Conversation
from app.store.conversations import load, load_bodies
from app.store.database import Database
from tests.helpers.server import Server
from tests.session.conftest import Running, Scenario

Play = Callable[[Scenario], None]


async def talk(running: Running, conversation: Conversation, text: str) -> int:
    """Say something and return the id of the finished reply."""
    assert running.session.messages.send(conversation, text)
    await running.until(lambda: not conversation.open_replies)
    return conversation.branch[-1]


def texts(conversation: Conversation) -> list[str | None]:
    return [conversation.text(i) for i in conversation.branch]


def test_another_model_answers_beside_the_first(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/echo")
        first = await talk(running, conversation, "hello")
        assert running.session.messages.retry(conversation, first, "test/happy")
        await running.until(lambda: not conversation.open_replies)
        second = conversation.branch[-1]
        assert list(conversation.versions(second)) == [first, second]
        completion = conversation.message(second).completion
        assert completion is not None
        assert completion.model == "test/happy"
        assert conversation.heading.model == "test/echo", "the next message goes where it went"
        running.session.messages.show_version(conversation, first)
        assert texts(conversation) == ["hello", "hello"]

    play(scenario)


def test_an_edited_message_starts_a_branch_and_the_old_one_stays(
    play: Play, server: Server
) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/echo")
        await talk(running, conversation, "first")
        await talk(running, conversation, "second")
        user = conversation.branch[0]
        assert running.session.messages.edit(conversation, user, "other")
        await running.until(lambda: not conversation.open_replies)
        assert texts(conversation) == ["other", "other"]
        running.session.messages.show_version(conversation, user)
        assert texts(conversation) == ["first", "first", "second", "second"]

    play(scenario)
    asked = [r.json["messages"] for r in server.requests() if r.method == "POST"]
    assert asked[-1] == [{"role": "user", "content": "other"}]


def test_a_fork_is_a_conversation_of_its_own_and_is_paid_once(play: Play, tmp_path: Path) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/echo")
        reply = await talk(running, conversation, "first")
        await talk(running, conversation, "second")
        running.session.messages.fork(conversation, reply)
        await running.until(lambda: running.session.desk.front != conversation.id)
        number = running.session.desk.front
        assert number is not None
        await running.until(lambda: running.session.desk.conversation(number))
        fork = running.session.desk.conversation(number)
        assert fork is not None
        fork.want(fork.branch)
        await running.until(lambda: texts(fork) == ["first", "first"])
        await talk(running, fork, "elsewhere")
        assert len(conversation.branch) == 4
        counted = running.database.read(
            lambda db: db.execute("SELECT count(*) FROM completion WHERE NOT is_copy").fetchone()
        )
        assert counted.result(5) == (3,)

    play(scenario)


def test_each_fork_that_is_asked_for_is_made_also_in_one_turn(play: Play, tmp_path: Path) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/echo")
        reply = await talk(running, conversation, "first")
        for _ in range(3):
            running.session.messages.fork(conversation, reply)
        await running.until(lambda: len(running.session.desk.tabs) == 4)
        number = running.session.desk.tabs[1]
        running.session.desk.show(number)
        await running.until(lambda: running.session.desk.conversation(number))
        fork = running.session.desk.conversation(number)
        assert fork is not None
        fork.want(fork.branch)
        await running.until(lambda: texts(fork) == ["first", "first"])

    play(scenario)


def test_the_version_in_view_is_the_one_after_a_restart(play: Play, tmp_path: Path) -> None:
    shown: list[list[str | None]] = []

    async def scenario(running: Running) -> None:
        conversation = await running.start("test/echo")
        first = await talk(running, conversation, "hello")
        running.session.messages.retry(conversation, first)
        await running.until(lambda: not conversation.open_replies)
        running.session.messages.show_version(conversation, first)
        shown.append([str(i) for i in conversation.branch])

    play(scenario)
    database = Database(tmp_path / "data/conversations.db")
    database.start().result(5)
    heading, messages = database.read(load, 1).result(5)
    restored = Conversation(heading, messages)
    assert [str(i) for i in restored.branch] == shown[0]
    assert not database.read(load_bodies, restored.branch).result(5).damaged
    database.close()

"""The verbs of the running application keep words safe and ask once."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.chat.circumstance import About
from app.chat.failure import Kind
from app.chat.message import Status
from tests.helpers.server import Recorded, Server
from tests.session.conftest import Running, Scenario

Play = Callable[[Scenario], None]


def chats(server: Server) -> list[Recorded]:
    return [r for r in server.requests() if r.path.endswith("/chat/completions")]


def test_no_byte_is_sent_before_the_words_are_on_disk(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/echo")
        disk_is_free = threading.Event()
        running.database.write(lambda _db: disk_is_free.wait(10))
        saved: list[object] = []
        running.session.words_saved.connect(saved.append)
        assert running.session.messages.send(conversation, "hello")
        assert [conversation.text(i) for i in conversation.branch] == ["hello", ""]
        # Ample for a request that does not wait for the disk.
        await asyncio.sleep(0.3)
        assert saved == []
        assert chats(server) == []
        disk_is_free.set()
        await running.until(lambda: not conversation.open_replies)
        assert saved == [conversation]
        assert len(chats(server)) == 1

    play(scenario)


def test_words_the_disk_refuses_are_not_sent_and_leave_no_trace(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/echo")
        refused: list[object] = []
        running.session.words_not_saved.connect(refused.append)
        running.database.close()
        running.session.messages.send(conversation, "hello")
        await running.until(lambda: refused)
        assert conversation.is_empty
        assert not conversation.open_replies
        assert About.STORE_UNWRITABLE in [c.about for c in running.told]

    play(scenario)
    assert chats(server) == []


def test_one_act_is_one_request(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/gated")
        assert running.session.messages.send(conversation, "hello")
        assert not running.session.messages.send(conversation, "hello"), "a reply is under way"
        await running.until(lambda: conversation.text(conversation.branch[-1]) == "one ")
        assert not running.session.messages.retry(conversation, conversation.branch[-1])
        server.release()
        await running.until(lambda: not conversation.open_replies)
        assert running.session.messages.retry(conversation, conversation.branch[-1])
        server.release()
        await running.until(lambda: not conversation.open_replies)
        assert len(list(conversation.versions(conversation.branch[-1]))) == 2

    play(scenario)
    assert len(chats(server)) == 2


def test_blanks_no_model_and_no_account_send_nothing(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/echo")
        assert not running.session.messages.send(conversation, " \n ")
        running.session.choose_model(conversation, "")
        assert not running.session.messages.send(conversation, "hello")
        running.session.choose_account(conversation, "nobody")
        assert not running.session.messages.send(conversation, "hello")
        assert conversation.is_empty

    play(scenario)
    assert chats(server) == []


def test_what_changes_while_a_reply_streams_is_for_the_next_one(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/gated")
        running.session.messages.send(conversation, "hello")
        await running.until(lambda: conversation.text(conversation.branch[-1]) == "one ")
        running.session.choose_model(conversation, "test/echo")
        server.release()
        await running.until(lambda: not conversation.open_replies)
        reply = conversation.message(conversation.branch[-1])
        assert reply.completion is not None
        assert reply.completion.model == "test/gated"
        assert reply.completion.usage is not None
        assert reply.completion.cost is not None
        running.session.messages.send(conversation, "and now")
        await running.until(lambda: not conversation.open_replies)

    play(scenario)
    assert [chat.json["model"] for chat in chats(server)] == ["test/gated", "test/echo"]


def test_stopping_at_any_moment_keeps_what_came_and_closes_the_connection(
    play: Play, server: Server
) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/gated")
        for waits_for_text in (False, True):
            running.session.messages.send(conversation, "hello")
            reply = conversation.branch[-1]
            if waits_for_text:
                await running.until(lambda: conversation.text(conversation.branch[-1]) == "one ")
            running.session.messages.stop(conversation)
            message = conversation.message(reply)
            assert message.status is Status.STOPPED, "at once"
            assert message.text == ("one " if waits_for_text else "")
        await running.until(lambda: chats(server)[-1].ended == "left")
        assert running.told == [c for c in running.told if c.about is not About.BUG]

    play(scenario)


def test_a_reply_goes_on_and_is_saved_when_its_tab_is_closed(
    play: Play, server: Server, tmp_path: Path
) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/gated")
        running.session.messages.send(conversation, "hello")
        await running.until(lambda: conversation.text(conversation.branch[-1]) == "one ")
        number = conversation.id
        running.session.close_tab(number)
        assert number not in running.session.desk.tabs
        server.release()
        await running.until(lambda: running.session.desk.conversation(number) is None)
        assert [h.id for h in running.session.desk.headings] == [number]

    play(scenario)
    with closing(sqlite3.connect(tmp_path / "data/conversations.db")) as db:
        assert ("one two three",) in db.execute("SELECT text FROM body").fetchall()


def test_a_growing_reply_is_on_disk_within_a_second(play: Play, tmp_path: Path) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/gated")
        running.session.messages.send(conversation, "hello")
        await running.until(lambda: conversation.text(conversation.branch[-1]) == "one ")

        def is_stored() -> bool:
            with closing(sqlite3.connect(tmp_path / "data/conversations.db")) as db:
                return ("one ",) in db.execute("SELECT text FROM body").fetchall()

        await running.until(is_stored)

    play(scenario)


def test_a_reply_without_a_word_is_told_as_such(play: Play) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/empty")
        running.session.messages.send(conversation, "hello")
        await running.until(lambda: not conversation.open_replies)
        message = conversation.message(conversation.branch[-1])
        assert message.status is Status.FAILED
        assert message.completion is not None
        assert message.completion.failure is not None
        assert message.completion.failure.kind is Kind.EMPTY

    play(scenario)


def test_reasoning_comes_before_the_reply_and_is_timed(play: Play) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/reasoning")
        running.session.messages.send(conversation, "hello")
        await running.until(lambda: not conversation.open_replies)
        message = conversation.snapshot(conversation.branch[-1])
        assert message.status is Status.COMPLETE
        assert message.reasoning == "Let me think."
        assert message.text
        assert message.completion is not None
        assert message.completion.reasoning_ms is not None

    play(scenario)


def test_a_draft_and_an_empty_tab_are_kept_and_dropped(play: Play) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/echo")
        running.session.desk.keep_draft(conversation, "half a thought")
        assert [h.id for h in running.session.desk.headings] == [conversation.id]
        second = running.session.new_conversation()
        assert second is not conversation
        assert running.session.new_conversation() is second, "one untouched tab is enough"
        number = second.id
        running.session.close_tab(number)
        assert running.session.desk.tabs == [conversation.id]
        assert running.session.desk.conversation(number) is None

    play(scenario)


def test_trying_again_leaves_what_is_being_typed_alone(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/echo")
        running.session.messages.send(conversation, "hello")
        await running.until(lambda: not conversation.open_replies)
        saved: list[object] = []
        running.session.words_saved.connect(saved.append)
        running.session.desk.keep_draft(conversation, "half a thought")
        running.session.messages.retry(conversation, conversation.branch[-1])
        await running.until(lambda: not conversation.open_replies)
        assert saved == []
        assert conversation.heading.draft == "half a thought"

    play(scenario)


def test_words_that_could_not_be_saved_are_a_draft_again_without_their_tab(play: Play) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/echo")
        running.database.close()
        running.session.messages.send(conversation, "precious")
        running.session.messages.stop(conversation)
        number = conversation.id
        running.session.close_tab(number)
        await running.until(lambda: running.session.desk.heading(number).draft == "precious")
        assert number in [h.id for h in running.session.desk.headings]

    play(scenario)


def test_a_reply_that_ends_behind_a_closed_tab_is_whole_when_the_tab_comes_back(
    play: Play, server: Server
) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/gated")
        desk, number = running.session.desk, conversation.id
        running.session.messages.send(conversation, "hello")
        await running.until(lambda: conversation.text(conversation.branch[-1]) == "one ")
        running.session.close_tab(number)
        disk_is_free = threading.Event()
        running.database.write(lambda _db: disk_is_free.wait(10))
        server.release()
        await running.until(lambda: not conversation.open_replies)
        desk.show(number)
        again = desk.conversation(number)
        assert again is conversation, "memory is newer than the disk"
        assert again.text(again.branch[-1]) == "one two three"
        disk_is_free.set()
        await running.until(lambda: not desk.marks)
        assert desk.conversation(number) is conversation

    play(scenario)


def test_a_draft_typed_just_before_closing_is_there_when_reopened(play: Play) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/echo")
        running.session.messages.send(conversation, "hello")
        await running.until(lambda: not conversation.open_replies)
        desk, number = running.session.desk, conversation.id
        disk_is_free = threading.Event()
        running.database.write(lambda _db: disk_is_free.wait(10))
        desk.keep_draft(conversation, "fresh draft")
        running.session.close_tab(number)
        desk.reopen()
        assert desk.heading(number).draft == "fresh draft"
        disk_is_free.set()
        await running.until(lambda: desk.conversation(number))

    play(scenario)


def test_a_new_account_does_not_pay_for_old_conversations(play: Play) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/echo")
        running.session.messages.send(conversation, "hello")
        await running.until(lambda: not conversation.open_replies)
        running.session.choose_account(conversation, "gone")
        running.session.accounts.add_demo()
        await running.until(lambda: len(running.session.accounts.all) == 2)
        assert conversation.heading.account_id == "gone"
        assert not running.session.messages.send(conversation, "who pays?")

    play(scenario)


def test_what_could_not_be_read_is_not_written_over(
    play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def first(running: Running) -> None:
        conversation = await running.start("test/echo")
        running.session.messages.send(conversation, "precious")
        await running.until(lambda: not conversation.open_replies)

    async def second(running: Running) -> None:
        with closing(sqlite3.connect(tmp_path / "data/conversations.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            running.session.start()
            await running.until(lambda: running.session.has_started)
            assert not running.session.can_save
            other.rollback()
        conversation = running.session.new_conversation()
        running.session.desk.keep_draft(conversation, "typed all the same")
        assert not running.session.messages.send(conversation, "and sent?")
        await asyncio.sleep(0)

    play(first)
    monkeypatch.setattr("app.store.connection._BUSY_MS", 50)
    play(second)
    with closing(sqlite3.connect(tmp_path / "data/conversations.db")) as db:
        assert db.execute("SELECT title FROM conversation").fetchall() == [("precious",)]
        assert db.execute("SELECT count(*) FROM tab").fetchone() == (1,)


def test_nothing_is_left_of_conversations_nothing_was_written_in(
    play: Play, tmp_path: Path
) -> None:
    async def scenario(running: Running) -> None:
        await running.start("test/echo")

    play(scenario)
    play(scenario)
    with closing(sqlite3.connect(tmp_path / "data/conversations.db")) as db:
        assert db.execute("SELECT count(*) FROM conversation").fetchone() == (0,)


def test_how_a_reply_ended_is_on_disk_also_where_it_brought_no_text(
    play: Play, tmp_path: Path
) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/status:402")
        running.session.messages.send(conversation, "hello")
        await running.until(lambda: not conversation.open_replies)

    play(scenario)
    with closing(sqlite3.connect(tmp_path / "data/conversations.db")) as db:
        assert ("assistant", "failed") in db.execute("SELECT role, status FROM message").fetchall()
        status, failure = db.execute("SELECT status, failure FROM completion").fetchone()
    assert status == "failed"
    assert "no_balance" in failure

"""Tabs and the list of conversations do what a person expects of them."""

from collections.abc import Callable

import pytest

from app.chat.circumstance import About
from app.chat.conversation import Conversation
from app.chat.mark import Mark
from app.chat.settings import Appearance, Settings
from app.session import desk as desk_module
from tests.helpers.server import Server
from tests.session.conftest import Running, Scenario

Play = Callable[[Scenario], None]


async def three(running: Running) -> list[Conversation]:
    """Open three conversations in which something was said."""
    opened = [await running.start("test/echo")]
    for number in range(3):
        if number:
            opened.append(running.session.new_conversation())
        running.session.messages.send(opened[-1], f"number {number}")
        await running.until(lambda: not opened[-1].open_replies)
    return opened


def test_tabs_move_close_and_come_back(play: Play) -> None:
    async def scenario(running: Running) -> None:
        first, second, third = await three(running)
        desk = running.session.desk
        desk.move(third.id, 0)
        assert list(desk.tabs) == [third.id, first.id, second.id]
        desk.close_others(first.id)
        assert list(desk.tabs) == [first.id]
        desk.reopen()
        assert list(desk.tabs) == [first.id, second.id]
        assert desk.front == second.id
        desk.reopen()
        assert desk.front == third.id
        desk.reopen()
        assert len(desk.tabs) == 3

    play(scenario)


def test_names_and_pins_are_kept_also_of_closed_conversations(play: Play) -> None:
    async def scenario(running: Running) -> None:
        first, second, _ = await three(running)
        desk = running.session.desk
        desk.rename(first.id, "  Reward   shaping ")
        assert first.heading.title == "Reward shaping"
        desk.rename(first.id, " ")
        assert first.heading.title == "Reward shaping", "a title is never empty"
        number = second.id
        running.session.close_tab(number)
        desk.rename(number, "Closed")
        desk.pin(number, True)
        assert (desk.heading(number).title, desk.heading(number).pinned) == ("Closed", True)
        await running.until(lambda: _stored(running, number) == ("Closed", 1))

    play(scenario)


def test_texts_on_disk_are_looked_through_some_at_a_time(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "_BATCH_LENGTH", 1)

    async def scenario(running: Running) -> None:
        conversation = (await three(running))[0]
        answers: list[tuple[list[int], list[tuple[int, int]]]] = []

        def find() -> None:
            answers.clear()
            running.session.desk.find(
                conversation,
                conversation.branch,
                lambda text: int(bool(text)),
                lambda ids, found: answers.append((list(ids), list(found))),
            )

        words, reply = conversation.branch
        find()
        await running.until(lambda: len(answers) == 2)
        assert answers == [([words], [(words, 1)]), ([reply], [(reply, 1)])]
        running.database.close()
        running.told.clear()
        find()
        await running.until(lambda: answers)
        assert answers == [([words, reply], [])], "asked once, told once"
        assert [it.about for it in running.told] == [About.STORE_UNREADABLE]

    play(scenario)


def _stored(running: Running, number: int) -> object:
    return running.database.read(
        lambda db: db.execute(
            "SELECT title, pinned FROM conversation WHERE id = ?", (number,)
        ).fetchone()
    ).result(5)


def test_what_is_deleted_can_be_brought_back(play: Play) -> None:
    async def scenario(running: Running) -> None:
        first, _, third = await three(running)
        desk, number = running.session.desk, third.id
        told: list[object] = []
        desk.deleted.connect(told.append)
        running.session.delete(number)
        assert number not in [h.id for h in desk.headings]
        assert number not in desk.tabs
        assert desk.front in desk.tabs
        desk.undelete()
        assert number in [h.id for h in desk.headings]
        assert desk.front == number
        assert told == ["number 2", None]
        await running.until(lambda: desk.conversation(number))
        again = desk.conversation(number)
        assert again is not None
        assert len(again.branch) == 2
        assert first.id in desk.tabs

    play(scenario)


def test_deleting_the_last_tab_leaves_an_empty_one(play: Play) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/gated")
        running.session.messages.send(conversation, "hello")
        await running.until(lambda: conversation.text(conversation.branch[-1]) == "one ")
        running.session.delete(conversation.id)
        assert len(running.session.desk.tabs) == 1
        assert running.session.desk.headings == []

    play(scenario)


def test_marks_say_what_happened_elsewhere(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        conversation = await running.start("test/gated")
        desk = running.session.desk
        running.session.messages.send(conversation, "hello")
        await running.until(lambda: conversation.text(conversation.branch[-1]) == "one ")
        assert desk.marks == {conversation.id: Mark.STREAMING}
        other = running.session.new_conversation()
        server.release()
        await running.until(lambda: desk.marks == {conversation.id: Mark.UNREAD})
        desk.show(conversation.id)
        assert desk.marks == {}
        running.session.choose_model(other, "test/status:500")
        running.session.messages.send(other, "hello")
        await running.until(lambda: desk.marks == {other.id: Mark.FAILED})
        desk.show(other.id)
        assert desk.marks == {}

    play(scenario)


def test_settings_are_there_after_a_restart(play: Play) -> None:
    wanted = Settings(Appearance.DARK, text_scale=1.5, favourites=frozenset({"a/b"}))

    async def change(running: Running) -> None:
        await running.start("test/echo")
        running.session.preferences.change(wanted)

    async def look(running: Running) -> None:
        await running.start("test/echo")
        assert running.session.preferences.now == wanted

    play(change)
    play(look)

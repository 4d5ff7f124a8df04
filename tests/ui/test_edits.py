"""What is typed over a message, in the whole window: it is never lost, and never unseen."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QToolTip

from app.chat.conversation import Conversation
from app.store.conversations import load
from app.ui.chat_view import ChatView
from app.ui.notice import Notice, Tone
from app.ui.notice_bar import NoticeBar
from app.ui.transcript.acts import MessageAct
from tests.helpers.server import Server
from tests.session import conftest
from tests.ui import test_possible_actions
from tests.ui.test_possible_actions import Stage, Staged

server, play, staged = conftest.server, conftest.play, test_possible_actions.staged
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def front(stage: Stage) -> ChatView:
    view = stage.window.tabs.front
    assert view is not None
    return view


def said(stage: Stage) -> list[str]:
    """Return the messages in view."""
    conversation = front(stage).conversation
    return [conversation.text(i) or "" for i in conversation.branch]


def written(stage: Stage) -> str:
    """Return what the field with the keyboard holds."""
    field = QApplication.focusWidget()
    assert isinstance(field, QPlainTextEdit)
    return field.toPlainText()


async def edit(stage: Stage, typed: str) -> None:
    """Type something behind the last message of the person's."""
    stage.key("Ctrl+Shift+E")
    await stage.running.until(lambda: stage.focus == "Edit message")
    stage.type(typed)


async def send_edit(stage: Stage, typed: str) -> None:
    """Send the last message anew, and wait for the whole reply."""
    await edit(stage, typed)
    before = len(said(stage))
    stage.key("Return")
    await stage.running.until(
        lambda: not stage.is_replying and front(stage).transcript.edited_message is None
    )
    assert len(said(stage)) == before


def act_on(stage: Stage, message_id: int, act: MessageAct) -> None:
    front(stage).transcript.message_act_requested.emit(message_id, act)


def trigger(stage: Stage, name: str) -> None:
    action = stage.window.actions_by_name[name]
    assert isinstance(action, QAction)
    action.trigger()


def asked(server: Server) -> int:
    return len([each for each in server.requests() if each.method == "POST"])


def test_an_edit_whose_message_goes_out_of_view_is_closed_and_kept(
    staged: Staged, server: Server
) -> None:
    async def scenario(stage: Stage) -> None:
        await stage.begin()
        await stage.say("hi")
        await send_edit(stage, " v2")
        await edit(stage, " unsent")
        requests = asked(server)
        stage.key("Alt+Left")
        assert said(stage)[0] == "hi"
        assert stage.focus == "Message", "the keyboard is where it shows"
        assert QToolTip.text() == "What you typed is kept with the message you edited."
        stage.type("typed")
        assert stage.text == "typed"
        assert asked(server) == requests
        stage.key("Alt+Right")
        await edit(stage, "")
        assert written(stage) == "hi v2 unsent"

    staged(scenario)


def test_an_earlier_reply_asked_for_again_closes_and_keeps_an_edit_below_it(
    staged: Staged,
) -> None:
    async def scenario(stage: Stage) -> None:
        await stage.begin()
        await stage.say("one")
        await stage.say("two")
        last = front(stage).conversation.branch[2]
        await edit(stage, " unsent")
        act_on(stage, front(stage).conversation.branch[1], MessageAct.REGENERATE)
        assert stage.focus == "Message"
        await stage.running.until(lambda: not stage.is_replying)
        front(stage).acts.show_version(last)
        await edit(stage, "")
        assert written(stage) == "two unsent"

    staged(scenario)


def test_an_edit_is_on_disk_a_moment_after_it_was_typed(staged: Staged, tmp_path: Path) -> None:
    def drafts() -> set[str]:
        with closing(sqlite3.connect(tmp_path / "data" / "conversations.db")) as db:
            return {row[0] for row in db.execute("SELECT draft FROM conversation")}

    async def scenario(stage: Stage) -> None:
        await stage.begin()
        await stage.say("hi")
        await edit(stage, " there")
        await stage.running.until(lambda: "hi there" in drafts())
        stage.key("Return")
        await stage.running.until(lambda: drafts() == {""})

    staged(scenario)


def test_an_edit_outlives_close_other_tabs(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        await stage.begin()
        await stage.say("hi")
        first = front(stage).conversation.id
        await edit(stage, " there")
        stage.key("Ctrl+T")
        await stage.running.until(lambda: front(stage).conversation.id != first)
        trigger(stage, "close_other_tabs")
        assert len(stage.session.desk.tabs) == 1
        stage.key("Ctrl+Shift+T")
        await stage.running.until(lambda: front(stage).conversation.id == first)
        assert stage.text == "hi there"

    staged(scenario)


def test_an_edit_comes_back_with_its_conversation(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        await stage.begin()
        await stage.say("hi")
        first = front(stage).conversation.id
        await edit(stage, " there")
        trigger(stage, "delete")
        await stage.running.until(lambda: stage.session.desk.front != first)
        trigger(stage, "undelete")
        await stage.running.until(
            lambda: stage.window.tabs.front and front(stage).conversation.id == first
        )
        assert stage.text == "hi there"

    staged(scenario)


def test_an_edit_left_with_esc_is_there_again_and_undo_leads_behind_it(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        await stage.begin()
        await stage.say("hi")
        await edit(stage, " there")
        stage.key("Esc")
        assert front(stage).conversation.heading.draft == "", "it was given up, not to be sent"
        await edit(stage, "")
        assert written(stage) == "hi there"
        stage.key("Ctrl+Z")
        assert written(stage) == "hi"
        stage.key("Esc")
        await edit(stage, "")
        assert written(stage) == "hi"

    staged(scenario)


def test_after_an_edit_one_types_into_the_composer(staged: Staged, server: Server) -> None:
    async def scenario(stage: Stage) -> None:
        await stage.begin()
        await stage.say("hi")
        await send_edit(stage, " there")
        requests = asked(server)
        stage.type("great work")
        assert stage.text == "great work"
        await edit(stage, "")
        stage.key("Esc")
        stage.type(" for everyone here")
        assert stage.text == "great work for everyone here"
        assert front(stage).transcript.edited_message is None
        assert asked(server) == requests

    staged(scenario)


def test_words_typed_while_an_edit_is_saved_stay(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        await stage.begin()
        await stage.say("hi")
        await edit(stage, " there")
        stage.key("Return")
        stage.type("great work")
        await stage.running.until(
            lambda: not stage.is_replying and front(stage).transcript.edited_message is None
        )
        assert stage.text == "great work"
        assert front(stage).conversation.heading.draft == "great work"

    staged(scenario)


def stored(stage: Stage, conversation_id: int) -> tuple[str, int]:
    """Return the draft and how many messages are on disk, behind all that is being written."""
    heading, messages = stage.running.database.write(load, conversation_id).result(5)
    return heading.draft, len(messages)


async def edit_and_write(stage: Stage, typed: str, words: str) -> Conversation:
    """Say hi, type behind it without sending that, and type something in the composer."""
    await stage.begin()
    await stage.say("hi")
    await edit(stage, typed)
    front(stage).setFocus()
    stage.type(words)
    return front(stage).conversation


async def reopen(stage: Stage, conversation_id: int) -> None:
    stage.key("Ctrl+Shift+T")
    await stage.running.until(
        lambda: stage.window.tabs.front and front(stage).conversation.id == conversation_id
    )
    conversation = front(stage).conversation
    await stage.running.until(lambda: all(map(conversation.has_text, conversation.branch)))


def test_an_edit_outlives_its_tab_closed_right_after_enter(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        conversation = await edit_and_write(stage, " there", "second")
        number = conversation.id
        stage.key("Return")
        assert stored(stage, number) == ("hi there", 4), "in one with the message"
        stage.key("Ctrl+W")
        await stage.running.until(lambda: not stage.is_replying)
        assert stage.session.desk.heading(number).draft == "hi there"
        await reopen(stage, number)
        assert stage.text == "hi there"
        assert said(stage)[2] == "second"

    staged(scenario)


def test_a_sent_edit_leaves_only_the_composers_words_behind_it(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        conversation = await edit_and_write(stage, " there", "second")
        number = conversation.id
        await edit(stage, "")
        stage.key("Return")
        assert stored(stage, number) == ("second", 4)
        stage.key("Ctrl+W")
        await stage.running.until(lambda: not stage.is_replying)
        await reopen(stage, number)
        assert stage.text == "second"
        assert said(stage)[0] == "hi there"

    staged(scenario)


def test_words_typed_behind_what_is_being_saved_come_back_once(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        conversation = await edit_and_write(stage, " there", "second")
        stage.key("Return")
        stage.type(" and more")
        stage.key("Ctrl+W")
        await stage.running.until(lambda: not stage.is_replying)
        await reopen(stage, conversation.id)
        assert stage.text == "hi there\n\n and more"

    staged(scenario)


@pytest.mark.parametrize("sends_edit", [False, True])
def test_a_save_that_fails_behind_a_closed_tab_takes_no_words(
    staged: Staged, sends_edit: bool
) -> None:
    async def scenario(stage: Stage) -> None:
        conversation = await edit_and_write(stage, " there", "second")
        number = conversation.id
        if sends_edit:
            await edit(stage, "")
        stage.running.database.close()
        stage.key("Return")
        stage.key("Ctrl+W")
        returned = "second\n\nhi there" if sends_edit else "hi there\n\nsecond"
        desk = stage.session.desk
        await stage.running.until(lambda: desk.heading(number).draft == returned)

    staged(scenario)


@pytest.mark.parametrize("sends_edit", [False, True])
def test_a_save_that_fails_leaves_everything_where_it_was_typed(
    staged: Staged, sends_edit: bool
) -> None:
    async def scenario(stage: Stage) -> None:
        conversation = await edit_and_write(stage, " there", "second")
        if sends_edit:
            await edit(stage, "")
        stage.running.database.close()
        stage.key("Return")
        await stage.running.until(lambda: not stage.is_replying)
        assert stage.text == "second"
        assert front(stage).transcript.unsent_edits == ["hi there"]
        assert conversation.heading.draft == "hi there\n\nsecond"

    staged(scenario)


@pytest.mark.parametrize("fails", [False, True])
def test_another_edit_begun_while_one_is_being_saved_stays(staged: Staged, fails: bool) -> None:
    async def scenario(stage: Stage) -> None:
        await stage.begin()
        await stage.say("one")
        await stage.say("two")
        first, _, second, *_ = front(stage).conversation.branch
        act_on(stage, second, MessageAct.EDIT)
        stage.type(" and")
        if fails:
            stage.running.database.close()
        stage.key("Return")
        act_on(stage, first, MessageAct.EDIT)
        stage.type(" more")
        await stage.running.until(lambda: not stage.is_replying)
        assert written(stage) == "one more"
        unsent = front(stage).transcript.unsent_edits
        assert sorted(unsent) == (["one more", "two and"] if fails else ["one more"])

    staged(scenario)


def test_a_save_that_fails_behind_a_deletion_takes_no_words(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        number = (await edit_and_write(stage, " there", "second")).id
        desk = stage.session.desk
        stage.running.database.close()
        stage.key("Return")
        trigger(stage, "delete")
        await stage.running.until(lambda: desk.conversation(number) is None)
        trigger(stage, "undelete")
        assert desk.heading(number).draft == "hi there\n\nsecond"

    staged(scenario)


def test_a_save_that_fails_gives_the_words_to_the_tab_that_was_reopened(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        conversation = await edit_and_write(stage, " there", "second")
        stage.running.database.close()
        stage.key("Return")
        stage.key("Ctrl+W")
        stage.key("Ctrl+Shift+T")
        assert front(stage).conversation is conversation
        assert stage.text == "hi there"
        await stage.running.until(lambda: not stage.is_replying)
        assert stage.text == conversation.heading.draft == "hi there\n\nsecond"

    staged(scenario)


def headlines(bar: NoticeBar) -> list[str]:
    """Take every notice from a bar, and return what they said, the newest first."""
    found = []
    while bar.front is not None:
        found.append(bar.front.headline)
        bar.withdraw(bar.front)
    return found


def test_a_model_that_comes_takes_away_only_that_there_was_none(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        await stage.begin()
        catalogues, view = stage.session.catalogues, front(stage)
        conversation = view.conversation
        await stage.running.until(lambda: catalogues.of(conversation.heading.account_id).models)
        stage.session.choose_model(conversation, "")
        view.notice_bar.add(Notice(Tone.WARNING, "Something else."))
        stage.type("hello")
        stage.key("Return")
        stage.key("Return")
        assert view.notice_bar.front
        assert view.notice_bar.front.headline == "There is no model to send this to yet."
        account = stage.session.accounts.get(conversation.heading.account_id)
        assert account is not None
        catalogues.refresh(account)
        await stage.running.until(lambda: conversation.heading.model)
        said = headlines(view.notice_bar)
        assert "Something else." in said
        assert "There is no model to send this to yet." not in said

    staged(scenario)


def test_letters_do_nothing_where_no_message_was_ringed(staged: Staged, server: Server) -> None:
    async def scenario(stage: Stage) -> None:
        await stage.begin()
        await stage.say("hi")
        requests = asked(server)
        front(stage).transcript.setFocus()
        stage.type("great work here")
        assert asked(server) == requests
        assert front(stage).transcript.edited_message is None
        stage.key("Alt+Up")
        stage.type("r")
        await stage.running.until(lambda: asked(server) == requests + 1)

    staged(scenario)


async def two_with_versions(stage: Stage) -> Conversation:
    """Say two things, with two versions of the first and of the reply to the second."""
    await stage.begin()
    await stage.say("one")
    await send_edit(stage, " more")
    await stage.say("two")
    stage.key("Ctrl+R")
    await stage.running.until(lambda: not stage.is_replying)
    return front(stage).conversation


def test_the_version_keys_stay_with_the_message_they_switched(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        conversation = await two_with_versions(stage)
        newest = conversation.branch[-1]
        first, old = conversation.versions(conversation.branch[0])[1], conversation.branch[0]
        earlier = conversation.versions(old)[0]
        assert first == old
        front(stage).acts.show_version(earlier)
        assert "next_version" not in stage.grey()
        stage.key("Alt+Right")
        assert conversation.branch[0] == first
        assert conversation.branch[-1] == newest
        assert "next_version" in stage.grey(), "the last version of the message that is stepped"
        stage.key("Alt+Left")
        assert conversation.branch[0] == earlier
        stage.key("Alt+Right")
        assert conversation.branch[-1] == newest

    staged(scenario)


def test_a_new_version_is_what_the_version_keys_switch_next(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        conversation = await two_with_versions(stage)
        first = conversation.branch[0]
        front(stage).acts.show_version(conversation.versions(first)[0])
        stage.key("Alt+Right")
        stage.key("Ctrl+R")
        await stage.running.until(lambda: not stage.is_replying)
        replies = conversation.versions(conversation.branch[-1])
        assert conversation.branch[-1] == replies[2]
        stage.key("Alt+Left")
        assert conversation.branch[0] == first
        assert conversation.branch[-1] == replies[1]

    staged(scenario)

"""A conversation is a tree with one branch in view, and its text only grows."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from app.chat.conversation import Conversation
from app.chat.heading import Heading, first_words
from app.chat.message import Completion, Delta, Message, Role, Status
from app.chat.stored import Stored

COMPLETION = Completion("account", "payer", "model")


def user(number: int, parent: int | None = None, text: str = "hello") -> Message:
    return Message(number, parent, Role.USER, text=text, length=len(text))


def reply(number: int, parent: int) -> Message:
    return Message(number, parent, Role.ASSISTANT, Status.WAITING, completion=COMPLETION)


@pytest.fixture
def conversation(qapp: object) -> Conversation:
    return Conversation(Heading(1))


def test_deltas_are_appended_and_announced_once_a_batch(
    conversation: Conversation, qtbot: QtBot
) -> None:
    conversation.add(user(2))
    conversation.add(reply(3, 2))
    changes: list[object] = []
    conversation.message_changed.connect(changes.append)
    conversation.extend(3, [Delta(reasoning="hm"), Delta(text="Hel"), Delta(text="lo")])
    assert changes == [3]
    assert (conversation.text(3), conversation.reasoning(3)) == ("Hello", "hm")
    assert conversation.message(3).status is Status.STREAMING
    conversation.extend(3, [Delta(finish_reason="stop")])
    assert changes == [3], "a delta without text changes nothing that shows"


def test_values_of_stored_messages_are_made_once_and_when_asked_for(qapp: object) -> None:
    values = Stored.of([user(2), replace(reply(3, 2), status=Status.COMPLETE, length=9), user(4)])
    made: list[int] = []

    def make(message_id: int) -> Message:
        made.append(message_id)
        return values.value(message_id)

    it = Conversation(Heading(1, leaf=3), replace(values, value=make))
    assert (list(it.branch), list(it.versions(2)), it.role(3)) == ([2, 3], [2, 4], Role.ASSISTANT)
    assert it.has_followers(2)
    assert it.lengths([2, 3, 4]) == [5, 9, 5]
    assert made == []
    it.add(reply(5, 3))
    it.extend(5, [Delta("Hello")])
    assert it.message(3) is it.message(3)
    assert it.lengths([2, 3, 5]) == [5, 9, 5] == [it.length(i) for i in (2, 3, 5)]
    assert made == [3]
    with pytest.raises(KeyError):
        it.message(6)


@given(pieces=st.lists(st.text(max_size=7), max_size=30), data=st.data())
def test_the_tail_of_a_growing_text_equals_the_end_of_the_whole(
    pieces: list[str], data: st.DataObject
) -> None:
    conversation = Conversation(Heading(1))
    conversation.add(user(2))
    conversation.add(reply(3, 2))
    for piece in pieces:
        conversation.extend(3, [Delta(text=piece)])
        if data.draw(st.booleans()):
            conversation.text(3)
        whole = "".join(pieces)[: conversation.length(3)]
        offset = data.draw(st.integers(0, len(whole)))
        assert conversation.text_after(3, offset) == whole[offset:]


def test_a_finished_reply_is_a_whole_value_and_keeps_its_text(conversation: Conversation) -> None:
    conversation.add(user(2))
    conversation.add(reply(3, 2))
    conversation.extend(3, [Delta(text="so far")])
    message = conversation.finish(3, Status.STOPPED, replace(COMPLETION, finish_reason="x"))
    assert (message.text, message.length, message.status) == ("so far", 6, Status.STOPPED)
    assert conversation.message(3) == message
    assert not conversation.open_replies


def test_a_second_reply_is_a_version_and_the_first_stays(conversation: Conversation) -> None:
    conversation.add(user(2))
    conversation.add(reply(3, 2))
    conversation.finish(3, Status.COMPLETE, COMPLETION)
    conversation.add(user(4, 3))
    conversation.add(reply(5, 2))
    assert conversation.branch == [2, 5]
    assert list(conversation.versions(5)) == [3, 5]
    conversation.show_version(3)
    assert conversation.branch == [2, 3, 4], "down to the newest message below"
    assert conversation.heading.leaf == 4


def test_messages_that_could_not_be_saved_go_back(conversation: Conversation) -> None:
    conversation.add(user(2))
    conversation.add(reply(3, 2))
    conversation.remove(3)
    conversation.remove(2)
    assert conversation.is_empty
    assert conversation.branch == []
    assert conversation.heading.leaf is None


def test_a_text_on_disk_is_asked_for_once_and_fills_in(qapp: object) -> None:
    stored = Message(2, None, Role.USER, text=None, reasoning=None, length=5)
    conversation = Conversation(Heading(1, leaf=2), [stored])
    wanted: list[list[int]] = []
    conversation.bodies_wanted.connect(wanted.append)
    conversation.want([2])
    conversation.want([2])
    assert wanted == [[2]]
    assert conversation.text(2) is None
    assert not conversation.has_text(2)
    assert conversation.length(2) == 5
    conversation.fill([(2, "hello", "")])
    assert conversation.text(2) == "hello"
    assert conversation.has_text(2)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Short one", "Short one"),
        ("  two\n lines ", "two lines"),
        ("word " * 40, "word word word word word word word word word word word word…"),
        ("x" * 100, "x" * 60 + "…"),
    ],
)
def test_a_title_is_the_first_words(text: str, title: str) -> None:
    assert first_words(text) == title

"""The transcript as a screen reader is told of it."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chat.conversation import Conversation
from app.chat.heading import Heading
from app.chat.message import Delta, Role, Status
from app.ui.notice import Act
from app.ui.theme import light
from app.ui.transcript import heard_lives
from app.ui.transcript.acts import MessageAct
from app.ui.transcript.announcing import sentences_end
from app.ui.transcript.utf16 import units
from app.ui.transcript.view import Transcript
from tests.ui.transcript.conftest import (
    FAILED,
    Show,
    Words,
    begin_reply,
    conversation,
    deltas,
    end_reply,
    long_text,
    message,
)

ALT = Qt.KeyboardModifier.AltModifier
NAME, DESCRIPTION = QAccessible.Text.Name, QAccessible.Text.Description


@pytest.fixture
def listening(qapp: QApplication) -> Iterator[None]:
    """Somebody listens, as far as Qt knows."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


def heard(transcript: Transcript) -> QAccessibleInterface:
    return QAccessible.queryAccessibleInterface(transcript)


def announced(transcript: Transcript) -> list[str]:
    """Return the list that what is announced from now on goes to."""
    result: list[str] = []
    transcript._announcer.announced.connect(result.append)
    return result


def whole(item: QAccessibleInterface) -> str:
    words = item.textInterface()
    return words.text(0, words.characterCount())


@pytest.mark.usefixtures("listening")
def test_the_messages_of_the_branch_are_the_items_of_a_list(show: Show) -> None:
    transcript = show(conversation("What is a group?", "A set with **one** operation.", "Thanks"))
    it = heard(transcript)
    assert (it.role(), it.text(NAME)) == (QAccessible.Role.List, "Conversation")
    items = [it.child(i) for i in range(it.childCount())]
    assert [item.text(NAME) for item in items] == [
        "You: What is a group?",
        "GLM 5.2: A set with one operation.",
        "You: Thanks",
    ]
    assert {item.role() for item in items} == {QAccessible.Role.ListItem}
    assert [it.indexOfChild(item) for item in items] == [0, 1, 2]
    assert it.child(3) is None
    assert it.child(-1) is None
    assert items[0].parent().text(NAME) == it.text(NAME)


@pytest.mark.usefixtures("listening")
def test_all_of_a_text_can_be_read_however_long_it_is(show: Show) -> None:
    text = long_text(200) + "\n\n😀 end"
    item = heard(show(conversation("Tell me", text))).child(1)
    words = item.textInterface()
    said = text.replace(". \n\n", ".\n")
    assert whole(item) == said
    assert words.characterCount() == len(said) + 1, "offsets are Qt's, in UTF-16 units"
    assert words.text(words.characterCount() - 6, words.characterCount()) == "😀 end"
    assert words.text(4, 2) == ""
    assert words.text(0, -1) == said
    assert words.selectionCount() == 0


RICH = """# Groups

See [the book](https://example.org/groups) for *more*:

1. one
2. two
- [x] read

> Quoted.

```python
a = 1
b = 2
```

| a | b |
| --- | --- |
| 1 | [2](https://example.net) |

The end."""
HEARD = """Heading 1: Groups
See the book (link: example.org) for more:
1. one
2. two
• done: read
Quote: Quoted.
Code, python:
a = 1
b = 2
End of code
Table, columns: 2
a\tb
1\t2 (link: example.net)
The end."""


@pytest.mark.usefixtures("listening")
def test_what_only_the_eye_tells_is_said(show: Show) -> None:
    assert whole(heard(show(conversation("Tell me", RICH))).child(1)) == HEARD


@pytest.mark.usefixtures("listening")
def test_a_reply_that_grows_is_heard_as_if_it_had_come_at_once(show: Show) -> None:
    it = conversation("Tell me")
    transcript = show(it)
    reply = begin_reply(it)
    item = heard(transcript).child(1)
    for delta in deltas(RICH, 7):
        it.extend(reply, [delta])
        assert units(whole(item)) == item.textInterface().characterCount()
    assert whole(item) == HEARD


@pytest.mark.usefixtures("listening")
def test_reasoning_is_heard_while_it_shows(show: Show) -> None:
    it = Conversation(
        Heading(1),
        [message(1, "Hello"), message(2, "Hi.", reasoning="Let me see.", reasoning_length=11)],
    )
    transcript = show(it)
    item = heard(transcript).child(1)
    assert whole(item) == "Hi."
    item.actionInterface().doAction("reasoning")
    assert whole(item) == "Reasoning:\nLet me see.\nReply:\nHi."


@pytest.mark.usefixtures("listening")
def test_every_character_is_where_it_shows(show: Show) -> None:
    transcript = show(conversation("Tell me", RICH), height=1_000)
    words = heard(transcript).child(1).textInterface()
    origin = transcript.viewport().mapToGlobal(QPoint())
    found = []
    for offset, character in enumerate(HEARD):
        area = words.characterRect(offset)
        if area.width() <= 0:
            continue
        assert words.offsetAtPoint(area.center()) == offset
        assert transcript.viewport().rect().contains(area.translated(-origin))
        found.append(character)
    assert "".join(found).replace(" ", "").replace("\t", "") == (
        "GroupsSeethebookformore:onetworeadQuoted.a=1b=2ab12Theend."
    )
    assert words.offsetAtPoint(origin - QPoint(50, 50)) == -1


@pytest.mark.usefixtures("listening")
def test_what_is_selected_by_ear_is_what_is_selected_to_the_eye(show: Show) -> None:
    transcript = show(conversation("Tell me", RICH))
    item = heard(transcript).child(1)
    words = item.textInterface()
    start, end = HEARD.index("book"), HEARD.index(" (link")
    words.setSelection(0, start, end)
    assert transcript.copied is not None
    assert transcript.copied.plain == "book"
    assert words.cursorPosition() == end
    assert transcript.selection_heard(2) == (start, end)
    words.addSelection(HEARD.index("one"), HEARD.index("a = 1") + 1)
    assert transcript.selection_heard(2) == (HEARD.index("one"), HEARD.index("a = 1") + 1)
    words.removeSelection(0)
    assert transcript.selection is None
    assert transcript.selection_heard(2) is None
    transcript.select_all()
    assert transcript.selection_heard(2) == (0, len(HEARD))
    words.setCursorPosition(13)
    assert (words.cursorPosition(), transcript.selection) == (13, None)


@pytest.mark.usefixtures("listening")
def test_every_place_of_what_is_heard_leads_back_to_itself(show: Show) -> None:
    transcript = show(conversation("Tell me", RICH))
    text = transcript.heard(2)
    for offset in range(text.length):
        if text.character_at(offset) is not None:
            assert text.offset_of(text.position_at(offset)) == offset


@pytest.mark.usefixtures("listening")
def test_what_can_be_done_with_a_message_can_be_done_by_ear(show: Show, words: Words) -> None:
    words.notices[2] = FAILED
    transcript = show(conversation("Hello", "Half of"))
    it = heard(transcript)
    own, reply = (it.child(i).actionInterface() for i in (0, 1))
    acts: list[object] = []
    transcript.message_act_requested.connect(lambda i, act: acts.append((i, act)))
    transcript.menu_requested.connect(lambda i, point: acts.append((i, "menu")))
    transcript.offer_taken.connect(lambda i, act: acts.append((i, act)))
    for name in own.actionNames():
        assert own.localizedActionName(name)
        own.doAction(name)
    assert acts == [(1, "menu"), (1, MessageAct.COPY), (1, MessageAct.EDIT)]
    acts.clear()
    for name in reply.actionNames():
        assert reply.localizedActionName(name)
        reply.doAction(name)
    asked = (MessageAct.COPY, MessageAct.REGENERATE, MessageAct.FORK, Act.CONTINUE, Act.RETRY)
    assert acts == [(2, "menu"), *((2, act) for act in asked)]
    assert transcript.focused_message == 2
    reply.doAction("no such thing")
    assert len(acts) == 6


@pytest.mark.usefixtures("listening")
def test_a_text_on_disk_is_asked_for_when_it_is_read(show: Show) -> None:
    it = Conversation(
        Heading(1), [message(1, long_text(60)), *(message(i, None, length=900) for i in (2, 3))]
    )
    transcript = Transcript(it, Words(), light())
    wanted: list[int] = []
    it.bodies_wanted.connect(wanted.extend)
    item = heard(transcript).child(1)
    assert wanted == [], "that it is there says nothing of its text"
    assert whole(item) == ""
    assert wanted == [2]
    it.fill([(2, "Here it is.", "")])
    assert whole(item) == "Here it is."
    transcript.deleteLater()


@pytest.mark.usefixtures("listening")
def test_what_stands_below_a_reply_is_its_description(show: Show, words: Words) -> None:
    words.notices[2] = FAILED
    transcript = show(conversation("Hello", "Half of"))
    description = heard(transcript).child(1).text(DESCRIPTION)
    assert "The connection was cut. What arrived is kept." in description
    assert "Continue, Try again" in description
    assert "$0.0063" in description
    assert heard(transcript).child(0).text(DESCRIPTION) == ""


@pytest.mark.usefixtures("listening")
def test_the_focus_goes_with_the_keyboard(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("One", "Two", "Three"))
    it = heard(transcript)
    transcript.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(transcript.hasFocus)
    assert it.focusChild() is None
    assert it.state().focused
    QTest.keyClick(transcript, Qt.Key.Key_Up, ALT)
    last = it.focusChild()
    assert last.text(NAME) == "You: Three"
    assert last.state().focused
    assert not it.state().focused
    QTest.keyClick(transcript, Qt.Key.Key_Up, ALT)
    assert it.focusChild().text(NAME) == "GLM 5.2: Two"
    assert not last.state().focused


@pytest.mark.usefixtures("listening")
def test_a_message_is_where_it_shows(show: Show) -> None:
    transcript = show(conversation("Hello", long_text(100), "The end"))
    it = heard(transcript)
    first, last = it.child(0), it.child(2)
    assert first.rect().isEmpty()
    assert first.state().offscreen
    assert it.rect().contains(last.rect())
    at = last.rect().center()
    assert it.childAt(at.x(), at.y()) is last
    first.textInterface().scrollToSubstring(0, 1)
    assert not first.state().offscreen


@pytest.mark.usefixtures("listening")
def test_a_selected_message_says_so(show: Show) -> None:
    transcript = show(conversation("One", "Two"))
    item = heard(transcript).child(0)
    assert not item.state().selected
    transcript.select_all()
    assert item.state().selected


@pytest.mark.usefixtures("listening")
def test_a_reply_is_announced_by_sentences_and_its_end(show: Show) -> None:
    it = conversation("Hello")
    transcript = show(it)
    said = announced(transcript)
    reply = begin_reply(it)
    for piece in ("It ", "is. ", "And", " so", " on."):
        it.extend(reply, [Delta(piece)])
        assert len(said) <= 1
    assert said == ["It is."]
    end_reply(it, reply)
    assert said == ["It is.", "And so on.\nReply complete"]


@pytest.mark.usefixtures("listening")
def test_another_version_is_announced_from_its_first_piece_on(show: Show) -> None:
    it = conversation("Hello", "First.")
    transcript = show(it)
    said = announced(transcript)
    for number, status in ((3, Status.WAITING), (4, Status.WAITING)):
        it.add(message(number, "", parent=1, role=Role.ASSISTANT, status=status))
        it.extend(number, [Delta("It is. And")])
        assert said == ["It is."]
        end_reply(it, number)
        assert said == ["It is.", "And\nReply complete"]
        said.clear()


@pytest.mark.usefixtures("listening")
def test_how_another_version_failed_is_announced(show: Show, words: Words) -> None:
    it = conversation("Hello", "First.")
    transcript = show(it)
    said = announced(transcript)
    words.notices[3] = FAILED
    it.add(message(3, "", parent=1, role=Role.ASSISTANT, status=Status.WAITING))
    end_reply(it, 3, Status.FAILED)
    assert said == ["The connection was cut. What arrived is kept."]


@pytest.mark.usefixtures("listening")
def test_of_a_version_that_was_turned_to_only_what_is_new_is_announced(show: Show) -> None:
    it = conversation("Hello", "First.")
    transcript = show(it)
    said = announced(transcript)
    it.add(message(3, "", parent=1, role=Role.ASSISTANT, status=Status.WAITING))
    it.show_version(2)
    it.extend(3, [Delta("Unheard.\n")])
    it.show_version(3)
    it.extend(3, [Delta("Heard.\n")])
    assert said == ["Heard."]


@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_a_reply_is_announced_as_it_is_heard(show: Show, size: int) -> None:
    it = conversation("Hello")
    transcript = show(it)
    said = announced(transcript)
    reply = begin_reply(it)
    for delta in deltas(RICH + " **Not. Yet.** a_b 2 * 3", size):
        it.extend(reply, [delta])
    end_reply(it, reply)
    whole_of_it = " ".join("\n".join(said).split())
    assert whole_of_it == (
        "Heading 1: Groups See the book (link: example.org) for more: 1. one 2. two • done: read "
        "Quote: Quoted. Code, python: a = 1 b = 2 End of code a, b 1, 2 (link: example.net) "
        "The end. Not. Yet. a_b 2 * 3 Reply complete"
    )


@pytest.mark.usefixtures("listening")
def test_how_a_reply_failed_is_announced(show: Show, words: Words) -> None:
    it = conversation("Hello")
    transcript = show(it)
    said = announced(transcript)
    reply = begin_reply(it)
    words.notices[reply] = FAILED
    end_reply(it, reply, Status.FAILED)
    assert said == ["The connection was cut. What arrived is kept."]


@pytest.mark.usefixtures("listening")
def test_of_a_hidden_tab_nothing_is_announced(show: Show) -> None:
    it = conversation("Hello")
    transcript = show(it)
    said = announced(transcript)
    reply = begin_reply(it)
    transcript.hide()
    it.extend(reply, [Delta("Nobody hears this.\n")])
    transcript.show()
    it.extend(reply, [Delta("Nor its end.\n")])
    it.extend(reply, [Delta("But this.\n")])
    assert said == ["But this."]
    transcript.hide()
    end_reply(it, reply)
    transcript.show()
    assert said == ["But this."]


def test_while_nobody_listens_nothing_is_made(show: Show) -> None:
    it = conversation("Hello", "World")
    transcript = show(it)
    said = announced(transcript)
    reply = begin_reply(it)
    it.extend(reply, [Delta("One. Two. Three.\n")])
    end_reply(it, reply)
    transcript.select_all()
    it.show_version(1)
    assert said == []
    assert id(transcript) not in heard_lives.numbers()
    assert not transcript._announcer.is_reading
    assert not transcript._heard_texts


@pytest.mark.usefixtures("listening")
def test_of_ten_thousand_messages_only_those_asked_for_are_made(show: Show) -> None:
    transcript = show(conversation(*(f"Message {i}" for i in range(1, 10_001))))
    it = heard(transcript)
    assert it.childCount() == 10_000
    assert it.child(7_000).text(NAME) == "You: Message 7001"
    assert it.childCount() == 10_000
    assert list(transcript.items) == [7_001]


@pytest.mark.usefixtures("listening")
def test_a_message_that_left_the_branch_is_not_valid_until_it_is_back(show: Show) -> None:
    it = conversation("Hello", "First")
    transcript = show(it)
    first = heard(transcript).child(1)
    it.add(message(3, "Second", parent=1, role=it.message(2).role))
    assert heard(transcript).child(1).text(NAME) == "GLM 5.2: Second"
    assert not first.isValid()
    assert first.state().invalid
    assert whole(first) == first.text(NAME) == ""
    it.show_version(2)
    assert first.isValid()
    it.add(message(4, "More", parent=2, role=it.message(1).role))
    assert heard(transcript).childCount() == 3


@pytest.mark.usefixtures("listening")
def test_the_editor_over_a_message_is_among_what_is_heard(show: Show) -> None:
    transcript = show(conversation("Hello", "World"))
    transcript.edit(1)
    it = heard(transcript)
    assert it.childCount() == 3
    assert it.indexOfChild(it.child(2)) == 2


@pytest.mark.usefixtures("listening")
def test_a_transcript_that_is_gone_takes_its_interfaces_along(
    words: Words, qapp: QApplication
) -> None:
    before = heard_lives.numbers()
    for is_dropped in (True, False):
        transcript = Transcript(conversation("Hello", "World"), words, light())
        it = heard(transcript)
        number = QAccessible.uniqueId(it.child(0))
        assert QAccessible.accessibleInterface(number) is not None
        if not is_dropped:
            transcript.deleteLater()
            qapp.sendPostedEvents(transcript, QEvent.Type.DeferredDelete)
        del it, transcript
        gc.collect()
        assert QAccessible.accessibleInterface(number) is None
        assert heard_lives.numbers() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("One and", ""),
        ("One.", ""),
        ("One. T", "One. "),
        ("One. Two! Three", "One. Two! "),
        ("Of 3.5 apples", ""),
        ("😀 one. Two", "😀 one. "),
        ("A line\n", "A line\n"),
        ("A line\nOne. Two", "A line\nOne. "),
        ("\ud800 half. Two", "\ud800 half. "),
    ],
)
def test_a_sentence_ends_where_another_begins(text: str, said: str) -> None:
    assert text[: sentences_end(text)] == said

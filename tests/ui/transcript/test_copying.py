"""Copying: what comes is what was received, as plain text and as Markdown."""

from collections.abc import Callable, Iterator, Sequence
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.chat.conversation import Conversation
from app.chat.heading import Heading
from app.chat.message import Delta
from app.session import Session
from app.ui.message_acts import MessageActs
from app.ui.transcript import clipping
from app.ui.transcript.blocks import Kind, Run
from app.ui.transcript.markup import code_markdown, markdown_of
from app.ui.transcript.selection import FIRST, LAST, Selection, TextPosition
from app.ui.transcript.stream import BlockStream
from app.ui.transcript.targets import Copy
from app.ui.transcript.utf16 import units
from app.ui.transcript.view import Transcript
from tests.ui.transcript.conftest import (
    PARAGRAPH,
    Show,
    begin_reply,
    click,
    conversation,
    long_text,
    message,
    settle,
)
from tests.ui.transcript.test_acts import targets

CTRL = Qt.KeyboardModifier.ControlModifier
START, END = (FIRST, 0), (LAST, 0)
Ends = tuple[int, int]


def copied(
    transcript: Transcript, start: Ends, end: Ends, first: int = 2, last: int = 2
) -> tuple[str, str]:
    """Return what is copied from a place and offset of a message to another."""
    transcript.select(Selection(TextPosition(first, *start), TextPosition(last, *end)))
    it = transcript.copied
    assert it is not None
    return it.plain, it.markdown


@pytest.fixture(autouse=True)
def _clipboard(qapp: QApplication) -> Iterator[None]:
    QGuiApplication.clipboard().setText("before")
    yield
    QGuiApplication.clipboard().clear()


def on_clipboard() -> tuple[str, str]:
    mime = QGuiApplication.clipboard().mimeData()
    return mime.text(), bytes(mime.data("text/markdown").data()).decode()


# Wholes


ODD = "\ufeffa\u00a0b\tc  \r\nd\re\u2028f\u2029g\u200d\u202eh \ufdd0 ￼ 🙂🏽 *x*\\\n\n\n- y\n\n   \n"


@pytest.mark.parametrize(
    "text", [ODD, "\n\n a", "x\n", "```\ncode\n```\n", "|a|\n|-|\n|b|", "$$\nx\n$$"]
)
def test_a_whole_message_comes_as_it_was_received(show: Show, text: str) -> None:
    transcript = show(conversation("?", text))
    assert copied(transcript, START, END) == (text, text)


def test_all_messages_are_parted_by_a_blank_line(show: Show) -> None:
    transcript = show(conversation("hi\nyou", "# So\n\n*it* is", "and", "x"))
    QTest.keyClick(transcript, Qt.Key.Key_A, CTRL)
    QTest.keyClick(transcript, Qt.Key.Key_C, CTRL)
    text = "hi\nyou\n\n# So\n\n*it* is\n\nand\n\nx"
    assert on_clipboard() == (text, text)


def test_whole_blocks_come_as_their_source_with_what_is_between_them(show: Show) -> None:
    text = "aa\n\n# *b* \n- c\n    - d\n\n\n\n1) e\n\n---\n\n> f\n> g\n\nhh"
    transcript = show(conversation("?", text))
    plain, markdown = copied(transcript, (0, 1), (7, 1))
    assert plain == markdown
    assert markdown == text.removeprefix("a").removesuffix("h")


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_blocks_of_a_text_with_other_line_ends_come_with_line_feeds(show: Show, end: str) -> None:
    transcript = show(conversation("?", f"aa{end}{end}- *b*{end}- c{end}{end}dd"))
    assert copied(transcript, (0, 1), (3, 1))[1] == "a\n\n- *b*\n- c\n\nd"


def test_long_code_comes_with_its_fence_if_there_is_more_than_code(show: Show) -> None:
    code = "".join(f"line {i}\n" for i in range(200))
    text = f"aa\n\n```python\n{code}```\n\nbb"
    transcript = show(conversation("?", text))
    assert copied(transcript, (0, 1), END)[1] == text[1:]
    last = next(i for i in range(200) if "bb" in copied(transcript, (0, 0), (i, 2))[0])
    assert copied(transcript, (0, 1), (last, 1))[1] == text[1:-1]


def test_a_rule_belongs_to_what_is_around_it(show: Show) -> None:
    transcript = show(conversation("?", "aa\n\n---\n\nbb"))
    assert copied(transcript, (0, 1), (2, 1))[0] == "a\n\n---\n\nb"
    assert copied(transcript, (0, 1), (1, 0))[0] == "a"


# Parts


def test_a_part_comes_as_what_shows_and_as_markdown_that_says_so(show: Show) -> None:
    transcript = show(conversation("?", "One **two *three* four** `five` [six](https://a.bc/d) 7"))
    assert copied(transcript, (0, 6), (0, 29)) == (
        "o three four five six 7",
        "**o *three* four** `five` [six](https://a.bc/d) 7",
    )


def test_parts_of_lists_headings_and_quotes_keep_their_signs_if_they_have_their_beginning(
    show: Show,
) -> None:
    transcript = show(conversation("?", "# one\n\n3. two\n\n> three\n\n- [x] four\n- five"))
    for place, signs in ((0, "# "), (1, "3. "), (2, "> "), (4, "- ")):
        assert copied(transcript, (place, 0), (place, 2))[1].startswith(signs)
        assert copied(transcript, (place, 1), (place, 3))[1][0] not in "#3>-"


def test_offsets_are_those_of_signs_outside_the_first_plane_too(show: Show) -> None:
    transcript = show(conversation("?", "🙂 a 🏳️‍🌈 *b* c"))
    length = units("🙂 a 🏳️‍🌈 b")
    assert copied(transcript, (0, 0), (0, length)) == ("🙂 a 🏳️‍🌈 b", "🙂 a 🏳️‍🌈 *b*")
    assert copied(transcript, (0, length - 1), (0, length))[1] == "*b*"


def test_the_persons_text_is_not_markdown_and_stays_so(show: Show) -> None:
    text = "a *b* # c\n" * 100
    transcript = show(conversation(text))
    plain, markdown = copied(transcript, (0, 2), (2, 5), 1, 1)
    assert plain == markdown
    assert text[2:].startswith(plain)
    assert len(plain) > 640


def test_signs_that_would_mean_something_are_escaped_and_others_are_not(show: Show) -> None:
    transcript = show(conversation("?", "x 2\\*3\\*4 \\_a\\_ snake_case \\# [b\\](c) 5 < 6 & 7"))
    plain, markdown = copied(transcript, (0, 2), (0, 100))
    assert plain == "2*3*4 _a_ snake_case # [b](c) 5 < 6 & 7"
    assert markdown == "2\\*3\\*4 \\_a\\_ snake_case # [b\\](c) 5 < 6 & 7"


words = st.builds(
    Run,
    st.text("ab_*`[]<&~#-+>1. \\!$é🙂", min_size=1, max_size=6).map(str.strip).filter(bool),
    is_emphasis=st.booleans(),
    is_strong=st.booleans(),
    is_code=st.booleans(),
    is_struck=st.booleans(),
    link=st.sampled_from(["", "https://a.bc/d_(e)"]),
)


@given(st.lists(words, min_size=1, max_size=4))
def test_markdown_of_runs_reads_as_those_runs(stretch: list[Run]) -> None:
    spaced = [run for word in stretch for run in (word, Run(" "))][:-1]
    stream = BlockStream()
    stream.feed(f"x {markdown_of(spaced)}\n")
    (block,) = stream.blocks
    assert letters(block.runs) == letters([Run("x "), *spaced])


def letters(runs: Sequence[Run]) -> list[tuple[object, ...]]:
    """Return each character with its looks; a space between two words has none of its own."""
    return [
        (letter, run.is_code)
        if letter == " "
        else (letter, run.is_emphasis, run.is_strong, run.is_code, run.is_struck, run.link)
        for run in runs
        for letter in run.text
    ]


@given(st.text("ab#-+>=1.) \n", min_size=1, max_size=9).map(str.strip).filter(bool))
def test_markdown_of_a_text_is_a_paragraph_and_nothing_else(text: str) -> None:
    text = "\n".join(line.strip() or "a" for line in text.split("\n"))
    stream = BlockStream()
    stream.feed(f"{markdown_of([Run(text)])}\n")
    assert [(b.kind, b.within, b.text) for b in stream.blocks] == [(Kind.PARAGRAPH, (), text)]


# Code


def test_code_comes_without_its_fence_and_character_for_character(show: Show) -> None:
    transcript = show(conversation("?", "```python\n\tif x:\u00a0 # é\n\n        y()\n```"))
    plain, markdown = copied(transcript, (0, 0), (0, 24))
    assert plain == "\tif x:\u00a0 # é\n\n        y()"
    assert markdown == "```python\n\tif x:\u00a0 # é\n\n        y()\n```"
    assert copied(transcript, (0, 1), (0, 5)) == ("if x", "`if x`")


def test_long_code_is_one_piece_of_code(show: Show) -> None:
    lines = [f"line {i}" for i in range(100)]
    transcript = show(conversation("?", "```\n" + "\n".join(lines) + "\n```"))
    assert copied(transcript, (0, 5), (3, 4)) == (
        "\n".join(lines)[5 : "\n".join(lines).index("line 96") + 4],
        code_markdown("\n".join(lines)[5 : "\n".join(lines).index("line 96") + 4]),
    )


def test_nothing_comes_out_of_code_that_acts_in_a_terminal(show: Show) -> None:
    bad = "ls\x1b]52;c;eA==\x07\t-l\x08\x1b[2J"
    transcript = show(conversation("?", f"```\n{bad}\n```\n\n`{bad}` {bad}"))
    good = "ls]52;c;eA==\t-l[2J"
    assert copied(transcript, (0, 0), (0, 50))[0] == good
    assert copied(transcript, (1, 0), (1, 90))[0] == f"{good} {bad}"
    click(transcript, targets(transcript)[Copy()])
    assert QGuiApplication.clipboard().text() == f"{good}\n"


# To the clipboard


def test_control_c_brings_both_ways_and_copy_as_markdown_only_that(show: Show) -> None:
    transcript = show(conversation("?", "One *two* three"))
    transcript.select(Selection(TextPosition(2, 0, 4), TextPosition(2, 0, 7)))
    QTest.keyClick(transcript, Qt.Key.Key_C, CTRL)
    assert on_clipboard() == ("two", "*two*")
    transcript.copy_as_markdown()
    assert on_clipboard() == ("*two*", "*two*")


def test_control_c_without_a_selection_copies_the_message_the_keyboard_is_on(
    show: Show, qtbot: QtBot
) -> None:
    transcript = show(conversation("?", "One"))
    transcript.activateWindow()
    qtbot.waitUntil(transcript.isActiveWindow)
    QTest.keyClick(transcript, Qt.Key.Key_C, CTRL)
    assert on_clipboard()[0] == "before"
    transcript.jump(-1)
    with qtbot.waitSignal(transcript.message_act_requested):
        QTest.keyClick(transcript, Qt.Key.Key_C, CTRL)


def on_disk(count: int) -> Conversation:
    its = [message(i, None, length=9) for i in range(1, count)]
    return Conversation(Heading(1), [*its, message(count, "the end")])


def test_texts_on_disk_are_read_and_then_copied(show: Show, qtbot: QtBot) -> None:
    it = on_disk(2_000)
    transcript = show(it)
    asked: set[int] = set()
    it.bodies_wanted.connect(asked.update)
    transcript.select_all()
    assert not asked
    transcript.copy()
    assert on_clipboard()[0] == "before"
    assert len(asked) > 1_900
    it.fill((i, f"message {i}", "") for i in range(1, 1_000))
    assert on_clipboard()[0] == "before"
    it.fill((i, f"message {i}", "") for i in range(1_000, 2_000))
    texts = on_clipboard()[0].split("\n\n")
    assert texts == [*(f"message {i}" for i in range(1, 2_000)), "the end"]


def test_what_was_copied_in_the_meantime_stays_on_the_clipboard(show: Show) -> None:
    it = on_disk(100)
    transcript = show(it)
    transcript.select_all()
    transcript.copy()
    QGuiApplication.clipboard().setText("other")
    it.fill((i, "text", "") for i in range(1, 100))
    assert on_clipboard()[0] == "other"


def test_texts_that_cannot_be_read_are_told_of_and_the_others_copied(
    show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipping, "PATIENCE_MS", 50)
    it = on_disk(100)
    transcript = show(it)
    transcript.select_all()
    with qtbot.waitSignal(transcript.copy_fell_short) as signal:
        transcript.copy()
        it.fill((i, "text", "") for i in range(1, 91))
    assert signal.args == [9]
    assert on_clipboard()[0] == "text\n\n" * 90 + "the end"


def test_a_reply_under_way_is_copied_as_far_as_it_came(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    it.extend(reply, [Delta("One *two")])
    settle(qtbot, transcript)
    transcript.select_all()
    assert transcript.copied is not None
    assert transcript.copied.plain == "hi\n\nOne *two"


def test_what_was_selected_far_away_is_copied_though_it_is_not_laid_out(
    show: Show, qtbot: QtBot
) -> None:
    text = long_text(300)
    transcript = show(conversation("hi", text, *["x", long_text(2)] * 100))
    transcript.verticalScrollBar().setValue(0)
    settle(qtbot, transcript)
    transcript.select(Selection(TextPosition(2, 200, 6), TextPosition(2, 201, 4)))
    transcript.scroll_to_end()
    settle(qtbot, transcript)
    for at in range(1, 90):
        transcript.restore(transcript.position())
        transcript.verticalScrollBar().setValue(transcript.verticalScrollBar().maximum() - 400 * at)
    assert transcript.copied is not None
    assert transcript.copied.plain == f"aph. {(PARAGRAPH * 3).strip()}\n\npara"


# The menu


def test_what_is_under_the_pointer_can_be_copied(show: Show) -> None:
    transcript = show(conversation("?", "[a](https://b.cd/e)\n\n```\nx\x07 = 1\n```"))
    link = transcript.line_of(TextPosition(2, 0, 0))
    code = transcript.line_of(TextPosition(2, 1, 0))
    assert link is not None
    assert code is not None
    assert transcript.under(link.center() + QPoint(4, 0)).address == "https://b.cd/e"
    assert transcript.under(code.center() + QPoint(4, 0)).code == "x = 1\n"
    assert transcript.under(QPoint(300, 580)) == transcript.under(QPoint(2, 2))


class Desk(QObject):
    """What a menu needs to know of a session."""

    words_saved = Signal(object)
    words_not_saved = Signal(object)


@pytest.fixture
def menu_at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, QAction]]:
    """Open the menu at a position of a message; return what it offers."""
    opened: list[tuple[QMenu, QPoint]] = []
    monkeypatch.setattr(QMenu, "popup", lambda self, place: opened.append((self, place)))

    def open_it(acts: MessageActs, transcript: Transcript, at: TextPosition) -> dict[str, QAction]:
        line = transcript.line_of(at)
        assert line is not None
        place = transcript.viewport().mapToGlobal(line.center() + QPoint(4, 0))
        acts.open_menu(at.message_id, place)
        assert opened[-1][1] == place
        return {action.text(): action for action in opened[-1][0].actions() if action.text()}

    return open_it


def test_the_menu_says_what_it_copies(
    show: Show, qtbot: QtBot, menu_at: Callable[..., dict[str, QAction]]
) -> None:
    it = conversation("[a](https://b.cd/e)")
    transcript = show(it)
    reply = begin_reply(it)
    text = "[a](https://b.cd/e) f\n\n```\nx = 1\n```\n\n| g | h |\n|---|---|\n| i, j | =k |"
    it.extend(reply, [Delta(text)])
    settle(qtbot, transcript)
    acts = MessageActs(cast("Session", Desk()), it, transcript)
    offers = menu_at(acts, transcript, TextPosition(1, 0, 4))
    assert list(offers)[:2] == ["Select all", "Copy message"]
    offers["Copy message"].trigger()
    assert on_clipboard()[0] == "[a](https://b.cd/e)"
    for place, name, values in (
        (0, "Copy link address", "https://b.cd/e"),
        (1, "Copy code", "x = 1\n"),
        (2, "Copy as CSV", 'g,h\r\n"i, j",\'=k\r\n'),
    ):
        transcript.select(Selection(TextPosition(2, 0, 0), TextPosition(2, 0, 3)))
        offers = menu_at(acts, transcript, TextPosition(2, place, 0))
        assert list(offers)[:3] == ["Copy", "Copy as Markdown", name]
        offers[name].trigger()
        assert QGuiApplication.clipboard().text() == values
        offers["Copy as Markdown"].trigger()
        assert on_clipboard()[0] == "[a](https://b.cd/e) f"


def test_a_part_of_a_table_comes_in_whole_rows_as_markdown(show: Show) -> None:
    transcript = show(conversation("?", "| a | b |\n|---|--:|\n| c | *d* |\n| e | f |"))
    assert copied(transcript, (0, 2), (0, 7)) == (
        "b\nc\td",
        "| a | b |\n| --- | ---: |\n| c | *d* |",
    )


def test_a_right_click_leaves_the_selection_alone(show: Show) -> None:
    transcript = show(conversation("?", "One two three"))
    transcript.select(Selection(TextPosition(2, 0, 4), TextPosition(2, 0, 7)))
    line = transcript.line_of(TextPosition(2, 0, 10))
    assert line is not None
    view = transcript.viewport()
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=line.center())
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(
        view, QContextMenuEvent(reason, line.center(), view.mapToGlobal(line.center()))
    )
    assert transcript.copied is not None
    assert transcript.copied.plain == "two"

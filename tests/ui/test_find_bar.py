"""The find bar as a person meets it: in the real program, and its keys on their own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from app.chat.heading import Heading
from app.chat.message import Message, Role
from app.paths import paths_below
from app.store import conversations
from app.store.database import Database
from app.store.tabs import Tab, save_tabs
from app.ui.find_bar import FindBar
from app.ui.transcript.finding import Tally
from tests.helpers.program import Program

FIELD = "Find in the conversation"


@pytest.fixture
def bar(qtbot: QtBot) -> FindBar:
    bar = FindBar()
    qtbot.addWidget(bar)
    bar.open()
    bar.activateWindow()
    qtbot.waitUntil(bar.field.hasFocus)
    return bar


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
VERSE = "Of the first things, the loss.\n\n" + "Word after word of it. " * 200


@contextmanager
def opened(folder: Path, texts: Sequence[str]) -> Iterator[Program]:
    """Start the program with a conversation of these texts, the person's first, in front."""
    paths = paths_below(folder)
    paths.make()
    messages = [
        Message(i, i - 1 or None, Role.USER if i % 2 else Role.ASSISTANT, created=NOON, text=text)
        for i, text in enumerate(texts, 1)
    ]
    heading = Heading(len(texts) + 1, "Verses", NOON, NOON, leaf=len(texts))
    database = Database(paths.database)
    database.start().result(timeout=10)
    messages = [replace(it, length=len(it.text or "")) for it in messages]
    database.write(conversations.save_copy, heading, messages).result(timeout=10)
    database.write(save_tabs, [Tab(heading.id, front=True)]).result(timeout=10)
    database.close()
    with Program(folder, "--demo") as program:
        program.ready()
        program.key("Ctrl+Shift+Tab")
        program.until(lambda seen: seen["messages"], "the conversation")
        program.settle()
        yield program
        program.quit()


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with opened(tmp_path / "data", ["Verses?", *["\n\n".join([VERSE] * 6)] * 3]) as program:
        program.until(lambda seen: seen["messages"][-1]["text"], "the text")
        yield program


def until_it_can_step(program: Program) -> dict[str, Any]:
    return program.until(lambda seen: "Next hit" in seen["pressable"], "a hit")


def test_enter_goes_on_and_shift_enter_back(bar: FindBar) -> None:
    steps: list[int] = []
    bar.step_requested.connect(steps.append)
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    QTest.keyClick(bar.field, Qt.Key.Key_Enter, Qt.KeyboardModifier.ShiftModifier)
    assert steps == [1, -1]
    bar.show_tally(Tally(1, 2))
    for name, step in (("Next hit", 1), ("Previous hit", -1)):
        steps.clear()
        buttons = bar.findChildren(QToolButton)
        button = next(each for each in buttons if each.accessibleName() == name)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert steps == [step]


@pytest.mark.parametrize(
    ("tally", "words"),
    [
        (Tally(3, 41), "3 of 41"),
        (Tally(1_203, 12_000), "1,203 of 12,000"),
        (Tally(None, 7, is_searching=True), "Searching…"),
        (Tally(None, 7), "7 found"),
        (Tally(), "Nothing found"),
    ],
)
def test_it_says_where_one_is(bar: FindBar, tally: Tally, words: str) -> None:
    QTest.keyClicks(bar.field, "loss")
    bar.show_tally(tally)
    assert bar.tally_text == words
    can_step = {each.accessibleName() for each in bar.findChildren(QToolButton) if each.isEnabled()}
    assert ("Next hit" in can_step) == bool(tally.total)


def test_escape_is_heard_wherever_in_it_the_keyboard_is(bar: FindBar, qtbot: QtBot) -> None:
    bar.show_tally(Tally(1, 2))
    for widget in (bar.field, *bar.findChildren(QToolButton)):
        with qtbot.waitSignal(bar.closed):
            QTest.keyClick(widget, Qt.Key.Key_Escape)


def test_keys_open_it_go_on_in_it_and_give_the_keyboard_back(program: Program) -> None:
    before = program.look()["focus"]
    program.key("Ctrl+F")
    assert program.look()["focus"] == FIELD
    program.type("the")
    until_it_can_step(program)
    place = program.look()["place"]
    for _ in range(12):
        program.key("F3")
    program.settle()
    program.until(lambda seen: seen["place"] != place, "the view to move")
    program.key("Shift+F3", "Return", "Shift+Return")
    program.key("Escape")
    seen = program.look()
    assert seen["focus"] == before
    assert "Next hit" not in seen["pressable"]
    program.key("F3")
    assert program.look()["focus"] == FIELD, "what was sought is there again"
    until_it_can_step(program)


def test_escape_closes_it_and_does_not_stop_a_reply(tmp_path: Path) -> None:
    with Program(tmp_path / "data", "--demo") as program:
        program.ready()
        program.use("demo/fails-silent-midway")
        program.say("Tell me more.")
        program.until(
            lambda seen: seen["messages"] and seen["messages"][-1]["status"] == "streaming",
            "the stream",
        )
        program.key("Ctrl+F", "Escape")
        assert program.look()["messages"][-1]["status"] == "streaming"
        program.key("Escape")
        program.reply("stopped")
        program.quit()


def test_what_is_still_on_disk_is_found_and_gone_to(tmp_path: Path) -> None:
    texts = [f"Number {number}. " + "word " * 400 for number in range(1, 41)]
    texts[2] = "A zebra crossing."
    with opened(tmp_path / "data", texts) as program:
        assert program.look()["messages"][2]["text"] is None
        program.key("Ctrl+F")
        program.type("Zebra crossing")
        until_it_can_step(program)
        program.until(lambda seen: seen["messages"][2]["text"], "the text from disk")
        program.until(lambda seen: seen["place"].startswith(("2/", "3/", "4/")), "the hit")


def test_what_was_found_is_selected_and_what_is_selected_is_sought(program: Program) -> None:
    program.key("Ctrl+F")
    program.type("THE FIRST")
    until_it_can_step(program)
    program.until(lambda seen: seen["place"], "the hit")
    program.key("Escape")
    program.trigger("copy_markdown")
    program.key("Ctrl+J", "Ctrl+V")
    assert program.look()["composer"] == "the first"
    program.key("Ctrl+F")
    program.type("nowhere")
    program.key("Escape", "Ctrl+F", "Ctrl+C", "Escape", "Ctrl+A", "Ctrl+V")
    assert program.look()["composer"] == "the first"


def test_what_was_found_last_is_gone_on_from(program: Program) -> None:
    program.key("Ctrl+F")
    program.type("the loss")
    until_it_can_step(program)
    for _ in range(3):
        before = program.look()["place"]
        program.key("Escape", "F3")
        program.until(has_left(before), "the next hit")


def has_left(place: str) -> Callable[[dict[str, Any]], bool]:
    return lambda seen: bool(seen["place"] != place)

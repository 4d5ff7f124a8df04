"""What is typed reaches the message, whatever was clicked before and is gone since."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with Program(tmp_path / "data", "--demo") as program:
        program.ready()
        program.until_button("Dismiss")
        program.click("Dismiss")
        program.trigger("write")
        yield program
        program.quit()


def written(program: Program) -> str:
    """Type words, and return what is written and not sent."""
    for each in "these words":
        program.type(each)
    words: str = program.look()["composer"]
    return words


def test_after_a_click_on_a_button_of_a_notice(program: Program) -> None:
    program.trigger("copy_diagnostics")
    program.until_button("Dismiss")
    program.click("Dismiss")
    assert program.look()["notices"] == []
    assert written(program) == "these words"


def test_after_a_notice_was_dismissed_by_key(program: Program) -> None:
    program.trigger("copy_diagnostics")
    program.until_button("Dismiss")
    program.tab_to("Dismiss")
    program.key("Space")
    assert program.look()["notices"] == []
    assert written(program) == "these words"


@pytest.mark.parametrize("button", ["Undo", "Dismiss"])
def test_after_the_way_back_from_a_deletion_was_taken_or_not(program: Program, button: str) -> None:
    program.say("To be deleted")
    program.reply()
    program.trigger("delete")
    program.until_button(button)
    program.click(button)
    program.until(
        lambda seen: button not in seen["pressable"] and "composer" in seen, "the strip to go"
    )
    assert written(program) == "these words"


def test_after_the_find_bar_was_closed_by_a_click(program: Program) -> None:
    program.trigger("find")
    program.click("Close")
    assert written(program) == "these words"


def test_after_a_click_below_a_message(program: Program) -> None:
    program.use("demo/fails-cut")
    program.say("Tell me.")
    program.reply("interrupted")
    program.take("retry")
    program.key("Space")
    assert written(program) == "these words"


def test_letters_on_a_message_are_what_they_are_there_and_others_are_written(
    program: Program,
) -> None:
    program.say("Tell me.")
    program.reply()
    program.trigger("previous_message")
    program.key("C")
    assert program.look()["composer"] == ""
    program.key("Ctrl+J")
    program.type("x")
    program.trigger("previous_message")
    program.key("Alt+Q")
    program.type("W")
    assert written(program) == "xWthese words"

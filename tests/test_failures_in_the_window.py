"""Each failure as a person meets it: the real program, and demo models that fail on purpose."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with Program(tmp_path / "data", "--demo") as program:
        program.ready()
        yield program
        program.quit()


def _says(words: str, seen: dict[str, Any]) -> bool:
    return bool(seen["said"]) and words in seen["said"][0]


def ask(program: Program, model: str, status: str = "complete") -> list[str]:
    """Ask a model that fails in a new tab; return what stands below its reply."""
    program.key("Ctrl+N")
    program.until(lambda seen: seen["messages"] == [], "an empty conversation")
    program.use(f"demo/fails-{model}")
    program.say("Tell me.")
    program.reply(status)
    said: list[str] = program.look()["said"]
    return said


def test_a_reply_that_was_cut_goes_on_as_one_and_tells_what_it_may_cost(program: Program) -> None:
    said = ask(program, "cut", "interrupted")
    assert said[0].startswith("The connection was cut before")
    assert said[1].startswith("Continue (from ≈ $")
    assert said[2].startswith("Try again (from ≈ $")
    ask(program, "continued", "interrupted")
    program.take("continue")
    reply = program.reply()
    assert reply["text"].count("This reply is cut off") == 1
    assert reply["text"].endswith("This is the last sentence of it.")
    assert len(program.look()["messages"]) == 2
    assert "continued 1×" in program.look()["said"]


def test_a_wait_can_be_cut_short_or_given_up(program: Program) -> None:
    program.use("demo/fails-busy")
    program.say("Tell me.")
    for attempt in (2, 3):
        wanted = f"attempt {attempt} of 3"
        program.until(partial(_says, wanted), wanted)
        program.take("try_now")
    assert program.reply()["status"] == "complete"
    program.use("demo/fails-unreachable")
    program.say("And now?")
    program.until(partial(_says, "attempt 2 of 3"), "the wait")
    program.take("stop")
    program.reply("stopped")


def test_a_conversation_that_grew_too_long_goes_on_without_its_older_half(
    program: Program,
) -> None:
    program.use("demo/fails-too-long")
    for _ in range(2):
        program.say("Tell me.")
        program.reply()
    program.say("Tell me.")
    program.reply("failed")
    assert "too long" in program.look()["said"][0]
    program.take("shorten")
    program.reply()
    assert "without the 2 oldest" in program.look()["said"]


@pytest.mark.parametrize(
    ("model", "status", "sentence", "offers"),
    [
        ("balance", "failed", "Demo has no balance left.", ["Open billing", "Bill a team instead"]),
        ("key", "failed", "did not accept this key", ["Edit account…", "Open keys page"]),
        ("gone", "failed", "is not available to this account", ["Choose a model"]),
        ("page", "failed", "a web page instead of the API", ["Try again", "Edit account…"]),
        ("busy-for-long", "failed", "It asks to wait 1 h", ["Try again"]),
        ("midway", "failed", "ran into an error while writing", ["Continue (from ≈ $0.0"]),
        ("garbled", "interrupted", "could not be read any further", ["Continue"]),
        ("length", "complete", "cut off at the length limit", ["Continue (from ≈ $0.0"]),
        ("length-thinking", "complete", "used up before the reply began", ["Try again"]),
        ("thinking", "complete", "thought, and gave no answer", ["Try again"]),
        ("filter", "complete", "The provider’s filter", ["Try again"]),
        ("tool", "complete", "tried to call a tool", ["Try again"]),
        ("empty", "failed", "returned nothing", ["Try again"]),
        ("certificate", "failed", "Its certificate was not trusted", ["Try again"]),
    ],
)
def test_a_failure_says_what_happened_and_what_to_do(
    program: Program, model: str, status: str, sentence: str, offers: list[str]
) -> None:
    said = ask(program, model, status)
    assert sentence in said[0]
    for offer, label in zip(offers, said[1:], strict=False):
        assert label.startswith(offer)

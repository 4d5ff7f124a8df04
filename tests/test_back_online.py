"""Started while the service does not answer, and then it does: the real program."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.program import Program
from tests.helpers.server import KEY, Server

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server().start()
    yield server
    server.stop()


def fail(server: Server) -> None:
    server.script(b'{"error": {"message": "no"}}', status=500, headers=JSON)


@pytest.fixture
def without_list(tmp_path: Path, server: Server) -> Iterator[Program]:
    fail(server)
    environ = {"PRIME_API_KEY": KEY, "PRIME_INFERENCE_URL": server.endpoint}
    with Program(tmp_path / "data", environ=environ) as program:
        program.until(lambda seen: seen["messages"] is not None, "a conversation")
        program.arrange(1300, 800)
        program.until(lambda seen: "Try again" in seen["pressable"], "a way on")
        yield program
        program.quit()


def test_a_list_that_did_not_come_is_asked_for_where_the_person_looks_for_it(
    without_list: Program,
) -> None:
    program = without_list
    program.trigger("find_model")
    seen = program.until(lambda seen: seen["model"], "a model")
    assert seen["models"]


def test_enter_says_why_there_is_no_model_and_asks_again_and_it_is_not_said_for_longer(
    without_list: Program, server: Server
) -> None:
    program = without_list
    fail(server)
    program.say("hello")
    program.until(lambda seen: "had a fault" in " ".join(seen["notices"]), "why nothing was sent")
    program.until(lambda seen: "Try again" in seen["pressable"], "a second try that failed")
    assert len(server.requests()) == 2
    program.click("Try again")
    assert program.until(lambda seen: seen["model"], "a model")["composer"] == "hello"
    program.click("Dismiss")
    program.until(lambda seen: not seen["notices"], "nothing more to say")

"""The real program, from its first start to the day after a crash.

Coprime runs in a process of its own, is driven by keys, and talks to a real
HTTP server on loopback in another; what that server heard is the judge of what
was sent.
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.program import Program
from tests.helpers.secret_service import SecretService, secret_service
from tests.helpers.server import Server

KEY = "sk-canary-4f1d9a77c0"
TEAM_ID = "team-canary-b81c33e5"
ENDS_IN_S = 2.0


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(key=KEY).start()
    yield server
    server.stop()


@pytest.fixture
def given(server: Server) -> dict[str, str]:
    """The environment of somebody who has set the variables of their shell."""
    return {
        "PRIME_API_KEY": KEY,
        "PRIME_TEAM_ID": TEAM_ID,
        "PRIME_INFERENCE_URL": server.endpoint,
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def choose(program: Program, model: str) -> None:
    """Choose a model with the keyboard alone."""
    program.key("Ctrl+M")
    program.type(model)
    program.until(lambda seen: len(seen["models"]) == 1, f"{model} alone on the list")
    program.key("Return", "Return")
    program.until(lambda seen: seen["model"] == model, f"model {model}")


def is_restored(seen: dict[str, Any]) -> bool:
    """Whether the messages are back, with their texts."""
    return bool(seen["messages"]) and all(m["text"] is not None for m in seen["messages"])


def secrets_in(folder: Path) -> list[str]:
    """Return the files below a folder that hold the key or the team ID."""
    canaries = [text.encode() for text in (KEY, TEAM_ID)]
    canaries += [canary[::-1] for canary in canaries] + [c.hex().encode() for c in canaries]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(c in path.read_bytes() for c in canaries)]


def test_words_stream_in_side_by_side_and_survive_a_kill(
    server: Server, given: dict[str, str], data: Path
) -> None:
    with Program(data, environ=given) as program:
        seen = program.ready()
        assert seen["focus"] == "Message", "the cursor stands in the composer"
        choose(program, "test/gated")
        program.say("count for me")
        seen = program.until(
            lambda s: s["messages"] and s["messages"][-1]["text"] == "one ", "text while it streams"
        )
        assert seen["messages"][-1]["status"] == "streaming"
        assert seen["paints"] > 0
        assert seen["composer"] == "", "what is safe leaves the composer"

        program.key("Ctrl+T")
        program.until(lambda s: len(s["tabs"]) == 2 and s["messages"] == [], "a second tab")
        choose(program, "test/echo")
        program.say("and here something else")
        assert program.reply()["text"].endswith("and here something else")

        program.key("Ctrl+Shift+Tab")
        server.release()
        assert program.reply()["text"] == "one two three"

        choose(program, "test/gated")
        program.say("again")
        program.until(lambda s: s["messages"][-1]["text"] == "one ", "a second reply")
        program.key("Escape")
        stopped = program.reply("stopped")
        assert stopped["text"] == "one ", "stopping keeps what came"

        program.say("and once more")
        program.until(lambda s: s["messages"][-1]["text"] == "one ", "a third reply")
        program.type("a draft")
        program.until(lambda s: s["composer"] == "a draft", "the draft")
        rows = data / "data" / "conversations.db"
        _wait_for_row(rows, "SELECT 1 FROM conversation WHERE draft = 'a draft'")
        _wait_for_row(rows, "SELECT 1 FROM body WHERE text = 'one '", at_least=2)
        program.kill()
    assert program.output == ""

    with Program(data, environ=given) as program:
        seen = program.until(is_restored, "what was there before")
        assert [m["text"] for m in seen["messages"]] == [
            "count for me",
            "one two three",
            "again",
            "one ",
            "and once more",
            "one ",
        ]
        statuses = [m["status"] for m in seen["messages"] if m["role"] == "assistant"]
        assert statuses == ["complete", "stopped", "interrupted"]
        assert seen["composer"] == "a draft"
        assert seen["tabs"] == ["count for me", "and here something else"]
        assert program.quit() < ENDS_IN_S
    assert program.output == ""
    assert program.process.returncode == 0

    chats = [r for r in server.requests() if r.path.endswith("/chat/completions")]
    assert len(chats) == 4, "one request an act, none at the restart"
    for chat in chats:
        assert chat.headers["authorization"] == f"Bearer {KEY}"
        assert chat.headers["x-prime-team-id"] == TEAM_ID
        assert chat.json["stream_options"] == {"include_usage": True}
    assert [m["content"] for m in chats[2].json["messages"]] == [
        "count for me",
        "one two three",
        "again",
    ]
    assert set(chats[2].json) == {"model", "messages", "stream", "stream_options"}
    assert secrets_in(data.parent) == []


def _wait_for_row(path: Path, query: str, at_least: int = 1) -> None:
    """Look into the database beside the program until it holds enough rows."""
    for _ in range(500):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            if len(db.execute(query).fetchall()) >= at_least:
                return
        time.sleep(0.01)
    raise AssertionError(f"never stored: {query}")


def test_the_first_conversation_gets_the_cheapest_text_model_and_says_so(
    server: Server, given: dict[str, str], data: Path
) -> None:
    with Program(data, environ=given) as program:
        seen = program.until(lambda s: s.get("model") and s["notices"], "a chosen model")
        assert "Chosen for you" in seen["notices"][0]
        choose(program, "test/echo")
        program.say("hello")
        program.reply()
        program.key("Ctrl+N")
        program.until(lambda s: s["messages"] == [], "a new conversation")
        assert program.look()["model"] == "test/echo", "the last model is the next one's first"
        program.quit()
    assert program.output == ""


@pytest.mark.parametrize(
    ("model", "status", "kind"),
    [
        ("status:401", "failed", "key_refused"),
        ("status:402", "failed", "no_balance"),
        ("status:404", "failed", "model_gone"),
        ("status:429", "failed", "busy"),
        ("status:500", "failed", "service_fault"),
        ("cut", "interrupted", "cut"),
        ("html", "failed", "not_the_api"),
        ("redirect:307", "failed", "moved"),
    ],
)
def test_a_failure_stays_in_place_keeps_the_words_and_can_be_tried_again(
    model: str, status: str, kind: str, server: Server, given: dict[str, str], data: Path
) -> None:
    with Program(data, environ=given) as program:
        program.ready()
        program.use(f"test/{model}")
        program.say("keep these words")
        reply = program.reply(status)
        assert reply["failure"] == kind
        if kind == "cut":
            assert reply["text"], "what arrived is kept"
        choose(program, "test/echo")
        program.key("Ctrl+R")
        assert program.reply()["text"].endswith("keep these words")
        assert program.look()["messages"][0]["text"] == "keep these words"
        program.quit()
    assert program.output == ""
    assert not [r for r in server.requests() if r.elsewhere], "no redirect was followed"


def test_nobody_there_is_said_and_the_words_stay(data: Path) -> None:
    given = {"PRIME_API_KEY": KEY, "PRIME_INFERENCE_URL": "http://127.0.0.1:9/api/v1"}
    with Program(data, environ=given) as program:
        program.until(lambda s: s["messages"] == [], "a conversation")
        program.say("hello")
        seen = program.until(lambda s: s["notices"], "a word about the missing model")
        assert seen["composer"] == "hello", "nothing was sent, nothing is lost"
        program.quit()
    assert program.output == ""


def test_a_sigterm_saves_what_streams_and_ends_at_once(
    server: Server, given: dict[str, str], data: Path
) -> None:
    with Program(data, environ=given) as program:
        program.ready()
        choose(program, "test/gated")
        program.say("count for me")
        program.until(lambda s: s["messages"] and s["messages"][-1]["text"] == "one ", "text")
        program.type("half a thought")
        assert program.terminate() < ENDS_IN_S
    assert program.process.returncode == 0
    assert program.output == ""
    with Program(data, environ=given) as program:
        seen = program.until(is_restored, "what was there before")
        assert seen["messages"][-1]["text"] == "one "
        assert seen["messages"][-1]["status"] == "interrupted"
        assert seen["messages"][-1]["failure"] == "closed"
        assert seen["composer"] == "half a thought"


def test_the_demo_needs_no_account_and_no_network(data: Path) -> None:
    with Program(data, "--demo") as program:
        program.ready()
        choose(program, "demo/echo")
        program.say("say it back")
        reply = program.reply()
        assert reply["text"].endswith("say it back")
        assert "demo" in reply["text"].lower(), "it says what it is"
        program.quit()
    assert program.output == ""


def test_a_stranger_is_welcomed_and_can_try_it_offline(data: Path) -> None:
    with Program(data) as program:
        program.until(lambda s: s["welcome"], "the welcome")
        program.click("Try it")
        program.ready()
        choose(program, "demo/echo")
        program.say("hello")
        program.reply()
        program.quit()
    with Program(data) as program:
        seen = program.until(lambda s: s["messages"], "the conversation of before")
        assert not seen["welcome"]
        program.quit()
    assert program.output == ""


# With a keyring


@pytest.fixture
def keyring(tmp_path: Path) -> Iterator[SecretService]:
    with secret_service(tmp_path / "keyring-home") as service:
        yield service


def add_account(program: Program, server: Server) -> None:
    program.until(lambda s: s["welcome"], "the welcome")
    program.click("Address and team…")
    program.fill(KEY, "Ada", server.endpoint, TEAM_ID, "Research Lab")
    program.click("Add account")
    program.until(lambda s: not s["welcome"] and s["models"], "the account")


def test_an_account_is_kept_in_the_keyring_and_nowhere_else(
    server: Server, keyring: SecretService, data: Path
) -> None:
    with Program(data, environ=keyring.environ) as program:
        add_account(program, server)
        choose(program, "test/echo")
        program.say("who pays?")
        program.reply()
        assert program.look()["notices"] == []
        program.quit()
    assert program.output == ""
    with Program(data, environ=keyring.environ) as program:
        program.until(lambda s: s["messages"], "the conversation of before")
        program.say("and now?")
        program.until(lambda s: len(s["messages"]) == 4, "a second turn")
        program.reply()
        program.quit()
    assert program.output == ""
    chats = [r for r in server.requests() if r.path.endswith("/chat/completions")]
    assert len(chats) == 2
    for chat in chats:
        assert chat.headers["authorization"] == f"Bearer {KEY}"
        assert chat.headers["x-prime-team-id"] == TEAM_ID
    assert secrets_in(data.parent) == []


def test_without_a_keyring_a_key_lasts_for_the_run_and_the_window_says_so(
    server: Server, data: Path
) -> None:
    with Program(data) as program:
        add_account(program, server)
        seen = program.until(lambda s: s["notices"], "a word about the keyring")
        assert "for this run only" in " ".join(seen["notices"])
        choose(program, "test/echo")
        program.say("hello")
        program.reply()
        program.quit()
    assert program.output == ""
    assert secrets_in(data.parent) == []


def test_a_team_that_cannot_be_read_is_never_replaced_by_another_payer(
    server: Server, keyring: SecretService, tmp_path: Path, data: Path
) -> None:
    with Program(data, environ=keyring.environ) as program:
        add_account(program, server)
        choose(program, "test/echo")
        program.say("hello")
        program.reply()
        program.quit()
    with secret_service(tmp_path / "another-home") as empty:
        before = len(server.requests())
        with Program(data, environ=empty.environ) as program:
            program.until(lambda s: s["messages"], "the conversation of before")
            program.say("who pays now?")
            reply = program.reply("failed")
            assert reply["failure"] in ("key_missing", "team_unreadable")
            program.quit()
        assert program.output == ""
    assert len(server.requests()) == before, "nothing was sent"


def test_quitting_does_not_wait_for_a_keyring_that_never_answers(
    server: Server, keyring: SecretService, data: Path
) -> None:
    with Program(data, environ=keyring.environ) as program:
        add_account(program, server)
        program.quit()
    keyring.pause()
    try:
        with Program(data, environ=keyring.environ) as program:
            program.until(lambda s: s["tabs"], "the window")
            assert program.quit() < ENDS_IN_S
        assert program.output == ""
        assert program.process.returncode == 0
    finally:
        keyring.resume()


# With a disk that holds something else


def test_conversations_of_a_newer_program_are_left_alone(data: Path) -> None:
    with Program(data, "--demo") as program:
        program.ready()
        program.quit()
    path = data / "data" / "conversations.db"
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 999")
    db.execute("PRAGMA journal_mode = DELETE")
    db.close()
    before = path.read_bytes()
    with Program(data, "--demo") as program:
        seen = program.until(lambda s: s["notices"], "a word about it")
        assert "newer Coprime" in seen["notices"][0]
        program.until(lambda s: s.get("model"), "a model")
        program.say("hello")
        assert program.look()["composer"] == "hello", "nothing is sent that cannot be saved"
        program.quit()
    assert path.read_bytes() == before
    assert program.output == ""


def test_a_damaged_file_is_set_aside_and_said_so(data: Path) -> None:
    (data / "data").mkdir(parents=True)
    (data / "data" / "conversations.db").write_bytes(b"\0" * 8192)
    with Program(data, "--demo") as program:
        seen = program.until(lambda s: s["notices"], "a word about it")
        assert "was set aside" in " ".join(seen["notices"])
        program.ready()
        choose(program, "demo/echo")
        program.say("hello")
        program.reply()
        program.quit()
    assert [p for p in (data / "data").iterdir() if "damaged" in p.name]
    assert program.output == ""


# With the Prime CLI


def test_the_login_of_the_prime_cli_is_taken_over_when_the_person_says_so(
    server: Server, keyring: SecretService, tmp_path: Path, data: Path
) -> None:
    home = tmp_path / "cli-home"
    config = home / ".prime" / "config.json"
    config.parent.mkdir(parents=True)
    config.write_text(
        json.dumps(
            {
                "api_key": KEY,
                "team_id": TEAM_ID,
                "team_name": "Research Lab",
                "inference_url": server.endpoint,
            }
        )
    )
    before = config.read_bytes()
    with Program(data, environ={**keyring.environ, "HOME": str(home)}) as program:
        program.until(lambda s: s["welcome"], "the welcome")
        program.until_button("Use your Prime CLI login")
        assert server.requests() == [], "what was found is not used before somebody says so"
        program.click("Use it")
        program.until(lambda s: not s["welcome"] and s["models"], "the account")
        choose(program, "test/echo")
        program.say("who pays?")
        program.reply()
        program.quit()
    assert program.output == ""
    chat = [r for r in server.requests() if r.path.endswith("/chat/completions")][-1]
    assert chat.headers["x-prime-team-id"] == TEAM_ID
    assert config.read_bytes() == before
    assert secrets_in(data) == []


# With the keyboard alone


def test_everything_from_the_first_start_to_the_end_works_without_a_mouse(
    server: Server, data: Path
) -> None:
    with Program(data) as program:
        program.until(lambda s: s["welcome"], "the welcome")
        program.tab_to("Address and team…")
        program.key("Space")
        program.until(lambda s: s["dialogs"], "the dialog")
        program.type(KEY)
        program.key("Tab")
        program.type("Ada")
        program.key("Tab", "Ctrl+A")
        program.type(server.endpoint)
        program.key("Return")
        program.until(lambda s: not s["welcome"] and s["models"], "the account")
        choose(program, "test/echo")
        program.say("hello")
        program.reply()
        program.key("Ctrl+R")
        program.until(lambda s: s["versions"] == [1, 2], "a second version")
        program.reply()
        program.key("Alt+Left")
        program.until(lambda s: s["version"] == 1, "the first version")
        program.key("Ctrl+Shift+E", "Ctrl+A")
        program.type("edited")
        program.key("Return")
        program.until(lambda s: s["messages"][0]["text"] == "edited", "the edited message")
        program.reply()
        program.key("Ctrl+T")
        program.until(lambda s: s["messages"] == [], "a new tab")
        program.key("Ctrl+Comma")
        program.until(lambda s: s["dialogs"], "the settings")
        program.key("Escape")
        program.until(lambda s: not s["dialogs"], "the window again")
        program.key("Ctrl+Tab")
        program.until(lambda s: s["messages"], "the first tab")
        assert program.quit() < ENDS_IN_S
    assert program.output == ""
    asked = [r.json["messages"][-1]["content"] for r in server.requests() if r.method == "POST"]
    assert asked == ["hello", "hello", "edited"]


def test_a_start_finds_tabs_order_and_the_place_of_the_reader_again(
    server: Server, given: dict[str, str], data: Path
) -> None:
    with Program(data, environ=given) as program:
        program.ready()
        choose(program, "test/echo")
        program.say("a long one " * 400)
        program.reply()
        program.key("Alt+Up", "Alt+Up")
        place = program.until(lambda s: s.get("place"), "a place in the text")["place"]
        program.key("Ctrl+T")
        program.until(lambda s: s["messages"] == [], "a new tab")
        program.say("second")
        program.reply()
        program.quit()
    with Program(data, environ=given) as program:
        seen = program.until(is_restored, "what was there before")
        assert [title[:6] for title in seen["tabs"]] == ["a long", "second"]
        assert seen["messages"][0]["text"] == "second"
        program.key("Ctrl+Tab")
        program.until(lambda s: s.get("place") == place, "the same place")
        program.quit()
    assert program.output == ""


# What was found by using it


def test_what_is_set_for_a_conversation_is_sent_and_nothing_else(
    server: Server, given: dict[str, str], data: Path
) -> None:
    with Program(data, environ=given) as program:
        program.ready()
        choose(program, "test/echo")
        program.key("Ctrl+Shift+M")
        program.tab_to("Temperature: model’s own")
        program.key("Return")
        program.type("0.2")
        program.key("Ctrl+T")
        program.until(lambda s: len(s["tabs"]) == 1 and s["messages"] == [], "the same blank tab")
        program.key("Ctrl+J")
        program.say("with a temperature")
        program.reply()
        program.key("Ctrl+T")
        program.until(lambda s: s["messages"] == [], "a new tab")
        program.say("without one")
        program.reply()
        program.quit()
    assert program.output == ""
    bodies = [r.json for r in server.requests() if r.method == "POST"]
    assert [body.get("temperature") for body in bodies] == [0.2, None]
    assert set(bodies[1]) == {"model", "messages", "stream", "stream_options"}


def test_what_cannot_be_done_now_says_why(
    server: Server, given: dict[str, str], data: Path
) -> None:
    with Program(data, environ=given) as program:
        program.ready()
        choose(program, "test/gated")
        program.say("count for me")
        program.until(lambda s: s["messages"] and s["messages"][-1]["text"] == "one ", "text")
        program.key("Ctrl+R")
        program.until(lambda s: "still coming" in " ".join(s["notices"]), "a reason")
        program.type("next")
        program.key("Return")
        assert program.look()["composer"] == "next"
        server.release()
        program.reply()
        program.quit()
    assert len([r for r in server.requests() if r.method == "POST"]) == 1


def test_words_typed_over_a_message_outlive_their_tab(
    server: Server, given: dict[str, str], data: Path
) -> None:
    with Program(data, environ=given) as program:
        program.ready()
        choose(program, "test/echo")
        program.say("first")
        program.reply()
        program.key("Ctrl+Shift+E", "Ctrl+A")
        program.type("precious second thoughts")
        program.key("Ctrl+W")
        program.until(lambda s: s["messages"] == [], "an empty tab")
        program.key("Ctrl+Shift+T")
        seen = program.until(lambda s: s["messages"], "the tab again")
        assert seen["composer"] == "precious second thoughts"
        program.quit()
    assert program.output == ""


def test_escape_empties_a_filter_before_it_stops_a_reply(
    server: Server, given: dict[str, str], data: Path
) -> None:
    with Program(data, environ=given) as program:
        program.ready()
        program.arrange(1280, 832)
        choose(program, "test/gated")
        program.say("count for me")
        program.until(lambda s: s["messages"] and s["messages"][-1]["text"] == "one ", "text")
        program.key("Ctrl+Shift+F")
        program.type("nothing has this title")
        program.until(lambda s: s["conversations"] == 0, "an empty list")
        program.key("Escape")
        seen = program.until(lambda s: s["conversations"] == 1, "the whole list")
        assert seen["messages"][-1]["status"] == "streaming"
        program.key("Escape")
        program.reply("stopped")
        program.quit()
    assert program.output == ""

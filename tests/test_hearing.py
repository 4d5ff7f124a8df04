"""The real program through the real accessibility bus, as a screen reader is told of it."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.program import PATIENCE_S, ROOT, Program
from tests.helpers.server import Server

KEY = "sk-hearing"
_PYTHON = "/usr/bin/python3"
_LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
_BINDINGS = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"


def _lacks() -> str:
    """Return what is missing of what a screen reader needs; nothing if all is there."""
    if not sys.platform.startswith("linux"):
        return "Linux"
    missing = [name for name in ("Xvfb", "dbus-daemon") if not shutil.which(name)]
    if not any(Path(launcher).exists() for launcher in _LAUNCHERS):
        missing.append("at-spi2-core")
    asked = [_PYTHON, "-c", _BINDINGS]
    if not Path(_PYTHON).exists() or subprocess.run(asked, capture_output=True).returncode:
        missing.append("python3-gi with gir1.2-atspi-2.0")
    return ", ".join(missing)


_MISSING = _lacks()
pytestmark = pytest.mark.skipif(bool(_MISSING), reason=f"not installed: {_MISSING}")


class Listener:
    """A client of the accessibility bus."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [_PYTHON, str(ROOT / "tests/helpers/listener.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environ,
            text=True,
        )
        assert self._line() == "ready"

    def tree(self) -> Any:
        """Return the messages as they can be read now; None while there is no list."""
        return self.ask("tree")

    def heard(self) -> list[list[str]]:
        """Return what was announced, focused and selected so far."""
        heard: list[list[str]] = self.ask("heard")
        return heard

    def controls(self) -> list[list[str]]:
        """Return role, name and place of what can be pressed, filled in or chosen from."""
        found = self.ask("controls")
        # What changed in the meantime is said in words.
        return found if isinstance(found, list) else []

    def announced(self) -> list[str]:
        """Return what was announced so far."""
        return [words for kind, words in self.heard() if kind == "announced"]

    def ask(self, command: str, *values: Any) -> Any:
        """Return the answer to a command; see there."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([command, *values]) + "\n")
        self.process.stdin.flush()
        return json.loads(self._line())

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


def until(found: Any, condition: Any, what: str) -> Any:
    """Ask until a condition holds, and return what was found then."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition(seen := found()):
        assert time.monotonic() < deadline, f"never heard: {what}; last {seen}"
        time.sleep(0.02)
    return seen


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A screen, a bus and an accessibility bus of the test's own."""
    reading, writing = os.pipe()
    started: list[subprocess.Popen[Any]] = [
        subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
    ]
    os.close(writing)
    try:
        with os.fdopen(reading) as screen:
            display = ":" + screen.readline().strip()
        bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "DISPLAY": display},
            text=True,
        )
        started.append(bus)
        assert bus.stdout is not None
        given = {
            "DISPLAY": display,
            "DBUS_SESSION_BUS_ADDRESS": bus.stdout.readline().strip(),
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "XDG_RUNTIME_DIR": str(tmp_path),
        }
        launcher = next(launcher for launcher in _LAUNCHERS if Path(launcher).exists())
        started.append(
            subprocess.Popen(
                [launcher, "--launch-immediately"],
                env={**os.environ, **given},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        yield given
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(PATIENCE_S)
            if process.stdout is not None:
                process.stdout.close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(key=KEY).start()
    yield server
    server.stop()


@pytest.fixture
def listener(environ: dict[str, str]) -> Iterator[Listener]:
    listener = Listener({**os.environ, **environ})
    yield listener
    listener.process.communicate(timeout=PATIENCE_S)


def test_a_conversation_is_read_walked_announced_and_acted_upon(
    environ: dict[str, str], server: Server, listener: Listener, tmp_path: Path
) -> None:
    given = {**environ, "PRIME_API_KEY": KEY, "PRIME_INFERENCE_URL": server.endpoint}
    with Program(tmp_path / "data", environ=given) as program:
        program.ready()
        program.use("test/gated")
        assert until(listener.tree, lambda tree: tree == [], "an empty list") == []
        program.say("count for me")
        program.until(lambda s: s["messages"] and s["messages"][-1]["text"] == "one ", "one")
        server.release()
        program.reply()
        tree = until(listener.tree, lambda tree: len(tree) == 2, "two messages")
        own, reply = tree
        assert (own["role"], own["name"]) == ("list item", "You: count for me")
        assert own["text"] == "count for me"
        assert reply["name"].endswith(": one two three")
        assert (reply["text"], reply["length"]) == ("one two three", 13)
        assert reply["description"], "what it cost can be read"
        end = "one two three\nReply complete"
        until(listener.announced, lambda said: end in said, "the end of the reply")
        assert listener.announced() == [end], "nothing is announced piece by piece"

        program.key("Alt+Up")
        last = ["focused", reply["name"]]
        until(listener.heard, lambda heard: last in heard, "the focus on the reply")
        program.key("Alt+Up")
        first = ["focused", own["name"]]
        until(listener.heard, lambda heard: first in heard, "the focus on the first message")
        assert [item["is_focused"] for item in listener.tree()] == [True, False]

        _select(program, listener)
        _measure(listener)
        _act(program, listener, server, end)
        assert program.quit() < PATIENCE_S
        assert program.process.returncode == 0, program.output


def _select(program: Program, listener: Listener) -> None:
    assert listener.ask("selections", 1) == []
    assert listener.ask("select", 1, 4, 7)
    assert listener.ask("selections", 1) == [[4, 7]]
    assert listener.ask("selections", 0) == []
    assert listener.ask("caret", 1) == 7
    assert [item["is_selected"] for item in listener.tree()] == [False, True]
    program.key("Shift+Right")
    assert listener.ask("selections", 1) == [[4, 8]]
    name = listener.tree()[1]["name"]
    told = ["selected", name]
    until(listener.heard, lambda heard: heard.count(told) >= 2, "what is selected")
    assert listener.ask("reselect", 1, 0, 3)
    assert listener.ask("selections", 1) == [[0, 3]]
    assert listener.ask("unselect", 1)
    assert listener.ask("selections", 1) == []
    program.key("Ctrl+A")
    assert [listener.ask("selections", i) for i in (0, 1)] == [[[0, 12]], [[0, 13]]]
    assert listener.ask("word", 1, 5) == "two "[: len(listener.ask("word", 1, 5))]
    assert listener.ask("attributes", 1, 5) == [0, 13]


def _measure(listener: Listener) -> None:
    areas = listener.ask("characters", 1, 0, 13)
    left, top, width, height = listener.ask("extents", 1)
    for (x, y, w, h), (beyond, *_) in pairwise(areas):
        assert x + w == beyond, "each begins where the one before ends"
        assert left <= x < left + width
        assert top <= y < y + h <= top + height
    points = [(x + w // 2, y + h // 2) for x, y, w, h in areas]
    assert [listener.ask("offset_at", 1, *point) for point in points] == list(range(13))
    assert listener.ask("offset_at", 0, *points[0]) == -1


def _act(program: Program, listener: Listener, server: Server, end: str) -> None:
    assert listener.ask("actions", 0) == ["Go to the message", "Show the menu", "Copy", "Edit"]
    acts = ["Go to the message", "Show the menu", "Copy", "Ask again", "Fork from here"]
    assert listener.ask("actions", 1) == acts
    name = listener.tree()[1]["name"]
    before = listener.heard().count(["focused", name])
    assert listener.ask("act", 1, "Go to the message")
    until(
        listener.heard,
        lambda heard: heard.count(["focused", name]) > before,
        "the focus on the reply again",
    )
    assert listener.ask("act", 1, "Show the menu")
    until(lambda: listener.ask("menu"), lambda names: "Copy message" in names, "the menu")
    program.key("Escape")
    until(lambda: listener.ask("menu"), lambda names: "Copy message" not in names, "no menu")
    assert listener.ask("act", 1, "Ask again")
    program.until(lambda s: s["messages"][-1]["text"] == "one ", "another version")
    server.release()
    until(listener.announced, lambda said: said.count(end) == 2, "all of the other version")
    acts = until(
        lambda: listener.ask("actions", 1), lambda acts: "Previous version" in acts, "versions"
    )
    assert "Next version" not in acts
    assert listener.ask("act", 1, "Previous version")
    until(lambda: listener.ask("actions", 1), lambda acts: "Next version" in acts, "the first")


def _named(listener: Listener, *wanted: str) -> None:
    """Wait until controls with these names show, and see that no control is without one."""

    names = set(wanted)
    controls = until(
        listener.controls, lambda seen: names.issubset(name for _, name, _ in seen), str(names)
    )
    assert [(role, path) for role, name, path in controls if not name.strip()] == []


def test_every_control_has_a_name(
    environ: dict[str, str], listener: Listener, tmp_path: Path
) -> None:
    with Program(tmp_path / "none", environ=environ) as program:
        _named(listener, "API key", "Check and save", "Filter models")
        program.quit()
    with Program(tmp_path / "data", "--demo", environ=environ) as program:
        program.ready()
        program.say("hello")
        program.reply()
        _named(listener, "Send", "Conversations", "Conversation", "Message")
        program.trigger("find")
        _named(listener, "Find in the conversation", "Next hit")
        program.type("demo")
        until(
            listener.announced,
            lambda said: any(" of " in words for words in said),
            "how often it is there",
        )
        program.key("Escape")
        program.trigger("settings")
        _named(listener, "Sections", "Text size: 100 %")
        for shown in ("Send with: Enter", "Proxy: None", "Remove: Demo", "Folder"):
            program.key("Down")
            _named(listener, "Sections", shown)
        program.key("Escape")
        until(
            listener.controls,
            lambda seen: all(name != "Sections" for _, name, _ in seen),
            "that the settings are gone",
        )
        program.trigger("add_account")
        _named(listener, "Key", "Add account")

"""The real program through the real accessibility bus, as a screen reader is told of it."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
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
        return self._ask("tree")

    def heard(self) -> list[list[str]]:
        """Return what was announced and focused so far."""
        heard: list[list[str]] = self._ask("heard")
        return heard

    def _ask(self, command: str) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
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


def test_a_conversation_is_read_walked_and_announced(
    environ: dict[str, str], server: Server, tmp_path: Path
) -> None:
    given = {**environ, "PRIME_API_KEY": KEY, "PRIME_INFERENCE_URL": server.endpoint}
    listener = Listener({**os.environ, **environ})
    try:
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
            end = ["announced", "one two three\nReply complete"]
            until(listener.heard, lambda heard: end in heard, "the end of the reply")
            said = [words for kind, words in listener.heard() if kind == "announced"]
            assert said == [end[1]], "nothing is announced piece by piece"

            program.key("Alt+Up")
            last = ["focused", reply["name"]]
            until(listener.heard, lambda heard: last in heard, "the focus on the reply")
            program.key("Alt+Up")
            first = ["focused", own["name"]]
            until(listener.heard, lambda heard: first in heard, "the focus on the first message")
            assert [item["is_focused"] for item in listener.tree()] == [True, False]
            assert program.quit() < PATIENCE_S
            assert program.process.returncode == 0, program.output
    finally:
        listener.process.communicate(timeout=PATIENCE_S)

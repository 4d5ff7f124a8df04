"""A running Coprime in a process of its own, to press keys in and look at."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DRIVER = ROOT / "tests/helpers/driver.py"
PATIENCE_S = 20.0
"""How long something may take to show before the test gives up."""


class Program:
    """One start of the program. Use as a context manager: leaving it kills what is left."""

    def __init__(
        self,
        data: Path,
        *arguments: str,
        environ: Mapping[str, str] | None = None,
        driver: Path = DRIVER,
    ) -> None:
        reading, writing = os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(driver), "--data", str(data), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[writing],
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "QT_QPA_PLATFORM": "offscreen",
                "COPRIME_ANSWERS": str(writing),
                **(environ or {}),
            },
            text=True,
        )
        os.close(writing)
        self._answers = os.fdopen(reading, encoding="utf-8")
        self.output = ""

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self._collect()

    def key(self, *keys: str) -> None:
        """Press keys one after the other, such as "Ctrl+N"."""
        for each in keys:
            self._do("key", keys=each)

    def type(self, text: str) -> None:
        """Type a text."""
        self._do("type", text=text)

    def say(self, text: str) -> None:
        """Type a text and press Enter."""
        self.type(text)
        self.key("Return")

    def click(self, text: str) -> None:
        """Click the button with a text."""
        assert self._do("click", text=text), f"no button {text!r}"

    def take(self, act: str) -> None:
        """Take what the notice below the last message offers, once it does."""
        deadline = time.monotonic() + PATIENCE_S
        while not self._do("take", act=act):
            assert time.monotonic() < deadline, f"never offered: {act}"
            time.sleep(0.02)

    def until_button(self, text: str) -> None:
        """Wait until a button with a text can be pressed."""
        self.until(lambda seen: text in seen["pressable"], f"the button {text!r}")

    def tab_to(self, name: str) -> None:
        """Press Tab until something has the focus."""
        for _ in range(50):
            if self.look()["focus"] == name:
                return
            self.key("Tab")
        raise AssertionError(f"Tab never comes to {name!r}")

    def fill(self, *values: str) -> None:
        """Fill the fields of the dialog in front."""
        self._do("fill", values=list(values))

    def use(self, model: str) -> None:
        """Choose a model, listed or not."""
        self._do("use", model=model)

    def look(self) -> dict[str, Any]:
        """Return what the window shows now."""
        seen: dict[str, Any] = self._do("look")
        return seen

    def grab(self, path: Path, *, dialog: bool = False) -> None:
        """Save a picture of the window, or of the dialog in front."""
        assert self._do("grab_dialog" if dialog else "grab", path=str(path))

    def pulse(self, on: bool) -> dict[str, float]:
        """Start measuring how regularly the window's thread turns, or stop and return that.

        In ms between turns of a 5 ms timer: p99, max, count.
        """
        found: dict[str, float] = self._do("pulse", on=on)
        return found

    def watch(self) -> None:
        """Have it write down from now on what it opens, connects to and starts."""
        self._do("watch")

    def watched(self) -> dict[str, Any]:
        """Return what was written down: `acts`, and `addresses` handed to the system."""
        watched: dict[str, Any] = self._do("watched")
        return watched

    def shown(self) -> dict[str, Any]:
        """Return what the last message shows: `texts` of its blocks, and `links`."""
        shown: dict[str, Any] = self._do("shown")
        return shown

    def follow(self, address: str) -> None:
        """Click the link of the last message that leads to an address."""
        self._do("follow", address=address)

    def copy_last(self) -> str:
        """Copy the last message, and return what is on the clipboard then."""
        copied: str = self._do("act_on_last", act="copy")
        return copied

    def settle(self) -> None:
        """Wait until nothing is left to lay out or paint."""
        self.until(lambda seen: not seen.get("busy"), "rest")

    def arrange(self, width: int, height: int) -> None:
        """Give the window a size."""
        self._do("arrange", width=width, height=height)

    def prefer(self, **values: object) -> None:
        """Change settings."""
        self._do("prefer", **values)

    def trigger(self, name: str) -> None:
        """Trigger an action of the menus by its name in code."""
        self._do("trigger", name=name)

    def until(self, condition: Callable[[dict[str, Any]], object], what: str) -> dict[str, Any]:
        """Look until a condition holds, and return what was seen then."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            seen = self.look()
            if condition(seen):
                return seen
            assert time.monotonic() < deadline, f"never came: {what}; last seen {seen}"
            time.sleep(0.01)

    def reply(self, status: str = "complete", at: int = -1) -> dict[str, Any]:
        """Wait until a reply has a status, and return the message."""
        seen = self.until(
            lambda s: s["messages"] and s["messages"][at]["status"] == status, f"reply {status}"
        )
        message: dict[str, Any] = seen["messages"][at]
        return message

    def until_dialog(self, words: str) -> None:
        """Wait until a dialog says these words, in a program that has no window."""
        deadline = time.monotonic() + PATIENCE_S
        while not any(words in each for each in self._do("dialogs")):
            assert time.monotonic() < deadline, f"no dialog says {words!r}"
            time.sleep(0.01)

    def ready(self) -> dict[str, Any]:
        """Wait until the first conversation can be written in."""
        return self.until(lambda s: s["messages"] is not None and s.get("model"), "ready")

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self.process.send_signal(signal.SIGKILL)
        self._collect()

    def terminate(self) -> float:
        """Ask it to end as the system does, and return the seconds it took."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self._collect()
        return time.monotonic() - start

    def quit(self) -> float:
        """Press Ctrl+Q, and return the seconds the end took."""
        start = time.monotonic()
        self._do("key", keys="Ctrl+Q")
        self._collect()
        return time.monotonic() - start

    def _collect(self) -> None:
        if not self.process.stdin or self.process.stdin.closed:
            return
        out, err = self.process.communicate(timeout=PATIENCE_S)
        self.output += out + err
        self._answers.close()

    def _do(self, what: str, **values: object) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": what, **values}) + "\n")
        self.process.stdin.flush()
        line = self._answers.readline()
        if not line:
            self._collect()
            raise AssertionError(f"the program ended: {self.process.returncode}\n{self.output}")
        answer = json.loads(line)
        assert "ok" in answer, answer.get("error")
        return answer["ok"]

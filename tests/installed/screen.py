"""A screen nobody sees: windows are found, pressed keys in, and pictured there."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

_PATIENCE_S = 30.0


class Screen:
    """An X server without a screen, with a window manager. Use as a context manager."""

    def __init__(self, display: str = "", size: str = "1280x860") -> None:
        self.display = display
        self._size = size
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Screen":
        # It takes a number nobody has, and says which: nothing is ever typed into a screen
        # of somebody else.
        told, telling = os.pipe()
        options = ["-displayfd", str(telling), "-screen", "0", f"{self._size}x24"]
        asked = [self.display] if self.display else []
        self._start("Xvfb", *asked, *options, "-nolisten", "tcp", passed=telling)
        os.close(telling)
        with open(told, encoding="ascii") as file:
            number = file.readline().strip()
        if not number:
            raise SystemExit("the X server did not start")
        self.display = f":{number}"
        # Whoever runs in the chroot has no cookie for it.
        subprocess.check_output(["xhost", "+local:"], env=self._environ())
        self._start("openbox")
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._processes):
            process.terminate()
            process.wait()

    def window(self, name: str) -> str:
        """Return the window whose title holds a text, once there is one."""
        found: list[str] = []

        def look() -> bool:
            found[:] = self._say("search", "--onlyvisible", "--name", name).split()
            return bool(found)

        self._until(look, f"a window named {name}")
        return found[-1]

    def type(self, text: str) -> None:
        """Type a text, as a quick person does."""
        self._say("type", "--delay", "12", text)

    def key(self, *keys: str) -> None:
        """Press keys one after the other, such as ctrl+n."""
        self._say("key", "--delay", "60", *keys)

    def focus(self, window: str) -> None:
        """Give a window the keyboard."""
        self._say("windowactivate", "--sync", window)

    def title(self, window: str) -> str:
        """Return what a window is called now."""
        return self._say("getwindowname", window).strip()

    def until_still(self, path: Path) -> None:
        """Picture the screen once it stays as it is for two seconds."""
        before, deadline = b"", time.monotonic() + _PATIENCE_S
        same_since = time.monotonic()
        while time.monotonic() < deadline:
            command = ["import", "-window", "root", "-depth", "8", "rgb:-"]
            now = subprocess.run(command, env=self._environ(), capture_output=True).stdout
            if now != before:
                before, same_since = now, time.monotonic()
            elif time.monotonic() - same_since > 2:
                break
            time.sleep(0.3)
        subprocess.check_call(["import", "-window", "root", str(path)], env=self._environ())

    def _say(self, *command: str) -> str:
        done = subprocess.run(
            ["xdotool", *command], env=self._environ(), capture_output=True, text=True
        )
        return done.stdout

    def _start(self, *command: str, passed: int | None = None) -> None:
        self._processes.append(
            subprocess.Popen(
                command,
                env=self._environ(),
                pass_fds=() if passed is None else (passed,),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )

    def _environ(self) -> dict[str, str]:
        return {**os.environ, "DISPLAY": self.display}

    def _until(self, is_so: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while not is_so():
            if time.monotonic() > deadline:
                raise SystemExit(f"{what} did not come within {_PATIENCE_S:g} s")
            time.sleep(0.1)

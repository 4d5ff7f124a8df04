"""A real Secret Service of a test's own: a private bus and a gnome-keyring on it.

    with secret_service(tmp_path / "keyring-home") as service:
        subprocess.run([...], env={**os.environ, **service.environ})
        service.pause()   # it accepts calls and never answers
        service.resume()
        service.stop()
        service.start(unlocked=False)

What is stored is below the given home and is there again after `stop` and
`start`. Nothing of the person's session is reached, nothing is left running.
Needs the Debian packages gnome-keyring and dbus-daemon; without them it fails.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = b"test-pass"
PATIENCE_S = 10.0

_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class SecretService:
    """A bus, and a gnome-keyring on it that can be stopped, paused and started."""

    def __init__(self, home: Path, folder: Path) -> None:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._bus_path = folder / "bus"
        self._daemon: subprocess.Popen[bytes] | None = None
        self.environ = {
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self._bus_path}",
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / ".local/share"),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_CACHE_HOME": str(home / ".cache"),
            # Short: the path of a socket has a hundred characters.
            "XDG_RUNTIME_DIR": str(folder),
        }
        """What a program needs in its environment to find this service only."""
        config = folder / "bus.conf"
        config.write_text(_CONFIG.format(folder=folder))
        self._bus = subprocess.Popen(
            [_program("dbus-daemon", "dbus-daemon"), f"--config-file={config}", "--nofork"],
            env={**os.environ, **self.environ},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _wait_for(self._listens, "dbus-daemon does not listen")

    def start(self, *, unlocked: bool = True) -> None:
        """Start the keyring and wait until the bus knows it.

        Unlocking for the first time makes the collection everything goes to.
        """
        command = [_program("gnome-keyring-daemon", "gnome-keyring"), "--foreground"]
        if unlocked:
            command.append("--unlock")
        self._daemon = subprocess.Popen(
            [*command, "--components=secrets"],
            env={**os.environ, **self.environ, "DISPLAY": "", "WAYLAND_DISPLAY": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert self._daemon.stdin is not None
        if unlocked:
            self._daemon.stdin.write(PASSWORD)
        self._daemon.stdin.close()
        _wait_for(self._is_known, "gnome-keyring-daemon does not appear on its bus")

    def pause(self) -> None:
        """Let it take calls and not answer, until `resume`."""
        assert self._daemon is not None
        self._daemon.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it answer what it was asked."""
        assert self._daemon is not None
        self._daemon.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End the keyring; the bus stays."""
        if self._daemon is not None:
            _end(self._daemon)
            self._daemon = None

    def close(self) -> None:
        """End the keyring and the bus."""
        self.stop()
        _end(self._bus)

    def _listens(self) -> bool:
        assert self._bus.poll() is None, "dbus-daemon ended"
        with socket.socket(socket.AF_UNIX) as asked:
            return asked.connect_ex(str(self._bus_path)) == 0

    def _is_known(self) -> bool:
        assert self._daemon is not None
        assert self._daemon.poll() is None, "gnome-keyring-daemon ended"
        said = subprocess.run(
            [
                _program("dbus-send", "dbus-bin"),
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.DBus",
                "/",
                "org.freedesktop.DBus.NameHasOwner",
                "string:org.freedesktop.secrets",
            ],
            env={**os.environ, **self.environ},
            capture_output=True,
            check=False,
        )
        return b"boolean true" in said.stdout


@contextmanager
def secret_service(home: Path, *, unlocked: bool = True) -> Iterator[SecretService]:
    """Start a private bus and keyring that keeps its files below `home`."""
    folder = Path(tempfile.mkdtemp(prefix="secrets-", dir="/tmp"))
    try:
        service = SecretService(home, folder)
        try:
            service.start(unlocked=unlocked)
            yield service
        finally:
            service.close()
    finally:
        shutil.rmtree(folder)


def _program(name: str, package: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is missing: apt-get install --no-install-recommends {package}"
    return found


def _wait_for(condition: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes]) -> None:
    # A paused one takes the end only when it goes on.
    process.send_signal(signal.SIGCONT)
    process.terminate()
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

"""`coprime --self-test` says what a copy lacks, and never takes long to say it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread

from app.self_test import LIMIT_S

ROOT = Path(__file__).resolve().parents[1]


def self_test(root: Path = ROOT, **environ: str) -> tuple[int, dict[str, str], str]:
    """Run it; returns its code, what it says of each thing, and what it says besides."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "app", "--self-test"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(root), "QT_QPA_PLATFORM": "offscreen", **environ},
    )
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    return done.returncode, {words.split(":")[0]: mark for mark, words in lines}, done.stderr


def test_a_whole_copy_says_so() -> None:
    code, told, errors = self_test()
    assert (code, set(told.values()), errors) == (0, {"ok"}, "")
    assert {"keyring", "certificates", "database", "demo reply"} <= set(told)


def greet_and_hang(bus: socket.socket) -> None:
    """Let whoever connects in, as a bus does, and then never answer."""
    with suppress(OSError):
        caller, _ = bus.accept()
        with caller:
            caller.recv(1000)
            caller.sendall(b"OK 0123456789abcdef0123456789abcdef\r\n")
            while caller.recv(1000):
                pass


def test_a_bus_that_never_answers_is_named_in_time(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bus:
        bus.bind(str(tmp_path / "bus"))
        bus.listen()
        Thread(target=greet_and_hang, args=[bus], daemon=True).start()
        begun = time.monotonic()
        code, told, errors = self_test(DBUS_SESSION_BUS_ADDRESS=f"unix:path={tmp_path}/bus")
        took = time.monotonic() - begun
    assert (code, told.pop("keyring"), errors) == (1, "missing", "")
    assert set(told.values()) == {"ok"}
    assert took < LIMIT_S + 1


def test_what_was_left_out_is_named(tmp_path: Path) -> None:
    for part in ("app", "resources"):
        shutil.copytree(ROOT / part, tmp_path / part)
    for icon in (tmp_path / "resources/icons/lucide").glob("a*.svg"):
        icon.write_text("")
    (tmp_path / "app/store/rings.py").unlink()
    code, told, errors = self_test(tmp_path)
    missing = {name for name, mark in told.items() if mark == "missing"}
    assert (code, missing, errors) == (1, {"icons", "keyring"}, "")

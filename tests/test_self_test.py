"""`coprime --self-test` says what a copy lacks, and never takes long to say it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

import pytest

from app.self_test import LICENCES, LIMIT_S

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
    assert {"keyring", "certificates", "database", "formulas", "demo reply"} <= set(told)


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


@pytest.mark.parametrize(
    ("library", "part", "name"),
    [
        ("ziamath", "__init__.py", "formulas"),
        ("ziafont", "__init__.py", "formulas"),
        ("latex2mathml", "__init__.py", "formulas"),
        ("pygments", "lexers/python.py", "code"),
    ],
)
def test_a_library_without_what_it_reads_is_noticed(
    tmp_path: Path, library: str, part: str, name: str
) -> None:
    spec = find_spec(library)
    assert spec is not None
    assert spec.origin is not None
    whole = Path(spec.origin).parent
    shutil.copytree(whole, tmp_path / library, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / library / part).write_text("raise ImportError")
    code, told, _ = self_test(tmp_path, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert (code, told[name]) == (1, "missing")


@pytest.mark.parametrize("how", ["without", "empty", "whole"])
def test_a_frozen_copy_has_every_licence(tmp_path: Path, how: str) -> None:
    for part in ("app", "resources"):
        shutil.copytree(ROOT / part, tmp_path / part)
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.frozen = True\n")
    if how != "without":
        folder = tmp_path / "resources" / "licences"
        folder.mkdir()
        for name in LICENCES:
            (folder / name).write_text("a licence" if how == "whole" else "")
    _, told, _ = self_test(tmp_path)
    assert told["licences"] == ("ok" if how == "whole" else "missing")


@pytest.mark.skipif(os.name != "posix", reason="signals are sent so on POSIX alone")
def test_a_signal_leaves_no_files_behind(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "app", "--self-test"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "QT_QPA_PLATFORM": "offscreen",
            "TMPDIR": str(scratch),
        },
    )
    until = time.monotonic() + LIMIT_S
    while not list(scratch.glob("*/data/*.db")) and time.monotonic() < until:
        time.sleep(0.005)
    process.send_signal(signal.SIGTERM)
    told, errors = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, errors) == (1, "")
    assert "missing the rest: it was stopped" in told
    assert list(scratch.iterdir()) == []

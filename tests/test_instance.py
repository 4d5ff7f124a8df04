"""One window for one data folder: a second start shows the first and ends."""

import os
import random
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from app import instance
from app.instance import ANSWER, MOST_CALLERS, REQUEST, Doorbell, addresses
from app.store.lock import FolderLock
from app.ui import theme
from app.ui.window import Window
from tests.helpers.program import ROOT, Program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its sockets have no files")
RACES = 5


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose name is short enough for a socket's."""
    with tempfile.TemporaryDirectory(prefix="c") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def until_heard(program: Program, runtime: Path) -> None:
    """Wait until a running Coprime hears later starts."""
    program.until(lambda _: list(runtime.glob("coprime-*")), "a socket")


def test_a_second_start_shows_the_first_and_ends(data: Path, runtime: Path) -> None:
    with Program(data, "--demo") as first:
        first.ready()
        until_heard(first, runtime)
        with Program(data, "--demo") as second:
            assert second.process.wait(20) == 0
        assert second.output == ""
        first.quit()
    assert (first.process.returncode, first.output) == (0, "")
    assert not list(runtime.iterdir()), "nothing is left behind"


def test_a_second_start_from_elsewhere_shows_the_first_too(data: Path, runtime: Path) -> None:
    (data.parent / "link").symlink_to(data)
    with Program(data, "--demo") as first:
        first.ready()
        until_heard(first, runtime)
        # As from a shell of another session, and by another way to the same folder.
        without = Program(data, "--demo", environ={"XDG_RUNTIME_DIR": ""})
        through = Program(data.parent / "link", "--demo")
        with without, through:
            assert [each.process.wait(20) for each in (without, through)] == [0, 0]
        first.quit()
    assert [each.output for each in (without, through, first)] == [""] * 3
    assert not list(data.rglob("door")), "nothing is left behind"


def test_of_two_starts_at_once_one_has_the_window(data: Path, runtime: Path) -> None:
    for _ in range(RACES):
        with Program(data, "--demo") as one, Program(data, "--demo") as other:
            while one.process.poll() is None and other.process.poll() is None:
                time.sleep(0.01)
            ended, running = (one, other) if one.process.poll() is not None else (other, one)
            running.ready()
            running.quit()
        assert [p.process.returncode for p in (ended, running)] == [0, 0]
        assert (one.output, other.output) == ("", "")


def test_a_start_while_the_first_ends_has_a_window_of_its_own(data: Path, runtime: Path) -> None:
    with Program(data, "--demo") as first:
        first.ready()
        until_heard(first, runtime)
        first.process.terminate()
        with Program(data, "--demo") as second:
            second.ready()
            second.quit()
    assert [p.process.returncode for p in (first, second)] == [0, 0]
    assert (first.output, second.output) == ("", "")


def test_a_killed_coprime_is_in_nobodys_way(data: Path, runtime: Path) -> None:
    with Program(data, "--demo") as first:
        first.ready()
        until_heard(first, runtime)
        first.kill()
    assert list(runtime.iterdir()), "a socket was left behind"
    with Program(data, "--demo") as second:
        second.ready()
        until_heard(second, runtime)
        with Program(data, "--demo") as third:
            assert third.process.wait(20) == 0
        second.quit()
    assert (second.process.returncode, second.output) == (0, "")


def test_a_first_that_does_not_answer_is_told_of(data: Path, runtime: Path) -> None:
    (data / "data").mkdir(parents=True)
    lock = FolderLock(data / "data" / "lock")
    assert lock.acquire()
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(addresses(data / "data")[0])
        deaf.listen()
        with Program(data) as second:
            second.until_dialog("already running")
            second.terminate()
        with Program(data) as third:
            third.until_dialog("already running")
            third.click("OK")
            assert third.process.wait(20) == 1, "it ends with its dialog"
    lock.release()
    assert "already running" in second.output
    assert second.process.returncode == -signal.SIGTERM, "there is no window to close"


def test_a_start_that_waits_can_be_ended(data: Path, runtime: Path) -> None:
    (data / "data").mkdir(parents=True)
    lock = FolderLock(data / "data" / "lock")
    assert lock.acquire()
    code = (
        "import os, signal, sys; from app import instance, main;"
        "instance.BEGIN_S = 300;"
        "instance.time.sleep = lambda _: os.kill(os.getpid(), signal.SIGTERM);"
        f"sys.exit(main.run(['--data', {str(data)!r}]))"
    )
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run([sys.executable, "-P", "-c", code], env=environ, timeout=60)
    lock.release()
    assert ended.returncode == -signal.SIGTERM


class Bell:
    """A doorbell in this process, and how often it rang."""

    def __init__(self, data: Path) -> None:
        self.rings = 0
        self.has_window = True
        self.bell = Doorbell(data, self.show)
        assert self.bell.listen()

    def show(self) -> bool:
        self.rings += 1
        return self.has_window


@pytest.fixture
def bell(qtbot: QtBot, data: Path, runtime: Path) -> Iterator[Bell]:
    data.mkdir()
    bell = Bell(data)
    yield bell
    bell.bell.close()


def call(data: Path, words: bytes) -> QLocalSocket:
    caller = QLocalSocket()
    caller.connectToServer(addresses(data)[0])
    assert caller.waitForConnected(1000)
    caller.write(words)
    caller.flush()
    return caller


def is_gone(caller: QLocalSocket) -> bool:
    return caller.state() is QLocalSocket.LocalSocketState.UnconnectedState


def test_the_socket_is_this_users_alone(bell: Bell, data: Path, runtime: Path) -> None:
    (path,) = runtime.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_a_folder_others_may_enter_is_not_trusted(
    data: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime.chmod(0o755)
    assert addresses(data) == [str(data / "door")]
    monkeypatch.setenv("XDG_RUNTIME_DIR", "relative")
    assert addresses(data) == [str(data / "door")]


def test_two_data_folders_have_two_sockets(runtime: Path) -> None:
    assert addresses(Path("/a"))[0] != addresses(Path("/b"))[0]


def test_only_the_one_request_is_answered(qtbot: QtBot, bell: Bell, data: Path) -> None:
    rng = random.Random(1)
    junk = [rng.randbytes(rng.randrange(1, 4000)) for _ in range(200)]
    junk += [REQUEST + b"x", REQUEST * 2, b"show --data /tmp\n", b"SHOW\n", b"\0" * 5]
    for words in junk:
        caller = call(data, words)
        qtbot.waitUntil(partial(is_gone, caller))
        assert bytes(caller.readAll().data()) == b""
    assert bell.rings == 0
    caller = call(data, REQUEST)
    qtbot.waitUntil(lambda: is_gone(caller))
    assert bytes(caller.readAll().data()) == ANSWER
    assert bell.rings == 1


def test_a_request_in_pieces_is_understood(qtbot: QtBot, bell: Bell, data: Path) -> None:
    caller = call(data, REQUEST[:2])
    qtbot.wait(20)
    assert bell.rings == 0
    caller.write(REQUEST[2:])
    qtbot.waitUntil(lambda: is_gone(caller))
    assert bytes(caller.readAll().data()) == ANSWER


def test_without_a_window_there_is_no_answer(qtbot: QtBot, bell: Bell, data: Path) -> None:
    bell.has_window = False
    caller = call(data, REQUEST)
    qtbot.waitUntil(lambda: is_gone(caller))
    assert bytes(caller.readAll().data()) == b""


def test_who_says_nothing_is_not_waited_for(
    qtbot: QtBot, bell: Bell, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "CALLER_MS", 50)
    silent = [call(data, b"") for _ in range(MOST_CALLERS)]
    qtbot.wait(10)
    qtbot.waitUntil(lambda: all(is_gone(each) for each in silent))
    caller = call(data, REQUEST)
    qtbot.waitUntil(lambda: is_gone(caller))
    assert bytes(caller.readAll().data()) == ANSWER


def test_no_more_than_a_few_are_heard_at_once(
    qtbot: QtBot, bell: Bell, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "CALLER_MS", 60_000)
    callers = [call(data, b"") for _ in range(MOST_CALLERS + 20)]
    qtbot.waitUntil(lambda: sum(not is_gone(each) for each in callers) <= MOST_CALLERS)
    for each in callers:
        each.abort()


def test_a_minimised_window_is_brought_back(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat)
    window = Window(theme.light(), settings)
    qtbot.addWidget(window)
    window.showMaximized()
    window.setWindowState(window.windowState() | Qt.WindowState.WindowMinimized)
    assert window.come_forward()
    assert not window.isMinimized()
    assert window.isMaximized(), "as it was before"
    window.close()
    assert not window.come_forward()

"""Whatever asks for the end, nothing is lost and the end is a proper one."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.program import ROOT, Program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")
DRAFT = "half a thought"
ENDS = {
    "the terminal is closed": "os.kill(os.getpid(), signal.SIGHUP)",
    "interrupted": "os.kill(os.getpid(), signal.SIGINT)",
    "the desktop asks it to quit": "QCoreApplication.quit()",
    "asked twice": "[os.kill(os.getpid(), signal.SIGTERM), QCoreApplication.quit()]",
}
SCRIPT = """
import os, signal, sys
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication
from app import main

class Watched(main.Window):
    def attach(self, session, *values):
        super().attach(session, *values)
        session.started.connect(lambda: QTimer.singleShot(0, self.do))

    def do(self):
        self.tabs.front.composer.page.insertPlainText({draft!r})
        {end}

# In the background of a shell they are ignored, and would be here too.
for kind in (signal.SIGINT, signal.SIGHUP):
    signal.signal(kind, signal.SIG_DFL)
main.Window = Watched
sys.exit(main.run(["--demo", "--data", {data!r}]))
"""


def python(code: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
    )


def words_kept(data: Path) -> str:
    """Return what the composer holds at the next start."""
    with Program(data, "--demo") as program:
        program.ready()
        words = str(program.look()["composer"])
        program.quit()
    return words


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_every_end_is_a_proper_one(tmp_path: Path, end: str) -> None:
    data = tmp_path / "data"
    told = python(SCRIPT.format(draft=DRAFT, end=end, data=str(data)))
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")
    assert not (data / "logs/running.txt").exists()
    assert words_kept(data) == DRAFT


def test_the_end_of_the_desktops_session_finds_everything_saved(tmp_path: Path) -> None:
    data = tmp_path / "data"
    # As where the process does not live on once it has answered.
    end = (
        "[setattr(type(self), 'remember', lambda self: None),"
        " QApplication.instance().save_wanted.emit(), os._exit(7)]"
    )
    told = python(SCRIPT.format(draft=DRAFT, end=end, data=str(data)))
    assert (told.returncode, told.stderr) == (7, "")
    assert words_kept(data) == DRAFT


def test_when_the_desktop_has_gone_everything_is_saved_and_no_crash_is_told(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    # As Qt does when its X server is ended.
    told = python(SCRIPT.format(draft=DRAFT, end="QCoreApplication.exit(1)", data=str(data)))
    assert (told.returncode, told.stdout, told.stderr) == (1, "", "")
    assert not (data / "logs/running.txt").exists()
    assert words_kept(data) == DRAFT


def test_a_mistake_while_closing_leaves_no_program_behind(tmp_path: Path) -> None:
    data = tmp_path / "data"
    end = "[setattr(main.Window, '_save_geometry', lambda self: 1 / 0), self.close()]"
    told = python(SCRIPT.format(draft=DRAFT, end=end, data=str(data)))
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")
    assert "ZeroDivisionError" in (data / "logs/coprime.log").read_text(encoding="utf-8")
    assert words_kept(data) == DRAFT


def test_a_silent_name_server_holds_up_no_end(tmp_path: Path) -> None:
    code = f"""
import os, signal, socket, sys, time

def ask(*_, **__):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(300)

socket.getaddrinfo = ask
from app import main
sys.exit(main.run(["--data", {str(tmp_path / "data")!r}]))
"""
    given = {"PRIME_API_KEY": "pit_0", "PRIME_INFERENCE_URL": "https://silent.example/api/v1"}
    told = python(code, **given)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


EARLY = {
    "terminated": "os.kill(os.getpid(), signal.SIGTERM)",
    "the terminal is closed": "os.kill(os.getpid(), signal.SIGHUP)",
    # As QCoreApplication.quit does it; itself it does so only while the loop runs.
    "the desktop asks it to quit": "qapp.sendEvent(qapp.instance(), QEvent(QEvent.Type.Quit))",
}


@pytest.mark.parametrize("end", EARLY.values(), ids=EARLY)
def test_an_end_asked_for_before_the_loop_runs_is_not_lost(tmp_path: Path, end: str) -> None:
    code = f"""
import os, signal, sys
from PySide6.QtCore import QCoreApplication as qapp, QEvent
from app import main
signal.signal(signal.SIGHUP, signal.SIG_DFL)
paint = main.paint
main.paint = lambda window: (paint(window), {end})
sys.exit(main.run(["--demo", "--data", {str(tmp_path / "data")!r}]))
"""
    told = python(code)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


def test_what_outlives_its_terminal_goes_on(tmp_path: Path) -> None:
    # As nohup starts it.
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        program = Program(tmp_path / "data", "--demo")
    finally:
        signal.signal(signal.SIGHUP, before)
    with program:
        program.ready()
        program.process.send_signal(signal.SIGHUP)
        program.use("demo/echo")
        program.say("still there?")
        program.reply()
        program.quit()
    assert (program.process.returncode, program.output) == (0, "")

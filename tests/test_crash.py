"""A crash is told at the next start, with a report that gives nobody away; a kill is not."""

import faulthandler
import logging
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import pytest

from app import crash_report
from app.crash_report import MOST_REPORTS, compose, kept
from app.last_run import LastRun
from app.log import Wordless
from tests.helpers.program import ROOT, Program

SENTENCE = "Coprime ended unexpectedly last time."
OPEN = "Open the report"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def crash(program: Program, number: int) -> None:
    program.process.send_signal(number)
    program.process.wait(20)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_a_crash_is_told_at_the_next_start(data: Path, number: int) -> None:
    with Program(data, "--demo") as program:
        program.ready()
        program.use("demo/echo")
        program.say("my secret diary")
        program.reply()
        program.type("half a secret thought")
        crash(program, number)
    assert program.process.returncode == -number
    with Program(data, "--demo") as program:
        seen = program.until(lambda s: s["notices"], "a word about it")
        assert any(SENTENCE in each for each in seen["notices"])
        assert OPEN in seen["pressable"]
        program.quit()
    assert program.output == ""
    (path,) = kept(data / "logs")
    text = path.read_text(encoding="utf-8")
    assert "Fatal Python error" in text
    assert "in run" in text
    assert "app/main.py" in text.replace(os.sep, "/")
    assert "secret" not in text
    assert str(data) not in text
    assert str(Path(__file__).parents[1]) not in text, "no folders of this computer"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with Program(data, "--demo") as program:
        program.ready()
        assert not any(SENTENCE in each for each in program.look()["notices"]), "told once"
        program.quit()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_kill_is_not_told(data: Path) -> None:
    with Program(data, "--demo") as program:
        program.ready()
        program.kill()
    with Program(data, "--demo") as program:
        program.ready()
        assert not any(SENTENCE in each for each in program.look()["notices"])
        program.quit()
    assert not kept(data / "logs")
    assert "did not come to its end" in (data / "logs/coprime.log").read_text(encoding="utf-8")


def test_a_proper_end_leaves_no_record(data: Path) -> None:
    with Program(data, "--demo") as program:
        program.ready()
        assert (data / "logs/running.txt").exists()
        program.quit()
    assert not (data / "logs/running.txt").exists()


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "logs"
    folder.mkdir(parents=True)
    return folder


HEAD = "Coprime 1.0, Python 3.11.7, PySide6 6.11.3, linux, xcb\n"
FAULT = f"""{HEAD}Fatal Python error: Segmentation fault

Current thread 0x1 (most recent call first):
  File "/opt/coprime/_internal/app/ui/window.py", line 3 in paint
  File "/home/ada/src/lib/python3.11/site-packages/httpx/_client.py", line 4 in send
  File "{Path(crash_report.__file__).parent}/main.py", line 5 in run
  File "C:\\Users\\ada\\mine.py", line 6 in mine

Extension modules: msgspec._core, pyexpat (total: 2)
"""


def test_a_report_names_files_from_the_program_on_down(logs: Path) -> None:
    text = compose(FAULT, "", "now", logs)
    assert 'File "app/ui/window.py", line 3 in paint' in text
    assert 'File "httpx/_client.py", line 4 in send' in text
    assert f'File "{Path("app/main.py")}", line 5 in run' in text
    assert "line 6 in mine" in text
    assert "ada" not in text
    assert "Extension modules" not in text
    assert HEAD.strip() in text


def test_a_report_has_the_end_of_the_log_without_what_anybody_said(logs: Path) -> None:
    log = f"""2026-01-01 10:00:00,000 INFO app: Coprime 1.0 starts
2026-01-01 10:00:01,000 ERROR app.session: unexpected error
Traceback (most recent call last):
  File "/home/ada/app/x.py", line 1, in f
    raise ValueError(text)
ValueError: dear diary
of two lines
2026-01-01 10:00:02,000 WARNING qt: cannot read {Path.home()}/fonts and {logs}/x
"""
    text = compose(FAULT, log, "now", logs)
    assert "Coprime 1.0 starts" in text
    assert "\nValueError\n" in text
    assert 'File "x.py", line 1' in text
    assert "cannot read ~/fonts and <logs>/x" in text
    for word in ("diary", "two lines", "ada", "raise"):
        assert word not in text


def test_a_report_is_bounded(logs: Path) -> None:
    log = logs / "coprime.log"
    log.write_text("2026-01-01 10:00:00,000 INFO app: x\n" * 100_000, encoding="utf-8")
    path = crash_report.write(FAULT, 1_700_000_000, log, logs)
    assert path.stat().st_size < 100_000


def test_a_broken_record_is_read_in_one_go(logs: Path) -> None:
    # Searched once for each of its blank lines, it would take the test's whole time.
    left = HEAD + "Fatal Python error: x\n" + "\n" * 400_000 + "the end"
    assert "the end" in compose(left, "", "now", logs)


def test_a_report_names_no_folder_in_any_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    home = PureWindowsPath(r"C:\Users\Ada Lovelace")
    monkeypatch.setattr(Path, "home", lambda: home)
    log = "\n".join(
        f"2026-01-01 10:00:00,000 WARNING qt: {each}"
        for each in (home / "a", (home / "b").as_posix(), repr(str(home / "c")))
    )
    text = compose(FAULT, log, "now", home / "AppData/Local/coprime/Logs")
    assert "Ada" not in text
    assert "Lovelace" not in text
    assert "~/b" in text


@pytest.mark.parametrize(
    "place",
    [
        r"C:\Users\Ada Lovelace\x",
        r"c:\\Users\\Ada Lovelace\\x",
        "D:/Users/Ada Lovelace/x",
        "/home/Ada/x",
        "/media/Ada/x",
    ],
)
def test_a_report_names_nobody_else_either(place: str) -> None:
    text = compose(FAULT, f"2026-01-01 10:00:00,000 INFO app: {place}", "now", Path("/l"))
    assert "Ada" not in text
    assert "Lovelace" not in text
    assert text.rstrip().endswith("x")


def test_a_report_that_cannot_be_made_keeps_nobody_from_working(
    logs: Path,
    monkeypatch: pytest.MonkeyPatch,
    expected_logs: list[str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    expected_logs.append("no crash report was written: RuntimeError")

    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    (logs / "running.txt").write_text(FAULT, encoding="utf-8")
    last_run = LastRun(logs)
    last_run.begin()
    try:
        with monkeypatch.context() as patch:
            patch.setattr(Path, "home", nowhere)
            assert last_run.report(logs / "coprime.log") is None
    finally:
        last_run.end()
        # It went with the record; the tests have one of their own, which has to write past
        # what pytest captures: a process that faults shows none of that.
        with capfd.disabled():
            faulthandler.enable(os.dup(2))


def test_the_log_says_where_a_mistake_arose_and_not_what_it_says(logs: Path) -> None:
    def fail() -> None:
        try:
            raise KeyError("dear diary")
        except KeyError as error:
            raise ValueError("of two\nsecret lines") from error

    record = logging.LogRecord("app", logging.ERROR, "", 0, "unexpected error", None, None)
    try:
        fail()
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    text = Wordless("%(message)s").format(record)
    told = [line for line in text.splitlines() if not line.startswith(" ")]
    opening = "Traceback (most recent call last):"
    assert told == ["unexpected error", opening, "KeyError", "", opening, "ValueError"]
    assert "in fail" in text


def test_only_the_newest_reports_are_kept(logs: Path) -> None:
    paths = [
        crash_report.write(FAULT, 1_700_000_000 + 60 * n, logs / "coprime.log", logs)
        for n in range(MOST_REPORTS + 5)
    ]
    assert kept(logs) == list(reversed(paths[5:]))


def test_an_exception_that_ends_it_is_told_without_its_words(data: Path) -> None:
    code = (
        "import sys; from app import main\n"
        # Backwards, as later Pythons show the line where it was.
        "def fail(*_): raise ValueError('yraid raed'[::-1])\n"
        "main.start_log = fail\n"
        f"sys.exit(main.run(['--demo', '--data', {str(data)!r}]))"
    )
    told = subprocess.run(
        [sys.executable, "-P", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert told.returncode == 1
    with Program(data, "--demo") as program:
        seen = program.until(lambda s: s["notices"], "a word about it")
        assert any(SENTENCE in each for each in seen["notices"])
        program.quit()
    (path,) = kept(data / "logs")
    text = path.read_text(encoding="utf-8")
    assert "Uncaught exception: ValueError" in text
    assert "in run" in text
    assert "diary" not in text


def test_the_report_opens_from_the_notice_and_from_the_menu(data: Path) -> None:
    logs = data / "logs"
    logs.mkdir(parents=True)
    (logs / "running.txt").write_text(FAULT, encoding="utf-8")
    with Program(data, "--demo") as program:
        program.until(lambda s: OPEN in s.get("pressable", ()), "the offer")
        program.watch()
        program.click(OPEN)
        program.trigger("open_crash")
        (path,) = kept(logs)
        assert program.watched()["addresses"] == [path.as_uri()] * 2
        assert not any(SENTENCE in each for each in program.look()["notices"])
        program.quit()
    assert program.output == ""


LOOKING = """
import sys
from PySide6.QtCore import QTimer
from app import main

class Watched(main.Window):
    def attach(self, session, *values):
        super().attach(session, *values)
        session.started.connect(lambda: QTimer.singleShot(0, self.finish))

    def finish(self):
        print("can" if self.actions_by_name["open_crash"].isEnabled() else "cannot")
        self.close()

main.Window = Watched
sys.exit(main.run(["--demo", "--data", {data!r}]))
"""


def test_the_menu_offers_a_report_only_if_there_is_one(data: Path, logs: Path) -> None:
    for offers in ("cannot", "can"):
        told = subprocess.run(
            [sys.executable, "-P", "-c", LOOKING.format(data=str(data))],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert told.stdout.strip() == offers
        (logs / "crash-20260101-000000.txt").write_text("of long ago", encoding="utf-8")


def test_a_record_that_cannot_be_made_keeps_nobody_from_working(data: Path) -> None:
    (data / "logs/running.txt").mkdir(parents=True)
    with Program(data, "--demo") as program:
        program.ready()
        program.quit()
    assert (program.process.returncode, program.output) == (0, "")


def test_a_log_that_cannot_be_opened_keeps_nobody_from_working(data: Path) -> None:
    (data / "logs/coprime.log").mkdir(parents=True)
    with Program(data, "--demo") as program:
        program.ready()
        program.quit()
    assert (program.process.returncode, program.output) == (0, "")


MISTAKEN = """
import sys
from PySide6.QtCore import QTimer
from app import main
from app.ui.transcript.surface import Surface

flush = Surface._flush

def fail(self):
    flush(self)
    raise AttributeError("dear diary")

class Watched(main.Window):
    def attach(self, session, *values):
        super().attach(session, *values)
        session.started.connect(lambda: QTimer.singleShot(0, self.talk))
        session.started.connect(lambda: QTimer.singleShot(700, self.finish))

    def talk(self):
        for _ in range(3):
            conversation = self._session.new_conversation()
            self._session.choose_model(conversation, "demo/tour")
            self._session.messages.send(conversation, "hello")
            self.grab()

    def finish(self):
        print("told" if self.notice_bar.isVisible() else "silent")
        self.close()

Surface._flush = fail
main.Window = Watched
sys.exit(main.run(["--demo", "--data", {data!r}]))
"""


@pytest.mark.parametrize("attempt", range(3))
def test_a_mistake_while_painting_is_survived(data: Path, attempt: int) -> None:
    told = subprocess.run(
        [sys.executable, "-P", "-c", MISTAKEN.format(data=str(data))],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (told.returncode, told.stdout, told.stderr) == (0, "told\n", "")
    assert not (data / "logs/running.txt").exists()

"""The window is painted before anything is loaded that a painted window can do without."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtGui import QImage

from tests.helpers.program import Program

ROOT = Path(__file__).resolve().parents[1]


def python(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
    )


def test_nothing_heavy_is_imported_before_the_first_paint(tmp_path: Path) -> None:
    probe = str(ROOT / "tests/benchmarks/first_paint.py")
    told = python(probe, "coprime", str(tmp_path / "data"))
    assert told.stdout.splitlines() == ["painted", "shown", "typing"], told.stderr


def test_the_version_is_told_without_a_window() -> None:
    from app import __version__

    told = python("-m", "app", "--version", QT_QPA_PLATFORM="none")
    assert (told.returncode, told.stdout.strip()) == (0, f"Coprime {__version__}")


def test_the_process_gives_nothing_away(tmp_path: Path) -> None:
    code = (
        "import os, resource, sys; from app.hardening import harden; given = harden();"
        "mask = os.umask(0); print(oct(mask), resource.getrlimit(resource.RLIMIT_CORE)[0],"
        "[n for n in os.environ if n.startswith('PRIME_')], given.environ['PRIME_API_KEY'],"
        "'sk-x' in repr(given))"
    )
    told = python("-c", code, PRIME_API_KEY="sk-x", PRIME_TEAM_ID="t")
    # One byte: no core is that small, and Linux then gives none to a program either.
    assert told.stdout.strip() in ("0o77 1 [] sk-x False", "0o77 0 [] sk-x False"), told.stderr


def test_a_variable_of_other_programs_keeps_nobody_from_working(tmp_path: Path) -> None:
    with Program(tmp_path / "data", "--demo", environ={"QT_API": "pyqt5"}) as program:
        program.ready()
        program.quit()
    assert (program.process.returncode, program.output) == (0, "")


def test_what_a_frozen_program_was_started_with_is_not_passed_on(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    code = (
        f"import os, sys; sys._MEIPASS = {str(bundle)!r};"
        "from app.main import make_application; qapp = make_application();"
        "print({name: os.environ.get(name) for name in "
        "('LD_LIBRARY_PATH', 'QT_PLUGIN_PATH', 'LD_LIBRARY_PATH_ORIG', '_PYI_ARCHIVE_FILE',"
        " 'MINE_ORIG', 'MIXED')})"
    )
    told = python(
        "-c",
        code,
        LD_LIBRARY_PATH=f"{bundle}{os.pathsep}/mine",
        LD_LIBRARY_PATH_ORIG="/mine",
        QT_PLUGIN_PATH=f"{bundle}/PySide6/Qt/plugins",
        MIXED=f"/a{os.pathsep}{bundle}/x{os.pathsep}/b",
        _PYI_ARCHIVE_FILE=f"{bundle}/../coprime",
        MINE_ORIG="kept",
    )
    assert ast.literal_eval(told.stdout) == {
        "LD_LIBRARY_PATH": "/mine",
        "QT_PLUGIN_PATH": None,
        "LD_LIBRARY_PATH_ORIG": None,
        "_PYI_ARCHIVE_FILE": None,
        "MINE_ORIG": "kept",
        "MIXED": f"/a{os.pathsep}/b",
    }, told.stderr


def test_a_folder_that_cannot_be_used_is_said_and_not_crashed_on(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    code = (
        "import sys; from app import main; main.tell = lambda q, s: print(s) or 1;"
        f"sys.exit(main.run(['--data', {str(file)!r}]))"
    )
    told = python("-c", code)
    assert told.returncode == 1, told.stderr
    assert "cannot be used" in told.stdout


def frames(folder: Path, **environ: str) -> tuple[QImage, QImage, list[int]]:
    """Start and end the demo; return its first two pictures and how wide its parts are."""
    probe = str(ROOT / "tests/helpers/first_frames.py")
    screen = folder / "screen.json"
    screen.write_text('{"screens": [{"width": 1600, "height": 1000, "logicalDpi": 96}]}')
    told = python(
        probe,
        str(folder),
        "--demo",
        "--data",
        str(folder / "data"),
        QT_QPA_PLATFORM=f"offscreen:configfile={screen}",
        **environ,
    )
    assert told.returncode == 0, told.stderr
    outline, whole = (QImage(str(folder / f"{name}.png")) for name in ("outline", "whole"))
    assert outline.size() == whole.size()
    return outline, whole, [int(word) for word in told.stdout.split()]


def colours(picture: QImage, points: Iterable[tuple[int, int]]) -> list[str]:
    return [picture.pixelColor(x, y).name() for x, y in points]


def test_the_first_picture_is_what_the_parts_then_stand_on(tmp_path: Path) -> None:
    frames(tmp_path)
    outline, whole, (menu, left, centre) = frames(tmp_path)
    # Just below the menus, above every word; and down the middle of the tabs.
    across = [(x, menu + 3) for x in range(outline.width())]
    down = [(left + centre - 40, y) for y in range(menu, outline.height() // 2)]
    for line in (across, down):
        assert colours(outline, line) == colours(whole, line)
        assert len(set(colours(whole, line))) > 2


def test_the_first_picture_has_the_theme_that_was_chosen(tmp_path: Path) -> None:
    light, _, _ = frames(tmp_path, CHOSEN="dark")
    outline, whole, _ = frames(tmp_path)
    middle = [(outline.width() // 2, outline.height() // 2)]
    assert colours(outline, middle) == colours(whole, middle) != colours(light, middle)


def test_a_window_closed_at_once_ends_the_program(tmp_path: Path) -> None:
    code = (
        "import sys; from app import main; paint = main.paint;"
        "main.paint = lambda window: (paint(window), window.close());"
        f"sys.exit(main.run(['--demo', '--data', {str(tmp_path)!r}]))"
    )
    told = python("-c", code)
    assert (told.returncode, told.stderr) == (0, "")


def test_no_source_is_read_for_an_import(tmp_path: Path) -> None:
    code = (
        "from app import starting; starting.begin(); import app.ui.window, linecache, json;"
        "print([name for name in linecache.cache if 'app' in name or 'json' in name])"
    )
    told = python("-c", code)
    assert told.stdout.strip() == "[]", told.stderr


def test_a_start_that_takes_long_shows_the_window_meanwhile(tmp_path: Path) -> None:
    code = f"""
import os, sys
from concurrent.futures import Future
from app import main
from app.store.database import Database
from tests.benchmarks.first_paint import on_paint

class Watched(main.Window):
    def attach(self, *values):
        super().attach(*values)
        print("shown" if self.columns.isVisible() else "hidden")
        on_paint(self.columns, lambda: (print("shown", flush=True), os._exit(0)))

Database.start = lambda self: Future()
main.Window = Watched
main.run(["--data", {str(tmp_path)!r}])
"""
    told = python("-c", code)
    assert told.stdout.split() == ["hidden", "shown"], told.stderr

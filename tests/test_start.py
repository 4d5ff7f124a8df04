"""The window is painted before anything is loaded that a painted window can do without."""

import os
import subprocess
import sys
from pathlib import Path

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
    assert python(probe, "coprime", str(tmp_path / "data")).stdout == "p"


def test_the_version_is_told_without_a_window() -> None:
    from app import __version__

    told = python("-m", "app", "--version", QT_QPA_PLATFORM="none")
    assert (told.returncode, told.stdout.strip()) == (0, f"Coprime {__version__}")


def test_the_process_gives_nothing_away(tmp_path: Path) -> None:
    code = (
        "import os, resource, sys; from app.main import harden; given = harden();"
        "mask = os.umask(0); print(oct(mask), resource.getrlimit(resource.RLIMIT_CORE)[0],"
        "[n for n in os.environ if n.startswith('PRIME_')], given['PRIME_API_KEY'])"
    )
    told = python("-c", code, PRIME_API_KEY="sk-x", PRIME_TEAM_ID="t")
    assert told.stdout.strip() == "0o77 0 [] sk-x", told.stderr


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

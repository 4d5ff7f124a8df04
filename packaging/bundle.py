"""Bundle: the frozen program in a folder, from which every package is made.

The same commit on the same machine gives the same bytes: hashes are seeded, files bear
the moment of the commit, and what PyInstaller made before is not used again.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import icons
import notices
import search_paths
from identity import BUILD, COMMAND, DIST, ROOT, VERSION, epoch
from windows import version

ICONS = BUILD / "icons"
NOTICES = BUILD / "notices"


def path() -> Path:
    """Return where the bundle is: a folder, or macOS' `.app`."""
    return DIST / ("Coprime.app" if sys.platform == "darwin" else COMMAND)


def program() -> Path:
    """Return the frozen program itself."""
    if sys.platform == "darwin":
        return path() / "Contents" / "MacOS" / COMMAND
    return path() / (f"{COMMAND}.exe" if os.name == "nt" else COMMAND)


def files() -> dict[str, int]:
    """Return the files of the bundle by their place in it, and how large each is.

    Raises:
        SystemExit: there is none.
    """
    if not path().is_dir():
        raise SystemExit(f"There is no bundle in {path()}: python3 dev.py package")
    found = [f for f in sorted(path().rglob("*")) if f.is_file() and not f.is_symlink()]
    return {f.relative_to(path()).as_posix(): f.stat().st_size for f in found}


def build() -> Path:
    """Make the bundle anew; returns its path. It has not proved itself yet.

    Raises:
        SystemExit: it could not be made.
    """
    shutil.rmtree(BUILD / "pyinstaller", ignore_errors=True)
    shutil.rmtree(DIST / COMMAND, ignore_errors=True)
    shutil.rmtree(path(), ignore_errors=True)
    icons.draw(ICONS)
    shutil.rmtree(NOTICES, ignore_errors=True)
    notices.write(NOTICES)
    environ = {
        **os.environ,
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": str(epoch()),
        "COPRIME_ICONS": str(ICONS),
        "COPRIME_NOTICES": str(NOTICES),
    }
    if os.name == "nt":
        environ["COPRIME_VERSION_RESOURCE"] = str(version.write(BUILD / "version.txt"))
    command = [
        sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN",
        "--distpath", str(DIST), "--workpath", str(BUILD / "pyinstaller"),
        str(ROOT / "packaging" / "coprime.spec"),
    ]  # fmt: skip
    if subprocess.call(command, env=environ, cwd=ROOT) != 0:
        raise SystemExit("PyInstaller could not make the bundle.")
    if sys.platform.startswith("linux"):
        strip()
        search_paths.clear(path())
    settle(path())
    return path()


def strip() -> None:
    """Take the symbols out of Python's own libraries. Qt's come without."""
    inside = path() / "_internal"
    libraries = [*inside.glob("libpython3*.so*"), *inside.rglob("lib-dynload/*.so")]
    real = [str(each) for each in libraries if not each.is_symlink()]
    if not shutil.which("strip"):
        raise SystemExit("strip is missing: install binutils.")
    subprocess.check_call(["strip", "--strip-unneeded", *real])


def settle(folder: Path) -> None:
    """Give every file one moment, and modes that do not depend on who built it."""
    moment = epoch()
    for each in sorted(folder.rglob("*"), reverse=True):
        if not each.is_symlink():
            is_program = each.is_dir() or each == program()
            each.chmod(0o755 if is_program else 0o644)
        os.utime(each, (moment, moment), follow_symlinks=False)
    os.utime(folder, (moment, moment))


def prove(program: Path, *, offscreen: bool = True) -> None:
    """Have a frozen program say its version and test itself.

    Raises:
        SystemExit: it is not there, or does not do what it should. A spec can be wrong and
            PyInstaller content: it once made a bundle without the program.
    """
    if not program.is_file():
        raise SystemExit(f"There is no bundle in {path()}: python3 dev.py package")
    environ = dict(os.environ)
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
        environ.pop(name, None)
    if offscreen:
        environ["QT_QPA_PLATFORM"] = "offscreen"
    told = subprocess.run(
        [str(program), "--version"], env=environ, capture_output=True, text=True, timeout=60
    )
    said = told.stdout.strip()
    # On Windows a program without a console has nowhere to print.
    is_mute = os.name == "nt" and not said
    if told.returncode or (said != f"Coprime {VERSION}" and not is_mute):
        raise SystemExit(f"{program} does not say its version: {told.stdout}{told.stderr}")
    if subprocess.call([str(program), "--self-test"], env=environ, timeout=120) != 0:
        raise SystemExit(f"{program} fails its self-test.")

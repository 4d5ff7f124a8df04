"""Nsis: the setup program for Windows, for one person and without an administrator.

Made by NSIS, which compiles on Windows and on Linux alike. Same bundle, same bytes, until
it is signed: `WINDOWS_SIGN` is a command without quotes that signs the file named after
it. It signs the program, the setup program and what removes it. Source: https://nsis.sourceforge.io/Docs/Chapter4.html
"""

import os
import platform
import shutil
import subprocess
from pathlib import Path

import bundle
from identity import COMMAND, COPYRIGHT, DIST, HOMEPAGE, MAINTAINER, NAME, VERSION, epoch, quad

_SIGN = "WINDOWS_SIGN"
_SCRIPT = Path(__file__).resolve().parent / "windows" / "coprime.nsi"
_USUAL = Path(r"C:\Program Files (x86)\NSIS\makensis.exe")


def build() -> Path:
    """Make the setup program from the bundle; returns its path.

    Raises:
        SystemExit: the bundle is none of Windows, or NSIS is not installed.
    """
    if platform.system() != "Windows":
        raise SystemExit("The setup program for Windows is made there: the bundle has to be its.")
    sign = os.environ.get(_SIGN)
    if sign:
        subprocess.check_call([*sign.split(), str(bundle.program())])
    return compile_setup(bundle.path(), bundle.ICONS / f"{COMMAND}.ico", DIST)


def compile_setup(source: Path, icon: Path, folder: Path) -> Path:
    """Compile the setup program of what is in `source` into a folder; returns its path.

    Warnings are errors.
    """
    path = folder / f"{COMMAND}-{VERSION}-windows-x64-setup.exe"
    path.unlink(missing_ok=True)
    defines = {
        # With the slashes of the compiling system, which reads them.
        "FILES": str(source / "*"),
        "OUT": str(path),
        "ICON": str(icon),
        "NAME": NAME,
        "COMMAND": COMMAND,
        "VERSION": VERSION,
        "VERSION4": quad(),
        "PUBLISHER": MAINTAINER,
        "COPYRIGHT": COPYRIGHT,
        "HOMEPAGE": HOMEPAGE,
        "KILOBYTES": str(kilobytes(source)),
    }
    sign = os.environ.get(_SIGN)
    if sign:
        defines["SIGN"] = sign
    dash = "/" if os.name == "nt" else "-"
    arguments = [f"{dash}D{name}={value}" for name, value in defines.items()]
    command = [makensis(), f"{dash}WX", f"{dash}V2", f"{dash}INPUTCHARSET", "UTF8", *arguments]
    subprocess.check_call(
        [*command, str(_SCRIPT)], env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch())}
    )
    return path


def kilobytes(folder: Path) -> int:
    """Return how much a folder takes, as Windows shows it among its programs."""
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()) // 1024


def makensis() -> str:
    """Return the compiler of NSIS.

    Raises:
        SystemExit: it is not installed.
    """
    found = shutil.which("makensis") or (str(_USUAL) if _USUAL.exists() else "")
    if not found:
        raise SystemExit("makensis is missing: install NSIS, on Debian nsis.")
    return found

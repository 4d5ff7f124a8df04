#!/usr/bin/env python3
"""Set up and run Coprime from a checkout: `python3 dev.py run`, `python3 dev.py test`.

Standard library only. Installs the system libraries that Qt needs (where it
may; else it prints the command and stops), makes a virtual environment in
`.venv` from hash-locked requirements, and runs the rest inside it. A second
call finds everything in place and costs next to nothing.
"""

import argparse
import ctypes
import glob
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
# Packages are made with what they hold and little else.
PACKAGE_VENV = ROOT / "build" / "env"
IN_VENV = "Scripts/python.exe" if os.name == "nt" else "bin/python"
PYTHON = VENV / IN_VENV
STAMP = "coprime.json"
"""In a virtual environment: what was installed into it."""

# What is missing on a bare Debian or Ubuntu: a library to look for, and the
# package that brings it. Newer releases resolve libglib2.0-0 by themselves.
QT = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
}
WINDOW = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
# The tests talk to a real Secret Service on a private bus.
TESTS = {
    "gnome-keyring-daemon": "gnome-keyring",
    "dbus-daemon": "dbus-daemon",
    "dbus-send": "dbus-bin",
}
# What it takes to hear the window as a screen reader does: a package, and where
# what it brings may be. Without it those tests are skipped, with the reason.
HEARING = {
    "xvfb": ("/usr/bin/Xvfb",),
    "at-spi2-core": (
        "/usr/libexec/at-spi-bus-launcher",
        "/usr/lib/at-spi2-core/at-spi-bus-launcher",
    ),
    "python3-gi": ("/usr/lib/python3/dist-packages/gi/__init__.py",),
    "gir1.2-atspi-2.0": (
        "/usr/lib/girepository-1.0/Atspi-2.0.typelib",
        "/usr/lib/*/girepository-1.0/Atspi-2.0.typelib",
    ),
}
# Programs that packages are made with, by kind: what to look for, and the Debian package.
PACKAGING = {
    "bundle": {"objdump": "binutils"},
    "deb": {"dpkg-deb": "dpkg"},
    "rpm": {"rpmbuild": "rpm"},
    "run": {"makeself": "makeself", "xz": "xz-utils"},
    "nsis": {"makensis": "nsis"},
    "appimage": {"mksquashfs": "squashfs-tools"},
    "flatpak": {"flatpak-builder": "flatpak-builder", "flatpak": "flatpak"},
}

PROVING = {
    "debootstrap": "debootstrap",
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "openbox": "openbox",
    "xhost": "x11-xserver-utils",
    "import": "imagemagick",
    "cpio": "cpio",
    "rpm2cpio": "rpm2cpio",
}
LISTS = ("run", "dev", "package")
"""The requirements files."""
UV = ["uv", "pip", "compile", "--universal", "--python-version", "3.11", "--quiet"]
UV += ["--generate-hashes", "--no-header", "--no-annotate"]
UV += ["--no-emit-index-url", "--no-emit-find-links"]


class Stop(Exception):
    """Nothing more can be done here; the text says what the person can do."""


def main() -> int:
    """Run the command named on the command line."""
    arguments = parser().parse_args()
    try:
        if not (3, 11) <= sys.version_info[:2] <= (3, 13):
            raise Stop(
                f"Coprime runs on Python 3.11 to 3.13; this is {sys.version.split()[0]}.\n"
                "Call this script with one of those, for example: python3.13 dev.py run"
            )
        return int(COMMANDS[arguments.command](arguments.rest))
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """Return what the command line understands; the rest is passed on."""
    result = argparse.ArgumentParser(
        prog="dev.py",
        description="Set up, run and test Coprime from a checkout.",
        epilog="Further arguments are passed on: dev.py run --demo, dev.py test -k stop",
    )
    result.add_argument(
        "command",
        choices=sorted(COMMANDS),
        metavar="{" + ",".join(COMMANDS) + "}",
        help="run: open the window; test: the whole suite, headless; "
        "check: linters, types, import contracts; bench: measurements; "
        "tour FOLDER: pictures of the window in every state; "
        "package KIND …: what people install, into dist; "
        "prove KIND …: install those into a fresh Debian and use them; "
        "lock: compile requirements/*.txt anew (needs uv)",
    )
    result.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return result


def run(rest: list[str]) -> int:
    """Open the window."""
    require(libraries={**QT, **WINDOW})
    install("run")
    command = [str(PYTHON), "-P", "-m", "app", *rest]
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606  signals go straight to the program
    return subprocess.call(command)


def test(rest: list[str]) -> int:
    """Run the whole suite without a screen."""
    missing = lacking(QT, TESTS)
    hearing = lacking(WINDOW, files=HEARING)
    if sys.platform.startswith("linux") and hearing:
        if shutil.which("apt-get") and os.geteuid() == 0:
            missing += hearing
        else:
            print("Skipping the tests of what a screen reader hears. For those, please run:")
            print("  sudo apt-get install --no-install-recommends " + " ".join(hearing), flush=True)
    provide(missing)
    install("dev")
    if rest:
        return call("pytest", *rest)
    # In two processes at once, of about ten and four minutes on two cores.
    with tempfile.TemporaryFile("w+", encoding="utf-8") as told:
        aside = [str(PYTHON), "-m", "pytest", "--color=no", "tests/ui/transcript"]
        with subprocess.Popen(aside, cwd=ROOT, stdout=told, stderr=subprocess.STDOUT) as second:
            first = call("pytest", "--ignore=tests/ui/transcript")
            print("── pytest tests/ui/transcript, which ran beside it", flush=True)
        told.seek(0)
        print(told.read(), end="", flush=True)
    return first or second.returncode


def check(_rest: list[str]) -> int:
    """Run linters, type checker and import contracts."""
    require(libraries=QT)
    install("dev")
    failed = [
        name
        for name, command in {
            "format": ("ruff", "format", "--check", "."),
            "lint": ("ruff", "check", "."),
            "types": ("mypy",),
            "doors": ("importlinter.cli", "lint"),
        }.items()
        if call(*command)
    ]
    print("check: " + (f"failed in {', '.join(failed)}" if failed else "all clean"))
    return bool(failed)


def bench(rest: list[str]) -> int:
    """Measure, side by side in one run."""
    require(libraries=QT)
    install("dev")
    return subprocess.call([str(PYTHON), "-P", "-m", "tests.benchmarks", *rest])


def tour(rest: list[str]) -> int:
    """Drive the window through its states and write pictures into a folder."""
    require(libraries=QT)
    install("dev")
    return subprocess.call([str(PYTHON), "-P", "-m", "tests.tour", *rest])


def package(rest: list[str]) -> int:
    """Make what people install, and have the frozen program test itself."""
    programs = {**PACKAGING["bundle"]}
    for kind in rest:
        programs.update(PACKAGING.get(kind, {}))
    provide(lacking({**QT, **WINDOW}, programs))
    install("package", PACKAGE_VENV)
    script = str(ROOT / "packaging" / "package.py")
    return subprocess.call([str(PACKAGE_VENV / IN_VENV), script, *rest])


def prove(rest: list[str]) -> int:
    """Install the packages in dist into a fresh Debian without Python, and use them there."""
    provide(lacking(QT, PROVING))
    install("dev")
    return subprocess.call([str(PYTHON), "-P", "-m", "tests.installed", *rest])


def lock(rest: list[str]) -> int:
    """Compile the hash-locked requirements from pyproject.toml. Writes no index address."""
    if not shutil.which("uv"):
        raise Stop("Locking needs uv: pip install uv")
    for name in LISTS:
        extra = [] if name == "run" else ["--extra", name]
        subprocess.check_call(
            [*UV, *extra, *rest, "pyproject.toml", "-o", f"requirements/{name}.txt"],
            cwd=ROOT,
        )
    return 0


COMMANDS = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "tour": tour,
    "package": package,
    "prove": prove,
    "lock": lock,
}


def call(module: str, *arguments: str) -> int:
    """Run a module of the environment in the checkout."""
    print(f"── {module} {' '.join(arguments)}".rstrip(), flush=True)
    if module == "importlinter.cli":
        # It has no `python -m` of its own.
        program = [str(PYTHON.with_name("lint-imports" + PYTHON.suffix)), "--no-cache"]
        return subprocess.call(program, cwd=ROOT)
    return subprocess.call([str(PYTHON), "-m", module, *arguments], cwd=ROOT)


def require(libraries: "dict[str, str]") -> None:
    """Install the system packages that are not there yet.

    Raises:
        Stop: they have to be installed by somebody else; the text holds the command.
    """
    provide(lacking(libraries))


def lacking(
    libraries: "dict[str, str]",
    programs: "dict[str, str] | None" = None,
    files: "dict[str, tuple[str, ...]] | None" = None,
) -> "list[str]":
    """Return the system packages that are not there yet; none where there are no such names."""
    if not sys.platform.startswith("linux"):
        return []
    missing = [package for name, package in libraries.items() if not loads(name)]
    missing += [p for name, p in (programs or {}).items() if not shutil.which(name)]
    missing += [p for p, paths in (files or {}).items() if not any(map(glob.glob, paths))]
    return missing


def provide(missing: "list[str]") -> None:
    """Install system packages, and what Python itself needs of them.

    Raises:
        Stop: they have to be installed by somebody else; the text holds the command.
    """
    if not sys.platform.startswith("linux"):
        return
    if not PYTHON.exists() and not importlib.util.find_spec("ensurepip"):
        missing = [*missing, "python3-venv"]
    if not any(Path(p).exists() for p in ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls")):
        missing = [*missing, "ca-certificates"]
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise Stop(
            "Some system libraries are missing. These are their Debian names; please "
            "install what your system calls them, then try again:\n  " + " ".join(missing)
        )
    install_packages(missing)


def loads(library: str) -> bool:
    """Return whether the dynamic linker finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_packages(packages: "list[str]") -> None:
    """Let apt install packages, as root or through a password-free sudo.

    Raises:
        Stop: neither is possible, or apt failed.
    """
    sudo: list[str] = []
    if os.geteuid() != 0:
        sudo = ["sudo", "-n"]
        if (
            not shutil.which("sudo")
            or subprocess.call([*sudo, "true"], stderr=subprocess.DEVNULL) != 0
        ):
            raise Stop(
                "Some system packages are missing. Please run this, then try again:\n  "
                "sudo apt-get install --no-install-recommends " + " ".join(packages)
            )
    print("Installing " + " ".join(packages), flush=True)
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    subprocess.call([*apt, "update"], stdout=subprocess.DEVNULL)
    installing = [*apt, "--no-install-recommends", "install", *packages]
    if subprocess.call(installing, stdout=subprocess.DEVNULL) != 0:
        raise Stop("apt-get could not install: " + " ".join(packages))


def install(which: str, venv: Path = VENV) -> None:
    """Make a virtual environment hold what a requirements file lists.

    Raises:
        Stop: the environment could not be made or a package not be had.
    """
    wanted = {name: fingerprint(name) for name in ({"dev": ["run", "dev"]}.get(which, [which]))}
    present = read_stamp(venv)
    if all(present.get(name) == mark for name, mark in wanted.items()):
        return
    place, python = venv.relative_to(ROOT), str(venv / IN_VENV)
    print(f"Installing {which} requirements into {place}, once", flush=True)
    if present.get("python") != sys.version:  # None, or one that was never finished
        shutil.rmtree(venv, ignore_errors=True)
        if subprocess.call([sys.executable, "-m", "venv", str(venv)]) != 0:
            raise Stop(f"A virtual environment could not be made in {place}")
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-q"]
    source = str(ROOT / "requirements" / f"{which}.txt")
    if subprocess.call([*pip, "--require-hashes", "--only-binary", ":all:", "-r", source]) != 0:
        raise Stop("Not everything could be downloaded. Check the connection and try again.")
    site_packages = subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    ).strip()
    Path(site_packages, "coprime.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    kept = {} if present.get("python") != sys.version else present
    stamp = json.dumps({**kept, **wanted, "python": sys.version})
    (venv / STAMP).write_text(stamp, encoding="utf-8")


def fingerprint(which: str) -> str:
    """Return what identifies the contents of a requirements file, and where it is used."""
    content = (ROOT / "requirements" / f"{which}.txt").read_bytes()
    return hashlib.sha256(content + str(ROOT).encode()).hexdigest()


def read_stamp(venv: Path) -> "dict[str, str]":
    """Return what is known to be installed; nothing, where that is not known."""
    try:
        stamp = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) and (venv / IN_VENV).exists() else {}


if __name__ == "__main__":
    sys.exit(main())

"""Prove the packages: `python3 dev.py prove`, after `dev.py package deb tar run rpm`.

In a fresh Debian without Python each is installed, tests itself, is used by keys alone,
is replaced by a newer one, and is removed. What it finds it prints; pictures go to
build/prove. Needs root, debootstrap, xvfb, xdotool, openbox, imagemagick, cpio, rpm2cpio.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from app import APP_ID
from tests.installed.chroot import PERSON, Chroot, make
from tests.installed.finding import say
from tests.installed.screen import Screen
from tests.installed.vanished import prove_vanished

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"
FOLDER = ROOT / "build" / "prove"
HOME = f"/home/{PERSON}"
WORDS = "Which numbers are coprime to twelve?"
LATER = "And to thirty?"
# What stays of a person's home when the program goes.
KEPT = (".local/share/coprime", ".local/state/coprime", ".config/coprime", ".cache")
# What install.sh puts beside the program.
BESIDE = {"uninstall.sh", "installed.txt"}
_APART = "--apart"
_OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


def main() -> int:
    """Prove what is in dist; returns the exit code."""
    if sys.argv[1:2] != [_APART]:
        if os.geteuid() != 0:
            raise SystemExit("This needs root: it mounts folders and changes the root folder.")
        # Mounts of its own: they go with it, however it ends.
        again = [sys.executable, "-P", "-m", "tests.installed", _APART, *sys.argv[1:]]
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", *again])
    kinds = {"deb": prove_deb, "tar": prove_tar, "run": prove_run, "rpm": prove_rpm}
    wanted = sys.argv[2:] or list(kinds)
    for kind in wanted:
        print(f"── {kind}", flush=True)
        with Screen() as screen, Chroot(make(FOLDER)) as chroot:
            chroot.run("update-ca-certificates", check=False)
            chroot.run("apt-get", "update", "-q")
            kinds[kind](chroot, screen)
    print("proved: " + ", ".join(wanted))
    return 0


def prove_deb(chroot: Chroot, screen: Screen) -> None:
    """Install it, use it, replace an older one, purge it."""
    package = only("*.deb")
    older = age(package)
    take_in(chroot, package, older)
    say("without Python", not has_python(chroot))
    # Its requirements stay when it goes: only what it brings itself is compared.
    chroot.run("sh", "-c", f"apt-get install -y -q --no-install-recommends /{older.name}")
    before_words = converse(chroot, screen, "/usr/bin/coprime", "older", WORDS)
    say("its words are on disk", WORDS in before_words)
    told = chroot.install(f"/{package.name}")
    say("an older one is replaced", "over (0.0.1)" in told)
    say("no Python came with it", not has_python(chroot))
    self_test(chroot, screen, "/usr/bin/coprime")
    words = converse(chroot, screen, "/usr/bin/coprime", "deb", LATER)
    say("what the older one kept is kept", {WORDS, LATER} <= words)
    prove_vanished(chroot.root / "usr/lib/coprime", screen)
    listed = [chroot.root / line[1:] for line in chroot.run("dpkg", "-L", "coprime").splitlines()]
    # Folders of its own bear its name; the others are the system's.
    mine = [p for p in listed if p.is_symlink() or not p.is_dir() or "coprime" in p.name]
    told = chroot.run("apt-get", "purge", "-y", "-q", "coprime")
    left = [str(path) for path in mine if os.path.lexists(path)]
    say(f"purging leaves none of its {len(mine)} files and folders {left[:5]}", mine and not left)
    say("it says where the conversations are", ".local/share/coprime" in told)
    say("and there they are", {WORDS, LATER} <= conversations(chroot))


def prove_tar(chroot: Chroot, screen: Screen) -> None:
    """Unpack and install it as a person, over an older one; use it, remove it."""
    package = only("*.tar.xz")
    requirements(chroot)
    take_in(chroot, package)
    chroot.install("xz-utils")
    chroot.run("tar", "-xJf", f"/{package.name}", "-C", "/tmp", person=True)
    folder = f"/tmp/{package.name.removesuffix('.tar.xz')}"
    prove_home(chroot, screen, "tar", folder, [f"{folder}/install.sh"])


def prove_run(chroot: Chroot, screen: Screen) -> None:
    """Run it as a person, over an older one; use what it installed, remove that."""
    package = only("*.run")
    requirements(chroot)
    take_in(chroot, package)
    chroot.install("xz-utils")
    folder, run = "/tmp/unpacked", ["sh", f"/{package.name}", "--nox11"]
    chroot.run(*run, "--noexec", "--target", folder, person=True)
    prove_home(chroot, screen, "run", folder, run)


def prove_home(chroot: Chroot, screen: Screen, name: str, folder: str, install: list[str]) -> None:
    """Install an older one and then this one into a home folder, use both, remove it.

    `folder` is what the package holds, unpacked; `install` the command that installs it.
    """
    program, home = f"{HOME}/.local/bin/coprime", chroot.root / HOME[1:]
    say("no Python is there", not has_python(chroot))
    older = plant(chroot, folder)
    before = belongings(home)
    chroot.run(f"{older}/install.sh", person=True)
    words = converse(chroot, screen, program, f"{name}-older", WORDS)
    say("its words are on disk", WORDS in words)
    print(chroot.run(*install, person=True).rstrip()[-600:])
    there = files(home / ".local/lib/coprime") - files(chroot.root / folder[1:] / "lib/coprime")
    say(f"nothing of the older one is mixed in {sorted(there - BESIDE)[:5]}", there == BESIDE)
    self_test(chroot, screen, program)
    words = converse(chroot, screen, program, name, LATER)
    say("what the older one kept is kept", {WORDS, LATER} <= words)
    print(chroot.run(f"{HOME}/.local/lib/coprime/uninstall.sh", person=True).rstrip())
    after = belongings(home)
    left = [path for path in sorted(before | after) if before.get(path) != after.get(path)]
    left = [path for path in left if not is_kept(path)]
    say(f"the home is as before but for the person's data {left[:5]}", not left)
    say("and there they are", {WORDS, LATER} <= conversations(chroot))


def plant(chroot: Chroot, folder: str) -> str:
    """Make an older one of an unpacked package, with files this one has not; returns its folder."""
    older = "/tmp/older"
    chroot.run("cp", "-a", folder, older, person=True)
    for name in ("lib/coprime/_internal/older.txt", f"share/icons/hicolor/20x20/apps/{APP_ID}.png"):
        path = f"{older}/{name}"
        chroot.run("mkdir", "-p", os.path.dirname(path), person=True)
        chroot.run("touch", path, person=True)
    return older


def belongings(home: Path) -> dict[str, str]:
    """Return everything in a home folder by its place, and what is in it."""
    found = {}
    for path in home.rglob("*"):
        content = ""
        if path.is_symlink():
            content = str(path.readlink())
        elif path.is_file():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
        found[str(path.relative_to(home))] = content
    return found


def files(folder: Path) -> set[str]:
    """Return the places of all files in a folder."""
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir()}


def is_kept(place: str) -> bool:
    """Return whether something in a home folder is the person's data, or leads there."""
    return any(f"{place}/".startswith(f"{kept}/") or kept.startswith(f"{place}/") for kept in KEPT)


def prove_rpm(chroot: Chroot, screen: Screen) -> None:
    """Unpack it, run it, and compare what it requires with what the .deb's packages bring."""
    package = only("*.rpm")
    requirements(chroot)
    unpacked = subprocess.Popen(["rpm2cpio", str(package)], stdout=subprocess.PIPE)
    subprocess.check_call(
        ["cpio", "-idm", "--quiet"], stdin=unpacked.stdout, cwd=chroot.root, stderr=sys.stderr
    )
    self_test(chroot, screen, "/usr/bin/coprime")
    wanted = subprocess.check_output(["rpm", "-qp", "--requires", str(package)], text=True)
    sonames = {line.split("(")[0] for line in wanted.splitlines() if ".so" in line}
    cached = chroot.run("ldconfig", "-p")
    absent = [name for name in sorted(sonames) if name not in cached]
    say(f"its {len(sonames)} libraries are those the .deb's packages bring {absent}", not absent)


def requirements(chroot: Chroot) -> None:
    """Install what the .deb requires, and not the .deb: any desktop has that."""
    fields = subprocess.check_output(["dpkg-deb", "-f", str(only("*.deb")), "Depends"], text=True)
    names = [each.split("|")[-1].split("(")[0].strip() for each in fields.split(",")]
    fonts = [name for name in names if not name.startswith("fonts-")]
    chroot.install(*fonts, "fonts-dejavu-core")


def self_test(chroot: Chroot, screen: Screen, program: str) -> None:
    """Have it say its version and test itself, without a screen and on one."""
    print(chroot.run(program, "--version", person=True, environ=_OFFSCREEN).rstrip())
    for name, environ in (("offscreen", _OFFSCREEN), ("xcb", {"DISPLAY": screen.display})):
        begun = time.monotonic()
        told = chroot.run(program, "--self-test", person=True, environ=environ)
        took = time.monotonic() - begun
        is_whole = "\nmissing" not in f"\n{told}" and took < 10
        say(f"tests itself on {name}, {took:.1f} s" + ("" if is_whole else f":\n{told}"), is_whole)
    print(told.rstrip())


def converse(chroot: Chroot, screen: Screen, program: str, name: str, words: str) -> set[str]:
    """Use it with keys alone, and return what the person's messages are then."""
    process = subprocess.Popen(
        chroot.command(program, "--demo", person=True),
        env=chroot.environ({"DISPLAY": screen.display}, person=True),
    )
    window = screen.window("Coprime")
    screen.focus(window)
    screen.until_still(FOLDER / f"{name}-start.png")
    screen.key("ctrl+m")
    screen.type("tour")
    screen.key("Return")
    screen.key("ctrl+j")
    screen.type(words)
    screen.key("Return")
    screen.until_still(FOLDER / f"{name}-reply.png")
    print(f"window: {screen.title(window)}")
    begun = time.monotonic()
    screen.key("ctrl+q")
    code = process.wait(20)
    took = time.monotonic() - begun
    say(f"ends with 0 within 2 s ({code}, {took:.1f} s)", code == 0 and took < 2)
    return conversations(chroot)


def conversations(chroot: Chroot) -> set[str]:
    """Return what a person said in all conversations in their home folder."""
    path = chroot.root / HOME[1:] / ".local/share/coprime/conversations.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        rows = db.execute(
            "SELECT text FROM body JOIN message ON id = message_id WHERE role = 'user'"
        )
        return {row[0] for row in rows}


def age(package: Path) -> Path:
    """Return the same package as version 0.0.1."""
    folder = FOLDER / "older"
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.check_call(["dpkg-deb", "-R", str(package), str(folder)])
    control = folder / "DEBIAN" / "control"
    lines = control.read_text(encoding="utf-8").splitlines()
    lines = ["Version: 0.0.1" if line.startswith("Version:") else line for line in lines]
    control.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path = FOLDER / "coprime_0.0.1.deb"
    subprocess.check_call(["dpkg-deb", "-Znone", "--build", str(folder), str(path)])
    return path


def take_in(chroot: Chroot, *paths: Path) -> None:
    """Put files into the root folder."""
    for path in paths:
        shutil.copyfile(path, chroot.root / path.name)


def has_python(chroot: Chroot) -> bool:
    """Return whether any Python can be called in it."""
    return bool(chroot.run("sh", "-c", "ls /usr/bin/python* 2>/dev/null || true").strip())


def only(pattern: str) -> Path:
    """Return the one package of a kind."""
    found = sorted(DIST.glob(pattern))
    if len(found) != 1:
        raise SystemExit(f"There should be one {pattern} in dist, there are {len(found)}.")
    return found[0]


if __name__ == "__main__":
    sys.exit(main())

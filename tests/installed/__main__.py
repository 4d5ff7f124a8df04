"""Prove the packages: `python3 dev.py prove`, after `dev.py package deb tar run rpm`.

In a fresh Debian without Python each is installed, tests itself, is used by keys alone,
is replaced by a newer one, and is removed. What it finds it prints; pictures go to
build/prove. Needs root, debootstrap, xvfb, xdotool, openbox, imagemagick, cpio, rpm2cpio.
"""

import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from tests.installed.chroot import PERSON, Chroot, make
from tests.installed.screen import Screen

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"
FOLDER = ROOT / "build" / "prove"
HOME = f"/home/{PERSON}"
WORDS = "Which numbers are coprime to twelve?"
LATER = "And to thirty?"
_OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


def main() -> int:
    """Prove what is in dist; returns the exit code."""
    kinds = {"deb": prove_deb, "tar": prove_tar, "run": prove_run, "rpm": prove_rpm}
    wanted = sys.argv[1:] or list(kinds)
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
    mine = [line for line in chroot.run("dpkg", "-L", "coprime").split() if line != "/."]
    told = chroot.run("apt-get", "purge", "-y", "-q", "coprime")
    left = [path for path in mine if (chroot.root / path[1:]).is_file()]
    say(f"purging leaves none of its {len(mine)} files {left[:5]}", not left)
    say("no folder of its own is left", not (chroot.root / "usr/lib/coprime").exists())
    say("it says where the conversations are", ".local/share/coprime" in told)
    say("and there they are", {WORDS, LATER} <= conversations(chroot))


def prove_tar(chroot: Chroot, screen: Screen) -> None:
    """Unpack and install it as a person, use it, remove it."""
    package = only("*.tar.xz")
    requirements(chroot)
    take_in(chroot, package)
    chroot.install("xz-utils")
    chroot.run("tar", "-xJf", f"/{package.name}", "-C", HOME, person=True)
    folder = f"{HOME}/{package.name.removesuffix('.tar.xz')}"
    print(chroot.run(f"{folder}/install.sh", person=True).rstrip())
    prove_home(chroot, screen, "tar")


def prove_run(chroot: Chroot, screen: Screen) -> None:
    """Run it as a person, use what it installed, remove that."""
    package = only("*.run")
    requirements(chroot)
    take_in(chroot, package)
    chroot.install("xz-utils")
    print(chroot.run("sh", f"/{package.name}", "--nox11", person=True).rstrip()[-600:])
    prove_home(chroot, screen, "run")


def prove_home(chroot: Chroot, screen: Screen, name: str) -> None:
    """Use what is installed in a home folder, install it again, remove it."""
    program = f"{HOME}/.local/bin/coprime"
    say("no Python is there", not has_python(chroot))
    self_test(chroot, screen, program)
    say("its words are on disk", WORDS in converse(chroot, screen, program, name, WORDS))
    uninstall = f"{HOME}/.local/lib/coprime/uninstall.sh"
    print(chroot.run(uninstall, "--uninstall", person=True).rstrip())
    home = chroot.root / HOME[1:]
    left = [
        str(path.relative_to(home))
        for path in (home / ".local").rglob("*")
        if "coprime" in path.name.lower()
    ]
    data = [".local/share/coprime", ".local/state/coprime"]
    left = [each for each in left if not each.startswith(tuple(data))]
    say(f"nothing but the person's data is left {left}", not left)
    say("and there they are", WORDS in conversations(chroot))


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
    screen.key("ctrl+q")
    begun = time.monotonic()
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


def say(what: str, is_so: bool) -> None:
    """Print what was looked at.

    Raises:
        SystemExit: it is not so.
    """
    print(f"{'ok' if is_so else 'NOT':4}{what}", flush=True)
    if not is_so:
        raise SystemExit(1)


if __name__ == "__main__":
    sys.exit(main())

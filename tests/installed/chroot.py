"""A Debian without Python, in a folder: what the packages are installed into.

Needs root and debootstrap. The host's way to its package server is used: its name
servers, its certificates and its settings of apt. Folders of the host are mounted in it:
nothing is deleted before all of them are gone.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

SUITE = "bookworm"
PERSON = "person"
_OF_HOST = ("etc/resolv.conf", "etc/hosts", "etc/apt/apt.conf.d", "usr/local/share/ca-certificates")
_SHARED = tuple(Path("/", name) for name in ("proc", "sys", "dev", "dev/shm", "tmp/.X11-unix"))


class Chroot:
    """One such Debian. Use as a context manager: leaving it unmounts, the files stay."""

    def __init__(self, root: Path, shared: tuple[Path, ...] = _SHARED) -> None:
        self.root = root
        self._shared = shared
        self._mounted = ExitStack()

    def __enter__(self) -> "Chroot":
        with ExitStack() as mounted:
            for folder in self._shared:
                place = self.root / folder.relative_to("/")
                place.mkdir(parents=True, exist_ok=True)
                subprocess.check_call(["mount", "--bind", str(folder), str(place)])
                mounted.callback(subprocess.call, ["umount", "--lazy", str(place)])
            self._mounted = mounted.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._mounted.close()

    def run(
        self,
        *command: str,
        person: bool = False,
        environ: Mapping[str, str] | None = None,
        check: bool = True,
    ) -> str:
        """Run a command in it, as root or as a person, and return what it says.

        Raises:
            SystemExit: it failed and `check` is set; the text is what it said.
        """
        done = subprocess.run(
            self.command(*command, person=person),
            env=self.environ(environ, person=person),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if check and done.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def command(self, *command: str, person: bool = False) -> list[str]:
        """Return what runs a command in it."""
        who = [f"--userspec={PERSON}:{PERSON}"] if person else []
        return ["chroot", *who, str(self.root), *command]

    def environ(
        self, more: Mapping[str, str] | None = None, *, person: bool = False
    ) -> dict[str, str]:
        """Return the environment of somebody who has just logged in."""
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME": f"/home/{PERSON}" if person else "/root",
            "LANG": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
            **(more or {}),
        }

    def install(self, *packages: str) -> str:
        """Let apt install packages, by name or by path in it."""
        return self.run("apt-get", "install", "-y", "-q", "--no-install-recommends", *packages)


def make(folder: Path) -> Path:
    """Make a fresh one from what debootstrap once made beside it; returns its root."""
    base = folder / "base"
    if not (base / "etc" / "debian_version").exists():
        if os.geteuid() != 0 or not shutil.which("debootstrap"):
            raise SystemExit("This needs root and debootstrap: apt-get install debootstrap")
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.check_call(["debootstrap", "--variant=minbase", SUITE, str(base)])
    root = folder / "root"
    clear(root)
    subprocess.check_call(["cp", "-a", str(base), str(root)])
    for name in _OF_HOST:
        source = Path("/", name)
        if source.is_dir():
            shutil.copytree(source, root / name, dirs_exist_ok=True, symlinks=False)
        elif source.exists():
            shutil.copyfile(source, root / name)
    subprocess.check_call(["chroot", str(root), "useradd", "-m", PERSON])
    return root


def clear(root: Path) -> None:
    """Delete a folder once nothing is mounted in it any more.

    Raises:
        SystemExit: something cannot be unmounted; nothing is deleted then.
    """
    for place in reversed(mounts(root)):
        subprocess.call(["umount", "--lazy", str(place)])
    if mounts(root):
        raise SystemExit(f"Nothing is deleted in {root}: {mounts(root)[0]} is still mounted.")
    subprocess.check_call(["rm", "-rf", "--one-file-system", "--", str(root)])


def mounts(root: Path) -> list[Path]:
    """Return what is mounted in a folder, or on it, in the order of mounting."""
    root, found = root.resolve(), []
    for line in Path("/proc/self/mountinfo").read_bytes().splitlines():
        # A blank and its kin are written as octal numbers: proc_pid_mountinfo(5).
        name = re.sub(rb"\\([0-7]{3})", lambda each: bytes([int(each[1], 8)]), line.split()[4])
        place = Path(os.fsdecode(name))
        if place.is_relative_to(root):
            found.append(place)
    return found

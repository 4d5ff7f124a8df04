"""What tells a Linux desktop of the program: menus, software centres, the manual."""

import configparser
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import linux_tree
import pytest
from identity import APP_ID, COMMAND, VERSION

LINUX = Path(linux_tree.__file__).parent / "linux"


def check(command: list[str], path: Path, text: str) -> None:
    """Have a tool of the system look at a file, if it is there."""
    path.write_text(text, encoding="utf-8")
    if shutil.which(command[0]):
        done = subprocess.run([*command, str(path)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_menu_entry_starts_the_program_and_names_its_window(tmp_path: Path) -> None:
    text = linux_tree.desktop_file(COMMAND)
    read = configparser.ConfigParser(interpolation=None)
    read.optionxform = str  # type: ignore[method-assign, assignment]
    read.read_string(text)
    entry = read["Desktop Entry"]
    assert (entry["Exec"], entry["Icon"], entry["StartupWMClass"]) == (COMMAND, APP_ID, COMMAND)
    assert "@" not in text
    check(["desktop-file-validate"], tmp_path / f"{APP_ID}.desktop", text)


def test_software_centres_learn_name_version_and_menu_entry(tmp_path: Path) -> None:
    text = linux_tree.metainfo()
    root = ET.fromstring(text)
    assert root.findtext("id") == APP_ID
    assert root.findtext("launchable") == f"{APP_ID}.desktop"
    [release] = root.findall("releases/release")
    assert release.get("version") == VERSION
    assert root.findall("url") == []
    check(["appstreamcli", "validate", "--no-net"], tmp_path / f"{APP_ID}.metainfo.xml", text)


def test_what_a_publisher_fills_in_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linux_tree, "HOMEPAGE", "https://example.org/?a=1&b=2")
    monkeypatch.setattr(linux_tree, "SCREENSHOT", "https://example.org/window.png")
    root = ET.fromstring(linux_tree.metainfo())
    assert root.findtext("url") == "https://example.org/?a=1&b=2"
    assert root.findtext("screenshots/screenshot/image") == "https://example.org/window.png"


HOMES = ["ada lovelace", 'it\'s 50% "off"', "$HOME `id` & more|less", "back\\slash"]
ENTRY = f"share/applications/{APP_ID}.desktop"
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="installs for Linux")


class Home:
    """A person's home and an unpacked package, with what the desktop's own tools would make."""

    def __init__(self, folder: Path, name: str = "ada") -> None:
        self.path, self.package, self.tools = folder / name, folder / "package", folder / "tools"
        self.program = self.path / ".local/lib" / COMMAND / COMMAND
        self.link = self.path / ".local/bin" / COMMAND
        self.path.mkdir()
        self.fill("new")
        self.add_tool("gtk-update-icon-cache", 'touch "$3/icon-theme.cache"')
        self.add_tool("update-desktop-database", 'touch "$2/mimeinfo.cache"')

    def fill(self, version: str, *more: str) -> None:
        """Make the package anew, with further files if any."""
        shutil.rmtree(self.package, ignore_errors=True)
        linux_tree.write(self.package / "lib" / COMMAND / COMMAND, version)
        linux_tree.write(self.package / ENTRY, linux_tree.desktop_file("@PROGRAM@"))
        for name in (f"share/icons/hicolor/16x16/apps/{APP_ID}.png", *more):
            linux_tree.write(self.package / name, version)
        installer = linux_tree.fill((LINUX / "install.sh").read_text(encoding="utf-8"))
        linux_tree.write(self.package / "install.sh", installer)

    def add_tool(self, name: str, line: str) -> None:
        """Put a program in front of those of the system."""
        linux_tree.write(self.tools / name, f"#!/bin/sh\n{line}\n")
        (self.tools / name).chmod(0o755)

    def install(self, *arguments: str, data: str = "") -> "subprocess.CompletedProcess[str]":
        """Run the package's installer; `data` is XDG_DATA_HOME."""
        return self._run(self.package / "install.sh", *arguments, data=data)

    def uninstall(self) -> "subprocess.CompletedProcess[str]":
        """Run what was put beside the program."""
        return self._run(self.program.parent / "uninstall.sh", data="")

    def holds(self) -> dict[str, str]:
        """Return everything in it by its place, and what is in it."""
        return {
            str(path.relative_to(self.path)): str(path.readlink())
            if path.is_symlink()
            else path.read_text(encoding="utf-8")
            if path.is_file()
            else ""
            for path in self.path.rglob("*")
        }

    def _run(self, script: Path, *arguments: str, data: str) -> "subprocess.CompletedProcess[str]":
        environ = {"PATH": f"{self.tools}:{os.environ['PATH']}", "HOME": str(self.path)}
        if data:
            environ["XDG_DATA_HOME"] = data
        return subprocess.run(
            ["sh", str(script), *arguments],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


@on_linux
@pytest.mark.parametrize("name", HOMES)
def test_it_installs_and_goes_without_a_trace_whatever_home_is_called(
    tmp_path: Path, name: str
) -> None:
    home = Home(tmp_path, name)
    linux_tree.write(home.path / ".local/share" / COMMAND / "conversations.db", "all of it")
    (home.path / ".local/share/icons/hicolor").mkdir(parents=True)
    before = home.holds()
    assert home.install("--help").returncode == 2
    # A relative folder of data is none, says the XDG Base Directory Specification.
    assert home.install(data="somewhere").returncode == home.install().returncode == 0
    assert home.link.resolve() == home.program
    text = (home.path / ".local" / ENTRY).read_text(encoding="utf-8")
    [line] = [each for each in text.splitlines() if each.startswith("Exec=")]
    # A string of a desktop file first, an argument in quotes then, a field code last.
    escaped = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
    quoted = re.sub(r"\\(.)", lambda found: escaped[found[1]], line.removeprefix("Exec="))
    assert re.sub(r"\\(.)", r"\1", quoted[1:-1]).replace("%%", "%") == str(home.program)
    gone = home.uninstall()
    assert gone.returncode == 0
    assert home.holds() == before
    for place in (".local/share", ".config", ".local/state"):
        assert str(home.path / place / COMMAND) in gone.stdout


@on_linux
def test_nothing_of_an_older_version_stays(tmp_path: Path) -> None:
    home = Home(tmp_path)
    before = home.holds()
    picture = f"share/icons/hicolor/20x20/apps/{APP_ID}.png"
    home.fill("old", f"lib/{COMMAND}/_internal/older.txt", picture)
    home.install()
    home.fill("new")
    home.install()
    held = home.holds()
    assert held[f".local/lib/{COMMAND}/{COMMAND}"] == "new"
    assert not [name for name in held if "older" in name]
    assert f".local/{picture}" not in held
    home.uninstall()
    assert home.holds() == before


@on_linux
@pytest.mark.parametrize("is_link", [False, True])
def test_a_command_of_the_same_name_that_is_not_ours_stays(tmp_path: Path, is_link: bool) -> None:
    home = Home(tmp_path)
    home.link.parent.mkdir(parents=True)
    if is_link:
        home.link.symlink_to("/somewhere/else")
    else:
        home.link.write_text("mine", encoding="utf-8")
    before = home.holds()
    told = home.install()
    assert told.returncode == 0
    assert f"{home.link} is not Coprime's" in told.stdout
    assert f"or with {home.program}" in told.stdout
    assert home.holds()[f".local/bin/{COMMAND}"] == before[f".local/bin/{COMMAND}"]
    home.uninstall()
    assert home.holds() == before


@on_linux
@pytest.mark.parametrize("signal", ["TERM", "KILL"])
def test_an_installation_that_is_ended_midway_loses_no_program_and_leaves_no_old_one(
    tmp_path: Path, signal: str
) -> None:
    home = Home(tmp_path)
    before = home.holds()
    home.fill("old")
    home.install()
    home.fill("new")
    # The old program is aside by then, and the new one not yet in its place.
    home.add_tool("mv", f'case "$1" in *new) kill -{signal} $PPID; exit 1 ;; esac; /bin/mv "$@"')
    assert home.install().returncode != 0
    if signal == "TERM":
        assert home.program.read_text(encoding="utf-8") == "old"
        assert [each.name for each in home.program.parent.parent.iterdir()] == [COMMAND]
    (home.tools / "mv").unlink()
    assert home.install().returncode == 0
    assert home.program.read_text(encoding="utf-8") == "new"
    assert [each.name for each in home.program.parent.parent.iterdir()] == [COMMAND]
    home.uninstall()
    assert home.holds() == before


@on_linux
def test_it_goes_from_where_it_was_put(tmp_path: Path) -> None:
    home = Home(tmp_path)
    before = home.holds()
    data = str(home.path / "my data")
    home.install(data=data)
    assert "my data/" + ENTRY.removeprefix("share/") in home.holds()
    assert f"Conversations stay in {data}/{COMMAND}" in home.uninstall().stdout
    assert home.holds() == before


@on_linux
def test_a_folder_without_packages_proves_nothing(tmp_path: Path) -> None:
    proof = ["sh", str(LINUX / "prove.sh"), str(tmp_path), VERSION]
    told = subprocess.run(proof, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert ".tar.xz" in told.stderr


@pytest.mark.parametrize("name", ["linux/install.sh", "linux/prove.sh", "macos/prove.sh"])
def test_scripts_are_sound(tmp_path: Path, name: str) -> None:
    text = linux_tree.fill((LINUX.parent / name).read_text(encoding="utf-8"))
    path = tmp_path / "script.sh"
    check(["sh", "-n"], path, text)
    check(["shellcheck"], path, text)

"""What tells a Linux desktop of the program: menus, software centres, the manual."""

import configparser
import os
import re
import shutil
import subprocess
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


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
@pytest.mark.parametrize("name", HOMES)
def test_it_installs_and_goes_without_a_trace_whatever_home_is_called(
    tmp_path: Path, name: str
) -> None:
    package, home = tmp_path / "package", tmp_path / name
    entry = f"share/applications/{APP_ID}.desktop"
    linux_tree.write(package / "lib" / COMMAND / COMMAND, "the program")
    linux_tree.write(package / entry, linux_tree.desktop_file("@PROGRAM@"))
    installer = linux_tree.fill((LINUX / "install.sh").read_text(encoding="utf-8"))
    linux_tree.write(package / "install.sh", installer)
    own = home / ".local/share" / COMMAND / "conversations.db"
    linux_tree.write(own, "all of it")
    # A relative folder of data is none, says the XDG Base Directory Specification.
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_DATA_HOME": "somewhere"}

    def run(script: Path, *arguments: str) -> int:
        command = ["sh", str(script), *arguments]
        return subprocess.run(command, env=environ, capture_output=True, check=False).returncode

    assert run(package / "install.sh", "--help") == 2
    assert run(package / "install.sh") == run(package / "install.sh") == 0
    program = home / ".local/lib" / COMMAND / COMMAND
    assert (home / ".local/bin" / COMMAND).resolve() == program
    text = (home / ".local" / entry).read_text(encoding="utf-8")
    [line] = [each for each in text.splitlines() if each.startswith("Exec=")]
    # A string of a desktop file first, an argument in quotes then, a field code last.
    escaped = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
    quoted = re.sub(r"\\(.)", lambda found: escaped[found[1]], line.removeprefix("Exec="))
    assert re.sub(r"\\(.)", r"\1", quoted[1:-1]).replace("%%", "%") == str(program)
    assert run(program.parent / "uninstall.sh") == 0
    left = [each for each in home.rglob("*") if COMMAND in each.name.lower()]
    assert left == [own.parent]
    assert own.exists()


@pytest.mark.parametrize("name", ["linux/install.sh", "linux/prove.sh", "macos/prove.sh"])
def test_scripts_are_sound(tmp_path: Path, name: str) -> None:
    text = linux_tree.fill((LINUX.parent / name).read_text(encoding="utf-8"))
    path = tmp_path / "script.sh"
    check(["sh", "-n"], path, text)
    check(["shellcheck"], path, text)

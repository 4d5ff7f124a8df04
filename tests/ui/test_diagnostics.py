"""Diagnostics tell what helps and nothing that is anybody's own, in the real program."""

from pathlib import Path

from PySide6.QtCore import QUrl, qVersion

from app import __version__
from tests.helpers.program import Program

OURS = {
    "PRIME_API_KEY": "sk-never-to-be-shown",
    "PRIME_TEAM_ID": "team-never-to-be-shown",
    "PRIME_INFERENCE_URL": "http://127.0.0.1:9/api/v1",
}


def copied(program: Program) -> str:
    """Return what is on the clipboard, as the composer takes it."""
    program.key("Ctrl+J", "Ctrl+A", "Ctrl+V")
    words: str = program.look()["composer"]
    return words


def test_they_tell_versions_settings_and_counts_and_nothing_private(tmp_path: Path) -> None:
    data = tmp_path / "a folder named Wolfgang"
    with Program(data, environ=OURS) as program:
        program.until(lambda seen: seen["messages"] is not None, "a conversation")
        program.prefer(proxy="http://wolf:gang@proxy.example:8080", proxy_choice="none")
        program.prefer(favourites=["maker/secret-model"], appearance="dark")
        program.type("A title about wolves")
        program.key("Ctrl+N")
        program.trigger("copy_diagnostics")
        assert "Diagnostics copied" in program.look()["notices"][0]
        text = copied(program)
        while "not known yet" in text:
            text = copied(program)
    lines = dict(line.split(": ", 1) for line in text.strip().splitlines())
    assert lines["Coprime"] == f"{__version__}, from source"
    assert lines["Qt"].startswith(str(qVersion()))
    assert lines["SQLite"].startswith("3.")
    assert lines["Keyring"] == "none"
    assert "appearance dark" in lines["Settings"]
    assert "proxy none" in lines["Settings"]
    assert "1 favourites" in lines["Settings"]
    assert lines["Accounts"].startswith("1, 1 with a team, 1 at another address")
    assert "2 tabs" in lines["Counts"]
    for private in (*OURS.values(), "127.0.0.1", "olf", "proxy.example", "secret", str(tmp_path)):
        assert private not in text


def test_the_keyring_comes_later_only_if_nothing_else_was_copied(tmp_path: Path) -> None:
    with Program(tmp_path, "--demo") as program:
        program.ready()
        program.say("Only these words")
        program.reply()
        program.trigger("copy_diagnostics")
        program.type("mine")
        program.key("Ctrl+A", "Ctrl+C")
        for _ in range(20):
            assert copied(program) in ("mine",)


def test_the_folder_of_the_log_is_opened(tmp_path: Path) -> None:
    with Program(tmp_path, "--demo") as program:
        program.ready()
        program.watch()
        program.trigger("open_log")
        folder = QUrl.fromLocalFile(str(tmp_path / "logs")).toString()
        assert program.watched()["addresses"] == [folder]
        assert not any("folder" in notice for notice in program.look()["notices"])


def test_the_windows_of_the_help_open_by_their_keys(tmp_path: Path) -> None:
    with Program(tmp_path, "--demo") as program:
        program.ready()
        program.key("F1")
        assert program.look()["focus"] == "Keyboard shortcuts"
        program.key("Escape")
        program.key("Ctrl+K")
        program.type("about")
        program.key("Return")
        program.until_dialog(f"Coprime {__version__}")
        program.key("Escape")
        program.type("on")
        assert program.look()["composer"] == "on"

"""The title of the window says what is in front, and whether a reply comes."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui import wording
from tests.helpers.program import Program


@pytest.mark.parametrize(
    ("name", "is_replying", "title"),
    [
        ("Bread", False, "Bread — Coprime"),
        ("Bread", True, "Replying — Bread — Coprime"),
        ("", False, "Coprime"),
        ("", True, "Replying — Coprime"),
        ("שמש", True, "Replying — \u2068שמש\u2069 — Coprime"),
        ("two\nlines\u202e", False, "two lines  — Coprime"),
    ],
)
def test_the_title_says_what_is_in_front(name: str, is_replying: bool, title: str) -> None:
    assert wording.window_title(name, is_replying=is_replying) == title


def test_a_long_name_leaves_room_for_the_rest() -> None:
    assert len(wording.window_title("x" * 300, is_replying=True)) < 100


def test_a_name_with_qts_mark_is_shown_as_it_is(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setWindowModified(True)
    window.setWindowTitle(wording.window_title("a[*]b", is_replying=False))
    window.show()
    handle = window.windowHandle()
    assert handle is not None
    assert handle.title() == "a[*]b — Coprime"


def test_a_reply_shows_in_the_title_while_it_comes(tmp_path: Path) -> None:
    with Program(tmp_path / "data", "--demo") as program:
        program.ready()
        program.use("demo/tour")
        program.say("hello")
        program.until(lambda s: s["title"].startswith("Replying — hello"), "the mark")
        program.key("Escape")
        program.until(lambda s: s["title"] == "hello — Coprime", "the end of it")
        program.use("demo/fails-silent-midway")
        program.say("and")
        program.until(lambda s: s["title"].startswith("Replying — hello"), "the mark")
        program.key("Ctrl+N")
        program.until(lambda s: s["title"] == "New conversation — Coprime", "only its own reply")
        program.key("Ctrl+Tab")
        program.until(lambda s: s["title"] == "Replying — hello — Coprime", "the mark again")
        program.quit()
    assert program.output == ""

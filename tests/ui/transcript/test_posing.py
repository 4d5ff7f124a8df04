"""Links whose text names another host than theirs."""

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.ui.links import ask_to_open
from app.ui.transcript.posing import other_host
from app.ui.transcript.targets import Link
from tests.ui.transcript.conftest import Show, conversation, hot_spots
from tests.ui.transcript.test_times import hints

APPLE = "\u0430\u0440\u0440\u04cf\u0435"
"""In Cyrillic letters."""
EVIL = "https://evil.example/login"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("https://api.pinference.ai", "api.pinference.ai"),
        ("api.pinference.ai", "api.pinference.ai"),
        ("www.bank.example/login", "bank.example"),
        ("Go to https://bank.example now", "bank.example"),
        ("https://evil.example@bank.com/", "bank.com"),
        ("HTTPS://Bank.Example", "bank.example"),
        (f"https://{APPLE}.com", "xn--80ak6aa92e.com"),
        ("apple.com", "apple.com"),
    ],
)
def test_another_host_in_the_text_is_found(text: str, named: str) -> None:
    assert other_host(text, EVIL) == named


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://docs.python.org/3/", "https://docs.python.org/3/"),
        ("python.org", "https://docs.python.org/3/"),
        ("www.python.org", "https://python.org/"),
        ("main.py", "https://github.com/x/y/main.py"),
        ("README.md", "https://github.com/x/y"),
        ("the paper", "https://arxiv.org/abs/1"),
        ("v1.2.3", "https://github.com/x"),
        (f"https://{APPLE}.com", "https://xn--80ak6aa92e.com/"),
        ("a" * 100_000 + ".", EVIL),
        ("a." * 50_000, EVIL),
    ],
)
def test_a_text_that_names_no_other_host_is_none(text: str, address: str) -> None:
    assert other_host(text, address) == ""


def test_it_is_said_before_the_link_is_followed(
    show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []

    def open_url(url: object) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    transcript = show(conversation("?", f"[https://bank.example]({EVIL})"))
    assert f"Leads to evil.example, not to bank.example\n{EVIL}" in hints(transcript)
    link = next(t for p in hot_spots(transcript) if isinstance(t := transcript.target_at(p), Link))
    above = QWidget()
    qtbot.addWidget(above)
    ask_to_open(link.address, above, link.poses_as)
    box = above.findChild(QMessageBox)
    assert box is not None
    assert box.text() == "Open evil.example in the browser?"
    assert "The text of the link says bank.example" in box.informativeText()
    assert EVIL in box.informativeText()
    box.reject()
    QApplication.processEvents()
    assert not opened

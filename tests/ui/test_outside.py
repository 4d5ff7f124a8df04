"""What other programs open: they inherit nothing of ours, and where none does, it is said."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.ui.links import ask_to_open
from app.ui.outside import UMASK, open_outside
from tests.helpers.program import Program

ADDRESS = "https://example.org/a%20b"


class Desktop(QObject):
    """Opens addresses in place of the desktop, and notes the umask it does so with."""

    def __init__(self) -> None:
        super().__init__()
        self.umasks: list[int] = []

    @Slot(QUrl)
    def on_opened(self, _url: QUrl) -> None:
        umask = os.umask(0)
        os.umask(umask)
        self.umasks.append(umask)


@pytest.fixture
def desktop(qapp: QApplication) -> Iterator[Desktop]:
    desktop = Desktop()
    QDesktopServices.setUrlHandler("https", desktop, "on_opened")  # type: ignore[arg-type]
    qapp.setProperty(UMASK, 0o022)
    ours = os.umask(0o077)
    yield desktop
    os.umask(ours)
    qapp.setProperty(UMASK, None)
    QDesktopServices.unsetUrlHandler("https")


def test_what_opens_an_address_has_the_umask_coprime_was_started_with(desktop: Desktop) -> None:
    assert open_outside(QUrl(ADDRESS))
    assert desktop.umasks == [0o022]
    assert os.umask(0o077) == 0o077, "and ours is as before"


def test_without_a_browser_the_address_is_at_hand(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    above = QWidget()
    qtbot.addWidget(above)
    ask_to_open(ADDRESS, above)
    (question,) = above.findChildren(QMessageBox)
    open_button = next(b for b in question.findChildren(QPushButton) if b.text() == "Open")
    open_button.click()
    told = next(b for b in above.findChildren(QMessageBox) if b is not question)
    assert (told.text(), told.isVisible()) == ("No browser could be opened.", True)
    assert QApplication.clipboard().text() == ADDRESS
    told.close()
    QApplication.processEvents()


def test_a_crash_report_that_is_gone_is_told_of(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir(parents=True)
    report = logs / "crash-20260101-000000.txt"
    report.write_text("of long ago", encoding="utf-8")
    with Program(tmp_path, "--demo") as program:
        program.ready()
        report.unlink()
        program.trigger("open_crash")
        seen = program.until(lambda s: s["notices"], "a word about it")
        assert "It is gone." in seen["notices"][0]
        program.quit()
    assert program.output == ""

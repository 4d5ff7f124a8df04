"""About: which version this is, and under which licences its parts stand."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app import __version__
from app.ui import about_window, theme
from app.ui.about_window import AboutWindow

LICENCES = (
    "notices.txt",
    "python.txt",
    "qt.txt",
    "libraries.txt",
    "LGPL-3.0.txt",
    "GPL-3.0.txt",
    "of-a-font.txt",
)
"""As they are offered: what is in the package first, at the end what is not known by name."""


def opened(qtbot: QtBot) -> AboutWindow:
    window = AboutWindow(None, theme.light())
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(window)
    window.open()
    return window


def words(window: AboutWindow) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make this a package: its resources are below a folder of its own."""
    licences = tmp_path / "resources" / "licences"
    licences.mkdir(parents=True)
    for name in LICENCES:
        (licences / name).write_text(f"The text of {name}.\n" * 400, encoding="utf-8")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    return licences


def test_it_tells_the_versions(qtbot: QtBot) -> None:
    told = words(opened(qtbot))
    assert __version__ in told
    for part in ("Python 3.", "Qt 6.", "PySide 6.", "MIT"):
        assert part in told


def test_a_source_tree_says_where_the_licences_are(qtbot: QtBot) -> None:
    window = opened(qtbot)
    assert "packages" in words(window)
    assert not window.text.isVisible()
    assert not window.choice.isVisible()
    assert "Licences" not in words(window)


def test_a_package_that_is_gone_says_so(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert "removed with the package" in words(opened(qtbot))


def test_a_package_shows_every_licence(qtbot: QtBot, package: Path) -> None:
    window = opened(qtbot)
    assert window.choice.count() == len(LICENCES)
    shown = []
    for row in range(window.choice.count()):
        window.choice.setCurrentIndex(row)
        assert window.text.isVisible()
        assert window.text.verticalScrollBar().value() == 0
        shown.append(window.text.toPlainText())
    assert shown == [(package / name).read_text(encoding="utf-8") for name in LICENCES]
    assert "come with" not in words(window)


def test_the_choice_of_a_licence_is_heard_with_what_it_chooses(qtbot: QtBot, package: Path) -> None:
    window = opened(qtbot)
    interface = QAccessible.queryAccessibleInterface(window.choice)
    assert interface is not None
    labels = [
        other.text(QAccessible.Text.Name)
        for other, relation in interface.relations()
        if relation == QAccessible.RelationFlag.Label
    ]
    assert labels == ["Licences"]
    label = next(each for each in window.findChildren(QLabel) if each.buddy() is window.choice)
    assert label.isVisible()


def test_a_licence_that_is_missing_is_left_out(qtbot: QtBot, package: Path) -> None:
    (package / "qt.txt").unlink()
    assert opened(qtbot).choice.count() == len(LICENCES) - 1


def test_diagnostics_are_asked_for_and_said_to_be_copied(qtbot: QtBot) -> None:
    window = opened(qtbot)
    with qtbot.waitSignal(window.diagnostics_requested):
        QTest.mouseClick(window.copy, Qt.MouseButton.LeftButton)
    window.tell_copied()
    assert "Copied" in words(window)


def test_it_closes_with_escape_and_with_its_button(qtbot: QtBot) -> None:
    window = opened(qtbot)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    window = opened(qtbot)
    QTest.mouseClick(window.close_button, Qt.MouseButton.LeftButton)
    assert not window.isVisible()


def test_no_words_are_cut_on_a_small_screen(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(about_window, "SHORT", QSize(380, 200))
    monkeypatch.setattr(about_window, "LEAST", 300)
    window = opened(qtbot)
    window.tell_copied()
    QApplication.processEvents()
    labels = [each for each in window.findChildren(QLabel) if each.isVisible() and each.text()]
    assert len(labels) > 4
    assert all(each.height() >= each.heightForWidth(each.width()) for each in labels)

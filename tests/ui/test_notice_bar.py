"""Notices answer at once, are read whole, and leave the keyboard where it was."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.notice import Act, Notice, Offer, Tone
from app.ui.notice_bar import NoticeBar
from app.ui.style import style_sheet

DISMISS = Offer(Act.DISMISS, "Dismiss")
PATH = "/home/someone/.local/share/coprime/conversations.damaged-20261123T164758Z.db, and more."
CRASH = Notice(Tone.WARNING, "Coprime ended unexpectedly.", "A report was kept.", (DISMISS,))
GONE = Notice(Tone.WARNING, "No program could open it.", PATH, (DISMISS,))
COPIED = Notice(Tone.QUIET, "Diagnostics copied.", "", (DISMISS,))


@pytest.fixture
def bar(qtbot: QtBot) -> Iterator[NoticeBar]:
    page = QWidget()
    qtbot.addWidget(page)
    page.setStyleSheet(style_sheet(theme.light()))
    bar = NoticeBar(page)
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(bar)
    column.addWidget(QWidget(page), 1)
    page.resize(400, 800)
    page.show()
    yield bar
    page.hide()


def words(bar: NoticeBar) -> QTextEdit:
    [words] = bar.findChildren(QTextEdit)
    return words


def shown(bar: NoticeBar) -> str:
    """Return what the bar says: the words of a notice, and how many wait."""
    labels = [each.text() for each in bar.findChildren(QLabel) if each.isVisible()]
    return " | ".join([words(bar).toPlainText(), *labels]) if bar.isVisible() else ""


def dismiss(bar: NoticeBar) -> None:
    QApplication.processEvents()
    buttons = bar.findChildren(QPushButton)
    [button] = [each for each in buttons if each.isVisible() and each.text() == "Dismiss"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def set_double_click_ms() -> Iterator[Callable[[int], None]]:
    before = QApplication.doubleClickInterval()
    yield QApplication.setDoubleClickInterval
    QApplication.setDoubleClickInterval(before)


def test_the_newest_notice_shows_at_once_and_those_before_it_come_back(
    bar: NoticeBar, set_double_click_ms: Callable[[int], None]
) -> None:
    set_double_click_ms(0)
    bar.add(CRASH)
    assert shown(bar) == "Coprime ended unexpectedly.\nA report was kept."
    bar.add(GONE)
    bar.add(COPIED)
    assert shown(bar) == "Diagnostics copied. | 2 more"
    dismiss(bar)
    assert shown(bar) == f"No program could open it.\n{PATH} | 1 more"
    QTest.qWait(2)
    dismiss(bar)
    assert shown(bar) == "Coprime ended unexpectedly.\nA report was kept."
    QTest.qWait(2)
    dismiss(bar)
    assert shown(bar) == ""


def test_a_double_click_takes_one_notice_away(
    bar: NoticeBar, set_double_click_ms: Callable[[int], None]
) -> None:
    set_double_click_ms(10_000)
    bar.add(CRASH)
    bar.add(COPIED)
    dismiss(bar)
    dismiss(bar)
    assert shown(bar) == "Coprime ended unexpectedly.\nA report was kept."


def test_what_is_told_again_comes_to_the_front_and_is_not_doubled(bar: NoticeBar) -> None:
    bar.add(GONE)
    bar.add(COPIED)
    bar.add(GONE)
    assert shown(bar) == f"No program could open it.\n{PATH} | 1 more"


def test_a_notice_that_waits_can_be_withdrawn(bar: NoticeBar) -> None:
    bar.add(CRASH)
    bar.add(COPIED)
    bar.withdraw(CRASH)
    assert shown(bar) == "Diagnostics copied."


@pytest.mark.parametrize("width", [360, 400, 640])
def test_a_long_path_is_shown_whole_and_copied_as_it_is(bar: NoticeBar, width: int) -> None:
    bar.window().resize(width, 800)
    bar.add(GONE)
    QApplication.processEvents()
    text = words(bar)
    assert text.document().idealWidth() <= text.viewport().width()
    assert not text.verticalScrollBar().maximum()
    text.selectAll()
    text.copy()
    assert QApplication.clipboard().text() == f"No program could open it.\n{PATH}"


def test_a_notice_takes_a_share_of_a_low_window_and_is_scrolled(bar: NoticeBar) -> None:
    bar.add(GONE)
    QApplication.processEvents()
    whole = bar.height()
    bar.window().resize(400, 240)
    QApplication.processEvents()
    assert bar.height() <= 80 < whole
    text = words(bar)
    assert text.verticalScrollBar().maximum() > 0
    assert text.viewport().height() >= QFontMetrics(text.font()).height()
    bar.window().resize(400, 800)
    QApplication.processEvents()
    assert bar.height() == whole


def test_another_theme_colours_a_notice_that_shows(bar: NoticeBar) -> None:
    bar.add(CRASH)
    bar.set_theme(theme.dark())
    cursor = words(bar).textCursor()
    cursor.setPosition(1)
    assert cursor.charFormat().foreground().color() == theme.dark().colours.warning
    cursor.movePosition(cursor.MoveOperation.End)
    assert cursor.charFormat().foreground().color() == theme.dark().colours.text


def test_nothing_in_a_notice_is_read_as_markup(bar: NoticeBar) -> None:
    bar.add(Notice(Tone.ERROR, "<b>No</b> balance.", "<img src='x'>", (DISMISS,)))
    assert shown(bar) == "<b>No</b> balance.\n<img src='x'>"

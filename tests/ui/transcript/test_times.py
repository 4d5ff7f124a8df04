"""When messages were sent."""

from datetime import UTC, datetime
from itertools import product

import pytest
from PySide6.QtCore import QEvent, QLocale, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.ui import wording
from app.ui.transcript.view import Transcript
from tests.ui.transcript.conftest import Show, Words, conversation, settle
from tests.ui.transcript.test_acts import image, leave, move, versions
from tests.ui.transcript.test_view import anew, are_alike, screen

FULL = "Monday, 23 November 2026, 14:32"
NOW = datetime(2026, 11, 23, 15, 0).astimezone()


@pytest.fixture
def words() -> Words:
    return Words(tells_time=True)


def hints(transcript: Transcript) -> dict[str, QPoint]:
    """Return what tooltips say, each with a point where it does."""
    view, found = transcript.viewport(), dict[str, QPoint]()
    for x, y in product(range(0, view.width(), 8), range(0, view.height(), 8)):
        point = QPoint(x, y)
        event = QHelpEvent(QEvent.Type.ToolTip, point, view.mapToGlobal(point))
        QApplication.sendEvent(view, event)
        found.setdefault(QToolTip.text(), point)
    QToolTip.hideText()
    return found


def changed_rows(transcript: Transcript, point: QPoint) -> set[int]:
    """Return which rows of pixels look different with the pointer at a point."""
    leave(transcript)
    before = image(transcript)
    move(transcript, point)
    after = image(transcript)
    width = range(0, before.width(), 2)
    return {
        y
        for y in range(before.height())
        if any(before.pixel(x, y) != after.pixel(x, y) for x in width)
    }


@pytest.mark.parametrize("texts", [("hi", "hello there"), ("שלום", "مرحبا")])
def test_it_shows_near_the_message_and_nothing_moves(show: Show, texts: tuple[str, str]) -> None:
    transcript = show(conversation(*texts))
    column = transcript.verticalScrollBar().maximum()
    own, reply = (
        changed_rows(transcript, QPoint(640, 45)),
        changed_rows(transcript, QPoint(90, 140)),
    )
    assert 0 < len(own) <= 30
    assert 0 < len(reply) <= 16
    assert max(own) < min(reply), "the one below the question, the other above the reply"
    assert transcript.verticalScrollBar().maximum() == column


def test_the_keyboard_shows_it_too_and_a_tooltip_has_the_whole_date(
    show: Show, qtbot: QtBot
) -> None:
    transcript = show(conversation("hi", "hello"))
    assert FULL in hints(transcript)
    before = image(transcript)
    transcript.jump(-1)
    settle(qtbot, transcript)
    assert image(transcript) != before
    QTest.keyClick(transcript, Qt.Key.Key_Escape)


def test_what_was_partly_repainted_is_what_a_full_repaint_shows(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", "hello"))
    for point in (QPoint(90, 140), QPoint(640, 45), QPoint(300, 500), QPoint(90, 140)):
        move(transcript, point)
        settle(qtbot, transcript)
        assert are_alike(screen(transcript), anew(transcript))


def test_it_stands_beside_versions_and_in_the_narrowest_window(show: Show, qtbot: QtBot) -> None:
    transcript = show(versions())
    assert FULL in hints(transcript)
    for width in (420, 200, 60):
        transcript.resize(width, 600)
        settle(qtbot, transcript)
        move(transcript, QPoint(width // 2, 60))


def test_where_it_is_not_known_there_is_none(show: Show, words: Words) -> None:
    words.tells_time = False
    assert FULL not in hints(show(conversation("hi", "hello")))


def test_it_is_heard_with_its_whole_date(show: Show) -> None:
    transcript = show(conversation("hi", "hello"))
    assert transcript.description_heard(1) == FULL
    assert transcript.description_heard(2).splitlines()[-1] == FULL


# Words


@pytest.fixture
def english() -> object:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    yield
    QLocale.setDefault(before)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("when", "said"),
    [
        (datetime(2026, 11, 23, 14, 32), "14:32"),
        (datetime(2026, 11, 22, 23, 59), "22 Nov, 23:59"),
        (datetime(2025, 11, 23, 9, 5), "23 Nov 2025, 09:05"),
    ],
)
def test_a_date_is_said_where_it_is_not_todays(when: datetime, said: str) -> None:
    assert wording.moment(when.astimezone(UTC), NOW) == said


@pytest.mark.usefixtures("english")
def test_in_full_it_has_weekday_and_year() -> None:
    assert wording.moment_in_full(datetime(2026, 11, 23, 14, 32).astimezone(UTC)) == FULL


def test_hours_are_counted_as_the_system_does() -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    try:
        assert wording.moment(datetime(2026, 11, 23, 14, 32).astimezone(UTC), NOW) == "2:32 PM"
    finally:
        QLocale.setDefault(before)

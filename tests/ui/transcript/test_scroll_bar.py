"""The scroll bar: painted again only when it looks different."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtWidgets import QApplication, QStyleFactory
from pytestqt.qtbot import QtBot

from app.ui.transcript.scroll_bar import ScrollBar


class Paints(QObject):
    """Counts how often something is painted."""

    def __init__(self, bar: ScrollBar) -> None:
        super().__init__(bar)
        self._count = 0
        self.rows = 0
        """Of pixels painted last."""
        bar.installEventFilter(self)

    def take(self) -> int:
        """Return how often since this was last asked."""
        QApplication.processEvents()
        count, self._count = self._count, 0
        return count

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self._count += 1
            self.rows = event.region().boundingRect().height()
        return False


def bar_of(qtbot: QtBot, most: int) -> tuple[ScrollBar, Paints]:
    bar = ScrollBar()
    qtbot.addWidget(bar)
    bar.resize(16, 600)
    bar.place(most, 600, most)
    bar.show()
    qtbot.waitExposed(bar)
    paints = Paints(bar)
    qtbot.waitUntil(lambda: paints.take() == 0)
    return bar, paints


def test_a_line_more_of_a_long_text_paints_nothing(qtbot: QtBot) -> None:
    bar, paints = bar_of(qtbot, 500_000)
    for most in range(500_024, 500_480, 24):
        bar.place(most, 600, most)
        assert (bar.maximum(), bar.value()) == (most, most)
    assert paints.take() == 0


def test_what_looks_different_is_painted(qtbot: QtBot) -> None:
    bar, paints = bar_of(qtbot, 5_000)
    bar.place(5_000, 600, 2_500)
    assert paints.take() == 1
    bar.setValue(1_000)
    assert paints.take() == 1
    bar.place(800, 600, 800)
    assert paints.take() == 1


def test_it_is_painted_as_often_as_its_handle_shrinks(qtbot: QtBot) -> None:
    bar, paints = bar_of(qtbot, 2_000)
    painted = 0
    for most in range(2_001, 3_000):
        bar.place(most, 600, most)
        painted += paints.take()
    assert 10 < painted < 100


def test_little_of_it_is_painted_for_another_line(qtbot: QtBot) -> None:
    bar, paints = bar_of(qtbot, 2_000)
    bar.place(2_024, 600, 2_024)
    assert paints.take() == 1
    assert paints.rows < bar.height() // 10


@pytest.mark.parametrize("style", QStyleFactory.keys())
def test_what_is_left_unpainted_looks_as_painted_anew(qtbot: QtBot, style: str) -> None:
    bar, paints = bar_of(qtbot, 200)
    made = QStyleFactory.create(style)
    made.setParent(bar)
    bar.setStyle(made)
    QApplication.processEvents()
    grown = (*range(200, 900, 24), 3_000, 3_024, 2_000)
    for most, at in [(most, most) for most in grown] + [(2_000, at) for at in range(10, 1_999, 99)]:
        bar.place(most, 600, at)
        paints.take()
        assert _seen(bar) == bar.grab().toImage().convertToFormat(_seen(bar).format())


def _seen(bar: ScrollBar) -> QImage:
    """Return what is on the screen of it."""
    return bar.screen().grabWindow(bar.winId()).toImage()

"""The scroll bar: painted again only when it looks different."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.transcript.scroll_bar import ScrollBar


class Paints(QObject):
    """Counts how often something is painted."""

    def __init__(self, bar: ScrollBar) -> None:
        super().__init__(bar)
        self._count = 0
        bar.installEventFilter(self)

    def take(self) -> int:
        """Return how often since this was last asked."""
        QApplication.processEvents()
        count, self._count = self._count, 0
        return count

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self._count += event.type() is QEvent.Type.Paint
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

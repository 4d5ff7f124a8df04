"""Garbage is collected on the window's thread, and all of it only now and then."""

import gc
from collections.abc import Iterator
from threading import Thread, get_ident
from typing import ClassVar

import pytest
from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.garbage import Garbage

MANY = 3_000


class Knot:
    """A cycle that says on which thread it is untied."""

    untied: ClassVar[list[int]] = []

    def __init__(self) -> None:
        self.myself = self

    def __del__(self) -> None:
        self.untied.append(get_ident())


@pytest.fixture(autouse=True)
def garbage(qapp: QApplication) -> Iterator[None]:
    Knot.untied.clear()
    parent = QObject()
    # In the suite it is off already.
    gc.enable()
    Garbage(parent)
    yield
    gc.disable()
    parent.deleteLater()


def turn() -> None:
    """Let the loop wait once."""
    loop = QEventLoop()
    QTimer.singleShot(1, loop.quit)
    loop.exec()


def churn(turns: int) -> None:
    """Make garbage that nobody has to search for long."""
    for _ in range(turns):
        kept: list[list[int]] = [[] for _ in range(MANY)]
        turn()
        del kept


def test_what_another_thread_drops_is_untied_on_the_windows_own() -> None:
    thread = Thread(target=lambda: [Knot() for _ in range(MANY)])
    thread.start()
    thread.join()
    assert Knot.untied == []
    turn()
    assert Knot.untied == [get_ident()] * MANY


def test_what_grew_old_is_found_too() -> None:
    knot = Knot()
    gc.collect()
    del knot
    churn(200)
    assert Knot.untied == [get_ident()]


def test_all_is_not_searched_while_little_is_new() -> None:
    searches: list[int] = []

    def watch(phase: str, about: dict[str, int]) -> None:
        if phase == "stop" and about["generation"] == 2:
            searches.append(about["collected"])

    lasting: list[list[int]] = [[] for _ in range(500_000)]
    churn(200)
    gc.callbacks.append(watch)
    churn(200)
    gc.callbacks.remove(watch)
    assert lasting
    assert searches == []

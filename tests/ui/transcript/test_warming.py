"""Fonts of other scripts: loaded in the quiet after the start."""

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.ui.transcript.warming import Warming, warm_fonts


def test_fonts_are_loaded_one_after_the_other(qtbot: QtBot) -> None:
    warming = Warming()
    with qtbot.waitSignal(warming.finished, timeout=20_000):
        warming.begin(0)


def test_warming_ends_with_its_window(qtbot: QtBot) -> None:
    window = QObject()
    warming = warm_fonts(window)
    with qtbot.waitSignal(warming.destroyed):
        window.deleteLater()

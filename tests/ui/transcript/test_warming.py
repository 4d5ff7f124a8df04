"""What a reply needs: loaded while it is waited for, one thing at a time."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from pytestqt.qtbot import QtBot

from app.ui.transcript.warming import SAMPLES, Warming, warm_up


# Of a font of the machine.
@pytest.mark.qt_log_ignore("minimum bearings", extend=True)
def test_fonts_are_loaded_one_after_the_other(qtbot: QtBot) -> None:
    warming, others = Warming(), QTimer()
    pauses: list[None] = []
    others.setTimerType(Qt.TimerType.PreciseTimer)
    others.timeout.connect(lambda: pauses.append(None))
    others.start(100)
    with qtbot.waitSignal(warming.finished, timeout=20_000):
        warming.begin(0)
    others.stop()
    # Between two of them there is time for others.
    assert len(pauses) > len(SAMPLES)


def test_warming_ends_with_its_window(qtbot: QtBot) -> None:
    window = QObject()
    warming = warm_up(window)
    with qtbot.waitSignal(warming.destroyed):
        window.deleteLater()


def test_what_reads_markdown_is_loaded_after_the_start() -> None:
    # In a process of its own: here it is loaded already.
    script = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, QTimer
from app.ui.transcript.warming import warm_reading

qapp, window, look = QCoreApplication([]), QObject(), QTimer()
assert "markdown_it" not in sys.modules
warm_reading(window)
look.timeout.connect(lambda: "app.ui.transcript.markdown" in sys.modules and qapp.quit())
look.start(10)
qapp.exec()
"""
    assert subprocess.run([sys.executable, "-c", script], timeout=30).returncode == 0

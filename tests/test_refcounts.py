"""The binding must not steal references: it once aborted programs after 5,000 calls."""

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

CALLS = 10_000
SLACK = 5


class Emitter(QObject):
    fired = Signal()


def test_void_calls_and_signals_leave_the_counts_of_none_and_true_alone(qtbot: QtBot) -> None:
    label, emitter = QLabel(), Emitter()
    qtbot.addWidget(label)
    before = sys.getrefcount(None), sys.getrefcount(True), sys.getrefcount(False)
    for _ in range(CALLS):
        label.setEnabled(True)
        emitter.fired.emit()
    after = sys.getrefcount(None), sys.getrefcount(True), sys.getrefcount(False)
    drift = [late - early for early, late in zip(before, after, strict=True)]
    assert min(drift) >= -SLACK, drift

"""Runs Coprime and counts the timers that fire: `idle.py [Coprime's arguments]`.

A byte on the standard input begins the count, the next one prints it: a JSON object,
how often by whose timer. The blinking cursor is Qt's, and is left out.
"""

import json
import os
import sys
from collections import Counter

from app import starting
from app.ending import Application

starting.begin()

from PySide6.QtCore import QEvent, QObject, QSocketNotifier  # noqa: E402
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit  # noqa: E402

from app import main as program  # noqa: E402


class Count(QObject):
    """Timers that fired in the window's thread, by the class of what they belong to."""

    def __init__(self) -> None:
        super().__init__()
        self._fired: Counter[str] | None = None
        self._notifier = QSocketNotifier(0, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_byte)

    def _on_byte(self) -> None:
        os.read(0, 1)
        if self._fired is None:
            self._fired = Counter()
            qapp = QApplication.instance()
            assert qapp is not None
            qapp.installEventFilter(self)
        else:
            os.write(1, (json.dumps(self._fired) + "\n").encode())
            self._fired = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Timer and self._fired is not None:
            blinks = watched.inherits("QWidgetTextControl") or watched.inherits(
                "QWidgetLineControl"
            )
            if not blinks and not isinstance(watched, QPlainTextEdit | QLineEdit):
                name = type(watched).__name__
                self._fired[f"{name} of {watched.parent()}" if name == "QTimer" else name] += 1
        return False


if __name__ == "__main__":
    make = program.make_application
    counts: list[Count] = []

    def make_counted() -> Application:
        qapp = make()
        counts.append(Count())
        return qapp

    program.make_application = make_counted
    sys.exit(program.run(sys.argv[1:]))

"""Says on its output how far a start has come, a line each, and ends: `first_paint.py KIND DATA`.

`painted …` when a window was painted for the first time, and the names of what may
not be loaded by then. Coprime goes on: `shown` when all of it shows, `typing` when the
composer was painted with the cursor in it; then it is closed.
"""

import os
import sys
from collections.abc import Callable
from typing import Any

FORBIDDEN = ("httpx", "keyring", "markdown_it", "pygments", "truststore", "openai", "ssl")
"""Without ssl there is no SSLContext either."""


def say(*words: str) -> None:
    """Write a line, past every buffer."""
    os.write(1, (" ".join(words) + "\n").encode())


def say_painted() -> None:
    """Say that the window was painted, and what is loaded by then that must not be."""
    say("painted", *(name for name in FORBIDDEN if name in sys.modules))


def empty() -> None:
    """Show an empty main window."""
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Empty(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            say_painted()
            os._exit(0)

    qapp = QApplication([])
    window = Empty()
    window.resize(1280, 832)
    window.show()
    qapp.exec()


def coprime(data: str) -> None:
    """Start Coprime until the person can type."""
    from app import starting

    starting.begin()
    from PySide6.QtCore import QTimer

    from app import main
    from app.ui.window import Window

    class Watched(Window):
        def show(self) -> None:
            self.painted.connect(say_painted)
            super().show()

        def attach(self, session: Any, *values: Any) -> None:
            super().attach(session, *values)
            on_paint(self.columns, lambda: say("shown"))
            session.started.connect(self.on_started)

        def on_started(self) -> None:
            view = self.tabs.front
            assert view is not None
            on_paint(view.composer.page.viewport(), self.on_composer)

        def on_composer(self) -> None:
            say("typing" if self.isActiveWindow() else "without focus")
            QTimer.singleShot(0, self.close)

    vars(main)["Window"] = Watched
    main.run(["--demo", "--data", data])


def on_paint(widget: Any, deed: Callable[[], None]) -> None:
    """Do something when a widget is about to be painted for the first time."""
    from PySide6.QtCore import QEvent, QObject

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Paint:
                watched.removeEventFilter(self)
                deed()
            return False

    widget.installEventFilter(Watch(widget))


if __name__ == "__main__":
    if sys.argv[1] == "empty":
        empty()
    else:
        coprime(sys.argv[2])

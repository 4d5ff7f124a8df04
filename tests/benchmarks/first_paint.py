"""Says `p` when a window was painted for the first time, and ends: `first_paint.py KIND DATA`.

Also the judge of what may be loaded by then: prints what is not allowed.
"""

import os
import sys

FORBIDDEN = ("httpx", "keyring", "markdown_it", "pygments", "truststore", "openai")


def end() -> None:
    """Say so and be gone, without taking anything down."""
    os.write(1, b"p")
    loaded = [name for name in FORBIDDEN if name in sys.modules]
    os.write(1, " ".join(loaded).encode())
    os._exit(0)


def empty() -> None:
    """Show an empty main window."""
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Empty(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            end()

    qapp = QApplication([])
    window = Empty()
    window.resize(1280, 832)
    window.show()
    qapp.exec()


def coprime(data: str) -> None:
    """Show Coprime's window."""
    from app import main
    from app.ui.window import Window

    class Painted(Window):
        def show(self) -> None:
            self.painted.connect(end)
            super().show()

    vars(main)["Window"] = Painted
    main.run(["--data", data])


if __name__ == "__main__":
    if sys.argv[1] == "empty":
        empty()
    else:
        coprime(sys.argv[2])

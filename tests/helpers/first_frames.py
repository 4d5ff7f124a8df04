"""Runs Coprime until it shows, and keeps its first two pictures: `first_frames.py FOLDER …`.

`outline.png` is what is painted first, `whole.png` what takes its place. Further
arguments are Coprime's; CHOSEN in the environment is an appearance to choose before the end.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from app import starting

starting.begin()

from PySide6.QtCore import QTimer  # noqa: E402

from app import main as program  # noqa: E402
from app.chat.settings import Appearance  # noqa: E402
from app.ui.window import Window  # noqa: E402


class Pictured(Window):
    """A window that is grabbed at its first paint and once it shows all, then closed."""

    def attach(self, session: Any, *values: Any) -> None:
        self.keep("outline")
        super().attach(session, *values)
        session.started.connect(lambda: QTimer.singleShot(0, self.end))

    def end(self) -> None:
        self.keep("whole")
        print(self.menuBar().height(), self.conversations.width(), self.tabs.width(), flush=True)
        if chosen is not None:
            preferences = self._session.preferences
            preferences.change(replace(preferences.now, appearance=chosen))
        QTimer.singleShot(0, self.close)

    def keep(self, name: str) -> None:
        assert self.grab().save(str(folder / f"{name}.png"))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    chosen = Appearance(os.environ["CHOSEN"]) if "CHOSEN" in os.environ else None
    vars(program)["Window"] = Pictured
    sys.exit(program.run(sys.argv[2:]))

"""Starts Coprime and ends it at some moment: `quitting.py SEED DATA`.

Says on its output `painted` when the window was painted for the first time, and
`asked WAY` when the end was asked for: by closing the window, as the desktop does, or
by a signal. In half of the runs replies are asked for as soon as that can be.
"""

import os
import random
import signal
import sys
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QTimer

from app import main as program
from app import starting
from app.session import Session
from app.ui.window import Window
from tests.benchmarks.first_paint import say

WITHIN_MS = 3000
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
TABS = 3
WORDS = "count for a while"
MODELS = ("demo/tour", "demo/fast", "demo/thinker", "demo/echo")


class Quitting(Window):
    """A window that ends the program at a moment of chance."""

    def show(self) -> None:
        self.painted.connect(self.on_painted)
        super().show()

    def on_painted(self) -> None:
        say("painted")
        QTimer.singleShot(chance.randrange(WITHIN_MS), self, self.ask)

    def attach(self, session: Session, *values: object) -> None:
        super().attach(session, *values)  # type: ignore[arg-type]
        if chance.random() < 0.5:
            session.started.connect(lambda: QTimer.singleShot(0, self.talk))

    def talk(self) -> None:
        """Let replies stream in a few tabs."""
        for _ in range(TABS):
            conversation = self._session.new_conversation()
            self._session.choose_model(conversation, chance.choice(MODELS))
            self._session.messages.send(conversation, WORDS)

    def ask(self) -> None:
        """Ask for the end in one of the ways there are."""
        ways: dict[str, Callable[[], object]] = {
            "close": self.close,
            "quit": QCoreApplication.quit,
            **{each.name: partial(os.kill, os.getpid(), each) for each in SIGNALS},
        }
        way = chance.choice(list(ways))
        say("asked", way)
        ways[way]()


if __name__ == "__main__":
    starting.begin()
    for each in SIGNALS:
        # In the background of a shell SIGINT is ignored, and would be here too.
        signal.signal(each, signal.SIG_DFL)
    chance = random.Random(int(sys.argv[1]))
    vars(program)["Window"] = Quitting
    sys.exit(program.run(["--demo", "--data", sys.argv[2]]))

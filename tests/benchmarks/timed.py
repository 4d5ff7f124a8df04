"""The program under remote control, timed: when it painted what of a reply.

A driver like `tests/helpers/driver.py`, with verbs for benchmarks. Times are
nanoseconds of the clock that all processes share.
"""

import importlib
import sys
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent

from app.ui.chat_view import ChatView
from app.ui.transcript.stream import BlockStream
from app.ui.transcript.surface import Surface
from tests.benchmarks.own_time import OwnTime
from tests.helpers.driver import Driver, run
from tests.helpers.program import Program

LIBRARIES = ("httpx", "truststore", "keyring", "markdown_it", "pygments", "ziamath", "msgspec")
CAME, FLUSHED, PAINTED = 0, 1, 2
PATIENCE_S = 180.0


class Timing(Driver):
    """Notes what the transcript in front does, and how the window's thread turns."""

    def __init__(self, answers: int) -> None:
        super().__init__(answers)
        self._seen: list[tuple[int, int, int, int]] | None = None
        self._turns: list[tuple[int, int]] = []
        self._own = OwnTime()
        self._tallies: list[tuple[int, int | None, int, bool]] = []
        self._time_surface()

    def do_time(self, on: bool, turns: bool = False) -> dict[str, Any]:
        """Begin to note what happens; or end it and tell.

        Of frames: when, for how long the thread had waited for a core by then, whether
        text CAME or was FLUSHED or PAINTED, and how many characters of the last message
        were laid out, -1 while its end is not. If asked for, of turns of the window's
        thread (a timer of 5 ms): when, and how long it had waited.
        """
        if on:
            self._seen, self._turns = [], []
            self._pulse = QTimer()
            if turns:
                self._pulse.timeout.connect(self._on_turn)
                self._pulse.start(5)
            return {}
        self._pulse.stop()
        seen, self._seen = self._seen, None
        return {"frames": seen, "turns": self._turns}

    def _on_turn(self) -> None:
        self._turns.append((time.monotonic_ns(), self._own.waited_ns()))

    def do_status(self) -> str:
        """Return how far the last message is; "busy" while there is something to paint."""
        view = self._view()
        if view is None or not view.conversation.branch:
            return ""
        status = view.conversation.message(view.conversation.branch[-1]).status
        return "busy" if view.transcript.is_busy and not status.is_open else str(status)

    def do_count(self) -> int:
        """Return how many messages the conversation in front has."""
        view = self._view()
        return len(view.conversation.branch) if view is not None else 0

    def do_judge(self) -> dict[str, Any]:
        """Compare the last message as it stands with its text read at once."""
        view = self._view()
        assert view is not None
        message_id = view.conversation.branch[-1]
        layout = view.transcript._column._layouts[message_id]
        text = view.conversation.text(message_id) or ""
        whole = BlockStream()
        whole.feed(text)
        return {
            "length": len(text),
            "is_same": list(layout.blocks) == whole.blocks,
            "is_laid_out": layout.shows_end and view.transcript.is_pinned,
            "blocks": len(whole.blocks),
        }

    def do_open(self, conversation_id: int) -> int:
        """Choose a conversation in the pane; return when that was."""
        now = time.monotonic_ns()
        self._window().conversations.chosen.emit(conversation_id)
        return now

    def do_scroll(self, pages: float) -> bool:
        """Scroll down by pages, by none to the top; return whether that is the end."""
        view = self._view()
        assert view is not None
        bar = view.transcript.verticalScrollBar()
        bar.setValue(bar.value() + round(pages * bar.pageStep()) if pages else 0)
        return bar.value() >= bar.maximum()

    def do_load_rest(self) -> list[str]:
        """Load those of the libraries that are not in use yet, and return them."""
        missing = [name for name in LIBRARIES if name not in sys.modules]
        for name in missing:
            importlib.import_module(name)
        if "keyring" in missing:
            # The back ends that are there are loaded by the first look for one.
            importlib.import_module("keyring").get_keyring()
        return missing

    def do_find(self, text: str) -> int:
        """Look for something in the conversation in front; return when that was."""
        view = self._view()
        assert view is not None
        finding = view._finding
        finding.look_for("")
        self._tallies = []
        finding.changed.connect(
            lambda it: self._tallies.append(
                (time.monotonic_ns(), it.number, it.total, it.is_searching)
            )
        )
        now = time.monotonic_ns()
        finding.look_for(text)
        return now

    def do_tallies(self) -> list[tuple[int, int | None, int, bool]]:
        """Return what was told of the search, and when."""
        return self._tallies

    def _view(self) -> ChatView | None:
        window = self._window()
        return window.tabs.front if hasattr(window, "welcome") else None

    def _time_surface(self) -> None:
        paint, flush, change = Surface.paintEvent, Surface._flush, Surface._on_message_changed

        def painted(surface: Surface, event: QPaintEvent) -> None:
            paint(surface, event)
            self._note(surface, PAINTED)

        def flushed(surface: Surface) -> None:
            flush(surface)
            self._note(surface, FLUSHED)

        def changed(surface: Surface, message_id: int) -> None:
            self._note(surface, CAME)
            change(surface, message_id)

        patched: Any = Surface
        patched.paintEvent, patched._flush, patched._on_message_changed = painted, flushed, changed

    def _note(self, surface: Surface, what: int) -> None:
        if self._seen is None or not surface._conversation.branch:
            return
        now, waited = time.monotonic_ns(), self._own.waited_ns()
        layout = surface._column._layouts.get(surface._conversation.branch[-1])
        is_there = what != CAME and layout is not None and layout.shows_end
        self._seen.append((now, waited, what, layout._taken if layout and is_there else -1))


class Timed(Program):
    """The program in a process of its own, timed."""

    def __init__(self, data: Path, environ: dict[str, str]) -> None:
        super().__init__(data, environ=environ, driver=Path(__file__))

    def __enter__(self) -> "Timed":
        return self

    def time(self, on: bool, *, turns: bool = False) -> Any:
        """Begin or end to note what happens; see `Timing.do_time`."""
        return self._do("time", on=on, turns=turns)

    def ask(self, what: str, **values: object) -> Any:
        """Have something done by `Timing`."""
        return self._do(what, **values)

    def open(self, conversation_id: int, count: int) -> int:
        """Open a conversation of so many messages, wait for it; return when it was chosen."""
        asked: int = self._do("open", conversation_id=conversation_id)
        deadline = time.monotonic() + PATIENCE_S
        while self._do("count") != count:
            assert time.monotonic() < deadline, "the conversation is never opened"
            time.sleep(0.1)
        self.rest()
        return asked

    def rest(self, every_s: float = 0.1) -> None:
        """Wait until the reply is complete and painted. Costs the program next to nothing."""
        deadline = time.monotonic() + PATIENCE_S
        while (status := self._do("status")) != "complete":
            assert time.monotonic() < deadline, f"the reply is {status}"
            time.sleep(every_s)


if __name__ == "__main__":
    sys.exit(run(Timing))

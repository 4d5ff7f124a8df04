"""Drawn formulas: those a transcript shows, drawn one after the other between frames.

Until one is drawn, and if it cannot be, its source shows. Nothing is imported
before the first is asked for, and nothing is drawn while nobody can see it.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.ui.transcript.blocks import Run
from app.ui.transcript.formula import Formula, Undrawable, draw, load
from app.ui.transcript.inlays import Inlay
from app.ui.transcript.slices import Overdue, Slices
from app.ui.transcript.utf16 import units

RATIO = 1.12
"""The letters of formulas are smaller, at the same size, than those of text."""
_SLICE_S = 0.003
_LIMIT_S = 1.0
"""For so long one formula may take; an ordinary one takes 10 to 60 ms."""
_TOGETHER_S = 0.06
"""Formulas drawn within so much work are shown together: each layout costs."""
_POLL_MS = 15
_KEPT = 2_048
"""Formulas kept; more than are near a view, each about 10 kB."""
_MOST = 256
"""Different formulas of one block that are drawn."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A formula by its source."""

    latex: str
    is_display: bool
    """Whether it stands on its own: higher than in a line of text."""


class Formulas(QObject):
    """The formulas of one transcript.

    Signals:
        drawn: some that were asked for can be had now. arg: a frozenset of `Wanted`.
    """

    drawn = Signal(object)

    def __init__(self, is_seen: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_seen = is_seen
        self._known: OrderedDict[Wanted, Formula | None] = OrderedDict()
        """Least recently asked for first. None for one that cannot be drawn."""
        self._queue: dict[Wanted, None] = {}
        self._loading: threading.Thread | None = None
        self._at_work: dict[Wanted, Slices[Formula]] = {}
        """The one that is being drawn."""
        self._ready: set[Wanted] = set()
        self._used_s = 0.0
        """Since the last time some were shown."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._step)
        self.destroyed.connect(partial(_abandon, self._at_work))

    @property
    def is_busy(self) -> bool:
        """Whether one is being drawn, or waits to be."""
        return self._timer.isActive()

    def find(self, wanted: Wanted) -> Formula | None:
        """Return a formula if it is drawn; else see to it that it will be."""
        if wanted in self._known:
            self._known.move_to_end(wanted)
            return self._known[wanted]
        # Text that grows asks again with each of its layouts.
        if wanted not in self._at_work:
            self._queue[wanted] = None
        self.resume()
        return None

    def is_pending(self, wanted: Wanted) -> bool:
        """Return whether it is not known yet if a formula can be drawn."""
        return wanted not in self._known

    def resume(self) -> None:
        """Go on, if there is anything to do: somebody can see it again."""
        is_due = bool(self._queue or self._at_work or self._ready)
        if is_due and not self._timer.isActive():
            self._timer.start(0)

    def _step(self) -> None:
        if not self._is_seen():
            return
        if not self._is_loaded():
            self._timer.start(_POLL_MS)
            return
        if self._queue and not self._at_work:
            wanted = next(iter(self._queue))
            del self._queue[wanted]
            self._at_work[wanted] = Slices(_drawing_of(wanted), _LIMIT_S)
        for wanted, drawing in list(self._at_work.items()):
            self._draw_on(wanted, drawing)
        is_idle = not self._at_work and not self._queue
        if self._ready and (is_idle or self._used_s >= _TOGETHER_S):
            ready, self._ready, self._used_s = frozenset(self._ready), set(), 0.0
            self.drawn.emit(ready)
        self.resume()

    def _is_loaded(self) -> bool:
        """Return whether the libraries are there, and have them come if not.

        On a thread that is not held back, as `Slices` asks for.
        """
        if self._loading is None:
            self._loading = threading.Thread(target=load, name="formulas", daemon=True)
            self._loading.start()
        return not self._loading.is_alive()

    def _draw_on(self, wanted: Wanted, drawing: Slices[Formula]) -> None:
        before = drawing.used_s
        is_done = drawing.run(_SLICE_S)
        self._used_s += drawing.used_s - before
        if not is_done:
            return
        del self._at_work[wanted]
        formula: Formula | None = None
        with suppress(Undrawable, Overdue):
            formula = drawing.result()
        self._known[wanted] = formula
        self._ready.add(wanted)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)


def _abandon(at_work: dict[Wanted, Slices[Formula]]) -> None:
    """End what is being drawn: nobody is left who wants it."""
    for drawing in at_work.values():
        drawing.abandon()


def _drawing_of(wanted: Wanted) -> Callable[[], Formula]:
    return lambda: draw(wanted.latex, is_display=wanted.is_display)


class Awaiting:
    """A layout that may look different once formulas are drawn."""

    lacking: frozenset[Wanted] = frozenset()
    """Those of which it shows the source for the time being."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Runs of text with the formulas among them."""

    runs: tuple[Run, ...]
    """As they are to look: where there is no drawing, the source of a formula is code."""
    inlays: tuple[Inlay, ...]
    lacking: frozenset[Wanted]


def set_inline(runs: tuple[Run, ...], formulas: Formulas | None, size: int) -> Setting:
    """Set runs in letters of a size in pixels, as far as their formulas are drawn."""
    if not any(run.maths for run in runs):
        return Setting(runs, (), frozenset())
    inlays: list[Inlay] = []
    shown: list[Run] = []
    asked: set[Wanted] = set()
    lacking: set[Wanted] = set()
    start = 0
    for run in runs:
        end = start + units(run.text)
        formula = None
        if run.maths and formulas is not None and len(asked) < _MOST:
            wanted = Wanted(run.maths, is_display=False)
            asked.add(wanted)
            formula = formulas.find(wanted)
            if formula is None and formulas.is_pending(wanted):
                lacking.add(wanted)
        if formula is not None:
            inlays.append(Inlay(start, end, formula.sized(size * RATIO)))
        shown.append(replace(run, is_code=True) if run.maths and formula is None else run)
        start = end
    return Setting(tuple(shown), tuple(inlays), frozenset(lacking))

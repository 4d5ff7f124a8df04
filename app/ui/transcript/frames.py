"""Frames: when the transcript may work next.

However fast text comes, work is done at most sixty times a second, and after
costly work rarer still, so that it takes about a quarter of the time at most.
Work after a pause is due at once. No timer runs while there is nothing to do.
"""

from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Signal

_SHORTEST_S = 0.016
_LONGEST_S = 0.25
_SHARE = 4
"""The pause is so many times as long as the work before it took."""


class Frames(QObject):
    """The clock of one transcript.

    Signals:
        due: it is time for the work that was requested.
    """

    due = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.due)
        self._last_s = 0.0
        self._cost_s = 0.0

    @property
    def is_idle(self) -> bool:
        return not self._timer.isActive()

    def request(self) -> None:
        """Ask for `due`, once, as soon as it may be."""
        if not self._timer.isActive():
            pause = min(max(_SHORTEST_S, _SHARE * self._cost_s), _LONGEST_S)
            rest = self._last_s + pause - perf_counter()
            self._timer.start(max(round(rest * 1000), 0))

    def cancel(self) -> None:
        """Take back what was asked for."""
        self._timer.stop()

    def begin(self) -> None:
        """Note that work begins: the next begins a pause later."""
        self._last_s = perf_counter()
        self._cost_s = 0.0

    def add_cost(self, cost_s: float) -> None:
        """Note what work since `begin` took."""
        self._cost_s += cost_s

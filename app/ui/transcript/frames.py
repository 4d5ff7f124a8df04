"""Frames: when the transcript may work next.

However fast text comes, work is done at most sixty times a second, and while it
is costly rarer still, so that all takes about a quarter of a core at most. One
costly piece among cheap ones changes little. Work after a pause is due at once.
No timer runs while there is nothing to do.
"""

from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Signal

_SHORTEST_S = 0.016
_LONGEST_S = 0.25
_SHARE = 4
"""The pause is so many times as long as work takes."""
_SHARE_EASY = 12
_EASY_S = 0.03
"""As many while that is no longer than this, which nobody sees: what Qt and the loop do
around each piece takes twice as much as the piece, and at 200 tokens a second all of it
is to stay at a quarter of a core."""
_SHARE_BEHIND = 1.25
"""As many while there is text that came long ago and does not show."""
_MEMORY = 8
"""Over about so many pieces of work their cost is averaged."""
_FORGOTTEN_S = 1.0
"""After a rest this long what came before it says nothing."""


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
        self._mean_s = 0.0
        """What work took before that, on average."""

    @property
    def cost_s(self) -> float:
        """What the work took that began last: seconds of this thread on a core."""
        return self._cost_s

    @property
    def is_idle(self) -> bool:
        return not self._timer.isActive()

    def hasten(self) -> None:
        """Ask for `due` without a pause."""
        self._timer.start(0)

    def request(self, *, is_behind: bool = False) -> None:
        """Ask for `due`, once, as soon as it may be: sooner to work off what was left over."""
        if not self._timer.isActive():
            rest = self._last_s + self.pause_s(is_behind=is_behind) - perf_counter()
            self._timer.start(max(round(rest * 1000), 0))

    def pause_s(self, *, is_behind: bool = False) -> float:
        """Return how long after the work that began last the next may begin."""
        cost = self._smoothed()
        if is_behind:
            pause = _SHARE_BEHIND * cost
        else:
            pause = max(_SHARE * cost, min(_SHARE_EASY * cost, _EASY_S))
        return min(max(_SHORTEST_S, pause), _LONGEST_S)

    def cancel(self) -> None:
        """Take back what was asked for."""
        self._timer.stop()

    def begin(self) -> None:
        """Note that work begins: the next begins a pause later."""
        now = perf_counter()
        self._mean_s = self._smoothed() if now - self._last_s < _FORGOTTEN_S else 0.0
        self._last_s, self._cost_s = now, 0.0

    def add_cost(self, cost_s: float) -> None:
        """Note what work since `begin` took, in seconds of this thread on a core.

        Not by the clock: while other programs have the core nothing is taken from it.
        """
        self._cost_s += cost_s

    def _smoothed(self) -> float:
        return self._mean_s + (self._cost_s - self._mean_s) / _MEMORY

"""Errand: blocking calls, one after the other, that nobody waits for too long.

Calls run on one daemon thread; another, a daemon too, looks at the clock. A
call that overruns its budget fails then and there, whatever it is stuck in;
while it is stuck, every further call fails at once, so that threads do not
pile up. Once the stuck one comes back, calls are made again; what it brought
is thrown away. A call is told as made or as overrun, and never is both.
Neither thread keeps the program from ending.
"""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any, TypeVar

T = TypeVar("T")


class Abandoned(Exception):
    """Raised by `Turn.check` in a call that nobody waits for any more."""


@dataclass(slots=True)
class Turn:
    """One call: what to do, until when, and whether anybody still waits."""

    function: Callable[["Turn"], Any] = field(repr=False)
    deadline: float
    future: Future[Any] = field(default_factory=Future)
    over: Future[None] = field(default_factory=Future)
    """Done once the call has come back, however late."""
    _lock: Lock = field(default_factory=Lock, repr=False)
    _is_settled: bool = False
    _is_abandoned: bool = False

    def __post_init__(self) -> None:
        # Neither can be cancelled.
        self.future.set_running_or_notify_cancel()
        self.over.set_running_or_notify_cancel()

    def check(self) -> None:
        """Stop between two steps if the time is up.

        Raises:
            Abandoned: it is.
        """
        if self._is_abandoned:
            raise Abandoned

    def settle(self) -> None:
        """End in time, before what cannot be undone; nothing that may block comes after it.

        Raises:
            Abandoned: the time is up.
        """
        with self._lock:
            self.check()
            self._is_settled = True

    def abandon(self) -> bool:
        """Let nobody wait for it any more; returns False if it has ended in time."""
        with self._lock:
            self._is_abandoned = not self._is_settled
            return self._is_abandoned


class Errands:
    """A queue of blocking calls with a time budget each."""

    def __init__(
        self, name: str, budget_s: float, silent: Callable[[Future[None]], Exception]
    ) -> None:
        self._name = name
        self._budget_s = budget_s
        self._silent = silent
        self._asked: SimpleQueue[Turn] = SimpleQueue()
        self._made: SimpleQueue[Turn] = SimpleQueue()
        self._lock = Lock()
        self._is_running = False

    def run(self, function: Callable[[Turn], T]) -> Future[T]:
        """Call a function on the thread for it; the budget begins now.

        A call whose outcome has to be translated does that itself. Raises (the
        future): what `silent` makes when the budget is spent, out of a future
        that is done once the stuck call has come back.
        """
        with self._lock:
            if not self._is_running:
                self._is_running = True
                Thread(target=self._watch, name=f"{self._name}-clock", daemon=True).start()
                Thread(target=self._call, name=self._name, daemon=True).start()
        turn = Turn(function, monotonic() + self._budget_s)
        self._asked.put(turn)
        return turn.future

    def _watch(self) -> None:
        stuck: Turn | None = None
        while True:
            turn = self._asked.get()
            if stuck is not None and not stuck.over.done():
                turn.future.set_exception(self._silent(stuck.over))
                continue
            stuck = None
            self._made.put(turn)
            with suppress(TimeoutError):
                turn.over.result(max(0.0, turn.deadline - monotonic()))
                continue
            if turn.abandon():
                stuck = turn
                turn.future.set_exception(self._silent(turn.over))

    def _call(self) -> None:
        while True:
            turn = self._made.get()
            result, error = None, None
            try:
                turn.check()
                result = turn.function(turn)
            except BaseException as raised:
                error = raised
            with suppress(Abandoned):
                turn.settle()
                if error is not None:
                    turn.future.set_exception(error)
                else:
                    turn.future.set_result(result)
            turn.over.set_result(None)
            del turn, result, error

"""Errand: blocking calls, one after the other, that nobody waits for too long.

Calls run on one daemon thread; another, a daemon too, looks at the clock. A
call that overruns its budget fails then and there, whatever it is stuck in;
while it is stuck, every further call fails at once, so that threads do not
pile up. Once the stuck one comes back, calls are made again; what it brought
is thrown away. Neither thread keeps the program from ending.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event, Lock, Thread
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
    future: Future[Any]
    done: Event = field(default_factory=Event)
    is_abandoned: bool = False

    def check(self) -> None:
        """Stop between two steps if the time is up.

        Raises:
            Abandoned: it is.
        """
        if self.is_abandoned:
            raise Abandoned


class Errands:
    """A queue of blocking calls with a time budget each."""

    def __init__(self, name: str, budget_s: float, silent: Callable[[], Exception]) -> None:
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
        future): what `silent` makes when the budget is spent.
        """
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        with self._lock:
            if not self._is_running:
                self._is_running = True
                Thread(target=self._watch, name=f"{self._name}-clock", daemon=True).start()
                Thread(target=self._call, name=self._name, daemon=True).start()
        self._asked.put(Turn(function, monotonic() + self._budget_s, future))
        return future

    def _watch(self) -> None:
        stuck: Turn | None = None
        while True:
            turn = self._asked.get()
            if stuck is not None and not stuck.done.is_set():
                turn.future.set_exception(self._silent())
                continue
            self._made.put(turn)
            if turn.done.wait(max(0.0, turn.deadline - monotonic())):
                stuck = None
                continue
            turn.is_abandoned = True
            stuck = turn
            self._settle(turn, None, self._silent())

    def _call(self) -> None:
        while True:
            turn = self._made.get()
            result, error = None, None
            try:
                turn.check()
                result = turn.function(turn)
            except BaseException as raised:
                error = raised
            self._settle(turn, result, error)
            turn.done.set()
            del turn, result, error

    def _settle(self, turn: Turn, result: Any, error: BaseException | None) -> None:
        with self._lock:
            if turn.future.done():
                return
            if error is not None:
                turn.future.set_exception(error)
            else:
                turn.future.set_result(result)

"""Slices: work of somebody else's code, cut into pieces that fit between frames.

Such code has no place at which it could be left, and a thread of its own would
take turns with the window's at every call into Qt: a frame of 1.5 ms then takes
8 (measured). So its thread moves only while it is let, which the window does
when it has nothing else to do. Two threads, but never two that run.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from types import FrameType
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


class Overdue(Exception):
    """The work took longer than it may."""


class _Ended(BaseException):
    """It is not to go on. Not caught by those who catch every `Exception`."""


class Slices(Generic[Result]):
    """A function on a thread of its own, which moves only inside `run`.

    The function must not import anything: the lock of an import would be held
    while it stands still. It is watched at each of its calls, which takes twice as
    long as the function itself; what it does `in_steps` is not.
    """

    def __init__(self, function: Callable[[], Result], limit_s: float) -> None:
        self._function = function
        self._limit_s = limit_s
        self._used_s = 0.0
        self._begun_s = self._until_s = 0.0
        self._go = threading.Semaphore(0)
        self._stopped = threading.Semaphore(0)
        self._is_moving = self._is_done = self._is_abandoned = False
        self._result: Result | None = None
        self._error: Exception | None = None
        threading.Thread(target=self._work, name="slices", daemon=True).start()

    @property
    def used_s(self) -> float:
        """For how long it moved so far."""
        return self._used_s

    def run(self, slice_s: float) -> bool:
        """Let it move for so long; return whether it has ended.

        One that does not stop in time goes on beside the caller, until the next call.
        """
        if self._is_done:
            return True
        if not self._is_moving:
            self._begun_s = perf_counter()
            self._until_s = self._begun_s + slice_s
            self._is_moving = True
            self._go.release()
        if self._stopped.acquire(timeout=2 * slice_s):
            self._is_moving = False
            self._used_s += perf_counter() - self._begun_s
        return self._is_done

    def result(self) -> Result:
        """Return what came of it, once it has ended.

        Raises: `Overdue`, and whatever the function raised.
        """
        if self._error is not None:
            raise self._error
        assert self._is_done
        return self._result  # type: ignore[return-value]

    def abandon(self) -> None:
        """End it as soon as it may move."""
        self._is_abandoned = True
        self._go.release()

    def _work(self) -> None:
        self._go.acquire()
        _here.slices = self
        sys.settrace(self._trace)
        try:
            if not self._is_abandoned:
                self._result = self._function()
        except _Ended:
            self._error = Overdue()
        except Exception as error:  # whatever it is, it is told by `result`
            self._error = error
        finally:
            sys.settrace(None)
            self._is_done = True
            self._stopped.release()

    def _trace(self, frame: FrameType, event: str, arg: Any) -> None:
        """Stand still at a call once the time is over. No line is traced."""
        self.step()

    def step(self) -> None:
        """Stand still once the time is over. Called by the function itself."""
        now = perf_counter()
        if now < self._until_s:
            return
        if self._used_s + now - self._begun_s > self._limit_s:
            raise _Ended
        self._stopped.release()
        self._go.acquire()
        if self._is_abandoned:
            raise _Ended


_here = threading.local()


def step() -> None:
    """Stand still here once the time is over, if this is done in slices."""
    slices: Slices[Any] | None = getattr(_here, "slices", None)
    if slices is not None:
        slices.step()


@contextmanager
def in_steps() -> Iterator[None]:
    """Do without being watched: what is done in here calls `step`, and often."""
    if not hasattr(_here, "slices"):
        yield
        return
    before = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(before)

"""Watchdog: ends a wait for the network that has become too long.

Law: one live timer a stream, never one a read. The timer looks at how long the
wait under way has lasted; starting a wait only notes the time.
"""

import asyncio
from collections.abc import Awaitable
from types import TracebackType
from typing import TypeVar

from app.api import limits

T = TypeVar("T")


class Watchdog:
    """Bounds every single wait, and all of them together up to a moment that can be put off.

    Between waits, while whoever reads the stream works, patience does not count.
    """

    # WORKAROUND: https://github.com/CabbageDevelopment/qasync
    # A cancelled call_later leaves its Qt timer alive until it is due, so that
    # a timer a read (asyncio.timeout) piles them up. When qasync kills the
    # timer, this can become asyncio.timeout.

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._deadline: float | None = None
        self._waiting: asyncio.Task[object] | None = None
        self._since = 0.0
        self._barked = False
        self._timer: asyncio.TimerHandle | None = None
        self._looks_at = 0.0

    def __enter__(self) -> "Watchdog":
        self._look_again(self._patience_s)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()

    async def wait(self, awaitable: Awaitable[T]) -> T:
        """Await it, for no longer than patience and deadline allow.

        Raises:
            TimeoutError: it took too long; the awaitable was cancelled.
        """
        task = asyncio.current_task()
        assert task is not None
        cancelling = task.cancelling()
        self._waiting, self._since = task, asyncio.get_running_loop().time()
        self._barked = False
        if self._timer is None:
            self._look_again(0)
        try:
            return await awaitable
        except asyncio.CancelledError:
            if self._barked and task.uncancel() <= cancelling:
                raise TimeoutError from None
            raise
        finally:
            self._waiting = None

    def end_within(self, seconds: float) -> None:
        """Let all waits from now on take this long together, or less if that was said before."""
        deadline = asyncio.get_running_loop().time() + seconds
        self._end_at(deadline if self._deadline is None else min(deadline, self._deadline))

    def start_over(self, seconds: float) -> None:
        """Let all waits from now on take this long together, whatever was said before."""
        self._end_at(asyncio.get_running_loop().time() + seconds)

    def _end_at(self, deadline: float) -> None:
        self._deadline = deadline
        # One that looks too early looks again: only a nearer end needs a new timer.
        if self._timer is None or deadline < self._looks_at:
            if self._timer is not None:
                self._timer.cancel()
            self._look_again(deadline - asyncio.get_running_loop().time())

    def _look_again(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        delay = min(max(seconds, 0.0), limits.RECHECK_S)
        self._looks_at = loop.time() + delay
        self._timer = loop.call_later(delay, self._look)

    def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        self._timer = None
        # Between waits patience starts anew and only a deadline can be near.
        ends = (self._since if self._waiting else now) + self._patience_s
        if self._deadline is not None:
            ends = min(ends, self._deadline)
        if ends > now:
            self._look_again(ends - now)
        elif self._waiting is not None:
            self._barked = True
            self._waiting.cancel()
        # Else the deadline is over and nobody waits: the next wait looks at once.

"""Tasks: the one place that makes them.

Keeps the reference (the loop holds tasks only weakly), lets a new task of a
name replace the old one, and surfaces an exception nobody expected at once
instead of when the garbage collector gets to it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Tasks:
    """The running tasks of the application, by name."""

    def __init__(self, loop: asyncio.AbstractEventLoop, report: Callable[[BaseException], None]):
        self._loop = loop
        self._report = report
        self._running: dict[str, asyncio.Task[None]] = {}
        """The newest of each name."""
        self._all: set[asyncio.Task[None]] = set()
        self._queued: set[asyncio.Task[None]] = set()

    def start(self, name: str, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine; a task of the same name that still runs is cancelled."""
        self.cancel(name)
        self._begin(name, coroutine)

    def queue(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do what cannot be undone half way, once what was queued under its name is done."""
        self._queued.add(self._begin(name, _after(self._running.get(name), work)))

    async def ended(self, name: str) -> None:
        """Return once no task of a name runs or waits for its turn."""
        while (task := self._running.get(name)) is not None:
            await asyncio.wait([task])

    def cancel(self, name: str) -> None:
        """Cancel the task of a name, if it runs."""
        task = self._running.get(name)
        if task is not None:
            task.cancel()

    async def end(self, timeout_s: float) -> None:
        """Let what is queued be done, cancel every other task, and wait until all ended.

        Half of the time is for what is queued; then it is cancelled too.
        """
        if self._queued:
            await asyncio.wait(self._queued, timeout=timeout_s / 2)
        tasks = set(self._all)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=timeout_s / 2)

    def _begin(self, name: str, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._loop.create_task(coroutine, name=name)
        self._running[name] = task
        self._all.add(task)
        task.add_done_callback(self._on_task_done)
        return task

    def _on_task_done(self, task: asyncio.Task[None]) -> None:
        self._all.discard(task)
        self._queued.discard(task)
        name = task.get_name()
        if self._running.get(name) is task:
            del self._running[name]
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report(error)


async def _after(
    before: asyncio.Task[None] | None, work: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    if before is not None:
        await asyncio.wait([before])
    await work()

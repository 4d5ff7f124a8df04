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

    def start(self, name: str, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine; a task of the same name that still runs is cancelled."""
        self.cancel(name)
        task = self._loop.create_task(coroutine, name=name)
        self._running[name] = task
        task.add_done_callback(self._on_task_done)

    def cancel(self, name: str) -> None:
        """Cancel the task of a name, if it runs."""
        task = self._running.get(name)
        if task is not None:
            task.cancel()

    async def end(self, timeout_s: float) -> None:
        """Cancel every task and wait until they ended, or until the time is over."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=timeout_s)

    def _on_task_done(self, task: asyncio.Task[None]) -> None:
        name = task.get_name()
        if self._running.get(name) is task:
            del self._running[name]
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report(error)

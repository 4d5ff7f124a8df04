"""Slumber: connections that tell the dead from the silent, also after the computer slept.

Law: one timer for all streams, and none that goes on while no stream is open.
"""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from app.api import limits

CLOCKS: list[Callable[[], float]] = [time.monotonic, time.time]
"""Of several, one goes on while the computer sleeps or this program is stopped."""
if hasattr(time, "CLOCK_BOOTTIME"):
    CLOCKS[1] = lambda: time.clock_gettime(time.CLOCK_BOOTTIME)


class Socket(Protocol):
    """What is needed of a socket; the loop's own are no `socket.socket`."""

    def fileno(self) -> int: ...

    def setsockopt(self, level: int, name: int, value: int, /) -> None: ...


class Slumber:
    """Watches the clocks while streams are open, and probes their connections after a sleep."""

    def __init__(self) -> None:
        self._sockets: list[Socket] = []
        self._streams = 0
        self._timer: asyncio.TimerHandle | None = None
        self._then: list[float] = []
        self._probing_until = 0.0

    def take(self, connection: Socket) -> None:
        """Keep a new connection alive, and watch it until it is closed."""
        self._sockets = [one for one in self._sockets if one.fileno() != -1]
        self._sockets.append(connection)
        keep_alive(connection, self._probing_until > 0)

    @contextmanager
    def stream(self) -> Iterator[None]:
        """Watch the clocks meanwhile."""
        self._streams += 1
        if self._timer is None:
            self._wait()
        try:
            yield
        finally:
            # The timer finds out by itself: cancelled, it would live on in Qt as long.
            self._streams -= 1

    def _wait(self) -> None:
        self._then = [clock() for clock in CLOCKS]
        self._timer = asyncio.get_running_loop().call_later(limits.TICK_S, self._on_tick)

    def _on_tick(self) -> None:
        self._timer = None
        passed = max(clock() - then for clock, then in zip(CLOCKS, self._then, strict=True))
        now = time.monotonic()
        if passed > limits.TICK_S + limits.SLEPT_S:
            self._probing_until = now + limits.PROBING_S
            self._keep_all_alive(True)
        elif 0 < self._probing_until <= now:
            self._probing_until = 0.0
            self._keep_all_alive(False)
        if self._streams:
            self._wait()

    def _keep_all_alive(self, is_probing: bool) -> None:
        for connection in self._sockets:
            keep_alive(connection, is_probing)


def keep_alive(connection: Socket, is_probing: bool = False) -> None:
    """Let the system probe a silent connection, closely or now and then."""
    idle, interval, probes = limits.ALIVE_AFTER_SLEEP if is_probing else limits.ALIVE
    options = {
        "TCP_KEEPINTVL": interval,
        "TCP_KEEPCNT": probes,
        "TCP_KEEPIDLE": idle,
        "TCP_KEEPALIVE": idle,  # macOS's name for the idle time
    }
    # Closed meanwhile, or an older Windows: there is nothing to be done about it.
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in options.items():
            if hasattr(socket, name):
                connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

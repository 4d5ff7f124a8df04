"""What every test gets: a home of its own, no network but this computer, no silence.

A test fails on any warning, any log record of WARNING or above it did not
announce, any Qt message, and any exception nobody caught: in a slot, a task or
a thread.
"""

import asyncio
import gc
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import hypothesis
import pytest

# How long a case takes depends on what else the machine does.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")

# Not by itself, on any thread: that is what `app/garbage.py` keeps from happening.
gc.disable()

T = TypeVar("T")
_ALL_EVERY = 100
"""Tests."""
_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


def _is_here(kind: int, address: Any) -> bool:
    if kind not in (socket.AF_INET, socket.AF_INET6):
        return True
    return str(address[0]) in ("localhost", "::1") or str(address[0]).startswith("127.")


@pytest.fixture(autouse=True)
def _sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the test a home of its own and no way out of this computer."""
    home = tmp_path / "home"
    for name, folder in {
        "HOME": "",
        "USERPROFILE": "",
        "XDG_DATA_HOME": ".local/share",
        "XDG_CONFIG_HOME": ".config",
        "XDG_CACHE_HOME": ".cache",
        "XDG_STATE_HOME": ".local/state",
        "XDG_RUNTIME_DIR": "run",
    }.items():
        path = home / folder
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        monkeypatch.setenv(name, str(path))
    for name in list(os.environ):
        if name.startswith("PRIME_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    # A bus that does not exist: only tests/helpers/secret_service brings a real one.
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={home}/run/no-bus")

    def connect(self: socket.socket, address: Any) -> None:
        if not _is_here(self.family, address):
            raise AssertionError("a test tried to leave this computer")
        _connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        if not _is_here(self.family, address):
            raise AssertionError("a test tried to leave this computer")
        return _connect_ex(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)


@pytest.fixture(autouse=True, scope="session")
def _garbage() -> Callable[[], None]:
    """Collect what a test left, on this thread, and now and then what all have left."""
    count = 0

    def collect() -> None:
        nonlocal count
        count += 1
        gc.collect(1 if count % _ALL_EVERY else 2)

    return collect


@pytest.fixture(autouse=True)
def _tidy(_garbage: Callable[[], None]) -> Iterator[None]:
    yield
    _garbage()


class _Unexpected(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def expected_logs() -> list[str]:
    """Parts of log messages this test brings about on purpose."""
    return []


@pytest.fixture(autouse=True)
def _no_stray_logs(expected_logs: list[str]) -> Iterator[None]:
    handler = _Unexpected()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    stray = [
        r.getMessage()
        for r in handler.records
        if not any(part in r.getMessage() for part in expected_logs)
    ]
    assert not stray, f"unexpected log records: {stray}"


@pytest.fixture
def run() -> Callable[[Awaitable[T]], T]:
    """Run an awaitable to its end on a plain asyncio loop of its own.

    Fails on anything the loop had to complain about: a task whose exception
    nobody saw, an async generator left to the garbage collector.
    """

    def run_to_end(awaitable: Awaitable[T]) -> T:
        complaints: list[dict[str, Any]] = []

        async def body() -> T:
            asyncio.get_running_loop().set_exception_handler(lambda _, c: complaints.append(c))
            return await awaitable

        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            result = runner.run(body())
        assert not complaints, complaints
        return result

    return run_to_end

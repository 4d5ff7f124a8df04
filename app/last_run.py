"""LastRun: whether the run before came to its end, and what is known if it crashed.

A file in the log folder lies there while Coprime runs, and goes at its proper end.
Into it Python writes where every thread was when the program faults. Who was killed,
or lost power, writes nothing, and nothing is told. Of a crash the next start makes a
report, see `crash_report`.
"""

import faulthandler
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

import PySide6
from PySide6.QtGui import QGuiApplication

from app import NAME, __version__

RECORD_BYTES = 64 * 2**10
"""As much is read of what a run left behind."""
UNCAUGHT = "Uncaught exception"
FAULTS = ("Fatal Python error", "Windows fatal exception", UNCAUGHT)
"""How what is written down begins: by Python's fault handler, and by `note`."""

_log = logging.getLogger("app")


class LastRun:
    """What the run before left behind, and in its place the record of this one."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._path = logs / "running.txt"
        self._file: int | None = None
        self._left = ""
        self._left_at = 0.0

    def begin(self) -> None:
        """Take what the run before left, and write down faults of this one from now on."""
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        try:
            self._file = os.open(self._path, flags, 0o600)
            self._left_at = os.fstat(self._file).st_mtime
            self._left = os.read(self._file, RECORD_BYTES).decode("utf-8", "replace")
            os.lseek(self._file, 0, os.SEEK_SET)
            os.ftruncate(self._file, 0)
            os.write(self._file, f"{versions()}\n".encode())
        except OSError as error:
            # Coprime runs all the same; a full disk is told by those who need it.
            _log.info("this run is not recorded: %s", error.strerror)
        if self._file is not None:
            faulthandler.enable(self._file)

    def note(self, error: BaseException) -> str:
        """Write down, and return, an exception that ends the program: where, not what it says."""
        import traceback

        frames = "".join(traceback.format_tb(error.__traceback__))
        words = f"{UNCAUGHT}: {type(error).__qualname__}\n{frames}"
        if self._file is not None:
            with suppress(OSError):
                os.write(self._file, words.encode("utf-8", "replace"))
        return words

    def end(self) -> None:
        """The run came to its end: nothing is left of it."""
        if self._file is not None:
            faulthandler.disable()
            os.close(self._file)
            self._file = None
            with suppress(OSError):
                self._path.unlink()

    def report(self, log: Path) -> Path | None:
        """Write a report if the run before crashed, and return where; its log is `log`."""
        if not self._left:
            return None
        if not any(line.startswith(FAULTS) for line in self._left.splitlines()):
            _log.info("the run before did not come to its end")
            return None
        from app import crash_report

        try:
            return crash_report.write(self._left, self._left_at, log, self._logs)
        except (OSError, ValueError, OverflowError, RuntimeError) as error:
            # Also a file from the year 36812, and a person without a home: Coprime starts.
            why = error.strerror if isinstance(error, OSError) else type(error).__name__
            _log.warning("no crash report was written: %s", why)
            return None


def versions() -> str:
    """Return what runs here, in a line."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    return (
        f"{NAME} {__version__}, Python {python}, PySide6 {PySide6.__version__}, "
        f"{sys.platform}, {QGuiApplication.platformName()}"
    )

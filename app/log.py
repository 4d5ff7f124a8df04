"""Log: what happened, in a bounded file, and never with a word of a conversation.

What is logged before the first paint waits in memory: opening a file would delay that.
"""

import logging
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from app import __version__

LOG_BYTES = 2 * 2**20
LOG_FILES = 3

_log = logging.getLogger("app")


class EarlyLog(logging.Handler):
    """Keeps what is logged until there is a file for it."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


class Wordless(logging.Formatter):
    """Tells of an exception what kind it is and where it arose; its words may quote anybody."""

    def formatException(  # noqa: N802 - logging calls it so
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        from traceback import format_tb

        told: list[str] = []
        seen: set[int] = set()
        error = ei[1]
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            frames = "".join(format_tb(error.__traceback__))
            told.append(f"Traceback (most recent call last):\n{frames}{type(error).__qualname__}")
            context = None if error.__suppress_context__ else error.__context__
            error = error.__cause__ or context
        # As Python has it: what came first is told first.
        return "\n\n".join(reversed(told))


def keep_log() -> EarlyLog:
    """Take in what Python and Qt log from now on, for `start_log`."""
    early = EarlyLog()
    logging.basicConfig(level=logging.INFO, handlers=[early], force=True)
    logging.raiseExceptions = False
    qInstallMessageHandler(_on_qt_message)
    _log.info("Coprime %s starts", __version__)
    return early


def start_log(path: Path, early: EarlyLog) -> None:
    """Write the log to a file from now on, beginning with what was kept.

    Where the file cannot be opened there is no log: that keeps nobody from working.
    """
    from logging.handlers import RotatingFileHandler

    handler: logging.Handler
    try:
        handler = RotatingFileHandler(
            path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(Wordless("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for record in early.records:
        handler.handle(record)


def _on_qt_message(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    level = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
    }.get(kind, logging.ERROR)
    logging.getLogger("qt").log(level, "%s", message)

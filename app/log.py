"""Log: what happened, in a bounded file, and never with a word of a conversation.

What is logged before the first paint waits in memory: opening a file would delay that.
"""

import logging
from pathlib import Path

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


def keep_log() -> EarlyLog:
    """Take in what Python and Qt log from now on, for `start_log`."""
    early = EarlyLog()
    logging.basicConfig(level=logging.INFO, handlers=[early], force=True)
    logging.raiseExceptions = False
    qInstallMessageHandler(_on_qt_message)
    _log.info("Coprime %s starts", __version__)
    return early


def start_log(path: Path, early: EarlyLog) -> None:
    """Write the log to a file from now on, beginning with what was kept."""
    from logging.handlers import RotatingFileHandler

    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
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

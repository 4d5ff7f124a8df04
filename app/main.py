"""Main: builds everything, runs the loop, takes it down.

In this order: the command line is read; new files are closed to other users
and core dumps, which would hold keys, are switched off; `PRIME_…` variables
are taken out of the environment, so that no child inherits them; the data
folder is made and locked, for one Coprime per folder. Then the window is made
and painted, empty. Only then the rest is imported, and `live` runs on the one
loop: it makes the session, attaches the window to it and starts it: database,
tabs, accounts, network.

The end begins when the window is closed or the system asks for it (SIGTERM,
SIGINT). `live` is still running then, so it can stop replies, save them, and
close network and disk before the loop ends. `QApplication.quit` would end the
loop under it.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QMessageLogContext, QSettings, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

from app import __version__
from app.paths import FolderRefused, Paths, paths_below, user_paths
from app.store.errors import StoreError
from app.store.lock import FolderLock
from app.ui import theme
from app.ui.window import Window

if TYPE_CHECKING:
    from qasync import QEventLoop

    from app.session import Session

LOG_BYTES = 2 * 2**20
LOG_FILES = 3
USER_AGENT = f"Coprime/{__version__}"

_log = logging.getLogger("app")


def run(arguments: Sequence[str]) -> int:
    """Run Coprime to its end; returns the exit code."""
    options = read_options(arguments)
    environ = harden()
    paths = paths_below(options.data) if options.data else user_paths()
    try:
        paths.make()
    except FolderRefused as error:
        return tell(make_application(), str(error))
    early = keep_log()
    qapp = make_application()
    lock = FolderLock(paths.lock)
    try:
        is_first = lock.acquire()
    except StoreError:
        return tell(qapp, f"The folder {paths.data} cannot be written to.")
    if not is_first:
        return tell(qapp, "Coprime is already running with this data folder.")
    try:
        settings = QSettings(str(paths.settings), QSettings.Format.IniFormat)
        window = Window(follow_system(), settings)
        window.show()
        # Paints it. No loop and no task of ours exists yet that could be re-entered.
        qapp.processEvents()
        start_log(paths.log, early)
        # Not before: qasync brings asyncio, which takes as long as the window.
        from qasync import QEventLoop

        # Not qasync.run: it loses what comes after the last await.
        loop = QEventLoop(qapp)
        with loop:
            life = live(loop, window, paths, environ, demo=options.demo)
            return int(loop.run_until_complete(life))
    finally:
        lock.release()


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line can ask for."""

    demo: bool = False
    data: Path | None = None


def read_options(arguments: Sequence[str]) -> Options:
    """Return what the command line asks for; exits on --version, --help and mistakes."""
    if not arguments:
        return Options()
    import argparse

    parser = argparse.ArgumentParser(
        prog="coprime", description="Chat with the models of Prime Intellect Inference."
    )
    parser.add_argument("--version", action="version", version=f"Coprime {__version__}")
    parser.add_argument(
        "--demo", action="store_true", help="start with the demo inside Coprime; needs no account"
    )
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", help="keep everything below this folder"
    )
    return Options(**vars(parser.parse_args(arguments)))


def harden() -> Mapping[str, str]:
    """Close this process to other users and children; returns the environment as it was.

    Links are opened by programs that inherit the environment: they get no
    `PRIME_…` variable, and the `LD_LIBRARY_PATH` from before a frozen Coprime
    was started with its own.
    """
    environ = dict(os.environ)
    os.umask(0o077)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name in [name for name in os.environ if name.startswith("PRIME_")]:
        del os.environ[name]
    if getattr(sys, "frozen", False):
        before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
        os.environ.pop("LD_LIBRARY_PATH", None)
        if before is not None:
            os.environ["LD_LIBRARY_PATH"] = before
    return environ


class EarlyLog(logging.Handler):
    """Keeps what is logged before the first paint; opening a file would delay that."""

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
    """Write the log to a file: bounded, and never with a word of a conversation."""
    from logging.handlers import RotatingFileHandler

    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for record in early.records:
        handler.handle(record)


def make_application() -> QApplication:
    """Return the one QApplication, named so that the desktop knows it."""
    QApplication.setApplicationName("coprime")
    QApplication.setApplicationDisplayName("Coprime")
    QApplication.setApplicationVersion(__version__)
    QGuiApplication.setDesktopFileName("io.github.coprime.Coprime")
    qapp = QApplication(sys.argv[:1])
    qapp.setQuitOnLastWindowClosed(False)
    qapp.setStyle("Fusion")
    font = qapp.font()
    font.setPixelSize(theme.Type().base.size)
    qapp.setFont(font)
    return qapp


def tell(qapp: QApplication, sentence: str) -> int:
    """Say why Coprime does not start; returns the exit code."""
    print(sentence, file=sys.stderr)  # noqa: T201 - for those who started it from a shell
    qapp.setQuitOnLastWindowClosed(True)
    box = QMessageBox(QMessageBox.Icon.Information, "Coprime", sentence)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.open()
    # The application's own loop, not a dialog's: nothing else runs here.
    qapp.exec()
    return 1


async def live(
    loop: "QEventLoop", window: Window, paths: Paths, environ: Mapping[str, str], *, demo: bool
) -> int:
    """Bring the window to life, wait until the end is asked for, take all down."""
    from app.api.client import Client
    from app.session import Session
    from app.store.database import Database
    from app.store.secrets import Secrets

    install_generator_hooks(loop)
    session = Session(
        loop, Database(paths.database), Secrets(environ), Client(USER_AGENT), environ, demo=demo
    )
    hear_of_bugs(loop, session)
    ended = loop.create_future()
    window.closed.connect(lambda: ended.done() or ended.set_result(0))
    for number in (signal.SIGTERM, signal.SIGINT):
        end_on(loop, number, window)
    QGuiApplication.styleHints().colorSchemeChanged.connect(
        lambda: window.follow_system(follow_system())
    )
    window.attach(session, paths.data)
    session.start()
    code = await ended
    window.hide()
    await session.end()
    _log.info("Coprime ends")
    return int(code)


def follow_system() -> theme.Theme:
    """Return the theme the system asks for."""
    scheme = QGuiApplication.styleHints().colorScheme()
    return theme.dark() if scheme is Qt.ColorScheme.Dark else theme.light()


def install_generator_hooks(loop: "QEventLoop") -> None:
    """Let the loop close async generators that were not read to their end.

    WORKAROUND: https://github.com/CabbageDevelopment/qasync - its run_forever, unlike
    asyncio's own, does not install them. Can go once it does.
    """
    hooks = loop._asyncgen_firstiter_hook, loop._asyncgen_finalizer_hook
    sys.set_asyncgen_hooks(firstiter=hooks[0], finalizer=hooks[1])


def end_on(loop: "QEventLoop", number: signal.Signals, window: Window) -> None:
    """Close the window when the system sends a signal."""
    try:
        loop.add_signal_handler(number, window.close)
    except NotImplementedError:  # Windows
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(window.close))


def hear_of_bugs(loop: "QEventLoop", session: "Session") -> None:
    """Lead every exception nobody caught to the log and the window."""

    def on_exception(
        kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            session.report_bug(error)

    def on_thread_exception(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            loop.call_soon_threadsafe(session.report_bug, arguments.exc_value)

    def on_loop_exception(_loop: object, context: dict[str, object]) -> None:
        error = context.get("exception")
        session.report_bug(
            error if isinstance(error, BaseException) else RuntimeError(str(context["message"]))
        )

    sys.excepthook = on_exception
    threading.excepthook = on_thread_exception
    loop.set_exception_handler(on_loop_exception)


def _on_qt_message(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    level = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
    }.get(kind, logging.ERROR)
    logging.getLogger("qt").log(level, "%s", message)

"""Main: builds everything, runs the loop, takes it down.

In this order: the command line is read; new files are closed to other users
and core dumps, which would hold keys, are switched off; `PRIME_…` variables
are taken out of the environment, so that no child inherits them; the data
folder is made and locked, for one Coprime per folder. Then the window is made
and painted, empty, with nothing heavy imported; only after that paint does the
session start: database, tabs, accounts, network.

The end begins when the window is closed or the system asks for it (SIGTERM,
SIGINT). `live` is still running then, so it can stop replies, save them, and
close network and disk before the loop ends. `QApplication.quit` would end the
loop under it.
"""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QSettings, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

# PySide6 has to be imported before qasync, which would try other bindings first.
import qasync  # isort: skip

from app import __version__
from app.api.client import Client
from app.paths import FolderRefused, Paths, paths_below, user_paths
from app.session import Session
from app.store.database import Database
from app.store.lock import FolderLock
from app.store.secrets import Secrets
from app.ui import theme
from app.ui.window import Window

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
    start_log(paths.log)
    qapp = make_application()
    lock = FolderLock(paths.lock)
    if not lock.acquire():
        return tell(qapp, "Coprime is already running with this data folder.")
    try:
        # Not qasync.run: it loses what comes after the last await.
        loop = qasync.QEventLoop(qapp)
        with loop:
            return int(loop.run_until_complete(live(loop, paths, environ, demo=options.demo)))
    finally:
        lock.release()


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what the command line asks for; exits on --version, --help and mistakes."""
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
    return parser.parse_args(arguments)


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


def start_log(path: Path) -> None:
    """Write the log to a file: bounded, and never with a word of a conversation."""
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.raiseExceptions = False
    qInstallMessageHandler(_on_qt_message)
    _log.info("Coprime %s starts", __version__)


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
    qapp.exec()
    return 1


async def live(
    loop: qasync.QEventLoop, paths: Paths, environ: Mapping[str, str], *, demo: bool
) -> int:
    """Show the window, run the session until the end is asked for, take both down."""
    install_generator_hooks(loop)
    session = Session(
        loop, Database(paths.database), Secrets(environ), Client(USER_AGENT), environ, demo=demo
    )
    hear_of_bugs(loop, session)
    settings = QSettings(str(paths.settings), QSettings.Format.IniFormat)
    window = Window(session, follow_system(), settings)
    ended = loop.create_future()
    window.closed.connect(lambda: ended.done() or ended.set_result(0))
    for number in (signal.SIGTERM, signal.SIGINT):
        end_on(loop, number, window)
    window.painted.connect(session.start, Qt.ConnectionType.QueuedConnection)
    QGuiApplication.styleHints().colorSchemeChanged.connect(
        lambda: window.set_theme(follow_system())
    )
    window.show()
    code = await ended
    window.hide()
    await session.end()
    settings.sync()
    _log.info("Coprime ends")
    return int(code)


def follow_system() -> theme.Theme:
    """Return the theme the system asks for."""
    scheme = QGuiApplication.styleHints().colorScheme()
    return theme.dark() if scheme is Qt.ColorScheme.Dark else theme.light()


def install_generator_hooks(loop: qasync.QEventLoop) -> None:
    """Let the loop close async generators that were not read to their end.

    WORKAROUND: https://github.com/CabbageDevelopment/qasync - its run_forever, unlike
    asyncio's own, does not install them. Can go once it does.
    """
    hooks = loop._asyncgen_firstiter_hook, loop._asyncgen_finalizer_hook
    sys.set_asyncgen_hooks(firstiter=hooks[0], finalizer=hooks[1])


def end_on(loop: qasync.QEventLoop, number: signal.Signals, window: Window) -> None:
    """Close the window when the system sends a signal."""
    try:
        loop.add_signal_handler(number, window.close)
    except NotImplementedError:  # Windows
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(window.close))


def hear_of_bugs(loop: qasync.QEventLoop, session: Session) -> None:
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

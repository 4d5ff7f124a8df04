"""Main: builds everything, runs the loop, takes it down.

In this order: the command line is read; new files are closed to other users
and core dumps, which would hold keys, are switched off; `PRIME_…` variables
are taken out of the environment, so that no child inherits them; the data
folder is made and locked, for one Coprime per folder: a later one has the first show
itself, see `instance`, and ends. Then the window is made
and painted, as an outline. Only then the rest is imported, and `live` runs on the
one loop: it makes the session, attaches the window to it and starts it: database,
tabs, accounts, network. What makes all that cheap is in `starting`.

The end begins when the window is closed or the system asks for it, see `ending`.
`live` is still running then, so it can stop replies, save them, and close network
and disk before the loop ends. `last_run` tells the next start whether it came so far.
"""

import importlib
import logging
import sys
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEventLoop as PlainLoop
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app import APP_ID, COMMAND, NAME, __version__, starting
from app.bugs import hear_of_bugs
from app.ending import Application, Signals, close_when_asked, save_when_asked
from app.hardening import forget_bundle, harden
from app.last_run import LastRun
from app.log import keep_log, start_log
from app.options import read_options
from app.paths import FolderRefused, Paths, paths_below, user_paths
from app.store.errors import StoreError
from app.store.lock import FolderLock
from app.threads import Threads
from app.ui import outside, theme
from app.ui.window import APPEARANCE, Window

if TYPE_CHECKING:
    from qasync import QEventLoop

    from app.session import Session

USER_AGENT = f"Coprime/{__version__}"
PAINTED_WITHIN_MS = 500
"""A window that is not shown, say minimised, is never painted."""
LISTEN_AFTER_MS = 500
"""Until then the window has more important things to load. Later starts wait for it."""
PIECES = (
    "app.session",
    "app.api.client",
    "app.ui.models_pane",
    "app.ui.conversation_desk",
    "app.ui.account_desk",
)
"""What takes long to import; between two the window follows the person's hand."""

_log = logging.getLogger("app")


def run(arguments: Sequence[str]) -> int:
    """Run Coprime to its end; returns the exit code."""
    options = read_options(arguments)
    given = harden()
    if options.self_test:
        return test_self()
    paths = paths_below(options.data) if options.data else user_paths()
    try:
        paths.make()
    except FolderRefused as error:
        return tell(make_application(), str(error))
    signals = Signals()
    signals.hold()
    early = keep_log()
    qapp = make_application()
    qapp.setProperty(outside.UMASK, given.umask)
    lock = FolderLock(paths.lock)
    try:
        is_first = lock.acquire() or show_first(lock, paths, signals)
    except StoreError:
        signals.let_through()
        return tell(qapp, f"The folder {paths.data} cannot be written to.")
    if is_first is None:
        signals.let_through()  # Whoever asked for the end meanwhile has it now.
        return tell(qapp, "Coprime is already running with this data folder.")
    if not is_first:
        return 0
    last_run = LastRun(paths.logs)
    last_run.begin()
    try:
        settings = QSettings(str(paths.settings), QSettings.Format.IniFormat)
        window = Window(first_look(settings), settings)
        close_when_asked(window)
        paint(window)
        report = last_run.report(paths.log)
        start_log(paths.log, early)
        # Not before: qasync brings asyncio, which takes as long as the window.
        from qasync import QEventLoop

        # Not qasync.run: it loses what comes after the last await.
        loop = QEventLoop(qapp)
        loop.set_default_executor(Threads())
        with loop:
            life = live(loop, window, paths, given.environ, signals, report, demo=options.demo)
            code = run_to_end(loop, life, qapp)
    except BaseException as error:
        # Where, not what it says: a desktop keeps what its programs print.
        print(last_run.note(error), file=sys.stderr)  # noqa: T201
        return 1
    else:
        last_run.end()
        return code
    finally:
        lock.release()


def run_to_end(loop: "QEventLoop", life: Coroutine[Any, Any, int], qapp: Application) -> int:
    """Run the loop to the end of `live`; returns the exit code.

    Qt stops the loop when its desktop has gone, such as an X server that was ended. Then
    nothing can be shown or asked any more, and what is not saved is saved.
    """
    task = loop.create_task(life)
    try:
        return int(loop.run_until_complete(task))
    except RuntimeError:
        if task.done():
            raise
        _log.info("the desktop has gone")
        qapp.save_wanted.emit()
        return 1


def test_self() -> int:
    """Print what this copy has of what it needs; returns 1 if anything is missing."""
    qapp = make_application()
    from qasync import QEventLoop

    from app.self_test import prove

    loop = QEventLoop(qapp)
    with loop:
        install_generator_hooks(loop)
        findings = loop.run_until_complete(prove(loop))
    for finding in findings:
        # A program without a console, as on Windows, has nowhere to print.
        if sys.stdout is not None:
            print(finding.line())  # noqa: T201 - asked for on the command line
    return int(any(finding.missing for finding in findings))


def make_application() -> Application:
    """Return the one QApplication, named so that the desktop knows it."""
    QApplication.setApplicationName(COMMAND)
    QApplication.setApplicationDisplayName(NAME)
    QApplication.setApplicationVersion(__version__)
    QGuiApplication.setDesktopFileName(APP_ID)
    # Its first argument is what X11 desktops know the window by, however it was started.
    qapp = Application([COMMAND])
    forget_bundle()
    qapp.setQuitOnLastWindowClosed(False)
    qapp.setStyle("Fusion")
    font = qapp.font()
    font.setPixelSize(theme.Type().base.size)
    qapp.setFont(font)
    return qapp


def first_look(settings: QSettings) -> theme.Theme:
    """Return the theme the last run had: what is chosen is read from disk only later."""
    kept = settings.value(APPEARANCE)
    if kept in ("light", "dark"):
        return theme.dark() if kept == "dark" else theme.light()
    return follow_system()


def paint(window: Window) -> None:
    """Show a window, and return when it was painted.

    In a loop of Qt's own: no task of ours exists yet that could be re-entered, and
    desktops ask for the first picture when it suits them.
    """
    loop = PlainLoop()
    patience = QTimer()
    patience.timeout.connect(loop.quit)
    patience.start(PAINTED_WITHIN_MS)
    window.painted.connect(loop.quit)
    window.show()
    loop.exec()
    # What was painted waits to be sent where the desktop is another process.
    QApplication.processEvents()


def tell(qapp: Application, sentence: str) -> int:
    """Say why Coprime does not start; returns the exit code."""
    print(sentence, file=sys.stderr)  # noqa: T201 - for those who started it from a shell
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(QMessageBox.Icon.Information, "Coprime", sentence)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.finished.connect(lambda: qapp.exit(1))
    qapp.quit_wanted.connect(box.close)
    box.open()
    # The application's own loop, not a dialog's: nothing else runs here.
    return qapp.exec()


async def live(
    loop: "QEventLoop",
    window: Window,
    paths: Paths,
    environ: Mapping[str, str],
    signals: Signals,
    report: Path | None,
    *,
    demo: bool,
) -> int:
    """Bring the window to life, wait until the end is asked for, take all down."""
    import asyncio

    install_generator_hooks(loop)
    ended = loop.create_future()
    window.closed.connect(lambda: ended.done() or ended.set_result(0))
    signals.lead_to(loop, window)
    for piece in PIECES:
        importlib.import_module(piece)
        await asyncio.sleep(0)
        if not window.isVisible():
            return 0
    from app.api.client import Client
    from app.garbage import Garbage
    from app.session import Session
    from app.store.database import Database
    from app.store.secrets import Secrets

    session = Session(
        loop, Database(paths.database), Secrets(environ), Client(USER_AGENT), environ, demo=demo
    )
    hear_of_bugs(loop, session)
    QGuiApplication.styleHints().colorSchemeChanged.connect(
        lambda: window.follow_system(follow_system())
    )
    tell_of_crash(session, window, paths, report)
    save_when_asked(session, window)
    window.attach(session, paths, follow_system())
    session.start()
    starting.settle()
    Garbage(window)
    QTimer.singleShot(LISTEN_AFTER_MS, window, lambda: hear_later_starts(paths, window))
    code = await ended
    window.hide()
    await session.end()
    _log.info("Coprime ends")
    return int(code)


def show_first(lock: FolderLock, paths: Paths, signals: Signals) -> bool | None:
    """Let the Coprime that has the folder show itself: see `instance.become_first`."""
    from app.instance import become_first

    return become_first(lock, paths.data, lambda: signals.was_asked)


def hear_later_starts(paths: Paths, window: Window) -> None:
    """Let later starts bring the window to the front, while there is one."""
    if window.isVisible():
        # QtNetwork is 3 MB that the window does not wait for.
        from app.instance import Doorbell

        bell = Doorbell(paths.data, window.come_forward, window)
        window.closed.connect(bell.close)
        if not bell.listen():
            _log.info("Later starts cannot be heard")


def tell_of_crash(session: "Session", window: Window, paths: Paths, report: Path | None) -> None:
    """Offer the report of the last run, if it crashed; the newest one stays in the menu."""
    from app.chat.circumstance import About, Circumstance
    from app.crash_report import kept

    window.crash_report = next(iter(kept(paths.logs)), None)
    if report is not None:
        crashed = Circumstance(About.CRASHED)
        session.started.connect(lambda: session.circumstance_arose.emit(crashed))


def follow_system() -> theme.Theme:
    """Return the theme the system asks for."""
    # As late as may be: it makes 90 enumerations, a tenth of the time to the first paint.
    from PySide6.QtCore import Qt

    scheme = QGuiApplication.styleHints().colorScheme()
    return theme.dark() if scheme is Qt.ColorScheme.Dark else theme.light()


def install_generator_hooks(loop: "QEventLoop") -> None:
    """Let the loop close async generators that were not read to their end.

    WORKAROUND: https://github.com/CabbageDevelopment/qasync - its run_forever, unlike
    asyncio's own, does not install them. Can go once it does.
    """
    hooks = loop._asyncgen_firstiter_hook, loop._asyncgen_finalizer_hook
    sys.set_asyncgen_hooks(firstiter=hooks[0], finalizer=hooks[1])

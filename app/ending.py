"""Ending: whatever can ask Coprime to end, and what is saved when it must end at once.

The person closes the window; the system sends a signal, from the very start; the desktop
asks the application to quit. All of them close the window, and the end begins. Where
the desktop ends its session (Windows, macOS), what is in memory is saved before its
question is answered: the process may not live to see the end of the loop.
"""

import signal
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QApplication

from app.ui.unfailing import unfailing
from app.ui.window import Window

if TYPE_CHECKING:
    from qasync import QEventLoop

    from app.session import Session

SAVE_S = 1.0
"""How long the end of the desktop's session is held up for saving."""
SIGNALS = [signal.SIGTERM, signal.SIGINT]
if sys.platform != "win32":
    SIGNALS.append(signal.SIGHUP)


class Application(QApplication):
    """The application: asked to quit, it says so and does not stop the loop.

    Signals:
        quit_wanted: the desktop, or a menu of its own, asked to quit.
        save_wanted: the desktop ends its session; what is not saved now may never be.
    """

    quit_wanted = Signal()
    save_wanted = Signal()

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self.commitDataRequest.connect(lambda _manager: self.save_wanted.emit())
        self.saveStateRequest.connect(lambda _manager: self.save_wanted.emit())
        if sys.platform == "win32":
            # Where it comes of the session's end, nothing of ours runs after it.
            self.aboutToQuit.connect(self.save_wanted)

    @unfailing
    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Quit:
            # Left to Qt, it would end the loop under the tasks that save.
            self.quit_wanted.emit()
            return True
        return super().event(event)


class Signals:
    """What the system asks for, from the first moment: nothing of it is lost or kills."""

    def __init__(self) -> None:
        self.was_asked = False
        """Whether the end was asked for while it could only be remembered."""

    def hold(self) -> None:
        """Remember that the end was asked for, until there is a window to close."""
        for number in SIGNALS:
            # Whoever started it may have said that it outlives its terminal.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def lead_to(self, loop: "QEventLoop", window: Window) -> None:
        """Close the window when the end is asked for, or was."""
        for number in SIGNALS:
            if signal.getsignal(number) is signal.SIG_IGN:
                continue
            try:
                loop.add_signal_handler(number, window.close)
            except NotImplementedError:  # Windows
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(window.close))
        if self.was_asked:
            loop.call_soon(window.close)

    def let_through(self) -> None:
        """Let the system end the process by itself: there is nothing to save."""
        for number in SIGNALS:
            if signal.getsignal(number) == self._on_signal:
                signal.signal(number, signal.SIG_DFL)
        if self.was_asked:
            signal.raise_signal(signal.SIGTERM)

    def _on_signal(self, *_: object) -> None:
        self.was_asked = True


def close_when_asked(window: Window) -> None:
    """Close the window when the desktop asks the application to quit, from now on."""
    _application().quit_wanted.connect(window.close)


def save_when_asked(session: "Session", window: Window) -> None:
    """Save everything when the desktop ends its session."""

    def save() -> None:
        window.remember()
        session.save_now(SAVE_S)

    _application().save_wanted.connect(save)


def _application() -> Application:
    qapp = QApplication.instance()
    assert isinstance(qapp, Application)
    return qapp

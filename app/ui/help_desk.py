"""HelpDesk: the command palette, the shortcuts, diagnostics and the window about Coprime.

What it opens is imported and made when it is first wanted.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QSettings

from app.session import Session
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.ui.about_window import AboutWindow
    from app.ui.palette_desk import PaletteDesk
    from app.ui.shortcuts_window import ShortcutsWindow
    from app.ui.window import Window


def tr(text: str) -> str:
    """Return a text of the help in the person's language."""
    return QCoreApplication.translate("HelpDesk", text)


class HelpDesk(QObject):
    """The verbs of what helps to find one's way, and to tell others what is wrong."""

    def __init__(
        self, session: Session, window: "Window", settings: QSettings, theme: Theme, logs: Path
    ) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._settings = settings
        self._theme = theme
        self._logs = logs
        self._palette: PaletteDesk | None = None
        self._shortcuts: ShortcutsWindow | None = None
        self._about: AboutWindow | None = None
        self._keyring: str | None = None
        self._copied = ""
        """What was copied and waits for the name of the keyring."""
        session.accounts.keyring_found.connect(self._on_keyring_found)

    def by_name(self) -> dict[str, Callable[[], object]]:
        """Return the verbs by the names of their actions."""
        return {
            "palette": self.toggle_palette,
            "shortcuts": self.open_shortcuts,
            "copy_diagnostics": self.copy_diagnostics,
            "open_log": self.open_log,
            "about": self.open_about,
        }

    def set_theme(self, theme: Theme) -> None:
        """Show what is open in another theme."""
        self._theme = theme
        if self._palette is not None:
            self._palette.palette.set_theme(theme)
        for window in (self._shortcuts, self._about):
            if window is not None:
                window.set_theme(theme)

    def toggle_palette(self) -> None:
        """Show the command palette, or put it away."""
        if self._palette is None:
            from app.ui.palette_desk import PaletteDesk

            window = self._window
            self._palette = PaletteDesk(
                self._session,
                window,
                window.actions_by_name,
                self._settings,
                self._theme,
                go_to=window.conversations.chosen.emit,
                use_model=window.models.chosen.emit,
            )
        self._palette.toggle()

    def open_shortcuts(self) -> None:
        """Show every key there is."""
        from app.chat.settings import SendKey
        from app.ui.shortcuts_window import ShortcutsWindow

        if self._shortcuts is None:
            enter_sends = self._session.preferences.now.send_key is SendKey.ENTER
            self._shortcuts = ShortcutsWindow(self._window, self._theme, enter_sends=enter_sends)
            self._shortcuts.finished.connect(self._on_shortcuts_finished)
        self._shortcuts.open()

    def open_about(self) -> None:
        """Show versions and licences."""
        from app.ui.about_window import AboutWindow

        if self._about is None:
            self._about = AboutWindow(self._window, self._theme)
            self._about.finished.connect(self._on_about_finished)
            self._about.diagnostics_requested.connect(self.copy_diagnostics)
        self._about.open()

    def copy_diagnostics(self) -> None:
        """Put the diagnostics on the clipboard, and say what is in them."""
        from app.ui.notice import Act, Notice, Offer, Tone

        if self._keyring is None:
            self._session.accounts.look_for_keyring()
        self._copied = self._put_on_clipboard()
        if self._about is not None:
            self._about.tell_copied()
            return
        headline = tr("Diagnostics copied.")
        rest = tr("Versions, settings and counts. No texts, names, keys or addresses.")
        offers = (Offer(Act.DISMISS, tr("Dismiss")),)
        self._window.notice_bar.add(Notice(Tone.QUIET, headline, rest, offers))

    def open_log(self) -> None:
        """Show the folder of the log in the system's file manager, or say where it is."""
        self._window.open_path(self._logs)

    def _put_on_clipboard(self) -> str:
        from PySide6.QtGui import QGuiApplication

        from app.ui.diagnostics import report

        text = report(self._session, self._window, self._keyring)
        QGuiApplication.clipboard().setText(text)
        return text

    def _on_keyring_found(self, name: str) -> None:
        from PySide6.QtGui import QGuiApplication

        self._keyring = name
        waiting, self._copied = self._copied, ""
        # Unless something else was copied meanwhile.
        if waiting and QGuiApplication.clipboard().text() == waiting:
            self._put_on_clipboard()

    def _on_shortcuts_finished(self) -> None:
        self._shortcuts = None

    def _on_about_finished(self) -> None:
        self._about = None

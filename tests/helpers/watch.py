"""Watch: what a program does to the world around it while its window is looked at."""

import sys
from typing import Any

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

_SCHEMES = (
    *("http", "https", "ftp", "file", "data", "javascript", "vbscript", "mailto"),
    *("smb", "ms-msdt", "search-ms", "vscode", "coprime"),
)
_ACTS = (
    *("open", "os.listdir", "os.scandir", "socket.connect", "socket.getaddrinfo"),
    *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork"),
)
"""Audit events. https://docs.python.org/3/library/audit_events.html"""


class Watch(QObject):
    """Writes down what is opened, connected to and started, from now on.

    What Qt does by itself is not heard, but for addresses handed to the system.
    """

    def __init__(self) -> None:
        super().__init__()
        self.acts: list[list[str]] = []
        """What Python did: its audit event, and what that was done to."""
        self.addresses: list[str] = []
        """What was handed to the system to be opened. None of it is."""
        sys.addaudithook(self._on_audit)
        for scheme in _SCHEMES:
            # The stubs say bytes, and bytes are refused.
            QDesktopServices.setUrlHandler(scheme, self, "on_opened")  # type: ignore[arg-type]

    @Slot(QUrl)
    def on_opened(self, url: QUrl) -> None:
        """Write down an address."""
        self.addresses.append(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))

    def _on_audit(self, event: str, values: tuple[Any, ...]) -> None:
        if event in _ACTS:
            self.acts.append([event, *(str(value) for value in values[:2])])

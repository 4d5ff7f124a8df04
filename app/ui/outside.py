"""Outside: addresses and files that other programs of the desktop open.

What they inherit is what Coprime was started with, not how it closes itself off: a browser
that makes files nobody else may read would be a riddle to its user.
"""

import os

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

UMASK = "umask"
"""Property of the application: the umask Coprime was started with."""


def open_outside(url: QUrl) -> bool:
    """Have the desktop open an address or a file; returns whether it knows a program for it."""
    qapp = QGuiApplication.instance()
    given = None if qapp is None else qapp.property(UMASK)
    if not isinstance(given, int):
        return QDesktopServices.openUrl(url)
    ours = os.umask(given)
    try:
        return QDesktopServices.openUrl(url)
    finally:
        os.umask(ours)

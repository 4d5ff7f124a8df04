"""Diagnostics: what somebody who looks into a problem wants to know of this computer.

Versions, what is set, and how much of everything there is. Never a text, a title, a key,
a team, the name of an account or a model, an address, or a path.
"""

import locale
import os
import platform
import sys
from collections.abc import Iterable

import PySide6
from PySide6.QtCore import QLocale, qVersion
from PySide6.QtGui import QAccessible, QGuiApplication, QScreen
from PySide6.QtWidgets import QApplication, QWidget

from app import __version__
from app.chat.account import PRIME_ENDPOINT
from app.session import Session

_TOLD = ("QT_", "QSG_", "XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE")
"""Beginnings of the names of variables that change how the window looks."""
_VALUES = {"QT_SCALE_FACTOR", "XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE"}
"""Variables whose values are told; of the others, which may hold a path, that they are set."""


def report(session: Session, window: QWidget, keyring: str | None) -> str:
    """Return the diagnostics as text, a line each.

    keyring: what people call the keyring; empty if there is none, None if not known.
    """
    facts = {
        "Coprime": f"{__version__}, {_origin()}",
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        "Qt": f"{qVersion()}, PySide {PySide6.__version__}",
        "SQLite": session.sqlite_version,
        "System": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "Distribution": _distribution(),
        "C library": " ".join(platform.libc_ver()).strip(),
        "Display": _display(),
        "Screens": "; ".join(_screen(each, window) for each in QGuiApplication.screens()),
        "Window": f"{window.width()} × {window.height()} at {window.devicePixelRatio():g}",
        "Style": f"{QApplication.style().name()}, font {QApplication.font().family()}",
        "Variables": ", ".join(_variables()) or "none",
        "Language": f"{QLocale.system().name()}, {locale.getpreferredencoding(False)}",
        "Screen reader": "asked" if QAccessible.isActive() else "no",
        "Keyring": "not known yet" if keyring is None else keyring or "none",
        "Settings": _settings(session),
        "Accounts": _accounts(session),
        "Counts": _counts(session),
    }
    return "\n".join(f"{name}: {value}" for name, value in facts.items() if value) + "\n"


def versions() -> str:
    """Return the versions of what Coprime runs on, in one line."""
    python = platform.python_version()
    return f"Python {python} · Qt {qVersion()} · PySide {PySide6.__version__}"


def _origin() -> str:
    return "packaged" if getattr(sys, "frozen", False) else "from source"


def _distribution() -> str:
    try:
        found = platform.freedesktop_os_release()
    except OSError:
        return ""
    return found.get("PRETTY_NAME", found.get("NAME", ""))


def _display() -> str:
    scheme = QGuiApplication.styleHints().colorScheme().name.lower()
    return f"{QGuiApplication.platformName()}, system colours {scheme}"


def _screen(screen: QScreen, window: QWidget) -> str:
    size, ratio = screen.size(), screen.devicePixelRatio()
    words = (
        f"{size.width()} × {size.height()} at {ratio:g}, "
        f"{screen.logicalDotsPerInch():.0f} dpi, {screen.refreshRate():.0f} Hz"
    )
    return f"{words} (here)" if screen is window.screen() else words


def _variables() -> Iterable[str]:
    for name in sorted(os.environ):
        if name in _VALUES:
            yield f"{name}={os.environ[name]}"
        elif name.startswith(_TOLD):
            yield f"{name} is set"


def _settings(session: Session) -> str:
    now = session.preferences.now
    return ", ".join(
        (
            f"appearance {now.appearance}",
            f"reading width {now.reading_width}",
            f"text {now.text_scale:g}",
            f"send with {now.send_key}",
            f"proxy {now.proxy_choice}",
            f"models by {now.model_order}",
            f"{len(now.favourites)} favourites",
        )
    )


def _accounts(session: Session) -> str:
    every = session.accounts.all
    kinds = {
        "with a team": sum(each.team is not None for each in every),
        "at another address": sum(
            not each.is_demo and each.endpoint != PRIME_ENDPOINT for each in every
        ),
        "demo": sum(each.is_demo for each in every),
    }
    return ", ".join([str(len(every)), *(f"{count} {kind}" for kind, count in kinds.items())])


def _counts(session: Session) -> str:
    desk = session.desk
    models = 0
    if desk.front is not None:
        models = len(session.catalogues.of(desk.heading(desk.front).account_id).models)
    replies = sum(len(each.open_replies) for each in desk.open)
    return (
        f"{len(desk.headings)} conversations, {len(desk.tabs)} tabs, {models} models, "
        f"{replies} replies under way"
    )

"""Heard lives: the interfaces there are, and how long they live.

The law: an interface lives until its transcript is gone: Qt keeps its address, so it
is Qt that deletes it, and only then is it let go of here.
"""

from typing import cast
from weakref import ref

from PySide6.QtGui import QAccessible, QAccessibleInterface
from shiboken6 import Shiboken

from app.ui.transcript.hearable import HearableSurface

_kept: dict[int, list[QAccessibleInterface]] = {}
"""All interfaces there are, by the number of their transcript."""


def numbers() -> set[int]:
    """Return the numbers of the transcripts that have interfaces."""
    return set(_kept)


def keep(number: int, interface: QAccessibleInterface) -> None:
    """Hold on to an interface for as long as its transcript is there."""
    _kept.setdefault(number, []).append(interface)


def release(number: int) -> None:
    """Let go of the interfaces of a transcript that is no more."""
    for interface in reversed(_kept.pop(number, [])):
        # Qt has deleted the list itself by now, or does so here.
        if Shiboken.isValid(interface):
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(interface))


def surface_in_view(source: ref[HearableSurface], message_id: int) -> HearableSurface | None:
    """Return the surface a message is on; None once it is not there any more."""
    surface = source()
    if surface is None or not Shiboken.isValid(surface):
        return None
    return surface if surface.reading_index(message_id) >= 0 else None


def address_of(part: object) -> int:
    """Return what Qt is handed for a part of an interface: its address.

    The kind PySide has for it in its stubs is nominal.
    """
    return cast("int", part)


def nothing() -> int:
    """Return the address of nothing.

    WORKAROUND: https://code.qt.io/cgit/pyside/pyside-setup.git - where it takes an
    address, it ends the program at None and at 0.
    """
    return cast("int", Shiboken.VoidPtr(0))

"""Out values: the two questions about a text that Python cannot answer by itself.

WORKAROUND: https://code.qt.io/cgit/pyside/pyside-setup.git - its
typesystem_gui_common.xml removes `selection` and `attributes` from
`QAccessibleTextInterface`, as they answer through pointers. What stands in for them
leaves these untouched, so that a screen reader is told what happened to lie there.
Both are set right in the table of functions of the C++ object. Can go once the class
has them in Python.

Nothing is touched unless three neighbours in that table are the functions that Qt
exports by name: then its order is the one that is known here.
"""

import ctypes
import platform
import sys
from collections.abc import Callable
from functools import cache
from typing import Protocol
from weakref import WeakValueDictionary

from PySide6.QtGui import QAccessibleTextInterface
from shiboken6 import Shiboken

_LIBRARIES = {"linux": "libQt6Gui.so.6"}
"""By platform, where the layout of the table was seen to be this one."""
_SYMBOL = "_ZNK24QAccessibleTextInterface{name}EiN11QAccessible16TextBoundaryTypeEPiS2_"
_NAMED = {10: "16textBeforeOffset", 11: "15textAfterOffset", 12: "12textAtOffset"}
_SELECTION, _ATTRIBUTES = 2, 17
_ABOVE, _SLOTS = 2, 18
"""What C++ keeps above the first function, and how many functions there are."""
_POINTER = ctypes.sizeof(ctypes.c_void_p)


class Stretches(Protocol):
    """A text that knows which of its stretches are selected, and which look the same."""

    def selected_stretch(self, index: int) -> tuple[int, int]:
        """Return where a selection begins and ends."""
        ...

    def even_stretch(self, offset: int) -> tuple[int, int]:
        """Return where the stretch around an offset begins and ends that looks the same."""
        ...


_texts: WeakValueDictionary[int, Stretches] = WeakValueDictionary()
"""Those that were mended, by address."""


def mend(text: QAccessibleTextInterface, stretches: Stretches) -> bool:
    """Let a text tell of its selection; return whether that can be done here."""
    address = _address_of(text)
    table = _mended(ctypes.c_void_p.from_address(address).value or 0)
    if table is None:
        return False
    _texts[address] = stretches
    ctypes.c_void_p.from_address(address).value = ctypes.addressof(table) + _ABOVE * _POINTER
    return True


def _address_of(text: QAccessibleTextInterface) -> int:
    found: tuple[int, ...] = Shiboken.getCppPointer(text)
    return found[0]


@cache
def _mended(table: int) -> "ctypes.Array[ctypes.c_void_p] | None":
    """Return a table of functions with those that were left out; None if it is not known."""
    if not _is_known(table):
        return None
    kind = ctypes.c_void_p * (_ABOVE + _SLOTS)
    mended = kind.from_buffer_copy(ctypes.string_at(table - _ABOVE * _POINTER, ctypes.sizeof(kind)))
    mended[_ABOVE + _SELECTION] = ctypes.cast(_tell_selection, ctypes.c_void_p)
    if platform.machine().lower() in ("x86_64", "amd64"):
        # Elsewhere what is returned goes a way that cannot be spoken here.
        mended[_ABOVE + _ATTRIBUTES] = ctypes.cast(_tell_attributes, ctypes.c_void_p)
    return mended


def _is_known(table: int) -> bool:
    library = _LIBRARIES.get(sys.platform)
    if library is None or _POINTER != 8:
        return False
    slots = (ctypes.c_void_p * _SLOTS).from_address(table)
    try:
        qt = ctypes.CDLL(library)
        known = {
            slot: ctypes.cast(getattr(qt, _SYMBOL.format(name=name)), ctypes.c_void_p).value
            for slot, name in _NAMED.items()
        }
    except (OSError, AttributeError):
        return False
    return all(slots[slot] == address for slot, address in known.items())


def _put(found: tuple[int, int], start: int, end: int) -> None:
    ctypes.c_int.from_address(start).value, ctypes.c_int.from_address(end).value = found


def _answer(
    address: int, ask: Callable[[Stretches], tuple[int, int]], start: int, end: int
) -> None:
    text = _texts.get(address)
    _put((0, 0) if text is None else ask(text), start, end)


def _answer_selection(address: int, index: int, start: int, end: int) -> None:
    _answer(address, lambda text: text.selected_stretch(index), start, end)


def _answer_attributes(result: int, address: int, offset: int, start: int, end: int) -> int:
    # An empty QString is three words of nothing.
    ctypes.memset(result, 0, 3 * _POINTER)
    _answer(address, lambda text: text.even_stretch(offset), start, end)
    return result


_P, _I = ctypes.c_void_p, ctypes.c_int
_tell_selection = ctypes.CFUNCTYPE(None, _P, _I, _P, _P)(_answer_selection)
_tell_attributes = ctypes.CFUNCTYPE(_P, _P, _P, _I, _P, _P)(_answer_attributes)
"""What C++ calls. They are called as long as there are tables, which is for ever."""

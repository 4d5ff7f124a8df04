"""Starting: what makes a start cheap, before anything of ours is imported and after the last.

`begin` comes first, `settle` when all is imported and the parts of the window are made.
"""

import builtins
import gc
import sys

_TURN_S = 0.0005


def begin() -> None:
    """Let imports cost what they cost in Python, and collect no garbage while they last."""
    gc.disable()
    # Before the import is put back: with Qt comes what replaces it.
    import PySide6.QtCore  # noqa: F401

    restore_import()


def restore_import() -> None:
    """Take PySide's place in every import away from it.

    WORKAROUND: https://bugreports.qt.io/browse/PYSIDE-2029 - for `from __feature__
    import …`, which Coprime does not use, PySide reads the source of every module
    imported after it, and `linecache` keeps all of it: a fifth of the start and 15 MB
    for ever. Can go once PySide does so only for those who use it.
    """
    original = getattr(builtins, "__orig_import__", None)
    if original is not None:
        builtins.__import__ = original


def settle() -> None:
    """Never search for garbage in what was made by now, and let the window go first.

    A thread that imports gives way to the window's within `_TURN_S`. It would hold it up
    for 5 ms at each call into Qt otherwise: a frame of 2 ms takes 25 then (measured).
    """
    gc.freeze()
    sys.setswitchinterval(_TURN_S)

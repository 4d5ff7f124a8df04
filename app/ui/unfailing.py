"""Unfailing: overrides that Qt calls, and that no exception leaves."""

import sys
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

W = TypeVar("W")
P = ParamSpec("P")
T = TypeVar("T")


def unfailing(override: Callable[Concatenate[W, P], T]) -> Callable[Concatenate[W, P], T]:
    """Return an override of Qt's that reports what goes wrong in it, and then says False.

    WORKAROUND: https://code.qt.io/cgit/pyside/pyside-setup.git/tree/sources/shiboken6/libshiboken/sbkerrors.cpp
    - an exception that leaves an override which Qt called in the middle of a call of ours
    is kept, and raised again by whatever call returns next. References are lost on the way,
    and half of the time the program faults soon after. Seen with PySide 6.11.3. Can go
    once `test_a_mistake_while_painting_is_survived` passes without.
    """

    @wraps(override)
    def guarded(self: W, /, *values: P.args, **named: P.kwargs) -> T:
        try:
            return override(self, *values, **named)
        except Exception as error:
            # A painter that nobody ended is ended here: Qt is about to go on without it.
            traceback.clear_frames(error.__traceback__)
            sys.excepthook(type(error), error, error.__traceback__)
            # Where an override returns nothing, Qt does not look at it.
            return cast(T, False)

    return guarded

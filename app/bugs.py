"""Bugs: exceptions nobody caught, on their way to the log and the window."""

import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qasync import QEventLoop

    from app.session import Session


def hear_of_bugs(loop: "QEventLoop", session: "Session") -> None:
    """Lead every exception nobody caught to the log and the window.

    Later, not now: it may have come up in the middle of painting, or of the very
    notice that would tell of it.
    """

    def report(error: BaseException) -> None:
        with suppress(RuntimeError):  # The loop is closed already.
            loop.call_soon_threadsafe(session.report_bug, error)

    def on_exception(
        kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            report(error)

    def on_thread_exception(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            report(arguments.exc_value)

    def on_loop_exception(_loop: object, context: dict[str, object]) -> None:
        error = context.get("exception")
        report(error if isinstance(error, BaseException) else RuntimeError(str(context["message"])))

    def on_unraisable(arguments: "sys.UnraisableHookArgs") -> None:
        # Not printed, as Python would: its words may be anybody's, and desktops keep them.
        if arguments.exc_value is not None:
            report(arguments.exc_value)

    sys.excepthook = on_exception
    threading.excepthook = on_thread_exception
    sys.unraisablehook = on_unraisable
    loop.set_exception_handler(on_loop_exception)

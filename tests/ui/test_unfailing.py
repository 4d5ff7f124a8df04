"""No exception leaves what Qt calls."""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from types import FunctionType

import pytest
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import app
from app.ui.unfailing import unfailing

ASKED = "app.ui.transcript.heard_"
"""What a screen reader asks from outside comes in no call of ours."""


def overrides() -> Iterator[tuple[str, FunctionType]]:
    """Return what Qt calls and that gives nothing back, or yes or no, with its name."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name.endswith("__main__") or module.name.startswith(ASKED):
            continue
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            of_qt = [each for each in kind.__mro__ if each.__module__.startswith("PySide6")]
            if kind.__module__ != module.name or not of_qt:
                continue
            for name, value in vars(kind).items():
                is_plain = isinstance(value, FunctionType) and not name.startswith("__")
                if is_plain and hasattr(of_qt[0], name):
                    gives = inspect.signature(inspect.unwrap(value)).return_annotation
                    if gives in (None, bool):
                        yield f"{kind.__qualname__}.{name}", value


def test_every_override_is_guarded() -> None:
    found = dict(overrides())
    assert len(found) > 100
    assert [name for name, each in found.items() if not hasattr(each, "__wrapped__")] == []


class Broken(QWidget):
    """A widget whose painting breaks off."""

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPoint(0, 0)
        raise LookupError("dear diary")


def test_what_breaks_off_is_told_and_painted_over(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[BaseException] = []
    # Kept for a while, as it is by the loop.
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: told.append(error))
    broken = Broken()
    qtbot.addWidget(broken)
    for _ in range(3):
        broken.grab()
    assert [type(error) for error in told] == [LookupError] * 3

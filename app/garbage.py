"""Garbage: what Python has to search for is looked for on the window's thread alone.

Python collects wherever something is just made: also on the thread of the database, of
colours and of formulas. A widget or a timer that lay in a cycle is destroyed there then,
which Qt forbids (https://doc.qt.io/qt-6/qobject.html#thread-affinity): sooner or later the
program faults. And what stands still between two slices would stop the search half way.

WORKAROUND: https://github.com/napari/napari/issues/1029 - as every program with Python, Qt
and threads does sooner or later. Can go once PySide destroys each object on its own thread.
"""

import gc

from PySide6.QtCore import QAbstractEventDispatcher, QObject

_YOUNG, _OLDER, _ALL = 0, 1, 2
_SHARE = 4
"""All is searched once it has grown by so much of itself, as Python does it:
https://github.com/python/cpython/blob/3.11/Modules/gcmodule.c, `long_lived_pending`."""


class Garbage(QObject):
    """Collects, when it is time, whenever the loop is about to wait. No timer, no work at rest.

    From then on Python does not collect by itself.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._thresholds = gc.get_threshold()
        self._lasting = 0
        """How many objects outlived the last search of all."""
        self._newer = 0
        """How many have come to them since."""
        dispatcher = QAbstractEventDispatcher.instance()
        assert dispatcher is not None
        dispatcher.aboutToBlock.connect(self._on_about_to_wait)

    def _on_about_to_wait(self) -> None:
        count = gc.get_count()
        if count[_YOUNG] > self._thresholds[_YOUNG]:
            self._collect(count)

    def _collect(self, count: tuple[int, int, int]) -> None:
        if count[_OLDER] <= self._thresholds[_OLDER]:
            gc.collect(_YOUNG)
        elif count[_ALL] <= self._thresholds[_ALL] or self._newer * _SHARE <= self._lasting:
            looked_at = len(gc.get_objects(_YOUNG)) + len(gc.get_objects(_OLDER))
            self._newer += looked_at - gc.collect(_OLDER)
        else:
            gc.collect()
            self._lasting = len(gc.get_objects())
            self._newer = 0

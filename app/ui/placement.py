"""Placement: where a window was, and where it may be now: always within reach.

Screens come and go, grow and change their scale. Qt brings a window back onto the
screens that are there, but forgets all of it where a screen has quite another size;
then the size and whether it was maximised count as far as they fit.
"""

from PySide6.QtCore import QByteArray, QRect, QSettings, QSize
from PySide6.QtWidgets import QWidget

FIRST_SIZE = QSize(1280, 832)
FRAME = QSize(16, 48)
"""What a window manager adds, as far as can be known before it does."""
_GEOMETRY = "window/geometry"
_PLACE = "window/place"
_IS_MAXIMIZED = "window/maximized"


def keep(window: QWidget, settings: QSettings) -> None:
    """Remember where a window is."""
    settings.setValue(_GEOMETRY, window.saveGeometry())
    settings.setValue(_PLACE, window.normalGeometry())
    settings.setValue(_IS_MAXIMIZED, window.isMaximized())


def restore(window: QWidget, settings: QSettings) -> None:
    """Put a window where it was, as far as that place is still there."""
    geometry = settings.value(_GEOMETRY)
    if isinstance(geometry, QByteArray) and window.restoreGeometry(geometry):
        return
    place = settings.value(_PLACE)
    size = place.size() if isinstance(place, QRect) and place.isValid() else FIRST_SIZE
    # Where on the screen is left to the desktop.
    window.resize(size.boundedTo(window.screen().availableSize() - FRAME))
    if settings.value(_IS_MAXIMIZED, False, bool):
        from PySide6.QtCore import Qt  # Not before the first paint: it makes 90 enumerations.

        window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)

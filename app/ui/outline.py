"""Outline: the grounds of the window's parts, drawn before the parts exist.

The first thing that is painted, so that nothing jumps when the parts come: no
words, and only what is known by then, which is what the last run left in the
settings. Imports next to nothing.
"""

import sys
from dataclasses import dataclass

from PySide6.QtCore import QSettings
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication

from app.ui.theme import Theme

BOTH_PX = 1100
LEFT_PX = 800
LEFT_WIDTHS = (180, 244, 360)
"""Least, first and greatest width of the left pane."""
RIGHT_WIDTHS = (260, 316, 420)
TAB_BAR_PX = 40
MENU_PX = 0 if sys.platform == "darwin" else 30
"""Until the window has had menus; a Mac's are not in the window."""


@dataclass(slots=True)
class Outline:
    """How high the menu and how wide the panes are, 0 where there are none, in pixels."""

    menu: int = MENU_PX
    left: int = LEFT_WIDTHS[1]
    right: int = RIGHT_WIDTHS[1]
    has_tabs: bool = False
    """Whether the centre shows tabs, and not the welcome."""

    def paint(self, painter: QPainter, theme: Theme, width: int, height: int) -> None:
        """Draw the grounds of a window of this size."""
        colours, top = theme.colours, self.menu
        left = self.left if width >= LEFT_PX else 0
        right = self.right if width >= BOTH_PX else 0
        if QApplication.isRightToLeft():
            painter.translate(width, 0)
            painter.scale(-1, 1)
        painter.fillRect(0, 0, width, top, colours.window)
        painter.fillRect(0, top, width, height - top, colours.surface)
        if self.has_tabs:
            painter.fillRect(0, top, width, TAB_BAR_PX, colours.window)
            painter.fillRect(0, top + TAB_BAR_PX - 1, width, 1, colours.line)
        if left:
            painter.fillRect(0, top, left, height - top, colours.sidebar)
            painter.fillRect(left, top, 1, height - top, colours.line)
        if right:
            painter.fillRect(width - right, top, right, height - top, colours.window)
            painter.fillRect(width - right - 1, top, 1, height - top, colours.line)

    def save(self, settings: QSettings) -> None:
        """Keep what the panes do not keep themselves."""
        settings.setValue("outline/menu", self.menu)
        settings.setValue("outline/tabs", int(self.has_tabs))


def kept_outline(settings: QSettings) -> Outline:
    """Return the outline the window had when it was closed last."""
    return Outline(
        number(settings.value("outline/menu"), MENU_PX),
        _pane(settings, "left", LEFT_WIDTHS[1]),
        _pane(settings, "right", RIGHT_WIDTHS[1]),
        bool(number(settings.value("outline/tabs"), 0)),
    )


def number(kept: object, otherwise: int) -> int:
    """Return a number as it was kept, or another where none was."""
    try:
        return int(str(kept))
    except ValueError:
        return otherwise


def _pane(settings: QSettings, side: str, otherwise: int) -> int:
    if not number(settings.value(f"columns/{side}_shown"), 1):
        return 0
    return number(settings.value(f"columns/{side}_width"), otherwise)

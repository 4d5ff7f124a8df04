"""Columns: two panes and the centre between them, side by side or, when narrow, above it.

Below `BOTH_PX` the right pane floats over the centre when it is asked for,
below `LEFT_PX` the left one too. A pane that floats goes away when something
in it was chosen, on Esc, and on a click beside it.
"""

from enum import Enum

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QSplitter, QVBoxLayout, QWidget

from app.ui.outline import BOTH_PX, LEFT_PX, LEFT_WIDTHS, RIGHT_WIDTHS, number
from app.ui.unfailing import unfailing

CENTRE_PX = 320
SHADE = QColor(0, 0, 0, 64)


class Side(Enum):
    """A pane's place in the splitter."""

    LEFT = 0
    RIGHT = 2


_LIMITS = {Side.LEFT: LEFT_WIDTHS, Side.RIGHT: RIGHT_WIDTHS}


class Shade(QWidget):
    """Darkens what lies below a floating pane.

    Signals:
        clicked: somebody clicked beside the pane.
    """

    clicked = Signal()

    @unfailing
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), SHADE)


class Columns(QWidget):
    """Left pane, centre and right pane.

    Signals:
        closed: a pane went away that floated or had the keyboard.
    """

    closed = Signal()

    def __init__(self, left: QWidget, centre: QWidget, right: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._panes = {Side.LEFT: left, Side.RIGHT: right}
        self._widths = {Side.LEFT: LEFT_WIDTHS[1], Side.RIGHT: RIGHT_WIDTHS[1]}
        self._is_wanted = {Side.LEFT: True, Side.RIGHT: True}
        self._floating: Side | None = None
        self._is_arranged: dict[Side, bool] = {Side.LEFT: True, Side.RIGHT: True}
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        for widget in (left, centre, right):
            self._splitter.addWidget(widget)
        self._splitter.setStretchFactor(1, 1)
        # Only a drag counts: the splitter squeezes panes while the window is resized.
        self._splitter.splitterMoved.connect(self._on_splitter_moved)
        centre.setMinimumWidth(CENTRE_PX)
        self._shade = Shade(self)
        self._shade.hide()
        self._shade.clicked.connect(self.close_floating)
        for side, (least, _, most) in _LIMITS.items():
            self._panes[side].setMinimumWidth(least)
            self._panes[side].setMaximumWidth(most)
        self._splitter.setSizes([LEFT_WIDTHS[1], 720, RIGHT_WIDTHS[1]])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._splitter)

    def show_pane(self, side: Side) -> None:
        """Show a pane, floating where there is no room beside the centre."""
        if self._is_arranged[side]:
            self._is_wanted[side] = True
            self._panes[side].show()
        else:
            self._float(side)

    def toggle(self, side: Side) -> None:
        """Show a pane, or hide it if it shows."""
        pane = self._panes[side]
        if not pane.isVisible():
            self.show_pane(side)
        elif self._is_arranged[side]:
            focus = QApplication.focusWidget()
            had_keyboard = focus is not None and pane.isAncestorOf(focus)
            self._is_wanted[side] = False
            pane.hide()
            if had_keyboard:
                # Else it goes to whatever comes next.
                self.closed.emit()
        else:
            self.close_floating()

    def close_floating(self) -> bool:
        """Hide the pane that floats; False if none does."""
        if self._floating is None:
            return False
        self._panes[self._floating].hide()
        self._floating = None
        self._shade.hide()
        self.closed.emit()
        return True

    def is_in_a_pane(self, widget: QWidget) -> bool:
        """Return whether a widget is a pane or lies in one."""
        return any(pane is widget or pane.isAncestorOf(widget) for pane in self._panes.values())

    def save(self, settings: QSettings) -> None:
        """Keep widths and what is shown."""
        for side in Side:
            settings.setValue(f"columns/{side.name.lower()}_width", self._widths[side])
            settings.setValue(f"columns/{side.name.lower()}_shown", int(self._is_wanted[side]))

    def restore(self, settings: QSettings) -> None:
        """Take up what was kept."""
        for side, limits in _LIMITS.items():
            name = f"columns/{side.name.lower()}"
            width = number(settings.value(f"{name}_width"), limits[1])
            self._widths[side] = min(max(width, limits[0]), limits[2])
            self._is_wanted[side] = bool(number(settings.value(f"{name}_shown"), 1))
        self._arrange()

    def _has_room(self, side: Side) -> bool:
        return self.width() >= (LEFT_PX if side is Side.LEFT else BOTH_PX)

    def _arrange(self) -> None:
        for side in Side:
            has_room = self._has_room(side)
            if has_room != self._is_arranged[side]:
                if not has_room:
                    self._take_out(side)
                else:
                    self._put_in(side)
            if has_room:
                self._panes[side].setVisible(self._is_wanted[side])
        if any(self._is_arranged[side] for side in Side):
            self._set_sizes()
        self._place_floating()

    def _take_out(self, side: Side) -> None:
        self._is_arranged[side] = False
        pane = self._panes[side]
        pane.hide()
        pane.setParent(self)

    def _put_in(self, side: Side) -> None:
        if self._floating is side:
            self.close_floating()
        self._is_arranged[side] = True
        self._panes[side].setMinimumWidth(_LIMITS[side][0])
        at = 0 if side is Side.LEFT else self._splitter.count()
        self._splitter.insertWidget(at, self._panes[side])

    def _float(self, side: Side) -> None:
        self.close_floating()
        self._floating = side
        self._place_floating()
        self._shade.show()
        self._shade.raise_()
        self._panes[side].show()
        self._panes[side].raise_()
        self._panes[side].setFocus()

    def _place_floating(self) -> None:
        if self._floating is None:
            return
        pane = self._panes[self._floating]
        width = min(self._widths[self._floating], self.width() - 40)
        x = 0 if self._floating is Side.LEFT else self.width() - width
        self._shade.setGeometry(self.rect())
        pane.setMinimumWidth(0)
        pane.setGeometry(x, 0, width, self.height())

    def _on_splitter_moved(self) -> None:
        for side in Side:
            pane = self._panes[side]
            if self._is_arranged[side] and pane.isVisible() and pane.width() > 0:
                self._widths[side] = pane.width()

    def _set_sizes(self) -> None:
        sizes = []
        left = self._widths[Side.LEFT] if self._is_arranged[Side.LEFT] else 0
        right = self._widths[Side.RIGHT] if self._is_arranged[Side.RIGHT] else 0
        if self._is_arranged[Side.LEFT]:
            sizes.append(left)
        sizes.append(max(self.width() - left - right, CENTRE_PX))
        if self._is_arranged[Side.RIGHT]:
            sizes.append(right)
        self._splitter.setSizes(sizes)

    @unfailing
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

"""Icons: line icons in the colour of their role, sharp at every scale.

The drawings are Lucide's (ISC licence, beside them in resources/icons/lucide),
24 units wide with strokes of 1.75.
"""

from functools import cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.paths import resource
from app.ui.unfailing import unfailing

SIZE = 16


def icon(name: str, colour: QColor, disabled: QColor | None = None) -> QIcon:
    """Return an icon by its Lucide name.

    Raises:
        FileNotFoundError: there is no such drawing among the resources.
    """
    _drawing(name)
    return QIcon(_Line(name, colour, disabled or colour))


def mark() -> QIcon:
    """Return Coprime's own mark."""
    return QIcon(_Mark())


def paint(painter: QPainter, name: str, rect: QRectF, colour: QColor) -> None:
    """Draw an icon into a rectangle."""
    _renderer(name, colour.name()).render(painter, rect)


def _drawing(name: str) -> str:
    drawings = _drawings()
    if name not in drawings:
        raise FileNotFoundError(f"no drawing named {name}")
    return drawings[name]


@cache
def _drawings() -> dict[str, str]:
    """Return all of them: while Coprime runs, its package may be removed."""
    folder = resource("icons/lucide")
    return {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.svg")}


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    drawing = _drawing(name).replace("currentColor", colour)
    drawing = drawing.replace('stroke-width="2"', 'stroke-width="1.75"')
    return QSvgRenderer(QByteArray(drawing.encode()))


@cache
def _mark_renderer() -> QSvgRenderer:
    return QSvgRenderer(QByteArray(resource("icons/coprime.svg").read_bytes()))


class _Engine(QIconEngine):
    """Draws at whatever size and scale is asked for."""

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(), size), mode, state)
        painter.end()
        return pixmap


class _Line(_Engine):
    def __init__(self, name: str, colour: QColor, disabled: QColor) -> None:
        super().__init__()
        self._name, self._colour, self._disabled = name, colour, disabled

    @unfailing
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        colour = self._disabled if mode is QIcon.Mode.Disabled else self._colour
        paint(painter, self._name, QRectF(rect), colour)

    def clone(self) -> QIconEngine:
        return _Line(self._name, self._colour, self._disabled)


class _Mark(_Engine):
    @unfailing
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        _mark_renderer().render(painter, QRectF(rect))

    def clone(self) -> QIconEngine:
        return _Mark()

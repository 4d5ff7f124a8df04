"""Caret: the mark behind the last word of a text that still comes."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

_GAP, _WIDTH, _RADIUS = 4, 8, 2


def draw_caret(painter: QPainter, end: float, top: int, pitch: int, colour: QColor) -> None:
    """Draw it behind a text that ends at `end`, in a line of a pitch that begins at `top`."""
    height = pitch * 2 // 3
    if not height:
        # A rule has no lines.
        return
    x, y = round(end) + _GAP, top + (pitch - height) // 2
    ratio = painter.device().devicePixelRatio()
    if ratio.is_integer():
        painter.drawImage(QPointF(x, y), _picture(height, colour.rgba(), ratio))
    else:
        # Between two physical pixels a picture would be blurred.
        painter.fillPath(_outline(x, y, height), colour)


@lru_cache(maxsize=8)
def _picture(height: int, rgba: int, ratio: float) -> QImage:
    """Return it drawn once: with each frame of a reply it is painted anew."""
    picture = QImage(QSize(_WIDTH, height) * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(_outline(0, 0, height), QColor.fromRgba(rgba))
    return picture


def _outline(x: int, y: int, height: int) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(x, y, _WIDTH, height), _RADIUS, _RADIUS)
    return path

"""Plain line: one line of text from anywhere, painted as it is, cut where it must end.

It begins where the widget is read from and keeps the direction it is written in, so
an Arabic title ends with its own full stop also in an English window.
"""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter

LONGEST = 300
"""Characters that are ever looked at."""


def paint_line(painter: QPainter, rect: QRect, text: str, direction: Qt.LayoutDirection) -> None:
    """Draw one line into a rectangle that is already mirrored, in the painter's font and pen."""
    end = Qt.TextElideMode.ElideRight
    text = painter.fontMetrics().elidedText(text[:LONGEST], end, rect.width())
    side = Qt.AlignmentFlag.AlignLeft
    if direction is Qt.LayoutDirection.RightToLeft:
        side = Qt.AlignmentFlag.AlignRight
    flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    painter.drawText(rect, int(flags) | int(Qt.TextFlag.TextSingleLine), text)

"""Unseen: characters that show nothing or turn the direction of what is near them.

In code they can hide what it does (https://trojansource.codes). They are drawn as
chips that name them; positions in the text stay those of the characters.
"""

import re
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from app.ui.theme import Theme, font
from app.ui.transcript.lines import Inlay, units

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160"
    "\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Control and format characters (Cc and Cf) but for tabs and line ends; separators of
lines and paragraphs; letters and marks that are blank."""
_AIR = 3


@dataclass(frozen=True, slots=True)
class Chip:
    """The name of a character in a box."""

    name: str
    face: QFont
    ink: QColor
    wash: QColor
    width: float
    ascent: float
    descent: float

    def draw(self, painter: QPainter, x: float, baseline: float, colour: QColor) -> None:
        """Draw it with its left edge and its baseline here."""
        painter.save()
        box = QRectF(x, baseline - self.ascent, self.width, self.ascent + self.descent)
        painter.setPen(QPen(self.ink, 1))
        painter.setBrush(self.wash)
        painter.drawRoundedRect(box.adjusted(1.5, 0.5, -1.5, -0.5), 3, 3)
        painter.setFont(self.face)
        painter.drawText(QPointF(x + _AIR + 1.5, baseline - 1), self.name)
        painter.restore()


def chips_in(text: str, theme: Theme) -> list[Inlay]:
    """Return a chip for each character of a text that shows nothing, in order."""
    inlays: list[Inlay] = []
    chips: dict[str, Chip] = {}
    done = position = 0
    for match in _UNSEEN.finditer(text):
        start = position + units(text[done : match.start()])
        position = start + units(match[0])
        done = match.end()
        if match[0] not in chips:
            chips[match[0]] = _chip(match[0], theme)
        inlays.append(Inlay(start, position, chips[match[0]]))
    return inlays


def _chip(character: str, theme: Theme) -> Chip:
    role, colours = theme.type.code, theme.colours
    face = font(role)
    face.setPixelSize(max(role.size * 10 // 13, 1))
    metrics = QFontMetricsF(face)
    name = f"U+{ord(character):04X}"
    width = metrics.horizontalAdvance(name) + 2 * _AIR + 3
    # As high as a line allows: a line must not grow for it.
    ascent, descent = round(metrics.capHeight()) + 4, 3
    return Chip(name, face, colours.warning, colours.warning_wash, width, ascent, descent)

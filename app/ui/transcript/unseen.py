"""Unseen: characters that show nothing or turn the direction of what is near them.

In code they can hide what it does (https://trojansource.codes), so that each is drawn
as a chip that names it. In prose most of them do honest work, as in emoji and in
Arabic; there only those are named that nobody writes for a reader: control
characters, overrides of the direction, and characters with which a text is hidden in
another. Positions in the text stay those of the characters.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from app.ui.theme import Theme, font
from app.ui.transcript.blocks import Run
from app.ui.transcript.inlays import Inlay
from app.ui.transcript.utf16 import units

_BLANK = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160"
    "\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Control and format characters (Cc and Cf) but for tabs and line ends; separators of
lines and paragraphs; letters and marks that are blank."""
_UNSEEN = re.compile(f"({_BLANK}{{8,}}|{_BLANK})")
"""What hides in code, of a row only the first is named."""
_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f"
_HIDING = re.compile(
    f"(?:{_FLAG})|([\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u202d\u202e])"
    "|([\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]+"
    "|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{3,}"
    "|[\u200b-\u200d\u2060-\u2064\ufeff]{4,})"
)
"""What hides in prose: single characters, and rows of which each is named once. Tags make
the flags of some regions, and are part of what shows there."""
_MOST = 256
"""Chips in one text."""
_SIGN = "\ufffd"
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


def chips_in(text: str, theme: Theme) -> Sequence[Inlay]:
    """Return a chip for each character of code that shows nothing, in order."""
    return with_chips([Run(text, is_code=True)], (), theme)[1]


def with_chips(
    runs: Iterable[Run], inlays: Sequence[Inlay], theme: Theme
) -> tuple[str, Sequence[Inlay]]:
    """Return the text of runs to be laid out, and its inlays with chips for what hides.

    The text is as long as that of the runs. Where more hides in it than can be named
    in time, the rest is shown by signs without a name.
    """
    chips: dict[str, Chip] = {}
    named: list[Inlay] = []
    texts: list[str] = []
    start = 0
    for run in runs:
        text = run.text
        done, position = 0, start
        for match in () if run.maths else _hiding(run.text, is_code=run.is_code):
            if len(named) == _MOST:
                text = text[:done] + _nameless(text[done:], is_code=run.is_code)
                break
            hidden = match[0]
            if hidden not in chips:
                chips[hidden] = _chip(hidden, theme)
            first = position + units(run.text[done : match.start()])
            position, done = first + units(hidden), match.end()
            named.append(Inlay(first, position, chips[hidden]))
        start = position + units(run.text[done:])
        texts.append(text)
    if named:
        inlays = sorted([*inlays, *named], key=attrgetter("start"))
    return "".join(texts), inlays


def _hiding(text: str, *, is_code: bool) -> Iterator[re.Match[str]]:
    """Yield what hides in a text."""
    pattern = _UNSEEN if is_code else _HIDING
    return (match for match in pattern.finditer(text) if match.lastindex)


def _nameless(text: str, *, is_code: bool) -> str:
    """Return a text with a sign for each unit of what hides in it."""
    pattern = _UNSEEN if is_code else _HIDING
    return pattern.sub(lambda found: _SIGN * units(found[0]) if found.lastindex else found[0], text)


def _chip(characters: str, theme: Theme) -> Chip:
    role, colours = theme.type.code, theme.colours
    face = font(role)
    face.setPixelSize(max(role.size * 10 // 13, 1))
    metrics = QFontMetricsF(face)
    name = f"U+{ord(characters[0]):04X}"
    if len(characters) > 1:
        name += f" +{len(characters) - 1}"
    width = metrics.horizontalAdvance(name) + 2 * _AIR + 3
    # As high as a line allows: a line must not grow for it.
    ascent, descent = round(metrics.capHeight()) + 4, 3
    return Chip(name, face, colours.warning, colours.warning_wash, width, ascent, descent)

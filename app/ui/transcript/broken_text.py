"""Broken text: a text in one font family, broken into lines of one pitch.

Texts are broken in stretches of bounded size: each goes on where the last full line
of the one before ended, so that no seam shows, the time is linear in the length, and
a text that grows keeps all stretches but the last. Text positions are in UTF-16 code
units, which is how Qt counts.

A line grows where a drawing is higher than its pitch. Where lines are and how they
are painted is in `lines`.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, takewhile
from math import ceil
from unicodedata import bidirectional

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
    QTextOption,
)

from app.ui.transcript.inlays import OBJECT, Drawing, Inlay, Places, with_objects
from app.ui.transcript.spans import Span
from app.ui.transcript.utf16 import characters, shown, units

STRETCH = 1_024
"""Characters given to one `QTextLayout`, at most."""
# Looked up once: Python 3.11 runs a function each time.
_ANYWHERE = QTextOption.WrapMode.WrapAnywhere
_AT_WORDS = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
_TO_THE_RIGHT = Qt.LayoutDirection.LeftToRight
_NO_COLOUR = QColor(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Source:
    """All that the lines of a stretch follow from, besides font and width."""

    text: str
    """Its own text, and what follows as far as it counts."""
    spans: tuple[Span, ...]
    first: int
    """Its first character in the whole text."""
    start: int
    """The same in UTF-16 units."""
    end: int
    """Where its text ends, likewise."""
    top: int
    """Where its first line begins, in pixels."""
    is_last: bool
    drawings: tuple[tuple[int, Drawing], ...] = ()
    """Each with its position in the stretch."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the text, broken into lines."""

    source: Source
    layout: QTextLayout
    used: int
    """Characters of its own."""
    tops: tuple[int, ...]
    """Where its lines begin, in pixels from its own top, and where the last ends."""
    natural: float
    """Width of its longest line."""
    drawings: tuple[tuple[int, Drawing], ...]
    """Those that stand in its lines."""

    @property
    def count(self) -> int:
        """How many lines it has."""
        return len(self.tops) - 1

    @property
    def height(self) -> int:
        return self.tops[-1]

    @property
    def next(self) -> tuple[int, int, int]:
        """Where the one after it begins: in characters, in UTF-16 units, in pixels."""
        it = self.source
        return it.first + self.used, it.start + units(it.text[: self.used]), it.top + self.height

    def is_kept(self, same: int, length: int) -> bool:
        """Return whether it is one of a text of so many characters, the same up to there."""
        it = self.source
        return not it.is_last and it.end <= same and it.first + len(it.text) < length


class BrokenText:
    """A text broken into lines.

    `pitch` is the distance between baselines, `width` what a line may take, in
    device-independent pixels. `spans` and `inlays` are in order; no two inlays
    overlap. What is the same in `previous` is taken from there.
    """

    _can_begin_right = True
    """Whether a text that is written from the right begins there."""

    def __init__(
        self,
        text: str,
        font: QFont,
        pitch: int,
        width: float,
        *,
        spans: Sequence[Span] = (),
        inlays: Sequence[Inlay] = (),
        anywhere: bool = False,
        previous: "BrokenText | None" = None,
    ) -> None:
        self.pitch = pitch
        self._font = font
        kin = previous if previous and previous.pitch == pitch and previous._font == font else None
        self._baseline: int = _baseline(font, pitch) if kin is None else kin._baseline
        self._width = max(width, 1.0)
        self._is_anywhere = anywhere
        text = shown(text)
        self._places = Places(inlays)
        self._drawings = [(self._places.shown(it.start), it.drawing) for it in inlays]
        self._spans: Sequence[Span] = list(spans)
        if inlays:
            # Many a font has a letter for the object, which takes room of its own.
            self._letter_width = QFontMetricsF(font).horizontalAdvance(OBJECT)
            text = with_objects(text, inlays)
            self._spans = self._spans_with(inlays, spans)
        self._text = text
        self.is_right_to_left = self._can_begin_right and _is_right_to_left(text)
        self._has_tabs = "\t" in text
        if previous is not None and previous._manner != self._manner:
            previous = None
        is_alike = previous is not None and previous._has_tabs == self._has_tabs
        self._option: QTextOption = (
            previous._option if previous and is_alike else self._new_option()
        )
        same = self._same_as(previous) if previous else 0
        before = previous._stretches if previous else []
        self._stretches: list[Stretch] = self._broken(before, same)
        self.same_until = self._top_of(same) if previous else 0
        """Pixels from the top that look as they did in `previous`."""

    @property
    def height(self) -> int:
        last = self._stretches[-1]
        return last.source.top + last.height

    @property
    def line_count(self) -> int:
        return sum(stretch.count for stretch in self._stretches)

    @property
    def natural_width(self) -> int:
        """The width of the longest line."""
        return ceil(max(stretch.natural for stretch in self._stretches))

    def _spans_with(self, inlays: Sequence[Inlay], spans: Sequence[Span]) -> list[Span]:
        """Return spans in the text with objects, those that give these their width last."""
        places = self._places
        result = [
            Span(places.shown(it.start), places.shown(it.end, is_end=True), it.format)
            for it in spans
        ]
        for it in inlays:
            at = places.shown(it.start)
            result.append(Span(at, at + 1, self._room_for(it.drawing)))
        # Stable: of two that begin at the same place the one with the width wins.
        return sorted(result, key=lambda span: span.start)

    def _room_for(self, drawing: Drawing) -> QTextCharFormat:
        face = QFont(self._font)
        face.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, drawing.width - self._letter_width)
        look = QTextCharFormat()
        look.setFont(face)
        look.setForeground(_NO_COLOUR)
        return look

    @property
    def _manner(self) -> tuple[QFont, int, float, bool, bool]:
        return self._font, self.pitch, self._width, self._is_anywhere, self.is_right_to_left

    def _broken(self, previous: Sequence[Stretch], same: int) -> list[Stretch]:
        """Break the text; up to `same` units it is as it was for the stretches of before."""
        length = len(self._text)
        result = list(takewhile(lambda it: it.is_kept(same, length), previous))
        start = position = top = 0
        if result:
            start, position, top = result[-1].next
        for index in count(len(result)):
            text = self._text[start : start + STRETCH]
            source = self._source(text, start, position, top)
            if index < len(previous) and previous[index].source == source:
                stretch = previous[index]
            else:
                stretch = self._stretch(source)
            result.append(stretch)
            if source.is_last:
                break
            start, position, top = stretch.next
        return result

    def _source(self, text: str, start: int, position: int, top: int) -> Source:
        """Return what a stretch follows from; `start` in characters, `position` in units."""
        end = position + units(text)
        # Those that begin before it may reach into it.
        last = bisect_left(self._spans, end, key=_start_of)
        spans = tuple(span for span in self._spans[:last] if span.end > position)
        drawings = tuple(
            (at - position, drawing) for at, drawing in self._drawings if position <= at < end
        )
        is_last = start + len(text) >= len(self._text)
        return Source(text, spans, start, position, end, top, is_last, drawings)

    def _stretch(self, source: Source) -> Stretch:
        layout = QTextLayout(source.text, self._font)
        layout.setTextOption(self._option)
        layout.setCacheEnabled(True)
        tops, natural = self._fill(layout, source)
        used = len(source.text)
        if not source.is_last and len(tops) > 2:
            # The last line goes on in the next stretch, and is left to it.
            used = characters(source.text, layout.lineAt(len(tops) - 2).textStart())
            layout.setText(source.text[:used])
            tops, natural = self._fill(layout, source)
        length = units(source.text[:used])
        drawings = tuple(it for it in source.drawings if it[0] < length)
        return Stretch(source, layout, used, tops, natural, drawings)

    def _fill(self, layout: QTextLayout, source: Source) -> tuple[tuple[int, ...], float]:
        """Break a stretch into lines; return where they begin and how wide they are."""
        if source.spans:
            end = source.start + units(layout.text())
            layout.setFormats(_formats(source.spans, source.start, end))
        baseline, pitch, width = self._baseline, self.pitch, self._width
        natural = 0.0
        layout.beginLayout()
        tops = [0]
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            above, below = self._growth(line, source) if source.drawings else (0, 0)
            line.setPosition(QPointF(0, tops[-1] + above + baseline - line.ascent()))
            natural = max(natural, line.naturalTextWidth())
            tops.append(tops[-1] + above + pitch + below)
        layout.endLayout()
        # Behind a line end Qt begins a line that has nothing in it: in the middle
        # of a text that is the first of the next stretch.
        if not source.is_last and layout.text().endswith("\u2028"):
            tops.pop()
        return tuple(tops), natural

    def _growth(self, line: QTextLine, source: Source) -> tuple[int, int]:
        """Return how many pixels a line grows, above and below, for its drawings."""
        start = line.textStart()
        end = start + line.textLength()
        its = [drawing for at, drawing in source.drawings if start <= at < end]
        above = max((it.ascent for it in its), default=0) - self._baseline
        below = max((it.descent for it in its), default=0) - (self.pitch - self._baseline)
        air = max(self.pitch // 12, 1)
        return (
            ceil(above) + air if above > 0 else 0,
            ceil(below) + air if below > 0 else 0,
        )

    def _same_as(self, previous: "BrokenText") -> int:
        """Return up to where all that lines follow from is the same, in UTF-16 units."""
        position = units(self._text[: _common_length(self._text, previous._text)])
        same = _common_length(self._spans, previous._spans)
        for span in (*self._spans[same : same + 1], *previous._spans[same : same + 1]):
            position = min(position, span.start)
        same = _common_length(self._drawings, previous._drawings)
        for at, _ in (*self._drawings[same : same + 1], *previous._drawings[same : same + 1]):
            position = min(position, at)
        return position

    def _top_of(self, position: int) -> int:
        """Return from where on lines may differ if the text does from a position on."""
        stretch = next(s for s in reversed(self._stretches) if s.source.start <= position)
        line = stretch.layout.lineForTextPosition(
            min(position - stretch.source.start, units(stretch.layout.text()))
        )
        number = line.lineNumber() if line.isValid() else 0
        # The word before may have come from, or gone to, the line above.
        if number:
            return stretch.source.top + stretch.tops[number - 1]
        index = self._stretches.index(stretch)
        if not index:
            return 0
        above = self._stretches[index - 1]
        return above.source.top + above.tops[-2]

    def _new_option(self) -> QTextOption:
        option = QTextOption()
        option.setWrapMode(_ANYWHERE if self._is_anywhere else _AT_WORDS)
        if self._has_tabs:
            option.setTabStopDistance(4 * QFontMetricsF(self._font).horizontalAdvance(" "))
        if self.is_right_to_left:
            option.setTextDirection(Qt.LayoutDirection.RightToLeft)
            option.setAlignment(Qt.AlignmentFlag.AlignRight)
        else:
            option.setTextDirection(_TO_THE_RIGHT)
        return option


def format_range(
    start: int, end: int, look: QTextCharFormat, origin: int
) -> QTextLayout.FormatRange:
    """Return a look for a stretch of a text, for a layout that begins at `origin`."""
    result = QTextLayout.FormatRange()
    result.start = start - origin
    result.length = end - start
    result.format = look
    return result


def _baseline(font: QFont, pitch: int) -> int:
    """Return how far below the top of a line its baseline is."""
    metrics = QFontMetricsF(font)
    return round((pitch - metrics.height()) / 2 + metrics.ascent())


def _start_of(span: Span) -> int:
    return span.start


def _common_length(one: Sequence[object], other: Sequence[object]) -> int:
    """Return how much two texts, or two lists, have in common at their beginning."""
    low, high = 0, min(len(one), len(other))
    if one[:high] == other[:high]:
        return high
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _is_right_to_left(text: str) -> bool:
    """Return whether the first letter with a direction is written from the right.

    Said to Qt because only the first stretch of a long text would show it.
    """
    if text.isascii():
        return False
    directions = map(bidirectional, text)
    return next((d for d in directions if d in ("L", "R", "AL")), "L") != "L"


def _formats(spans: Iterable[Span], start: int, end: int) -> list[QTextLayout.FormatRange]:
    result = []
    for span in spans:
        if span.start < end and span.end > start:
            result.append(
                format_range(max(span.start, start), min(span.end, end), span.format, start)
            )
    return result

"""Lines: a text in one font family, broken into lines of one pitch.

The one place that speaks to `QTextLayout`. Texts are broken in stretches of
bounded size: each goes on where the last full line of the one before ended, so
that no seam shows, the time is linear in the length, and a text that grows
keeps all stretches but the last. Text positions are in UTF-16 code units, which
is how Qt counts.

A drawing may stand in place of a stretch of the text (an `Inlay`). Nobody
outside has to know: all positions, in and out, are in the text as it was given.
A line grows where a drawing is higher than its pitch.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count, takewhile
from math import ceil, floor
from typing import Protocol
from unicodedata import bidirectional

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
    QTextOption,
)

STRETCH = 1_024
"""Characters given to one `QTextLayout`, at most."""
_OBJECT = "\ufffc"
"""What stands in Qt's text for a drawing."""
# Looked up once: Python 3.11 runs a function each time.
_ANYWHERE = QTextOption.WrapMode.WrapAnywhere
_AT_WORDS = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
_TO_THE_RIGHT = Qt.LayoutDirection.LeftToRight
_NO_COLOUR = QColor(0, 0, 0, 0)


class Drawing(Protocol):
    """Something as high as a letter or higher, with a baseline. Sizes in pixels."""

    @property
    def width(self) -> float: ...

    @property
    def ascent(self) -> float: ...

    @property
    def descent(self) -> float: ...

    def draw(self, painter: QPainter, x: float, baseline: float, colour: QColor) -> None:
        """Draw it with its left edge and its baseline here."""
        ...


@dataclass(frozen=True, slots=True)
class Inlay:
    """A drawing in place of a stretch of text. Positions in UTF-16 units."""

    start: int
    end: int
    drawing: Drawing


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that looks different. Positions in UTF-16 units."""

    start: int
    end: int
    format: QTextCharFormat


@dataclass(frozen=True, slots=True)
class Selected:
    """A stretch of text that is marked, by the person or for them. Positions in UTF-16 units.

    One that goes on beyond the text reaches further than the text does.
    """

    start: int
    end: int
    background: QColor
    text: QColor


def units(text: str) -> int:
    """Return how many UTF-16 code units a text has."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shown(text: str) -> str:
    """Return a text as Qt can hold it: halves of signs become replacement characters.

    Qt would take the whole text for empty. Line ends become Qt's own.
    """
    text = text.replace("\n", "\u2028")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


@dataclass(frozen=True, slots=True)
class _Source:
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
class _Stretch:
    source: _Source
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


class Lines:
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
        previous: "Lines | None" = None,
    ) -> None:
        self.pitch = pitch
        self._font = font
        kin = previous if previous and previous.pitch == pitch and previous._font == font else None
        self._baseline: int = _baseline(font, pitch) if kin is None else kin._baseline
        self._width = max(width, 1.0)
        self._is_anywhere = anywhere
        text = shown(text)
        self._places = _Places(inlays)
        self._drawings = [(self._places.shown(it.start), it.drawing) for it in inlays]
        self._spans: Sequence[Span] = list(spans)
        if inlays:
            # Many a font has a letter for the object, which takes room of its own.
            self._letter_width = QFontMetricsF(font).horizontalAdvance(_OBJECT)
            text = _with_objects(text, inlays)
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
        self._stretches: list[_Stretch] = self._broken(before, same)
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

    @property
    def end(self) -> tuple[float, int]:
        """Where the text ends: x, and the top of the last line without what grew above it."""
        last = self._stretches[-1]
        line = last.layout.lineAt(last.count - 1)
        top = last.source.top + round(line.y() + line.ascent()) - self._baseline
        return _cursor_x(line, line.textStart() + line.textLength()), top

    def offset_at(self, x: float, y: float, *, on_character: bool = False) -> int:
        """Return the text position nearest to a point.

        Between two characters, or with `on_character` in front of the one under
        the point.
        """
        stretch, line = self._line_at(y)
        side = (
            QTextLine.CursorPosition.CursorOnCharacter
            if on_character
            else QTextLine.CursorPosition.CursorBetweenCharacters
        )
        return self._places.given(stretch.source.start + line.xToCursor(x, side))

    def areas(self, start: int, end: int) -> list[QRect]:
        """Return where a stretch of the text is, line by line."""
        result = []
        start, end = self._places.shown(start), self._places.shown(end, is_end=True)
        for stretch in self._stretches:
            for number in range(stretch.count):
                line = stretch.layout.lineAt(number)
                first = stretch.source.start + line.textStart()
                last = first + line.textLength()
                if start < last and end > first:
                    begin = _cursor_x(line, max(start, first) - stretch.source.start)
                    stop = _cursor_x(line, min(end, last) - stretch.source.start)
                    left, right = floor(min(begin, stop)), ceil(max(begin, stop))
                    top = stretch.source.top + stretch.tops[number]
                    height = stretch.tops[number + 1] - stretch.tops[number]
                    result.append(QRect(left - 1, top, right - left + 2, height))
        return result

    def covers(self, x: float, y: float) -> bool:
        """Return whether there is text under a point, not just room."""
        if not 0 <= y < self.height:
            return False
        rect = self._line_at(y)[1].naturalTextRect()
        return rect.left() <= x < rect.right()

    def draw(
        self,
        painter: QPainter,
        x: float,
        y: float,
        colour: QColor,
        clip: QRectF,
        marks: Sequence[Selected] = (),
    ) -> None:
        """Draw what is inside `clip`, with the top left corner at (x, y).

        Of marks that overlap, later ones lie over earlier ones.
        """
        marks = [self._places.marked(mark) for mark in marks] if self._drawings else marks
        for stretch in self._stretches:
            top = y + stretch.source.top
            if top < clip.bottom() and top + stretch.height > clip.top():
                for mark in marks:
                    self._draw_mark(painter, x, y, stretch, mark, clip)
                painter.setPen(colour)
                ranges = [found for mark in marks for found in _ranges(stretch, mark)]
                stretch.layout.draw(painter, QPointF(x, top), ranges, clip)
                for position, drawing in stretch.drawings:
                    _draw(painter, x, top, stretch, position, drawing, colour, marks)

    def caret_at(self, offset: int) -> tuple[float, int]:
        """Return where a text position is: x, and the top of its line."""
        offset = self._places.shown(offset)
        stretch = next(
            (s for s in reversed(self._stretches) if s.source.start <= offset), self._stretches[0]
        )
        inside = min(max(offset - stretch.source.start, 0), units(stretch.layout.text()))
        line = stretch.layout.lineForTextPosition(inside)
        return _cursor_x(line, inside), stretch.source.top + stretch.tops[line.lineNumber()]

    def _draw_mark(
        self,
        painter: QPainter,
        x: float,
        y: float,
        stretch: _Stretch,
        mark: Selected,
        clip: QRectF,
    ) -> None:
        """Fill what lies behind a mark: lines of full height, so that no gaps show."""
        for number in range(stretch.count):
            top = y + stretch.source.top + stretch.tops[number]
            height = stretch.tops[number + 1] - stretch.tops[number]
            if top >= clip.bottom() or top + height <= clip.top():
                continue
            line = stretch.layout.lineAt(number)
            for left, width in self._covered(stretch, line, mark):
                # Whole pixels: two fills that meet leave no seam between them.
                left, right = floor(x + left), ceil(x + left + width)
                painter.fillRect(left, round(top), right - left, height, mark.background)

    def _covered(
        self, stretch: _Stretch, line: QTextLine, mark: Selected
    ) -> Iterable[tuple[float, float]]:
        """Return where a mark covers a line, from left to right, each with its width."""
        first, length = line.textStart(), line.textLength()
        start = max(mark.start - stretch.source.start, first)
        end = min(mark.end - stretch.source.start, first + length)
        if start < end:
            for run in line.glyphRuns(start, end - start):
                box = run.boundingRect()
                yield box.left(), box.width()
            for at, drawing in stretch.drawings:
                if start <= at < end:
                    yield min(_cursor_x(line, at), _cursor_x(line, at + 1)), drawing.width
        ends_here = line.lineNumber() == stretch.count - 1 and stretch.source.is_last
        at_end = first + length + stretch.source.start
        is_broken = length > 0 and self._is_line_end(stretch, first + length - 1)
        if (is_broken and mark.start < at_end <= mark.end) or (
            ends_here and not is_broken and mark.start <= at_end < mark.end
        ):
            # The line end is marked, too: else nothing would show of an empty line.
            rect, stub = line.naturalTextRect(), self.pitch / 4
            yield (rect.left() - stub if self.is_right_to_left else rect.right()), stub

    def _is_line_end(self, stretch: _Stretch, position: int) -> bool:
        text = stretch.source.text
        return text[_prefix(text, position) :].startswith("\u2028")

    def _line_at(self, y: float) -> tuple[_Stretch, QTextLine]:
        inside = min(max(int(y), 0), self.height - 1)
        stretch = next(s for s in reversed(self._stretches) if s.source.top <= inside)
        number = bisect_right(stretch.tops, inside - stretch.source.top) - 1
        return stretch, stretch.layout.lineAt(number)

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

    def _broken(self, previous: Sequence[_Stretch], same: int) -> list[_Stretch]:
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

    def _source(self, text: str, start: int, position: int, top: int) -> _Source:
        """Return what a stretch follows from; `start` in characters, `position` in units."""
        end = position + units(text)
        # Those that begin before it may reach into it.
        last = bisect_left(self._spans, end, key=_start_of)
        spans = tuple(span for span in self._spans[:last] if span.end > position)
        drawings = tuple(
            (at - position, drawing) for at, drawing in self._drawings if position <= at < end
        )
        is_last = start + len(text) >= len(self._text)
        return _Source(text, spans, start, position, end, top, is_last, drawings)

    def _stretch(self, source: _Source) -> _Stretch:
        layout = QTextLayout(source.text, self._font)
        layout.setTextOption(self._option)
        layout.setCacheEnabled(True)
        tops, natural = self._fill(layout, source)
        used = len(source.text)
        if not source.is_last and len(tops) > 2:
            # The last line goes on in the next stretch, and is left to it.
            used = _prefix(source.text, layout.lineAt(len(tops) - 2).textStart())
            layout.setText(source.text[:used])
            tops, natural = self._fill(layout, source)
        length = units(source.text[:used])
        drawings = tuple(it for it in source.drawings if it[0] < length)
        return _Stretch(source, layout, used, tops, natural, drawings)

    def _fill(self, layout: QTextLayout, source: _Source) -> tuple[tuple[int, ...], float]:
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

    def _growth(self, line: QTextLine, source: _Source) -> tuple[int, int]:
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

    def _same_as(self, previous: "Lines") -> int:
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


class _Places:
    """Where positions in the text as given are in the text with objects, and back."""

    def __init__(self, inlays: Sequence[Inlay]) -> None:
        self._starts = [it.start for it in inlays]
        self._ends = [it.end for it in inlays]
        self._objects: list[int] = []
        gone = 0
        for it in inlays:
            self._objects.append(it.start - gone)
            gone += it.end - it.start - 1

    def marked(self, mark: Selected) -> Selected:
        """Return a mark in the text with objects."""
        start, end = self.shown(mark.start), self.shown(mark.end, is_end=True)
        return replace(mark, start=start, end=end)

    def shown(self, position: int, *, is_end: bool = False) -> int:
        """Return a position in the text with objects.

        Inside what a drawing stands for that is in front of it, or behind it for
        an end, so that whoever has a part of it has it all.
        """
        index = bisect_right(self._starts, position) - 1
        if index < 0:
            return position
        if position >= self._ends[index]:
            return self._objects[index] + 1 + position - self._ends[index]
        return self._objects[index] + (is_end and position > self._starts[index])

    def given(self, position: int) -> int:
        """Return a position in the text as it was given."""
        index = bisect_right(self._objects, position) - 1
        if index < 0:
            return position
        if position == self._objects[index]:
            return self._starts[index]
        return self._ends[index] + position - self._objects[index] - 1


def _with_objects(text: str, inlays: Sequence[Inlay]) -> str:
    """Return a text with an object in place of what each drawing stands for."""
    parts, at, position = [], 0, 0
    for it in inlays:
        start = at + _prefix(text[at:], it.start - position)
        parts += [text[at:start], _OBJECT]
        at = start + _prefix(text[start:], it.end - it.start)
        position = it.end
    return "".join([*parts, text[at:]])


def _draw(
    painter: QPainter,
    x: float,
    top: float,
    stretch: _Stretch,
    position: int,
    drawing: Drawing,
    colour: QColor,
    marks: Sequence[Selected],
) -> None:
    """Draw what stands in a stretch, the top left corner of which is at (x, top)."""
    line = stretch.layout.lineForTextPosition(position)
    if not line.isValid():
        return
    left = min(_cursor_x(line, position), _cursor_x(line, position + 1))
    at = stretch.source.start + position
    for mark in marks:
        if mark.start <= at < mark.end:
            colour = mark.text
    drawing.draw(painter, x + left, top + line.y() + line.ascent(), colour)


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


def _cursor_x(line: QTextLine, position: int) -> float:
    # PySide gives back the position beside the place, whatever it declares.
    result: object = line.cursorToX(position)
    x = result[0] if isinstance(result, tuple) else result
    assert isinstance(x, float)
    return x


def _prefix(text: str, length: int) -> int:
    """Return how many characters the first `length` UTF-16 units are."""
    if text.isascii():
        return length
    return len(text.encode("utf-16-le")[: 2 * length].decode("utf-16-le", "ignore"))


def _formats(spans: Iterable[Span], start: int, end: int) -> list[QTextLayout.FormatRange]:
    result = []
    for span in spans:
        if span.start < end and span.end > start:
            result.append(_range(max(span.start, start), min(span.end, end), span.format, start))
    return result


def _ranges(stretch: _Stretch, selected: Selected) -> list[QTextLayout.FormatRange]:
    length = units(stretch.layout.text())
    start = max(selected.start, stretch.source.start)
    end = min(selected.end, stretch.source.start + length)
    if start >= end:
        return []
    look = QTextCharFormat()
    look.setBackground(selected.background)
    look.setForeground(selected.text)
    origin, result = stretch.source.start, []
    for position, _ in stretch.drawings:
        # The letter behind a drawing stays without a colour.
        if start <= origin + position < end:
            result.append(_range(start, origin + position, look, origin))
            start = origin + position + 1
    return [*result, _range(start, end, look, origin)]


def _range(start: int, end: int, look: QTextCharFormat, origin: int) -> QTextLayout.FormatRange:
    result = QTextLayout.FormatRange()
    result.start = start - origin
    result.length = end - start
    result.format = look
    return result

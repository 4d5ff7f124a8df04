"""Lines: a text in one font family, broken into lines of one pitch.

The one place that speaks to `QTextLayout`. Texts are broken in stretches of
bounded size: each goes on where the last full line of the one before ended, so
that no seam shows, the time is linear in the length, and a text that grows
keeps all stretches but the last. Text positions are in UTF-16 code units, which
is how Qt counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, zip_longest
from math import ceil, floor
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


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that looks different. Positions in UTF-16 units."""

    start: int
    end: int
    format: QTextCharFormat


@dataclass(frozen=True, slots=True)
class Selected:
    """A stretch of text that is selected. Positions in UTF-16 units."""

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
    start: int
    """Its first position in the whole text, in UTF-16 units."""
    first: int
    """Its first line, counted from the top."""
    is_last: bool


@dataclass(frozen=True, slots=True)
class _Stretch:
    source: _Source
    layout: QTextLayout
    used: int
    """Characters of its own."""
    count: int
    """Lines."""
    natural: float
    """Width of its longest line."""


class Lines:
    """A text broken into lines.

    `pitch` is the distance between baselines, `width` what a line may take, in
    device-independent pixels. What is the same in `previous` is taken from there.
    """

    def __init__(
        self,
        text: str,
        font: QFont,
        pitch: int,
        width: float,
        *,
        spans: Sequence[Span] = (),
        anywhere: bool = False,
        previous: "Lines | None" = None,
    ) -> None:
        self.pitch = pitch
        metrics = QFontMetricsF(font)
        self._baseline = round((pitch - metrics.height()) / 2 + metrics.ascent())
        self._font = font
        self._width = max(width, 1.0)
        self._spans = spans
        self._is_anywhere = anywhere
        self.is_right_to_left = _is_right_to_left(text)
        self._option = self._new_option(metrics)
        self._text = shown(text)
        if previous is not None and previous._manner != self._manner:
            previous = None
        self._stretches: list[_Stretch] = list(
            self._broken(previous._stretches if previous else [])
        )
        self._count = sum(stretch.count for stretch in self._stretches)
        self.same_until = self._compare(previous) if previous else 0
        """Pixels from the top that look as they did in `previous`."""

    @property
    def height(self) -> int:
        return self._count * self.pitch

    @property
    def natural_width(self) -> int:
        """The width of the longest line."""
        return ceil(max(stretch.natural for stretch in self._stretches))

    @property
    def end(self) -> tuple[float, int]:
        """Where the text ends: x, and the top of the last line."""
        last = self._stretches[-1]
        line = last.layout.lineAt(last.count - 1)
        return _cursor_x(line, line.textStart() + line.textLength()), self.height - self.pitch

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
        return stretch.source.start + line.xToCursor(x, side)

    def areas(self, start: int, end: int) -> list[QRect]:
        """Return where a stretch of the text is, line by line."""
        result = []
        for stretch in self._stretches:
            for number in range(stretch.count):
                line = stretch.layout.lineAt(number)
                first = stretch.source.start + line.textStart()
                last = first + line.textLength()
                if start < last and end > first:
                    begin = _cursor_x(line, max(start, first) - stretch.source.start)
                    stop = _cursor_x(line, min(end, last) - stretch.source.start)
                    left, right = floor(min(begin, stop)), ceil(max(begin, stop))
                    top = (stretch.source.first + number) * self.pitch
                    result.append(QRect(left - 1, top, right - left + 2, self.pitch))
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
        selected: Selected | None = None,
    ) -> None:
        """Draw what is inside `clip`, with the top left corner at (x, y)."""
        painter.setPen(colour)
        for stretch in self._stretches:
            top = y + stretch.source.first * self.pitch
            if top < clip.bottom() and top + stretch.count * self.pitch > clip.top():
                ranges = _ranges(stretch, selected)
                stretch.layout.draw(painter, QPointF(x, top), ranges, clip)

    def _line_at(self, y: float) -> tuple[_Stretch, QTextLine]:
        wanted = min(max(int(y // self.pitch), 0), self._count - 1)
        stretch = next(s for s in reversed(self._stretches) if s.source.first <= wanted)
        return stretch, stretch.layout.lineAt(wanted - stretch.source.first)

    @property
    def _manner(self) -> tuple[QFont, int, float, bool, bool]:
        return self._font, self.pitch, self._width, self._is_anywhere, self.is_right_to_left

    def _broken(self, previous: Sequence[_Stretch]) -> Iterable[_Stretch]:
        start = position = first = 0
        for index in count():
            text = self._text[start : start + STRETCH]
            end = position + units(text)
            spans = tuple(s for s in self._spans if s.start < end and s.end > position)
            is_last = start + len(text) >= len(self._text)
            source = _Source(text, spans, position, first, is_last)
            if index < len(previous) and previous[index].source == source:
                stretch = previous[index]
            else:
                stretch = self._stretch(source)
            yield stretch
            if is_last:
                return
            start += stretch.used
            position += units(text[: stretch.used])
            first += stretch.count

    def _stretch(self, source: _Source) -> _Stretch:
        layout = QTextLayout(source.text, self._font)
        layout.setTextOption(self._option)
        layout.setCacheEnabled(True)
        natural = self._fill(layout, source)
        lines, used = layout.lineCount(), len(source.text)
        if not source.is_last and lines > 1:
            # The last line goes on in the next stretch, and is left to it.
            used = _prefix(source.text, layout.lineAt(lines - 1).textStart())
            layout.setText(source.text[:used])
            natural = self._fill(layout, source)
            lines = layout.lineCount()
        return _Stretch(source, layout, used, lines, natural)

    def _fill(self, layout: QTextLayout, source: _Source) -> float:
        if source.spans:
            end = source.start + units(layout.text())
            layout.setFormats(_formats(source.spans, source.start, end))
        baseline, pitch, width = self._baseline, self.pitch, self._width
        natural = 0.0
        layout.beginLayout()
        y = 0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, y + baseline - line.ascent()))
            natural = max(natural, line.naturalTextWidth())
            y += pitch
        layout.endLayout()
        return natural

    def _compare(self, previous: "Lines") -> int:
        same = _common_length(self._text, previous._text)
        position = units(self._text[:same])
        for one, other in zip_longest(self._spans, previous._spans):
            if one != other:
                starts = [span.start for span in (one, other) if span is not None]
                position = min(position, *starts)
                break
        stretch = next(s for s in reversed(self._stretches) if s.source.start <= position)
        line = stretch.layout.lineForTextPosition(
            min(position - stretch.source.start, units(stretch.layout.text()))
        )
        number = line.lineNumber() if line.isValid() else 0
        # The word before may have come from, or gone to, the line above.
        return max(stretch.source.first + number - 1, 0) * self.pitch

    def _new_option(self, metrics: QFontMetricsF) -> QTextOption:
        modes = QTextOption.WrapMode
        option = QTextOption()
        option.setWrapMode(
            modes.WrapAnywhere if self._is_anywhere else modes.WrapAtWordBoundaryOrAnywhere
        )
        option.setTabStopDistance(4 * metrics.horizontalAdvance(" "))
        if self.is_right_to_left:
            option.setTextDirection(Qt.LayoutDirection.RightToLeft)
            option.setAlignment(Qt.AlignmentFlag.AlignRight)
        else:
            option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        return option


def _common_length(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
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


def _ranges(stretch: _Stretch, selected: Selected | None) -> list[QTextLayout.FormatRange]:
    if selected is None:
        return []
    length = units(stretch.layout.text())
    start = max(selected.start, stretch.source.start)
    end = min(selected.end, stretch.source.start + length)
    if start >= end:
        return []
    look = QTextCharFormat()
    look.setBackground(selected.background)
    look.setForeground(selected.text)
    return [_range(start, end, look, stretch.source.start)]


def _range(start: int, end: int, look: QTextCharFormat, origin: int) -> QTextLayout.FormatRange:
    result = QTextLayout.FormatRange()
    result.start = start - origin
    result.length = end - start
    result.format = look
    return result

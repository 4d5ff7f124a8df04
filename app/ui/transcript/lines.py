"""Lines: where the lines of a text are, how they are pointed at, marked and painted.

A drawing may stand in place of a stretch of the text (an `Inlay`). Nobody outside
has to know: all positions, in and out, are in the text as it was given, and in
UTF-16 code units.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from math import ceil, floor

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QTextCharFormat, QTextLayout, QTextLine

from app.ui.transcript.broken_text import BrokenText, Stretch, format_range
from app.ui.transcript.inlays import Drawing
from app.ui.transcript.spans import Selected
from app.ui.transcript.utf16 import characters, units


class Lines(BrokenText):
    """A text broken into lines, to be painted and pointed at."""

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
        stretch: Stretch,
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
        self, stretch: Stretch, line: QTextLine, mark: Selected
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

    def _is_line_end(self, stretch: Stretch, position: int) -> bool:
        text = stretch.source.text
        return text[characters(text, position) :].startswith("\u2028")

    def _line_at(self, y: float) -> tuple[Stretch, QTextLine]:
        inside = min(max(int(y), 0), self.height - 1)
        stretch = next(s for s in reversed(self._stretches) if s.source.top <= inside)
        number = bisect_right(stretch.tops, inside - stretch.source.top) - 1
        return stretch, stretch.layout.lineAt(number)


def _draw(
    painter: QPainter,
    x: float,
    top: float,
    stretch: Stretch,
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


def _cursor_x(line: QTextLine, position: int) -> float:
    # PySide gives back the position beside the place, whatever it declares.
    result: object = line.cursorToX(position)
    x = result[0] if isinstance(result, tuple) else result
    assert isinstance(x, float)
    return x


def _ranges(stretch: Stretch, selected: Selected) -> list[QTextLayout.FormatRange]:
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
            result.append(format_range(start, origin + position, look, origin))
            start = origin + position + 1
    return [*result, format_range(start, end, look, origin)]

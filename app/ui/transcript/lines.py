"""Lines: a text in one font family, broken into lines of one pitch.

The one place that speaks to `QTextLayout`. Long texts are broken in stretches
of bounded size: each goes on where the last full line of the one before ended,
so that no seam shows and the time is linear in the length. Text positions are
in UTF-16 code units, which is how Qt counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
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

STRETCH = 4_096
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
    return len(text) + sum(c > "\uffff" for c in text)


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


@dataclass(slots=True)
class _Stretch:
    layout: QTextLayout
    start: int
    """Its first position in the whole text, in UTF-16 units."""
    first: int
    """Its first line, counted from the top."""
    count: int


class Lines:
    """A text broken into lines.

    `pitch` is the distance between baselines, `width` what a line may take, in
    device-independent pixels.
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
    ) -> None:
        self.pitch = pitch
        metrics = QFontMetricsF(font)
        self._baseline = round((pitch - metrics.height()) / 2 + metrics.ascent())
        self._width = max(width, 1.0)
        self._stretches: list[_Stretch] = []
        self._font = font
        self._spans = spans
        self._option = _option(metrics, anywhere)
        self._natural = 0.0
        self._count = 0
        self._break(shown(text))

    @property
    def height(self) -> int:
        return self._count * self.pitch

    @property
    def natural_width(self) -> int:
        """The width of the longest line."""
        return ceil(self._natural)

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
        return stretch.start + line.xToCursor(x, side)

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
            top = y + stretch.first * self.pitch
            if top < clip.bottom() and top + stretch.count * self.pitch > clip.top():
                ranges = _ranges(stretch, selected)
                stretch.layout.draw(painter, QPointF(x, top), ranges, clip)

    def _line_at(self, y: float) -> tuple[_Stretch, QTextLine]:
        wanted = min(max(int(y // self.pitch), 0), self._count - 1)
        stretch = next(s for s in reversed(self._stretches) if s.first <= wanted)
        return stretch, stretch.layout.lineAt(wanted - stretch.first)

    def _break(self, text: str) -> None:
        start, position = 0, 0
        while True:
            part = text[start : start + STRETCH]
            is_last = start + len(part) >= len(text)
            layout = self._lay_out(part, position)
            count = layout.lineCount()
            if not is_last and count > 1:
                count -= 1
                used = _prefix(part, layout.lineAt(count).textStart())
            else:
                used = len(part)
            self._stretches.append(_Stretch(layout, position, self._count, count))
            if not is_last:
                self._cut(layout, part[:used], position)
            self._count += count
            if is_last:
                return
            start += used
            position += units(part[:used])

    def _cut(self, layout: QTextLayout, part: str, position: int) -> None:
        """Break a stretch again, without what goes on in the next."""
        layout.setText(part)
        self._fill(layout, part, position)

    def _lay_out(self, part: str, position: int) -> QTextLayout:
        layout = QTextLayout(part, self._font)
        layout.setTextOption(self._option)
        layout.setCacheEnabled(True)
        self._fill(layout, part, position)
        return layout

    def _fill(self, layout: QTextLayout, part: str, position: int) -> None:
        if self._spans:
            layout.setFormats(_formats(self._spans, position, position + units(part)))
        baseline, pitch, width, natural = self._baseline, self.pitch, self._width, self._natural
        layout.beginLayout()
        y = 0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, y + baseline - line.ascent()))
            natural = max(natural, line.naturalTextWidth())
            y += pitch
        layout.endLayout()
        self._natural = natural


def _option(metrics: QFontMetricsF, anywhere: bool) -> QTextOption:
    option = QTextOption()
    option.setWrapMode(
        QTextOption.WrapMode.WrapAnywhere
        if anywhere
        else QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
    )
    option.setTabStopDistance(4 * metrics.horizontalAdvance(" "))
    option.setAlignment(Qt.AlignmentFlag.AlignLeading)
    return option


def _cursor_x(line: QTextLine, position: int) -> float:
    # PySide gives back the position beside the place.
    result: float | tuple[float, int] = line.cursorToX(position)
    return result[0] if isinstance(result, tuple) else result


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
    start = max(selected.start, stretch.start)
    end = min(selected.end, stretch.start + length)
    if start >= end:
        return []
    look = QTextCharFormat()
    look.setBackground(selected.background)
    look.setForeground(selected.text)
    return [_range(start, end, look, stretch.start)]


def _range(start: int, end: int, look: QTextCharFormat, origin: int) -> QTextLayout.FormatRange:
    result = QTextLayout.FormatRange()
    result.start = start - origin
    result.length = end - start
    result.format = look
    return result

"""Caption: the lines around the text of a message: who, thought, waiting."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QPolygonF, QTextCharFormat

from app.ui.theme import Theme, font
from app.ui.transcript.dated import Dated
from app.ui.transcript.lines import Lines
from app.ui.transcript.parts import Name, Thought, Waiting
from app.ui.transcript.spans import Selected, Span
from app.ui.transcript.targets import (
    UNLIT,
    Fold,
    Lit,
    Target,
    Untargeted,
    draw_rings,
    draw_wash,
)
from app.ui.transcript.utf16 import units


class _Caption(Untargeted):
    """One or a few lines of small text."""

    same_until = 0

    def __init__(self, lines: Lines, theme: Theme, indent: int = 0) -> None:
        self._lines = lines
        self._theme = theme
        self._indent = indent
        self._colour = theme.colours.muted

    @property
    def height(self) -> int:
        return self._lines.height

    @property
    def natural_width(self) -> int:
        return self._indent + self._lines.natural_width

    @property
    def end(self) -> tuple[float, int, int]:
        x, y = self._lines.end
        return self._indent + x, y, self._lines.pitch

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        marks: Sequence[Selected] = (),
        lit: Lit = UNLIT,
    ) -> None:
        self._lines.draw(painter, x + self._indent, y, self._colour, clip, marks)

    def hit_test(self, x: float, y: float) -> int:
        return self._lines.offset_at(x - self._indent, y)

    def caret_at(self, offset: int) -> tuple[float, int, int]:
        x, y = self._lines.caret_at(offset)
        return self._indent + x, y, self._lines.pitch


class NameLayout(_Caption, Dated):
    """Who replied: the model in ink, its maker behind it; at the right edge when."""

    def __init__(self, name: Name, width: int, theme: Theme) -> None:
        role = theme.type.caption
        face = font(role)
        strong = QTextCharFormat()
        bold = QFont(face)
        bold.setWeight(QFont.Weight.DemiBold)
        strong.setFont(bold)
        strong.setForeground(theme.colours.text)
        self._date(name.sent, width, (theme.type.caption.line - theme.type.small.line) // 2, theme)
        taken = self.sent_area.width() + theme.space.l if self.sent else 0
        text = _elided(f"{name.label}\u2002{name.maker}".rstrip(), bold, width - taken)
        span = Span(0, min(units(name.label), units(text)), strong)
        super().__init__(Lines(text, face, role.line, width, spans=[span]), theme)

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        marks: Sequence[Selected] = (),
        lit: Lit = UNLIT,
    ) -> None:
        super().draw(painter, x, y, clip, marks)
        self._draw_date(painter, x, y, clip, lit)


class WaitingLayout(_Caption):
    """What stands where the text will be."""

    def __init__(self, waiting: Waiting, width: int, theme: Theme) -> None:
        role = theme.type.transcript
        super().__init__(Lines(waiting.text, font(role), role.line, width), theme)


class ThoughtLayout(_Caption):
    """The line that stands for the reasoning; a click unfolds it."""

    targets: Sequence[Target] = (Fold(),)

    def __init__(self, thought: Thought, width: int, theme: Theme) -> None:
        role = theme.type.caption
        indent = theme.space.l + theme.space.l
        face = font(role)
        text = _elided(thought.text, face, width - indent)
        super().__init__(Lines(text, face, theme.type.transcript.line, width), theme, indent)
        self._is_unfolded = thought.is_unfolded

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        marks: Sequence[Selected] = (),
        lit: Lit = UNLIT,
    ) -> None:
        draw_wash(painter, self._area.translated(x, y), lit, 0, self._theme)
        super().draw(painter, x, y, clip, marks)
        draw_rings(painter, [self._area], x, y, lit, 0, self._theme)
        centre = QPointF(x + self._theme.space.l + 5, y + self.height / 2)
        tip, wing = (QPointF(2, 0), 4.0)
        points = [QPointF(-2, -wing), tip, QPointF(-2, wing)]
        if self._is_unfolded:
            points = [QPointF(p.y(), p.x()) for p in points]
        painter.setPen(QPen(self._colour, 1.5, c=Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(QPolygonF([centre + p for p in points]))

    def target_at(self, x: float, y: float) -> int | None:
        inside = 0 <= x < self.natural_width + self._theme.space.s and 0 <= y < self.height
        return 0 if inside else None

    def areas_of(self, index: int) -> Sequence[QRect]:
        return (self._area,)

    @property
    def _area(self) -> QRect:
        """The line without the bar at its left."""
        left = self._theme.space.s
        return QRect(left, 0, self.natural_width, self.height)


def _elided(text: str, face: QFont, width: int) -> str:
    return QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, max(width, 0))

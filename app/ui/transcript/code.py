"""Code: a box with the language and Copy at its head, or a piece of one.

A long listing comes in several blocks, each with its part of the box.
"""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from app.ui.theme import Theme, font
from app.ui.transcript.blocks import Block
from app.ui.transcript.lines import Lines, Selected
from app.ui.transcript.prose import indent_of
from app.ui.transcript.targets import UNLIT, Copy, Lit, Target, draw_rings, draw_wash

_PADDING = 10


class CodeLayout:
    """Code in lines, and the part of the box around it."""

    def __init__(self, block: Block, width: int, theme: Theme, previous: object = None) -> None:
        before = previous._lines if isinstance(previous, CodeLayout) else None
        self._theme = theme
        self._indent = min(indent_of(block, theme), max(width - 120, 0))
        self._width = width - self._indent
        self._is_first, self._is_last = block.is_first, block.is_last
        self._head = theme.type.small.line + 18
        self._top = self._head + theme.metrics.hairline + _PADDING if block.is_first else 0
        self.targets: Sequence[Target] = (Copy(),) if block.is_copied_from else ()
        room = self._width - 2 * theme.space.m
        role = theme.type.code
        text = block.text.removesuffix("\n")
        self._lines: Lines = Lines(
            text, font(role), role.line, room, anywhere=True, previous=before
        )
        self._frame: tuple[object, ...] = (width, block.language, block.within, block.is_first)
        if isinstance(previous, CodeLayout) and previous._frame == self._frame:
            self.same_until = self._top + self._lines.same_until
            self._label: Lines = previous._label
            self._copy: Lines = previous._copy
            self._copied: Lines = previous._copied
        else:
            self.same_until = 0
            self._copy = _one_line(QCoreApplication.translate("CodeLayout", "Copy"), theme, room)
            self._copied = _one_line(
                QCoreApplication.translate("CodeLayout", "Copied"), theme, room
            )
            taken = self._copied.natural_width + theme.space.xl
            self._label = _one_line(block.language, theme, room - taken)

    @property
    def height(self) -> int:
        return self._top + self._lines.height + (_PADDING if self._is_last else 0)

    @property
    def natural_width(self) -> int:
        return self._indent + self._width

    @property
    def end(self) -> tuple[float, int, int]:
        x, y = self._lines.end
        return self._text_x + x, self._top + y, self._lines.pitch

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        selected: Selected | None = None,
        lit: Lit = UNLIT,
    ) -> None:
        self._draw_box(painter, x + self._indent, y)
        colours = self._theme.colours
        if self._is_first:
            self._label.draw(painter, x + self._text_x, y + self._head_y, colours.muted, clip)
            self._draw_copy(painter, x, y, clip, lit)
        self._lines.draw(painter, x + self._text_x, y + self._top, colours.text, clip, selected)

    def hit_test(self, x: float, y: float) -> int:
        return self._lines.offset_at(x - self._text_x, y - self._top)

    def target_at(self, x: float, y: float) -> int | None:
        right = self._indent + self._width
        is_inside = 0 <= y < self._head and self._copy_area.left() <= x < right
        return 0 if self._is_first and is_inside else None

    def areas_of(self, index: int) -> Sequence[QRect]:
        return (self._copy_area,)

    @property
    def _text_x(self) -> int:
        return self._indent + self._theme.space.m

    @property
    def _copy_area(self) -> QRect:
        """What answers the pointer: as wide as the longer of its words."""
        air = self._theme.space.s
        width = max(self._copy.natural_width, self._copied.natural_width) + 2 * air
        height = self._copy.pitch + air
        right = self._indent + self._width - self._theme.space.m + air
        return QRect(right - width, (self._head - height) // 2 + 1, width, height)

    @property
    def _head_y(self) -> int:
        return (self._head - self._copy.pitch) // 2 + 1

    def _draw_copy(self, painter: QPainter, x: int, y: int, clip: QRectF, lit: Lit) -> None:
        colours, area = self._theme.colours, self._copy_area
        draw_wash(painter, area.translated(x, y), lit, 0, self._theme)
        word = self._copied if lit.done == 0 else self._copy
        left = self._indent + self._width - self._theme.space.m - word.natural_width
        ink = colours.muted if 0 not in (lit.hovered, lit.ringed, lit.done) else colours.text
        word.draw(painter, x + left, y + self._head_y, ink, clip)
        draw_rings(painter, [area], x, y, lit, 0, self._theme)

    def _draw_box(self, painter: QPainter, x: int, y: int) -> None:
        colours, metrics = self._theme.colours, self._theme.metrics
        radius = metrics.block_radius
        # Where the box goes on, its end is drawn outside and cut off.
        above = 0 if self._is_first else -2 * radius
        below = 0 if self._is_last else 2 * radius
        box = QRectF(x, y, self._width, self.height).adjusted(0.5, above + 0.5, -0.5, below - 0.5)
        painter.save()
        painter.setClipRect(x, y, self._width, self.height, Qt.ClipOperation.IntersectClip)
        painter.setPen(QPen(colours.line, metrics.hairline))
        painter.setBrush(colours.code)
        painter.drawRoundedRect(box, radius, radius)
        if self._is_first:
            painter.fillRect(x, y + self._head, self._width, metrics.hairline, colours.line)
        painter.restore()


def _one_line(text: str, theme: Theme, width: int) -> Lines:
    role = theme.type.small
    face = font(role)
    elided = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, max(width, 0))
    return Lines(elided, face, role.line, max(width, 1) + 8)

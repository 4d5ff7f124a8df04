"""Plain table: a table that is too large to be laid out, as the text of its rows."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from app.ui.theme import Theme, font
from app.ui.transcript.acts import tr
from app.ui.transcript.blocks import Block
from app.ui.transcript.lines import Lines
from app.ui.transcript.prose import colour_of, indent_of
from app.ui.transcript.spans import Selected
from app.ui.transcript.targets import UNLIT, Lit, Untargeted
from app.ui.transcript.utf16 import units

_MOST_COLUMNS = 64
_MOST_CHARACTERS = 16_384
"""In one piece. Of what has more the beginning shows; it is copied whole."""


def is_too_large(block: Block) -> bool:
    """Return whether a piece of a table would take too long to lay out."""
    if block.columns is None or len(block.columns.aligns) > _MOST_COLUMNS:
        return True
    return _length(block) > _MOST_CHARACTERS


class PlainTableLayout(Untargeted):
    """A line that says why, and rows as lines with tabs between the cells."""

    def __init__(self, block: Block, width: int, theme: Theme, previous: object = None) -> None:
        before = previous._lines if isinstance(previous, PlainTableLayout) else None
        self._theme = theme
        self._indent = min(indent_of(block, theme), max(width - 80, 0))
        self._colour = colour_of(block, theme)
        room, small, role = width - self._indent, theme.type.small, theme.type.code
        self._notice: Lines | None = None
        self._top = 0
        if block.is_first:
            notice = tr("Shown as plain text: too large to lay out")
            self._notice = Lines(notice, font(small), small.line, room)
            self._top = self._notice.height + theme.space.xs
        text = block.text.removesuffix("\n")
        shown = text[:_MOST_CHARACTERS]
        self._length = units(shown)
        shown += "…" if len(text) > len(shown) else ""
        self._lines: Lines = Lines(
            shown, font(role), role.line, room, anywhere=True, previous=before
        )
        is_same_place = isinstance(previous, PlainTableLayout) and previous._top == self._top
        self.same_until = self._top + self._lines.same_until if is_same_place else 0

    @property
    def height(self) -> int:
        return self._top + self._lines.height

    @property
    def natural_width(self) -> int:
        return self._indent + self._lines.natural_width

    @property
    def end(self) -> tuple[float, int, int]:
        x, y = self._lines.end
        return self._indent + x, self._top + y, self._lines.pitch

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        marks: Sequence[Selected] = (),
        lit: Lit = UNLIT,
    ) -> None:
        left = x + self._indent
        if self._notice is not None:
            self._notice.draw(painter, left, y, self._theme.colours.muted, clip)
        self._lines.draw(painter, left, y + self._top, self._colour, clip, marks)

    def hit_test(self, x: float, y: float) -> int:
        return min(self._lines.offset_at(x - self._indent, y - self._top), self._length)

    def caret_at(self, offset: int) -> tuple[float, int, int]:
        x, y = self._lines.caret_at(min(offset, self._length))
        return self._indent + x, self._top + y, self._lines.pitch


def _length(block: Block) -> int:
    return sum(len(run.text) for row in block.rows for cell in row for run in cell)

"""Maths: a formula that stands on its own, in the middle of the column.

Until it is drawn, and if it cannot be, its source shows. What is selected and
copied is the source, signs and all, in either case: text positions are in that.
"""

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from app.ui.theme import Theme, font
from app.ui.transcript.blocks import Block
from app.ui.transcript.drawn_formulas import RATIO, Awaiting, Formulas, Wanted
from app.ui.transcript.formula import SizedFormula
from app.ui.transcript.inlays import Inlay
from app.ui.transcript.lines import Lines
from app.ui.transcript.prose import colour_of, indent_of
from app.ui.transcript.shifts import STILL, Bar, Slide, Wide
from app.ui.transcript.spans import Selected
from app.ui.transcript.targets import UNLIT, Lit
from app.ui.transcript.utf16 import units

_SMALLEST = 0.7
"""What is too wide is drawn smaller, down to so much of its size, and then scrolled."""
_BAR = 10
"""Pixels below what can be scrolled."""


class MathsLayout(Awaiting, Wide):
    """A formula in the middle of its room, or its source."""

    targets = ()

    def __init__(
        self,
        block: Block,
        width: int,
        theme: Theme,
        previous: object = None,
        formulas: Formulas | None = None,
    ) -> None:
        self._theme = theme
        self._indent = min(indent_of(block, theme), max(width - 80, 0))
        self._colour = colour_of(block, theme)
        self.room = width - self._indent
        text = block.text.removesuffix("\n")
        sized = self._find(block, formulas)
        before = previous._lines if isinstance(previous, MathsLayout) else None
        role = theme.type.code if sized is None else theme.type.transcript
        inlays = [] if sized is None else [Inlay(0, units(text), sized)]
        taken = 0 if sized is None else ceil(sized.width)
        self._lines: Lines = Lines(
            text,
            font(role),
            role.line,
            max(self.room, taken),
            inlays=inlays,
            previous=before,
        )
        self._is_wide = taken > self.room
        self._left: int = self._indent
        if sized is not None:
            self._left += max(self.room - taken, 0) // 2
        is_same_place = isinstance(previous, MathsLayout) and previous._left == self._left
        self.same_until = self._lines.same_until if is_same_place else 0

    @property
    def height(self) -> int:
        return self._lines.height + (_BAR if self._is_wide else 0)

    @property
    def natural_width(self) -> int:
        return self._indent + min(self._lines.natural_width, self.room)

    @property
    def content_width(self) -> int:
        return self._lines.natural_width if self._is_wide else 0

    @property
    def content_x(self) -> int:
        return self._left

    @property
    def bar(self) -> Bar | None:
        if not self._is_wide:
            return None
        return Bar(QRect(self._indent, self._lines.height, self.room, _BAR))

    def caret_at_end(self, slide: Slide) -> tuple[float, int, int]:
        x, y = self._lines.end
        return self._left + min(max(x - slide.shift, 0), self.room), y, self._lines.pitch

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        marks: Sequence[Selected] = (),
        lit: Lit = UNLIT,
        slide: Slide = STILL,
    ) -> None:
        left = x + self._left
        if self.bar is None:
            self._lines.draw(painter, left, y, self._colour, clip, marks)
            return
        painter.save()
        inside = QRect(left, y, self.room, self.height)
        painter.setClipRect(inside, Qt.ClipOperation.IntersectClip)
        self._lines.draw(painter, left - slide.shift, y, self._colour, clip, marks)
        painter.restore()
        self.bar.draw(painter, x, y, slide, self._theme)

    def hit_test(self, x: float, y: float, slide: Slide = STILL) -> int:
        return self._lines.offset_at(x - self._left + slide.shift, y)

    def caret_at(self, offset: int, slide: Slide = STILL) -> tuple[float, int, int]:
        x, y = self._lines.caret_at(offset)
        return self._left + x - slide.shift, y, self._lines.pitch

    def target_at(self, x: float, y: float, slide: Slide = STILL) -> int | None:
        return None

    def areas_of(self, index: int, slide: Slide = STILL) -> Sequence[QRect]:
        return ()

    def _find(self, block: Block, formulas: Formulas | None) -> SizedFormula | None:
        """Return the formula in the size it is drawn; None if it is to be its source."""
        latex = next((run.maths for run in block.runs if run.maths), "")
        if formulas is None or not latex:
            return None
        wanted = Wanted(latex, is_display=True)
        formula = formulas.find(wanted)
        if formula is None:
            if formulas.is_pending(wanted):
                self.lacking = frozenset({wanted})
            return None
        em = self._theme.type.transcript.size * RATIO
        scale = min(self.room / max(formula.width * em, 1), 1.0)
        return formula.sized(em * max(scale, _SMALLEST))

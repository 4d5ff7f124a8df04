"""Noticed: a text that was not read as Markdown, below a line that says why."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter

from app.ui.theme import Theme, font
from app.ui.transcript.acts import tr
from app.ui.transcript.blocks import Block
from app.ui.transcript.lines import Lines
from app.ui.transcript.prose import ProseLayout, indent_of
from app.ui.transcript.spans import Selected
from app.ui.transcript.targets import UNLIT, Lit, Target


class NoticedLayout:
    """Prose with a line above it that is no part of its text."""

    def __init__(self, block: Block, width: int, theme: Theme, previous: object = None) -> None:
        before = previous if isinstance(previous, NoticedLayout) else None
        self._theme = theme
        self._indent = min(indent_of(block, theme), max(width - 80, 0))
        small = theme.type.small
        notice = tr("Shown as plain text: formatting it would take too long")
        self._notice = Lines(notice, font(small), small.line, width - self._indent)
        self._top = self._notice.height + theme.space.xs
        self._prose: ProseLayout = ProseLayout(block, width, theme, before and before._prose)
        self.same_until = self._top + self._prose.same_until if before else 0
        self.targets: Sequence[Target] = self._prose.targets

    @property
    def height(self) -> int:
        return self._top + self._prose.height

    @property
    def natural_width(self) -> int:
        return self._prose.natural_width

    @property
    def end(self) -> tuple[float, int, int]:
        x, y, height = self._prose.end
        return x, self._top + y, height

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        marks: Sequence[Selected] = (),
        lit: Lit = UNLIT,
    ) -> None:
        self._notice.draw(painter, x + self._indent, y, self._theme.colours.muted, clip)
        self._prose.draw(painter, x, y + self._top, clip, marks, lit)

    def hit_test(self, x: float, y: float) -> int:
        return self._prose.hit_test(x, y - self._top)

    def caret_at(self, offset: int) -> tuple[float, int, int]:
        x, y, height = self._prose.caret_at(offset)
        return x, self._top + y, height

    def target_at(self, x: float, y: float) -> int | None:
        return self._prose.target_at(x, y - self._top)

    def areas_of(self, index: int) -> Sequence[QRect]:
        return [area.translated(0, self._top) for area in self._prose.areas_of(index)]

"""Prose: paragraphs, headings, items of lists, plain text, and rules between them."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from app.ui import icons
from app.ui.theme import Theme, TypeRole, font
from app.ui.transcript.blocks import Block, Container, Kind, Marker
from app.ui.transcript.composed import Composed
from app.ui.transcript.drawn_formulas import Awaiting, Formulas
from app.ui.transcript.lines import Lines
from app.ui.transcript.spans import Selected
from app.ui.transcript.styles import Styles
from app.ui.transcript.targets import (
    UNLIT,
    Lit,
    Target,
    Untargeted,
    draw_rings,
    draw_wash,
)

_BULLETS = "•◦▪"


def indent_of(block: Block, theme: Theme) -> int:
    """Return how far from the left edge of the column a block begins."""
    return sum(indent_in(container, theme) for container in block.within)


def indent_in(container: Container, theme: Theme) -> int:
    """Return how far a container pushes what stands in it to the right."""
    if container is Container.ITEM:
        return max(theme.space.xl, theme.type.transcript.size * 8 // 5)
    if container is Container.NOTE:
        return max(theme.space.xl, theme.type.caption.size * 2)
    return theme.space.l


class ProseLayout(Awaiting):
    """Text in one column, with a bullet or number in front if it begins an item."""

    def __init__(
        self,
        block: Block,
        width: int,
        theme: Theme,
        previous: object = None,
        formulas: Formulas | None = None,
    ) -> None:
        before = previous._lines if isinstance(previous, ProseLayout) else None
        self._frame: tuple[object, ...] = (block.kind, block.level, block.within, block.marker)
        same = previous if isinstance(previous, ProseLayout) else None
        if same is not None and same._frame != self._frame:
            same = None
        self._theme = theme
        self._indent = min(indent_of(block, theme), max(width - 80, 0))
        role = _role(block, theme)
        self._styles: Styles = Styles(font(role), theme) if same is None else same._styles
        self._font = self._styles.face
        self._composed: Composed = Composed(
            block.runs,
            self._styles,
            theme,
            formulas,
            role.size,
            None if same is None else same._composed,
        )
        self.lacking = self._composed.lacking
        room = width - self._indent
        text = self._composed.text
        if block.kind is Kind.PLAIN:
            # The line end a piece ends with is the one before the next piece.
            text = text if block.is_last else text.removesuffix("\n")
        self._lines: Lines = Lines(
            text,
            self._font,
            role.line,
            room,
            spans=self._composed.spans,
            inlays=self._composed.inlays,
            previous=before,
        )
        self._left = self._indent
        if self._lines.is_right_to_left:
            # Lists are indented from where their lines begin, quotes at their bar.
            items = [c for c in block.within if c is Container.ITEM]
            self._left -= min(sum(indent_in(item, theme) for item in items), self._indent)
        self._room = room
        self._colour = colour_of(block, theme)
        self._is_framed_as_before = same is not None
        self._is_done = block.marker.is_done if block.marker is not None else None
        """Whether its box is ticked; None if it has none."""
        self._marker: Lines | None = (
            _marker_of(block.marker, block, self._font, role, theme)
            if same is None
            else same._marker
        )

    @property
    def height(self) -> int:
        return self._lines.height

    @property
    def targets(self) -> Sequence[Target]:
        return [target for target, _, _ in self._composed.links]

    @property
    def natural_width(self) -> int:
        return self._indent + self._lines.natural_width

    @property
    def is_right_to_left(self) -> bool:
        return self._lines.is_right_to_left

    @property
    def same_until(self) -> int:
        return self._lines.same_until if self._is_framed_as_before else 0

    @property
    def end(self) -> tuple[float, int, int]:
        x, y = self._lines.end
        return self._left + x, y, self._lines.pitch

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        marks: Sequence[Selected] = (),
        lit: Lit = UNLIT,
    ) -> None:
        if self._is_done is not None:
            self._draw_box(painter, x, y, is_done=self._is_done)
        elif self._marker is not None:
            left = x + self._marker_x(self._marker.natural_width)
            self._marker.draw(painter, left, y, self._theme.colours.muted, clip)
        if lit.hovered is not None:
            for area in self.areas_of(lit.hovered):
                draw_wash(painter, area.translated(x, y), lit, lit.hovered, self._theme)
        self._lines.draw(painter, x + self._left, y, self._colour, clip, marks)
        if lit.ringed is not None:
            areas = self.areas_of(lit.ringed)
            draw_rings(painter, areas, x, y, lit, lit.ringed, self._theme)

    def hit_test(self, x: float, y: float) -> int:
        return self._lines.offset_at(x - self._left, y)

    def caret_at(self, offset: int) -> tuple[float, int, int]:
        x, y = self._lines.caret_at(offset)
        return self._left + x, y, self._lines.pitch

    def target_at(self, x: float, y: float) -> int | None:
        x -= self._left
        if not self._composed.links or not self._lines.covers(x, y):
            return None
        at = self._lines.offset_at(x, y, on_character=True)
        for index, (_, start, end) in enumerate(self._composed.links):
            if start <= at < end:
                return index
        return None

    def areas_of(self, index: int) -> Sequence[QRect]:
        _, start, end = self._composed.links[index]
        return [area.translated(self._left, 0) for area in self._lines.areas(start, end)]

    def _marker_x(self, width: int) -> int:
        """Return where a marker of a width begins."""
        if self._lines.is_right_to_left:
            return self._left + self._room + self._theme.space.s
        return self._indent - self._theme.space.s - width

    def _draw_box(self, painter: QPainter, x: int, y: int, *, is_done: bool) -> None:
        """Draw the box of a task. It only shows: a click on it means nothing."""
        colours, pitch = self._theme.colours, self._lines.pitch
        size = round(self._font.pixelSize() * 14 / 15)
        box = QRectF(x + self._marker_x(size), y + (pitch - size) // 2, size, size)
        painter.setPen(QPen(colours.accent if is_done else colours.faint, 1.5))
        painter.setBrush(colours.accent if is_done else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), 3, 3)
        if is_done:
            icons.paint(painter, "check", box.adjusted(1.5, 1.5, -1.5, -1.5), colours.on_accent)


class RuleLayout(Untargeted):
    """A hairline between two blocks."""

    end = (0.0, 0, 0)
    same_until = 0

    def __init__(self, block: Block, width: int, theme: Theme) -> None:
        self.height = theme.metrics.hairline
        self.natural_width = width
        self._indent = indent_of(block, theme)
        self._colour = theme.colours.strong_line

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        marks: Sequence[Selected] = (),
        lit: Lit = UNLIT,
    ) -> None:
        width = self.natural_width - self._indent
        painter.fillRect(x + self._indent, y, width, self.height, self._colour)

    def hit_test(self, x: float, y: float) -> int:
        return 0

    def caret_at(self, offset: int) -> tuple[float, int, int]:
        return 0.0, 0, self.height


def draw_bars(
    painter: QPainter, within: tuple[Container, ...], x: int, top: int, bottom: int, theme: Theme
) -> None:
    """Draw the bars at the left of quotes and reasoning, over the height of a part."""
    for container in within:
        if container not in (Container.ITEM, Container.NOTE):
            painter.fillRect(x, top, 2, bottom - top, theme.colours.strong_line)
        x += indent_in(container, theme)


def _role(block: Block, theme: Theme) -> TypeRole:
    if block.kind is Kind.HEADING:
        return theme.type.headings[block.level - 1]
    if Container.NOTE in block.within:
        return theme.type.caption
    if Container.REASONING in block.within:
        return theme.type.base
    return theme.type.transcript


def colour_of(block: Block, theme: Theme) -> QColor:
    """Return the colour of the text of a block."""
    asides = (Container.REASONING, Container.QUOTE, Container.NOTE)
    is_aside = any(container in asides for container in block.within)
    return theme.colours.muted if is_aside else theme.colours.text


def _marker_of(
    marker: Marker | None, block: Block, face: QFont, role: TypeRole, theme: Theme
) -> Lines | None:
    if marker is None or marker.is_done is not None:
        return None
    if marker.label:
        room = indent_in(Container.NOTE, theme) - theme.space.s
        metrics = QFontMetricsF(face)
        text = metrics.elidedText(marker.label, Qt.TextElideMode.ElideRight, room + 2)
    elif marker.ordinal is None:
        depth = block.within.count(Container.ITEM)
        text = _BULLETS[min(depth, len(_BULLETS)) - 1]
    else:
        text = f"{marker.ordinal}{marker.suffix}"
    return Lines(text, face, role.line, 200)

"""Code: a box with the language and Copy at its head, or a piece of one.

A long listing comes in several blocks, each with its part of the box.
"""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QTextCharFormat

from app.ui.theme import Theme, font
from app.ui.transcript.blocks import Block, Run
from app.ui.transcript.lines import Lines
from app.ui.transcript.prose import indent_of
from app.ui.transcript.shifts import STILL, Bar, Slide, Wide
from app.ui.transcript.spans import Selected, Span
from app.ui.transcript.targets import UNLIT, Copy, Lit, Target, Wrap, draw_rings, draw_wash
from app.ui.transcript.tints import Colour, Tint, ink
from app.ui.transcript.unseen import with_chips
from app.ui.transcript.wrapping import is_wrapping

_PADDING = 10
_ENDLESS = 1_000_000
"""Pixels given to lines that are not to be broken. What is longer than a stretch of
`Lines` is broken there all the same: no line of a megabyte is laid out as one."""
_COPY, _WRAP = 0, 1
"""Targets. What is always there comes first, so that it keeps its number."""


class CodeLines(Lines):
    """Lines that begin at the left, whatever they are written in."""

    _can_begin_right = False


class CodeLayout(Wide):
    """Code in lines, and the part of the box around it."""

    def __init__(self, block: Block, width: int, theme: Theme, previous: object = None) -> None:
        before = previous._lines if isinstance(previous, CodeLayout) else None
        self._theme = theme
        self._indent = min(indent_of(block, theme), max(width - 120, 0))
        self._width = width - self._indent
        self._is_first, self._is_last = block.is_first, block.is_last
        self._head = theme.type.small.line + 18
        self._top = self._head + theme.metrics.hairline + _PADDING if block.is_first else 0
        self.room = max(self._width - 2 * theme.space.m, 1)
        self._is_wrapped = is_wrapping(theme)
        self._text = block.text.removesuffix("\n")
        self._shown, self._chips = with_chips([Run(self._text, is_code=True)], (), theme)
        self._tints: Sequence[Tint] = ()
        self._spans: Sequence[Span] = ()
        if isinstance(previous, CodeLayout) and previous._goes_on_as(block, theme):
            self._tints, self._spans = previous._tints, previous._spans
        self._language = block.language
        self._lines: Lines = self._broken(self._spans, before)
        self.targets: Sequence[Target] = self._found_targets(block)
        self._frame: tuple[object, ...] = (
            width,
            block.language,
            block.within,
            block.is_first,
            self._is_wrapped,
            len(self.targets),
        )
        if isinstance(previous, CodeLayout) and previous._frame == self._frame:
            self.same_until = self._top + self._lines.same_until
            self._words: _Words = previous._words
        else:
            self.same_until = 0
            self._words = _Words(block.language, theme, self.room)

    @property
    def height(self) -> int:
        return self._top + self._lines.height + (_PADDING if self._is_last else 0)

    @property
    def natural_width(self) -> int:
        return self._indent + self._width

    @property
    def content_width(self) -> int:
        return 0 if self._is_wrapped else self._lines.natural_width

    @property
    def content_x(self) -> int:
        return self._text_x

    @property
    def bar(self) -> Bar | None:
        if not self._is_last:
            return None
        return Bar(QRect(self._text_x, self.height - _PADDING, self.room, _PADDING))

    def caret_at_end(self, slide: Slide) -> tuple[float, int, int]:
        x, y = self._lines.end
        inside = min(max(x - slide.shift, 0), self.room)
        return self._text_x + inside, self._top + y, self._lines.pitch

    def tint(self, tints: Sequence[Tint]) -> tuple[int, int] | None:
        """Colour the code; return from where to where it looks different. Nothing moves."""
        kept = _common_length(tints, self._tints)
        others = [*tints[kept:], *self._tints[kept:]]
        if not others:
            return None
        spans = [*self._spans[:kept], *self._spans_of(tints[kept:])]
        lines = self._broken(spans, self._lines)
        # Colours must not break lines anew, whatever a font does at their edges.
        if lines.height != self._lines.height:
            return None
        self._lines, self._tints, self._spans = lines, tints, spans
        _, top = lines.caret_at(min(tint.start for tint in others))
        _, bottom = lines.caret_at(max(tint.end for tint in others))
        return self._top + top, self._top + bottom + lines.pitch

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
        self._draw_box(painter, x + self._indent, y)
        if self._is_first:
            self._draw_head(painter, x, y, clip, lit, slide)
        left, colour = x + self._text_x, self._theme.colours.text
        if slide.width <= self.room:
            self._lines.draw(painter, left, y + self._top, colour, clip, marks)
            return
        painter.save()
        inside = QRect(x + self._indent + 1, y, self._width - 2, self.height)
        painter.setClipRect(inside, Qt.ClipOperation.IntersectClip)
        self._lines.draw(painter, left - slide.shift, y + self._top, colour, clip, marks)
        painter.restore()
        if self.bar is not None:
            self.bar.draw(painter, x, y, slide, self._theme)

    def hit_test(self, x: float, y: float, slide: Slide = STILL) -> int:
        return self._lines.offset_at(x - self._text_x + slide.shift, y - self._top)

    def caret_at(self, offset: int, slide: Slide = STILL) -> tuple[float, int, int]:
        x, y = self._lines.caret_at(offset)
        return self._text_x + x - slide.shift, self._top + y, self._lines.pitch

    def target_at(self, x: float, y: float, slide: Slide = STILL) -> int | None:
        right = self._indent + self._width
        if not self._is_first or not 0 <= y < self._head:
            return None
        if self._copy_area.left() <= x < right:
            return _COPY
        area = self._wrap_area
        is_inside = area.left() <= x <= area.right()
        return _WRAP if is_inside and self._offers_wrap(slide) else None

    def areas_of(self, index: int, slide: Slide = STILL) -> Sequence[QRect]:
        return (self._copy_area if index == _COPY else self._wrap_area,)

    def _broken(self, spans: Sequence[Span], previous: Lines | None) -> Lines:
        role = self._theme.type.code
        room = self.room if self._is_wrapped else _ENDLESS
        return CodeLines(
            self._shown,
            font(role),
            role.line,
            room,
            spans=spans,
            inlays=self._chips,
            anywhere=True,
            previous=previous,
        )

    def _found_targets(self, block: Block) -> Sequence[Target]:
        if not block.is_copied_from:
            return ()
        if self._is_wrapped:
            is_long = self._lines.line_count > self._text.count("\n") + 1
        else:
            is_long = self._lines.natural_width > self.room
        # In pieces that are not here lines may be longer.
        if is_long or not self._is_last:
            return (Copy(), Wrap(self._is_wrapped))
        return (Copy(),)

    def _offers_wrap(self, slide: Slide) -> bool:
        """Return whether it shows that lines can be broken: where it makes a difference."""
        is_long = self._is_wrapped or slide.width > self.room or self.content_width > self.room
        return is_long and len(self.targets) > _WRAP

    def _goes_on_as(self, block: Block, theme: Theme) -> bool:
        """Return whether its colours are right for a block that may have grown from it."""
        is_same = self._language == block.language and self._theme == theme
        return is_same and block.text.startswith(self._text)

    def _spans_of(self, tints: Sequence[Tint]) -> list[Span]:
        looks = {}
        for colour in Colour:
            looks[colour] = QTextCharFormat()
            looks[colour].setForeground(ink(colour, self._theme))
        return [Span(start, end, looks[colour]) for start, end, colour in tints]

    @property
    def _text_x(self) -> int:
        return self._indent + self._theme.space.m

    @property
    def _copy_area(self) -> QRect:
        """What answers the pointer: as wide as the longer of its words."""
        words = self._words
        width = max(words.copy.natural_width, words.copied.natural_width)
        return self._area(self._indent + self._width - self._theme.space.m, width)

    @property
    def _wrap_area(self) -> QRect:
        words, air = self._words, self._theme.space.s
        width = max(words.wrap.natural_width, words.unwrap.natural_width)
        return self._area(self._copy_area.left() - air, width)

    def _area(self, right: int, width: int) -> QRect:
        """Return what answers the pointer around a word that ends at `right`."""
        air = self._theme.space.s
        height = self._words.copy.pitch + air
        top = (self._head - height) // 2 + 1
        return QRect(right - width - air, top, width + 2 * air, height)

    def _draw_head(
        self, painter: QPainter, x: int, y: int, clip: QRectF, lit: Lit, slide: Slide
    ) -> None:
        words, muted = self._words, self._theme.colours.muted
        top = y + (self._head - words.copy.pitch) // 2 + 1
        words.label.draw(painter, x + self._text_x, top, muted, clip)
        copy = words.copied if lit.done == _COPY else words.copy
        self._draw_word(painter, copy, _COPY, x, y, clip, lit)
        if self._offers_wrap(slide) or lit.ringed == _WRAP:
            wrap = words.unwrap if self._is_wrapped else words.wrap
            self._draw_word(painter, wrap, _WRAP, x, y, clip, lit)

    def _draw_word(
        self, painter: QPainter, word: Lines, index: int, x: int, y: int, clip: QRectF, lit: Lit
    ) -> None:
        colours, area = self._theme.colours, self.areas_of(index)[0]
        draw_wash(painter, area.translated(x, y), lit, index, self._theme)
        is_plain = index not in (lit.hovered, lit.ringed, lit.done)
        left = area.right() + 1 - self._theme.space.s - word.natural_width
        top = y + (self._head - word.pitch) // 2 + 1
        word.draw(painter, x + left, top, colours.muted if is_plain else colours.text, clip)
        draw_rings(painter, [area], x, y, lit, index, self._theme)

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


def _common_length(one: Sequence[Tint], other: Sequence[Tint]) -> int:
    return next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


class _Words:
    """What is written at the head of a box."""

    def __init__(self, language: str, theme: Theme, room: int) -> None:
        translate = QCoreApplication.translate
        self.copy = _one_line(translate("CodeLayout", "Copy"), theme, room)
        self.copied = _one_line(translate("CodeLayout", "Copied"), theme, room)
        self.wrap = _one_line(translate("CodeLayout", "Wrap"), theme, room)
        self.unwrap = _one_line(translate("CodeLayout", "Unwrap"), theme, room)
        taken = self.copied.natural_width + self.unwrap.natural_width + 3 * theme.space.xl
        self.label = _one_line(language, theme, room - taken)


def _one_line(text: str, theme: Theme, width: int) -> Lines:
    role = theme.type.small
    face = font(role)
    elided = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, max(width, 0))
    return Lines(elided, face, role.line, max(width, 1) + 8)

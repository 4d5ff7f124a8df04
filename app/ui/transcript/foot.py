"""Foot: the line below a message: its versions, its facts, and what can be done with it.

What can be done stands at the right edge and keeps its room whether it shows or
not; facts that do not fit beside it go on in lines below, whole part by part.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from app.ui import icons
from app.ui.theme import Theme, font
from app.ui.transcript.acts import ICONS, MessageAct
from app.ui.transcript.dated import Dated
from app.ui.transcript.lines import Lines
from app.ui.transcript.parts import Foot, Versions
from app.ui.transcript.spans import Selected
from app.ui.transcript.targets import UNLIT, Do, Lit, Target, Turn, draw_rings, draw_wash

_AIR = 6
"""Between an icon and the edge of what can be clicked."""
_NARROW = 120
"""With less room than this beside the icons, facts stand below them."""


@dataclass(frozen=True, slots=True)
class _Text:
    line: Lines
    x: int
    y: int
    colour: QColor


@dataclass(frozen=True, slots=True)
class _Chevron:
    icon: str
    area: QRect
    index: int | None
    """Among the targets; None where there is nothing to turn to."""


def foot_height(theme: Theme) -> int:
    """Return how high a foot is that has all of its facts in one line."""
    return theme.type.small.line + 2 * _AIR


class FootLayout(Dated):
    """Versions and facts at the left, what can be done at the right."""

    end = (0.0, 0, 0)
    same_until = 0

    def __init__(self, foot: Foot, width: int, theme: Theme) -> None:
        self.natural_width = width
        self._theme = theme
        self._foot = foot
        self._face = font(theme.type.small)
        self._face.setFeature(QFont.Tag("tnum"), 1)
        self._cell = foot_height(theme)
        self.targets: list[Target] = []
        self._areas: list[QRect] = []
        self._texts: list[_Text] = []
        self._chevrons: list[_Chevron] = []
        # So far to the right that the last icon ends with the column.
        right = width + _AIR - self._cell * len(foot.acts)
        left = 0
        if foot.versions is not None:
            left = self._place_versions(foot.versions, right, is_last=foot.is_own)
        # The versions of the person's message stand at the right, and it left of them.
        edge = self._chevrons[0].area.left() if self._chevrons and foot.is_own else right
        self._date(foot.sent, edge - theme.space.s, _AIR, theme)
        for i, act in enumerate(foot.acts):
            area = QRect(right + i * self._cell, 0, self._cell, self._cell)
            self._add(Do(act), area)
        self.height = self._place_facts(foot.facts, left, right)

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        marks: Sequence[Selected] = (),
        lit: Lit = UNLIT,
    ) -> None:
        for text in self._texts:
            text.line.draw(painter, x + text.x, y + text.y, text.colour, clip)
        for chevron in self._chevrons:
            self._draw_chevron(painter, chevron, x, y, lit)
        self._draw_date(painter, x, y, clip, lit)
        if lit.is_near or not self._foot.is_own or lit.done is not None:
            for index, target in enumerate(self.targets):
                if isinstance(target, Do):
                    self._draw_act(painter, target.act, index, x, y, lit)

    def hit_test(self, x: float, y: float) -> int:
        return 0

    def caret_at(self, offset: int) -> tuple[float, int, int]:
        return 0.0, 0, self.height

    def target_at(self, x: float, y: float) -> int | None:
        for index, area in enumerate(self._areas):
            if area.contains(int(x), int(y)):
                return index
        return None

    def areas_of(self, index: int) -> Sequence[QRect]:
        return (self._areas[index],)

    def _add(self, target: Target, area: QRect) -> int:
        self.targets.append(target)
        self._areas.append(area)
        return len(self.targets) - 1

    def _place_versions(self, versions: Versions, right: int, *, is_last: bool) -> int:
        """Place the versions, and return where what stands behind them begins."""
        theme = self._theme
        line = self._line(f"{versions.number}/{versions.count}", 4_000)
        # As wide as the last version's, so that nothing moves from one to the next.
        room = self._line(f"{versions.count}/{versions.count}", 4_000).natural_width
        icon = theme.type.small.line
        cell = icon + theme.space.s
        x = max(right - room - 2 * cell, 0) if is_last else -theme.space.xs
        turns = ((versions.previous, -1, x), (versions.next, 1, x + cell + room))
        for to, step, left in turns:
            area = QRect(left, 0, cell, self._cell)
            index = None if to is None else self._add(Turn(to, step), area)
            name = "chevron-left" if step < 0 else "chevron-right"
            self._chevrons.append(_Chevron(name, area, index))
        middle = x + cell + (room - line.natural_width) // 2
        self._texts.append(_Text(line, middle, _AIR, theme.colours.faint))
        return x + 2 * cell + room + theme.space.s

    def _place_facts(self, facts: tuple[str, ...], left: int, right: int) -> int:
        """Place the facts in lines, and return the height of all."""
        colours, space = self._theme.colours, self._theme.space
        edge, y = right - space.s if self._foot.acts else right, _AIR
        if facts and edge - left < _NARROW and (self._foot.acts or left):
            left, y, edge = 0, self._cell, self.natural_width
        x, first = left, left
        for i, fact in enumerate(facts):
            line = self._line(fact, edge - first)
            if x > first and x + line.natural_width > edge:
                x, y = first, y + line.pitch + space.xs
            colour = colours.text if i == len(facts) - 1 else colours.muted
            self._texts.append(_Text(line, x, y, colour))
            x += line.natural_width + space.l
        return max(self._cell, y + self._theme.type.small.line + _AIR) if facts else self._cell

    def _line(self, text: str, room: int) -> Lines:
        room = max(room, 1)
        elided = QFontMetricsF(self._face).elidedText(text, Qt.TextElideMode.ElideRight, room)
        return Lines(elided, self._face, self._theme.type.small.line, room + 8)

    def _draw_chevron(self, painter: QPainter, chevron: _Chevron, x: int, y: int, lit: Lit) -> None:
        colours, index = self._theme.colours, chevron.index
        colour = colours.strong_line
        if index is not None:
            draw_wash(painter, chevron.area.translated(x, y), lit, index, self._theme)
            colour = colours.text if lit.hovered == index else colours.faint
        self._draw_icon(painter, chevron.icon, chevron.area.translated(x, y), colour)
        if index is not None:
            draw_rings(painter, [chevron.area], x, y, lit, index, self._theme)

    def _draw_act(
        self, painter: QPainter, act: MessageAct, index: int, x: int, y: int, lit: Lit
    ) -> None:
        colours, area = self._theme.colours, self._areas[index].translated(x, y)
        # Right above stands the person's message, in the same colour.
        inset = 2 if self._foot.is_own else 0
        wash = area.adjusted(inset, inset, -inset, -inset)
        draw_wash(painter, wash, lit, index, self._theme)
        name = "check" if lit.done == index else ICONS[act]
        is_plain = index not in (lit.hovered, lit.ringed, lit.done)
        self._draw_icon(painter, name, area, colours.faint if is_plain else colours.text)
        draw_rings(painter, [self._areas[index]], x, y, lit, index, self._theme)

    def _draw_icon(self, painter: QPainter, name: str, area: QRect, colour: QColor) -> None:
        size = self._theme.type.small.line
        box = QRectF(0, 0, size, size)
        box.moveTopLeft(area.topLeft().toPointF())
        box.translate((area.width() - size) // 2, (area.height() - size) // 2)
        icons.paint(painter, name, box, colour)


def versions_of(message_id: int, ids: Sequence[int]) -> Versions | None:
    """Return which version of several a message is; None if it is the only one."""
    if len(ids) < 2:
        return None
    at = ids.index(message_id)
    before = ids[at - 1] if at else None
    after = ids[at + 1] if at + 1 < len(ids) else None
    return Versions(at + 1, len(ids), before, after)

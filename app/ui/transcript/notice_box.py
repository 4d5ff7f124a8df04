"""Notice box: what happened, what it means, and buttons for what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
    QPolygonF,
    QTextCharFormat,
)

from app.ui.notice import Notice, Offer, Tone
from app.ui.theme import Theme, font
from app.ui.transcript.lines import Lines
from app.ui.transcript.spans import Selected, Span
from app.ui.transcript.targets import UNLIT, Lit, Take, Target, draw_rings
from app.ui.transcript.utf16 import units

_HOVERED, _PRESSED = 0.12, 0.24
"""How much of the ink is mixed into a button in the accent."""


@dataclass(frozen=True, slots=True)
class _Button:
    offer: Offer
    label: Lines
    box: QRect


class NoticeLayout:
    """A notice as a coloured box."""

    end = (0.0, 0, 0)
    same_until = 0

    def __init__(self, notice: Notice, width: int, theme: Theme) -> None:
        self._theme = theme
        self._tone = notice.tone
        self.natural_width = width
        space, role = theme.space, theme.type.base
        self._left = space.m if notice.tone is Tone.QUIET else space.m + space.xl + space.xs
        strong = QTextCharFormat()
        bold = font(role)
        bold.setWeight(QFont.Weight.DemiBold)
        strong.setFont(bold)
        text = f"{notice.headline} {notice.rest}".rstrip()
        span = Span(0, units(notice.headline), strong)
        room = width - self._left - space.m
        self._lines = Lines(text, font(role), role.line, room, spans=[span])
        self._button_height = theme.type.caption.line + 10
        self._buttons = list(self._placed(notice.offers, room))
        self.targets: Sequence[Target] = [Take(offer.act) for offer in notice.offers]
        bottom = self._top + self._lines.height
        if self._buttons:
            bottom = self._buttons[-1].box.bottom() + 1
        self.height = bottom + self._top

    @property
    def _top(self) -> int:
        return self._theme.space.m - 2

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        marks: Sequence[Selected] = (),
        lit: Lit = UNLIT,
    ) -> None:
        colours, radius = self._theme.colours, self._theme.metrics.block_radius
        wash, ink = _look(self._tone, self._theme)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(wash)
        painter.drawRoundedRect(QRectF(x, y, self.natural_width, self.height), radius, radius)
        if self._tone is not Tone.QUIET:
            middle = y + self._top + self._lines.pitch / 2
            _draw_sign(painter, QPointF(x + self._theme.space.m + 9, middle), ink)
        self._lines.draw(painter, x + self._left, y + self._top, colours.text, clip, marks)
        for index in range(len(self._buttons)):
            self._draw_button(painter, index, x, y, clip, lit)

    def hit_test(self, x: float, y: float) -> int:
        return self._lines.offset_at(x - self._left, y - self._top)

    def caret_at(self, offset: int) -> tuple[float, int, int]:
        x, y = self._lines.caret_at(offset)
        return self._left + x, self._top + y, self._lines.pitch

    def target_at(self, x: float, y: float) -> int | None:
        for index, button in enumerate(self._buttons):
            if button.box.contains(int(x), int(y)):
                return index
        return None

    def areas_of(self, index: int) -> Sequence[QRect]:
        return (self._buttons[index].box,)

    def _placed(self, offers: tuple[Offer, ...], room: int) -> list[_Button]:
        """Place the buttons in rows below the text."""
        space, role = self._theme.space, self._theme.type.caption
        face = font(role)
        face.setWeight(QFont.Weight.Medium)
        x, y = 0, self._top + self._lines.height + space.s
        buttons = []
        for offer in offers:
            # Where the letters are large and the column is narrow, the verb still shows.
            inside = max(room - 2 * space.m, 1)
            words = QFontMetricsF(face).elidedText(offer.label, Qt.TextElideMode.ElideRight, inside)
            label = Lines(words, face, role.line, inside + 8)
            width = label.natural_width + 2 * space.m
            if x and x + width > room:
                x, y = 0, y + self._button_height + space.s
            box = QRect(self._left + x, y, width, self._button_height)
            buttons.append(_Button(offer, label, box))
            x += width + space.s
        return buttons

    def _draw_button(
        self, painter: QPainter, index: int, x: int, y: int, clip: QRectF, lit: Lit
    ) -> None:
        colours, metrics = self._theme.colours, self._theme.metrics
        button = self._buttons[index]
        box = QRectF(button.box.translated(x, y)).adjusted(0.5, 0.5, -0.5, -0.5)
        is_primary = button.offer.primary
        edge = colours.accent if is_primary else colours.strong_line
        painter.setPen(QPen(edge, metrics.hairline))
        painter.setBrush(self._ground(index, lit, is_primary=is_primary))
        painter.drawRoundedRect(box, metrics.control_radius, metrics.control_radius)
        ink = colours.on_accent if is_primary else colours.text
        left = x + button.box.x() + self._theme.space.m
        top = y + button.box.y() + (self._button_height - button.label.pitch) // 2
        button.label.draw(painter, left, top, ink, clip)
        draw_rings(painter, [button.box.adjusted(-1, -1, 1, 1)], x, y, lit, index, self._theme)

    def _ground(self, index: int, lit: Lit, *, is_primary: bool) -> QColor:
        colours = self._theme.colours
        is_hovered, is_pressed = lit.hovered == index, lit.pressed == index
        if not is_hovered:
            return colours.accent if is_primary else colours.raised
        if is_primary:
            share = _PRESSED if is_pressed else _HOVERED
            return _mixed(colours.accent, colours.text, share)
        return colours.selection if is_pressed else colours.accent_wash


def _look(tone: Tone, theme: Theme) -> tuple[QColor, QColor]:
    colours = theme.colours
    match tone:
        case Tone.ERROR:
            return colours.error_wash, colours.error
        case Tone.WARNING:
            return colours.warning_wash, colours.warning
        case Tone.QUIET:
            return colours.own_message, colours.muted


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    """Return a colour with a share of another."""
    pairs = (
        (one.redF(), other.redF()),
        (one.greenF(), other.greenF()),
        (one.blueF(), other.blueF()),
    )
    return QColor.fromRgbF(*(a + (b - a) * share for a, b in pairs))


def _draw_sign(painter: QPainter, centre: QPointF, ink: QColor) -> None:
    """Draw a triangle with an exclamation mark, 16 pixels wide."""
    painter.setPen(QPen(ink, 1.5, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    corners = (QPointF(0, -7), QPointF(8, 7), QPointF(-8, 7))
    painter.drawPolygon(QPolygonF([centre + corner for corner in corners]))
    painter.drawLine(centre + QPointF(0, -2.5), centre + QPointF(0, 1.5))
    painter.drawPoint(centre + QPointF(0, 4.5))

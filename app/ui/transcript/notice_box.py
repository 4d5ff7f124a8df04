"""Notice box: what happened, what it means, and buttons for what can be done."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QPen,
    QPolygonF,
    QTextCharFormat,
)

from app.ui.notice import Notice, Offer, Tone
from app.ui.theme import Theme, font
from app.ui.transcript.lines import Lines, Selected, Span, units
from app.ui.transcript.parts import Take, Target

_BUTTON = 30


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
        self._buttons = list(self._placed(notice.offers, room))
        bottom = self._top + self._lines.height
        if self._buttons:
            bottom = self._buttons[-1].box.bottom() + 1
        self.height = bottom + self._top

    @property
    def _top(self) -> int:
        return self._theme.space.m - 2

    def draw(
        self, painter: QPainter, x: int, y: int, clip: QRectF, selected: Selected | None = None
    ) -> None:
        colours, radius = self._theme.colours, self._theme.metrics.block_radius
        wash, ink = _look(self._tone, self._theme)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(wash)
        painter.drawRoundedRect(QRectF(x, y, self.natural_width, self.height), radius, radius)
        if self._tone is not Tone.QUIET:
            _draw_sign(painter, QPointF(x + self._theme.space.m + 9, y + self._top + 10), ink)
        self._lines.draw(painter, x + self._left, y + self._top, colours.text, clip, selected)
        for button in self._buttons:
            self._draw_button(painter, button, x, y, clip)

    def hit_test(self, x: float, y: float) -> int:
        return self._lines.offset_at(x - self._left, y - self._top)

    def target_at(self, x: float, y: float) -> Target | None:
        for button in self._buttons:
            if button.box.contains(int(x), int(y)):
                return Take(button.offer.act)
        return None

    def _placed(self, offers: tuple[Offer, ...], room: int) -> list[_Button]:
        """Place the buttons in rows below the text."""
        space, role = self._theme.space, self._theme.type.caption
        face = font(role)
        face.setWeight(QFont.Weight.Medium)
        x, y = 0, self._top + self._lines.height + space.s
        buttons = []
        for offer in offers:
            label = Lines(offer.label, face, role.line, 4_000)
            width = label.natural_width + 2 * space.m
            if x and x + width > room:
                x, y = 0, y + _BUTTON + space.s
            buttons.append(_Button(offer, label, QRect(self._left + x, y, width, _BUTTON)))
            x += width + space.s
        return buttons

    def _draw_button(
        self, painter: QPainter, button: _Button, x: int, y: int, clip: QRectF
    ) -> None:
        colours, metrics = self._theme.colours, self._theme.metrics
        box = QRectF(button.box.translated(x, y)).adjusted(0.5, 0.5, -0.5, -0.5)
        is_primary = button.offer.primary
        edge = colours.accent if is_primary else colours.strong_line
        painter.setPen(QPen(edge, metrics.hairline))
        painter.setBrush(colours.accent if is_primary else colours.raised)
        painter.drawRoundedRect(box, metrics.control_radius, metrics.control_radius)
        ink = colours.on_accent if is_primary else colours.text
        left = x + button.box.x() + self._theme.space.m
        top = y + button.box.y() + (_BUTTON - button.label.pitch) // 2
        button.label.draw(painter, left, top, ink, clip)


def _look(tone: Tone, theme: Theme) -> tuple[QColor, QColor]:
    colours = theme.colours
    match tone:
        case Tone.ERROR:
            return colours.error_wash, colours.error
        case Tone.WARNING:
            return colours.warning_wash, colours.warning
        case Tone.QUIET:
            return colours.own_message, colours.muted


def _draw_sign(painter: QPainter, centre: QPointF, ink: QColor) -> None:
    """Draw a triangle with an exclamation mark, 16 pixels wide."""
    painter.setPen(QPen(ink, 1.5, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    corners = (QPointF(0, -7), QPointF(8, 7), QPointF(-8, 7))
    painter.drawPolygon(QPolygonF([centre + corner for corner in corners]))
    painter.drawLine(centre + QPointF(0, -2.5), centre + QPointF(0, 1.5))
    painter.drawPoint(centre + QPointF(0, 4.5))

"""Dated: a line that says at its right end when its message was sent.

Quiet: it shows while the person is near the message, and its room is kept free
whether it shows or not, so that nothing moves.
"""

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QFont, QPainter

from app.ui.theme import Theme, font
from app.ui.transcript.lines import Lines
from app.ui.transcript.parts import Sent
from app.ui.transcript.targets import Lit

_ENDLESS = 4_000


class Dated:
    """A layout with a time in it."""

    sent = ""
    """When the message was sent, in full; empty if that is unknown."""
    sent_area = QRect()
    """Where it stands."""
    _when: Lines | None = None

    def _date(self, sent: Sent | None, right: int, top: int, theme: Theme) -> None:
        """Place the time so that it ends at `right`."""
        if sent is None:
            return
        face = font(theme.type.small)
        face.setFeature(QFont.Tag("tnum"), 1)
        self._when = Lines(sent.short, face, theme.type.small.line, _ENDLESS)
        self._when_colour = theme.colours.faint
        self.sent = sent.full
        width = self._when.natural_width
        self.sent_area = QRect(right - width, top, width, self._when.height)

    def _draw_date(self, painter: QPainter, x: int, y: int, clip: QRectF, lit: Lit) -> None:
        """Draw it with the top left corner of the layout at (x, y), if it is to show."""
        if self._when is not None and lit.is_near:
            area = self.sent_area
            self._when.draw(painter, x + area.x(), y + area.y(), self._when_colour, clip)

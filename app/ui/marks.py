"""Marks: what a tab and a row in a list show of a conversation beside its title.

A mark never speaks by its colour alone: a ring with a gap, a dot and an
exclamation mark differ in shape, and each has a word. The ring turns while it is
painted somewhere, by one timer for all of them; a turn repaints the rings only.
"""

from functools import cache

from PySide6.QtCore import QCoreApplication, QObject, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from app.chat.mark import Mark
from app.ui.theme import Colours
from app.ui.wording import tr

SIZE = 12
"""Width and height of the square a mark is painted in."""
INTERVAL_MS = 150
STEP = 45
GAP = 100
"""How much of the ring is missing, in degrees."""


def word(mark: Mark | None) -> str:
    """Return a mark in words, for tooltips and screen readers; empty for none."""
    if mark is Mark.STREAMING:
        return tr("A reply is coming")
    if mark is Mark.UNREAD:
        return tr("New reply")
    return tr("The last reply failed") if mark is Mark.FAILED else ""


def with_word(title: str, mark: Mark | None) -> str:
    """Return a title followed by its mark's word."""
    return f"{title} · {word(mark)}" if mark is not None else title


def as_tooltip(text: str) -> str:
    """Return a text no tooltip takes for mark-up, cut to what a person would read."""
    return text[:400].replace("<", "‹")


class Turning(QObject):
    """The turn of all rings; it rests as soon as none has been painted for a turn.

    Signals:
        turned: the rings stand differently now.
    """

    turned = Signal()

    def __init__(self, parent: QObject | None) -> None:
        super().__init__(parent)
        self.angle = 0
        self._is_seen = False
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def is_running(self) -> bool:
        return self._timer.isActive()

    def keep(self) -> None:
        """Go on turning: a ring has just been painted."""
        self._is_seen = True
        if not self._timer.isActive():
            self._timer.start()

    def _on_timer_timeout(self) -> None:
        if not self._is_seen:
            self._timer.stop()
            return
        self._is_seen = False
        self.angle = (self.angle - STEP) % 360
        self.turned.emit()


@cache
def turning() -> Turning:
    """Return the one turn all rings share."""
    return Turning(QCoreApplication.instance())


class Marks(QObject):
    """The marks painted on one widget; it has its rings repainted as they turn."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._rings: set[tuple[int, int, int, int]] = set()
        turning().turned.connect(self._on_turned)

    def paint(self, painter: QPainter, mark: Mark, rect: QRect, colours: Colours) -> None:
        """Draw a mark into a square of `SIZE`, in the widget's coordinates."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        centre = QRectF(rect).center()
        if mark is Mark.STREAMING:
            self._rings.add(rect.getRect())  # type: ignore[arg-type]
            turning().keep()
            pen = QPen(colours.accent, 1.6)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            ring = QRectF(centre - QPointF(4.2, 4.2), centre + QPointF(4.2, 4.2))
            start = turning().angle + GAP // 2
            painter.drawArc(ring, start * 16, (360 - GAP) * 16)
        elif mark is Mark.UNREAD:
            painter.setBrush(colours.accent)
            painter.drawEllipse(centre, 3.5, 3.5)
        else:
            painter.fillPath(_exclamation(centre), colours.error)
        painter.restore()

    def _on_turned(self) -> None:
        rings, self._rings = self._rings, set()
        for ring in rings:
            self._widget.update(*ring)


def _exclamation(centre: QPointF) -> QPainterPath:
    """Return a disc with an exclamation mark cut out of it."""
    x, y = centre.x(), centre.y()
    path = QPainterPath()
    path.addEllipse(centre, 5.5, 5.5)
    path.addRoundedRect(QRectF(x - 0.8, y - 3.2, 1.6, 3.9), 0.8, 0.8)
    path.addEllipse(QPointF(x, y + 2.5), 0.95, 0.95)
    return path

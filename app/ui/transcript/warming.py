"""Warming: fonts of scripts that the interface itself does not use, loaded beforehand.

The first text in such a script costs 5 to 100 ms while its font is found and
read, which would be a hitch in the middle of a reply. So it is paid a script at
a time, in the quiet after the window has come up, and never before that.
"""

from PySide6.QtCore import QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QImage, QPainter, QTextLayout

from app.ui.theme import Type, font

_AFTER_MS = 1_500
"""The window is up and what it was opened with stands by then."""
_PAUSE_MS = 250
"""Between two scripts, so that what a person does meanwhile comes first."""
SAMPLES = ("🙂🏽", "漢字", "かな", "한글", "العربية", "हिन्दी", "ไทย", "😀", "∑√→")
_HARDEST = "🙂🏽"
"""Looked for in every font there is, once for each size and weight: 10 to 40 ms."""


class Warming(QObject):
    """Loads the fonts of `SAMPLES`, one after the other, and those of other sizes.

    Signals:
        finished: all of them are there.
    """

    finished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        types = Type()
        self._left = [(text, types.transcript) for text in SAMPLES]
        self._left += [(_HARDEST, role) for role in (*types.headings[:4], types.base, types.code)]
        self._left.reverse()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.timeout.connect(self._step)

    def begin(self, after_ms: int = _AFTER_MS) -> None:
        """Load them, beginning in a while."""
        self._timer.start(after_ms)

    def _step(self) -> None:
        if self._left:
            text, role = self._left.pop()
            _use(text, font(role))
        if self._left:
            self._timer.start(_PAUSE_MS)
        else:
            self.finished.emit()


def warm_fonts(window: QObject) -> Warming:
    """Load the fonts of other scripts when a window has come up; call after its first paint."""
    warming = Warming(window)
    warming.finished.connect(warming.deleteLater)
    warming.begin()
    return warming


def _use(text: str, face: QFont) -> None:
    """Lay a text out and draw it where nobody sees it."""
    layout = QTextLayout(text, face)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    image = QImage(64, 32, QImage.Format.Format_ARGB32_Premultiplied)
    with QPainter(image) as painter:
        layout.draw(painter, QPointF(0, 0))

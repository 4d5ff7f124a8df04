"""Warming: what a reply needs and the interface does not, loaded while it is waited for.

What reads Markdown takes 20 to 40 ms to import. The first text in a script that the
interface does not use costs 5 to 15 ms while its font is found and read. Either would
be a hitch in the middle of a reply, so that it is paid beforehand, one at a time.
"""

from PySide6.QtCore import QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QImage, QPainter, QTextLayout

from app.ui.theme import Type, font

_SOON_MS = 50
"""The request is on its way by then, and no model has answered."""
_AFTER_MS = 1_500
"""Few replies have shown more than letters by then."""
_QUIET_MS = 1_000
"""After the start; what the window came up with stands by then."""
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
        # One that is coarser still counts whole seconds, and so has no pauses at all.
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
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


def warm_reading(window: QObject) -> None:
    """Load what reads Markdown; call after the start, which does not wait for it.

    Else the first conversation that is opened does.
    """
    QTimer.singleShot(_QUIET_MS, window, _import_parser)
    QTimer.singleShot(_QUIET_MS + _PAUSE_MS, window, _import_reader)


def warm_up(window: QObject) -> Warming:
    """Load what the first reply will need; call when it is asked for."""
    QTimer.singleShot(_SOON_MS, window, _import_parser)
    QTimer.singleShot(2 * _SOON_MS, window, _import_reader)
    warming = Warming(window)
    warming.finished.connect(warming.deleteLater)
    warming.begin()
    return warming


def _import_parser() -> None:
    import markdown_it  # noqa: F401


def _import_reader() -> None:
    """Import what reads Markdown, and have it made."""
    from app.ui.transcript.markdown import read_text

    read_text("`", {})


def _use(text: str, face: QFont) -> None:
    """Lay a text out and draw it where nobody sees it."""
    layout = QTextLayout(text, face)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    image = QImage(64, 32, QImage.Format.Format_ARGB32_Premultiplied)
    with QPainter(image) as painter:
        layout.draw(painter, QPointF(0, 0))

"""UndoStrip: what was deleted last, and the way back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.ui import icons
from app.ui.marks import as_tooltip
from app.ui.theme import Theme
from app.ui.unfailing import unfailing
from app.ui.wording.language import isolated


class Cut(QLabel):
    """A sentence with a name in it, which is cut to fit."""

    def __init__(self, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence, self._name = sentence, ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_name(self, name: str) -> None:
        """Show the sentence with this name."""
        self._name = name[:300]
        whole = self._sentence.format(name=isolated(name))
        self.setToolTip(as_tooltip(whole))
        self.setAccessibleName(whole)
        self._cut()

    def _cut(self) -> None:
        metrics, end = self.fontMetrics(), Qt.TextElideMode.ElideRight
        room = self.width() - metrics.horizontalAdvance(self._sentence.format(name=""))
        whole = self._sentence.format(name=isolated(self._name))
        while room > 0 and metrics.horizontalAdvance(whole) >= self.width():
            name = metrics.elidedText(self._name, end, room)
            whole = self._sentence.format(name=isolated(name))
            # Letters that are joined may be wider than they were counted one by one.
            room -= 2
        self.setText(metrics.elidedText(whole, end, self.width()))

    @unfailing
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()


class UndoStrip(QWidget):
    """What was deleted, and the way back.

    Signals:
        undo_requested: it is wanted back.
    """

    undo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        card = QFrame(self)
        card.setObjectName("undostrip")
        self._words = Cut(self.tr("Deleted “{name}”."), card)
        self._words.setObjectName("words")
        undo = QPushButton(self.tr("Undo"), card)
        undo.setObjectName("undo")
        undo.setToolTip(self.tr("Bring the conversation back"))
        undo.clicked.connect(self.undo_requested)
        self._dismiss = QToolButton(card)
        self._dismiss.setObjectName("dismiss")
        self._dismiss.setFixedSize(24, 24)
        self._dismiss.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._dismiss.setToolTip(self.tr("Dismiss"))
        self._dismiss.setAccessibleName(self.tr("Dismiss"))
        self._dismiss.clicked.connect(self.hide)
        row = QHBoxLayout(card)
        row.setContentsMargins(12, 4, 4, 4)
        row.setSpacing(2)
        row.addWidget(self._words, 1)
        row.addWidget(undo)
        row.addWidget(self._dismiss)
        around = QVBoxLayout(self)
        around.setContentsMargins(8, 8, 8, 8)
        around.addWidget(card)

    def show_title(self, title: str | None) -> None:
        """Say what was deleted; None: nothing can be brought back."""
        if title is not None:
            self._words.show_name(title)
        self.setVisible(title is not None)

    def set_theme(self, theme: Theme) -> None:
        """Take the icon in the colours of a theme."""
        self._dismiss.setIcon(icons.icon("x", theme.colours.muted))

"""FindBar: what to look for in the conversation, how often it is there, and the way to it.

It looks for nothing itself: it tells what is typed, and shows what it is told.
"""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from app.ui import icons
from app.ui.section import figures
from app.ui.theme import Theme, light
from app.ui.transcript.finding import Tally
from app.ui.transcript.sought import LONGEST
from app.ui.unfailing import unfailing

STYLE = """
#findbar { background: @window; border: none; border-bottom: 1px solid @line; }
#findbar QLineEdit {
    background: @surface; border: 1px solid @strong_line; border-radius: @radius_control;
    padding: 0px 6px; min-height: 26px; font-size: @size_base;
}
#findbar QLineEdit:focus { border: 2px solid @accent; padding: 0px 5px; min-height: 24px; }
#findbar #tally { color: @muted; }
#findbar #tally[missed="true"] { color: @error; }
#findbar QToolButton {
    background: transparent; border: 2px solid transparent; padding: 0px; min-height: 0px;
}
#findbar QToolButton:hover { background: @line; }
#findbar QToolButton:focus { border: 2px solid @accent; padding: 0px; }
#findbar QToolButton:disabled { background: transparent; }
"""
_WIDEST = 340
_BUTTON = QSize(28, 28)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _Field(QLineEdit):
    """Where one types what to look for; Enter goes on, Shift+Enter back.

    Signals:
        step_requested: another hit is wanted. arg: 1 or -1.
    """

    step_requested = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMaxLength(LONGEST)
        self.setMaximumWidth(_WIDEST)
        self.setPlaceholderText(self.tr("Find in the conversation"))
        self.setAccessibleName(self.tr("Find in the conversation"))
        self.glass = self.addAction(
            icons.icon("search", light().colours.muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self.glass.setText(self.tr("Find"))

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            is_back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.step_requested.emit(-1 if is_back else 1)
            return
        super().keyPressEvent(event)


class FindBar(QFrame):
    """A row to find something with.

    Signals:
        text_changed: something else is to be looked for. arg: the text.
        step_requested: another hit is wanted. arg: 1 for the next, -1 for the one before.
        closed: the person is done.
    """

    text_changed = Signal(str)
    step_requested = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findbar")
        self.field = _Field(self)
        self._tally = QLabel(self)
        self._tally.setObjectName("tally")
        self._tally.setTextFormat(Qt.TextFormat.PlainText)
        self._announced: tuple[str, str, int | None] = ("", "", None)
        """What was looked for, what was said of it, and which hit that was."""
        self._previous = self._button(self.tr("Previous hit"), self.tr("Shift+Enter"))
        self._next = self._button(self.tr("Next hit"), self.tr("Enter"))
        self._close = self._button(self.tr("Close"), self.tr("Esc"))
        self._lay_out()
        self.field.textChanged.connect(self.text_changed)
        self.field.step_requested.connect(self.step_requested)
        self._previous.clicked.connect(lambda: self.step_requested.emit(-1))
        self._next.clicked.connect(lambda: self.step_requested.emit(1))
        self._close.clicked.connect(self.closed)
        self.set_theme(light())
        self.show_tally(Tally())
        self.hide()

    def _button(self, name: str, keys: str) -> QToolButton:
        button = QToolButton(self)
        button.setFixedSize(_BUTTON)
        button.setIconSize(QSize(icons.SIZE, icons.SIZE))
        button.setAccessibleName(name)
        button.setToolTip(f"{name} ({keys})")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _lay_out(self) -> None:
        self._tally.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(2)
        row.addWidget(self.field, 1000)
        row.addSpacing(10)
        row.addWidget(self._tally)
        row.addStretch(1)
        row.addSpacing(6)
        for button in (self._previous, self._next, self._close):
            row.addWidget(button)

    @property
    def text(self) -> str:
        """What is to be looked for."""
        return self.field.text()

    @property
    def tally_text(self) -> str:
        """What it says about how often that is there."""
        return self._tally.text()

    def open(self) -> None:
        """Show the row with the cursor in it, and what it held before selected."""
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def put(self, text: str) -> bool:
        """Take a text as what to look for; return False if it is none to look for."""
        words = " ".join(text.split())
        if not words or len(words) > LONGEST:
            return False
        self.field.setText(words)
        self.field.selectAll()
        return True

    def show_tally(self, tally: Tally) -> None:
        """Say how often it is there, and which of them the person is at."""
        is_missed = bool(self.text.strip()) and not tally.total and not tally.is_searching
        if not self.text.strip():
            words = ""
        elif is_missed:
            words = self.tr("Nothing found")
        elif tally.number is None:
            found = self.tr("{total} found").format(total=f"{tally.total:,}")
            words = self.tr("Searching…") if tally.is_searching else found
        else:
            words = self.tr("{number} of {total}").format(
                number=f"{tally.number:,}", total=f"{tally.total:,}"
            )
        self._tally.setText(words)
        self._tally.setAccessibleName(words)
        if not tally.is_searching:
            self._announce(words, tally.number)
        for button in (self._previous, self._next):
            button.setEnabled(tally.total > 0)
        if self._tally.property("missed") != is_missed:
            self._tally.setProperty("missed", is_missed)
            self._tally.style().unpolish(self._tally)
            self._tally.style().polish(self._tally)

    def _announce(self, words: str, number: int | None) -> None:
        """Have the tally read out to whoever hears the window: where they look for
        something or go from hit to hit, not where a reply that grows adds to the hits.
        """
        before, self._announced = self._announced, (self.text, words, number)
        if not words or before == self._announced or not QAccessible.isActive():
            return
        focus: QWidget | None = self.window().focusWidget()
        is_here = focus is not None and self.isAncestorOf(focus)
        if is_here or (before[0] == self.text and before[2] != number):
            event = QAccessibleAnnouncementEvent(self, words)
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
            QAccessible.updateAccessibility(event)

    def set_theme(self, theme: Theme) -> None:
        """Take icons and figures in the colours and sizes of a theme."""
        colours = theme.colours
        self.field.glass.setIcon(icons.icon("search", colours.muted))
        for button, name in (
            (self._previous, "chevron-up"),
            (self._next, "chevron-down"),
            (self._close, "x"),
        ):
            button.setIcon(icons.icon(name, colours.text, colours.strong_line))
        self._tally.setFont(figures(theme.type.caption))

    # Qt's

    @unfailing
    def event(self, event: QEvent) -> bool:
        # Escape closes the row before it stops a reply.
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_escape and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)

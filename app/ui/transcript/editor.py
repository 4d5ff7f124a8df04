"""Editor: a message of the person's, being written anew where it stands.

What is typed stays in it until its owner closes it; what is read from it is
what was typed, character for character.
"""

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QInputMethodEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.ui.page import words_of, wrap_for
from app.ui.theme import Theme, font
from app.ui.unfailing import unfailing

MAX_LINES = 12
_PADDING = 10

STYLE = """
#editsend { background: @accent; color: @on_accent; border-color: @accent; }
#editsend:hover { background: @text; color: @surface; border-color: @text; }
#editsend:focus { border: 2px solid @text; }
#editsend:disabled { background: @window; color: @faint; border-color: @strong_line; }
#editsend, #editcancel { font-size: @size_caption; }
#edithint { color: @muted; font-size: @size_small; }
"""
_ESCAPE = Qt.Key.Key_Escape
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _Sheet(QPlainTextEdit):
    """The text area.

    Signals:
        sent: the key was pressed that sends.
        cancelled: Esc was pressed.
    """

    sent = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.sends_on_enter = True
        self._is_composing = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(2)

    @property
    def words(self) -> str:
        """What is written, character for character."""
        return words_of(self.document())

    def lines_height(self) -> int:
        """Return the height of what is written, of twelve lines at most."""
        pitch = QFontMetricsF(self.font()).lineSpacing()
        layout, block = self.document().documentLayout(), self.document().begin()
        height, most = 0.0, MAX_LINES * pitch
        # Only as far as it counts: there may be a megabyte of it.
        while block.isValid() and height < most:
            height += max(layout.blockBoundingRect(block).height(), pitch)
            block = block.next()
        return round(min(height, most) + 2 * self.document().documentMargin()) + 2

    def take(self, text: str) -> None:
        """Set what is written, the cursor at its end."""
        wrap_for(self, text, afresh=True)
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def retake(self, text: str) -> None:
        """Change what is written, as if it were typed: it can be undone."""
        wrap_for(self, text, afresh=True)
        self.selectAll()
        self.insertPlainText(text)

    def _on_enter(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if control or (self.sends_on_enter and not shift):
            self.sent.emit()
        elif not self.isReadOnly():
            self.textCursor().insertBlock()
            self.ensureCursorVisible()

    @unfailing
    def event(self, event: QEvent) -> bool:
        # Esc means something to the window too: here it only leaves the editor.
        is_override = event.type() is QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() in (_ESCAPE, *_ENTER):
            event.accept()
            return True
        return super().event(event)

    @unfailing
    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == _ESCAPE and not self._is_composing:
            self.cancelled.emit()
        elif event.key() in _ENTER and not self._is_composing:
            self._on_enter(event)
        else:
            super().keyPressEvent(event)

    @unfailing
    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText()

    @unfailing
    def insertFromMimeData(self, source: QMimeData) -> None:
        wrap_for(self, source.text(), afresh=False)
        self.insertPlainText(source.text())


class Editor(QFrame):
    """A box to write a message anew in, with Send and Cancel.

    Signals:
        sent: the person wants this sent. arg: the text.
        cancelled: the person leaves it as it was.
        grew: it may need another height.
    """

    sent = Signal(str)
    cancelled = Signal()
    grew = Signal()

    def __init__(self, text: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.is_held = False
        """Whether the words are being sent."""
        self._sheet = _Sheet(self)
        self._sheet.setAccessibleName(self.tr("Edit message"))
        self._hint = QLabel(self.tr("The old version stays."), self)
        self._hint.setObjectName("edithint")
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._send = QPushButton(self.tr("Send"), self)
        self._send.setObjectName("editsend")
        self._cancel = QPushButton(self.tr("Cancel"), self)
        self._cancel.setObjectName("editcancel")
        self._cancel.setToolTip(self.tr("Cancel (Esc)"))
        self._lay_out()
        self.setFocusProxy(self._sheet)
        self.set_theme(theme)
        self._sheet.take(text)
        self._sheet.sent.connect(self._on_sheet_sent)
        self._sheet.cancelled.connect(self.cancelled)
        self._sheet.textChanged.connect(self._on_sheet_changed)
        self._send.clicked.connect(self._on_sheet_sent)
        self._cancel.clicked.connect(self.cancelled)
        self._sheet.installEventFilter(self)
        self._refresh()

    @property
    def words(self) -> str:
        """What is written and not sent."""
        return self._sheet.words

    @property
    def has_focus(self) -> bool:
        """Whether keys come here, or to one of its buttons."""
        return any(each.hasFocus() for each in (self._sheet, self._send, self._cancel))

    def set_sends_on_enter(self, sends: bool) -> None:
        """Choose whether Enter sends, or Ctrl+Enter only."""
        self._sheet.sends_on_enter = sends
        self._send.setToolTip(self.tr("Send (Enter)") if sends else self.tr("Send (Ctrl+Enter)"))

    def set_theme(self, theme: Theme) -> None:
        """Change colours and font; what is written stays."""
        self._theme = theme
        self._sheet.setFont(font(theme.type.transcript))
        palette = self._sheet.palette()
        colours, role = theme.colours, QPalette.ColorRole
        # The page colours its frame with it, and so all that lies on it.
        palette.setColor(role.WindowText, colours.muted)
        palette.setColor(role.Base, colours.raised)
        palette.setColor(role.Text, colours.text)
        palette.setColor(role.Highlight, colours.selection)
        palette.setColor(role.HighlightedText, colours.text)
        self.setPalette(palette)
        self._sheet.setPalette(palette)
        self.update()

    def fit(self, width: int) -> int:
        """Take a width, and return the height it needs then."""
        column = self.layout()
        assert column is not None
        buttons = self._cancel.sizeHint().width() + self._send.sizeHint().width()
        room = width - buttons - 2 * _PADDING - 2 * self._theme.space.s
        self._hint.setVisible(room >= self._hint.sizeHint().width())
        self.resize(width, self.height())
        column.activate()
        self._sheet.setFixedHeight(self._sheet.lines_height())
        return column.sizeHint().height()

    def resume(self, text: str) -> None:
        """Go on with what was typed before; undoing it leads back to the message."""
        self._sheet.retake(text)

    def hold(self) -> None:
        """Keep the words as they are while they are being sent."""
        self.is_held = True
        self._refresh()

    def release(self) -> None:
        """Give the words back to be written on."""
        self.is_held = False
        self._refresh()

    def _lay_out(self) -> None:
        space = self._theme.space
        foot = QHBoxLayout()
        foot.setSpacing(space.s)
        self._hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        foot.addWidget(self._hint, 1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._send)
        column = QVBoxLayout(self)
        column.setContentsMargins(_PADDING, _PADDING, _PADDING, _PADDING)
        column.setSpacing(space.s)
        column.addWidget(self._sheet)
        column.addLayout(foot)
        QWidget.setTabOrder(self._sheet, self._send)
        QWidget.setTabOrder(self._send, self._cancel)

    def _refresh(self) -> None:
        self._sheet.setReadOnly(self.is_held)
        self._send.setEnabled(not self._sheet.document().isEmpty() and not self.is_held)

    def _on_sheet_sent(self) -> None:
        if self._send.isEnabled() and self.words.strip():
            self.hold()
            self.sent.emit(self.words)

    def _on_sheet_changed(self) -> None:
        self._refresh()
        self.grew.emit()

    @unfailing
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return False

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        colours, metrics = self._theme.colours, self._theme.metrics
        has_focus = self._sheet.hasFocus()
        width = metrics.focus_ring if has_focus else metrics.hairline
        reach = width / 2
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colours.accent if has_focus else colours.strong_line, width))
            painter.setBrush(colours.raised)
            box = QRectF(self.rect()).adjusted(reach, reach, -reach, -reach)
            painter.drawRoundedRect(box, metrics.message_radius, metrics.message_radius)

"""ParameterRow: a name and a value that is edited where it stands."""

from enum import StrEnum

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent, QTextCursor
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.ui import theme
from app.ui.page import paste, words_of, wrap_for
from app.ui.section import ROW_HEIGHT, Pair, Pressable, plain, plain_painter
from app.ui.unfailing import unfailing

BOX_LINES = 5
STYLE = """
#parameterline { margin: 2px 12px; padding: 4px 8px; font-size: @size_caption; }
#parameterline:focus { padding: 3px 7px; }
#parameterbox {
    background: @raised; color: @text; border: 1px solid @strong_line; padding: 1px;
    border-radius: @radius_control; margin: 2px 12px; font-size: @size_caption;
    placeholder-text-color: @faint;
    selection-background-color: @selection; selection-color: @text;
}
#parameterbox:focus { border: 2px solid @accent; padding: 0px; }
#parameternote { color: @muted; font-size: @size_small; padding: 0px 14px 4px 14px; }
#parameterproblem { color: @error; font-size: @size_small; padding: 0px 14px 4px 14px; }
"""


class Fold(StrEnum):
    """What opens below a row that is pressed."""

    NONE = "none"
    LINE = "line"
    LINES = "lines"


class Face(Pressable):
    """The row as it is read."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        # A click leaves the focus where it is: in the field, which it closes.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.pair = Pair()

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = plain_painter(self)
        self.paint_ground(painter)
        self.pair.paint(painter, self, self.look)
        painter.end()

    def sizeHint(self) -> QSize:
        return QSize(120, ROW_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, ROW_HEIGHT)


class Line(QLineEdit):
    """A value in one line.

    Signals:
        finished: Enter was pressed, or the focus went on.
        dropped: Escape was pressed.
    """

    finished = Signal()
    dropped = Signal()

    @property
    def words(self) -> str:
        """What is written."""
        return self.text()

    def write(self, text: str) -> None:
        """Put a value in, selected."""
        self.setText(text)
        self.selectAll()

    @unfailing
    def event(self, event: QEvent) -> bool:
        if _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finished.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.dropped.emit()
        else:
            super().keyPressEvent(event)

    @unfailing
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.finished.emit()


class Box(QPlainTextEdit):
    """A value in several lines; Escape ends the writing and keeps it.

    Signals:
        finished: Escape or Ctrl+Enter was pressed, or the focus went on.
    """

    finished = Signal()
    dropped = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)

    @property
    def words(self) -> str:
        """What is written, character for character."""
        return words_of(self.document())

    def write(self, text: str) -> None:
        """Put a value in, the cursor at its end."""
        wrap_for(self, text, afresh=True)
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    @unfailing
    def event(self, event: QEvent) -> bool:
        if _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape or (is_enter and held):
            self.finished.emit()
        else:
            super().keyPressEvent(event)

    @unfailing
    def insertFromMimeData(self, source: QMimeData) -> None:
        paste(self, source)

    @unfailing
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.finished.emit()

    def sizeHint(self) -> QSize:
        return QSize(120, self.fontMetrics().lineSpacing() * BOX_LINES + 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())


def _is_escape(event: QEvent) -> bool:
    """Return whether Escape asks who wants it; else it would stop a reply."""
    return (
        event.type() is QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and event.key() == Qt.Key.Key_Escape
    )


class ParameterRow(QWidget):
    """A parameter: read as name and value, edited below them.

    Signals:
        pressed: the person pressed a row that has no field.
        typed: what is written in the field changed. arg: it.
        entered: the person is done with the field. arg: what is written.
    """

    pressed = Signal()
    typed = Signal(str)
    entered = Signal(str)

    def __init__(self, name: str, unset: str, fold: Fold, parent: QWidget) -> None:
        super().__init__(parent)
        self.hint = ""
        self._unset = unset
        self._fold = fold
        self._value = ""
        self._summary = ""
        self.editor: Line | Box | None = None
        self.face = Face(self)
        self.face.pair.name = name
        self._note = self._label("parameternote")
        self._problem = self._label("parameterproblem")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for widget in (self.face, self._problem, self._note):
            self._column.addWidget(widget)
        self.face.clicked.connect(self._on_face_clicked)

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.hide()
        return label

    def show_value(self, value: str, summary: str = "", *, is_typed: bool = False) -> None:
        """Show a value, in short where it has a shorter form; empty is unset.

        is_typed: it comes from the field, which needs not be told.
        """
        changed = value != self._value
        self._value, self._summary = value, summary
        self._refresh()
        if changed and not is_typed and self.editor is not None:
            self.close_editor()

    def show_note(self, note: str) -> None:
        """Say something about the parameter that holds whatever its value is."""
        self._note.setText(note)
        self._refresh()

    def show_problem(self, sentence: str) -> None:
        """Say why what is written cannot be; the field stays open."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        if self.editor is not None:
            self.editor.setAccessibleDescription(sentence)

    def set_theme(self, look: theme.Theme) -> None:
        """Paint in the colours of a theme."""
        self.face.set_theme(look)

    def enter(self) -> None:
        """Enter what is being written."""
        self._on_editor_finished()

    def close_editor(self) -> None:
        """Close the field; what is written in it is gone."""
        editor, self.editor = self.editor, None
        if editor is None:
            return
        self.show_problem("")
        had_focus = editor.hasFocus()
        editor.blockSignals(True)
        if had_focus:
            self.face.setFocus()
        editor.hide()
        editor.deleteLater()

    def _refresh(self) -> None:
        pair, note = self.face.pair, self._note.text()
        unset = self.tr("not taken") if note else self._unset
        pair.value = self._summary or self._value[:200].replace("\n", " ") or unset
        pair.is_quiet = not self._value
        self._note.setVisible(bool(note and self._value))
        self.face.setToolTip(plain(f"{pair.name}: {self._value[:500] or unset}"))
        self.face.setAccessibleName(f"{pair.name}: {pair.value}")
        self.face.setAccessibleDescription(note)
        self.face.update()

    def _on_face_clicked(self) -> None:
        if self._fold is Fold.NONE:
            self.pressed.emit()
        elif self.editor is not None:
            self._on_editor_finished()
        else:
            self._open_editor()

    def _open_editor(self) -> None:
        editor = self.editor = Line(self) if self._fold is Fold.LINE else Box(self)
        editor.setObjectName("parameterline" if self._fold is Fold.LINE else "parameterbox")
        editor.setAccessibleName(self.face.pair.name)
        editor.setPlaceholderText(self.hint)
        editor.write(self._value)
        editor.textChanged.connect(self._on_editor_changed)
        editor.finished.connect(self._on_editor_finished)
        editor.dropped.connect(self.close_editor)
        self._column.insertWidget(1, editor)
        editor.show()
        editor.setFocus()

    def _on_editor_changed(self) -> None:
        if self.editor is not None:
            self.show_problem("")
            self.typed.emit(self.editor.words)

    def _on_editor_finished(self) -> None:
        if self.editor is not None:
            self.entered.emit(self.editor.words)

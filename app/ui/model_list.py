"""ModelList: the list of models and the field that filters it, for the mouse and the keyboard."""

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QToolTip, QWidget

from app.ui import icons, theme
from app.ui.model_delegate import ModelDelegate
from app.ui.model_rows import ModelRows
from app.ui.unfailing import unfailing


class Filter(QLineEdit):
    """The filter field; the arrow keys move in the list, Enter takes the row they are on.

    Signals:
        entered: the current row is wanted.
        moved: another row is to be the current one. arg: how many rows further.
    """

    entered = Signal()
    moved = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._search = QAction(self.tr("Filter"), self)
        self.addAction(self._search, QLineEdit.ActionPosition.LeadingPosition)
        self._empty = QAction(self.tr("Clear (Esc)"), self)
        self.addAction(self._empty, QLineEdit.ActionPosition.TrailingPosition)
        self._empty.setVisible(False)
        self._empty.triggered.connect(self.clear)
        self.textChanged.connect(lambda text: self._empty.setVisible(bool(text)))

    def set_theme(self, look: theme.Theme) -> None:
        """Draw the icons in the colours of a theme."""
        self._search.setIcon(icons.icon("search", look.colours.muted))
        self._empty.setIcon(icons.icon("x", look.colours.muted))

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif key in _STEPS:
            self.moved.emit(_STEPS[Qt.Key(key)])
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    @unfailing
    def event(self, event: QEvent) -> bool:
        # Escape empties the field before it stops a reply.
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self.text()
        ):
            event.accept()
            return True
        return super().event(event)


_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 8,
    Qt.Key.Key_PageUp: -8,
}


class ModelList(QListView):
    """The rows.

    Signals:
        used: a row was double-clicked, or Enter pressed on it. arg: its index.
        star_clicked: a row's star was clicked, or Space pressed. arg: its index.
        typed: letters meant for the filter were typed here. arg: them.
    """

    used = Signal(QModelIndex)
    star_clicked = Signal(QModelIndex)
    typed = Signal(str)

    def __init__(self, rows: ModelRows, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setModel(rows)
        self.delegate = ModelDelegate(rows, self)
        self.setItemDelegate(self.delegate)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.doubleClicked.connect(self.used)

    def star_at(self, point: QPoint) -> QModelIndex:
        """Return the index whose star is at a point of the viewport, or an invalid one."""
        index = self.indexAt(point)
        if index.isValid():
            star = self.delegate.star_rect(self.visualRect(index), self)
            if star.contains(point):
                return index
        return QModelIndex()

    @unfailing
    def mousePressEvent(self, event: QMouseEvent) -> None:
        star = self.star_at(event.position().toPoint())
        if star.isValid() and event.button() is Qt.MouseButton.LeftButton:
            self.star_clicked.emit(star)
            return
        super().mousePressEvent(event)

    @unfailing
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        star = self.star_at(event.position().toPoint())
        if star.isValid():
            self.star_clicked.emit(star)
            return
        super().mouseDoubleClickEvent(event)

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.used.emit(index)
        elif event.key() == Qt.Key.Key_Space and index.isValid():
            self.star_clicked.emit(index)
        elif _is_letter(event):
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    @unfailing
    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self.star_at(event.pos()).isValid():
            QToolTip.showText(event.globalPos(), self.tr("Favourite on or off (Space)"), self)
            return True
        return super().viewportEvent(event)


def _is_letter(event: QKeyEvent) -> bool:
    held = event.modifiers() & (
        Qt.KeyboardModifier.ControlModifier
        | Qt.KeyboardModifier.AltModifier
        | Qt.KeyboardModifier.MetaModifier
    )
    return bool(event.text()) and event.text().isprintable() and not held

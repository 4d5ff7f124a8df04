"""Palette: a field and a list over the window, to do anything by a few letters of its name.

It offers what it is given, asks for what was chosen, and goes away when the keyboard
goes elsewhere. The keyboard stays in the field: the arrow keys move in the list.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import Shiboken

from app.ui import icons
from app.ui.fuzzy import LONGEST_SOUGHT
from app.ui.palette_delegate import ROW_HEIGHT, PaletteDelegate
from app.ui.palette_rows import Entry, Kind, PaletteRows, described, tr
from app.ui.style import style_sheet
from app.ui.theme import Theme
from app.ui.unfailing import unfailing

STYLE = """
#palette { background: transparent; }
#palette QLineEdit {
    background: transparent; border: none; border-radius: 0px; padding: 0px 12px 0px 4px;
    min-height: 44px; font-size: @size_transcript;
}
#palette QLineEdit:focus { border: none; padding: 0px 12px 0px 4px; }
#palette QLineEdit QToolButton { background: transparent; border: none; padding: 0px; }
#palette QListView, #palette QListView:focus { background: transparent; border: none; }
#palette #nothing { color: @muted; padding: 4px 18px 12px 18px; }
#palette #rule { background: @line; border: none; }
"""
_WIDEST = 620
_ROWS = 10
_SHADOW = 14
"""Room around it for its shadow."""
_MARGIN = 14
"""From the sides of the window."""
_HIGHEST = 72
"""From the top of the window, where there is room."""
_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: _ROWS - 1,
    Qt.Key.Key_PageUp: 1 - _ROWS,
}


class Palette(QWidget):
    """What can be done, over the window.

    Signals:
        chosen: an entry is to be done. arg: the Entry. The keyboard is back by then.
    """

    chosen = Signal(object)

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self.setObjectName("palette")
        self.setAccessibleName(tr("Command palette"))
        self._window = window
        self._before: QWidget | None = None
        """What had the keyboard."""
        self.rows = PaletteRows(self)
        self.field = QLineEdit(self)
        self.field.setMaxLength(LONGEST_SOUGHT)
        self.field.setPlaceholderText(tr("An action, a conversation or a model"))
        self.field.setAccessibleName(tr("Command palette"))
        self._glass = self.field.addAction(
            icons.icon("search", theme.colours.muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self._glass.setText(tr("Find"))
        self.list = QListView(self)
        self._delegate = PaletteDelegate(self.rows, self.list)
        self._nothing = QLabel(self)
        self._lay_out()
        self.set_theme(theme)
        self.field.textEdited.connect(self._on_text_edited)
        self.list.clicked.connect(self._on_row_clicked)
        self.list.entered.connect(self.list.setCurrentIndex)
        QApplication.instance().focusChanged.connect(self._on_focus_changed)  # type: ignore[union-attr]  # there is one
        window.installEventFilter(self)
        self.field.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        self._nothing.setObjectName("nothing")
        self._nothing.setTextFormat(Qt.TextFormat.PlainText)
        self._nothing.setWordWrap(True)
        view = self.list
        view.setModel(self.rows)
        view.setItemDelegate(self._delegate)
        view.setAccessibleName(tr("What fits"))
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        rule = QFrame(self)
        rule.setObjectName("rule")
        rule.setFixedHeight(1)
        field = QVBoxLayout()
        field.setContentsMargins(8, 0, 0, 0)
        field.addWidget(self.field)
        column = QVBoxLayout(self)
        around = _SHADOW + 1
        column.setContentsMargins(around, around, around, around)
        column.setSpacing(0)
        column.addLayout(field)
        column.addWidget(rule)
        column.addSpacing(6)
        column.addWidget(view, 1)
        column.addWidget(self._nothing)
        column.addSpacing(6)

    def open(
        self,
        actions: Sequence[Entry],
        gather: Callable[[], Sequence[Entry]],
        recent: Sequence[tuple[Kind, str]],
    ) -> None:
        """Show it, with nothing typed; see `PaletteRows.show`."""
        focus = QApplication.focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            self._before = focus
        self.field.clear()
        self.rows.show(actions, gather, recent)
        self._begin()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_up(self) -> None:
        """Put it away, and the keyboard back to where it was."""
        before, self._before = self._before, None
        # First, so that hiding does not hand the keyboard to a neighbour.
        if before is not None and Shiboken.isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Show it in another theme."""
        self._theme = theme
        self.setStyleSheet(style_sheet(theme, STYLE))
        self._glass.setIcon(icons.icon("search", theme.colours.muted))
        self._delegate.set_theme(theme)
        self.update()

    def _begin(self) -> None:
        """Go to the first row, and be as high as the rows need."""
        self._nothing.setText(tr("Nothing fits “{text}”.").format(text=self.field.text().strip()))
        has_rows = bool(self.rows.rows)
        self.list.setVisible(has_rows)
        self._nothing.setVisible(not has_rows)
        self._place()
        self.list.scrollToTop()
        self._go_to(0)

    def _go_to(self, row: int) -> None:
        index = self.rows.index(row)
        self.list.setCurrentIndex(index)
        self._announce()

    def _announce(self) -> None:
        """Have the current row read out: the keyboard is not on it but in the field."""
        if not QAccessible.isActive():
            return
        index, count = self.list.currentIndex(), len(self.rows.rows)
        words = self._nothing.text()
        if index.isValid():
            entry = self.rows.rows[index.row()].entry
            place = tr("{number} of {total}").format(number=index.row() + 1, total=count)
            words = f"{described(entry)} · {place}"
        event = QAccessibleAnnouncementEvent(self, words)
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(event)

    def _place(self) -> None:
        """Lie near the top of the window, in its middle, within its sides."""
        room = self._window.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        width = min(_WIDEST, room.width())
        top = min(_HIGHEST, max(room.top(), room.height() // 8))
        above = self.minimumSizeHint().height() - self.list.minimumSizeHint().height()
        wanted = self.sizeHint().height()
        if self.rows.rows:
            wanted = above + ROW_HEIGHT * min(len(self.rows.rows), _ROWS)
        height = min(wanted, room.bottom() - top)
        x = room.left() + (room.width() - width) // 2
        self.setGeometry(QRect(x, top, width, height).adjusted(-_SHADOW, 0, _SHADOW, 0))

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            entry = self.rows.rows[index.row()].entry
            self.close_up()
            self.chosen.emit(entry)

    def _on_text_edited(self, text: str) -> None:
        self.rows.find(text)
        self._begin()

    def _on_row_clicked(self, index: QModelIndex) -> None:
        self._choose(index)

    def _on_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self.isVisible() and not (now is not None and self.isAncestorOf(now)):
            if now is not None:
                self._before = None
            self.close_up()

    def _on_key(self, event: QKeyEvent) -> bool:
        """Do what a key in the field means here; return whether it means anything."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.close_up()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentIndex())
        elif key in _STEPS and self.rows.rows:
            count, row = len(self.rows.rows), self.list.currentIndex().row()
            step = _STEPS[key]
            # One row beyond the end is the other end; a page stops there.
            beyond = (row + step) % count if abs(step) == 1 else row + step
            self._go_to(min(max(beyond, 0), count - 1))
        elif key not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return False
        return True

    # Qt's

    @unfailing
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._window:
            if kind is QEvent.Type.Resize and self.isVisible():
                self._place()
        elif isinstance(event, QKeyEvent):
            is_escape = event.key() == Qt.Key.Key_Escape
            if kind is QEvent.Type.ShortcutOverride and is_escape:
                # It closes this before it stops a reply.
                event.accept()
                return True
            if kind is QEvent.Type.KeyPress:
                return self._on_key(event)
        return super().eventFilter(watched, event)

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        colours, radius = self._theme.colours, self._theme.metrics.message_radius
        box = QRectF(self.rect()).adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            shade = (colours.window if self._theme.is_dark else colours.text).toRgb()
            shade.setAlpha(3 if not self._theme.is_dark else 16)
            painter.setBrush(shade)
            for reach in range(1, _SHADOW + 1):
                area = box.adjusted(-reach, 4 - reach, reach, reach).intersected(self.rect())
                painter.drawRoundedRect(area, radius + reach, radius + reach)
            painter.setPen(QPen(colours.strong_line, self._theme.metrics.hairline))
            painter.setBrush(colours.raised)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)

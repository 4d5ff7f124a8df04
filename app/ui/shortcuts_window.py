"""ShortcutsWindow: every key there is, by menu, then by the place that hears it."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtCore import QModelIndex as Index
from PySide6.QtCore import QStringListModel as StringRows
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.ui import actions, theme
from app.ui.section import figures, paint_ring
from app.ui.style import style_sheet
from app.ui.unfailing import unfailing

STYLE = """
#shortcuts { background: @window; }
#shortcuts QListView, #shortcuts QListView:focus { border: none; background: transparent; }
"""
SIZE = QSize(560, 640)
LEAST = QSize(320, 280)
ROW_HEIGHT = 30
HEADING_HEIGHT = 40
_EDGE = 24
_CAP_HEIGHT = 20


def tr(text: str) -> str:
    """Return a text of the window of shortcuts in the person's language."""
    return QCoreApplication.translate("ShortcutsWindow", text)


class Line(NamedTuple):
    """What a key does, and the keys that do it; without keys a heading."""

    label: str
    keys: tuple[str, ...] = ()


def lines(*, enter_sends: bool = True) -> Sequence[Line]:
    """Return all keys under headings.

    enter_sends: whether Enter sends a message, or Ctrl+Enter.
    """
    found: list[Line] = []
    heading = ""
    heard = actions.heard_elsewhere(enter_sends=enter_sends)
    for place, label, keys in (
        *((deed.menu_label, deed.label, deed.shown_keys) for deed in actions.deeds()),
        *((each.place, each.label, each.shown_keys) for each in heard),
    ):
        if not keys:
            continue
        if place != heading:
            heading = place
            found.append(Line(place))
        found.append(Line(label, keys))
    return found


class ShortcutRows(StringRows):
    """The lines as rows; headings cannot be chosen."""

    def __init__(self, shown: Sequence[Line], parent: QWidget) -> None:
        super().__init__([line.label for line in shown], parent)
        self.lines = shown

    def flags(self, index: Index | QPersistentModelIndex) -> Qt.ItemFlag:
        if index.isValid() and not self.lines[index.row()].keys:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(
        self, index: Index | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.AccessibleTextRole and index.isValid():
            line = self.lines[index.row()]
            keys = tr(" or ").join(line.keys)
            return f"{line.label}: {keys}" if keys else line.label
        return super().data(index, role)


class ShortcutDelegate(QStyledItemDelegate):
    """Paints what is done at the left, and its keys as caps at the right."""

    def __init__(self, rows: ShortcutRows, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows
        self.set_theme(theme.light())

    def set_theme(self, look: theme.Theme) -> None:
        """Paint in the colours and sizes of a theme."""
        self._colours = look.colours
        self._base = theme.font(look.type.base)
        self._small = figures(look.type.small)
        self._heading = theme.font(look.type.label)

    @unfailing
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index | QPersistentModelIndex
    ) -> None:
        line = self._rows.lines[index.row()]
        painter.save()
        painter.setLayoutDirection(option.direction)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state = option.state
        if state & QStyle.StateFlag.State_Selected and state & QStyle.StateFlag.State_HasFocus:
            ring = option.rect.adjusted(_EDGE - 12, 0, 12 - _EDGE, 0)
            paint_ring(painter, ring, self._colours.accent, 6)
        room = option.rect.adjusted(_EDGE, 0, -_EDGE, 0)
        if not line.keys:
            room.setTop(room.bottom() - 26)
        for at, keys in enumerate(reversed(line.keys)):
            if at:
                room = self._put_last(painter, option, room, tr("or"), is_cap=False)
            room = self._put_last(painter, option, room, keys, is_cap=True)
        painter.setFont(self._base if line.keys else self._heading)
        painter.setPen(self._colours.text if line.keys else self._colours.muted)
        metrics = painter.fontMetrics()
        cut = metrics.elidedText(line.label, Qt.TextElideMode.ElideRight, max(room.width(), 0))
        side = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QStyle.visualRect(option.direction, option.rect, room), side, cut)
        painter.restore()

    def _put_last(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        room: QRect,
        text: str,
        *,
        is_cap: bool,
    ) -> QRect:
        """Write a key, or the word between two, at the end of a room; return what is left."""
        painter.setFont(self._small)
        width = painter.fontMetrics().horizontalAdvance(text) + (14 if is_cap else 2)
        top = room.top() + (room.height() - _CAP_HEIGHT) // 2
        place = QRect(room.right() + 1 - width, top, width, _CAP_HEIGHT)
        there = QStyle.visualRect(option.direction, option.rect, place)
        if is_cap:
            painter.setPen(QPen(self._colours.strong_line, 1))
            painter.setBrush(self._colours.raised)
            painter.drawRoundedRect(QRectF(there).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.setPen(self._colours.text if is_cap else self._colours.muted)
        painter.drawText(there, Qt.AlignmentFlag.AlignCenter, text)
        return room.adjusted(0, 0, -width - 6, 0)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index | QPersistentModelIndex) -> QSize:
        has_keys = bool(self._rows.lines[index.row()].keys)
        return QSize(0, ROW_HEIGHT if has_keys else HEADING_HEIGHT)


class ShortcutsWindow(QDialog):
    """All keys; opened with `open`, closed with Esc. Typing goes to what begins so."""

    def __init__(
        self, parent: QWidget | None, look: theme.Theme, *, enter_sends: bool = True
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("shortcuts")
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.list = QListView(self)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setAccessibleName(tr("Keyboard shortcuts"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        rows = ShortcutRows(lines(enter_sends=enter_sends), self)
        self._delegate = ShortcutDelegate(rows, self.list)
        self.list.setModel(rows)
        self.list.setItemDelegate(self._delegate)
        self.list.setCurrentIndex(rows.index(1))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 8)
        column.addWidget(self.list)
        # A small or a strongly scaled screen has less room.
        room = self.screen().availableSize() - QSize(16, 48)
        self.setMinimumSize(LEAST.boundedTo(room))
        self.resize(SIZE.boundedTo(room))
        self.set_theme(look)
        self.list.setFocus()

    def set_theme(self, look: theme.Theme) -> None:
        """Show it in another theme."""
        self.setStyleSheet(style_sheet(look, STYLE))
        self._delegate.set_theme(look)
        self.list.viewport().update()

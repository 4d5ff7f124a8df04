"""RowDelegate: how a row of the list of conversations looks, and how its title is edited."""

from PySide6.QtCore import QAbstractItemModel, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.chat.heading import Heading
from app.chat.mark import Mark
from app.ui import icons, marks
from app.ui.conversation_rows import MARK, ROW, Index, title
from app.ui.plain_line import LONGEST, paint_line
from app.ui.theme import Theme, font, light
from app.ui.unfailing import unfailing

ROW_HEIGHT = 36
INSET = 8
"""From the edge of the pane to a row's background."""
PAD = 12
"""From a row's background to what it says."""
PIN = 13
MORE = 24


class RowDelegate(QStyledItemDelegate):
    """Paints a conversation or a label, and edits a title in its row.

    Signals:
        renamed: a title was written. args: conversation id, the title.
    """

    renamed = Signal(object, str)

    def __init__(self, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self._view = parent
        self._marks = marks.Marks(parent.viewport())
        self.set_theme(light())

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours and sizes of a theme."""
        self._colours = theme.colours
        self._metrics = theme.metrics
        self._font = font(theme.type.base)
        self._label_font = font(theme.type.label)

    def more_rect(self, row: QRect, direction: Qt.LayoutDirection) -> QRect:
        """Return where the button with the three dots is in a row."""
        x = row.right() + 1 - self._end - MORE - 4
        place = QRect(x, row.center().y() + 1 - MORE // 2, MORE, MORE)
        return QStyle.visualRect(direction, row, place)

    @property
    def _end(self) -> int:
        """From a row's background to the end of the row; a scroll bar stands there itself."""
        return 2 if self._view.verticalScrollBar().isVisible() else INSET

    def _back(self, option: QStyleOptionViewItem) -> QRect:
        """Return where the background of a row is."""
        place = option.rect.adjusted(INSET, 2, -self._end, -2)
        return QStyle.visualRect(option.direction, option.rect, place)

    def _paint_label(self, painter: QPainter, option: QStyleOptionViewItem, text: str) -> None:
        painter.setFont(self._label_font)
        painter.setPen(self._colours.muted)
        place = option.rect.adjusted(INSET + PAD, 8, -INSET - PAD, 0)
        paint_line(painter, place, text, option.direction)

    def _paint_row(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        heading: Heading,
        mark: Mark | None,
    ) -> None:
        state, direction = option.state, option.direction
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        self._paint_back(painter, option, is_hovered=is_hovered)
        place = option.rect.adjusted(INSET + PAD, 0, -self._end - PAD, 0)
        if heading.pinned:
            pin = QRect(place.left(), place.center().y() + 1 - PIN // 2, PIN, PIN)
            pin = QStyle.visualRect(direction, option.rect, pin)
            icons.paint(painter, "pin", QRectF(pin), self._colours.muted)
            place.setLeft(place.left() + PIN + 8)
        if is_hovered:
            dots = self.more_rect(option.rect, direction)
            place.setRight(option.rect.right() - self._end - MORE - 8)
            icons.paint(
                painter, "ellipsis", QRectF(dots).adjusted(4, 4, -4, -4), self._colours.muted
            )
        elif mark is not None:
            x = place.right() + 1 - marks.SIZE + 2
            ring = QRect(x, place.center().y() + 1 - marks.SIZE // 2, marks.SIZE, marks.SIZE)
            ring = QStyle.visualRect(direction, option.rect, ring)
            self._marks.paint(painter, mark, ring, self._colours)
            place.setRight(x - 8)
        self._paint_title(painter, option, place, title(heading))

    def _paint_title(
        self, painter: QPainter, option: QStyleOptionViewItem, place: QRect, text: str
    ) -> None:
        place = QStyle.visualRect(option.direction, option.rect, place)
        painter.setFont(self._font)
        painter.setPen(self._colours.text)
        paint_line(painter, place, text, option.direction)

    def _paint_back(
        self, painter: QPainter, option: QStyleOptionViewItem, *, is_hovered: bool
    ) -> None:
        place = QRectF(self._back(option))
        radius = self._metrics.control_radius
        painter.setPen(Qt.PenStyle.NoPen)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(self._colours.selection)
            painter.drawRoundedRect(place, radius, radius)
        elif is_hovered:
            painter.setBrush(self._colours.line)
            painter.drawRoundedRect(place, radius, radius)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(self._colours.accent, self._metrics.focus_ring))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), radius - 1, radius - 1)

    @unfailing
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row, mark = index.data(ROW), index.data(MARK)
        if isinstance(row, Heading):
            # What went through Qt is a plain string again.
            self._paint_row(painter, option, row, Mark(mark) if mark else None)
        else:
            self._paint_label(painter, option, str(row))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, ROW_HEIGHT)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setObjectName("rename")
        editor.setMaxLength(LONGEST)
        editor.setPlaceholderText(title(index.data(ROW)))
        editor.setAccessibleName(self.tr("Title"))
        return editor

    @unfailing
    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802 - Qt's name
        # Once: what is being written is not replaced when the row changes meanwhile.
        if isinstance(editor, QLineEdit) and not editor.isModified() and not editor.text():
            editor.setText(index.data(Qt.ItemDataRole.EditRole))
            editor.selectAll()

    @unfailing
    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:  # noqa: N802 - Qt's name
        assert isinstance(editor, QLineEdit)
        text, heading = " ".join(editor.text().split()), index.data(ROW)
        if text and text != heading.title:
            self.renamed.emit(heading.id, text)

    @unfailing
    def updateEditorGeometry(  # noqa: N802 - Qt's name
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        editor.setGeometry(self._back(option))

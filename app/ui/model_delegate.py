"""ModelDelegate: how a row of the list of models is painted."""

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.chat.model import Model
from app.ui import icons, theme
from app.ui.model_rows import Index, ModelRows
from app.ui.section import EDGE, GAP, figures, named, paint_ring
from app.ui.unfailing import unfailing

ROW_HEIGHT = 48
STAR_SIZE = 16
STAR_WIDTH = STAR_SIZE + 2 * EDGE
"""The strip at the end of a row in which a click means the star."""


class ModelDelegate(QStyledItemDelegate):
    """Paints a model: name and maker, then its price and window, at the end its star."""

    def __init__(self, rows: ModelRows, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows
        self.set_theme(theme.light())

    def set_theme(self, look: theme.Theme) -> None:
        """Paint in the colours of a theme."""
        self._colours = look.colours
        self._name_font = named(look.type.base)
        self._price_font = figures(look.type.caption)
        self._small_font = figures(look.type.small)

    def star_rect(self, row: QRect, view: QWidget) -> QRect:
        """Return where in a row of a list a click means its star."""
        whole = _whole(row, view)
        strip = QRect(whole.right() + 1 - STAR_WIDTH, row.top(), STAR_WIDTH, row.height())
        return QStyle.visualRect(view.layoutDirection(), whole, strip)

    @unfailing
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = self._rows.model(index.row())
        face, note = self._rows.face(model), self._rows.note(model)
        colours = self._colours
        painter.save()
        # Each text in its own direction: else "$1 / $2" becomes "$2 / $1".
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        self._paint_ground(painter, option, model)
        upper, lower = self._lines(_whole(option.rect, option.widget))
        painter.setPen(colours.muted)
        painter.setFont(self._price_font)
        upper = self._put_last(painter, option, upper, face.price)
        painter.setFont(self._small_font)
        lower = self._put_last(painter, option, lower, face.window)
        self._put_maker(painter, option, lower, face.maker, note)
        painter.setPen(colours.text)
        painter.setFont(self._name_font)
        self._put(painter, option, upper, face.name)
        starred = model.id in self._rows.favourites
        if starred or option.state & QStyle.StateFlag.State_MouseOver:
            self._paint_star(painter, option, starred)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, model: Model) -> None:
        colours, state = self._colours, option.state
        is_current = bool(state & QStyle.StateFlag.State_Selected)
        if model.id == self._rows.in_use:
            painter.fillRect(option.rect, colours.selection)
        elif is_current:
            painter.fillRect(option.rect, colours.own_message)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, colours.sidebar)
        if is_current and state & QStyle.StateFlag.State_HasFocus:
            paint_ring(painter, option.rect, colours.accent, 6)

    def _put_maker(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        line: QRect,
        maker: str,
        note: str,
    ) -> None:
        """Write the maker, cut so that the note behind it is whole."""
        dot = " · " if maker and note else ""
        metrics = painter.fontMetrics()
        dot_width, note_width = metrics.horizontalAdvance(dot), metrics.horizontalAdvance(note)
        line.setWidth(max(line.width() - dot_width - note_width, 0))
        line.setLeft(line.left() + self._put(painter, option, line, maker))
        line.setWidth(dot_width + 1)
        self._put(painter, option, line, dot)
        painter.setPen(self._colours.text)
        line.translate(dot_width, 0)
        line.setWidth(note_width + 2)
        self._put(painter, option, line, note)

    def _put_last(
        self, painter: QPainter, option: QStyleOptionViewItem, line: QRect, text: str
    ) -> QRect:
        """Write a text at the end of a line and return what is left of it."""
        if not text:
            return line
        width = min(painter.fontMetrics().horizontalAdvance(text) + 1, line.width() // 2)
        end = QRect(line.right() + 1 - width, line.top(), width, line.height())
        self._put(painter, option, end, text, Qt.AlignmentFlag.AlignRight)
        return line.adjusted(0, 0, -width - GAP, 0)

    def _put(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        rect: QRect,
        text: str,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> int:
        """Write a text, cut where there is no room, and return how wide it came out."""
        if not text:
            return 0
        metrics = painter.fontMetrics()
        cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        aligned = QStyle.visualAlignment(option.direction, side | Qt.AlignmentFlag.AlignVCenter)
        whole = _whole(option.rect, option.widget)
        there = QStyle.visualRect(option.direction, whole, rect)
        painter.drawText(there, aligned | Qt.AlignmentFlag.AlignAbsolute, cut)
        return metrics.horizontalAdvance(cut)

    def _paint_star(self, painter: QPainter, option: QStyleOptionViewItem, starred: bool) -> None:
        centre = self.star_rect(option.rect, option.widget).center()
        box = QRect(0, 0, STAR_SIZE, STAR_SIZE)
        box.moveCenter(centre)
        colour = self._colours.accent if starred else self._colours.muted
        if starred:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            scale = STAR_SIZE / 24
            painter.drawPolygon(
                QPolygonF([QPointF(box.x() + x * scale, box.y() + y * scale) for x, y in _STAR])
            )
        icons.paint(painter, "star", box.toRectF(), colour)

    def _lines(self, rect: QRect) -> tuple[QRect, QRect]:
        inner = rect.adjusted(EDGE, 0, -STAR_WIDTH + EDGE // 2, 0)
        upper = QRect(inner.left(), rect.top() + 5, inner.width(), 20)
        lower = QRect(inner.left(), rect.top() + 25, inner.width(), 18)
        return upper, lower

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_HEIGHT)


def _whole(row: QRect, view: QWidget) -> QRect:
    """Return a row as if no scroll bar stood beside it, so that none shifts its texts."""
    bar = max(view.width() - row.width(), 0)
    if view.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        return row.adjusted(-bar, 0, 0, 0)
    return row.adjusted(0, 0, bar, 0)


_STAR = (
    (12.0, 2.0),
    (15.1, 8.3),
    (22.0, 9.3),
    (17.0, 14.1),
    (18.2, 21.0),
    (12.0, 17.8),
    (5.8, 21.0),
    (7.0, 14.1),
    (2.0, 9.3),
    (8.9, 8.3),
)
"""The corners of Lucide's star, in its 24 units, to fill it."""

"""PaletteDelegate: how a row of the command palette is painted."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui import theme
from app.ui.palette_rows import Index, PaletteRows
from app.ui.section import GAP, figures
from app.ui.unfailing import unfailing

ROW_HEIGHT = 36
_INSET = 8
"""From the side of the list to the ground of the current row, and on to its texts."""
_READABLE = 48
"""Less is not worth writing into."""
_MARKED = QFont.Weight.DemiBold


@dataclass(frozen=True, slots=True)
class Marked:
    """A text, the characters of it that were typed, and how it is written."""

    text: str
    places: Sequence[int]
    font: QFont
    colour: QColor
    accent: QColor
    """Of the characters that were typed."""

    @property
    def width(self) -> float:
        """How much room it takes uncut."""
        return self._lay_out(self.text, len(self.text))[1] + 4 if self.text else 0

    def layout(self, room: float) -> tuple[QTextLayout, float, float]:
        """Return it as one line, cut at its end to fit; with that line's width and height."""
        layout, width, height = self._lay_out(self.text, len(self.text))
        if width > room:
            # Marked letters are heavier, and so wider than what is measured.
            plain = QFontMetricsF(self.font)
            heavier = max(width - plain.horizontalAdvance(self.text), 0)
            cut = plain.elidedText(self.text, Qt.TextElideMode.ElideRight, room - heavier)
            layout, width, height = self._lay_out(cut, len(cut) - 1)
        return layout, width, height

    def _lay_out(self, text: str, end: int) -> tuple[QTextLayout, float, float]:
        layout = QTextLayout(text, self.font)
        layout.setFormats([self._mark(text, at) for at in self.places if at < end])
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(1 << 20)
        line.setLineWidth(line.naturalTextWidth() + 1)
        layout.endLayout()
        return layout, line.naturalTextWidth(), line.height()

    def _mark(self, text: str, at: int) -> QTextLayout.FormatRange:
        mark, style = QTextLayout.FormatRange(), QTextCharFormat()
        style.setFontWeight(_MARKED)
        style.setForeground(self.accent)
        mark.format = style
        mark.start = _units(text[:at])
        mark.length = _units(text[at])
        return mark


class PaletteDelegate(QStyledItemDelegate):
    """Paints an entry: what it does, then where else it is to be found, and its keys."""

    def __init__(self, rows: PaletteRows, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows
        self.set_theme(theme.light())

    def set_theme(self, look: theme.Theme) -> None:
        """Paint in the colours and sizes of a theme."""
        self._colours = look.colours
        self._radius = look.metrics.control_radius
        self._font = theme.font(look.type.base)
        self._small = figures(look.type.small)

    @unfailing
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, colours = self._rows.rows[index.row()], self._colours
        painter.save()
        ground = option.rect.adjusted(_INSET, 1, -_INSET, -1)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.selection)
            painter.drawRoundedRect(ground, self._radius, self._radius)
        room = ground.adjusted(_INSET + 2, 0, -_INSET - 2, 0)
        half = room.width() // 2
        keys = Marked(row.entry.keys, (), self._small, colours.muted, colours.accent)
        room = _put_last(painter, option, room, keys, half)
        aside = Marked(row.entry.aside, row.in_aside, self._small, colours.muted, colours.accent)
        lead = Marked(row.entry.lead, row.in_lead, self._font, colours.muted, colours.accent)
        title = Marked(row.entry.title, row.in_title, self._font, colours.text, colours.accent)
        # It gives way to the title, unless what was typed is in it.
        left = room.width() - round(lead.width + title.width) - GAP
        most = max(left, room.width() // 3 if row.in_aside else 0)
        if most >= _READABLE:
            room = _put_last(painter, option, room, aside, most)
        room.setLeft(room.left() + _put(painter, option, room, lead))
        _put(painter, option, room, title)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW_HEIGHT)


def _put(painter: QPainter, option: QStyleOptionViewItem, room: QRect, words: Marked) -> int:
    """Write a text at the beginning of a room; return how much of it that takes."""
    if not words.text or room.width() <= 0:
        return 0
    layout, width, height = words.layout(room.width())
    there = QStyle.visualRect(option.direction, option.rect, room)
    is_mirrored = option.direction is Qt.LayoutDirection.RightToLeft
    x = there.right() + 1 - width if is_mirrored else there.left()
    painter.setPen(words.colour)
    layout.draw(painter, QPointF(x, there.top() + (there.height() - height) / 2))
    return round(width) + 4


def _put_last(
    painter: QPainter, option: QStyleOptionViewItem, room: QRect, words: Marked, most: int
) -> QRect:
    """Write a text at the end of a room, at most so wide; return what is left of the room."""
    if not words.text or most <= 0:
        return room
    width = min(round(words.layout(most)[1]) + 2, most)
    _put(painter, option, room.adjusted(room.width() - width, 0, 0, 0), words)
    return room.adjusted(0, 0, -width - GAP, 0)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2

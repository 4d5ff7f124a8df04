"""Text page: the page as text: what position is at a point, and where a position is.

Pointing finds what is laid out and lays nothing out; only the keyboard, which goes
to what is out of sight, has it laid out.
"""

from collections.abc import Sequence

from PySide6.QtCore import QRect

from app.ui.transcript.blocks import Block
from app.ui.transcript.message import MessageLayout
from app.ui.transcript.page import Page
from app.ui.transcript.selection import (
    BEYOND,
    FIRST,
    LAST,
    Extent,
    Selection,
    TextPosition,
)
from app.ui.transcript.texts import length_of


class TextPage(Page):
    """The messages in view, as text. Points are those of the column."""

    # Selections

    @property
    def everything(self) -> Selection | None:
        """All messages from end to end, whether they were read or not."""
        if not self._ids:
            return None
        first, last = self._ids[0], self._ids[-1]
        return Selection(TextPosition(first, FIRST), TextPosition(last, LAST))

    def index_of(self, message_id: int) -> int:
        """Return which message of the branch it is, counted from the top."""
        return self._index[message_id]

    def ids_in(self, extent: Extent) -> Sequence[int]:
        """Return the ids of the messages a selection touches."""
        return self._ids[extent.first[0] : extent.last[0] + 1]

    def blocks_of(self, message_id: int) -> tuple[Sequence[Block], int]:
        """Return the blocks read of a message's text, and how many of them will stay."""
        layout = self._layouts.get(message_id)
        if layout is None:
            return (), 0
        is_whole = not layout.is_readable(self._conversation)
        return layout.blocks, len(layout.blocks) if is_whole else layout.settled_count

    def is_unfolded(self, message_id: int) -> bool:
        """Return whether the reasoning of a message shows."""
        return message_id in self._unfolded

    # Points

    def text_at(self, x: int, y: int) -> TextPosition | None:
        """Return the position nearest to a point; None if there are no messages."""
        if not self._ids:
            return None
        if y >= self._heights.total:
            return TextPosition(self._ids[-1], LAST)
        message = self._heights.find(max(y, 0))
        layout = self._layouts.get(self._ids[message])
        inside = y - self._top(message)
        if layout is None or inside < 0 or not layout.count:
            return TextPosition(self._ids[message], FIRST)
        row = layout.heights.find(inside)
        place, top = layout.place(row), layout.top(row)
        text = layout.text(row)
        if text is None or text.layout is None or inside < top:
            return TextPosition(layout.id, place)
        offset = text.layout.hit_test(x - text.left, inside - top)
        return TextPosition(layout.id, place, offset)

    def is_text_at(self, x: int, y: int) -> bool:
        """Return whether there is text at a point, or the rest of one of its lines."""
        return self.block_of_text_at(x, y) is not None

    def block_of_text_at(self, x: int, y: int) -> tuple[int, int, Block] | None:
        """Return the message, the place and the block of text at a point."""
        message_id = self.message_at(y)
        layout = None if message_id is None else self._layouts.get(message_id)
        if layout is None or not layout.count:
            return None
        inside = y - self._top(self._index[layout.id])
        row = layout.heights.find(inside)
        text, top = layout.text(row), layout.top(row)
        if text is None or text.layout is None:
            return None
        is_inside = top <= inside < top + text.layout.height
        if not is_inside or not text.left <= x < text.left + text.width:
            return None
        return layout.id, layout.place(row), text.block

    # Positions

    def caret_of(self, position: TextPosition, *, exact: bool = False) -> QRect | None:
        """Return the line of a position, of no width; None if it is not there.

        If `exact`, it is laid out for it; else its whole row stands for what is not.
        """
        message = self._index.get(position.message_id)
        layout = self._layouts.get(position.message_id)
        if message is None:
            return None
        top = self._top(message)
        if layout is None and not exact:
            height = self._heights[message] - self._gap(message)
            return QRect(0, top if position.place < LAST else top + height, 0, 0)
        layout = self._layout(message)
        if not layout.count:
            return None
        row = layout.row_of(position.place)
        if exact and not layout.is_pending(row):
            self._make(layout, row)
            self._fit(message, layout)
            top = self._top(message)
        text = layout.text(row)
        above = top + layout.top(row)
        if layout.place(row) != position.place:
            # Above the first row, between two rows, or below the last.
            is_above = layout.place(row) > position.place
            return QRect(0, top + (0 if is_above else layout.heights.offset(row + 1)), 0, 0)
        if text is None or text.layout is None:
            return QRect(0, above, 0, 0)
        x, y, height = text.layout.caret_at(min(position.offset, length_of(text.block)))
        return QRect(text.left + round(x), above + y, 0, height)

    def block_of(self, position: TextPosition) -> Block | None:
        """Return the block of text a position is in, as far as that was read."""
        layout = self._layouts.get(position.message_id)
        if layout is None or not layout.count:
            return None
        row = layout.row_of(position.place)
        text = layout.text(row)
        return text.block if text is not None and layout.place(row) == position.place else None

    def is_right_to_left(self, position: TextPosition) -> bool:
        """Return whether the text at a position is written from the right."""
        layout = self._layouts.get(position.message_id)
        text = layout.text(layout.row_of(position.place)) if layout and layout.count else None
        return bool(getattr(text.layout, "is_right_to_left", False)) if text else False

    def in_text(self, position: TextPosition) -> TextPosition | None:
        """Return the nearest position in a text, backwards from the end of a message.

        Positions at the ends of messages, beside names and notices are meant.
        """
        if position.message_id not in self._index:
            return None
        block = self.block_of(position)
        if block is not None:
            return TextPosition(
                position.message_id, position.place, min(position.offset, length_of(block))
            )
        step = -1 if position.place == LAST else 1
        return self.text_beyond(position, step) or self.text_beyond(position, -step)

    def text_beyond(self, position: TextPosition, step: int) -> TextPosition | None:
        """Return the near end of the next block of text, down (1) or up (-1)."""
        message: int | None = self._index.get(position.message_id)
        place = position.place
        while message is not None and 0 <= message < len(self._ids):
            layout = self._layout(message)
            self.read_whole(layout.id)
            row = layout.row_of(place) if layout.count else 0
            if layout.count and (layout.place(row) - place) * step <= 0:
                row += step
            while 0 <= row < layout.count:
                text = layout.text(row)
                if text is not None:
                    offset = 0 if step > 0 else length_of(text.block)
                    return TextPosition(layout.id, layout.place(row), offset)
                row += step
            message, place = message + step, FIRST if step > 0 else LAST
        return None

    def line_beyond(self, position: TextPosition, x: int, step: int) -> TextPosition | None:
        """Return the position on the next line, down (1) or up (-1), nearest to an x."""
        caret = self.caret_of(position, exact=True)
        block = self.block_of(position)
        if caret is None or block is None:
            return None
        message = self._index[position.message_id]
        layout = self._layout(message)
        row = layout.row_of(position.place)
        top = self._top(message) + layout.top(row)
        y = caret.bottom() + caret.height() // 2 if step > 0 else caret.top() - caret.height() // 2
        text = layout.text(row)
        assert text is not None
        assert text.layout is not None
        ends = text.layout.caret_at(0)[1], text.layout.caret_at(length_of(block))[1]
        is_last = caret.top() - top >= ends[1] if step > 0 else caret.top() - top <= ends[0]
        if not is_last:
            return self._hit(layout, row, x, y - top)
        beyond = self.text_beyond(position, step)
        if beyond is None:
            return None
        line = self.caret_of(beyond, exact=True)
        layout = self._layout(self._index[beyond.message_id])
        row = layout.row_of(beyond.place)
        if line is None:
            return beyond
        above = self._top(self._index[beyond.message_id]) + layout.top(row)
        return self._hit(layout, row, x, line.center().y() - above)

    def end_of_line(self, position: TextPosition, step: int) -> TextPosition:
        """Return the end (1) or the beginning (-1) of the line a position is on."""
        caret = self.caret_of(position, exact=True)
        layout = self._layouts.get(position.message_id)
        if caret is None or layout is None or self.block_of(position) is None:
            return position
        row = layout.row_of(position.place)
        above = self._top(self._index[position.message_id]) + layout.top(row)
        side = -step if self.is_right_to_left(position) else step
        return self._hit(layout, row, side * BEYOND // 1024, caret.center().y() - above)

    def _hit(self, layout: MessageLayout, row: int, x: int, y: int) -> TextPosition:
        text = layout.text(row)
        assert text is not None
        assert text.layout is not None
        return TextPosition(layout.id, layout.place(row), text.layout.hit_test(x - text.left, y))

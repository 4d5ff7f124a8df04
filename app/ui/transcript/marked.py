"""Marked surface: shows what is selected and what was found.

What shows is a function of `Marks`; only what differs is painted again, and
nothing is laid out for it. A selection ends when its messages leave the branch.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPoint, QRect, Signal
from PySide6.QtGui import QFocusEvent, QPainter
from PySide6.QtWidgets import QWidget

from app.chat.conversation import Conversation
from app.ui.theme import Theme
from app.ui.transcript.blocks import Kind, code_at
from app.ui.transcript.captions import Captions
from app.ui.transcript.clipping import Clipping
from app.ui.transcript.copying import Copied, harmless
from app.ui.transcript.position import Position
from app.ui.transcript.selection import Marks, Selection, Stretch, TextPosition
from app.ui.transcript.table_text import rows_at, table_csv
from app.ui.transcript.targets import Link
from app.ui.transcript.walking import WalkingSurface
from app.ui.unfailing import unfailing

_CARET = 2
"""Pixels the caret is wide."""
_TRIES = 4
"""What is scrolled to may move when what is above it is laid out."""


@dataclass(frozen=True, slots=True)
class Under:
    """What of a message is under a point, besides its words."""

    address: str = ""
    """Where a link leads."""
    posing: str = ""
    """Another host, which its text names."""
    code: str = ""
    """All of it, also where it comes in pieces."""
    values: str = ""
    """A whole table, as comma-separated values."""


class MarkedSurface(WalkingSurface):
    """A surface of which stretches are marked, and can be copied.

    Signals:
        copy_fell_short: texts could not be read from disk, and are missing from
            what was copied. arg: how many.
    """

    copy_fell_short = Signal(int)

    def __init__(
        self,
        conversation: Conversation,
        captions: Captions,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(conversation, captions, theme, parent)
        self._clipping = Clipping(conversation, self._column, self)
        self._clipping.fell_short.connect(self.copy_fell_short)
        self._has_caret = False
        """Whether it is the keyboard that selects."""
        self._sought: TextPosition | None = None
        """What is to be brought into view as soon as it was read."""
        conversation.branch_changed.connect(self._on_branch_left)

    # Selecting

    @property
    def selection(self) -> Selection | None:
        """What is selected; None if nothing is."""
        selection = self._marks.selection
        return None if selection is None or selection.is_empty else selection

    @property
    def is_selecting(self) -> bool:
        """Whether there is something to let go of: a selection, or the caret it begins with."""
        return self.selection is not None or self._has_caret

    def select(self, selection: Selection | None) -> None:
        """Select a stretch of the conversation, or nothing."""
        self._show_marks(replace(self._marks, selection=selection))

    def select_all(self) -> None:
        """Select all messages of the branch, whether they were read or not."""
        self._settle_branch()
        self._has_caret = False
        self.select(self._column.everything)

    def clear_selection(self) -> None:
        """Select nothing."""
        self._has_caret = False
        self.select(None)

    # Copying

    @property
    def copied(self) -> Copied | None:
        """What the selection says, as far as it is in memory."""
        return self._clipping.copied(self.selection)

    def copy(self) -> None:
        """Put what is selected on the clipboard, as plain text and as Markdown."""
        if self.selection is not None:
            self._clipping.copy(self.selection, is_markdown=False)

    def copy_as_markdown(self) -> None:
        """Put what is selected on the clipboard as Markdown, also for those who take text."""
        if self.selection is not None:
            self._clipping.copy(self.selection, is_markdown=True)

    def under(self, point: QPoint) -> Under:
        """Return what can be copied from under a point of the view."""
        x, y = point.x() - self._column_x, point.y() + self._top
        spot, found = self._column.spot_at(x, y), self._column.block_of_text_at(x, y)
        target = None if spot is None else self._column.target(spot)
        link = target if isinstance(target, Link) else Link("")
        under = Under(link.address, link.poses_as)
        if found is None:
            return under
        message_id, place, block = found
        blocks, _ = self._column.blocks_of(message_id)
        if place < 0 or block.kind not in (Kind.CODE, Kind.TABLE):
            return under
        if block.kind is Kind.CODE:
            return replace(under, code=harmless(code_at(blocks, place)))
        return replace(under, values=table_csv(rows_at(blocks, place)[0]))

    # Finding

    def line_of(self, position: TextPosition) -> QRect | None:
        """Return the line of a position in the view, of no width; None if it is not laid out."""
        line = self._column.caret_of(position)
        return self._on_view(line) if line is not None and line.height() else None

    def show_hits(self, hits: Iterable[Stretch], current: Stretch | None = None) -> None:
        """Mark what was found, one of them more than the others; nothing for no hits."""
        by_message: dict[int, list[Stretch]] = {}
        for hit in hits:
            by_message.setdefault(hit.message_id, []).append(hit)
        self._show_marks(replace(self._marks, hits=by_message, current=current))

    def reveal(self, position: TextPosition) -> None:
        """Bring a position in a text into view, also where nothing was read yet."""
        self._settle_branch()
        if not self._column.has(position.message_id):
            return
        self._column.begin_frame()
        self._sought = position
        if self._column.block_of(position) is None:
            self.restore(
                Position(position.message_id, position.place, -self.viewport().height() // 3)
            )
        self._seek()

    def _seek(self) -> None:
        """Go on to what is sought, if that was read by now."""
        position = self._sought
        if position is None or self._column.block_of(position) is None:
            return
        self._sought = None
        for _ in range(_TRIES):
            line = self._column.caret_of(position, exact=True)
            if line is None or not self._scroll_to(line.top(), line.height()):
                break
        self._reveal_aside(position)

    def _reveal_aside(self, position: TextPosition) -> None:
        """Bring a position into view where what it is in is scrolled sideways."""

    # Showing

    def _show_marks(self, marks: Marks) -> None:
        before, self._marks = self._marks, marks
        if before == marks:
            return
        # What it begins and ends in was read once, and is copied from.
        selection = marks.selection
        ends = (selection.anchor, selection.head) if selection is not None else ()
        self._column.held = frozenset(end.message_id for end in ends)
        if before.hits != marks.hits or before.current != marks.current:
            self.viewport().update()
            return
        for area in self._difference(before.selection, marks.selection):
            self.viewport().update(area)

    def _difference(self, one: Selection | None, other: Selection | None) -> Iterable[QRect]:
        """Return the areas of the view that show two selections differently."""
        if one is None and other is None:
            return
        # Without the other, all of the one from its end to its end.
        first, second = self._ends(one or other), self._ends(other or one)
        if not first or not second:
            yield self.viewport().rect()
        elif one is None or other is None:
            yield self._between(*first)
        else:
            pairs = zip(first, second, strict=True)
            yield from (self._between(*pair) for pair in pairs if pair[0] != pair[1])

    def _ends(self, selection: Selection | None) -> Sequence[TextPosition]:
        """Return where a selection begins and ends in reading order."""
        extent = self._column.extent(selection)
        if extent is None or selection is None:
            return ()
        index = self._column.index_of(selection.anchor.message_id)
        anchor = (index, selection.anchor.place, selection.anchor.offset)
        pair = (selection.anchor, selection.head)
        return pair if anchor == extent.first else pair[::-1]

    def _between(self, one: TextPosition, other: TextPosition) -> QRect:
        """Return the rows of the view from the line of one position to that of another."""
        lines = [self._column.caret_of(end) for end in (one, other)]
        known = [self._on_view(line) for line in lines if line is not None]
        view = self.viewport().rect()
        if not known:
            return QRect()
        top = min(max(min(line.top() for line in known), 0), view.height())
        bottom = max(line.top() + max(line.height(), 1) for line in known)
        return QRect(0, top, view.width(), min(bottom, view.height()) - top)

    def _caret(self) -> QRect | None:
        """Return where the keyboard selects, in the view."""
        selection = self._marks.selection
        if selection is None or not (self._has_caret and self.hasFocus()):
            return None
        return self.line_of(selection.head)

    def _settle_branch(self) -> None:
        """See to it that the branch in view is the one that is known."""
        if self._is_rebuilt:
            self._flush_if_seen()

    def _on_branch_left(self) -> None:
        """Let go of a selection whose messages are not in view any more."""
        branch = set(self._conversation.branch)
        selection = self._marks.selection
        if selection is None:
            return
        if not {selection.anchor.message_id, selection.head.message_id} <= branch:
            self._has_caret = False
            self._marks = replace(self._marks, selection=None)
            self.viewport().update()

    # What the surface asks for

    def _place_what_floats(self) -> None:
        super()._place_what_floats()
        sought = self._sought
        if sought is None or self._column.is_behind:
            return
        self._seek()
        if self._conversation.text(sought.message_id) is not None:
            self._sought = None

    def _draw_over(self, painter: QPainter, rect: QRect) -> None:
        super()._draw_over(painter, rect)
        caret = self._caret()
        if caret is not None:
            painter.fillRect(
                caret.x() - 1, caret.y() + 2, _CARET, caret.height() - 4, self._theme.colours.text
            )

    # Qt's

    @unfailing
    def scrollContentsBy(self, dx: int, dy: int) -> None:
        if not self._is_syncing:
            # Whoever scrolls wants to be where they scroll to.
            self._sought = None
        super().scrollContentsBy(dx, dy)

    @unfailing
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._update_caret()

    @unfailing
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._update_caret()

    def _update_caret(self) -> None:
        selection = self._marks.selection
        if selection is not None and self._has_caret:
            self.viewport().update(self._between(selection.head, selection.head))

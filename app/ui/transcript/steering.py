"""Steering surface: text is selected with the keyboard.

Who gets a key, where several could: keys without Shift and Ctrl belong to the message
the keyboard is on (see `acts`), and without one to the view; those with Shift extend
the selection, wherever it was begun: where was clicked last, else at the message the
keyboard is on, else at the top of the view. Escape ends a reply under way; without
one it lets go of the selection, then of the message.
"""

from dataclasses import replace

from PySide6.QtGui import QKeyEvent, QKeySequence

from app.ui.transcript.boundaries import Grain, character_beyond, word_beyond
from app.ui.transcript.selecting import SelectingSurface
from app.ui.transcript.selection import FIRST, LAST, Selection, TextPosition
from app.ui.transcript.texts import text_of

_KEY = QKeySequence.StandardKey
_ALONG = {
    _KEY.SelectPreviousChar: (Grain.CHARACTER, -1),
    _KEY.SelectNextChar: (Grain.CHARACTER, 1),
    _KEY.SelectPreviousWord: (Grain.WORD, -1),
    _KEY.SelectNextWord: (Grain.WORD, 1),
}
_LINES = {_KEY.SelectPreviousLine: -1, _KEY.SelectNextLine: 1}
_LINE_ENDS = {_KEY.SelectStartOfLine: -1, _KEY.SelectEndOfLine: 1}
_ENDS = {_KEY.SelectStartOfDocument: FIRST, _KEY.SelectEndOfDocument: LAST}
_COPY, _ALL = (_KEY.Copy, _KEY.SelectAll)


class SteeringSurface(SelectingSurface):
    """A surface on which text can be selected with the keyboard."""

    _goal_x: int | None = None
    """Where lines are met on the way up and down."""

    def _is_steering(self, event: QKeyEvent) -> bool:
        """Return whether a key selects or copies, whatever else it does in the window."""
        keys = [_ALL, *_ALONG, *_LINES, *_LINE_ENDS, *_ENDS]
        is_copy = event.matches(_COPY) and self.selection is not None
        return is_copy or any(event.matches(key) for key in keys)

    def _steer(self, event: QKeyEvent) -> bool:
        """Do what a key means for the selection; return whether it means anything."""
        if event.matches(_ALL):
            self.select_all()
        elif event.matches(_COPY) and self.selection is not None:
            self.copy()
        else:
            return self._extend(event)
        return True

    def _extend(self, event: QKeyEvent) -> bool:
        self._column.begin_frame()
        for key, (grain, step) in _ALONG.items():
            if event.matches(key):
                self._step(grain, step)
                return True
        for key, step in _LINES.items():
            if event.matches(key):
                self._step_line(step)
                return True
        for key, step in _LINE_ENDS.items():
            if event.matches(key):
                head = self._head()
                if head is not None:
                    self._go_to(self._column.end_of_line(head, step))
                return True
        for key, place in _ENDS.items():
            if event.matches(key):
                self._go_to_end(place)
                return True
        return False

    # Steps

    def _head(self) -> TextPosition | None:
        """Return where the selection goes on; it is begun if there is none."""
        if self._marks.selection is None:
            begun = self._beginning()
            if begun is None:
                return None
            self.select(Selection(begun, begun))
        selection = self._marks.selection
        return None if selection is None else self._column.in_text(selection.head)

    def _beginning(self) -> TextPosition | None:
        focused = self._attention.focused
        if focused is not None and self._column.has(focused):
            at: TextPosition | None = TextPosition(focused, FIRST)
        else:
            at = self._column.text_at(0, self._top)
        return None if at is None else self._column.in_text(at)

    def _step(self, grain: Grain, step: int) -> None:
        head = self._head()
        block = None if head is None else self._column.block_of(head)
        if head is None or block is None:
            return
        if self._column.is_right_to_left(head):
            step = -step
        beyond = character_beyond if grain is Grain.CHARACTER else word_beyond
        offset = beyond(text_of(block), head.offset, step)
        if offset is not None:
            self._go_to(replace(head, offset=offset))
        else:
            self._go_to(self._column.text_beyond(head, step) or head)

    def _step_line(self, step: int) -> None:
        head = self._head()
        line = None if head is None else self._column.caret_of(head, exact=True)
        if head is None or line is None:
            return
        goal_x = line.x() if self._goal_x is None else self._goal_x
        found = self._column.line_beyond(head, goal_x, step)
        self._go_to(found or self._column.end_of_line(head, step))
        self._goal_x = goal_x

    def _go_to_end(self, place: int) -> None:
        head, everything = self._head(), self._column.everything
        selection = self._marks.selection
        if head is None or everything is None or selection is None:
            return
        end = everything.anchor if place == FIRST else everything.head
        self._has_caret = True
        self.select(Selection(selection.anchor, end))
        if place == FIRST:
            self.verticalScrollBar().setValue(0)
        else:
            self.scroll_to_end()

    def _go_to(self, head: TextPosition) -> None:
        selection = self._marks.selection
        assert selection is not None, "it was begun before it goes anywhere"
        self._goal_x = None
        self._has_caret = True
        self.select(Selection(selection.anchor, head))
        self._update_caret()
        self.reveal(head)

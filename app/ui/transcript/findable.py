"""Findable transcript: one that tells what is in view, and unfolds what is gone to."""

from collections.abc import Sequence

from app.ui.transcript.boundaries import cut
from app.ui.transcript.selection import Selection, Stretch, TextPosition
from app.ui.transcript.texts import text_of
from app.ui.transcript.view import Transcript

_BEYOND = 4
"""Messages above and below the view that are about to be in it."""
_FLOATING = 36
"""Pixels at the bottom of the view over which something may float."""


class FindableTranscript(Transcript):
    """A transcript in which one goes from hit to hit."""

    @property
    def messages_in_view(self) -> Sequence[int]:
        """The ids of the messages that show."""
        return self._column.ids_between(self._top, self._top + self.viewport().height())

    @property
    def messages_near(self) -> Sequence[int]:
        """The ids of the messages that show, and of some above and below."""
        shown = self.messages_in_view
        if not shown:
            return ()
        above = [self._column.neighbour(shown[0], -i) for i in range(_BEYOND, 0, -1)]
        below = [self._column.neighbour(shown[-1], i) for i in range(1, _BEYOND + 1)]
        return [i for i in (*above, *shown, *below) if i is not None]

    @property
    def top_of_view(self) -> TextPosition | None:
        """The beginning of the first line that shows; None if there are no messages."""
        return self._column.text_at(0, self._top)

    @property
    def selected_words(self) -> tuple[Stretch, str] | None:
        """Where and what is selected, if that is within one block of text."""
        selection = self.selection
        if selection is None:
            return None
        one, other = selection.anchor, selection.head
        block = self._column.block_of(one)
        is_one_block = (one.message_id, one.place) == (other.message_id, other.place)
        if block is None or not is_one_block:
            return None
        start, end = sorted((one.offset, other.offset))
        words = cut(text_of(block), start, end)
        return Stretch(one.message_id, one.place, start, end), words

    def select_stretch(self, stretch: Stretch) -> None:
        """Select what was found."""
        self.select(Selection(_beginning(stretch), _end(stretch)))

    _hit: Stretch | None = None
    """What was gone to last."""

    def go_to(self, hit: Stretch) -> None:
        """Bring a hit into view, out of folded reasoning too."""
        self._settle_branch()
        is_folded = hit.place < 0 and not self._column.is_unfolded(hit.message_id)
        if is_folded and self._column.has(hit.message_id):
            self._toggle_reasoning(hit.message_id)
        self._hit = hit
        self.reveal(_beginning(hit))

    # What the surface asks for

    def _seek(self) -> None:
        sought, hit = self._sought, self._hit
        super()._seek()
        if hit is None or self._sought is not None or sought != _beginning(hit):
            return
        # To its end, where it is in something wider than the column.
        self._reveal_aside(_end(hit))
        self._reveal_aside(_beginning(hit))
        line = self._column.caret_of(_beginning(hit))
        if line is not None:
            self._scroll_to(line.top(), line.height() + _FLOATING)


def _beginning(hit: Stretch) -> TextPosition:
    return TextPosition(hit.message_id, hit.place, hit.start)


def _end(hit: Stretch) -> TextPosition:
    return TextPosition(hit.message_id, hit.place, hit.end)

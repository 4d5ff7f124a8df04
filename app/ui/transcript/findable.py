"""Findable transcript: one that tells what is in view, and unfolds what is gone to."""

from collections.abc import Sequence

from app.ui.transcript.selection import Stretch, TextPosition
from app.ui.transcript.view import Transcript

_BEYOND = 4
"""Messages above and below the view that are about to be in it."""


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

    def go_to(self, hit: Stretch) -> None:
        """Bring a hit into view, out of folded reasoning too."""
        self._settle_branch()
        is_folded = hit.place < 0 and not self._column.is_unfolded(hit.message_id)
        if is_folded and self._column.has(hit.message_id):
            self._toggle_reasoning(hit.message_id)
        self.reveal(TextPosition(hit.message_id, hit.place, hit.start))

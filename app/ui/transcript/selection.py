"""Selection: what is marked in a conversation, as meaning and not as pixels.

Values. A position says which message, which of its blocks and how far into the
text that block shows; it survives text that streams in, another width, another
theme and another tab. Offsets are in UTF-16 code units, as everywhere in Qt.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.ui.theme import Theme
from app.ui.transcript.spans import Selected

FIRST, LAST = -(1 << 31), 1 << 31
"""Before and behind all places of a message, also of one nobody has read yet."""
BEYOND = 1 << 31
"""Behind every offset of a text."""

Marking = Callable[[int], Sequence[Selected]]
"""Tells what is marked in the part at a place of a message."""


@dataclass(frozen=True, slots=True)
class TextPosition:
    """A place between two characters of a conversation."""

    message_id: int
    place: int
    """Of the block; see `Position.block`. `FIRST` and `LAST` for the ends of a message."""
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Selection:
    """A stretch of a conversation, in the direction in which it was made."""

    anchor: TextPosition
    """Where it was begun."""
    head: TextPosition
    """Where it goes on when it is extended."""

    @property
    def is_empty(self) -> bool:
        return self.anchor == self.head


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the text of one block."""

    message_id: int
    place: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Extent:
    """A selection in reading order, by messages counted from the top of the branch."""

    first: tuple[int, int, int]
    """Message, place and offset."""
    last: tuple[int, int, int]

    def within(self, message: int, place: int) -> tuple[int, int] | None:
        """Return from where to where a part is selected; to `BEYOND` if to its end."""
        at = message, place
        if not self.first[:2] <= at <= self.last[:2]:
            return None
        start = self.first[2] if at == self.first[:2] else 0
        end = self.last[2] if at == self.last[:2] else BEYOND
        return (start, end) if start < end else None


@dataclass(frozen=True, slots=True)
class Marks:
    """All that is marked in a conversation."""

    selection: Selection | None = None
    hits: Mapping[int, Sequence[Stretch]] = field(default_factory=dict)
    """What was found, by message."""
    current: Stretch | None = None
    """The one of them the person is at."""

    def within(
        self, extent: Extent | None, message: int, message_id: int, theme: Theme
    ) -> Marking | None:
        """Return what is marked in a message; None for nothing.

        `extent` is that of the selection, `message` counts from the top of the branch.
        """
        hits = self.hits.get(message_id, ())
        if extent is not None and not extent.first[0] <= message <= extent.last[0]:
            extent = None
        if extent is None and not hits:
            return None

        def mark(place: int) -> Sequence[Selected]:
            marks = [self._hit(hit, theme) for hit in hits if hit.place == place]
            reach = extent.within(message, place) if extent is not None else None
            if reach is not None:
                colours = theme.colours
                # Last, so that it lies over what was found.
                marks.append(Selected(*reach, colours.selection, colours.text))
            return marks

        return mark

    def _hit(self, hit: Stretch, theme: Theme) -> Selected:
        colours = theme.colours
        if hit == self.current:
            return Selected(hit.start, hit.end, colours.accent, colours.on_accent)
        return Selected(hit.start, hit.end, colours.found, colours.text)


UNMARKED = Marks()

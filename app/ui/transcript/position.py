"""Position: a place in a conversation, as meaning and not as pixels.

It survives another width, another theme and texts that arrive late.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """What the reader has at the top of the view, or that they are at the end."""

    message_id: int | None = None
    """None at the end: there the view follows what comes."""
    block: int = 0
    """Counts the blocks of its text. What stands above them has negative
    numbers, what stands below has numbers from `BELOW` on."""
    offset: int = 0
    """Pixels from the top of the block down to the top of the view."""

    @property
    def is_end(self) -> bool:
        return self.message_id is None


END = Position()
BELOW = 1 << 30

"""Counts: how much work a transcript has done.

For tests and benchmarks, which assert on work and not on the clock.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """Work done since the transcript was made."""

    messages_parsed: int = 0
    """Messages of which any text was given to the parser; again after being let go."""
    characters_parsed: int = 0
    """Characters given to the parser, again and again for an open tail."""
    layouts: int = 0
    """Layouts made, of blocks and of captions."""
    paints: int = 0
    painted_pixels: int = 0
    """Rows of device-independent pixels painted."""
    flushes: int = 0
    estimates: int = 0
    """How often the heights of all messages were estimated."""
    bodies_wanted: int = 0
    """Messages whose text was asked for because it was still on disk."""

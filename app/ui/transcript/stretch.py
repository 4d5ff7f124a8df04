"""Stretch: lines that are not read but shown as they were written, with a notice.

It ends at the first blank line at which enough was earned to read on, but not
inside a fence, where what follows would be taken for code, and code for text.
"""

from dataclasses import replace

from app.ui.transcript.blocks import Block, Run
from app.ui.transcript.budget import Budget
from app.ui.transcript.fence import Fence
from app.ui.transcript.plain import PlainStream

_SEEN = 1_024
"""Characters of a line that decide whether it is blank, or opens or closes a fence."""


class Stretch:
    """Lines that are shown as they were written."""

    def __init__(self, start: int) -> None:
        self._plain = PlainStream(start=start, is_unread=True)
        self._line = ""
        """The beginning of the last and incomplete line."""
        self._length = 0
        """Of that line."""
        self._fence: Fence | None = None

    @property
    def tail(self) -> tuple[Block, ...]:
        """The block that may still grow."""
        return tuple(
            replace(block, runs=(Run(block.text.rstrip("\n")),)) for block in self._plain.tail
        )

    def take_settled(self) -> list[Block]:
        """Return the blocks that became whole."""
        settled = self._plain.settled[:]
        self._plain.settled.clear()
        return settled

    def feed(self, text: str, budget: Budget) -> int | None:
        """Take text; return how much of it belongs to the stretch, None if all and more may."""
        at = 0
        while (end := text.find("\n", at)) >= 0:
            self._see(text[at:end])
            at = end + 1
            if self._ends(budget):
                self._plain.feed(text[:at])
                return at
        self._see(text[at:])
        self._plain.feed(text)
        return None

    def _see(self, part: str) -> None:
        self._length += len(part)
        if len(self._line) < _SEEN:
            self._line = (self._line + part)[:_SEEN]

    def _ends(self, budget: Budget) -> bool:
        """Take in a line that is whole; return whether the stretch ends with it."""
        budget.earn(self._length + 1)
        line, self._line, self._length = self._line, "", 0
        if self._fence is not None:
            if self._fence.is_closed_by(line):
                self._fence = None
            return False
        self._fence = Fence.opened_by(line)
        return budget.is_earned and not line.strip()

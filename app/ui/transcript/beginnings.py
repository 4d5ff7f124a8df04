"""Beginnings: what a long paragraph that still grows begins with, read for good.

When more of it comes, a word stands in for the beginning, so that only the rest
is parsed. Where a paragraph turns out to be something else, nothing of this holds.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.ui.transcript.blocks import Run
from app.ui.transcript.density import is_dense
from app.ui.transcript.joints import last_joint
from app.ui.transcript.references import Definitions
from app.ui.transcript.runs import joined

if TYPE_CHECKING:
    from app.ui.transcript.markdown import Reading

_LONG = 160
"""Characters of a paragraph from which on it is read in parts."""
_STAND_IN = "x "


@dataclass(frozen=True, slots=True)
class Beginning:
    """The beginning of a paragraph that still grows."""

    start: int
    """Where the paragraph begins in the source that is not settled."""
    end: int
    """A joint."""
    runs: tuple[Run, ...]

    def shorten(self, source: str) -> str:
        """Return a source with the beginning left out."""
        return source[: self.start] + _STAND_IN + source[self.end :]

    def shift(self, length: int) -> "Beginning | None":
        """Return it after so many characters were dropped before it."""
        start, end = self.start - length, self.end - length
        return Beginning(start, end, self.runs) if start >= 0 else None

    def restore(self, reading: "Reading", source: str) -> "Reading | None":
        """Return the reading of a shortened source as that of the whole.

        None if the paragraph is not any more the last thing there is.
        """
        if not self._goes_on(reading, self.shorten(source)):
            return None
        leaf = source[self.start : self.end] + reading.leaf[len(_STAND_IN) :]
        if is_dense(leaf):
            return None
        [unit] = reading.units
        runs = self._followed_by(unit.blocks[-1].runs)
        unit = unit.grown(runs, self.end - self.start - len(_STAND_IN))
        return replace(reading, units=[unit], leaf=leaf)

    def read_on(self, source: str, definitions: Definitions) -> tuple[tuple[Run, ...], int]:
        """Read what comes after it, of a source that ends with its paragraph.

        Return the runs of the paragraph, and how many characters were read.
        """
        from app.ui.transcript.markdown import read_text

        text = _STAND_IN + source[self.end :].rstrip()
        runs = read_text(text, definitions)
        return self._followed_by(runs), len(text)

    def _followed_by(self, runs: tuple[Run, ...]) -> tuple[Run, ...]:
        """Return the runs of the paragraph, of which those after a stand-in are the rest."""
        *known, last = self.runs
        return (*known, *joined((last, *_without_stand_in(runs))))

    def _goes_on(self, reading: "Reading", short: str) -> bool:
        leaf = reading.leaf
        return (
            len(reading.units) == 1
            and not reading.units[0].is_closed
            and leaf.startswith(_STAND_IN)
            and len(short.rstrip()) - len(leaf) == self.start
            and short.startswith(leaf, self.start)
        )


def longer(
    before: Beginning | None, reading: "Reading", source: str, definitions: Definitions
) -> Beginning | None:
    """Return the beginning of the last paragraph of a source, if there is more of it now."""
    from app.ui.transcript.markdown import read_text

    leaf, source = reading.leaf, source.rstrip()
    if len(leaf) < _LONG or len(reading.units) != 1 or leaf[0] in "[|<" or is_dense(leaf):
        return None
    start = len(source) - len(leaf)
    if not source.endswith(leaf) or (before is not None and before.start != start):
        return None
    end = before.end if before is not None else start
    if len(source) - end < _LONG:
        return None
    joint = last_joint(source, end)
    if joint is None or joint - end < _LONG // 2:
        return None
    runs = read_text(_STAND_IN + source[end:joint], definitions)
    earlier = before.runs if before is not None else ()
    return Beginning(start, joint, joined((*earlier, *_without_stand_in(runs))))


def _without_stand_in(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    first, *others = runs
    text = first.text.removeprefix(_STAND_IN)
    return (*([replace(first, text=text)] if text else []), *others)

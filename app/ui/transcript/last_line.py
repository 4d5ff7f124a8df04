"""Last line: what a text ends with, where more of it can change nothing else.

A line of a paragraph that begins with a letter stays one until it ends, so that
only the text of its paragraph is read again.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.ui.transcript.beginnings import Beginning
from app.ui.transcript.blocks import Kind
from app.ui.transcript.density import is_dense
from app.ui.transcript.references import Definitions

if TYPE_CHECKING:
    from app.ui.transcript.markdown import Reading


@dataclass(frozen=True, slots=True)
class LastLine:
    """The last line of a source, and all it was read as."""

    reading: "Reading"
    length: int
    """Of the source."""
    start: int
    """Where the line begins in it, without what stands in front of its text."""

    def grow(
        self, source: str, beginning: Beginning | None, definitions: Definitions
    ) -> tuple["Reading", int] | None:
        """Return the reading of a source that goes on, and how many characters were read for it.

        None if it is to be read as a whole.
        """
        from app.ui.transcript.markdown import read_text

        reading = self.reading
        if "\n" in source[self.length :]:
            return None
        line = source[self.start :].rstrip(" \t")
        leaf = reading.leaf[: reading.leaf.rfind("\n") + 1] + line
        if is_dense(leaf) or line[-1].isspace():
            return None
        if beginning is not None and beginning.end < len(source):
            runs, length = beginning.read_on(source, definitions)
        else:
            runs, length = read_text(leaf, definitions), len(leaf)
        *units, unit = reading.units
        unit = unit.grown(runs, len(source) - self.length)
        return replace(reading, units=[*units, unit], leaf=leaf), length


def last_line(reading: "Reading", source: str) -> LastLine | None:
    """Return the last line of a source that was read, if nothing else depends on it."""
    leaf = reading.leaf
    if not leaf or leaf[0] in "[|<" or reading.held is not None or is_dense(leaf):
        return None
    if "$$" in leaf or "\\[" in leaf or reading.units[-1].blocks[-1].kind is not Kind.PARAGRAPH:
        return None
    line = leaf[leaf.rfind("\n") + 1 :]
    text = source.rstrip(" \t")
    if not line[0].isalpha() or not text.endswith(line) or "\n" in source[len(text) :]:
        return None
    return LastLine(reading, len(source), len(text) - len(line))

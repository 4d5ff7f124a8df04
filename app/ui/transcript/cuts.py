"""Cuts: how much of a source is parsed at once, and where it is parted."""

import re
from typing import TYPE_CHECKING

from app.ui.transcript.blocks import Unit

if TYPE_CHECKING:
    from app.ui.transcript.markdown import Reading

LIMIT = 32_768
"""Characters of source that are parsed at once, at most: about 30 ms."""
LINES = 1_024
"""Lines of source that are parsed at once, at most."""
SHORT_LINES = 256
"""As many, where they are shorter than words."""
DEEP_LINES = 32
"""As many, where quotes stand in quotes: each looks at all lines of those around it."""

_SHORT = 8
_DEEP = re.compile(r"^ {0,3}(?:>[ \t]*){8}", re.MULTILINE)


def limit_of(source: str) -> int:
    """Return how many characters of a source are parsed at once, at most."""
    limit = min(len(source), LIMIT)
    lines = source.count("\n", 0, limit)
    if lines > DEEP_LINES and ">>" in source[:limit].replace(" ", ""):
        at = _after_lines(source, 0, DEEP_LINES)
        if _DEEP.search(source, 0, at):
            return at
    if lines <= SHORT_LINES:
        return LIMIT
    at = _after_lines(source, 0, SHORT_LINES)
    if at < _SHORT * SHORT_LINES:
        return at
    return LIMIT if lines <= LINES else _after_lines(source, at, LINES - SHORT_LINES)


def _after_lines(source: str, at: int, count: int) -> int:
    for _ in range(count):
        at = source.index("\n", at) + 1
    return at


def is_lasting(rest: list[Unit]) -> bool:
    """Return whether what is left is read line by line."""
    return len(rest) == 1 and (rest[0].is_fence or rest[0].is_table)


def parted(reading: "Reading") -> tuple[list[Unit], list[Unit]]:
    """Return the units that settle and those that do not yet."""
    units, held = reading.units, reading.held
    count = len(units)
    if units and not units[-1].is_closed:
        count -= 1
    if held is not None:
        count = min(count, max(sum(unit.start <= held for unit in units) - 1, 0))
    return units[:count], units[count:]

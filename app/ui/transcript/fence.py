"""Fence: the code between two rows of backticks or tildes, line by line.

A fence is closed by a row of the same sign that is at least as long as the one
that opened it, with nothing behind it. https://spec.commonmark.org/0.31.2/#fenced-code-blocks
"""

import re
from collections.abc import Sequence
from html import unescape

_OPENING = re.compile(r"( {0,3})(`{3,}|~{3,})(.*)", re.DOTALL)


class Fence:
    """A fence that is open, with its code so far."""

    def __init__(self, opening: str, start: int) -> None:
        match = _OPENING.match(opening)
        assert match is not None, "a parser took this line for the start of a fence"
        self.start = start
        self.language = language_of(match[3])
        self.content = ""
        """Its complete lines, but for what was settled."""
        self.is_begun = False
        """Whether part of the code was settled already."""
        self.is_inside_line = False
        """Whether `content` ends with a line whose end has not come."""
        self._indent = len(match[1])
        sign = re.escape(match[2][0])
        self._closing = re.compile(rf" {{0,3}}{sign}{{{len(match[2])},}}[ \t]*")

    @classmethod
    def opened_by(cls, line: str) -> "Fence | None":
        """Return the fence a line without its end opens, if it does."""
        match = _OPENING.match(line)
        if match is None or (match[2][0] == "`" and "`" in match[3]):
            return None
        return cls(line, 0)

    def is_closed_by(self, line: str) -> bool:
        """Return whether a line without its end closes the fence."""
        return not self.is_inside_line and self._closing.fullmatch(line) is not None

    def append(self, line: str) -> None:
        """Add a line of code, without its end."""
        self.content += self.unindent(line) + "\n"
        self.is_inside_line = False

    def append_part(self, line: str) -> None:
        """Add a line of code whose end has not come."""
        self.content += self.unindent(line)
        self.is_inside_line = True

    def settle(self, length: int) -> None:
        """Forget the first characters of the code."""
        self.content = self.content[length:]
        self.is_begun = True

    def unindent(self, line: str) -> str:
        """Take from a line as much indentation as the opening had."""
        if self.is_inside_line:
            return line
        width = used = 0
        while width < self._indent and used < len(line) and line[used] in " \t":
            width += 1 if line[used] == " " else 4 - width % 4
            used += 1
        return " " * (width - self._indent) + line[used:]


def language_of(described: str) -> str:
    """Return the language a fence says it is in: its first word; may be empty."""
    words = unescape(described).split(maxsplit=1)
    return words[0] if words else ""


def is_closed(content: str, lines: Sequence[int]) -> bool:
    """Return whether a fence with some code was closed on the last of its lines."""
    count = content.count("\n") + (content != "" and not content.endswith("\n"))
    return count == lines[1] - lines[0] - 2

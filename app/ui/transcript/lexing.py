"""Lexing: the colours of one listing, found in small slices as its lines close.

The state of the lexer is carried from line to line: every character is lexed
once while a listing grows. Importing this module imports Pygments: do so late.
https://pygments.org/docs/lexerdevelopment/
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from time import perf_counter
from typing import Any

from pygments.lexer import ExtendedRegexLexer, Lexer, RegexLexer
from pygments.lexers import LEXERS, get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Literal, Name, Operator, String, Token

from app.ui.transcript.tints import Colour

LONGEST_LINE = 4_096
"""Characters of a line; a listing with a longer one stays plain."""
_LONGEST_S = 0.05
"""For so long a lexer may look for one token; else its listing stays plain."""
_ALIASES = {
    "c++": "cpp",
    "golang": "go",
    "json5": "json",
    "jsonc": "json",
    "jsonl": "json",
    "mjs": "js",
    "py3": "python",
    "svelte": "html",
    "yml": "yaml",
}
"""Names that people use and Pygments does not know."""
_PLAIN = {"", "ascii", "none", "plain", "plaintext", "output", "text", "txt"}
_COMMENTED = {
    "c", "cpp", "csharp", "css", "dart", "go", "groovy", "java", "javascript", "jsx", "kotlin",
    "less", "objective-c", "php", "scala", "scss", "swift", "tsx", "typescript",
}  # fmt: skip
"""Languages in which a comment over many lines is one token: it begins before it ends."""

_COLOURS = {
    Comment: Colour.COMMENT,
    Comment.Preproc: Colour.KEYWORD,
    Generic.Deleted: Colour.NAME,
    Generic.Heading: Colour.KEYWORD,
    Generic.Inserted: Colour.STRING,
    Generic.Prompt: Colour.COMMENT,
    Generic.Subheading: Colour.KEYWORD,
    Keyword: Colour.KEYWORD,
    Literal: Colour.NUMBER,
    Name.Attribute: Colour.NAME,
    Name.Builtin: Colour.NAME,
    Name.Class: Colour.NAME,
    Name.Constant: Colour.NUMBER,
    Name.Decorator: Colour.NAME,
    Name.Entity: Colour.NUMBER,
    Name.Exception: Colour.NAME,
    Name.Function: Colour.NAME,
    Name.Namespace: Colour.NAME,
    Name.Tag: Colour.KEYWORD,
    Name.Variable: Colour.NAME,
    Operator.Word: Colour.KEYWORD,
    String: Colour.STRING,
}

Lexed = tuple[int, Any, int]
"""Where a token begins, what it is, and where it ends."""


class Pathological(Exception):
    """A text that takes a lexer too long."""


def lexer_for(language: str) -> Lexer | None:
    """Return what lexes a language as a fence names it; None if nobody knows it."""
    name = language.lower()
    for sign in ":{,=":
        name = name.partition(sign)[0]
    name = _ALIASES.get(name, name)
    # Plugins, which would be asked next, are somebody else's code.
    if name in _PLAIN or not any(name in entry[2] for entry in LEXERS.values()):
        return None
    lexer = get_lexer_by_name(name, ensurenl=False, handlecodeblocks=False)
    # Languages in others are loaded with the first of them that is met.
    for _ in lexer.get_tokens("<style>a{b:c}</style><script>1</script>"):
        pass
    return lexer


class Lexing:
    """One listing."""

    def __init__(self, lexer: Lexer) -> None:
        self.lexed = 0
        """Characters given to the lexer."""
        self.chunks = 0
        """How many times it was given more."""
        self.done = 0
        """Characters of which the colours are known."""
        self._lexer = lexer
        self._has_open_comments = not _COMMENTED.isdisjoint(lexer.aliases)
        self._stack = ["root"]
        self._pending = ""
        self._chunk = ""
        self._base = 0
        """Where the chunk begins in the listing."""
        self._tokens: Iterator[Lexed] | None = None
        self._open: int | None = None
        """Where a comment begins in the chunk whose end has not come."""
        self._starts = array("I")
        self._ends = array("I")
        self._colours = array("B")

    def feed(self, text: str) -> None:
        """Add whole lines."""
        self._pending += text

    def run(self, until_s: float, *, is_whole: bool) -> bool:
        """Work until a time of the clock; return whether nothing is left to do.

        `is_whole` tells that nothing will be fed any more. Raises: `Pathological`.
        """
        while self._tokens is not None or self._begin(is_whole):
            assert self._tokens is not None
            before = perf_counter()
            for start, token, end in self._tokens:
                self._take(self._base + start, token, self._base + end)
                now = perf_counter()
                if now - before > _LONGEST_S:
                    raise Pathological
                if now >= until_s:
                    return False
                before = now
            self._end()
        return True

    def tints(self, start: int, end: int) -> Iterator[tuple[int, int, Colour]]:
        """Return what is coloured between two offsets, as offsets from the first."""
        index = bisect_left(self._ends, start + 1)
        while index < len(self._starts) and self._starts[index] < end:
            first, last = max(self._starts[index], start), min(self._ends[index], end)
            yield first - start, last - start, Colour(self._colours[index])
            index += 1

    # Chunks

    def _begin(self, is_whole: bool) -> bool:
        """Take up what was fed; return whether there is anything to lex."""
        text, self._pending = self._pending, ""
        if not text and not (is_whole and self._open is not None):
            return False
        if any(len(line) > LONGEST_LINE for line in text.splitlines()):
            raise Pathological
        position = 0
        if self._open is not None:
            position, self._open = self._open, None
            text = self._chunk + text
            if not is_whole and text.find("*/", position + 2) < 0:
                self._hold(text, position)
                return False
            self._forget_from(self._base + position)
            self._chunk = text
        else:
            self._base += len(self._chunk)
            self._chunk = text
        self.lexed += len(text) - position
        self.chunks += 1
        self._tokens = self._lex(position, is_whole)
        return True

    def _end(self) -> None:
        self._tokens = None
        if self._open is not None:
            self._hold(self._chunk, self._open)
        else:
            self.done = self._base + len(self._chunk)

    def _hold(self, text: str, position: int) -> None:
        """Take all from a position on for a comment, until its end comes."""
        self._chunk, self._open = text, position
        self._forget_from(self._base + position)
        self._take(self._base + position, Comment, self._base + len(text))
        self.done = self._base + len(text)

    def _forget_from(self, position: int) -> None:
        index = bisect_left(self._starts, position)
        for values in (self._starts, self._ends, self._colours):
            del values[index:]

    def _take(self, start: int, token: Any, end: int) -> None:
        self.done = max(self.done, start)
        colour = _colour_of(token)
        if colour is None:
            return
        if self._ends and self._ends[-1] == start and self._colours[-1] == colour:
            self._ends[-1] = end
        else:
            self._starts.append(start)
            self._ends.append(end)
            self._colours.append(colour)

    # Tokens

    def _lex(self, position: int, is_whole: bool) -> Iterator[Lexed]:
        lexer = self._lexer
        if isinstance(lexer, RegexLexer) and not isinstance(lexer, ExtendedRegexLexer):
            return self._walk(lexer, self._chunk, position, is_whole)
        return _walk_anew(lexer, self._chunk)

    def _walk(self, lexer: RegexLexer, text: str, position: int, is_whole: bool) -> Iterator[Lexed]:
        """Do as `RegexLexer.get_tokens_unprocessed` does, and keep its state."""
        states, stack = lexer._tokens, self._stack
        while position < len(text):
            if (
                self._has_open_comments
                and not is_whole
                and text.startswith("/*", position)
                and text.find("*/", position + 2) < 0
            ):
                self._open = position
                return
            for match_at, action, move in states[stack[-1]]:
                match = match_at(text, position)
                if match is None:
                    continue
                if action is not None:
                    if type(action) is type(Token):
                        yield position, action, match.end()
                    else:
                        for start, token, value in action(lexer, match):
                            yield start, token, start + len(value)
                position = match.end()
                if move is not None:
                    _move(stack, move)
                break
            else:
                if text[position] == "\n":
                    stack[:] = ["root"]
                position += 1


def _walk_anew(lexer: Lexer, text: str) -> Iterator[Lexed]:
    for start, token, value in lexer.get_tokens_unprocessed(text):
        yield start, token, start + len(value)


def _move(stack: list[str], move: Any) -> None:
    """Go to other states, as a rule of Pygments says."""
    if isinstance(move, int):
        del stack[max(len(stack) + move, 1) :]
        return
    for state in (move,) if isinstance(move, str) else move:
        if state == "#pop":
            if len(stack) > 1:
                stack.pop()
        else:
            stack.append(stack[-1] if state == "#push" else state)


def _colour_of(token: Any) -> Colour | None:
    known = _COLOURS.get(token, token)
    while not isinstance(known, Colour):
        token = token.parent
        if token is None:
            return None
        known = _COLOURS.get(token, token)
    return known

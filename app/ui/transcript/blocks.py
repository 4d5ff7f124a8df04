"""Blocks: a text as a list of settled blocks and one open tail.

Values and strings only: no widgets, no fonts. The laws:

- What `settled` holds never changes. Feeding a text in any pieces gives the
  same blocks as feeding it at once, after every piece.
- A block settles on complete lines only: `#` may yet become `#tag`, `-` a rule.
- The lines of a fence are never parsed again; lists settle item by item,
  quotes paragraph by paragraph.
- Nothing is swallowed. What this does not know (tables, HTML, link reference
  definitions and references to them) shows as its source: a definition that
  arrives late would change settled blocks.
- Work is bounded: a line longer than `LIMIT` characters is text and not
  Markdown, and an item or paragraph longer than that is cut at a line end.

Offsets are in code points, in the text with its line ends made "\\n".
https://spec.commonmark.org/0.31.2/#appendix-a-parsing-strategy
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from app.ui.transcript.fence import Fence

LIMIT = 32_768
"""Characters of source that are parsed at once, at most: about 30 ms."""
PIECE_LINES = 32
PIECE_LENGTH = 4_096
"""Lines and characters of a piece of code or plain text."""


class Kind(Enum):
    """What a block is."""

    PARAGRAPH = auto()
    HEADING = auto()
    CODE = auto()
    RULE = auto()
    PLAIN = auto()
    """Text that is not Markdown; its line ends are kept."""


class Container(Enum):
    """What a block may stand in."""

    QUOTE = auto()
    ITEM = auto()
    """An item of a list."""
    REASONING = auto()


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style. A line end in it is one to be shown."""

    text: str
    is_emphasis: bool = False
    is_strong: bool = False
    is_code: bool = False
    link: str = ""
    """An address that may be followed; see `links`."""


@dataclass(frozen=True, slots=True)
class Marker:
    """The bullet or number in front of the first block of a list item."""

    ordinal: int | None = None
    """None for a bullet."""
    suffix: str = "."


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a text that is laid out on its own.

    Long code and long plain text come in several blocks, whose texts joined are
    the whole; `is_first` and `is_last` tell where it begins and ends.
    """

    kind: Kind
    runs: tuple[Run, ...]
    start: int
    end: int
    """Where its source begins and ends."""
    level: int = 0
    """1 to 6 for headings."""
    within: tuple[Container, ...] = ()
    """Outermost first."""
    marker: Marker | None = None
    language: str = ""
    is_first: bool = True
    is_last: bool = True

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Unit:
    """The blocks that settle together."""

    start: int
    """Where its source begins."""
    blocks: tuple[Block, ...]
    is_closed: bool
    """Whether no line that may follow can change it."""
    is_fence: bool = False
    """Whether it is nothing but a fence."""
    ordinal: int | None = None
    """Its number, if it is an item of an ordered list."""


def pieces(text: str, *, at_words: bool = False) -> list[str]:
    """Cut a text into pieces of bounded size, which joined are the text.

    Cuts are made after line ends; in a line too long for one piece after a
    space if `at_words`, else anywhere. All pieces but the last stay the same
    however the text goes on.
    """
    result, start = [], 0
    while True:
        end = _end_of_piece(text, start, at_words)
        if end >= len(text):
            result.append(text[start:])
            return result
        result.append(text[start:end])
        start = end


def _end_of_piece(text: str, start: int, at_words: bool) -> int:
    end = start
    for _ in range(PIECE_LINES):
        found = text.find("\n", end, start + PIECE_LENGTH)
        if found < 0:
            break
        end = found + 1
    else:
        return end
    if len(text) - start <= PIECE_LENGTH:
        return len(text)
    if end > start:
        return end
    space = text.rfind(" ", start, start + PIECE_LENGTH) if at_words else -1
    return space + 1 if space > start else start + PIECE_LENGTH


def cut(block: Block, *, at_words: bool = False) -> list[Block]:
    """Return a block of one run as blocks of bounded size."""
    texts = pieces(block.text, at_words=at_words)
    if len(texts) == 1:
        return [block]
    last = len(texts) - 1
    return [
        Block(
            block.kind,
            (Run(text, is_code=block.kind is Kind.CODE),),
            block.start,
            block.end,
            within=block.within,
            marker=block.marker if i == 0 else None,
            language=block.language,
            is_first=block.is_first and i == 0,
            is_last=block.is_last and i == last,
        )
        for i, text in enumerate(texts)
    ]


def code_at(blocks: Sequence[Block], index: int) -> str:
    """Return the whole code of which block `index` is a piece."""
    first = last = index
    while not blocks[first].is_first:
        first -= 1
    while not blocks[last].is_last:
        last += 1
    return "".join(block.text for block in blocks[first : last + 1])


class BlockStream:
    """A Markdown text that grows, as blocks."""

    def __init__(self) -> None:
        self.settled: list[Block] = []
        """Blocks that no longer change. Not to be changed by others either."""
        self.parsed = 0
        """Characters given to the parser so far."""
        self._source = ""
        """What is not settled; inside a fence, only its last and incomplete line."""
        self._start = 0
        """The offset of `_source`."""
        self._return = ""
        """A carriage return whose line feed may still come."""
        self._ordinal: int | None = None
        """The number of the item `_source` begins with, if its list began before."""
        self._fence: Fence | None = None
        self._line: PlainStream | None = None
        """Inside a line longer than `LIMIT`: its text."""
        self._tail: tuple[Block, ...] | None = ()

    @property
    def tail(self) -> tuple[Block, ...]:
        """The blocks that may still change, as they would be if the text ended here."""
        if self._tail is None:
            self._tail = self._open()
        return self._tail

    @property
    def blocks(self) -> list[Block]:
        """All of it."""
        return [*self.settled, *self.tail]

    def feed(self, text: str) -> None:
        """Add text at the end."""
        text = self._return + text
        self._return = "\r" if text.endswith("\r") else ""
        if "\r" in text:
            text = text.removesuffix("\r").replace("\r\n", "\n").replace("\r", "\n")
        if not text:
            return
        self._source += text
        self._tail = None
        if "\n" in text or len(self._source) > LIMIT:
            while self._advance():
                pass

    # Settling

    def _advance(self) -> bool:
        """Settle what can be; return whether there may be more of it."""
        if self._fence is not None:
            return self._advance_fence(self._fence)
        if self._line is not None:
            return self._advance_line(self._line)
        complete = self._source.rfind("\n", 0, LIMIT) + 1
        if len(self._source) <= LIMIT:
            self._settle(complete)
            return self._fence is not None
        end = self._source.find("\n", complete)
        length = (end if end >= 0 else len(self._source)) - complete
        if length > LIMIT:
            before = self._start + complete
            self._settle(complete)
            if self._fence is None:
                self._settle(before - self._start, force=True)
                self._line = PlainStream()
            return True
        if end < 0:
            self._settle(complete)
            return self._fence is not None
        before = self._start + end + 1
        self._settle(end + 1)
        if self._fence is None and before - self._start > LIMIT:
            self._settle(before - self._start, force=True)
        return True

    def _settle(self, length: int, *, force: bool = False) -> None:
        """Settle the closed units among the first `length` characters."""
        if not length:
            return
        units = self._parse(self._source[:length])
        rest = None if not units or force or units[-1].is_closed else units.pop()
        for unit in units:
            self.settled += unit.blocks
        self._drop(rest.start - self._start if rest else length)
        self._ordinal = rest.ordinal if rest else None
        if rest is None:
            return
        if rest.is_fence:
            self._fence = Fence(self._source[: self._source.index("\n")], self._start)
            self._drop(self._source.index("\n") + 1)
        elif self._source.endswith("\n"):
            self._tail = rest.blocks

    def _advance_fence(self, fence: Fence) -> bool:
        used = 0
        while (end := self._source.find("\n", used)) >= 0:
            line = self._source[used:end]
            used = end + 1
            if fence.is_closed_by(line):
                self.settled += self._code(fence, fence.content, self._start + used)
                self._fence = None
                self._drop(used)
                return True
            fence.append(line)
        self._drop(used)
        *whole, rest = self._code(fence, fence.content, self._start)
        self.settled += whole
        for block in whole:
            fence.settle(len(block.text))
        assert rest.text == fence.content
        return False

    def _advance_line(self, line: "PlainStream") -> bool:
        end = self._source.find("\n")
        text = self._source if end < 0 else self._source[:end]
        line.feed(text)
        self._drop(len(text))
        self._take_line(line)
        if end < 0:
            return False
        self.settled += line.tail
        self._line = None
        self._drop(1)
        return True

    def _take_line(self, line: "PlainStream") -> None:
        self.settled += line.settled
        line.settled.clear()

    def _drop(self, length: int) -> None:
        self._source = self._source[length:]
        self._start += length

    # Reading

    def _open(self) -> tuple[Block, ...]:
        if self._line is not None:
            return self._line.tail
        if self._fence is None:
            units = self._parse(self._source)
            return tuple(block for unit in units for block in unit.blocks)
        fence, content = self._fence, self._fence.content
        end = self._start
        # A last line of nothing but space is not there yet.
        if self._source.strip(" \t"):
            end += len(self._source)
            if not fence.is_closed_by(self._source):
                content += fence.unindent(self._source)
        return tuple(self._code(fence, content, end))

    def _code(self, fence: Fence, content: str, end: int) -> list[Block]:
        return cut(
            Block(
                Kind.CODE,
                (Run(content, is_code=True),),
                fence.start,
                end,
                language=fence.language,
                is_first=not fence.is_begun,
            )
        )

    def _parse(self, source: str) -> list[Unit]:
        if not source or source.isspace():
            return []
        # Imported here because nothing needs it before the first text is seen.
        from app.ui.transcript.markdown import parse

        self.parsed += len(source)
        return parse(source, self._start, self._ordinal)


class PlainStream:
    """A text that grows and is no Markdown, as blocks of bounded size."""

    def __init__(self, within: tuple[Container, ...] = ()) -> None:
        self.settled: list[Block] = []
        self.parsed = 0
        """Always 0: there is nothing to parse."""
        self._within = within
        self._source = ""
        self._start = 0
        self._is_begun = False

    @property
    def tail(self) -> tuple[Block, ...]:
        """The block that may still grow, if there is any text."""
        return (self._block(self._source, self._start, is_last=True),) if self._source else ()

    @property
    def blocks(self) -> list[Block]:
        return [*self.settled, *self.tail]

    def feed(self, text: str) -> None:
        """Add text at the end."""
        self._source += text
        *whole, self._source = pieces(self._source, at_words=True)
        for piece in whole:
            self.settled.append(self._block(piece, self._start, is_last=False))
            self._start += len(piece)
            self._is_begun = True

    def _block(self, text: str, start: int, *, is_last: bool) -> Block:
        return Block(
            Kind.PLAIN,
            (Run(text),),
            start,
            start + len(text),
            within=self._within,
            is_first=not self._is_begun,
            is_last=is_last,
        )

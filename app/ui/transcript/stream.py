"""Stream: a text that grows, as a list of settled blocks and one open tail.

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

Offsets are in code points, in the text with its line ends made line feeds.
https://spec.commonmark.org/0.31.2/#appendix-a-parsing-strategy
"""

from app.ui.transcript.blocks import (
    PIECE_LENGTH,
    Block,
    Container,
    Kind,
    Run,
    Unit,
    cut,
    pieces,
)
from app.ui.transcript.fence import Fence

LIMIT = 32_768
"""Characters of source that are parsed at once, at most: about 30 ms."""


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
        fence = self._fence
        if fence is not None:
            return self._advance_fence(fence)
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
                self._line = PlainStream(start=before)
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
        if len(self._source) > PIECE_LENGTH and self._source.strip(" \t`~"):
            # This cannot be a row that closes it: no need to wait for its end.
            fence.append_part(self._source)
            self._drop(len(self._source))
        *whole, _ = self._code(fence, fence.content, self._start)
        self.settled += whole
        for block in whole:
            fence.settle(len(block.text))
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
        if self._source.strip(" \t") or fence.is_inside_line:
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

    def __init__(self, within: tuple[Container, ...] = (), start: int = 0) -> None:
        self.settled: list[Block] = []
        self.parsed = 0
        """Always 0: there is nothing to parse."""
        self._within = within
        self._source = ""
        self._start = start
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

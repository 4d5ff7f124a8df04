"""Stream: a text that grows, as a list of settled blocks and one open tail.

Values and strings only: no widgets, no fonts. The laws:

- What `settled` holds does not change, but for blocks that refer to a link that
  is defined later: those are read again, see `take_revised`, and the columns of a
  table are as wide as before. But for these widths, feeding a text in any
  pieces gives the same blocks as feeding it at once, after every piece.
- A block settles on complete lines only: `#` may yet become `#tag`, `-` a rule.
- The lines of a fence and the rows of a table are never parsed again; lists
  settle item by item, quotes paragraph by paragraph. Of a long paragraph only
  what comes after the last joint is parsed again, see `joints`.
- Nothing is swallowed but what only says where links lead. HTML, and what is not
  safe to follow, shows as its source.
- Work is bounded: a line longer than `LIMIT` characters is text and not
  Markdown, an item or paragraph longer than that, or of more lines than `LINES`, is
  cut at a line end, what has more signs than words is text (see `density`), what
  is nothing but tiny blocks is not read (see `budget`), and blocks are read again
  only as far as there is text that came to pay for it.

Offsets are in code points, in the text with its line ends made line feeds.
https://spec.commonmark.org/0.31.2/#appendix-a-parsing-strategy
"""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from app.ui.transcript.beginnings import Beginning, longer
from app.ui.transcript.blocks import (
    PIECE_LENGTH,
    Block,
    Kind,
    Mention,
    Run,
    Unit,
    cut,
)
from app.ui.transcript.budget import Budget
from app.ui.transcript.cuts import LIMIT, is_lasting, limit_of, parted
from app.ui.transcript.fence import Fence
from app.ui.transcript.formula_source import as_formula
from app.ui.transcript.last_line import LastLine, last_line
from app.ui.transcript.plain import PlainStream
from app.ui.transcript.references import Definition, References
from app.ui.transcript.stretch import Stretch
from app.ui.transcript.table_source import MOST_ABSENT, Row, TableSource, absent, split

if TYPE_CHECKING:
    from app.ui.transcript.markdown import Reading

_FED = 2 * LIMIT
"""Characters that are looked at together, so that each is moved a few times only."""
_REREAD = 16
"""Characters that may be read again for each that came."""
_BLANK = re.compile(r"(?:[ \t]*\n)*")
_MAY_END_TABLE = re.compile(r" {0,3}[>#`~*+_<$\\=\d-]| {4}| *\t")


class BlockStream:
    """A Markdown text that grows, as blocks."""

    def __init__(self) -> None:
        self.settled: list[Block] = []
        """Blocks that no longer change, but for those `take_revised` tells of.

        Up to date once `tail` was asked for. Not to be changed by others.
        """
        self.parsed = 0
        """Characters given to the parser so far."""
        self._source = ""
        """What is not settled; in a fence or table, only its last and incomplete line."""
        self._start = 0
        """The offset of `_source`."""
        self._return = ""
        """A carriage return whose line feed may still come."""
        self._ordinal: int | None = None
        """The number of the item `_source` begins with, if its list began before."""
        self._beginning: Beginning | None = None
        """Of the paragraph `_source` ends with."""
        self._last_line: LastLine | None = None
        """Of `_source`, as it was when it was last read."""
        self._fence: Fence | None = None
        self._table: TableSource | None = None
        self._line: PlainStream | None = None
        """Inside a line longer than `LIMIT`: its text."""
        self._stretch: Stretch | None = None
        """Of what is not read."""
        self._budget = Budget()
        self._references = References()
        self._revised: int | None = None
        self._allowance = LIMIT
        """Characters that may be read again."""
        self._tail: tuple[Block, ...] | None = ()

    @property
    def tail(self) -> tuple[Block, ...]:
        """The blocks that may still change, as they would be if the text ended here."""
        if self._tail is None:
            self._tail = self._open()
        self._revise()
        return self._tail

    @property
    def blocks(self) -> list[Block]:
        """All of it."""
        tail = self.tail
        return [*self.settled, *tail]

    def feed(self, text: str) -> None:
        """Add text at the end."""
        text = self._return + text
        self._return = "\r" if text.endswith("\r") else ""
        if "\r" in text:
            text = text.removesuffix("\r").replace("\r\n", "\n").replace("\r", "\n")
        if not text:
            return
        # As parsers do; some of them would not find their own cell or row again.
        text = text.replace("\0", "\ufffd")
        self._allowance += _REREAD * len(text)
        self._tail = None
        for start in range(0, len(text), _FED):
            part = text[start : start + _FED]
            self._source += part
            # What goes on a long line shows, also if it is short itself.
            goes_on = self._line is not None or self._is_unread
            if "\n" in part or len(self._source) > LIMIT or goes_on:
                while self._advance():
                    pass

    def take_revised(self) -> int | None:
        """Return the first settled block that changed since this was last asked, if any."""
        revised, self._revised = self._revised, None
        return revised

    # Settling

    def _advance(self) -> bool:
        """Settle what can be; return whether there may be more of it."""
        self._tail = None
        if self._fence is not None:
            return self._advance_fence(self._fence)
        if self._table is not None:
            return self._advance_table(self._table)
        if self._line is not None:
            return self._advance_line(self._line)
        if self._stretch is not None:
            return self._advance_stretch(self._stretch)
        if self._budget.is_spent:
            return self._begin_stretch()
        limit = limit_of(self._source)
        complete = self._source.rfind("\n", 0, limit) + 1
        if len(self._source) <= limit:
            self._settle(complete)
            return self._is_inside or self._budget.is_spent
        end = self._source.find("\n", complete)
        length = (end if end >= 0 else len(self._source)) - complete
        if length > LIMIT:
            before = self._start + complete
            self._settle(complete)
            if not self._is_inside and not self._budget.is_spent:
                self._settle(before - self._start, force=True)
                if not self._budget.is_spent:
                    self._line = PlainStream(start=before)
            return True
        if end < 0:
            self._settle(complete)
            return self._is_inside or self._budget.is_spent
        self._settle(end + 1, is_too_long=True)
        return True

    @property
    def _is_inside(self) -> bool:
        return self._fence is not None or self._table is not None

    @property
    def _is_unread(self) -> bool:
        return self._stretch is not None or self._budget.is_spent

    def _settle(self, length: int, *, force: bool = False, is_too_long: bool = False) -> None:
        """Settle the closed units among the first `length` characters.

        All of them with `force`, and if it `is_too_long` and the rest would be, too.
        """
        if not length:
            return
        source = self._source[:length]
        if force:
            self._beginning = None
        reading, definitions = self._read(source)
        units, rest = reading.units, list[Unit]()
        if not force:
            units, rest = parted(reading)
        if is_too_long and rest and not is_lasting(rest):
            left = source[rest[0].start - self._start :]
            if len(left) > limit_of(left):
                units, rest = reading.units, []
        units, rest = self._paid(units, rest, source)
        begin = rest[0].start - self._start if rest else length
        lines = source.count("\n", 0, begin)
        stays = {k: v for k, v in definitions.items() if v["map"][0] < lines}
        self._references.settle(stays)
        self._references.replace_open({k: v for k, v in definitions.items() if k not in stays})
        for unit in units:
            self._add(unit.blocks, unit.mentions)
        self._drop(begin)
        self._ordinal = rest[0].ordinal if rest else None
        if not rest or self._budget.is_spent:
            return
        if len(rest) == 1 and rest[0].is_fence:
            self._fence = Fence(self._source[: self._source.index("\n")], self._start)
            self._drop(self._source.index("\n") + 1)
        elif len(rest) == 1 and rest[0].is_table:
            self._begin_table(rest[0], length - begin)
        elif self._source.endswith("\n"):
            self._tail = tuple(block for unit in rest for block in unit.blocks)

    def _paid(
        self, units: list[Unit], rest: list[Unit], source: str
    ) -> tuple[list[Unit], list[Unit]]:
        """Pay for units; leave those that cannot be paid for to the rest."""
        starts = [unit.start - self._start for unit in (*units, *rest[:1])]
        starts.append(len(source))
        for index, unit in enumerate(units):
            if unit.is_fence or unit.is_table:
                # As for those that come line by line.
                self._budget.spend("", 1)
            else:
                part = source[starts[index] : starts[index + 1]]
                self._budget.spend(part, len(unit.blocks))
            if self._budget.is_spent:
                return units[: index + 1], [*units[index + 1 :], *rest]
        return units, rest

    def _begin_stretch(self) -> bool:
        blank = _BLANK.match(self._source)
        assert blank is not None
        self._drop(blank.end())
        if not self._source.strip(" \t"):
            return False
        self._ordinal = self._beginning = None
        self._stretch = Stretch(self._start)
        return True

    def _advance_stretch(self, stretch: Stretch) -> bool:
        used = stretch.feed(self._source, self._budget)
        self.settled += stretch.take_settled()
        if used is None:
            self._drop(len(self._source))
            return False
        self.settled += stretch.tail
        self._stretch = None
        self._drop(used)
        return True

    def _add(self, blocks: Iterable[Block], mentions: Iterable[Mention] = ()) -> None:
        for mention in mentions:
            self._references.remember(len(self.settled) + mention.index, mention)
        self.settled += blocks

    def _advance_fence(self, fence: Fence) -> bool:
        used = 0
        while (end := self._source.find("\n", used)) >= 0:
            line = self._source[used:end]
            used = end + 1
            if fence.is_closed_by(line):
                self.settled += self._closed(fence, self._start + used)
                self._budget.spend("", 1)
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

    def _begin_table(self, unit: Unit, length: int) -> None:
        """Read the first `length` characters on as a table, of which they are all there is."""
        first = unit.blocks[0]
        assert first.columns is not None
        head, _, *lines = self._source[:length].splitlines()
        table = self._table = TableSource(unit.start, first.columns.aligns)
        rows = [row for block in unit.blocks for row in block.rows]
        for line, cells in zip([head, *lines], rows, strict=True):
            sources = split(line)[: len(cells)]
            sources += [""] * (len(cells) - len(sources))
            self._take_row(table, Row(cells, tuple(sources)), line)
        self._drop(length)

    def _advance_table(self, table: TableSource) -> bool:
        used = 0
        while 0 <= (end := self._source.find("\n", used)) <= used + LIMIT:
            line = self._source[used:end]
            row = self._row(table, line)
            if row is None:
                self._finish_table(table, used)
                return True
            self._take_row(table, row, line)
            used = end + 1
        if len(self._source) - used > LIMIT:
            self._finish_table(table, used)
            return True
        self._drop(used)
        return False

    def _take_row(self, table: TableSource, row: Row, line: str) -> None:
        table.absent += absent(line, len(table.aligns))
        whole = table.take(row)
        if whole is not None:
            self._add([whole[0]], [whole[1]])

    def _finish_table(self, table: TableSource, used: int) -> None:
        block, mention = table.finish(self._start + used)
        self._add([block], [mention])
        self._budget.spend("", 1)
        self._table = None
        self._drop(used)

    def _row(self, table: TableSource, line: str) -> Row | None:
        """Read a line as a row, if it is one."""
        from app.ui.transcript.markdown import is_row, read_row

        columns, sources = len(table.aligns), split(line)
        if not sources and not line.strip(" \t"):
            return None
        if table.absent + columns - len(sources) > MOST_ABSENT:
            return None
        self.parsed += len(line)
        if _MAY_END_TABLE.match(line) and not is_row(line):
            return None
        return read_row(sources, columns, self._references.reading())

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
        self._last_line = None
        if self._beginning is not None:
            self._beginning = self._beginning.shift(length)

    # Reading

    def _open(self) -> tuple[Block, ...]:
        if self._is_unread:
            self._references.replace_open({})
            return self._stretch.tail if self._stretch is not None else ()
        if self._line is None and not self._is_inside:
            reading = self._read_open()
            self._last_line = last_line(reading, self._source)
            before = self._beginning
            found = longer(before, reading, self._source, self._references.reading())
            if found is not None:
                self.parsed += found.end - (before.end if before is not None else found.start)
                self._beginning = found
            return _blocks(reading)
        self._references.replace_open({})
        if self._line is not None:
            return self._line.tail
        if self._table is not None:
            return self._open_table(self._table)
        assert self._fence is not None
        return self._open_fence(self._fence)

    def _read_open(self) -> "Reading":
        """Read what is not settled, with what it defines for now."""
        if self._last_line is not None:
            grown = self._last_line.grow(self._source, self._beginning, self._references.known)
            if grown is not None:
                self.parsed += grown[1]
                return grown[0]
        reading, definitions = self._read(self._source)
        self._references.replace_open(definitions)
        return reading

    def _open_fence(self, fence: Fence) -> tuple[Block, ...]:
        content, end = fence.content, self._start
        # A last line of nothing but space is not there yet.
        if self._source.strip(" \t") or fence.is_inside_line:
            end += len(self._source)
            if fence.is_closed_by(self._source):
                return tuple(self._closed(fence, end))
            content += fence.unindent(self._source)
        return tuple(self._code(fence, content, end))

    def _open_table(self, table: TableSource) -> tuple[Block, ...]:
        source = self._source
        row = self._row(table, source) if source else None
        if row is not None:
            return tuple(table.blocks(self._start + len(source), row))
        reading, definitions = self._read(source)
        self._references.replace_open(definitions)
        return (*table.blocks(self._start), *_blocks(reading))

    def _closed(self, fence: Fence, end: int) -> list[Block]:
        blocks = self._code(fence, fence.content, end)
        return [as_formula(blocks[0])] if len(blocks) == 1 else blocks

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

    def _read(self, source: str) -> tuple["Reading", Mapping[str, Definition]]:
        # Imported here because nothing needs it before the first text is seen.
        from app.ui.transcript.markdown import Reading, read

        if not source or source.isspace():
            return Reading([]), {}
        beginning = self._beginning
        if beginning is not None and beginning.end < len(source):
            short = beginning.shorten(source)
            self.parsed += len(short)
            definitions = self._references.reading()
            reading = read(short, self._start, self._ordinal, definitions)
            restored = beginning.restore(reading, source)
            if restored is not None and not definitions.maps[0]:
                return restored, {}
            self._beginning = None
        self.parsed += len(source)
        definitions = self._references.reading()
        reading = read(source, self._start, self._ordinal, definitions)
        return reading, definitions.maps[0]

    # Revising

    def _revise(self) -> None:
        """Read blocks again for which links were defined, as far as that is paid for."""
        outdated = self._references.take_outdated(self._allowance)
        if not outdated:
            return
        from app.ui.transcript.markdown import read_again

        for index, mention in outdated:
            length = sum(map(len, mention.sources))
            self._allowance -= length
            self.parsed += length
            before = self.settled[index]
            block = read_again(before, mention.sources, self._references.known)
            if block != before:
                self.settled[index] = block
                self._revised = index if self._revised is None else min(self._revised, index)


def _blocks(reading: "Reading") -> tuple[Block, ...]:
    return tuple(block for unit in reading.units for block in unit.blocks)

"""Blocks: what a text consists of once it was read.

Pure values, cut so that none is larger than can be laid out within a frame.
Offsets are in code points, in the text with its line ends made line feeds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

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
    TABLE = auto()
    """Rows of cells, see `Block.rows`."""
    MATHS = auto()
    """A formula that stands on its own; its one run has `Run.maths`."""


class Container(Enum):
    """What a block may stand in."""

    QUOTE = auto()
    ITEM = auto()
    """An item of a list."""
    REASONING = auto()
    NOTE = auto()
    """A footnote."""


class Align(Enum):
    """How the cells of a column stand."""

    START = auto()
    CENTRE = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style. A line end in it is one to be shown."""

    text: str
    is_emphasis: bool = False
    is_strong: bool = False
    is_code: bool = False
    link: str = ""
    """An address that may be followed; see `links`."""
    is_struck: bool = False
    is_raised: bool = False
    """The sign of a footnote."""
    maths: str = ""
    """LaTeX of a formula; `text` is its source with the signs around it, which is
    what is copied, and shown where it cannot be drawn."""


@dataclass(frozen=True, slots=True)
class Marker:
    """The bullet or number in front of the first block of a list item."""

    ordinal: int | None = None
    """None for a bullet."""
    suffix: str = "."
    is_done: bool | None = None
    """Of an item of a task list: whether its box is ticked; None for other items."""
    label: str = ""
    """Of a footnote: its name, shown in place of a number."""


Cell = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """What all rows of a table have in common, also where it comes in pieces."""

    aligns: tuple[Align, ...]
    characters: tuple[int, ...]
    """The longest cell of each column, as far as it decides about the widths:
    of the rows of the first piece."""
    is_right_to_left: bool = False
    """Whether the first column is the one at the right: as the head is written."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a text that is laid out on its own.

    Long code, long plain text and long tables come in several blocks, whose texts
    joined are the whole; `is_first` and `is_last` tell where it begins and ends.
    """

    kind: Kind
    runs: tuple[Run, ...]
    start: int
    end: int
    """Where its source begins and ends. Of a block in pieces the last has the
    source of all, the others have none of it."""
    level: int = 0
    """1 to 6 for headings."""
    within: tuple[Container, ...] = ()
    """Outermost first."""
    marker: Marker | None = None
    language: str = ""
    is_first: bool = True
    is_last: bool = True
    rows: tuple[tuple[Cell, ...], ...] = ()
    """Of a table, each with one cell a column; in its first piece the first row is the head."""
    columns: Columns | None = None
    is_unread: bool = False
    """Whether it shows as it was written because reading it would take too long."""

    @property
    def text(self) -> str:
        """What it says. The cells of a table are parted by tabs, its rows by line ends."""
        if self.rows:
            return "".join(
                "\t".join("".join(run.text for run in cell) for cell in row) + "\n"
                for row in self.rows
            )
        return "".join(run.text for run in self.runs)

    @property
    def is_copied_from(self) -> bool:
        """Whether it is where a piece of code is copied from as a whole."""
        return self.kind is Kind.CODE and self.is_first


@dataclass(frozen=True, slots=True)
class Mention:
    """What it takes to read a block again once a link is defined that it may refer to."""

    index: int
    """Of the block, among those of its unit."""
    sources: tuple[str, ...]
    """What its text was read from; of a table, cell by cell."""
    labels: frozenset[str]
    """What it may refer to, see `references.label_of`."""


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
    is_table: bool = False
    """Whether it is nothing but a table."""
    mentions: tuple[Mention, ...] = ()

    def grown(self, runs: tuple[Run, ...], length: int) -> "Unit":
        """Return it with other runs in its last block, and so many characters longer."""
        *blocks, last = self.blocks
        end = last.end + length
        # What the last block stands in may show as a block, too.
        blocks = [replace(it, end=end) if it.end == last.end else it for it in blocks]
        return replace(self, blocks=(*blocks, replace(last, runs=runs, end=end)))


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
            block.end if i == last else block.start,
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

"""Markdown: source text → units of blocks, by way of markdown-it.

CommonMark, with tables, strikethrough, tasks and bare addresses as on GitHub, and
with footnotes and formulas. HTML shows as the text it is. Importing this module
imports markdown-it: do so late. https://markdown-it-py.readthedocs.io
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import table as read_table
from markdown_it.token import Token

from app.ui.transcript import autolinks, dispatch, footnotes, formula_source, leaves, tasks
from app.ui.transcript.blocks import Block, Cell, Kind, Run, Unit, cut
from app.ui.transcript.links import host_of
from app.ui.transcript.references import Definitions
from app.ui.transcript.runs import runs_of
from app.ui.transcript.table_source import MOST_ABSENT, MOST_COLUMNS, Row, absent, split
from app.ui.transcript.units import Walk, line_end_of

_NESTING = 60
"""Levels of lists and quotes; markdown-it drops what is deeper, we show the source."""
_OTHER_SIGNS = tuple("#>*+-_`~<0123456789$\\[")


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - theirs
        return bool(host_of(url))

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - theirs
        return _normal(url)


@lru_cache(maxsize=64)
def _normal(url: str) -> str:
    # The same again and again, while the text around it grows.
    return normalizeLink(url)


@cache
def _parser() -> _Parser:
    parser = _Parser("commonmark", {"maxNesting": _NESTING, "inline_definitions": True})
    parser.enable(["table", "strikethrough"])
    parser.block.ruler.at("table", _read_table, {"alt": ["paragraph", "reference"]})
    for extension in (formula_source, footnotes, autolinks, tasks, leaves, dispatch):
        extension.teach(parser)
    return parser


def _read_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if start + 1 >= end:
        return False
    first = state.bMarks[start + 1] + state.tShift[start + 1]
    if not state.src.startswith(("|", "-", ":"), first) or _begins_other(state, start, end):
        return False
    marks = state.src[first : state.eMarks[start + 1]]
    if marks.count("|") > MOST_COLUMNS:
        return False
    return read_table(state, start, end if silent else _end_of(state, start, end), silent)


def _begins_other(state: StateBlock, start: int, end: int) -> bool:
    """Return whether a line begins something that comes before tables, as on GitHub."""
    first = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(_OTHER_SIGNS, first):
        return False
    before, state.parentType = state.parentType, "root"
    rules = state.md.block.ruler.getRules("paragraph")
    found = any(rule(state, start, end, True) for rule in rules if rule is not _read_table)
    state.parentType = before
    return found


def _end_of(state: StateBlock, start: int, end: int) -> int:
    """Return where a table ends at the latest: where its rows lack too many cells."""
    columns = len(split(state.src[slice(*_line(state, start))]))
    if columns * (end - start) <= MOST_ABSENT:
        return end
    lacking = 0
    for line in range(start + 2, end):
        if state.isEmpty(line):
            break
        lacking += absent(state.src[slice(*_line(state, line))], columns)
        if lacking > MOST_ABSENT:
            return line
    return end


def _line(state: StateBlock, line: int) -> tuple[int, int]:
    return state.bMarks[line] + state.tShift[line], state.eMarks[line]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source was read as."""

    units: list[Unit]
    leaf: str = ""
    """What the last paragraph was read from, if it is the last thing there is."""
    held: int | None = None
    """From where on nothing settles: there may be a formula whose end has not come."""


def read(source: str, start: int, ordinal: int | None, definitions: Definitions) -> Reading:
    """Read a source that begins at a unit, and add what it defines.

    `start` is the offset of the source in its text. `ordinal` is the number of
    its first item, if that belongs to a list that began before.
    """
    walk = Walk(source, start, ordinal)
    environment: dict[str, object] = {"references": definitions}
    tokens = _parser().parse(source, environment)
    for token in tokens:
        walk.take(token)
    walk.end()
    units, leaf = walk.units, walk.leaf
    if any(token.level >= _NESTING - 1 for token in tokens):
        units, leaf = [*units[:-1], _as_source(source, start, units[-1])], ""
    held = environment.get(formula_source.HELD)
    if not isinstance(held, int):
        return Reading(units, leaf)
    return Reading(units, leaf, walk.offset_of_line(held))


def read_again(block: Block, sources: Sequence[str], definitions: Definitions) -> Block:
    """Return a block as it is with other definitions."""
    if block.kind is Kind.TABLE:
        cells = iter(_read_text(source, " ", definitions) for source in sources)
        return replace(block, rows=tuple(tuple(next(cells) for _ in row) for row in block.rows))
    line_end = line_end_of(sources[0]) if block.kind is Kind.PARAGRAPH else " "
    return replace(block, runs=_read_text(sources[0], line_end, definitions))


def read_text(source: str, definitions: Definitions) -> Cell:
    """Read a stretch of text."""
    return _read_text(source, " ", definitions)


def read_row(sources: Sequence[str], columns: int, definitions: Definitions) -> Row:
    """Read what the cells of a line of a table are read from."""
    sources = (*sources[:columns], *[""] * (columns - len(sources)))
    cells = (_read_text(source, " ", definitions) if source else () for source in sources)
    return Row(tuple(cells), sources)


def is_row(line: str) -> bool:
    """Return whether a line, below others of a table at the top, is one of its rows."""
    tokens: list[Token] = []
    parser = _parser()
    parser.block.parse("|a|\n|-|\n" + line, parser, {}, tokens)
    return tokens[0].map == [0, 3]


def _read_text(source: str, line_end: str, definitions: Definitions) -> Cell:
    parser = _parser()
    if parser.inline.terminator_re.search(source) is None:
        return (Run(source),) if source else ()
    [token] = parser.parseInline(source, {"references": definitions})
    return runs_of(token.children or (), line_end)


def _as_source(source: str, start: int, unit: Unit) -> Unit:
    text = source[unit.start - start :]
    blocks = cut(
        Block(Kind.PLAIN, (Run(text.rstrip("\n")),), unit.start, start + len(source)),
        at_words=True,
    )
    return Unit(unit.start, tuple(blocks), is_closed=False)

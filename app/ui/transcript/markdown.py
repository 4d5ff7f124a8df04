"""Markdown: source text → units of blocks, by way of markdown-it.

HTML is not known here, so tags show as the text they are. Link reference
definitions are not known either, see `blocks`. Importing this module imports
markdown-it: do so late. https://markdown-it-py.readthedocs.io
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.ui.transcript.blocks import Block, Container, Kind, Marker, Run, Unit, cut
from app.ui.transcript.fence import Fence, language_of
from app.ui.transcript.links import host_of

_NESTING = 60
"""Levels of lists and quotes; markdown-it drops what is deeper, we show the source."""


_CLOSINGS = ("list_item_close", "bullet_list_close", "ordered_list_close", "blockquote_close")


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - theirs
        return bool(host_of(url))


@cache
def _parser() -> _Parser:
    parser = _Parser("commonmark", {"html": False, "maxNesting": _NESTING})
    parser.disable(["reference", "html_block", "html_inline"])
    return parser


def parse(source: str, start: int, ordinal: int | None) -> list[Unit]:
    """Return the units of a source that begins at a unit.

    `start` is the offset of the source in its text. `ordinal` is the number of
    its first item, if that belongs to a list that began before.
    """
    walk = _Walk(source, start, ordinal)
    tokens = _parser().parse(source)
    for token in tokens:
        walk.take(token)
    walk.end()
    if any(token.level >= _NESTING - 1 for token in tokens):
        return [*walk.units[:-1], _as_source(source, start, walk.units[-1])]
    return walk.units


def _as_source(source: str, start: int, unit: Unit) -> Unit:
    text = source[unit.start - start :]
    blocks = cut(
        Block(Kind.PLAIN, (Run(text.rstrip("\n")),), unit.start, start + len(source)),
        at_words=True,
    )
    return Unit(unit.start, tuple(blocks), is_closed=False)


@dataclass(slots=True)
class _Walk:
    """The tokens of a source, one after the other, becoming units."""

    source: str
    start: int
    ordinal: int | None
    """For the first list, if that began before."""
    units: list[Unit] = field(default_factory=list)
    _lines: list[int] = field(default_factory=list)
    """Offsets in the source at which its lines begin, and its end."""
    _open: list[Token] = field(default_factory=list)
    """Lists, items and quotes around the current token."""
    _within: tuple[Container, ...] = ()
    _ordinals: list[int | None] = field(default_factory=list)
    """For each open list the number its next item gets."""
    _marker: Marker | None = None
    """Of an item that has shown nothing yet."""
    _leaf: Token | None = None
    _blocks: list[Block] = field(default_factory=list)
    _first: Token | None = None
    """The token the current unit began with."""
    _number: int | None = None

    def __post_init__(self) -> None:
        at = 0
        while at < len(self.source):
            self._lines.append(at)
            end = self.source.find("\n", at)
            at = end + 1 if end >= 0 else len(self.source)
        self._lines.append(len(self.source))

    def take(self, token: Token) -> None:
        if token.nesting >= 0 and self._begins_unit(token):
            self._end_unit()
            self._first = token
        kind = token.type
        if kind == "list_item_open":
            self._begin_item(token)
        elif kind in ("bullet_list_open", "ordered_list_open", "blockquote_open"):
            self._begin(token)
        elif kind in _CLOSINGS:
            self._end(token)
        elif kind in ("paragraph_open", "heading_open"):
            self._leaf = token
        elif kind == "inline":
            self._add_prose(token)
        elif kind in ("fence", "code_block"):
            self._add_code(token)
        elif kind == "hr":
            self._add(Kind.RULE, (), token)

    def end(self) -> None:
        self._end_unit()

    # Units

    def _begins_unit(self, token: Token) -> bool:
        """Say whether the source could be cut before a token.

        Before anything at the top; before an item of a list at the top; before
        anything in a quote at the top.
        """
        if token.type == "inline":
            return False
        if token.level == 0:
            return token.type not in ("bullet_list_open", "ordered_list_open", "blockquote_open")
        if token.level == 1 and len(self._open) == 1:
            return token.type == "list_item_open" or self._open[0].type == "blockquote_open"
        return False

    def _end_unit(self) -> None:
        self._flush_marker()
        first = self._first
        if first is not None:
            self.units.append(
                Unit(
                    self._offset(first, 0),
                    tuple(self._blocks),
                    is_closed=first.level == 0 and self._is_closed(first),
                    is_fence=first.level == 0 and first.type == "fence",
                    ordinal=self._number,
                )
            )
        self._blocks, self._first, self._number = [], None, None

    def _is_closed(self, token: Token) -> bool:
        assert token.map is not None
        if token.type in ("hr", "heading_open"):
            return True
        if token.type == "paragraph_open":
            # A blank line came after it.
            return token.map[1] < len(self._lines) - 1
        if token.type == "fence" and token.map[1] - token.map[0] > 1:
            fence = Fence(self._line(token.map[0]), 0)
            return fence.is_closed_by(self._line(token.map[1] - 1))
        return False

    # Containers

    def _begin(self, token: Token) -> None:
        self._flush_marker()
        self._open.append(token)
        if token.type == "blockquote_open":
            self._within += (Container.QUOTE,)
            return
        ordinal = None
        if token.type == "ordered_list_open":
            ordinal = int(token.attrs.get("start", 1))
            if self.ordinal is not None:
                ordinal, self.ordinal = self.ordinal, None
        self._ordinals.append(ordinal)

    def _begin_item(self, token: Token) -> None:
        self._flush_marker()
        ordinal = self._ordinals[-1]
        self._marker = Marker(ordinal, token.markup if ordinal is not None else "")
        if ordinal is not None:
            self._ordinals[-1] = ordinal + 1
        if token is self._first:
            self._number = ordinal
        self._open.append(token)
        self._within += (Container.ITEM,)

    def _end(self, token: Token) -> None:
        self._flush_marker()
        self._open.pop()
        if token.type in ("bullet_list_close", "ordered_list_close"):
            self._ordinals.pop()
        else:
            self._within = self._within[:-1]

    def _flush_marker(self) -> None:
        """Show an item that has nothing of its own."""
        if self._marker is not None:
            self._add(Kind.PARAGRAPH, (), self._open[-1])

    # Leaves

    def _add(
        self,
        kind: Kind,
        runs: tuple[Run, ...],
        token: Token,
        *,
        level: int = 0,
        language: str = "",
    ) -> None:
        block = Block(
            kind,
            runs,
            self.start + self._at(token, 0),
            self.start + self._at(token, 1),
            level=level,
            within=self._within,
            marker=self._marker,
            language=language,
        )
        self._marker = None
        self._blocks += cut(block) if kind is Kind.CODE else (block,)

    def _add_prose(self, token: Token) -> None:
        leaf = self._leaf
        assert leaf is not None
        children = token.children or []
        if leaf.type == "heading_open":
            self._add(Kind.HEADING, _runs(children, " "), leaf, level=int(leaf.tag[1]))
            return
        # The rows of a table and the lines of HTML stay lines.
        line_end = "\n" if token.content.startswith(("|", "<")) else " "
        self._add(Kind.PARAGRAPH, _runs(children, line_end), leaf)

    def _add_code(self, token: Token) -> None:
        language = language_of(token.info) if token.type == "fence" else ""
        self._add(Kind.CODE, (Run(token.content, is_code=True),), token, language=language)

    # Places

    def _line(self, index: int) -> str:
        return self.source[self._lines[index] : self._lines[index + 1]].removesuffix("\n")

    def _at(self, token: Token, side: int) -> int:
        assert token.map is not None
        return self._lines[min(token.map[side], len(self._lines) - 1)]

    def _offset(self, token: Token, side: int) -> int:
        return self.start + self._at(token, side)


def _runs(tokens: Sequence[Token], line_end: str) -> tuple[Run, ...]:
    return tuple(_joined(_styled(tokens, line_end)))


def _styled(tokens: Iterable[Token], line_end: str) -> Iterable[Run]:
    emphasis = strong = 0
    link = ""
    for token in tokens:
        kind, text = token.type, ""
        if kind == "text":
            text = token.content
        elif kind == "softbreak":
            text = line_end
        elif kind == "hardbreak":
            text = "\n"
        elif kind == "em_open" or kind == "em_close":
            emphasis += token.nesting
        elif kind == "strong_open" or kind == "strong_close":
            strong += token.nesting
        elif kind == "link_open":
            link = str(token.attrs["href"])
        elif kind == "link_close":
            link = ""
        elif kind == "image":
            text = f"{token.content} ({token.attrs['src']})".lstrip()
        else:
            text = token.content
        if text:
            yield Run(text, emphasis > 0, strong > 0, kind == "code_inline", link)


def _joined(runs: Iterable[Run]) -> Iterable[Run]:
    """Join neighbours in one style."""
    last: Run | None = None
    for run in runs:
        if last is None:
            last = run
        elif _style(last) == _style(run):
            last = Run(last.text + run.text, *_style(run))
        else:
            yield last
            last = run
    if last is not None:
        yield last


def _style(run: Run) -> tuple[bool, bool, bool, str]:
    return run.is_emphasis, run.is_strong, run.is_code, run.link

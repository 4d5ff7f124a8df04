"""Units: the tokens of markdown-it → blocks, and those that settle together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.ui.transcript.blocks import (
    Align,
    Block,
    Container,
    Kind,
    Marker,
    Mention,
    Run,
    Unit,
    cut,
)
from app.ui.transcript.density import IS_DENSE
from app.ui.transcript.fence import Fence, is_closed, language_of
from app.ui.transcript.formula_source import as_formula
from app.ui.transcript.references import labels_in
from app.ui.transcript.runs import runs_of
from app.ui.transcript.table_source import Row, TableSource
from app.ui.transcript.tasks import IS_DONE

if TYPE_CHECKING:
    from markdown_it.token import Token

_LISTS = ("bullet_list_open", "ordered_list_open")
_OPENINGS = (*_LISTS, "blockquote_open")
_CLOSINGS = (
    "list_item_close",
    "bullet_list_close",
    "ordered_list_close",
    "blockquote_close",
    "footnote_reference_close",
)
_ALIGNS = {"text-align:center": Align.CENTRE, "text-align:right": Align.END}

_IS_INDENTED = re.compile(r" {4}| {0,3}\t")


def line_end_of(source: str) -> str:
    """Return what a soft line end of a paragraph shows as."""
    # The lines of what may yet become a table stay lines.
    return "\n" if source.startswith("|") else " "


@dataclass(slots=True)
class Walk:
    """The tokens of a source, one after the other, becoming units."""

    source: str
    start: int
    ordinal: int | None
    """For the first list, if that began before."""
    units: list[Unit] = field(default_factory=list)
    leaf: str = ""
    """What the last paragraph was read from, if nothing came after it."""
    _lines: list[int] = field(default_factory=list)
    """Offsets in the source at which its lines begin, and its end."""
    _open: list["Token"] = field(default_factory=list)
    """Lists, items, quotes and footnotes around the current token."""
    _within: tuple[Container, ...] = ()
    _ordinals: list[int | None] = field(default_factory=list)
    """For each open list the number its next item gets."""
    _marker: Marker | None = None
    """Of an item that has shown nothing yet."""
    _above: "Token | None" = None
    """The paragraph or heading around a text."""
    _table: TableSource | None = None
    _table_end: int = 0
    _cells: list[str] | None = None
    """What the cells of the current row are read from."""
    _row: list[tuple[Run, ...]] = field(default_factory=list)
    _blocks: list[Block] = field(default_factory=list)
    _mentions: list[Mention] = field(default_factory=list)
    _first: "Token | None" = None
    """The token the current unit began with."""
    _last: "Token | None" = None
    """The last token at the level of that."""
    _number: int | None = None

    def __post_init__(self) -> None:
        at = 0
        while at < len(self.source):
            self._lines.append(at)
            end = self.source.find("\n", at)
            at = end + 1 if end >= 0 else len(self.source)
        self._lines.append(len(self.source))

    def take(self, token: "Token") -> None:
        """Read the next token."""
        if token.nesting >= 0 and self._begins_unit(token):
            self._end_unit()
            self._first = self._last = token
        elif self._first is not None and token.nesting >= 0 and token.level == self._first.level:
            self._last = token
        if token.type != "inline" and token.nesting >= 0:
            self.leaf = ""
        self._read(token)

    def end(self) -> None:
        """Finish the last unit."""
        self._end_unit()

    def _read(self, token: "Token") -> None:
        kind = token.type
        if kind == "list_item_open":
            self._begin_item(token)
        elif kind == "footnote_reference_open":
            self._begin_note(token)
        elif kind in _OPENINGS:
            self._begin(token)
        elif kind in _CLOSINGS:
            self._end(token)
        elif kind in ("paragraph_open", "heading_open"):
            self._above = token
        elif kind == "inline":
            self._add_prose(token)
        elif kind in ("fence", "code_block"):
            self._add_code(token)
        elif kind == "hr":
            self._add(Kind.RULE, (), token)
        elif kind == "html_block":
            self._add(Kind.PLAIN, (Run(token.content.rstrip("\n")),), token)
        elif kind == "maths_block":
            self._add(Kind.MATHS, (Run(token.markup, maths=token.content),), token)
        else:
            self._read_table(token)

    # Units

    def _begins_unit(self, token: "Token") -> bool:
        """Say whether the source could be cut before a token.

        Before anything at the top; before an item of a list at the top; before
        anything in a quote at the top.
        """
        if token.type == "inline" or self._may_be_title(token):
            return False
        if token.level == 0:
            return token.type not in _OPENINGS
        if token.level != 1 or len(self._open) != 1:
            return False
        if token.type != "list_item_open" and self._open[0].type != "blockquote_open":
            return False
        assert token.map is not None
        if _IS_INDENTED.match(self._line(token.map[0])) is None:
            return True
        # WORKAROUND: https://github.com/executablebooks/markdown-it-py/blob/master/markdown_it/rules_block/blockquote.py
        # A sign of a quote counts there however far in it is, but not if it is the first.
        self._begin_unit_at(self._open[0])
        return False

    def _may_be_title(self, token: "Token") -> bool:
        """Say whether a paragraph may yet become the title of the definition above it."""
        above = self._last
        if above is None or above.type != "definition" or token.type != "paragraph_open":
            return False
        assert above.map is not None
        assert token.map is not None
        return above.level == token.level and above.map[1] == token.map[0]

    def _end_unit(self) -> None:
        self._flush_marker()
        first = self._first
        if first is not None:
            assert self._last is not None
            self.units.append(
                Unit(
                    self._offset(first, 0),
                    tuple(self._blocks),
                    is_closed=first.level == 0 and self._is_closed(self._last),
                    is_fence=first.level == 0 and first.type == "fence",
                    ordinal=self._number,
                    is_table=first.level == 0 and first.type == "table_open",
                    mentions=tuple(self._mentions),
                )
            )
        self._blocks, self._mentions = [], []
        self._first, self._last, self._number = None, None, None

    def _is_closed(self, token: "Token") -> bool:
        assert token.map is not None
        if token.type in ("hr", "heading_open", "maths_block"):
            return True
        if token.type in ("paragraph_open", "definition", "table_open", "html_block"):
            # Something came after it, if only a blank line.
            return token.map[1] < len(self._lines) - 1
        if token.type == "fence" and token.map[1] - token.map[0] > 1:
            fence = Fence(self._line(token.map[0]), 0)
            return fence.is_closed_by(self._line(token.map[1] - 1))
        return False

    # Containers

    def _begin(self, token: "Token") -> None:
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

    def _begin_item(self, token: "Token") -> None:
        self._flush_marker()
        ordinal = self._ordinals[-1]
        suffix = token.markup if ordinal is not None else ""
        self._marker = Marker(ordinal, suffix, token.meta.get(IS_DONE))
        if ordinal is not None:
            self._ordinals[-1] = ordinal + 1
        if token is self._first:
            self._number = ordinal
        self._open.append(token)
        self._within += (Container.ITEM,)

    def _begin_note(self, token: "Token") -> None:
        self._flush_marker()
        self._marker = Marker(None, "", label=token.meta["label"])
        self._open.append(token)
        self._within += (Container.NOTE,)

    def _end(self, token: "Token") -> None:
        self._flush_marker()
        opening = self._open.pop()
        if token.type == "blockquote_close" and token.level == 0:
            # It may go on, also if there is nothing in it.
            self._begin_unit_at(opening)
        if token.type in ("bullet_list_close", "ordered_list_close"):
            self._ordinals.pop()
        else:
            self._within = self._within[:-1]

    def _begin_unit_at(self, opening: "Token") -> None:
        """Begin a unit where a quote or list begins, unless one began in it."""
        first = self._first
        assert opening.map is not None
        if first is None or (first.map is not None and first.map[0] < opening.map[0]):
            self._end_unit()
            self._first = self._last = opening

    def _flush_marker(self) -> None:
        """Show an item that has nothing of its own."""
        if self._marker is not None:
            self._add(Kind.PARAGRAPH, (), self._open[-1])

    # Tables

    def _read_table(self, token: "Token") -> None:
        kind = token.type
        if kind == "table_open":
            self._table = TableSource(self._offset(token, 0), (), self._within, self._marker)
            self._table_end = self._offset(token, 1)
            self._marker = None
        elif self._table is None:
            return
        elif kind == "th_open":
            align = _ALIGNS.get(str(token.attrs.get("style")), Align.START)
            self._table.aligns += (align,)
        elif kind == "tr_open":
            self._cells, self._row = [], []
        elif kind == "tr_close":
            assert self._cells is not None
            whole = self._table.take(Row(tuple(self._row), tuple(self._cells)))
            self._cells = None
            if whole is not None:
                self._add_piece(*whole)
        elif kind == "table_close":
            self._add_piece(*self._table.finish(self._table_end))
            self._table = None

    # Leaves

    def _add(
        self,
        kind: Kind,
        runs: tuple[Run, ...],
        token: "Token",
        *,
        level: int = 0,
        language: str = "",
        is_unread: bool = False,
    ) -> None:
        block = Block(
            kind,
            runs,
            self._offset(token, 0),
            self._offset(token, 1),
            level=level,
            within=self._within,
            marker=self._marker,
            language=language,
            is_unread=is_unread,
        )
        self._marker = None
        if kind is Kind.CODE:
            self._blocks += cut(block)
        elif kind is Kind.PLAIN:
            self._blocks += cut(block, at_words=True)
        else:
            self._blocks.append(block)

    def _add_prose(self, token: "Token") -> None:
        children: Sequence[Token] = token.children or ()
        if self._cells is not None:
            self._cells.append(token.content)
            self._row.append(runs_of(children))
            return
        above = self._above
        assert above is not None
        labels = labels_in((token.content,))
        if labels:
            self._mentions.append(Mention(len(self._blocks), (token.content,), labels))
        if above.type == "heading_open":
            runs = runs_of(children)
            self._add(Kind.HEADING, runs, above, level=int(above.tag[1]))
            return
        self.leaf = token.content
        runs = runs_of(children, line_end_of(token.content))
        self._add(Kind.PARAGRAPH, runs, above, is_unread=IS_DENSE in token.meta)

    def _add_code(self, token: "Token") -> None:
        language = language_of(token.info) if token.type == "fence" else ""
        runs = (Run(token.content, is_code=True),)
        self._add(Kind.CODE, runs, token, language=language)
        assert token.map is not None
        if language and is_closed(token.content, token.map):
            self._blocks[-1] = as_formula(self._blocks[-1])

    def _add_piece(self, block: Block, mention: Mention) -> None:
        if mention.labels:
            self._mentions.append(replace(mention, index=len(self._blocks)))
        self._blocks.append(block)

    # Places

    def offset_of_line(self, index: int) -> int:
        """Return where a line begins in the text."""
        return self.start + self._lines[index]

    def _line(self, index: int) -> str:
        return self.source[self._lines[index] : self._lines[index + 1]].removesuffix("\n")

    def _at(self, token: "Token", side: int) -> int:
        assert token.map is not None
        return self._lines[min(token.map[side], len(self._lines) - 1)]

    def _offset(self, token: "Token", side: int) -> int:
        return self.start + self._at(token, side)

"""Layout: one part of a message at one width.

A layout is a function of (part, width, theme) and gives a height. Drawing is a
function of (layout, painter, place, clip, selection) and changes nothing. Each
kind of part has a class of its own behind `Layout`. Coordinates are
device-independent pixels from the layout's top left corner; text positions are
UTF-16 code units in the text the layout shows. What is wider than the column is
scrolled sideways without being laid out again, see `shifts`.
"""

from collections.abc import Sequence
from math import ceil
from typing import Protocol

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter

from app.ui.notice import Notice
from app.ui.theme import Theme
from app.ui.transcript.blocks import Block, Container, Kind
from app.ui.transcript.caption import NameLayout, ThoughtLayout, WaitingLayout
from app.ui.transcript.code import CodeLayout
from app.ui.transcript.drawn_formulas import Formulas
from app.ui.transcript.foot import FootLayout, foot_height
from app.ui.transcript.maths import MathsLayout
from app.ui.transcript.notice_box import NoticeLayout
from app.ui.transcript.noticed import NoticedLayout
from app.ui.transcript.parts import Foot, Name, Part, Pending, Room, Thought, Waiting
from app.ui.transcript.plain_table import PlainTableLayout, is_too_large
from app.ui.transcript.prose import ProseLayout, RuleLayout, indent_of
from app.ui.transcript.spans import Selected
from app.ui.transcript.table import TableLayout
from app.ui.transcript.targets import UNLIT, Lit, Target, Untargeted


class Layout(Protocol):
    """A part of a message at one width."""

    @property
    def height(self) -> int: ...

    @property
    def natural_width(self) -> int:
        """The width it really takes."""
        ...

    @property
    def same_until(self) -> int:
        """Pixels from the top that look as in the layout it was made after."""
        ...

    @property
    def end(self) -> tuple[float, int, int]:
        """Where its text ends: x, top and height of the last line."""
        ...

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        marks: Sequence[Selected] = (),
        lit: Lit = UNLIT,
    ) -> None:
        """Draw what is inside `clip`, with the top left corner at (x, y)."""
        ...

    def hit_test(self, x: float, y: float) -> int:
        """Return the text position nearest to a point."""
        ...

    def caret_at(self, offset: int) -> tuple[float, int, int]:
        """Return where a text position is: x, top and height of its line."""
        ...

    @property
    def targets(self) -> Sequence[Target]:
        """What a click in it can mean, in reading order."""
        ...

    def target_at(self, x: float, y: float) -> int | None:
        """Return the index of the target at a point."""
        ...

    def areas_of(self, index: int) -> Sequence[QRect]:
        """Return where a target is."""
        ...


class RoomLayout(Untargeted):
    """Nothing: a widget lies over it."""

    end = (0.0, 0, 0)
    same_until = 0

    def __init__(self, room: Room, width: int) -> None:
        self.height = room.height
        self.natural_width = width

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        marks: Sequence[Selected] = (),
        lit: Lit = UNLIT,
    ) -> None:
        pass

    def hit_test(self, x: float, y: float) -> int:
        return 0

    def caret_at(self, offset: int) -> tuple[float, int, int]:
        return 0.0, 0, self.height


def lay_out(
    part: Part,
    width: int,
    theme: Theme,
    previous: Layout | None = None,
    formulas: Formulas | None = None,
) -> Layout:
    """Return the layout of a part. Not for `Pending`, of which nothing shows.

    Those of `formulas` that are not drawn yet show as their source, and are asked for.

    `previous` is one of an earlier state of the part, in the same theme. It
    makes no difference to the result but for `same_until`, and saves work.
    """
    match part:
        case Block(kind=Kind.CODE):
            return CodeLayout(part, width, theme, previous)
        case Block(kind=Kind.RULE):
            return RuleLayout(part, width, theme)
        case Block(kind=Kind.TABLE) if is_too_large(part):
            return PlainTableLayout(part, width, theme, previous)
        case Block(kind=Kind.TABLE):
            return TableLayout(part, width, theme, previous, formulas)
        case Block(kind=Kind.MATHS):
            return MathsLayout(part, width, theme, previous, formulas)
        case Block(is_unread=True, is_first=True):
            return NoticedLayout(part, width, theme, previous)
        case Block():
            return ProseLayout(part, width, theme, previous, formulas)
        case Name():
            return NameLayout(part, width, theme)
        case Thought():
            return ThoughtLayout(part, width, theme)
        case Foot():
            return FootLayout(part, width, theme)
        case Waiting():
            return WaitingLayout(part, width, theme)
        case Notice():
            return NoticeLayout(part, width, theme)
        case Room():
            return RoomLayout(part, width)
        case Pending():
            raise ValueError("there is nothing to lay out yet")


def estimate(part: Part, width: int, theme: Theme) -> int:
    """Return about how high a part will be, at the cost of looking at its length."""
    match part:
        case Block(kind=Kind.CODE):
            lines = max(part.text.count("\n"), 1)
            head = theme.type.small.line + 30 if part.is_first else 0
            return lines * theme.type.code.line + head + (10 if part.is_last else 0)
        case Block(kind=Kind.RULE):
            return theme.metrics.hairline
        case Block(kind=Kind.TABLE):
            return len(part.rows) * (theme.type.base.line + 15)
        case Block(kind=Kind.MATHS):
            return 2 * theme.type.transcript.line
        case Block():
            room = width - indent_of(part, theme)
            length = sum(len(run.text) for run in part.runs)
            breaks = sum(run.text.count("\n") for run in part.runs)
            return text_height(length, room, theme) + breaks * theme.type.transcript.line
        case Pending():
            return text_height(part.length, width, theme)
        case Notice():
            return 98
        case Foot():
            return foot_height(theme)
        case Room():
            return part.height
        case _:
            return theme.type.transcript.line


def text_height(length: int, width: int, theme: Theme) -> int:
    """Return about how high a text of so many characters is in a column so wide."""
    lines = ceil(length / letters_in_line(width, theme))
    return max(lines, 1) * theme.type.transcript.line


def letters_in_line(width: int, theme: Theme) -> int:
    """Return about how many characters a line of so many pixels has."""
    # A letter is about half as wide as high.
    return max(2 * width // theme.type.transcript.size, 1)


def gap_between(before: Part, part: Part, theme: Theme) -> int:
    """Return the distance between two parts of a message that follow each other."""
    space = theme.space
    if isinstance(part, Block):
        if not part.is_first:
            return 0
        if isinstance(before, Name | Thought):
            return space.s
        if part.kind is Kind.HEADING and isinstance(before, Block):
            return space.xl if part.level <= 2 else space.l
        if isinstance(before, Block) and before.kind is Kind.HEADING:
            return space.s
        if Container.NOTE in part.within and isinstance(before, Block):
            return space.xs if Container.NOTE in before.within else space.xl
        if part.marker is not None and isinstance(before, Block) and _is_item(before):
            is_close = before.kind is not Kind.CODE and not _is_other_list(before, part)
            return space.xs if is_close else space.m
        if Container.REASONING in part.within:
            return space.s
        return space.l if part.kind is Kind.RULE else space.m
    if isinstance(part, Thought | Waiting | Foot):
        return space.s
    return space.m


def _is_other_list(before: Block, part: Block) -> bool:
    """Return whether an item begins another list than the item before it is in."""
    one, other = before.marker, part.marker
    if one is None or other is None or before.within != part.within:
        return False
    if one.ordinal is None or other.ordinal is None:
        return (one.ordinal is None) is not (other.ordinal is None)
    return one.suffix != other.suffix or other.ordinal <= one.ordinal


def _is_item(block: Block) -> bool:
    return Container.ITEM in block.within

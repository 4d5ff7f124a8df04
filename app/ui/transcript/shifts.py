"""Shifts: how far what is wider than its room is scrolled sideways.

A shift belongs to a whole, whatever pieces it comes in, and outlives its layouts.
What shows is a function of (layout, slide): nothing is laid out for scrolling.
Pixels count from the left edge of what is scrolled.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from app.ui.theme import Theme
from app.ui.transcript.spans import Selected
from app.ui.transcript.targets import UNLIT, Lit, Target

Key = tuple[int, int]
"""A message, and the place in it of the first piece of a whole."""
_SHORTEST = 24
"""A handle shorter than this is hard to take hold of."""
_THICKNESS = 4
_AIR = 24
"""Pixels that show beside a text position that is brought into view."""


@dataclass(frozen=True, slots=True)
class Slide:
    """How far a whole is scrolled."""

    shift: int = 0
    width: int = 0
    """Of the widest of its pieces that were laid out so far."""
    is_held: bool = False
    """Whether the pointer is on its bar."""


STILL = Slide()


@dataclass(frozen=True, slots=True)
class Bar:
    """Where a whole is scrolled with the pointer: a strip of its last piece."""

    track: QRect

    def handle(self, slide: Slide) -> QRect:
        """Return what stands for the part that shows; empty if all of it does."""
        room = self.track.width()
        beyond = slide.width - room
        if beyond <= 0:
            return QRect()
        length = min(max(room * room // slide.width, _SHORTEST), room)
        left = self.track.left() + (room - length) * slide.shift // beyond
        top = self.track.center().y() - _THICKNESS // 2
        return QRect(left, top, length, _THICKNESS)

    def shift_at(self, left: int, slide: Slide) -> int:
        """Return the shift at which the handle begins at `left`, of the layout."""
        free = self.track.width() - self.handle(slide).width()
        beyond = slide.width - self.track.width()
        return (left - self.track.left()) * beyond // free if free > 0 else 0

    def draw(self, painter: QPainter, x: int, y: int, slide: Slide, theme: Theme) -> None:
        """Draw the handle, with the top left corner of the layout at (x, y)."""
        handle = self.handle(slide)
        if handle.isEmpty():
            return
        colours = theme.colours
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.faint if slide.is_held else colours.strong_line)
        radius = handle.height() / 2
        painter.drawRoundedRect(QRectF(handle.translated(x, y)), radius, radius)


class Wide:
    """A layout of which a part may be wider than its room.

    It is asked with a slide for what follows from how far it is scrolled.
    """

    room: int
    """How much of the width shows of what can be scrolled."""
    same_until: int
    targets: Sequence[Target]
    is_from_right = False
    """Whether what is read first is at the right."""

    @property
    def height(self) -> int:
        raise NotImplementedError

    @property
    def natural_width(self) -> int:
        raise NotImplementedError

    @property
    def content_width(self) -> int:
        """The width of what can be scrolled, 0 if nothing can."""
        raise NotImplementedError

    @property
    def content_x(self) -> int:
        """Where the part that shows of what can be scrolled begins."""
        raise NotImplementedError

    @property
    def bar(self) -> Bar | None:
        """Where it is scrolled with the pointer; None in all pieces but the last."""
        raise NotImplementedError

    @property
    def end(self) -> tuple[float, int, int]:
        return self.caret_at_end(STILL)

    def caret_at_end(self, slide: Slide) -> tuple[float, int, int]:
        """Return where its text ends, or the edge it has gone beyond."""
        raise NotImplementedError

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        marks: Sequence[Selected] = (),
        lit: Lit = UNLIT,
        slide: Slide = STILL,
    ) -> None:
        raise NotImplementedError

    def hit_test(self, x: float, y: float, slide: Slide = STILL) -> int:
        raise NotImplementedError

    def caret_at(self, offset: int, slide: Slide = STILL) -> tuple[float, int, int]:
        raise NotImplementedError

    def target_at(self, x: float, y: float, slide: Slide = STILL) -> int | None:
        raise NotImplementedError

    def areas_of(self, index: int, slide: Slide = STILL) -> Sequence[QRect]:
        raise NotImplementedError

    def shift_for(self, index: int, slide: Slide) -> int:
        """Return the shift nearest to that of `slide` at which a target shows."""
        return slide.shift

    def shift_for_text(self, offset: int, slide: Slide) -> int:
        """Return the shift nearest to that of `slide` at which a text position shows."""
        x = round(self.caret_at(offset)[0]) - self.content_x
        return reveal(slide, x - _AIR, x + _AIR, self.room)


class Slid:
    """A wide layout as it is scrolled: a `Layout` like any other."""

    def __init__(self, layout: Wide, slide: Slide) -> None:
        self._layout = layout
        self._slide = slide

    @property
    def height(self) -> int:
        return self._layout.height

    @property
    def natural_width(self) -> int:
        return self._layout.natural_width

    @property
    def same_until(self) -> int:
        return self._layout.same_until

    @property
    def is_right_to_left(self) -> bool:
        return self._layout.is_from_right

    @property
    def targets(self) -> Sequence[Target]:
        return self._layout.targets

    @property
    def end(self) -> tuple[float, int, int]:
        return self._layout.caret_at_end(self._slide)

    def draw(
        self,
        painter: QPainter,
        x: int,
        y: int,
        clip: QRectF,
        marks: Sequence[Selected] = (),
        lit: Lit = UNLIT,
    ) -> None:
        self._layout.draw(painter, x, y, clip, marks, lit, self._slide)

    def hit_test(self, x: float, y: float) -> int:
        return self._layout.hit_test(x, y, self._slide)

    def caret_at(self, offset: int) -> tuple[float, int, int]:
        return self._layout.caret_at(offset, self._slide)

    def target_at(self, x: float, y: float) -> int | None:
        return self._layout.target_at(x, y, self._slide)

    def areas_of(self, index: int) -> Sequence[QRect]:
        return self._layout.areas_of(index, self._slide)


class Shifts:
    """The shifts of a conversation."""

    def __init__(self) -> None:
        self._shifts: dict[Key, int] = {}
        self._widths: dict[Key, int] = {}
        self._from_right: set[Key] = set()
        self._held: Key | None = None

    def slide(self, key: Key, room: int) -> Slide:
        """Return how a whole is scrolled of which so many pixels show."""
        width = self._widths.get(key, 0)
        beyond = max(width - room, 0)
        shift = min(self._shifts.get(key, beyond if key in self._from_right else 0), beyond)
        return Slide(shift, width, self._held == key)

    def widen(self, key: Key, width: int, *, is_from_right: bool = False) -> bool:
        """Take in how wide a piece is; return whether it is the widest so far.

        `is_from_right` tells that its right end shows until it is scrolled.
        """
        if is_from_right:
            self._from_right.add(key)
        if width <= self._widths.get(key, 0):
            return False
        self._widths[key] = width
        return True

    def move(self, key: Key, shift: int, room: int) -> bool:
        """Scroll to a shift, as far as there is something; return whether it moved."""
        before = self.slide(key, room)
        self._shifts[key] = max(min(shift, before.width - room), 0)
        return self.slide(key, room) != before

    def hold(self, key: Key | None) -> Key | None:
        """Take in on whose bar the pointer is; return where it was."""
        before, self._held = self._held, key
        return before

    def forget_widths(self) -> None:
        """Let go of all widths: text has another size, or other lines."""
        self._widths.clear()


def reveal(slide: Slide, left: int, right: int, room: int) -> int:
    """Return the nearest shift at which a stretch of what is scrolled shows."""
    shift = slide.shift
    if right > shift + room:
        shift = right - room
    if left < shift:
        shift = left
    return max(min(shift, slide.width - room), 0)

"""Targets: what a click in a message can mean, and how the attention on it shows.

Values. Where a target is on the page is told by the layout it stands in; here is
only what all of them have in common when they are pointed at.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.ui.notice import Act
from app.ui.theme import Theme
from app.ui.transcript.acts import MessageAct


@dataclass(frozen=True, slots=True)
class Link:
    """Leads to an address that may be followed."""

    address: str
    poses_as: str = ""
    """Another host, which its text names."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Copies the code it stands on."""


@dataclass(frozen=True, slots=True)
class CopyTable:
    """Copies the table it stands at, as Markdown."""


@dataclass(frozen=True, slots=True)
class Wrap:
    """Has long lines of code broken, or scrolled if they are."""

    is_wrapped: bool
    """Whether they are broken now."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Shows or hides the reasoning."""


@dataclass(frozen=True, slots=True)
class Take:
    """Takes what a notice offers."""

    act: Act


@dataclass(frozen=True, slots=True)
class Do:
    """Asks for something to be done with the message."""

    act: MessageAct


@dataclass(frozen=True, slots=True)
class Turn:
    """Turns to another version of the message."""

    message_id: int
    step: int
    """-1 for the one before, 1 for the one after."""


Target = Link | Copy | CopyTable | Wrap | Fold | Take | Do | Turn
"""What a click can mean."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One target on the page."""

    message_id: int
    place: int
    """Of the part it stands in; see `Position.block`."""
    index: int
    """Among the targets of that part."""


@dataclass(frozen=True, slots=True)
class Lit:
    """How the person's attention shows in one part: by index of its targets."""

    hovered: int | None = None
    pressed: int | None = None
    ringed: int | None = None
    """Where the keyboard is."""
    done: int | None = None
    """What has just been done, and says so for a moment."""
    is_near: bool = False
    """Whether the pointer or the keyboard is on the message."""


UNLIT = Lit()


class Untargeted:
    """A layout in which nothing can be clicked."""

    targets: Sequence[Target] = ()

    def target_at(self, x: float, y: float) -> int | None:
        return None

    def areas_of(self, index: int) -> Sequence[QRect]:
        return ()


def draw_wash(painter: QPainter, area: QRect, lit: Lit, index: int, theme: Theme) -> None:
    """Draw what shows behind a target that is pointed at or pressed."""
    if lit.hovered != index:
        return
    colours = theme.colours
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.selection if lit.pressed == index else colours.own_message)
    radius = min(theme.metrics.control_radius, area.height() / 3)
    painter.drawRoundedRect(QRectF(area), radius, radius)


def draw_ring(painter: QPainter, area: QRectF, theme: Theme, radius: float = 6) -> None:
    """Draw the ring of the keyboard around an area."""
    width = theme.metrics.focus_ring
    painter.setPen(QPen(theme.colours.accent, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    reach = width / 2
    painter.drawRoundedRect(area.adjusted(-reach, -reach, reach, reach), radius, radius)


def draw_rings(
    painter: QPainter, areas: Sequence[QRect], x: int, y: int, lit: Lit, index: int, theme: Theme
) -> None:
    """Draw the ring around a target in a layout at (x, y), if the keyboard is on it."""
    if lit.ringed == index:
        for area in areas:
            draw_ring(painter, QRectF(area.translated(x, y)), theme)

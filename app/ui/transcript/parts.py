"""Parts: what a message is made of on the page.

Values: two parts that are equal look the same, which is how a layout is kept.
"""

from dataclasses import dataclass

from app.ui.notice import Notice
from app.ui.transcript.acts import MessageAct
from app.ui.transcript.blocks import Block


@dataclass(frozen=True, slots=True)
class Sent:
    """When a message was sent; shows while the person is near it."""

    short: str
    full: str
    """What a tooltip says about it."""


@dataclass(frozen=True, slots=True)
class Name:
    """Who replied."""

    label: str
    maker: str
    sent: Sent | None = None


@dataclass(frozen=True, slots=True)
class Thought:
    """The line that stands for the reasoning."""

    text: str
    is_unfolded: bool


@dataclass(frozen=True, slots=True)
class Versions:
    """Which of several versions of a message this is."""

    number: int
    """Counted from 1."""
    count: int
    previous: int | None
    next: int | None
    """Ids of the versions beside it."""


@dataclass(frozen=True, slots=True)
class Foot:
    """The line below a message: its versions, its facts, what can be done with it."""

    versions: Versions | None = None
    facts: tuple[str, ...] = ()
    acts: tuple[MessageAct, ...] = ()
    is_own: bool = False
    """Below the person's message: what can be done shows when they are near it."""
    sent: Sent | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What stands where the text will be."""

    text: str


@dataclass(frozen=True, slots=True)
class Pending:
    """Text that is on disk, or was not parsed yet: room and nothing in it."""

    length: int


@dataclass(frozen=True, slots=True)
class Room:
    """Room for a widget that lies over the page."""

    height: int


Part = Block | Name | Thought | Foot | Waiting | Notice | Pending | Room


def has_targets(part: Part) -> bool:
    """Return whether there is anything to click in a part, without laying it out."""
    match part:
        case Block():
            if part.rows:
                return part.is_first or any(
                    run.link for row in part.rows for cell in row for run in cell
                )
            return part.is_copied_from or any(run.link for run in part.runs)
        case Notice():
            return bool(part.offers)
        case Foot():
            return bool(part.acts or part.versions)
        case _:
            return isinstance(part, Thought)

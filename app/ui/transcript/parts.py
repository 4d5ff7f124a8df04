"""Parts: what a message is made of on the page, and what a click in it can mean.

Values: two parts that are equal look the same, which is how a layout is kept.
"""

from dataclasses import dataclass

from app.ui.notice import Act, Notice
from app.ui.transcript.blocks import Block


@dataclass(frozen=True, slots=True)
class Link:
    """Leads to an address that may be followed."""

    address: str


@dataclass(frozen=True, slots=True)
class Copy:
    """Copies the code it stands on."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Shows or hides the reasoning."""


@dataclass(frozen=True, slots=True)
class Take:
    """Takes what a notice offers."""

    act: Act


Target = Link | Copy | Fold | Take
"""What a click can mean."""


@dataclass(frozen=True, slots=True)
class Name:
    """Who replied."""

    label: str
    maker: str


@dataclass(frozen=True, slots=True)
class Thought:
    """The line that stands for the reasoning."""

    text: str
    is_unfolded: bool


@dataclass(frozen=True, slots=True)
class Quiet:
    """A line that steps back: the facts below a reply."""

    text: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What stands where the text will be."""

    text: str


@dataclass(frozen=True, slots=True)
class Pending:
    """Text that is on disk, or was not parsed yet: room and nothing in it."""

    length: int


Part = Block | Name | Thought | Quiet | Waiting | Notice | Pending

"""Mark: what a tab and a row in a list say of a conversation beside its title."""

from enum import StrEnum


class Mark(StrEnum):
    """The most important thing to know of a conversation that is not in front."""

    STREAMING = "streaming"
    """A reply is under way."""
    UNREAD = "unread"
    """A reply ended while the person was elsewhere."""
    FAILED = "failed"
    """The last reply ended in an error while the person was elsewhere."""

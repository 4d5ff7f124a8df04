"""Captions: what the transcript writes around the texts of a message.

The transcript has no words of its own about models, money, time or failure: it
asks for them here. Every answer is shown as plain text.
"""

from typing import Protocol

from app.chat.message import Message
from app.ui.notice import Notice


class Captions(Protocol):
    """Whoever puts the facts of a message into words."""

    def name(self, message: Message) -> tuple[str, str]:
        """Return who replied: the model's label, and its maker or nothing."""
        ...

    def moment(self, message: Message) -> tuple[str, str]:
        """Return when it was sent, in short and with its whole date; empty if that is unknown."""
        ...

    def facts(self, message: Message) -> tuple[str, ...]:
        """Return the facts below a reply that has ended, what it cost as the last."""
        ...

    def thought(self, message: Message, is_open: bool) -> str:
        """Return the line that stands for the reasoning.

        `is_open` says that the model is still at it.
        """
        ...

    def waiting(self, message: Message) -> str:
        """Return what stands where more text will be; empty while there is nothing to say."""
        ...

    def notice(self, message: Message) -> Notice | None:
        """Return what there is to say about how the reply ended."""
        ...

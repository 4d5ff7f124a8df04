"""Heading: what lists and files know of a conversation without its messages."""

from dataclasses import dataclass
from datetime import UTC, datetime

from app.chat.parameters import DEFAULTS, Parameters


@dataclass(frozen=True, slots=True)
class Heading:
    """What a conversation is called, how its next message is sent, and what is in view."""

    id: int
    title: str = ""
    """Empty until there is something to call it by."""
    created: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    updated: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    pinned: bool = False
    account_id: str = ""
    model: str = ""
    """The model the next message goes to."""
    parameters: Parameters = DEFAULTS
    system_prompt: str = ""
    draft: str = ""
    leaf: int | None = None
    """The last message of the branch in view."""

    @property
    def has_words(self) -> bool:
        """Whether there is anything to list and to come back to: a message or a draft."""
        return self.leaf is not None or bool(self.draft.strip())


def first_words(text: str, limit: int = 60) -> str:
    """Return a title: the first words of a message, cut at a word where one ends.

    A role is never guessed and nothing is sent anywhere for it.
    """
    line = " ".join(text[: limit * 8].split())
    if len(line) <= limit:
        return line
    cut = line[:limit]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit // 2 else cut).rstrip(" ,.;:") + "…"

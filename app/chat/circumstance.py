"""Circumstance: a fact about this computer or this run that the window should tell.

Facts only; `app.ui.wording` has the sentences.
"""

from dataclasses import dataclass
from enum import StrEnum


class About(StrEnum):
    """What a circumstance is about."""

    NO_KEYRING = "no_keyring"
    """No keyring answered: keys are kept for this run only."""
    KEY_NOT_DELETED = "key_not_deleted"
    """An account was removed, but the keyring still has its key."""
    STORE_DAMAGED = "store_damaged"
    """The database could not be read; it was set aside and a new one begun."""
    STORE_NEWER = "store_newer"
    """The database was written by a newer Coprime and was not touched."""
    STORE_UNWRITABLE = "store_unwritable"
    """Nothing can be saved, so nothing can be sent."""
    STORE_UNREADABLE = "store_unreadable"
    """A conversation could not be read just now."""
    ENVIRONMENT_INVALID = "environment_invalid"
    """`PRIME_…` variables are set but cannot be used."""
    MODEL_CHOSEN = "model_chosen"
    """For somebody who has never chosen one: the cheapest text model with a price."""
    MODEL_GUESSED = "model_guessed"
    """The same where no price is known: the first of the list."""
    PARAMETER_DROPPED = "parameter_dropped"
    """A model does not take what was set; the request was made without it."""
    TEXT_DAMAGED = "text_damaged"
    """The stored text of a message is not what was written."""
    CRASHED = "crashed"
    """The run before ended in a crash, and a report lies in the log's folder."""
    BUG = "bug"
    """An error in Coprime itself; it goes on."""


@dataclass(frozen=True, slots=True)
class Circumstance:
    """One such fact."""

    about: About
    detail: str = ""
    """A path, a name or a number that belongs into the sentence."""
    conversation_id: int | None = None
    """The conversation it concerns; None: all of them."""
    subject: str = ""
    """What the detail is of: the label of a model."""
    rescued: tuple[int, int] = (0, 0)
    """Conversations and messages that were brought over from a damaged file."""

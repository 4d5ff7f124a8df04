"""Request: an immutable snapshot of what is asked of a model.

Edits made while a reply streams change the next request, never this one.
"""

from dataclasses import dataclass

from app.chat.account import Account
from app.chat.message import Turn
from app.chat.parameters import DEFAULTS, Parameters


@dataclass(frozen=True, slots=True)
class Request:
    """Who is asked, as whom, what, and how."""

    account: Account
    model: str
    turns: tuple[Turn, ...]
    parameters: Parameters = DEFAULTS
    omit: frozenset[str] = frozenset()
    """Optional fields not to send, by their names on the wire."""
    new_limit_name: bool = False
    """Send the length limit as `max_completion_tokens`, as some models ask for."""

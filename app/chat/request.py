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

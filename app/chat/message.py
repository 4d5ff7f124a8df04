"""Message: one turn of a conversation, and the completion that filled it.

Pure values: two messages with equal fields are equal. A message that is still
growing is a value too: `Conversation` keeps the growing text and replaces the
value when something other than text changes.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from app.chat.cost import Cost, Usage
from app.chat.failure import Failure
from app.chat.model import UNPRICED, Prices
from app.chat.parameters import DEFAULTS, Parameters


class Role(StrEnum):
    """Who a message is from."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class Status(StrEnum):
    """How far a message has come."""

    WAITING = "waiting"
    """A reply that was asked for and has no text yet."""
    STREAMING = "streaming"
    COMPLETE = "complete"
    """All of it is here: the person's words, or a reply that was seen to end."""
    STOPPED = "stopped"
    """A reply the person stopped."""
    INTERRUPTED = "interrupted"
    """A reply that was cut: what arrived is kept."""
    FAILED = "failed"
    """A reply that ended in an error; text that arrived is kept."""

    @property
    def is_open(self) -> bool:
        """Whether text can still come."""
        return self in (Status.WAITING, Status.STREAMING)


LENGTH_ENDS = frozenset({"length", "max_tokens", "model_length"})
FILTER_ENDS = frozenset({"content_filter", "safety", "sensitive", "refusal"})
TOOL_ENDS = frozenset({"tool_calls", "function_call"})
WINDOW_ENDS = frozenset({"model_context_window_exceeded"})
"""Finish reasons, by what they mean; services have several names for one."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a completion took, from the moment the request was sent."""

    first_token_ms: int | None = None
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class Completion:
    """One request to a model and what came of it."""

    account_id: str
    payer: str
    """The team's label, or the account's name, at the time."""
    model: str
    parameters: Parameters = DEFAULTS
    prices: Prices = UNPRICED
    """As the catalogue had them when the request was made."""
    finish_reason: str = ""
    usage: Usage | None = None
    cost: Cost | None = None
    timing: Timing | None = None
    reasoning_ms: int | None = None
    """From the first reasoning to the first word of the reply."""
    request_ids: tuple[str, ...] = ()
    failure: Failure | None = None
    omitted: tuple[str, ...] = ()
    """What the person set and the model does not take: not sent. Names on the wire."""
    left_out: int = 0
    """Oldest turns that were not sent, so that the rest fits the model's window."""
    begins_at: int = 0
    """Character of the reply's text where this request's part begins: above 0
    it went on where another had ended."""
    started: datetime | None = None
    """When it was asked for, in this run; None: with its message."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A wait before a request is made once more without anybody asking."""

    failure: Failure
    """Why the request before it came to nothing."""
    until: float
    """On the clock of `time.monotonic`, in seconds."""
    attempt: int
    """Which request comes next: 2 is the first repetition."""
    of: int
    """How many there will be at most."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn: role, text, reasoning, status, and its place in the tree."""

    id: int
    """Grows with time of writing within a data folder; unique there."""
    parent: int | None
    """The message before it; None for the first of a branch."""
    role: Role
    status: Status = Status.COMPLETE
    created: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    text: str | None = ""
    """None while it is still on disk: `length` is known all the same."""
    reasoning: str | None = ""
    length: int = 0
    """Characters of `text`."""
    reasoning_length: int = 0
    completion: Completion | None = None
    """For replies: which request filled it, the last one if several did."""
    earlier: tuple[Completion, ...] = ()
    """The requests that filled it before it was continued, oldest first."""
    pause: Pause | None = None
    """Of a waiting reply: what it waits for. Never stored."""

    @property
    def completions(self) -> tuple[Completion, ...]:
        """Every request that filled the reply, oldest first."""
        return self.earlier + ((self.completion,) if self.completion else ())


@dataclass(frozen=True, slots=True)
class Delta:
    """What one event adds to a reply. Any part may be empty."""

    text: str = ""
    reasoning: str = ""
    finish_reason: str = ""
    usage: Usage | None = None
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A message as a request carries it."""

    role: Role
    content: str

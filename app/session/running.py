"""Running: one completion under way, and what is known of it beside its text."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from app.chat.account import Account
from app.chat.conversation import Conversation
from app.chat.cost import Usage, cost_of
from app.chat.failure import Failure
from app.chat.message import Completion, Delta, Message, Timing


@dataclass(slots=True)
class Running:
    """One request from the first try to the end of its reply."""

    conversation: Conversation
    account: Account
    reply_id: int
    begins_at: int = 0
    """Characters the text had before, where the reply is continued."""
    reasoning_at: int = 0
    omitted: tuple[str, ...] = ()
    before: Message | None = None
    """The reply as it was, where it is continued."""
    nudge: asyncio.Event = field(default_factory=asyncio.Event)
    """Set to end a pause."""
    started: float = 0.0
    first_token: float | None = None
    first_reasoning: float | None = None
    first_word: float | None = None
    is_begun: bool = False
    """Whether the person's words and the empty reply are on disk."""
    ended: Message | None = None
    """The finished reply, while it waits for them to be."""
    finish_reason: str = ""
    usage: Usage | None = None
    request_ids: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What its task is called: one that is continued may still be closing its connection."""
        earlier = self.before.completions if self.before else ()
        return f"reply {self.reply_id}, {len(earlier)}"

    @property
    def has_grown(self) -> bool:
        """Whether this request brought any text or reasoning."""
        conversation, reply_id = self.conversation, self.reply_id
        return (
            conversation.length(reply_id) > self.begins_at
            or conversation.reasoning_length(reply_id) > self.reasoning_at
        )

    def take(self, deltas: Iterable[Delta]) -> None:
        """Note what deltas tell beside text, and when the first of them came."""
        now = time.monotonic()
        for delta in deltas:
            if (delta.text or delta.reasoning) and self.first_token is None:
                self.first_token = now
            if delta.reasoning and self.first_reasoning is None:
                self.first_reasoning = now
            if delta.text and self.first_word is None:
                self.first_word = now
            self.finish_reason = delta.finish_reason or self.finish_reason
            self.usage = delta.usage or self.usage
            if delta.request_id and delta.request_id not in self.request_ids:
                self.request_ids += (delta.request_id,)

    def outcome(self, completion: Completion, failure: Failure | None) -> Completion:
        """Return the completion with everything known now that it is over."""
        now = time.monotonic()
        timing = None
        if self.started:
            timing = Timing(_ms(self.started, self.first_token), round((now - self.started) * 1000))
        ids = dict.fromkeys([*self.request_ids, *(failure.request_ids if failure else ())])
        return replace(
            completion,
            finish_reason=self.finish_reason,
            usage=self.usage,
            cost=cost_of(self.usage, completion.prices),
            timing=timing,
            reasoning_ms=_ms(self.first_reasoning, self.first_word or now),
            request_ids=tuple(ids),
            failure=failure,
            omitted=self.omitted,
        )


def _ms(start: float | None, end: float | None) -> int | None:
    return None if start is None or end is None else round((end - start) * 1000)

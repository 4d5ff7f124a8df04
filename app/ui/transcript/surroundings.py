"""Surroundings: the parts above and below the text of a message.

Asked for again with every frame of a reply that grows: what changes while it
does is all that is put into words here.
"""

from collections.abc import Iterable

from app.chat.conversation import Conversation
from app.chat.message import Message
from app.ui.transcript.acts import OWN_ACTS, REPLY_ACTS
from app.ui.transcript.blocks import Block
from app.ui.transcript.captions import Captions
from app.ui.transcript.foot import versions_of
from app.ui.transcript.parts import Foot, Name, Part, Sent, Thought, Waiting
from app.ui.transcript.position import BELOW

FOOT = BELOW + 9
"""The place of the line below a message."""
_NAME, _THOUGHT = -BELOW, 1 - BELOW
REASONING = 2 - BELOW
"""The place of the first block of what was thought."""

Items = list[tuple[int, Part]]
"""Places and the parts that stand there."""


def above(
    conversation: Conversation,
    message: Message,
    captions: Captions,
    reasoning: Iterable[Block] | None,
) -> Items:
    """Return what stands above the text of a reply. `reasoning` is None if folded."""
    items: Items = [(_NAME, Name(*captions.name(message), _sent(message, captions)))]
    if conversation.reasoning_length(message.id):
        is_open = message.status.is_open and not conversation.length(message.id)
        text = captions.thought(message, is_open)
        items.append((_THOUGHT, Thought(text, reasoning is not None)))
        items += enumerate(reasoning or (), REASONING)
    return items


def below(conversation: Conversation, message: Message, captions: Captions) -> Items:
    """Return what stands below the text of a reply."""
    parts: list[Part] = []
    if message.status.is_open and message.pause is None:
        waiting = captions.waiting(message)
        if waiting:
            parts.append(Waiting(waiting))
    notice = captions.notice(message)
    if notice is not None:
        parts.append(notice)
    items: Items = [(BELOW + i, part) for i, part in enumerate(parts)]
    versions = versions_of(message.id, conversation.versions(message.id))
    if not message.status.is_open:
        items.append((FOOT, Foot(versions, captions.facts(message), REPLY_ACTS)))
    elif versions is not None:
        items.append((FOOT, Foot(versions)))
    return items


def below_own(conversation: Conversation, message: Message, captions: Captions) -> Items:
    """Return what stands below the person's message."""
    versions = versions_of(message.id, conversation.versions(message.id))
    sent = _sent(message, captions)
    return [(FOOT, Foot(versions, acts=OWN_ACTS, is_own=True, sent=sent))]


def _sent(message: Message, captions: Captions) -> Sent | None:
    short, full = captions.moment(message)
    return Sent(short, full) if short else None

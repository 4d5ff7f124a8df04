"""Estimates: about how many tokens asking would send, before it is asked.

Counted by the service as far as it ever counted this path, else by length;
always to be shown as about.
"""

from collections.abc import Sequence

from app.chat.conversation import Conversation
from app.chat.cost import tokens_in
from app.chat.message import Message


def input_tokens(conversation: Conversation, path: Sequence[int]) -> int:
    """Return about how many tokens the messages of a path and the system prompt are."""
    characters = 0
    for message_id in reversed(path):
        counted = _counted(conversation.message(message_id))
        if counted is not None:
            return counted + tokens_in(characters)
        characters += conversation.length(message_id)
    return tokens_in(characters + len(conversation.heading.system_prompt))


def _counted(reply: Message) -> int | None:
    """Return the tokens of everything up to and with a reply, if they were counted."""
    completion = reply.completion
    if completion is None or completion.usage is None or completion.left_out:
        return None
    usage = completion.usage
    return usage.prompt + usage.completion - (usage.reasoning or 0)

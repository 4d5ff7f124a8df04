"""Values to save and to load."""

from datetime import UTC, datetime

from app.chat.heading import Heading
from app.chat.message import Message, Role, Status

NOW = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


def heading(conversation_id: int = 1, title: str = "A talk") -> Heading:
    return Heading(conversation_id, title, NOW, NOW)


def words(message_id: int, text: str, parent: int | None = None) -> Message:
    return Message(message_id, parent, Role.USER, created=NOW, text=text, length=len(text))


def empty_reply(message_id: int, parent: int | None) -> Message:
    return Message(message_id, parent, Role.ASSISTANT, Status.WAITING, NOW)

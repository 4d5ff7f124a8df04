"""Fork: a branch copied into a conversation of its own. No I/O."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.chat.heading import Heading
from app.chat.message import Message, Status


def copy_branch(
    heading: Heading,
    originals: Sequence[Message],
    texts: Mapping[int, tuple[str, str]],
    new_id: Callable[[], int],
) -> tuple[Heading, list[Message]]:
    """Return a heading and messages of their own that say the same.

    texts: text and reasoning of originals that are still on disk, by message id.
    A reply under way is copied as far as it has come, and is interrupted there.
    """
    copies: list[Message] = []
    for original in originals:
        parent = copies[-1].id if copies else None
        copy = replace(original, id=new_id(), parent=parent)
        if original.id in texts:
            text, reasoning = texts[original.id]
            copy = replace(copy, text=text, reasoning=reasoning)
        if copy.status.is_open:
            copy = replace(copy, status=Status.INTERRUPTED)
        copies.append(copy)
    now = datetime.now(UTC)
    return replace(
        heading,
        id=new_id(),
        created=now,
        updated=now,
        pinned=False,
        draft="",
        leaf=copies[-1].id,
    ), copies

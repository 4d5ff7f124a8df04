"""Conversations: headings and messages, saved as they come, loaded as needed.

Every function takes a connection inside a transaction: `Database.write` and
`Database.read` call them. A conversation is loaded without the texts of its
messages; those are read for the ids somebody looks at, and each is compared
with the checksum it was written with. Whatever a file holds, what is loaded
forms a tree: a message whose parent is lost hangs on the one before it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from app.chat.heading import Heading
from app.chat.message import Message, Role, Status
from app.chat.stored import Stored
from app.store import ledger
from app.store.cells import checksum, clean_text, from_time, to_json, to_time
from app.store.errors import Missing

_ROLES = {role.value: role for role in Role}
_STATUSES = {status.value: status for status in Status}
_AT_ONCE = 500
"""SQLite takes about a thousand parameters a statement, the oldest we may meet."""


@dataclass(frozen=True, slots=True)
class Bodies:
    """Texts read from the disk."""

    found: list[tuple[int, str, str]]
    """Message id, text, reasoning; as far as they can be read."""
    damaged: frozenset[int]
    """Ids of messages whose texts are not what was written."""


# Headings


def save_heading(db: Connection, heading: Heading) -> None:
    """Save what lists know of a conversation, new or not."""
    db.execute(_SAVE_HEADING, _heading_row(heading))


def list_headings(db: Connection) -> list[Heading]:
    """Return the headings of all conversations, last written to first."""
    rows = db.execute(
        f"SELECT {_HEADING} FROM conversation WHERE deleted IS NULL"  # noqa: S608 - our own names
        " ORDER BY updated DESC, id DESC"
    )
    return [_to_heading(row) for row in rows]


def save_draft(db: Connection, conversation_id: int, text: str) -> None:
    """Save what is typed and not sent. Nothing happens where there is no such conversation."""
    db.execute(
        "UPDATE conversation SET draft = ? WHERE id = ?", (clean_text(text), conversation_id)
    )


def hide_conversation(db: Connection, conversation_id: int, when: datetime | None) -> None:
    """Take a conversation out of the lists, or with None bring it back."""
    moment = None if when is None else from_time(when)
    db.execute("UPDATE conversation SET deleted = ? WHERE id = ?", (moment, conversation_id))


def delete_conversation(db: Connection, conversation_id: int) -> None:
    """Delete a conversation and its messages. What it cost stays in the ledger."""
    db.execute("DELETE FROM tab WHERE conversation_id = ?", (conversation_id,))
    db.execute("DELETE FROM conversation WHERE id = ?", (conversation_id,))


def delete_hidden(db: Connection) -> int:
    """Delete the conversations that were taken out of the lists. Return how many."""
    return db.execute("DELETE FROM conversation WHERE deleted IS NOT NULL").rowcount


def delete_blank(db: Connection) -> int:
    """Delete conversations nothing was ever written in. Return how many."""
    return db.execute(
        "DELETE FROM conversation WHERE draft = '' AND NOT EXISTS"
        " (SELECT 1 FROM message WHERE conversation_id = conversation.id)"
    ).rowcount


def last_id(db: Connection) -> int:
    """Return the greatest id a conversation or a message ever had here; 0 at first."""
    row = db.execute(
        "SELECT max(coalesce((SELECT max(id) FROM conversation), 0),"
        " coalesce((SELECT max(id) FROM message), 0),"
        " coalesce((SELECT max(seq) FROM sqlite_sequence"
        " WHERE name IN ('conversation', 'message')), 0))"
    ).fetchone()
    return int(row[0])


# Messages


def begin_reply(
    db: Connection, heading: Heading, user_message: Message | None, reply: Message
) -> None:
    """Save, before a request goes out, everything it stands on.

    The heading, the person's message (None where the reply answers one that is
    saved already), the empty reply, and a new row of the ledger if the reply
    carries its completion.
    """
    save_heading(db, heading)
    if user_message is not None:
        save_message(db, heading.id, user_message)
    save_message(db, heading.id, replace(reply, completion=None))
    if reply.completion is not None:
        ledger.begin_completion(db, reply.id, reply.created, reply.status, reply.completion)


def save_message(db: Connection, conversation_id: int, message: Message) -> bool:
    """Save a message, new or not; with a text of None its text stays as it is.

    Return False where the conversation has been deleted meanwhile: then only
    the request is entered into the ledger.
    """
    known = db.execute("SELECT 1 FROM conversation WHERE id = ?", (conversation_id,)).fetchone()
    if known is None:
        if message.completion is not None:
            ledger.begin_completion(db, None, message.created, message.status, message.completion)
        return False
    if message.text is None or message.reasoning is None:
        _save_skeleton(db, conversation_id, message, message.length, message.reasoning_length)
    else:
        text, reasoning = clean_text(message.text), clean_text(message.reasoning)
        _save_skeleton(db, conversation_id, message, len(text), len(reasoning))
        digest = checksum(message.id, message.role, text.encode(), reasoning.encode())
        db.execute(_SAVE_BODY, (message.id, text, reasoning, digest))
    if message.completion is not None:
        ledger.save_completion(db, message.id, message.created, message.status, message.completion)
    return True


def save_copy(db: Connection, heading: Heading, messages: Sequence[Message]) -> None:
    """Save a conversation made of copies; what their requests cost is not counted again."""
    save_heading(db, heading)
    for message in messages:
        save_message(db, heading.id, replace(message, completion=None))
        for completion in message.completions:
            is_last = completion is message.completion
            status = message.status if is_last else Status.INTERRUPTED
            ledger.begin_completion(db, message.id, message.created, status, completion)
    ledger.mark_copies(db, [message.id for message in messages])


def _save_skeleton(
    db: Connection, conversation_id: int, message: Message, length: int, reasoning_length: int
) -> None:
    depth = 0
    if message.parent is not None:
        row = db.execute("SELECT depth FROM message WHERE id = ?", (message.parent,)).fetchone()
        depth = row[0] + 1 if row else 0
    db.execute(
        _SAVE_MESSAGE,
        (
            message.id,
            conversation_id,
            message.parent,
            depth,
            message.role,
            message.status,
            from_time(message.created),
            length,
            reasoning_length,
        ),
    )


def close_open_replies(db: Connection) -> int:
    """Mark replies the program ended on as interrupted; their text stays.

    To be called at the start, when nothing can be under way. Return how many.
    """
    db.execute(_ENTER_UNCOUNTED)
    ledger.close_open_completions(db)
    return db.execute(
        "UPDATE message SET status = 'interrupted' WHERE status IN ('waiting', 'streaming')"
    ).rowcount


# Loading


def load(db: Connection, conversation_id: int) -> tuple[Heading, Stored]:
    """Return a conversation with its messages, parents first, without their texts.

    A message without any text has its empty texts all the same. Values are made of
    what was read when they are asked for, on any thread.

    Raises:
        Missing: there is no such conversation.
    """
    row = db.execute(
        f"SELECT {_HEADING} FROM conversation WHERE id = ?",  # noqa: S608 - our own names
        (conversation_id,),
    ).fetchone()
    if row is None:
        raise Missing("no such conversation")
    rows = db.execute(_LOAD, (conversation_id,)).fetchall()
    return _to_heading(row), _to_stored(rows, ledger.requests_of(db, conversation_id))


def load_bodies(db: Connection, message_ids: Iterable[int]) -> Bodies:
    """Return the texts of messages; ids that are not there are left out."""
    found: list[tuple[int, str, str]] = []
    damaged: set[int] = set()
    for message_id, role, text, reasoning, written in _bodies(db, message_ids):
        text, reasoning = text or b"", reasoning or b""
        if written != checksum(message_id, role, text, reasoning):
            damaged.add(message_id)
        found.append(
            (message_id, text.decode(errors="replace"), reasoning.decode(errors="replace"))
        )
    return Bodies(found, frozenset(damaged))


def find_in_bodies(
    db: Connection, message_ids: Iterable[int], count: Callable[[str], int]
) -> list[tuple[int, int]]:
    """Return the messages in whose texts or reasoning something is found, and how often.

    `count` tells how often one text holds it. Whether a text is what was written is
    not asked: whoever comes to read it is told.
    """
    found: list[tuple[int, int]] = []
    for message_id, _, text, reasoning, _ in _bodies(db, message_ids):
        texts = (part.decode(errors="replace") for part in (text or b"", reasoning or b""))
        times = sum(map(count, texts))
        if times:
            found.append((message_id, times))
    return found


def _bodies(db: Connection, message_ids: Iterable[int]) -> Iterable[tuple[Any, ...]]:
    ids = list(message_ids)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        yield from db.execute(f"{_LOAD_BODIES} ({marks})", some)


def _to_stored(rows: list[tuple[Any, ...]], requests: ledger.Requests) -> Stored:
    if not rows:
        return Stored.of([])
    # By columns: going through ten thousand rows takes longer than reading them did.
    ids, above, roles, _, _, lengths, reasoning_lengths = zip(*rows, strict=True)
    by_id = dict(zip(ids, rows, strict=True))
    parents: dict[int, int | None] = {}
    before: int | None = None
    for message_id, parent in zip(ids, above, strict=True):
        # Only what came before can be a parent: whatever the file says, no circle.
        parents[message_id] = before if parent is not None and parent not in parents else parent
        before = message_id

    def value(message_id: int) -> Message:
        _, _, role, status, created, length, reasoning_length = by_id[message_id]
        body = None if length or reasoning_length else ""
        completions = requests.of(message_id)
        return Message(
            message_id,
            parents[message_id],
            _ROLES.get(role, Role.ASSISTANT),
            _STATUSES.get(status, Status.INTERRUPTED),
            to_time(created),
            body,
            body,
            length,
            reasoning_length,
            completions[-1] if completions else None,
            completions[:-1],
        )

    return Stored(
        parents,
        dict(zip(ids, (_ROLES.get(role, Role.ASSISTANT) for role in roles), strict=True)),
        dict(zip(ids, lengths, strict=True)),
        dict(zip(ids, reasoning_lengths, strict=True)),
        value,
    )


# Rows

_HEADING = (
    "id, title, created, updated, pinned, account_id, model, parameters, system_prompt, draft, leaf"
)
_SAVE_HEADING = """
INSERT INTO conversation (id, title, created, updated, pinned, account_id, model, parameters,
    system_prompt, draft, leaf)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET title = excluded.title, created = excluded.created,
    updated = excluded.updated, pinned = excluded.pinned, account_id = excluded.account_id,
    model = excluded.model, parameters = excluded.parameters,
    system_prompt = excluded.system_prompt, draft = excluded.draft, leaf = excluded.leaf
"""
_SAVE_MESSAGE = """
INSERT INTO message (id, conversation_id, parent_id, depth, role, status, created,
    text_length, reasoning_length)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET role = excluded.role, status = excluded.status,
    created = excluded.created, text_length = excluded.text_length,
    reasoning_length = excluded.reasoning_length
"""
_SAVE_BODY = """
INSERT INTO body (message_id, text, reasoning, checksum) VALUES (?, ?, ?, ?)
ON CONFLICT (message_id) DO UPDATE SET text = excluded.text, reasoning = excluded.reasoning,
    checksum = excluded.checksum
"""
_LOAD = """
SELECT id, parent_id, role, status, created, text_length, reasoning_length
FROM message WHERE conversation_id = ? ORDER BY depth, id
"""
# As bytes: a checksum is over what lies there, also when it is not UTF-8 any more.
_LOAD_BODIES = """
SELECT m.id, m.role, CAST(b.text AS BLOB), CAST(b.reasoning AS BLOB), b.checksum
FROM message m LEFT JOIN body b ON b.message_id = m.id
WHERE m.id IN"""
# A reply whose request never reached the ledger is entered, so that it can say how it ended.
_ENTER_UNCOUNTED = """
INSERT INTO completion (message_id, started, status, account_id, payer, model, parameters,
    finish_reason)
SELECT m.id, m.created, m.status, v.account_id, '', v.model, v.parameters, ''
FROM message m JOIN conversation v ON v.id = m.conversation_id
WHERE m.status IN ('waiting', 'streaming')
    AND NOT EXISTS (SELECT 1 FROM completion c WHERE c.message_id = m.id)
"""


def _heading_row(heading: Heading) -> tuple[object, ...]:
    return (
        heading.id,
        clean_text(heading.title),
        from_time(heading.created),
        from_time(heading.updated),
        heading.pinned,
        heading.account_id,
        clean_text(heading.model),
        to_json(heading.parameters),
        clean_text(heading.system_prompt),
        clean_text(heading.draft),
        heading.leaf,
    )


def _to_heading(row: tuple[Any, ...]) -> Heading:
    return Heading(
        id=row[0],
        title=row[1],
        created=to_time(row[2]),
        updated=to_time(row[3]),
        pinned=bool(row[4]),
        account_id=row[5],
        model=row[6],
        parameters=ledger.to_parameters(row[7]),
        system_prompt=row[8],
        draft=row[9],
        leaf=row[10],
    )

"""Saving: texts that change all the time reach the disk at most a moment later.

A growing reply is written `REPLY_LAG_MS` after its first unsaved delta, a
draft `DRAFT_LAG_MS` after its first unsaved key. No timer runs while there is
nothing to save.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.chat.conversation import Conversation
from app.chat.message import Message
from app.store import conversations
from app.store.database import Database
from app.store.errors import StoreError

REPLY_LAG_MS = 600
DRAFT_LAG_MS = 400
RETRY_MS = 5_000


class Saving(QObject):
    """What is newer in memory than on disk, and when it will be written.

    Signals:
        drafts_saved: drafts were handed to the disk.
        settled: memory and disk agree on a conversation again. arg: its id.
    """

    drafts_saved = Signal()
    settled = Signal(object)

    def __init__(
        self, database: Database, on_failure: Callable[[StoreError], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._database = database
        self._on_failure = on_failure
        self._in_flight: Counter[int] = Counter()
        self._stored: set[int] = set()
        self.is_allowed = False
        """Whether anything may be written: what is there was read first."""
        self._replies: dict[int, Conversation] = {}
        self._unwritten: dict[int, tuple[Conversation, Message]] = {}
        self._drafts: dict[int, Conversation] = {}
        self._reply_timer = self._timer(REPLY_LAG_MS, self.save_replies)
        self._draft_timer = self._timer(DRAFT_LAG_MS, self.save_drafts)

    def is_busy(self, conversation_id: int) -> bool:
        """Return whether memory is newer than the disk for a conversation."""
        waiting = {c.id for c in (*self._replies.values(), *self._drafts.values())}
        unwritten = {c.id for c, _ in self._unwritten.values()}
        return bool(self._in_flight[conversation_id]) or conversation_id in waiting | unwritten

    def note_reply(self, conversation: Conversation, message_id: int) -> None:
        """Remember that a reply has grown."""
        self._replies[message_id] = conversation
        if not self._reply_timer.isActive():
            self._reply_timer.start(REPLY_LAG_MS)

    def save_finished(self, conversation: Conversation, message: Message) -> None:
        """Write a reply that will not grow any more, now."""
        self._replies.pop(message.id, None)
        self._write(conversation, message)

    def note_draft(self, conversation: Conversation) -> None:
        """Remember that a draft has changed."""
        self._drafts[conversation.id] = conversation
        if not self._draft_timer.isActive():
            self._draft_timer.start()

    def save_replies(self) -> None:
        """Write what has grown, and once more what could not be written before."""
        unwritten, self._unwritten = self._unwritten, {}
        for conversation, message in unwritten.values():
            self._write(conversation, message)
        for message_id, conversation in self._replies.items():
            self._write(conversation, conversation.snapshot(message_id))
        self._replies.clear()

    def save_drafts(self) -> None:
        """Write the drafts that changed, as they are now."""
        drafts, self._drafts = self._drafts, {}
        for conversation in drafts.values():
            heading = conversation.heading
            is_blank = heading.leaf is None and not heading.draft
            if not is_blank or heading.id in self._stored:
                self._stored.add(heading.id)
                self.keep(conversations.save_heading, heading, about=heading.id)
        if drafts:
            self.drafts_saved.emit()

    def save_all(self) -> None:
        """Write everything that waits for its moment."""
        self.save_replies()
        self.save_drafts()

    def keep(
        self, function: Callable[..., object], *args: object, about: int | None = None
    ) -> None:
        """Write something small now; that it could not be written is told.

        Handed to the database before this returns: the program may end next.
        `about` names the conversation it belongs to.
        """
        if not self.is_allowed:
            return
        written = asyncio.wrap_future(self._database.write(function, *args))
        written.add_done_callback(self._on_kept)
        if about is not None:
            self._follow(about, written)

    def _follow(self, conversation_id: int, written: "asyncio.Future[Any]") -> None:
        self._in_flight[conversation_id] += 1
        written.add_done_callback(partial(self._on_landed, conversation_id))

    def _on_landed(self, conversation_id: int, _written: "asyncio.Future[Any]") -> None:
        self._in_flight[conversation_id] -= 1
        if not self.is_busy(conversation_id):
            del self._in_flight[conversation_id]
            self.settled.emit(conversation_id)

    def _timer(self, lag_ms: int, save: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(lag_ms)
        timer.timeout.connect(save)
        return timer

    def _write(self, conversation: Conversation, message: Message) -> None:
        if not self.is_allowed:
            return
        written = asyncio.wrap_future(
            self._database.write(conversations.save_message, conversation.id, message)
        )
        written.add_done_callback(partial(self._on_message_written, conversation, message))
        self._follow(conversation.id, written)

    def _on_message_written(
        self, conversation: Conversation, message: Message, written: "asyncio.Future[None]"
    ) -> None:
        error = None if written.cancelled() else written.exception()
        if isinstance(error, StoreError):
            # Kept in memory, and tried again until the disk takes it.
            self._unwritten.setdefault(message.id, (conversation, message))
            self._reply_timer.start(RETRY_MS)
            self._on_failure(error)
        elif error is not None:
            raise error

    def _on_kept(self, written: "asyncio.Future[Any]") -> None:
        error = None if written.cancelled() else written.exception()
        if isinstance(error, StoreError):
            self._on_failure(error)
        elif error is not None:
            raise error

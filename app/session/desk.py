"""Desk: the conversations there are, and those that lie open in tabs.

A tab that was restored has only its heading until it comes to the front; a
conversation whose tab was closed stays in memory while a reply still runs.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from app.chat.circumstance import About, Circumstance
from app.chat.conversation import Conversation
from app.chat.heading import Heading, first_words
from app.chat.mark import Mark
from app.chat.message import Message
from app.session.saving import Saving
from app.session.tasks import Tasks
from app.store import conversations
from app.store.database import Database
from app.store.errors import StoreError
from app.store.start import Found
from app.store.tabs import Tab, save_tabs

Finds = Sequence[tuple[int, int]]
"""Message ids, and how often something was found in each."""
_BATCH, _BATCH_LENGTH = 500, 1_000_000
"""Messages and characters looked through at once: what is wanted for reading comes in
between."""


class Desk(QObject):
    """Which conversations there are, which are open, which is in front.

    Signals:
        list_changed: the list of conversations, or a heading in it.
        tabs_changed: which conversations have a tab, their order, or the front one.
        opened: the messages of a tab's conversation are here. arg: the Conversation.
        deleted: a conversation was taken off the list. arg: its title; None: it is back,
            or cannot be brought back any more.
    """

    list_changed = Signal()
    tabs_changed = Signal()
    opened = Signal(object)
    deleted = Signal(object)

    def __init__(
        self,
        database: Database,
        tasks: Tasks,
        saving: Saving,
        new_id: Callable[[], int],
        tell: Callable[[Circumstance], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._database = database
        self._tasks = tasks
        self._saving = saving
        self._new_id = new_id
        self._tell = tell
        self._headings: dict[int, Heading] = {}
        self._open: dict[int, Conversation] = {}
        self._tabs: list[int] = []
        self._front: int | None = None
        self._marks: dict[int, Mark] = {}
        self._anchors: dict[int, str] = {}
        self._closed: list[int] = []
        saving.settled.connect(self.let_go)
        saving.drafts_saved.connect(self.list_changed)
        self._deleted: tuple[Heading, int | None] | None = None

    # What there is

    @property
    def tabs(self) -> Sequence[int]:
        """Ids of the conversations with a tab, in order. Not to be changed."""
        return self._tabs

    @property
    def front(self) -> int | None:
        return self._front

    @property
    def open(self) -> Sequence[Conversation]:
        """The conversations whose messages are in memory."""
        return list(self._open.values())

    def conversation(self, conversation_id: int) -> Conversation | None:
        """Return an open conversation; None while its messages are on disk."""
        return self._open.get(conversation_id)

    def heading(self, conversation_id: int) -> Heading:
        """Return what is known of a conversation, open or not."""
        conversation = self._open.get(conversation_id)
        return conversation.heading if conversation else self._headings[conversation_id]

    @property
    def headings(self) -> list[Heading]:
        """Conversations worth listing: with messages or a draft; newest first."""
        headings = [self.heading(i) for i in self._headings]
        shown = [h for h in headings if h.has_words]
        return sorted(shown, key=lambda h: (h.updated, h.id), reverse=True)

    @property
    def marks(self) -> dict[int, Mark]:
        """What there is to say of conversations that are not in front, by id."""
        streaming = {c.id: Mark.STREAMING for c in self._open.values() if c.open_replies}
        return self._marks | streaming

    def anchor(self, conversation_id: int) -> str:
        """Return where the reader was, as whoever scrolls put it; empty: at the end."""
        return self._anchors.get(conversation_id, "")

    # Verbs

    def take_up(self, found: Found) -> None:
        """Lie out as it was left; nothing is loaded before it comes to the front."""
        self._headings = {heading.id: heading for heading in found.headings}
        self._tabs = [i for i in found.tabs if i in self._headings]
        self._anchors = dict(found.anchors)
        if found.front in self._tabs:
            self._front = found.front
        self.list_changed.emit()

    def begin(self, account_id: str) -> Conversation:
        """Open an empty conversation in a tab in front."""
        now = datetime.now(UTC)
        heading = Heading(self._new_id(), created=now, updated=now, account_id=account_id)
        self._headings[heading.id] = heading
        conversation = self._take_in(Conversation(heading, parent=self))
        self._tabs.append(conversation.id)
        self._front = conversation.id
        self.tabs_changed.emit()
        self.opened.emit(conversation)
        self.save_tabs()
        return conversation

    def show(self, conversation_id: int) -> None:
        """Bring a conversation to the front; it gets a tab if it has none."""
        if conversation_id not in self._tabs:
            self._tabs.append(conversation_id)
        self._front = conversation_id
        self._marks.pop(conversation_id, None)
        self.tabs_changed.emit()
        if conversation_id not in self._open:
            self._tasks.start(f"open {conversation_id}", self._load(conversation_id))
        self.save_tabs()

    def close(self, conversation_id: int) -> None:
        """Close a tab. The conversation stays in the list; its replies go on."""
        position = self._tabs.index(conversation_id)
        self._tabs.remove(conversation_id)
        if self.heading(conversation_id).has_words:
            self._closed.append(conversation_id)
        if self._front == conversation_id:
            self._front = None
            if self._tabs:
                self.show(self._tabs[min(position, len(self._tabs) - 1)])
        self.let_go(conversation_id)
        self.tabs_changed.emit()
        self.save_tabs()

    def close_others(self, conversation_id: int) -> None:
        """Close every tab but one."""
        self.show(conversation_id)
        for other in [tab for tab in self._tabs if tab != conversation_id]:
            self.close(other)

    def reopen(self) -> None:
        """Bring the tab closed last back, if its conversation is still there."""
        while self._closed:
            conversation_id = self._closed.pop()
            if conversation_id in self._headings and conversation_id not in self._tabs:
                self.show(conversation_id)
                return

    @property
    def can_reopen(self) -> bool:
        """Whether a tab was closed that can come back."""
        return any(i in self._headings and i not in self._tabs for i in self._closed)

    def move(self, conversation_id: int, position: int) -> None:
        """Put a tab at another position."""
        self._tabs.remove(conversation_id)
        self._tabs.insert(position, conversation_id)
        self.tabs_changed.emit()
        self.save_tabs()

    def rename(self, conversation_id: int, title: str) -> None:
        """Give a conversation another title."""
        if title.strip():
            self._revise(replace(self.heading(conversation_id), title=" ".join(title.split())))

    def pin(self, conversation_id: int, is_pinned: bool) -> None:
        """Keep a conversation on top of the list, or no longer."""
        self._revise(replace(self.heading(conversation_id), pinned=is_pinned))

    def delete(self, conversation_id: int) -> None:
        """Take a conversation off the list; `undelete` brings it back until the next one."""
        heading = self.heading(conversation_id)
        position = None
        if conversation_id in self._tabs:
            position = self._tabs.index(conversation_id)
            self.close(conversation_id)
        self.let_go(conversation_id)
        self._headings.pop(conversation_id, None)
        self._deleted = (heading, position)
        self._hide(conversation_id, datetime.now(UTC))
        self.list_changed.emit()
        self.deleted.emit(heading.title or first_words(heading.draft))

    def undelete(self) -> None:
        """Bring back what was deleted last."""
        if self._deleted is None:
            return
        (heading, position), self._deleted = self._deleted, None
        self._headings[heading.id] = heading
        self._hide(heading.id, None)
        if position is not None:
            self._tabs.insert(min(position, len(self._tabs)), heading.id)
            self.show(heading.id)
        self.list_changed.emit()
        self.deleted.emit(None)

    def note_end(self, conversation: Conversation, *, is_failed: bool) -> None:
        """Mark a conversation whose reply ended while the person was elsewhere."""
        if conversation.id != self._front:
            self._marks[conversation.id] = Mark.FAILED if is_failed else Mark.UNREAD
        self.let_go(conversation.id)
        self.tabs_changed.emit()

    def keep_anchor(self, conversation_id: int, anchor: str) -> None:
        """Remember where the reader is; it is stored with the tabs."""
        self._anchors[conversation_id] = anchor

    def add_copy(self, heading: Heading, messages: Sequence[Message]) -> None:
        """Store a conversation made of copies, and open it in front."""
        self._tasks.start(f"copy {heading.id}", self._store_copy(heading, messages))

    def let_go(self, conversation_id: int) -> None:
        """Drop a conversation from memory if neither a tab nor a reply needs it."""
        conversation = self._open.get(conversation_id)
        if conversation is None or conversation.open_replies or conversation_id in self._tabs:
            return
        self._saving.save_drafts()
        if self._saving.is_busy(conversation_id):
            return  # `settled` comes; until then the disk knows less than we do.
        heading = conversation.heading
        del self._open[conversation_id]
        if not heading.has_words:
            self._headings.pop(conversation_id, None)
        elif conversation_id in self._headings:
            self._headings[conversation_id] = heading
        elif self._deleted is not None and self._deleted[0].id == conversation_id:
            # What could not be sent may have come back to its draft meanwhile.
            self._deleted = (heading, self._deleted[1])
        conversation.deleteLater()
        self.list_changed.emit()

    def keep_draft(self, conversation: Conversation, text: str) -> None:
        """Keep what is typed and not sent; it is on disk a moment later."""
        if conversation.heading.draft != text:
            was_listed = conversation.heading.has_words
            conversation.keep_draft(text)
            self._saving.note_draft(conversation)
            if was_listed != conversation.heading.has_words:
                # The tab is stored as soon as there is something to come back to.
                self._saving.save_drafts()
                self.list_changed.emit()
                self.save_tabs()

    def add_to_draft(self, conversation: Conversation, text: str) -> None:
        """Keep words that could not be sent behind what else is typed."""
        draft = conversation.heading.draft
        self.keep_draft(conversation, f"{draft}\n\n{text}" if draft else text)

    def find(
        self,
        conversation: Conversation,
        message_ids: Sequence[int],
        count: Callable[[str], int],
        answer: Callable[[Sequence[int], Finds], None],
    ) -> None:
        """Look for something in texts on disk; what was asked before is not answered any more.

        `count` tells how often one text holds it, on another thread; `answer` hears of
        all of the messages, some at a time.
        """
        name = f"find {conversation.id}"
        self._tasks.start(name, self._find(conversation, message_ids, count, answer))

    def blank_tab(self) -> Conversation | None:
        """Return an open tab nothing was written in yet, if there is one."""
        for conversation in self._open.values():
            heading = conversation.heading
            if heading.leaf is None and not heading.draft and heading.id in self._tabs:
                return conversation
        return None

    # Inside

    async def _load(self, conversation_id: int) -> None:
        try:
            _, messages = await asyncio.wrap_future(
                self._database.read(conversations.load, conversation_id)
            )
        except StoreError as error:
            self._tell(Circumstance(About.STORE_UNREADABLE, str(error), conversation_id))
            return
        if conversation_id in self._open or conversation_id not in self._tabs:
            return
        # The heading in memory is never older than the one on disk.
        heading = self._headings[conversation_id]
        conversation = self._take_in(Conversation(heading, messages, parent=self))
        self.opened.emit(conversation)

    def _take_in(self, conversation: Conversation) -> Conversation:
        self._open[conversation.id] = conversation
        conversation.heading_changed.connect(lambda: self._on_heading_changed(conversation))
        # The first message puts a conversation on the list.
        conversation.message_added.connect(self.list_changed)
        conversation.branch_changed.connect(self.list_changed)
        conversation.bodies_wanted.connect(lambda ids: self._on_bodies_wanted(conversation, ids))
        return conversation

    def _on_heading_changed(self, conversation: Conversation) -> None:
        self._saving.note_draft(conversation)
        self.list_changed.emit()

    def _on_bodies_wanted(self, conversation: Conversation, ids: list[int]) -> None:
        self._tasks.start(
            f"bodies {conversation.id} {ids[0]}", self._load_bodies(conversation, ids)
        )

    async def _load_bodies(self, conversation: Conversation, ids: list[int]) -> None:
        try:
            bodies = await asyncio.wrap_future(self._database.read(conversations.load_bodies, ids))
        except StoreError as error:
            self._tell(Circumstance(About.STORE_UNREADABLE, str(error), conversation.id))
            if self._open.get(conversation.id) is conversation:
                conversation.give_up(ids)
            return
        if self._open.get(conversation.id) is not conversation:
            return
        conversation.fill(bodies.found)
        if bodies.damaged:
            self._tell(Circumstance(About.TEXT_DAMAGED, str(len(bodies.damaged)), conversation.id))

    async def _find(
        self,
        conversation: Conversation,
        message_ids: Sequence[int],
        count: Callable[[str], int],
        answer: Callable[[Sequence[int], Finds], None],
    ) -> None:
        start = 0
        while start < len(message_ids):
            end = start + _batch(conversation, message_ids, start)
            some, found = message_ids[start:end], list[tuple[int, int]]()
            try:
                found = await asyncio.wrap_future(
                    self._database.read(conversations.find_in_bodies, some, count)
                )
            except StoreError as error:
                # Told once: nothing is found in what cannot be read.
                self._tell(Circumstance(About.STORE_UNREADABLE, str(error), conversation.id))
                some = message_ids[start:]
            if self._open.get(conversation.id) is not conversation:
                return
            answer(some, found)
            start += len(some)

    def _revise(self, heading: Heading) -> None:
        conversation = self._open.get(heading.id)
        if conversation is not None:
            conversation.revise(heading)
            return
        self._headings[heading.id] = heading
        self._saving.keep(conversations.save_heading, heading)
        self.list_changed.emit()
        self.tabs_changed.emit()

    def _hide(self, conversation_id: int, when: datetime | None) -> None:
        self._saving.keep(conversations.hide_conversation, conversation_id, when)

    async def _store_copy(self, heading: Heading, messages: Sequence[Message]) -> None:
        try:
            await asyncio.wrap_future(
                self._database.write(conversations.save_copy, heading, messages)
            )
        except StoreError as error:
            self._tell(Circumstance(About.STORE_UNWRITABLE, str(error)))
            return
        self._headings[heading.id] = heading
        self.list_changed.emit()
        self.show(heading.id)

    def save_tabs(self) -> None:
        """Write which tabs are open; one nothing was written in does not come back."""
        kept = [
            Tab(i, front=i == self._front, anchor=self._anchors.get(i, ""))
            for i in self._tabs
            if self.heading(i).has_words
        ]
        self._saving.keep(save_tabs, kept)


def _batch(conversation: Conversation, message_ids: Sequence[int], start: int) -> int:
    """Return how many messages are looked through at once, from `start` on."""
    length = 0
    for number, message_id in enumerate(message_ids[start : start + _BATCH], 1):
        length += conversation.length(message_id) + conversation.reasoning_length(message_id)
        if length >= _BATCH_LENGTH:
            return number
    return min(_BATCH, len(message_ids) - start)

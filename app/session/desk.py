"""Desk: the conversations there are, and those that lie open in tabs.

A tab that was restored has only its heading until it comes to the front; a
conversation whose tab was closed stays in memory while a reply still runs.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from app.chat.circumstance import About, Circumstance
from app.chat.conversation import Conversation, Heading
from app.chat.message import Message
from app.session.saving import Saving
from app.session.tasks import Tasks
from app.store import conversations
from app.store.database import Database
from app.store.errors import StoreError
from app.store.start import Found
from app.store.tabs import Tab, save_tabs


class Desk(QObject):
    """Which conversations there are, which are open, which is in front.

    Signals:
        list_changed: the list of conversations, or a heading in it.
        tabs_changed: which conversations have a tab, their order, or the front one.
        opened: the messages of a tab's conversation are here. arg: the Conversation.
    """

    list_changed = Signal()
    tabs_changed = Signal()
    opened = Signal(object)

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
        shown = [h for h in headings if h.leaf is not None or h.draft.strip()]
        return sorted(shown, key=lambda h: (h.updated, h.id), reverse=True)

    # Verbs

    def take_up(self, found: Found) -> None:
        """Lie out as it was left; nothing is loaded before it comes to the front."""
        self._headings = {heading.id: heading for heading in found.headings}
        self._tabs = [i for i in found.tabs if i in self._headings]
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
        self.tabs_changed.emit()
        if conversation_id not in self._open:
            self._tasks.start(f"open {conversation_id}", self._load(conversation_id))
        self.save_tabs()

    def close(self, conversation_id: int) -> None:
        """Close a tab. The conversation stays in the list; its replies go on."""
        position = self._tabs.index(conversation_id)
        self._tabs.remove(conversation_id)
        if self._front == conversation_id:
            self._front = None
            if self._tabs:
                self.show(self._tabs[min(position, len(self._tabs) - 1)])
        self.let_go(conversation_id)
        self.tabs_changed.emit()
        self.save_tabs()

    def let_go(self, conversation_id: int) -> None:
        """Drop a conversation from memory if neither a tab nor a reply needs it."""
        conversation = self._open.get(conversation_id)
        if conversation is None or conversation.open_replies or conversation_id in self._tabs:
            return
        self._saving.save_drafts()
        heading = conversation.heading
        del self._open[conversation_id]
        if heading.leaf is None and not heading.draft.strip():
            del self._headings[conversation_id]
        else:
            self._headings[conversation_id] = heading
        conversation.deleteLater()
        self.list_changed.emit()

    def keep_draft(self, conversation: Conversation, text: str) -> None:
        """Keep what is typed and not sent; it is on disk a moment later."""
        if conversation.heading.draft != text:
            was_listed = bool(conversation.heading.draft.strip())
            conversation.keep_draft(text)
            self._saving.note_draft(conversation)
            if was_listed != bool(text.strip()):
                # The tab is stored as soon as there is something to come back to.
                self._saving.save_drafts()
                self.list_changed.emit()
                self.save_tabs()

    def blank_tab(self) -> Conversation | None:
        """Return an open tab nothing was written in yet, if there is one."""
        for conversation in self._open.values():
            heading = conversation.heading
            if heading.leaf is None and not heading.draft and heading.id in self._tabs:
                return conversation
        return None

    # Inside

    async def _load(self, conversation_id: int) -> None:
        heading = self._headings[conversation_id]
        messages: list[Message] = []
        try:
            heading, messages = await asyncio.wrap_future(
                self._database.read(conversations.load, conversation_id)
            )
        except StoreError as error:
            self._tell(Circumstance(About.STORE_UNREADABLE, str(error), conversation_id))
            return
        if conversation_id in self._open or conversation_id not in self._tabs:
            return
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
            return
        conversation.fill(bodies.found)
        if bodies.damaged:
            self._tell(Circumstance(About.TEXT_DAMAGED, str(len(bodies.damaged)), conversation.id))

    def save_tabs(self) -> None:
        """Write which tabs are open; one nothing was written in does not come back."""
        kept = [Tab(i, front=i == self._front) for i in self._tabs if self._is_kept(i)]
        self._tasks.start("save tabs", self._write_tabs(kept))

    def _is_kept(self, conversation_id: int) -> bool:
        heading = self.heading(conversation_id)
        return heading.leaf is not None or bool(heading.draft.strip())

    async def _write_tabs(self, kept: list[Tab]) -> None:
        try:
            await asyncio.wrap_future(self._database.write(save_tabs, kept))
        except StoreError as error:
            self._tell(Circumstance(About.STORE_UNWRITABLE, str(error)))

"""Session: the running application; the window calls its verbs and hears its signals.

Opens nothing when it is made: `start` opens the database and brings back what
was there, `end` saves and closes. Every verb returns at once.
"""

import asyncio
import itertools
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.api import surroundings
from app.api.client import Client
from app.chat.account import Account
from app.chat.circumstance import About, Circumstance
from app.chat.conversation import Conversation
from app.chat.failure import Kind
from app.chat.message import Completion, Message, Status
from app.chat.model import first_choice
from app.chat.settings import Settings
from app.session.accounts import Accounts
from app.session.catalogues import Catalogues
from app.session.desk import Desk
from app.session.messages import Messages
from app.session.preferences import Preferences
from app.session.replies import Replies
from app.session.saving import Saving
from app.session.tasks import Tasks
from app.session.trials import Trials
from app.store.database import SQLITE_VERSION, Database
from app.store.errors import NewerSchema, StoreError
from app.store.opening import Opening
from app.store.secrets import Secrets
from app.store.start import Found, find

END_S = 0.8
"""How long ending waits for tasks; the database gets as much again."""

_log = logging.getLogger(__name__)


class Session(QObject):
    """The running application: accounts, desk, catalogues, and the replies that run.

    Signals:
        started: what was stored is known; tabs and accounts can be shown.
        catalogue_changed: the models of an account. arg: its id.
        words_saved: what was sent is on disk. arg: the Conversation.
        words_not_saved: it is not, and nothing was sent. arg: the Conversation.
        circumstance_arose: something to tell. arg: a Circumstance.
        network_known: what requests travel with. arg: a Network.
    """

    started = Signal()
    catalogue_changed = Signal(str)
    words_saved = Signal(object)
    words_not_saved = Signal(object)
    circumstance_arose = Signal(object)
    network_known = Signal(object)

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        database: Database,
        secrets: Secrets,
        client: Client,
        environ: Mapping[str, str],
        *,
        demo: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._database = database
        self._client = client
        self._environ = environ
        self._demo = demo
        self._tasks = Tasks(loop, self.report_bug)
        self._saving = Saving(database, self._on_store_failed, self)
        self._ids = itertools.count(1)
        self.has_started = False
        """Whether what was stored is known; before that there is nothing to work on."""
        self.can_save = False
        """Whether words can reach the disk; without that nothing is sent."""
        self.store_trouble: Circumstance | None = None
        """Why they can not, once that is known."""
        self.accounts = Accounts(self._saving, secrets, self._tasks, self._tell, self)
        self.preferences = Preferences(self._saving, self)
        self.desk = Desk(database, self._tasks, self._saving, self._new_id, self._tell, self)
        self.catalogues = Catalogues(
            client,
            database,
            secrets,
            self._tasks,
            self.accounts.is_current,
            self._on_catalogue_changed,
        )
        self._replies = Replies(
            client,
            database,
            secrets,
            self._tasks,
            self._saving,
            self.accounts.is_current,
            self._on_words_written,
        )
        self.messages = Messages(
            database,
            self._tasks,
            self._saving,
            self.accounts,
            self.catalogues,
            self.desk,
            self._replies,
            self._new_id,
        )
        self.trials = Trials(client, secrets, self._tasks, self.accounts.get)
        self._replies.on_closed = self._on_reply_closed
        self._replies.on_omitted = self._on_parameter_omitted
        self.preferences.changed.connect(self._on_settings_changed)
        self.accounts.added.connect(self._on_account_added)
        self.accounts.replaced.connect(self._on_account_replaced)
        self.accounts.changed.connect(self.trials.forget)
        self.desk.opened.connect(self._choose_model)

    @property
    def sqlite_version(self) -> str:
        """Of the library that keeps everything."""
        return SQLITE_VERSION

    # Beginning and end

    def start(self) -> None:
        """Open the database and bring back what was there; `started` follows."""
        self._tasks.start("start", self._start())

    async def end(self) -> None:
        """Stop every reply, save everything, close network and disk, within 2 s."""
        self._replies.interrupt_all()
        self._saving.save_all()
        self.desk.save_tabs()
        await self._tasks.end(END_S)
        await self._client.close()
        self._database.close(END_S)

    def save_now(self, timeout_s: float) -> None:
        """Save everything before this returns, or until the time is over; all goes on."""
        self._saving.save_all()
        self.desk.save_tabs()
        with suppress(StoreError, TimeoutError):
            # What was asked for before it is on the disk when this is done.
            self._database.write(lambda _: None).result(timeout_s)

    async def _start(self) -> None:
        found = await self._open_database()
        self._ids = itertools.count(found.last_id + 1)
        self.preferences.take_up(found.settings)
        self.accounts.take_up(found, self._environ, demo=self._demo)
        self.desk.take_up(found)
        self.has_started = True
        self._show_first_tab()
        self.started.emit()
        for account in self.accounts.all:
            self.catalogues.refresh(account)

    async def _open_database(self) -> Found:
        try:
            opening = await asyncio.wrap_future(self._database.start())
            found = await asyncio.wrap_future(self._database.write(find))
        except NewerSchema:
            self.store_trouble = Circumstance(About.STORE_NEWER)
        except StoreError as error:
            self.store_trouble = Circumstance(About.STORE_UNWRITABLE, str(error))
        else:
            self.can_save = self._saving.is_allowed = True
            self._tell_of_damage(opening)
            return found
        self._tell(self.store_trouble)
        return Found()

    def _tell_of_damage(self, opening: Opening) -> None:
        if opening.kept is None:
            return
        saved = opening.salvaged
        rescued = (saved.conversations, saved.messages) if saved else (0, 0)
        _log.warning(
            "the database was damaged (%s) and set aside as %s; "
            "brought over: %d conversations, %d messages",
            opening.why,
            opening.kept.name,
            *rescued,
        )
        self._tell(Circumstance(About.STORE_DAMAGED, str(opening.kept), rescued=rescued))

    def _show_first_tab(self) -> None:
        """Bring a tab to the front with which the person can begin at once."""
        front, imposed = self.desk.front, self.accounts.is_imposed
        if front is None or (
            imposed and self.desk.heading(front).account_id != self.accounts.preferred
        ):
            self.new_conversation()
        else:
            self.desk.show(front)

    # Conversations

    def new_conversation(self) -> Conversation:
        """Bring an empty conversation to the front, an untouched one if there is any."""
        conversation = self.desk.blank_tab()
        if conversation is None:
            conversation = self.desk.begin(self.accounts.preferred)
        else:
            self.desk.show(conversation.id)
        return conversation

    def close_tab(self, conversation_id: int) -> None:
        """Close a tab; the last one is followed by an empty one."""
        self.desk.close(conversation_id)
        if not self.desk.tabs:
            self.new_conversation()

    def delete(self, conversation_id: int) -> None:
        """Take a conversation off the list; it can be brought back for a while."""
        conversation = self.desk.conversation(conversation_id)
        if conversation is not None:
            self.messages.stop(conversation)
        self.desk.delete(conversation_id)
        if not self.desk.tabs:
            self.new_conversation()

    def choose_account(self, conversation: Conversation, account_id: str) -> None:
        """Let another account answer and pay, from the next message on."""
        heading = conversation.heading
        if heading.account_id == account_id:
            return
        # The same model where the account has it: only who pays was chosen.
        has_model = self.catalogues.of(account_id).find(heading.model) is not None
        model = heading.model if has_model else ""
        conversation.revise(replace(heading, account_id=account_id, model=model))
        self._choose_model(conversation)

    def choose_model(self, conversation: Conversation, model_id: str) -> None:
        """Send the next messages to another model."""
        conversation.revise(replace(conversation.heading, model=model_id))
        account = self.accounts.get(conversation.heading.account_id)
        if account is not None:
            self.accounts.remember_choice(account, model_id)

    def look_at_network(self) -> None:
        """Find out what requests travel with; `network_known` follows."""
        self._tasks.start("network", self._look_at_network())

    def report_bug(self, error: BaseException) -> None:
        """Write down an error of Coprime's own and say that there was one."""
        _log.error("unexpected error", exc_info=error)
        self._tell(Circumstance(About.BUG))

    # Inside

    def _choose_model(self, conversation: Conversation) -> None:
        """Give a conversation that has no model yet the one it should start with."""
        heading = conversation.heading
        account = self.accounts.get(heading.account_id)
        if heading.model or account is None:
            return
        if account.last_model:
            conversation.revise(replace(heading, model=account.last_model))
            return
        choice = first_choice(self.catalogues.of(account.id).models)
        if choice is not None:
            conversation.revise(replace(heading, model=choice.id))
            about = About.MODEL_CHOSEN if choice.prices.known else About.MODEL_GUESSED
            self._tell(Circumstance(about, choice.label, conversation.id))

    def _new_id(self) -> int:
        return next(self._ids)

    def _tell(self, circumstance: Circumstance) -> None:
        self.circumstance_arose.emit(circumstance)

    def _on_settings_changed(self, settings: Settings) -> None:
        self._tasks.start("proxy", self._client.use_proxy(settings.way_out))

    async def _look_at_network(self) -> None:
        way_out = self.preferences.now.way_out
        # What the system says now is also what the next request uses.
        await self._client.use_proxy(way_out)
        self.network_known.emit(await asyncio.to_thread(surroundings.network, way_out))

    def _on_account_added(self, account: Account) -> None:
        self.catalogues.refresh(account)
        for conversation in self.desk.open:
            # One with a history is moved by the person only: somebody else would pay.
            if conversation.is_empty and (
                conversation.id == self.desk.front
                or self.accounts.get(conversation.heading.account_id) is None
            ):
                self.choose_account(conversation, account.id)

    def _on_account_replaced(self, account: Account) -> None:
        self.catalogues.forget(account.id)
        self.catalogues.refresh(account)

    def _on_catalogue_changed(self, account_id: str) -> None:
        self.catalogue_changed.emit(account_id)
        for conversation in self.desk.open:
            if conversation.heading.account_id == account_id:
                self._choose_model(conversation)

    def _on_reply_closed(self, conversation: Conversation, message: Message) -> None:
        is_failed = message.status in (Status.FAILED, Status.INTERRUPTED)
        self.desk.note_end(conversation, is_failed=is_failed)
        completion = message.completion
        failure = completion.failure if completion else None
        if completion and failure and failure.kind is Kind.MODEL_GONE:
            self.catalogues.note_gone(completion.account_id, completion.model)

    def _on_parameter_omitted(
        self, conversation: Conversation, completion: Completion, parameter: str
    ) -> None:
        label = self.catalogues.model(completion.account_id, completion.model).label
        self._tell(Circumstance(About.PARAMETER_DROPPED, parameter, conversation.id, label))

    def _on_words_written(
        self, conversation: Conversation, user: Message | None, error: StoreError | None
    ) -> None:
        if error is not None:
            self._on_store_failed(error)
            if user is not None:
                # Its view may be gone; where it is not, it knows better.
                self.desk.add_to_draft(conversation, user.text or "")
                self.words_not_saved.emit(conversation)
            self.desk.let_go(conversation.id)
            return
        self.desk.save_tabs()
        if user is not None:
            self.words_saved.emit(conversation)

    def _on_store_failed(self, error: StoreError) -> None:
        # What could not even be opened has been told, with the reason.
        if self.can_save:
            self._tell(Circumstance(About.STORE_UNWRITABLE, str(error)))

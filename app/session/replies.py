"""Replies: the completions that run now, each in a task of its own.

The person's words are on disk before the first byte of a request leaves.
Whatever ends a completion, the text that arrived is kept, saved and marked for
what it is. One act of the person is one request, but for what `recovery` and
`quirks` allow, and that shows.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from app.api.client import Client
from app.api.errors import NotSent, ServiceError
from app.chat.account import Account
from app.chat.conversation import Conversation
from app.chat.failure import Failure, Kind
from app.chat.message import (
    FILTER_ENDS,
    LENGTH_ENDS,
    TOOL_ENDS,
    WINDOW_ENDS,
    Completion,
    Delta,
    Message,
    Pause,
    Role,
    Status,
    Turn,
)
from app.chat.request import Request
from app.session import recovery
from app.session.quirks import Quirks
from app.session.running import Running
from app.session.saving import Saving
from app.session.tasks import Tasks
from app.session.trials import failure_of
from app.store import conversations
from app.store.database import Database
from app.store.errors import StoreError
from app.store.secrets import Secrets, SecretsError

SLICE_S = 0.004
"""A reply that arrives faster than it can be shown lets the window in this often."""

_CUTS = frozenset({Kind.CUT, Kind.SILENT, Kind.GARBLED, Kind.TOO_LARGE, Kind.CLOSED})
"""Failures after which the reply was under way: interrupted rather than failed."""

_TOLD_ENDS = LENGTH_ENDS | FILTER_ENDS | TOOL_ENDS | WINDOW_ENDS
"""Finish reasons that say why there is no text."""

GO_ON = (
    "Your last reply was cut off. Continue it exactly where it stopped, beginning with the "
    "very next character. Repeat nothing and say nothing about the interruption."
)
"""The turn that asks a model to go on. An array of turns never ends with the model's own."""


class Replies:
    """Starts, stops and finishes completions."""

    def __init__(
        self,
        client: Client,
        database: Database,
        secrets: Secrets,
        tasks: Tasks,
        saving: Saving,
        is_current: Callable[[Account], bool],
        on_saved: Callable[[Conversation, Message | None, StoreError | None], None],
    ) -> None:
        self._client = client
        self._database = database
        self._secrets = secrets
        self._tasks = tasks
        self._saving = saving
        self._is_current = is_current
        self._on_saved = on_saved
        self._quirks = Quirks()
        self._spacing = recovery.Spacing(time.monotonic)
        self.on_omitted: Callable[[Conversation, Completion, str], None] = lambda *_: None
        """Called when a parameter was left out because the model does not take it."""
        self.on_closed: Callable[[Conversation, Message], None] = lambda conversation, message: None
        self._running: dict[int, Running] = {}
        self._beginning: set[int] = set()

    def start(
        self, conversation: Conversation, account: Account, user: Message | None, reply: Message
    ) -> None:
        """Add the person's words and an empty reply, save them, then ask the model."""
        if user is not None:
            conversation.add(user)
        conversation.add(reply)
        self._begin(Running(conversation, account, reply.id), user, reply)

    def go_on(
        self, conversation: Conversation, account: Account, reply_id: int, completion: Completion
    ) -> None:
        """Let the model go on with a reply that broke off, once that is on disk."""
        before = conversation.message(reply_id)
        reply = conversation.reopen(reply_id, completion)
        running = Running(
            conversation,
            account,
            reply_id,
            begins_at=conversation.length(reply_id),
            reasoning_at=conversation.reasoning_length(reply_id),
            before=before,
        )
        self._begin(running, None, reply)

    def is_beginning(self, reply_id: int) -> bool:
        """Return whether a request for a reply is still on its way to the disk.

        Stopped or not: another one would be written down before its end.
        """
        return reply_id in self._beginning

    def try_now(self, reply_id: int) -> None:
        """End the wait before a request is made again."""
        running = self._running.get(reply_id)
        if running is not None:
            running.nudge.set()

    def _begin(self, running: Running, user: Message | None, reply: Message) -> None:
        conversation = running.conversation
        assert reply.completion is not None
        running.omitted = reply.completion.omitted
        self._running[reply.id] = running
        self._beginning.add(reply.id)
        saved = asyncio.wrap_future(
            self._database.write(conversations.begin_reply, conversation.heading, user, reply)
        )
        saved.add_done_callback(partial(self._on_begun, running, user, reply))
        self._tasks.start(running.name, self._fill(running, reply, saved))

    def stop(self, reply_id: int) -> None:
        """End a reply now, on the person's wish. Its text stays."""
        self._end(reply_id, Status.STOPPED, None)

    def interrupt_all(self) -> None:
        """End every reply because the program ends."""
        for reply_id in list(self._running):
            self._end(reply_id, Status.INTERRUPTED, Failure(Kind.CLOSED))

    def _end(self, reply_id: int, status: Status, failure: Failure | None) -> None:
        running = self._running.get(reply_id)
        if running is not None:
            self._close(running, status, failure)
            self._tasks.cancel(running.name)

    async def _fill(self, running: Running, reply: Message, saved: asyncio.Future[None]) -> None:
        try:
            # Shielded: what was handed to the disk gets there, stopped or not.
            await asyncio.shield(saved)
        except (StoreError, asyncio.CancelledError):
            return
        try:
            await self._complete(running, reply)
        except asyncio.CancelledError:
            # `stop` or `interrupt_all` has closed it; this is for nobody else's cancel.
            self._close(running, Status.STOPPED, None)
        except (ServiceError, SecretsError) as error:
            self._fail(running, failure_of(error))
        except StoreError:
            self._fail(running, Failure(Kind.NOT_SAVED))
        finally:
            # Only an error of ours can still find it open; the task reports it.
            self._fail(running, Failure(Kind.BUG))

    async def _complete(self, running: Running, reply: Message) -> None:
        completion = reply.completion
        assert completion is not None
        request = self._quirks.adapt(
            Request(
                account=running.account,
                model=completion.model,
                turns=await self._turns(running, reply, completion.left_out),
                parameters=completion.parameters,
                omit=frozenset(completion.omitted),
            )
        )
        has_adapted, repeats = False, 0
        while True:
            self._note_omitted(running, request)
            try:
                await self._ask(running, request)
            except ServiceError as error:
                if running.has_grown or running.usage is not None:
                    raise
                adapted = None if has_adapted else self._quirks.learn(request, error.failure)
                if adapted is not None:
                    has_adapted = True
                    if error.failure.parameter in adapted.omit & request.parameters.names:
                        self.on_omitted(running.conversation, completion, error.failure.parameter)
                    request = adapted
                    continue
                wait_s = recovery.wait_before(error, repeats)
                if wait_s is None:
                    raise
                repeats += 1
                await self._pause(running, error.failure, wait_s, repeats)
            else:
                break
        if running.has_grown or running.finish_reason in _TOLD_ENDS:
            self._close(running, Status.COMPLETE, None)
        else:
            self._fail(running, Failure(Kind.EMPTY))

    async def _ask(self, running: Running, request: Request) -> None:
        """Make the request once, and take in what comes.

        Raises:
            ServiceError, SecretsError
        """
        # Read for every request: the account's own may have changed in a pause.
        credentials = await asyncio.wrap_future(self._secrets.read(running.account))
        if not self._is_current(running.account):
            raise NotSent(Failure(Kind.ACCOUNT_CHANGED))
        running.started = yielded = time.monotonic()
        stream = self._client.complete(request, credentials)
        try:
            async for deltas in stream:
                self._take(running, deltas)
                if time.monotonic() - yielded > SLICE_S:
                    await asyncio.sleep(0)
                    yielded = time.monotonic()
        finally:
            await stream.aclose()

    def _take(self, running: Running, deltas: list[Delta]) -> None:
        conversation, reply_id = running.conversation, running.reply_id
        is_first_thought = running.first_reasoning is None
        running.take(deltas)
        if is_first_thought and running.first_reasoning is not None and running.reasoning_at:
            deltas = [Delta(reasoning="\n\n"), *deltas]
        conversation.extend(reply_id, deltas)
        self._saving.note_reply(conversation, reply_id)

    async def _pause(self, running: Running, failure: Failure, wait_s: float, repeats: int) -> None:
        """Wait, visibly, until the moment to ask again, or until the person says now."""
        until = self._spacing.take(running.account.id, wait_s)
        pause = Pause(failure, until, repeats + 1, recovery.REPEATS + 1)
        running.nudge.clear()
        running.conversation.pause(running.reply_id, pause)
        with suppress(TimeoutError):
            async with asyncio.timeout(max(until - time.monotonic(), 0)):
                await running.nudge.wait()
        running.conversation.pause(running.reply_id, None)

    def _note_omitted(self, running: Running, request: Request) -> None:
        running.omitted = tuple(sorted(request.omit & request.parameters.names))

    async def _turns(self, running: Running, reply: Message, left_out: int) -> tuple[Turn, ...]:
        """Return what is sent: the system prompt and the path above the reply.

        Of a reply that is continued, also what there is of it, and a turn that
        asks to go on.
        """
        conversation = running.conversation
        path = conversation.path(reply.id)
        path = path[left_out:] if running.before is not None else path[left_out:-1]
        await self.bring_bodies(conversation, path)
        turns = [Turn(conversation.message(i).role, conversation.text(i) or "") for i in path]
        if running.before is not None:
            turns.append(Turn(Role.USER, GO_ON))
        prompt = conversation.heading.system_prompt
        if prompt.strip():
            turns.insert(0, Turn(Role.SYSTEM, prompt))
        return tuple(turns)

    async def bring_bodies(self, conversation: Conversation, message_ids: list[int]) -> None:
        """Read from disk the texts of these messages that are not in memory.

        Raises:
            StoreError: they cannot be read.
        """
        missing = [i for i in message_ids if conversation.message(i).text is None]
        if missing:
            bodies = await asyncio.wrap_future(
                self._database.read(conversations.load_bodies, missing)
            )
            conversation.fill(bodies.found)

    def _fail(self, running: Running, failure: Failure) -> None:
        status = Status.INTERRUPTED if failure.kind in _CUTS else Status.FAILED
        self._close(running, status, failure)

    def _close(self, running: Running, status: Status, failure: Failure | None) -> None:
        """Finish the reply and save it, once: whoever comes later finds it done."""
        if self._running.get(running.reply_id) is not running:
            return
        del self._running[running.reply_id]
        conversation = running.conversation
        completion = conversation.message(running.reply_id).completion
        assert completion is not None
        message = conversation.finish(
            running.reply_id, status, running.outcome(completion, failure)
        )
        if running.is_begun:
            self._saving.save_finished(conversation, message)
        else:
            running.ended = message
        self.on_closed(conversation, message)

    def _on_begun(
        self,
        running: Running,
        user: Message | None,
        reply: Message,
        saved: asyncio.Future[None],
    ) -> None:
        error = saved.exception()
        conversation = running.conversation
        self._beginning.discard(reply.id)
        if isinstance(error, StoreError):
            # Nothing was sent: the words go back to where they were typed.
            self._running.pop(reply.id, None)
            if running.before is not None:
                conversation.restore(running.before)
            else:
                conversation.remove(reply.id)
            if user is not None:
                conversation.remove(user.id)
            self._on_saved(conversation, user, error)
        elif error is None:
            running.is_begun = True
            if running.ended is not None:
                self._saving.save_finished(conversation, running.ended)
            self._on_saved(conversation, user, None)
        else:
            raise error

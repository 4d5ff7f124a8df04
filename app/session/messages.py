"""Messages: what a person does with them. Sends, edits, asks again, goes on, forks, stops.

One act is one request. Every verb returns at once; what runs is in `replies`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from app.chat.account import Account
from app.chat.conversation import Conversation
from app.chat.cost import Cost, cost_of_input
from app.chat.heading import first_words
from app.chat.message import Completion, Message, Role, Status
from app.chat.model import UNPRICED
from app.chat.parameters import Parameters
from app.session.accounts import Accounts
from app.session.catalogues import Catalogues
from app.session.desk import Desk
from app.session.estimates import input_tokens
from app.session.fork import copy_branch
from app.session.replies import Replies
from app.session.saving import Saving
from app.session.tasks import Tasks
from app.store.conversations import load_bodies
from app.store.database import Database


class Messages:
    """The verbs on the messages of conversations."""

    def __init__(
        self,
        database: Database,
        tasks: Tasks,
        saving: Saving,
        accounts: Accounts,
        catalogues: Catalogues,
        desk: Desk,
        replies: Replies,
        new_id: Callable[[], int],
    ) -> None:
        self._database = database
        self._tasks = tasks
        self._saving = saving
        self._accounts = accounts
        self._catalogues = catalogues
        self._desk = desk
        self._replies = replies
        self._new_id = new_id

    def can_send(self, conversation: Conversation) -> bool:
        """Return whether a message of this conversation could be sent now."""
        heading = conversation.heading
        has_account = self._accounts.get(heading.account_id) is not None
        return (
            self._saving.is_allowed
            and has_account
            and bool(heading.model)
            and not conversation.open_replies
        )

    def send(self, conversation: Conversation, text: str, remaining: str = "") -> bool:
        """Send the person's words; False if that cannot be now, and nothing happened.

        The words are safe once the session says `words_saved`; until then the composer
        keeps them. `remaining` is what else is typed: the draft from now on.
        """
        if not text.strip() or not self.can_send(conversation):
            return False
        heading, now = conversation.heading, datetime.now(UTC)
        parent = conversation.branch[-1] if conversation.branch else None
        user = self._words(parent, text, now)
        title = heading.title or first_words(text)
        conversation.revise(replace(heading, title=title, updated=now, draft=remaining))
        self._ask(conversation, user, user.id)
        return True

    def retry(
        self,
        conversation: Conversation,
        reply_id: int,
        model_id: str | None = None,
        *,
        without: str = "",
        is_shorter: bool = False,
    ) -> bool:
        """Ask again for a reply, also of another model; False if it cannot be now.

        The new reply is a version beside the old one, which stays. `without`
        names a parameter not to send; `is_shorter` leaves out the older half of
        the turns that were sent before.
        """
        reply = conversation.message(reply_id)
        parent, before = reply.parent, reply.completion
        if parent is None or not self.can_send(conversation):
            return False
        omitted = (*(before.omitted if before else ()), without) if without else ()
        left_out = None
        if is_shorter:
            left_out = fewer(len(conversation.path(parent)), before.left_out if before else 0)
        elif before and before.model == (model_id or conversation.heading.model):
            left_out = before.left_out
        self._ask(conversation, None, parent, model_id, omitted=omitted, left_out=left_out)
        return True

    def can_continue(self, conversation: Conversation, reply_id: int) -> bool:
        """Return whether a reply has text to go on from, and nothing follows it yet."""
        reply = conversation.message(reply_id)
        return (
            reply.completion is not None
            and bool(reply.text)
            and not reply.status.is_open
            and not conversation.has_followers(reply_id)
        )

    def continue_reply(self, conversation: Conversation, reply_id: int) -> bool:
        """Let the model go on where a reply broke off; False if it cannot be now.

        It stays one reply: what comes is added to its text, and its cost to its cost.
        """
        if not self.can_continue(conversation, reply_id) or not self.can_send(conversation):
            return False
        if self._replies.is_beginning(reply_id):
            return False
        before = conversation.message(reply_id).completion
        assert before is not None
        account = self._accounts.get(conversation.heading.account_id)
        assert account is not None
        completion = self._completion(
            account, conversation, before.model, before.parameters, before.omitted
        )
        begins_at = conversation.length(reply_id)
        self._replies.go_on(
            conversation,
            account,
            reply_id,
            replace(completion, left_out=before.left_out, begins_at=begins_at),
        )
        return True

    def try_now(self, conversation: Conversation) -> None:
        """End the wait before a request of a conversation is made again."""
        for reply_id in conversation.open_replies:
            self._replies.try_now(reply_id)

    def cost_again(
        self, conversation: Conversation, reply_id: int, *, goes_on: bool
    ) -> Cost | None:
        """Return about what sending would cost at least, to continue a reply or to ask anew.

        None where no price is known.
        """
        reply = conversation.message(reply_id)
        heading, path = conversation.heading, conversation.path(reply_id)
        model_id = heading.model
        if goes_on and reply.completion is not None:
            model_id = reply.completion.model
        prices = self._catalogues.model(heading.account_id, model_id).prices
        counted = reply.completion.usage if reply.completion else None
        if goes_on:
            tokens = input_tokens(conversation, path)
        elif counted is not None and not reply.earlier:
            tokens = counted.prompt
        else:
            tokens = input_tokens(conversation, path[:-1])
        return cost_of_input(tokens, prices)

    def edit(self, conversation: Conversation, message_id: int, text: str) -> bool:
        """Send another version of the person's message; False if it cannot be now.

        The old version and all that followed it stay.
        """
        if not text.strip() or not self.can_send(conversation):
            return False
        now = datetime.now(UTC)
        parent = conversation.message(message_id).parent
        user = self._words(parent, text, now)
        conversation.revise(replace(conversation.heading, updated=now))
        self._ask(conversation, user, user.id)
        return True

    def show_version(self, conversation: Conversation, message_id: int) -> None:
        """Bring another version of a message into view, and remember that."""
        conversation.show_version(message_id)
        self._saving.note_draft(conversation)

    def fork(self, conversation: Conversation, message_id: int) -> None:
        """Copy a conversation up to a message into a new one, in front."""
        path = conversation.path(message_id)
        # A name of its own: another fork of the same conversation does not end this one.
        self._tasks.start(f"fork {self._new_id()}", self._fork(conversation, path))

    async def _fork(self, conversation: Conversation, path: list[int]) -> None:
        # Taken before the wait: the tab may be closed meanwhile.
        originals = [conversation.snapshot(i) for i in path]
        old = conversation.heading
        missing = [message.id for message in originals if message.text is None]
        bodies = await asyncio.wrap_future(self._database.read(load_bodies, missing))
        texts = {i: (text, reasoning) for i, text, reasoning in bodies.found}
        self._desk.add_copy(*copy_branch(old, originals, texts, self._new_id))

    def stop(self, conversation: Conversation) -> None:
        """End the replies of a conversation that still run. Their text stays."""
        for reply_id in conversation.open_replies:
            self._replies.stop(reply_id)

    # Inside

    def _words(self, parent: int | None, text: str, now: datetime) -> Message:
        return Message(self._new_id(), parent, Role.USER, created=now, text=text, length=len(text))

    def _ask(
        self,
        conversation: Conversation,
        user: Message | None,
        parent: int,
        model_id: str | None = None,
        *,
        omitted: tuple[str, ...] = (),
        left_out: int | None = None,
    ) -> None:
        heading = conversation.heading
        account = self._accounts.get(heading.account_id)
        assert account is not None
        model_id = model_id or heading.model
        completion = self._completion(account, conversation, model_id, heading.parameters, omitted)
        if left_out is None:
            # What did not fit the model's window before does not fit it now.
            above = user.parent if user else conversation.message(parent).parent
            left_out = self._left_out_before(conversation, above, model_id)
        reply = Message(
            self._new_id(),
            parent,
            Role.ASSISTANT,
            Status.WAITING,
            created=datetime.now(UTC),
            completion=replace(completion, left_out=left_out),
        )
        self._accounts.remember_choice(account, heading.model)
        self._replies.start(conversation, account, user, reply)

    def _completion(
        self,
        account: Account,
        conversation: Conversation,
        model_id: str,
        parameters: Parameters,
        omitted: tuple[str, ...],
    ) -> Completion:
        """Return a request that is about to be made, without what the model does not take."""
        known = self._catalogues.of(account.id).find(model_id)
        refused = {name for name in parameters.names if known and not known.takes(name)}
        return Completion(
            account_id=account.id,
            payer=account.payer,
            model=model_id,
            started=datetime.now(UTC),
            parameters=parameters,
            prices=known.prices if known else UNPRICED,
            omitted=tuple(sorted({*omitted, *refused})),
        )

    def _left_out_before(self, conversation: Conversation, above: int | None, model_id: str) -> int:
        """Return how many turns the last reply of a path was asked for without."""
        completion = conversation.message(above).completion if above is not None else None
        return completion.left_out if completion and completion.model == model_id else 0


def fewer(turns: int, left_out: int) -> int:
    """Return how many of the oldest turns to leave out: half of those still sent, in pairs.

    Always more than before, but for the last turn: the question itself stays.
    """
    half = (turns - left_out) // 2
    return min(left_out + max(half - half % 2, 2), turns - 1)

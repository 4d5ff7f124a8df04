"""ReplyCaptions: the words around the messages of one conversation."""

import time
from datetime import UTC, datetime

from app.chat.conversation import Conversation
from app.chat.message import LENGTH_ENDS, Message, Status
from app.chat.model import Model
from app.session import Session
from app.ui import wording
from app.ui.notice import Notice

PATIENCE_S = 10
"""A wait says how long it has lasted from here on."""


class ReplyCaptions:
    """Asks the session for what it knows and `wording` for how to say it."""

    def __init__(self, session: Session, conversation: Conversation) -> None:
        self._session = session
        self._conversation = conversation

    def name(self, message: Message) -> tuple[str, str]:
        model = self._model(message)
        return model.label, model.maker

    def moment(self, message: Message) -> tuple[str, str]:
        when, now = message.created, datetime.now(UTC)
        return wording.moment(when, now), wording.moment_in_full(when)

    def facts(self, message: Message) -> tuple[str, ...]:
        return wording.facts(message)

    def thought(self, message: Message, is_open: bool) -> str:
        return wording.thought(message, is_open)

    def waiting(self, message: Message) -> str:
        label = self._model(message).label
        if message.status is not Status.WAITING:
            silence_s = self._conversation.silence_s(message.id)
            if silence_s < PATIENCE_S:
                return ""
            return wording.tr("Nothing new from {model} for {time}").format(
                model=label, time=wording.seconds(round(silence_s) * 1000)
            )
        started = message.completion.started if message.completion else None
        waited = (datetime.now(UTC) - (started or message.created)).total_seconds()
        if waited < PATIENCE_S:
            return wording.tr("Waiting for {model}…").format(model=label)
        return wording.tr("Waiting for {model}… {time}").format(
            model=label, time=wording.seconds(round(waited) * 1000)
        )

    def notice(self, message: Message) -> Notice | None:
        model = self._model(message)
        completion, pause = message.completion, message.pause
        if completion is not None and pause is not None:
            remaining_s = pause.until - time.monotonic()
            return wording.pause_notice(pause, completion.payer, model.label, remaining_s)
        return wording.notice(message, model.label, self._ways(message))

    def _ways(self, message: Message) -> wording.Ways:
        """Return what can be done about a reply that did not end well."""
        session, conversation = self._session, self._conversation
        completion = message.completion
        if message.status.is_open or completion is None or _ended_well(message):
            return wording.NO_WAYS
        return wording.Ways(
            can_continue=session.messages.can_continue(conversation, message.id),
            can_shorten=len(conversation.path(message.id)) - 1 - completion.left_out > 2,
            retry_cost=session.messages.cost_again(conversation, message.id, goes_on=False),
            continue_cost=session.messages.cost_again(conversation, message.id, goes_on=True),
        )

    def _model(self, message: Message) -> Model:
        completion = message.completion
        if completion is None:
            return Model("")
        return self._session.catalogues.model(completion.account_id, completion.model)


def _ended_well(message: Message) -> bool:
    completion = message.completion
    is_cut = completion is not None and completion.finish_reason in LENGTH_ENDS
    return message.status is Status.COMPLETE and not is_cut

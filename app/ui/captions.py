"""ReplyCaptions: the words around the messages of one conversation."""

from datetime import UTC, datetime

from app.chat.message import Message, Status
from app.chat.model import Model
from app.session import Session
from app.ui import wording
from app.ui.notice import Notice

PATIENCE_S = 10
"""A wait says how long it has lasted from here on."""


class ReplyCaptions:
    """Asks the session for what it knows and `wording` for how to say it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def name(self, message: Message) -> tuple[str, str]:
        model = self._model(message)
        return model.label, model.maker

    def facts(self, message: Message) -> tuple[str, ...]:
        return wording.facts(message)

    def thought(self, message: Message, is_open: bool) -> str:
        return wording.thought(message, is_open)

    def waiting(self, message: Message) -> str:
        waited = (datetime.now(UTC) - message.created).total_seconds()
        label = self._model(message).label
        if message.status is not Status.WAITING or waited < PATIENCE_S:
            return wording.tr("Waiting for {model}…").format(model=label)
        return wording.tr("Waiting for {model}… {time}").format(
            model=label, time=wording.seconds(round(waited) * 1000)
        )

    def notice(self, message: Message) -> Notice | None:
        return wording.notice(message, self._model(message).label)

    def _model(self, message: Message) -> Model:
        completion = message.completion
        if completion is None:
            return Model("")
        return self._session.model(completion.account_id, completion.model)

"""A session on real parts: Qt's loop, a file, a server on loopback."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
import qasync

from app.api.client import Client
from app.chat.circumstance import Circumstance
from app.chat.conversation import Conversation
from app.session import Session
from app.store.database import Database
from app.store.secrets import Secrets
from tests.helpers.server import KEY, Server

PATIENCE_S = 10.0


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server().start()
    yield server
    server.stop()


class Running:
    """A session that was started, and what to wait with."""

    def __init__(self, loop: asyncio.AbstractEventLoop, data: Path, endpoint: str) -> None:
        self.database = Database(data / "conversations.db")
        environ = {"PRIME_API_KEY": KEY, "PRIME_INFERENCE_URL": endpoint}
        self.session = Session(loop, self.database, Secrets(environ), Client("test"), environ)
        self.told: list[Circumstance] = []
        self.session.circumstance_arose.connect(self.told.append)

    async def start(self, model: str) -> Conversation:
        """Start, and return a conversation in front that goes to a model."""
        self.session.start()
        await self.until(lambda: self.session.desk.front is not None)
        front = self.session.desk.front
        assert front is not None
        await self.until(lambda: self.session.desk.conversation(front) is not None)
        conversation = self.session.desk.conversation(front)
        assert conversation is not None
        self.session.choose_model(conversation, model)
        return conversation

    async def until(self, condition: Callable[[], object]) -> None:
        """Return when a condition holds."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():  # noqa: ASYNC110 - another process makes it true
                await asyncio.sleep(0.005)


Scenario = Callable[[Running], Coroutine[Any, Any, None]]


@pytest.fixture
def play(qapp: Any, tmp_path: Path, server: Server) -> Callable[[Scenario], None]:
    """Play a scenario with a session that is ended after it, on Qt's loop."""

    def play_to_end(scenario: Scenario) -> None:
        complaints: list[dict[str, Any]] = []
        loop = qasync.QEventLoop(qapp)
        loop.set_exception_handler(lambda _, context: complaints.append(context))

        async def scene() -> None:
            running = Running(loop, tmp_path / "data", server.endpoint)
            try:
                await scenario(running)
            finally:
                await running.session.end()

        with loop:
            loop.run_until_complete(scene())
        assert not complaints, complaints

    return play_to_end

"""The right payer, once: whatever changes while replies stream."""

from collections.abc import Callable, Iterator

import pytest

from tests.helpers.payers import Payers
from tests.helpers.server import Server
from tests.session.conftest import Running, Scenario

ACTS = 400
"""`dev.py bench payers` does ten thousand."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(key="").start()
    yield server
    server.stop()


def test_every_act_is_one_request_with_the_key_and_team_of_its_account(
    play: Callable[[Scenario], None], server: Server
) -> None:
    async def scenario(running: Running) -> None:
        await running.start("test/echo")
        payers = Payers(running, server.endpoint, seed=20261123)
        await payers.play(ACTS)
        heard = [r for r in server.requests() if r.path.endswith("/chat/completions")]
        tally = payers.judge(heard)
        assert tally.wrong == []
        assert tally.acts == ACTS
        assert tally.edits > 0
        assert tally.requests + tally.withheld == ACTS

    play(scenario)

"""Changes of one account wait for each other, and nothing comes between its parts."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from threading import Event

import pytest
from keyring.errors import KeyringLocked

from app.chat.account import Account
from app.chat.failure import Failure, Kind
from app.store import rings
from app.store.secrets import Secrets
from app.store.start import find
from tests.helpers.server import KEY, Server
from tests.session.conftest import PATIENCE_S, Running, Scenario
from tests.session.test_accounts import add, ask, entry

Play = Callable[[Scenario], None]


class Ring:
    """A keyring that can be held in the middle of keeping or forgetting something."""

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}
        self.is_locked = False
        self.asked, self.free, self.refused = Event(), Event(), Event()
        self.free.set()

    def hold(self) -> None:
        self.asked.clear()
        self.free.clear()

    def get_password(self, service: str, _username: str) -> str | None:
        return self.entries.get(service)

    def set_password(self, service: str, _username: str, password: str) -> None:
        self._wait()
        self.entries[service] = password

    def delete_password(self, service: str, _username: str) -> None:
        self._wait()
        del self.entries[service]

    def _wait(self) -> None:
        self.asked.set()
        self.free.wait(PATIENCE_S)
        if self.is_locked:
            self.refused.set()
            raise KeyringLocked


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    ring = Ring()
    monkeypatch.setattr(rings, "open_ring", lambda: ring)
    return ring


def outcomes(running: Running) -> list[Account | Failure]:
    """Return what comes of edits from now on, as it comes."""
    said: list[Account | Failure] = []
    running.session.accounts.edited.connect(said.append)
    running.session.accounts.refused.connect(lambda _account, failure: said.append(failure))
    return said


async def begin_edit(
    running: Running,
    ring: Ring,
    account: Account,
    *,
    endpoint: str = "",
    key: str = KEY,
    team: str = "",
    team_id: str = "",
) -> None:
    """Give an account other secrets, and return while the keyring is held at keeping them."""
    ring.hold()
    running.session.accounts.edit(
        account.id, account.name, endpoint or account.endpoint, key, team, team_id
    )
    await running.until(ring.asked.is_set)


def test_a_second_edit_waits_and_changes_what_the_first_one_left(
    play: Play, server: Server, ring: Ring
) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server, key="sk-old", team="Lab", team_id="team-0")
        said = outcomes(running)
        await begin_edit(running, ring, account, team="Other", team_id="team-1")
        running.session.accounts.edit(account.id, "Grace", account.endpoint, None, "Lab", None)
        ring.free.set()
        await running.until(lambda: len(said) == 2)
        assert said == [
            replace(account, team="Other"),
            replace(account, name="Grace", team="Other"),
        ]
        await ask(running, account)

    play(scenario)
    chat = [r for r in server.requests() if r.method == "POST"][-1]
    assert chat.headers["authorization"] == f"Bearer {KEY}"
    assert chat.headers["x-prime-team-id"] == "team-1"


def test_a_key_typed_for_a_new_address_stays_with_it(
    play: Play, server: Server, ring: Ring
) -> None:
    elsewhere = f"http://127.0.0.1:{server.elsewhere_port}/api/v1"

    async def scenario(running: Running) -> None:
        account = await add(running, server)
        said = outcomes(running)
        await begin_edit(running, ring, account, endpoint=elsewhere, key="sk-elsewhere")
        running.session.accounts.edit(account.id, "Grace", account.endpoint, None, "", None)
        running.session.accounts.edit(account.id, "Ada", account.endpoint, "sk-here", "", None)
        ring.free.set()
        await running.until(lambda: len(said) == 3)
        assert said[2] == Failure(Kind.ACCOUNT_CHANGED)
        now = running.session.accounts.get(account.id)
        assert now == replace(account, name="Grace", endpoint=elsewhere)
        assert list(ring.entries.values()) == ["sk-elsewhere"]

    play(scenario)


def test_an_account_that_is_removed_while_it_is_edited_leaves_nothing(
    play: Play, server: Server, ring: Ring
) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server)
        await begin_edit(running, ring, account, team="Lab", team_id="team-1")
        running.session.accounts.remove(account.id)
        ring.free.set()
        await running.until(lambda: not ring.entries)
        assert running.session.accounts.get(account.id) is None

    async def later(running: Running) -> None:
        await running.start("test/echo")
        assert [a.id for a in running.session.accounts.all] == ["environment"]

    play(scenario)
    assert not ring.entries
    play(later)


def test_an_edit_that_runs_when_the_program_ends_is_made_whole(
    play: Play, server: Server, ring: Ring
) -> None:
    accounts: list[Account] = []

    async def scenario(running: Running) -> None:
        accounts.append(await add(running, server, team="Lab", team_id="team-0"))
        await begin_edit(running, ring, accounts[0], team="Other", team_id="team-1")
        asyncio.get_running_loop().call_later(0.05, ring.free.set)

    async def later(running: Running) -> None:
        await running.start("test/echo")
        assert running.session.accounts.get(accounts[0].id) == replace(accounts[0], team="Other")
        assert ring.entries[entry(accounts[0], "team")[0]] == "team-1"

    play(scenario)
    play(later)


def test_only_a_choice_makes_an_account_the_one_that_pays_next(
    play: Play, server: Server, ring: Ring
) -> None:
    chosen: list[str] = []

    async def scenario(running: Running) -> None:
        accounts = running.session.accounts
        first = await add(running, server)
        await ask(running, first)
        added: list[Account] = []
        accounts.added.connect(added.append)
        accounts.add("Grace", server.endpoint, KEY)
        await running.until(lambda: added)
        await ask(running, added[0])
        await ask(running, first)
        said = outcomes(running)
        accounts.edit(added[0].id, "Grace Hopper", server.endpoint, None, "", None)
        await running.until(lambda: said)
        assert accounts.preferred == first.id
        chosen.append(first.id)

    async def later(running: Running) -> None:
        running.session.start()
        await running.until(lambda: running.session.has_started)
        found = await asyncio.wrap_future(running.database.write(find))
        assert found.preferred == chosen[0]

    play(scenario)
    play(later)


def test_a_model_chosen_while_an_account_is_edited_stays_chosen(
    play: Play, server: Server, ring: Ring
) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server)
        await ask(running, account)
        said = outcomes(running)
        conversation = running.session.new_conversation()
        running.session.choose_account(conversation, account.id)
        await begin_edit(running, ring, account, key="sk-new")
        running.session.choose_model(conversation, "test/other")
        ring.free.set()
        await running.until(lambda: said)
        assert said == [replace(account, last_model="test/other")]

    play(scenario)


def test_models_asked_for_during_a_change_that_fails_are_asked_for_again(
    play: Play, server: Server, ring: Ring
) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server)
        catalogues = running.session.catalogues
        await running.until(lambda: catalogues.of(account.id).fetched)
        before = catalogues.of(account.id).fetched
        said = outcomes(running)
        ring.is_locked = True
        ring.hold()
        catalogues.refresh(account)
        running.session.accounts.edit(account.id, "Ada", account.endpoint, "sk-new", "", None)
        await running.until(ring.asked.is_set)
        await running.until(lambda: not catalogues.of(account.id).is_loading)
        assert catalogues.of(account.id).fetched == before
        ring.free.set()
        await running.until(lambda: said)
        assert isinstance(said[0], Failure)
        await running.until(lambda: catalogues.of(account.id).fetched != before)
        assert not catalogues.of(account.id).is_loading

    play(scenario)


def test_a_team_is_dropped_from_an_account_whose_key_is_kept_for_this_run(
    play: Play, server: Server
) -> None:
    # There is no keyring.
    async def scenario(running: Running) -> None:
        account = await add(running, server, team="Lab", team_id="team-1")
        said = outcomes(running)
        running.session.accounts.edit(account.id, "Ada", server.endpoint, None, "", "")
        await running.until(lambda: said)
        [edited] = said
        assert isinstance(edited, Account)
        assert edited.team is None
        await ask(running, edited)
        assert "x-prime-team-id" not in server.requests()[-1].headers

    play(scenario)


def test_a_mistake_in_an_edit_is_an_answer_too(
    play: Play, server: Server, monkeypatch: pytest.MonkeyPatch, expected_logs: list[str]
) -> None:
    expected_logs.append("unexpected error")

    def fail(*_values: object) -> None:
        raise ZeroDivisionError

    async def scenario(running: Running) -> None:
        account = await add(running, server)
        said = outcomes(running)
        monkeypatch.setattr(Secrets, "write", fail)
        running.session.accounts.edit(account.id, "Ada", server.endpoint, "sk-new", "", None)
        await running.until(lambda: said)
        assert said == [Failure(Kind.BUG)]

    play(scenario)

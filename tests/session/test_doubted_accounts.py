"""Address, team and key of an account stay together, whatever the keyring does and whenever
the program ends.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from app.chat.account import Account, SecretSource
from app.chat.failure import SILENT, Failure, Kind
from app.store import rings
from tests.helpers.secret_service import SecretService
from tests.helpers.server import KEY, Server
from tests.session.conftest import PATIENCE_S, Running, Scenario
from tests.session.test_account_changes import Ring, begin_edit, outcomes, ring
from tests.session.test_accounts import add, entry, keyring

__all__ = ["keyring", "ring"]

Play = Callable[[Scenario], None]


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(key="").start()
    yield server
    server.stop()


async def answer_of(running: Running, account: Account) -> Failure | None:
    """Say something as an account; return why there was no reply, None where there was one."""
    conversation = running.session.new_conversation()
    running.session.choose_account(conversation, account.id)
    running.session.choose_model(conversation, "test/echo")
    assert running.session.messages.send(conversation, "hello")
    await running.until(lambda: not conversation.open_replies)
    completion = conversation.message(conversation.branch[-1]).completion
    assert completion is not None
    return completion.failure


def sent(server: Server) -> list[tuple[str | None, str | None]]:
    """Return key and team of every chat the server was asked for."""
    return [
        (r.headers["authorization"].removeprefix("Bearer "), r.headers.get("x-prime-team-id"))
        for r in server.requests()
        if r.method == "POST"
    ]


async def same(running: Running, account: Account) -> Account:
    """Start, and return an account of an earlier run."""
    await running.start("test/echo")
    found = running.session.accounts.get(account.id)
    assert found is not None
    return found


# The program ends meanwhile


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_key_kept_after_the_end_goes_to_no_address_and_no_team_of_before(
    play: Play, server: Server, keyring: SecretService, elsewhere: bool
) -> None:
    accounts: list[Account] = []

    async def scenario(running: Running) -> None:
        account = await add(running, server, key="sk-old", team="Lab", team_id="team-1")
        accounts.append(account)
        keyring.pause()
        port = server.elsewhere_port if elsewhere else server.port
        running.session.accounts.edit(
            account.id, "Ada", f"http://127.0.0.1:{port}/api/v1", KEY, "Other", "team-2"
        )
        # What is remembered meanwhile does not make it whole.
        running.session.accounts.remember_choice(account, "test/other")

    async def later(running: Running) -> None:
        account = await same(running, accounts[0])
        ring = rings.open_ring()
        await running.until(lambda: ring.get_password(*entry(account, "key")) == KEY)
        assert (account.endpoint, account.team) == (accounts[0].endpoint, "Lab")
        server.reset()
        assert await answer_of(running, account) == Failure(Kind.KEY_MISSING)
        said = outcomes(running)
        running.session.accounts.edit(account.id, "Ada", server.endpoint, "sk-new", "Lab", "team-3")
        await running.until(lambda: said)
        assert isinstance(said[0], Account)
        assert await answer_of(running, said[0]) is None

    play(scenario)
    keyring.resume()
    play(later)
    assert sent(server) == [("sk-new", "team-3")]


def test_an_account_that_was_not_added_before_the_end_leaves_nothing(
    play: Play, server: Server, ring: Ring
) -> None:
    async def scenario(running: Running) -> None:
        await running.start("test/echo")
        ring.hold()
        running.session.accounts.add("Ada", server.endpoint, KEY, "Lab", "team-1")
        await running.until(ring.asked.is_set)

    async def later(running: Running) -> None:
        await running.start("test/echo")
        assert [a.id for a in running.session.accounts.all] == ["environment"]
        await running.until(lambda: not ring.entries)

    play(scenario)
    ring.free.set()
    play(later)


def test_an_account_removed_while_its_key_is_looked_up_does_not_come_back(
    play: Play, server: Server, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server, key="sk-old", team="Lab", team_id="team-1")
        free, read = Event(), ring.get_password

        def hold(service: str, username: str) -> str | None:
            ring.asked.set()
            free.wait(PATIENCE_S)
            return read(service, username)

        ring.asked.clear()
        monkeypatch.setattr(ring, "get_password", hold)
        said = outcomes(running)
        running.session.accounts.edit(account.id, "Ada", server.endpoint, KEY, "Lab", None)
        await running.until(ring.asked.is_set)
        running.session.accounts.remove(account.id)
        free.set()
        await running.until(lambda: not ring.entries)
        assert not said

    async def later(running: Running) -> None:
        await running.start("test/echo")
        assert [a.id for a in running.session.accounts.all] == ["environment"]

    play(scenario)
    play(later)


def test_what_the_end_left_in_the_keyring_of_a_removed_account_goes_at_the_next_start(
    play: Play, server: Server, ring: Ring
) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server, team="Lab", team_id="team-1")
        assert len(ring.entries) == 2
        ring.hold()
        running.session.accounts.remove(account.id)
        await running.until(ring.asked.is_set)

    async def later(running: Running) -> None:
        await running.start("test/echo")
        await running.until(lambda: not ring.entries)

    async def last(running: Running) -> None:
        ring.asked.clear()
        await running.start("test/echo")
        await running.until(lambda: running.session.catalogues.of("environment").models)
        assert not ring.asked.is_set(), "it is done once"
        assert not running.told

    play(scenario)
    # As if the program had ended with it.
    ring.is_locked = True
    ring.free.set()
    assert ring.refused.wait(PATIENCE_S)
    assert len(ring.entries) == 2
    ring.is_locked = False
    play(later)
    play(last)


# The keyring comes back after its time


def test_a_key_the_keyring_took_too_late_is_taken_back_and_the_old_one_pays(
    play: Play, server: Server, keyring: SecretService
) -> None:
    accounts: list[Account] = []

    async def scenario(running: Running) -> None:
        account = await add(running, server, key="sk-old", team="Lab", team_id="team-1")
        accounts.append(account)
        said = outcomes(running)
        keyring.pause()
        running.session.accounts.edit(account.id, "Ada", server.endpoint, KEY, "Other", "team-2")
        await running.until(lambda: said)
        assert said == [Failure(Kind.KEY_UNREADABLE, code=SILENT)]
        keyring.resume()
        while (failure := await answer_of(running, account)) is not None:
            assert failure.code == SILENT

    async def later(running: Running) -> None:
        account = await same(running, accounts[0])
        assert (account.team, account.source) == ("Lab", SecretSource.KEYRING)
        assert await answer_of(running, account) is None

    play(scenario)
    play(later)
    assert sent(server) == [("sk-old", "team-1")] * 2


def test_what_the_keyring_took_too_late_and_does_not_give_back_is_not_used(
    play: Play, server: Server, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts: list[Account] = []
    taken: list[str] = []
    keep = ring.set_password

    def keep_once(service: str, username: str, password: str) -> None:
        if taken:
            raise OSError
        keep(service, username, password)
        taken.append(service)

    async def scenario(running: Running) -> None:
        account = await add(running, server, key="sk-old", team="Lab", team_id="team-1")
        accounts.append(account)
        server.reset()
        said = outcomes(running)
        monkeypatch.setattr(ring, "set_password", keep_once)
        await begin_edit(running, ring, account, team="Lab", team_id="team-2")
        await running.until(lambda: said)
        assert said == [Failure(Kind.KEY_UNREADABLE, code=SILENT)]
        ring.free.set()
        while (failure := await answer_of(running, account)) != Failure(Kind.KEY_MISSING):
            assert failure is not None
            assert failure.code == SILENT
        monkeypatch.setattr(ring, "set_password", keep)

    async def later(running: Running) -> None:
        account = await same(running, accounts[0])
        assert await answer_of(running, account) == Failure(Kind.KEY_MISSING)
        said = outcomes(running)
        running.session.accounts.edit(account.id, "Ada", server.endpoint, KEY, "Lab", "team-3")
        await running.until(lambda: said)
        assert await answer_of(running, account) is None

    play(scenario)
    play(later)
    assert sent(server) == [(KEY, "team-3")]


def test_a_key_refused_half_way_leaves_the_account_as_it_was(
    play: Play, server: Server, ring: Ring
) -> None:
    accounts: list[Account] = []

    async def scenario(running: Running) -> None:
        account = await add(running, server, key="sk-old", team="Lab", team_id="team-1")
        accounts.append(account)
        said = outcomes(running)
        ring.is_locked = True
        running.session.accounts.edit(account.id, "Ada", server.endpoint, KEY, "Other", "team-2")
        await running.until(lambda: said)
        ring.is_locked = False
        assert isinstance(said[0], Failure)

    async def later(running: Running) -> None:
        account = await same(running, accounts[0])
        assert account.source is SecretSource.KEYRING
        assert await answer_of(running, account) is None

    play(scenario)
    play(later)
    assert sent(server) == [("sk-old", "team-1")]


# The disk does not take it


def test_what_cannot_be_noted_on_disk_is_not_given_to_the_keyring(
    play: Play, server: Server, ring: Ring, tmp_path: Path
) -> None:
    accounts: list[Account] = []

    async def scenario(running: Running) -> None:
        account = await add(running, server, key="sk-old")
        accounts.append(account)
        said = outcomes(running)
        elsewhere = f"http://127.0.0.1:{server.elsewhere_port}/api/v1"
        with closing(sqlite3.connect(tmp_path / "data/conversations.db")) as other:
            await running.until(lambda: running.session.accounts.preferred == account.id)
            other.execute("BEGIN IMMEDIATE")
            running.session.accounts.edit(account.id, "Ada", elsewhere, KEY, "", None)
            await running.until(lambda: said)
        assert said == [Failure(Kind.NOT_SAVED)]
        assert list(ring.entries.values()) == ["sk-old"]

    async def later(running: Running) -> None:
        account = await same(running, accounts[0])
        assert account == accounts[0]
        assert await answer_of(running, account) is None

    play(scenario)
    play(later)
    assert sent(server) == [("sk-old", None)]

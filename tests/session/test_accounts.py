"""Accounts change only on purpose, and a key never follows to another address."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.chat.account import Account, Credentials, InvalidSecret, PlainHttp, SecretSource
from app.chat.circumstance import About
from tests.helpers.secret_service import SecretService, secret_service
from tests.helpers.server import KEY, Server
from tests.session.conftest import Running, Scenario

Play = Callable[[Scenario], None]


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    with secret_service(tmp_path / "keyring-home") as service:
        address = service.environ["DBUS_SESSION_BUS_ADDRESS"]
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield service


async def add(running: Running, server: Server, **values: Any) -> Account:
    """Add an account and return it once its secrets are kept."""
    await running.start("test/echo")
    kept: list[Account] = []
    running.session.accounts.added.connect(kept.append)
    given: dict[str, Any] = {"name": "Ada", "endpoint": server.endpoint, "key": KEY} | values
    running.session.accounts.add(**given)
    await running.until(lambda: kept)
    return kept[0]


async def ask(running: Running, account: Account) -> None:
    """Say something as an account, in a conversation of its own."""
    conversation = running.session.new_conversation()
    running.session.choose_account(conversation, account.id)
    running.session.choose_model(conversation, "test/echo")
    assert running.session.send(conversation, "hello")
    await running.until(lambda: not conversation.open_replies)


def test_an_account_lives_in_the_keyring_until_it_is_removed(
    play: Play, server: Server, keyring: SecretService
) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server, team="Lab", team_id="team-1")
        assert account.source is SecretSource.KEYRING
        await ask(running, account)
        running.session.accounts.remove(account.id)
        await running.until(lambda: running.session.accounts.get(account.id) is None)
        conversation = running.session.desk.conversation(running.session.desk.front or 0)
        assert conversation is not None
        assert [conversation.text(i) for i in conversation.branch] == ["hello", "hello"]
        assert not running.session.send(conversation, "who pays now?")

    play(scenario)
    chats = [r for r in server.requests() if r.method == "POST"]
    assert [c.headers["x-prime-team-id"] for c in chats] == ["team-1"]


def test_another_address_needs_the_key_again(
    play: Play, server: Server, keyring: SecretService
) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server)
        elsewhere = "https://elsewhere.invalid/api/v1"
        with pytest.raises(InvalidSecret):
            running.session.accounts.edit(account.id, "Ada", elsewhere, None, "", None)
        assert running.session.accounts.get(account.id) == account

    play(scenario)


def test_a_new_name_team_and_key_take_the_place_of_the_old_ones(
    play: Play, server: Server, keyring: SecretService
) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server, key="sk-old", team="Lab", team_id="team-1")
        edited: list[Account] = []
        running.session.accounts.edited.connect(edited.append)
        running.session.accounts.edit(account.id, "Grace", server.endpoint, KEY, "", "")
        await running.until(lambda: edited)
        assert (edited[0].name, edited[0].team, edited[0].id) == ("Grace", None, account.id)
        await ask(running, edited[0])

    play(scenario)
    chats = [r for r in server.requests() if r.method == "POST"]
    assert chats[-1].headers["authorization"] == f"Bearer {KEY}"
    assert "x-prime-team-id" not in chats[-1].headers


def test_plain_http_to_another_computer_is_used_only_by_who_insists(
    play: Play, server: Server
) -> None:
    # This computer by a number, which nobody takes for it but the system's resolver.
    plain = f"http://2130706433:{server.port}/api/v1"

    async def scenario(running: Running) -> None:
        with pytest.raises(PlainHttp):
            running.session.accounts.add("Ada", plain, KEY)
        account = await add(running, server, endpoint=plain, allows_plain=True)
        assert account.allows_plain
        await ask(running, account)
        with pytest.raises(PlainHttp):
            running.session.accounts.edit(account.id, "Ada", plain, None, "", None)
        edited: list[Account] = []
        running.session.accounts.edited.connect(edited.append)
        running.session.accounts.edit(
            account.id, "Ada", server.endpoint, KEY, "", None, allows_plain=True
        )
        await running.until(lambda: edited)
        assert not edited[0].allows_plain, "there is nothing to insist on any more"
        before = len(server.requests())
        failures: list[object] = []
        trial = replace(account, allows_plain=False)
        running.session.trials.try_account(trial, Credentials(KEY), failures.append)
        await running.until(lambda: failures)
        assert getattr(failures[0], "failure", None) is not None
        assert len(server.requests()) == before

    play(scenario)
    chats = [r for r in server.requests() if r.method == "POST"]
    assert [c.headers["authorization"] for c in chats] == [f"Bearer {KEY}"]


def test_a_platform_stays_with_its_address(play: Play, server: Server) -> None:
    config = Path.home() / ".prime" / "config.json"
    config.parent.mkdir(parents=True)
    login = {"api_key": KEY, "inference_url": server.endpoint, "base_url": server.platform}
    config.write_text(json.dumps(login))

    async def scenario(running: Running) -> None:
        await running.start("test/echo")
        accounts, kept, edited = running.session.accounts, list[Account](), list[Account]()
        accounts.added.connect(kept.append)
        accounts.edited.connect(edited.append)
        accounts.cli_login_found.connect(accounts.take_cli_login)
        accounts.look_for_cli_login()
        await running.until(lambda: kept)
        assert kept[0].platform == server.platform
        accounts.edit(kept[0].id, "Ada", f"{server.endpoint}/v2", None, "", None)
        await running.until(lambda: len(edited) == 1)
        assert edited[0].platform == server.platform
        elsewhere = f"http://127.0.0.1:{server.elsewhere_port}/api/v1"
        accounts.edit(kept[0].id, "Ada", elsewhere, KEY, "", None)
        await running.until(lambda: len(edited) == 2)
        assert edited[1].platform == ""

    play(scenario)


def test_an_edit_keeps_what_was_not_typed(
    play: Play, server: Server, keyring: SecretService
) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server, team="Lab", team_id="team-1")
        edited: list[Account] = []
        running.session.accounts.edited.connect(edited.append)
        running.session.accounts.edit(account.id, "Ada", server.endpoint, None, "New Lab", None)
        await running.until(lambda: edited)
        assert edited[0].team == "New Lab"
        await ask(running, edited[0])

    play(scenario)
    chat = [r for r in server.requests() if r.method == "POST"][-1]
    assert chat.headers["authorization"] == f"Bearer {KEY}"
    assert chat.headers["x-prime-team-id"] == "team-1"


def test_without_a_keyring_the_account_is_for_this_run_and_that_is_told(
    play: Play, server: Server
) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server)
        assert account.source is SecretSource.MEMORY
        assert About.NO_KEYRING in [c.about for c in running.told]
        await ask(running, account)

    async def later(running: Running) -> None:
        await running.start("test/echo")
        assert [a.id for a in running.session.accounts.all] == ["environment"]

    play(scenario)
    play(later)


def test_a_trial_bills_nothing_and_says_what_came_of_it(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server)
        trials: list[object] = []
        running.session.trials.try_account(account, None, trials.append)
        await running.until(lambda: trials)
        away = Account("1", "Away", "http://127.0.0.1:9/api/v1", source=SecretSource.MEMORY)
        running.session.trials.try_account(away, None, trials.append)
        running.session.trials.try_model(account, "no/such-model", trials.append)
        await running.until(lambda: len(trials) == 3)
        first, *others = trials
        assert getattr(first, "models", 0) > 5
        assert all(getattr(trial, "failure", None) for trial in others)

    play(scenario)
    assert not [r for r in server.requests() if r.method == "POST"]

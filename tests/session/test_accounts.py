"""Accounts change only on purpose, and a key never follows to another address."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from secretstorage import ItemNotFoundException

from app.chat.account import Account, Credentials, InvalidSecret, PlainHttp, SecretSource
from app.chat.circumstance import About
from app.chat.failure import ABSENT, LOCKED, SILENT, Failure, Kind
from app.store import rings
from tests.helpers.secret_service import SecretService, secret_service
from tests.helpers.server import KEY, Recorded, Server
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


def entry(account: Account, name: str) -> tuple[str, str]:
    """Return where the keyring has a secret of an account."""
    return f"coprime:{account.id}:{name}", "coprime"


async def edit(
    running: Running, account: Account, *, key: str | None = None, team_id: str | None = None
) -> Account | Failure:
    """Give an account other secrets; return it, or why it was refused."""
    accounts, said = running.session.accounts, list[Account | Failure]()
    accounts.edited.connect(said.append)
    accounts.refused.connect(lambda _account, failure: said.append(failure))
    team = account.team or ""
    accounts.edit(account.id, account.name, account.endpoint, key, team, team_id)
    await running.until(lambda: said)
    return said[0]


async def ask(running: Running, account: Account) -> None:
    """Say something as an account, in a conversation of its own."""
    conversation = running.session.new_conversation()
    running.session.choose_account(conversation, account.id)
    running.session.choose_model(conversation, "test/echo")
    assert running.session.messages.send(conversation, "hello")
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
        assert not running.session.messages.send(conversation, "who pays now?")

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

    def plain_requests() -> list[Recorded]:
        return [each for each in server.requests() if "2130706433" in each.headers["host"]]

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
        failures: list[object] = []
        # Its requests are told from those for the models of the edited one by the host.
        before = len(plain_requests())
        trial = replace(account, allows_plain=False)
        running.session.trials.try_account(trial, Credentials(KEY), failures.append)
        await running.until(lambda: failures)
        assert getattr(failures[0], "failure", None) is not None
        assert len(plain_requests()) == before > 0

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


# What the keyring lost, or does not give


@pytest.mark.parametrize(("given", "billed"), [("team-2", "team-2"), ("", None)])
def test_a_team_id_that_is_lost_is_given_anew_or_the_team_dropped(
    play: Play, server: Server, keyring: SecretService, given: str, billed: str | None
) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server, team="Lab", team_id="team-1")
        rings.open_ring().delete_password(*entry(account, "team"))
        await ask(running, account)
        assert not [r for r in server.requests() if r.method == "POST"]
        edited = await edit(running, account, team_id=given)
        assert isinstance(edited, Account)
        await ask(running, edited)

    play(scenario)
    chats = [r for r in server.requests() if r.method == "POST"]
    assert [c.headers.get("x-prime-team-id") for c in chats] == [billed]
    assert chats[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("lost", ["key", "team"])
def test_a_new_key_alone_does_not_bring_back_a_team(
    play: Play, server: Server, keyring: SecretService, lost: str
) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server, key="sk-old", team="Lab", team_id="team-1")
        rings.open_ring().delete_password(*entry(account, lost))
        assert await edit(running, account, key=KEY) == Failure(Kind.TEAM_UNREADABLE)
        assert running.session.accounts.get(account.id) == account
        await ask(running, account)
        assert isinstance(await edit(running, account, key=KEY, team_id="team-2"), Account)

    play(scenario)
    assert not [r for r in server.requests() if r.method == "POST"]


def test_another_name_needs_no_keyring(play: Play, server: Server, keyring: SecretService) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server, team="Lab", team_id="team-1")
        keyring.stop()
        edited = await edit(running, replace(account, name="Grace", team="New Lab"))
        assert edited == replace(account, name="Grace", team="New Lab")

    async def later(running: Running) -> None:
        await running.start("test/echo")
        assert "Grace" in [account.name for account in running.session.accounts.all]

    play(scenario)
    play(later)


def test_a_key_given_for_one_run_is_asked_for_in_the_next_and_no_other_is_used(
    play: Play, server: Server, keyring: SecretService
) -> None:
    accounts: list[Account] = []

    async def scenario(running: Running) -> None:
        accounts.append(await add(running, server, key="sk-old"))
        keyring.stop()
        edited = await edit(running, accounts[0], key=KEY)
        assert isinstance(edited, Account)
        assert edited.source is SecretSource.MEMORY
        assert About.NO_KEYRING in [c.about for c in running.told]
        await ask(running, edited)

    async def later(running: Running) -> None:
        await running.start("test/echo")
        account = running.session.accounts.get(accounts[0].id)
        assert account is not None
        conversation = running.session.new_conversation()
        running.session.choose_account(conversation, account.id)
        running.session.choose_model(conversation, "test/echo")
        assert running.session.messages.send(conversation, "hello")
        await running.until(lambda: not conversation.open_replies)
        completion = conversation.message(conversation.branch[-1]).completion
        assert completion is not None
        assert completion.failure is not None
        assert completion.failure.kind is Kind.KEY_MISSING
        assert await edit(running, account, key=KEY) == replace(
            account, source=SecretSource.KEYRING
        )
        assert rings.open_ring().get_password(*entry(account, "key")) == KEY

    play(scenario)
    sent = [r.headers["authorization"] for r in server.requests() if r.method == "POST"]
    assert sent == [f"Bearer {KEY}"]
    server.reset()
    keyring.start()
    play(later)
    assert "Bearer sk-old" not in [r.headers.get("authorization") for r in server.requests()]


def test_an_account_whose_key_was_replaced_for_one_run_leaves_none_behind(
    play: Play, server: Server, keyring: SecretService
) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server, key="sk-old")
        keyring.stop()
        await edit(running, account, key=KEY)
        keyring.start()
        running.session.accounts.remove(account.id)

        def is_forgotten() -> bool:
            try:
                return rings.open_ring().get_password(*entry(account, "key")) is None
            except ItemNotFoundException:
                return True  # It went while it was looked at.

        await running.until(is_forgotten)

    async def later(running: Running) -> None:
        await running.start("test/echo")
        assert [a.id for a in running.session.accounts.all] == ["environment"]

    play(scenario)
    play(later)


def test_why_the_keyring_kept_nothing_is_told_apart(
    play: Play, server: Server, keyring: SecretService
) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server, team="Lab", team_id="team-1")
        keyring.stop()
        assert await edit(running, account, key="sk-new") == Failure(
            Kind.KEY_UNREADABLE, code=ABSENT
        )
        keyring.start(unlocked=False)
        assert await edit(running, account, team_id="") == Failure(Kind.KEY_UNREADABLE, code=LOCKED)
        assert running.session.accounts.get(account.id) == account
        assert not running.told, "whoever asked hears it"

    play(scenario)


def test_a_keyring_that_stays_silent_lets_a_key_last_for_the_run(
    play: Play, server: Server, keyring: SecretService
) -> None:
    async def scenario(running: Running) -> None:
        account = await add(running, server, key="sk-old")
        keyring.pause()
        try:
            failure = await edit(running, account, key=KEY)
            assert failure == Failure(Kind.KEY_UNREADABLE, code=SILENT)
            edited: list[Account] = []
            running.session.accounts.edited.connect(edited.append)
            running.session.accounts.edit(
                account.id, "Ada", server.endpoint, KEY, "", None, for_this_run=True
            )
            await running.until(lambda: edited)
            assert edited[0].source is SecretSource.MEMORY
            await ask(running, edited[0])
        finally:
            keyring.resume()

    play(scenario)
    chats = [r for r in server.requests() if r.method == "POST"]
    assert [c.headers["authorization"] for c in chats] == [f"Bearer {KEY}"]

"""A trial tells a good key from a bad one, who pays and how much is left, and bills nothing."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.chat.account import Account, Credentials
from app.chat.failure import Kind
from app.chat.platform import Balance
from app.session.trials import AccountTrial, TeamsTrial
from tests.helpers.server import KEY, TEAM_IDS, Server
from tests.session.conftest import Running, Scenario

Play = Callable[[Scenario], None]
TYPED = Credentials(KEY)


@pytest.fixture
def account(server: Server) -> Account:
    """An account at Prime, as it were, that nothing is stored of."""
    return Account("new", "Ada", server.endpoint, platform=server.platform)


async def tried(running: Running, account: Account, typed: Credentials | None) -> AccountTrial:
    trials: list[AccountTrial] = []
    running.session.trials.try_account(account, typed, trials.append)
    await running.until(lambda: trials)
    return trials[0]


async def teams(running: Running, account: Account, typed: Credentials | None) -> TeamsTrial:
    trials: list[TeamsTrial] = []
    running.session.trials.list_teams(account, typed, trials.append)
    await running.until(lambda: trials)
    return trials[0]


async def started(running: Running, server: Server) -> None:
    """Start, and forget what starting asked for."""
    await running.start("test/echo")
    await running.until(lambda: running.session.catalogues.of("environment").models)
    server.reset()


async def logged_in(running: Running, server: Server, **values: Any) -> Account:
    """Take over a login of the Prime CLI, which comes with a platform."""
    config = Path.home() / ".prime" / "config.json"
    config.parent.mkdir(parents=True, exist_ok=True)
    login = {"api_key": KEY, "inference_url": server.endpoint, "base_url": server.platform}
    config.write_text(json.dumps(login | values))
    kept: list[Account] = []
    running.session.accounts.added.connect(kept.append)
    running.session.accounts.cli_login_found.connect(running.session.accounts.take_cli_login)
    running.session.accounts.look_for_cli_login()
    await running.until(lambda: kept and running.session.catalogues.of(kept[0].id).models)
    server.reset()
    return kept[0]


def paths(server: Server) -> list[str]:
    return [heard.path.removeprefix("/api/v1/").partition("?")[0] for heard in server.requests()]


def answer(server: Server, value: Any, status: int = 200) -> None:
    headers = {"Content-Type": "application/json"}
    server.script(json.dumps(value).encode(), status=status, headers=headers)


# Trying an account


def test_a_good_key_is_told_with_its_owner_the_models_and_what_is_left(
    play: Play, server: Server, account: Account
) -> None:
    async def scenario(running: Running) -> None:
        await started(running, server)
        trial = await tried(running, account, TYPED)
        assert trial.identity is not None
        assert (trial.identity.name, trial.identity.may_infer) == ("Ada", True)
        assert trial.models is not None
        assert trial.models > 5
        assert (trial.team, trial.balance) == (None, Balance(Decimal(3)))
        billed = replace(account, team="Prime Team")
        trial = await tried(running, billed, Credentials(KEY, TEAM_IDS[0]))
        assert (trial.team, trial.balance) == ("Prime Team", Balance(Decimal("12.4")))

    play(scenario)
    assert paths(server) == ["user/whoami", "models", "billing/wallet"] * 2
    assert not [heard for heard in server.requests() if heard.method == "POST"]


def test_a_key_the_platform_does_not_know_is_refused(
    play: Play, server: Server, account: Account
) -> None:
    async def scenario(running: Running) -> None:
        await started(running, server)
        trial = await tried(running, account, Credentials("sk-wrong"))
        assert trial.failure is not None
        assert trial.failure.kind is Kind.KEY_REFUSED
        assert trial.models is None

    play(scenario)
    assert paths(server) == ["user/whoami"]


def test_a_good_key_without_the_permission_is_told_as_that(
    play: Play, server: Server, account: Account
) -> None:
    async def scenario(running: Running) -> None:
        await started(running, server)
        answer(server, {"data": {"name": "Ada", "scope": {"inference": {"write": False}}}})
        trial = await tried(running, account, TYPED)
        assert trial.identity is not None
        assert trial.identity.may_infer is False
        assert (trial.models, trial.failure) == (None, None)
        trial = await tried(running, account, TYPED)
        assert trial.models, "a permission that was given meanwhile counts at once"

    play(scenario)


@pytest.mark.parametrize("status", [403, 404, 422, 500, 307])
def test_a_platform_that_fails_keeps_nobody_from_anything(
    play: Play, server: Server, account: Account, status: int
) -> None:
    async def scenario(running: Running) -> None:
        await started(running, server)
        answer(server, {"detail": "no"}, status)
        trial = await tried(running, account, TYPED)
        assert (trial.identity, trial.failure, trial.balance) == (None, None, None)
        assert trial.models

    play(scenario)
    assert paths(server) == ["user/whoami", "models"]


def test_a_balance_that_may_not_be_seen_is_left_out(
    play: Play, server: Server, account: Account
) -> None:
    async def scenario(running: Running) -> None:
        await started(running, server)
        billed = replace(account, team="Not theirs")
        trial = await tried(running, billed, Credentials(KEY, "team-of-others"))
        assert trial.models
        assert (trial.balance, trial.failure) == (None, None)

    play(scenario)


def test_without_a_platform_nobody_is_asked_who_that_is(
    play: Play, server: Server, account: Account
) -> None:
    async def scenario(running: Running) -> None:
        await started(running, server)
        trial = await tried(running, replace(account, platform=""), TYPED)
        assert trial.models
        assert trial.identity is None

    play(scenario)
    assert paths(server) == ["models"]


# What is stored and what is typed


def test_what_is_not_typed_is_taken_from_what_is_stored(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        await started(running, server)
        account = await logged_in(running, server)
        assert (await tried(running, account, None)).balance == Balance(Decimal(3))
        billed = replace(account, team="Prime Team")
        trial = await tried(running, billed, Credentials("", TEAM_IDS[0]))
        assert trial.balance == Balance(Decimal("12.4")), "the stored key, the team chosen"

    play(scenario)
    heard = [each for each in server.requests() if each.path == "/api/v1/models"]
    assert [each.headers.get("x-prime-team-id") for each in heard] == [None, TEAM_IDS[0]]


def test_a_new_key_is_tried_with_the_team_that_is_kept(play: Play, server: Server) -> None:
    async def scenario(running: Running) -> None:
        await started(running, server)
        account = await logged_in(running, server, team_id=TEAM_IDS[0], team_name="Prime Team")
        assert (await tried(running, account, TYPED)).balance == Balance(Decimal("12.4"))
        personal = replace(account, team=None)
        assert (await tried(running, personal, TYPED)).balance == Balance(Decimal(3))
        assert (await tried(running, personal, Credentials(""))).balance == Balance(Decimal(3))

    play(scenario)


@pytest.mark.parametrize("place", ["endpoint", "platform"])
def test_a_stored_key_goes_to_no_other_address(play: Play, server: Server, place: str) -> None:
    async def scenario(running: Running) -> None:
        await started(running, server)
        account = await logged_in(running, server)
        elsewhere = f"http://127.0.0.1:{server.elsewhere_port}"
        moved = replace(account, platform=elsewhere)
        if place == "endpoint":
            moved = replace(account, endpoint=f"{elsewhere}/api/v1")
        for typed in (None, Credentials("", TEAM_IDS[0])):
            trial = await tried(running, moved, typed)
            assert trial.failure is not None
            assert trial.failure.kind is Kind.KEY_MISSING
            assert (await teams(running, moved, typed)).failure is not None

    play(scenario)
    assert server.requests() == []


# Teams


def test_teams_are_asked_for_once_a_run_and_key_and_again_after_a_change(
    play: Play, server: Server, account: Account
) -> None:
    async def scenario(running: Running) -> None:
        await started(running, server)
        for _ in range(2):
            found = await teams(running, account, TYPED)
            assert [team.label for team in found.teams] == ["Prime Team", "Research Lab"]
            assert not any(team_id in repr(found) for team_id in TEAM_IDS)
        assert paths(server) == ["user/teams"]
        other = await teams(running, account, Credentials("sk-another"))
        assert other.failure is not None, "the teams of one key are not those of another"
        await teams(running, await logged_in(running, server), None)
        assert paths(server) == ["user/teams"], "an account was added"

    play(scenario)


def test_why_there_are_no_teams_is_told(play: Play, server: Server, account: Account) -> None:
    async def scenario(running: Running) -> None:
        await started(running, server)
        answer(server, {"detail": "no"}, 403)
        kinds = []
        for typed in (TYPED, Credentials("sk-wrong")):
            failure = (await teams(running, account, typed)).failure
            assert failure is not None
            kinds.append(failure.kind)
        assert kinds == [Kind.FORBIDDEN, Kind.KEY_REFUSED]
        nowhere = await teams(running, replace(account, platform=""), TYPED)
        assert nowhere.failure is not None

    play(scenario)


def test_what_is_given_up_ends_at_once_and_says_nothing_more(
    play: Play, server: Server, account: Account
) -> None:
    async def scenario(running: Running) -> None:
        await started(running, server)
        said: list[object] = []
        for _ in range(2):
            server.script(b"{", end="hang")
        running.session.trials.try_account(account, TYPED, said.append)
        running.session.trials.list_teams(account, TYPED, said.append)
        await running.until(lambda: len(server.requests()) == 2)
        running.session.trials.give_up(account.id)
        await running.until(lambda: all(each.ended == "left" for each in server.requests()))
        assert said == []

    play(scenario)

"""The platform says whose key it is, which teams there are and what is left to pay with."""

import json
import pickle
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.api import limits, platform
from app.api.client import Client
from app.api.errors import NotSent, Refused, ServiceError, Unreachable
from app.api.platform import PAGES, Platform
from app.chat.account import DEMO, NO_CREDENTIALS, PRIME_ENDPOINT, Account, Credentials, platform_of
from app.chat.failure import Kind
from app.chat.platform import Balance, Identity, Team
from tests.api.conftest import CANARY_KEY, CANARY_TEAM, Run
from tests.api.test_secrecy import assert_clean
from tests.helpers.server import TEAM_IDS, Server

JSON = {"Content-Type": "application/json"}
Call = Callable[[Platform], Awaitable[Any]]


@pytest.fixture
def account(server: Server) -> Account:
    return Account("1", "Ada", server.endpoint, platform=server.platform)


@pytest.fixture
def credentials() -> Credentials:
    return Credentials(CANARY_KEY)


def answer(server: Server, value: Any, status: int = 200) -> None:
    server.script(json.dumps(value).encode(), status=status, headers=JSON)


@pytest.fixture
def ask(run: Run) -> Callable[[Call], Any]:
    """Ask once, with connections of its own; return the answer, or the error."""

    def ask_once(call: Call) -> Any:
        async def body() -> Any:
            client = Client("Coprime/0 (test)")
            try:
                return await call(client.platform)
            except ServiceError as error:
                return error
            finally:
                await client.close()

        return run(body())

    return ask_once


Ask = Callable[[Call], Any]


def calling(method: Callable[..., Awaitable[Any]], *given: Any) -> Call:
    return lambda asked: method(asked, *given)


# Who


def test_it_says_whose_key_it_is_and_what_it_may(
    ask: Ask, server: Server, account: Account, credentials: Credentials
) -> None:
    found = ask(lambda p: p.whoami(account, credentials))
    assert found == Identity("Ada", "ada@example.org", "ada", may_infer=True)
    (heard,) = server.requests()
    assert (heard.method, heard.path) == ("GET", "/api/v1/user/whoami")
    assert heard.headers["authorization"] == f"Bearer {CANARY_KEY}"
    assert heard.headers["user-agent"] == "Coprime/0 (test)"


@pytest.mark.parametrize(
    ("scope", "may"),
    [
        ({"inference": {"write": True}}, True),
        ({"inference": {"read": True, "write": False}}, False),
        ({"inference": {"write": None}}, None),
        ({"inference": {"write": "yes"}}, None),
        ({"inference": {}}, None),
        ({"inference": None}, None),
        ({"inference": []}, None),
        ({}, None),
        (None, None),
        ("all", None),
    ],
)
def test_only_a_plain_no_is_a_no(
    ask: Ask, server: Server, account: Account, credentials: Credentials, scope: Any, may: Any
) -> None:
    answer(server, {"data": {"name": "Ada", "scope": scope}})
    assert ask(lambda p: p.whoami(account, credentials)).may_infer is may


def test_what_it_does_not_say_of_a_person_is_unknown(
    ask: Ask, server: Server, account: Account, credentials: Credentials
) -> None:
    answer(server, {"data": {"id": 7, "name": None, "email": ["x"], "slug": "a\x1b[2J\u202eda"}})
    found = ask(lambda p: p.whoami(account, credentials))
    assert found == Identity(slug="a [2J da")
    assert found.label == "a [2J da"


@pytest.mark.parametrize("value", [None, 3, "x", [], {}, {"data": None}, {"data": []}, {"ok": 1}])
def test_what_names_nobody_proves_nothing_of_a_key(
    ask: Ask, server: Server, account: Account, credentials: Credentials, value: Any
) -> None:
    for call in (Platform.whoami, Platform.wallet):
        answer(server, value)
        error = ask(calling(call, account, credentials))
        assert error.failure.kind is Kind.NOT_THE_API


# Teams


def test_teams_come_with_their_names_and_never_show_their_ids(
    ask: Ask, server: Server, account: Account, credentials: Credentials
) -> None:
    teams = ask(lambda p: p.teams(account, credentials))
    assert teams == (
        Team(TEAM_IDS[0], "Prime Team", "prime", "admin"),
        Team(TEAM_IDS[1], "Research Lab", "", "member"),
    )
    assert not any(team_id in f"{teams!r} {teams[0]}" for team_id in TEAM_IDS)
    with pytest.raises(TypeError):
        pickle.dumps(teams[0])
    assert [heard.path for heard in server.requests()] == ["/api/v1/user/teams?offset=0&limit=100"]


def page(first: int, count: int, **more: Any) -> dict[str, Any]:
    entries = [{"teamId": f"team-{i}", "name": f"Team {i}"} for i in range(first, first + count)]
    return {"data": entries, **more}


def test_all_pages_are_read_also_where_nobody_says_how_many(
    ask: Ask, server: Server, account: Account, credentials: Credentials
) -> None:
    answer(server, page(0, 100, total_count=130))
    answer(server, page(100, 30, total_count=130))
    assert len(ask(lambda p: p.teams(account, credentials))) == 130
    for first, count in ((0, 100), (100, 5), (0, 0)):
        answer(server, page(first, count))
    assert len(ask(lambda p: p.teams(account, credentials))) == 105
    offsets = [heard.path.partition("offset=")[2].partition("&")[0] for heard in server.requests()]
    assert offsets == ["0", "100", "0", "100", "105"]


def test_a_platform_that_repeats_itself_or_never_ends_is_left(
    ask: Ask, server: Server, account: Account, credentials: Credentials
) -> None:
    for _ in range(2):
        answer(server, page(0, 100, total_count=10**9))
    assert len(ask(lambda p: p.teams(account, credentials))) == 100
    for number in range(PAGES):
        answer(server, page(number * 100, 100, total_count="many"))
    assert len(ask(lambda p: p.teams(account, credentials))) == PAGES * 100
    assert len(server.requests()) == 2 + PAGES


def test_what_is_no_team_is_left_out_and_names_are_plain(
    ask: Ask, server: Server, account: Account, credentials: Credentials
) -> None:
    hostile: list[Any] = [None, 3, "x", {}, {"teamId": 5}, {"teamId": ""}, {"teamId": "a\r\nX: b"}]
    named = {"teamId": "t1", "name": "A\n\u202eB \x1b<b>", "slug": 7, "role": None}
    telling = {"teamId": "SecretId", "name": "Lab secretid", "role": "OWNER"}
    answer(server, {"data": [*hostile, named, telling, named], "total_count": 0})
    assert ask(lambda p: p.teams(account, credentials)) == (
        Team("t1", "A B <b>"),
        Team("SecretId", "Lab …", "", "owner"),
    )
    answer(server, [{"teamId": "t1"}])
    answer(server, [])
    assert ask(lambda p: p.teams(account, credentials)) == (Team("t1"),)
    answer(server, {"data": {"teamId": "t1"}})
    assert ask(lambda p: p.teams(account, credentials)).failure.kind is Kind.NOT_THE_API


# Wallet


def test_the_wallet_that_pays_is_asked_for(
    ask: Ask, server: Server, account: Account, credentials: Credentials
) -> None:
    team = Credentials(CANARY_KEY, TEAM_IDS[0])
    billed = replace(account, team="Prime Team")
    assert ask(lambda p: p.wallet(account, credentials)) == Balance(Decimal(3))
    assert ask(lambda p: p.wallet(billed, team)) == Balance(Decimal("12.4"))
    own, of_team = server.requests()
    assert own.path == "/api/v1/billing/wallet?limit=1&offset=0"
    assert of_team.path == f"{own.path}&teamId={TEAM_IDS[0]}"


def test_no_team_header_goes_to_the_platform(ask: Ask, server: Server, account: Account) -> None:
    credentials = Credentials(CANARY_KEY, CANARY_TEAM)
    billed = replace(account, team="Lab")
    for call in (Platform.whoami, Platform.teams, Platform.wallet):
        ask(calling(call, billed, credentials))
    assert len(server.requests()) == 3
    assert not any("x-prime-team-id" in heard.headers for heard in server.requests())


@pytest.mark.parametrize(
    ("wallet", "balance"),
    [
        ({"balance_usd": "0.05"}, Balance(Decimal("0.05"))),
        ({"balance_usd": -3.5, "currency": None}, Balance(Decimal("-3.5"))),
        ({"balance_usd": 0, "currency": "eur", "team_id": None}, Balance(Decimal(0), "EUR")),
        ({"data": {"balance_usd": 1}}, Balance(Decimal(1))),
        ({"balance_usd": None}, None),
        ({"balance_usd": True}, None),
        ({"balance_usd": "NaN"}, None),
        ({"balance_usd": "1e400"}, None),
        ({"balance_usd": [5]}, None),
        ({"balance_usd": 5, "team_id": "another"}, None),
    ],
)
def test_a_balance_is_an_amount_or_unknown(
    ask: Ask, server: Server, account: Account, credentials: Credentials, wallet: Any, balance: Any
) -> None:
    answer(server, wallet)
    found = ask(lambda p: p.wallet(account, credentials))
    assert found == balance or (balance is None and isinstance(found, Refused))


def test_the_persons_own_wallet_never_passes_for_the_teams(
    ask: Ask, server: Server, account: Account
) -> None:
    answer(server, {"balance_usd": 50, "team_id": None})
    billed, credentials = replace(account, team="Lab"), Credentials(CANARY_KEY, TEAM_IDS[0])
    assert isinstance(ask(lambda p: p.wallet(billed, credentials)), Refused)


# Where a key may go, and what may be seen of it


@pytest.mark.parametrize("where", ["http://example.org", "ftp://example.org", "https://a:b@c", "x"])
def test_an_unusable_platform_is_not_asked(
    ask: Ask, server: Server, account: Account, credentials: Credentials, where: str
) -> None:
    away = replace(account, platform=where, allows_plain=True)
    error = ask(lambda p: p.whoami(away, credentials))
    assert isinstance(error, NotSent)
    assert error.failure.kind is Kind.WRONG_ADDRESS
    assert server.requests() == []


def test_nothing_is_asked_without_platform_key_or_team_id(
    ask: Ask, server: Server, account: Account, credentials: Credentials
) -> None:
    nowhere = replace(account, platform="")
    teamless = replace(account, team="Lab")
    for asked, given in (
        (nowhere, credentials),
        (DEMO, credentials),
        (account, NO_CREDENTIALS),
        (teamless, credentials),
    ):
        for call in (Platform.whoami, Platform.teams, Platform.wallet):
            error = ask(calling(call, asked, given))
            assert isinstance(error, NotSent)
    assert server.requests() == []


def test_a_key_of_prime_may_go_to_its_platform_and_no_other_key_may() -> None:
    prime = Account("1", "Ada", PRIME_ENDPOINT)
    assert platform_of(prime) == "https://api.primeintellect.ai"
    assert platform_of(replace(prime, endpoint="https://api.example.org/v1")) is None
    assert platform_of(replace(prime, endpoint="https://api.pinference.ai:8443/api/v1")) is None


def test_a_redirect_is_not_followed(
    ask: Ask, server: Server, account: Account, credentials: Credentials
) -> None:
    target = f"http://127.0.0.1:{server.elsewhere_port}/api/v1/user/whoami"
    server.script(status=307, headers={"Location": target})
    assert ask(lambda p: p.whoami(account, credentials)).failure.kind is Kind.MOVED
    assert [heard.elsewhere for heard in server.requests()] == [False]


def test_no_error_shows_key_or_team_id(ask: Ask, server: Server, account: Account) -> None:
    billed, credentials = replace(account, team="Lab"), Credentials(CANARY_KEY, CANARY_TEAM)
    for status, end in ((401, "whole"), (403, "whole"), (500, "reset"), (200, "cut")):
        server.script(
            f'{{"detail": "no {CANARY_KEY} {CANARY_TEAM}"}}'.encode(), status=status, end=end
        )
        assert_clean(ask(lambda p: p.wallet(billed, credentials)))
    answer(server, {"error": {"message": f"{CANARY_TEAM} is not yours", "code": 403}})
    error = ask(lambda p: p.wallet(billed, credentials))
    assert_clean(error)
    assert error.failure.words == "… is not yours"
    away = replace(billed, platform="http://127.0.0.1:9")
    error = ask(lambda p: p.wallet(away, credentials))
    assert isinstance(error, Unreachable)
    assert_clean(error)


def test_a_wrong_key_is_refused(ask: Ask, account: Account) -> None:
    error = ask(lambda p: p.whoami(account, Credentials("sk-wrong")))
    assert error.failure.kind is Kind.KEY_REFUSED


def test_answers_are_bounded_in_time_and_size(
    ask: Ask,
    server: Server,
    account: Account,
    credentials: Credentials,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "CATALOGUE_BYTES", 1000)
    server.script(b"[" * 2000)
    assert ask(lambda p: p.teams(account, credentials)).failure.kind is Kind.TOO_LARGE
    monkeypatch.setattr(limits, "CATALOGUE_S", 0.1)
    monkeypatch.setattr(platform, "WALLET_S", 0.1)
    for call in (Platform.whoami, Platform.teams, Platform.wallet):
        server.script(b"{", end="hang")
        error = ask(calling(call, account, credentials))
        assert error.failure.kind is Kind.SILENT

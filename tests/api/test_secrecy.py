"""Keys, team IDs and the service's words: where they must never be found."""

import gc
import logging
import traceback
from dataclasses import replace

import pytest

from app.api import limits
from app.api.client import Client
from app.api.connections import Way
from app.api.errors import ServiceError
from app.chat.account import Account, Credentials
from tests.api.conftest import CANARY_KEY, CANARY_TEAM, Ask, Run
from tests.helpers.server import BEHAVIOURS, Server

WORDS = "WORDS-OF-THE-SERVICE"


def shown_by(error: BaseException) -> str:
    """Return everything a report of this exception could hold, context included."""
    parts = []
    seen: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is None or one in seen:
            continue
        seen.append(one)
        parts += [str(one), repr(one), *traceback.format_exception(one)]
        todo += [one.__cause__, one.__context__]
    return "\n".join(parts)


def assert_clean(error: ServiceError | None) -> None:
    assert error is not None
    shown = shown_by(error)
    for secret in (CANARY_KEY, CANARY_TEAM, WORDS):
        assert secret not in shown
    for secret in (CANARY_KEY, CANARY_TEAM):
        assert secret.lower() not in repr(error.failure).lower()
    # No library's exception behind it, for that one would hold the request.
    assert error.__context__ is None
    assert error.__cause__ is None


FAILING = [
    name
    for name in BEHAVIOURS
    if name
    not in "happy echo slow long reasoning think comments drip length unfinished linger document"
]


@pytest.mark.parametrize("behaviour", [*FAILING, *(f"status:{s}" for s in (400, 401, 402, 422))])
def test_no_error_shows_a_secret(
    ask: Ask, behaviour: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(limits, "SILENCE_S", 0.05)
    with caplog.at_level(logging.DEBUG):
        assert_clean(ask(f"test/{behaviour}").error)
    assert CANARY_KEY not in caplog.text
    assert CANARY_TEAM not in caplog.text


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9/api/v1", "https://x y/", "ftp://x", ""])
def test_no_error_before_sending_shows_a_secret(ask: Ask, account: Account, endpoint: str) -> None:
    assert_clean(ask("test/happy", account=replace(account, endpoint=endpoint)).error)


def test_a_service_that_echoes_a_secret_is_not_repeated(ask: Ask, server: Server) -> None:
    for status in (401, 500):
        body = f'{{"error":{{"message":"{WORDS} {CANARY_KEY} {CANARY_TEAM}"}}}}'.encode()
        server.script(body, status=status, headers={"X-Request-Id": CANARY_KEY})
        error = ask("test/happy").error
        assert_clean(error)
        assert error is not None
        assert error.failure.words == f"{WORDS} … …"
    server.script(b"data: " + body + b"\n\n")
    assert_clean(ask("test/happy").error)
    server.script(status=307, headers={"Location": f"https://{CANARY_KEY}.example/"})
    assert_clean(ask("test/happy").error)


def test_no_failing_catalogue_shows_a_secret(
    run: Run, server: Server, account: Account, credentials: Credentials
) -> None:
    async def body() -> list[ServiceError]:
        client = Client("x")
        errors = []
        for status, end in ((500, "whole"), (200, "cut"), (200, "reset"), (200, "whole")):
            server.script(WORDS.encode(), status=status, end=end)
            try:
                await client.models(account, credentials)
            except ServiceError as error:
                errors.append(error)
        await client.close()
        return errors

    errors = run(body())
    assert len(errors) == 4
    for error in errors:
        assert_clean(error)


def test_logs_hold_no_address_and_no_header(
    ask: Ask, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        ask("test/happy")
        ask("test/cut")
    ours = [
        r for r in caplog.records if r.name.split(".")[0] in ("httpx", "httpcore", "h11", "app")
    ]
    assert ours == []


def test_credentials_outlive_no_request(run: Run, server: Server, account: Account) -> None:
    class Watched(Credentials):
        """Credentials that can be counted."""

    async def body() -> int:
        client = Client("x")
        await client.models(account, Watched(CANARY_KEY, CANARY_TEAM))
        gc.collect()
        alive = sum(isinstance(thing, Watched) for thing in gc.get_objects())
        headers = client._connections._pools[Way.DIRECT].http.headers
        assert "authorization" not in headers
        await client.close()
        return alive

    assert run(body()) == 0

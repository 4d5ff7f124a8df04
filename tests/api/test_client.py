"""The client against a real server in another process."""

import asyncio
import sys
import time
from contextlib import aclosing
from dataclasses import replace
from decimal import Decimal
from subprocess import run as run_process
from typing import Any

import httpx
import pytest

from app.api import limits
from app.api.client import Client
from app.api.errors import Interrupted, NotSent, Refused, ServiceError, Unreachable
from app.chat.account import NO_CREDENTIALS, Account, Credentials
from app.chat.failure import Kind
from app.chat.message import Delta, Role, Turn
from app.chat.parameters import Parameters
from app.chat.request import Request
from tests.api.conftest import CANARY_KEY, CANARY_TEAM, Ask, Run, hear
from tests.helpers.server import Server

TEXT = "The capital of France is Paris, and it rains."


def asked(account: Account, model: str = "test/happy") -> Request:
    return Request(account, model, (Turn(Role.USER, "Hello"),))


def test_a_reply_streams_in_with_usage_and_cost(ask: Ask) -> None:
    outcome = ask("test/happy")
    assert outcome.error is None
    assert outcome.text == TEXT
    assert outcome.finish_reason == "stop"
    assert outcome.usage is not None
    assert (outcome.usage.prompt, outcome.usage.completion) == (12, 9)
    assert outcome.usage.cost == Decimal("0.000123")
    assert outcome.deltas[0].request_id == "chatcmpl-1"


def test_a_request_carries_what_it_must_and_no_more(ask: Ask, server: Server) -> None:
    ask("test/echo", "Grüße 😀", Parameters(0.5, 100, ("END",), "low"))
    (heard,) = server.requests()
    assert (heard.method, heard.path) == ("POST", "/api/v1/chat/completions")
    assert heard.headers == {
        "host": f"127.0.0.1:{server.port}",
        "accept": "text/event-stream, application/json",
        "accept-encoding": "identity",
        "connection": "keep-alive",
        "user-agent": "Coprime/0 (test)",
        "authorization": f"Bearer {CANARY_KEY}",
        "x-prime-team-id": CANARY_TEAM,
        "content-type": "application/json",
        "content-length": str(len(heard.body)),
    }
    assert heard.json == {
        "model": "test/echo",
        "messages": [{"role": "user", "content": "Grüße 😀"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.5,
        "max_tokens": 100,
        "stop": ["END"],
        "reasoning_effort": "low",
    }


def test_without_a_stream_the_reply_is_one_list(ask: Ask, server: Server) -> None:
    outcome = ask("test/happy", parameters=Parameters(stream=False))
    assert outcome.error is None
    assert outcome.text == TEXT
    assert len(outcome.lists) == 1
    assert outcome.usage is not None
    assert server.requests()[0].json["stream"] is False


@pytest.mark.parametrize(
    "behaviour", ["happy", "comments", "drip", "unfinished", "document", "length", "slow:1"]
)
def test_a_whole_reply_is_whole_however_it_comes(ask: Ask, behaviour: str) -> None:
    outcome = ask(f"test/{behaviour}")
    assert outcome.error is None
    assert outcome.text == TEXT


def test_reasoning_comes_apart_from_the_text(ask: Ask) -> None:
    outcome = ask("test/reasoning")
    assert (outcome.reasoning, outcome.text) == ("Let me think.", TEXT)


def test_a_long_reply_arrives_whole(ask: Ask) -> None:
    outcome = ask("test/long:20000")
    assert outcome.error is None
    assert outcome.text == "".join(f"word{number} " for number in range(20_000))


def test_text_is_handed_over_while_the_reply_is_still_coming(
    run: Run, server: Server, account: Account, credentials: Credentials
) -> None:
    async def body() -> list[str]:
        client = Client("x")
        seen = []
        async with aclosing(client.complete(asked(account, "test/gated"), credentials)) as lists:
            async for deltas in lists:
                seen.append("".join(delta.text for delta in deltas))
                if "".join(seen) == "one ":
                    assert not server.requests()[0].ended
                    server.release()
        await client.close()
        return seen

    assert "".join(run(body())) == "one two three"


@pytest.mark.parametrize(
    ("behaviour", "kind", "text"),
    [
        ("cut", Kind.CUT, "The capital of France is "),
        ("cut-close", Kind.CUT, "The capital of France is "),
        ("reset", Kind.CUT, "The capital of France is "),
        ("hang-up", Kind.CUT, ""),
        ("error-midway", Kind.FAILED_MIDWAY, "The capital of France is "),
        ("gzip", Kind.ENCODED, ""),
        ("empty", Kind.EMPTY, ""),
    ],
)
def test_an_interrupted_reply_keeps_what_came(
    ask: Ask, behaviour: str, kind: Kind, text: str
) -> None:
    outcome = ask(f"test/{behaviour}")
    assert isinstance(outcome.error, Interrupted)
    assert outcome.error.failure.kind is kind
    assert outcome.error.failure.host == "127.0.0.1"
    assert outcome.text == text


@pytest.mark.parametrize(
    ("behaviour", "kind", "status"),
    [
        ("status:400", Kind.REQUEST_REFUSED, 400),
        ("status:401", Kind.KEY_REFUSED, 401),
        ("status:402", Kind.NO_BALANCE, 402),
        ("status:403", Kind.FORBIDDEN, 403),
        ("status:404", Kind.MODEL_GONE, 404),
        ("status:413", Kind.REQUEST_TOO_LARGE, 413),
        ("status:422", Kind.REQUEST_REFUSED, 422),
        ("status:429", Kind.BUSY, 429),
        ("status:500", Kind.SERVICE_FAULT, 500),
        ("status:503", Kind.UNAVAILABLE, 503),
        ("html", Kind.NOT_THE_API, 200),
        ("blocked", Kind.BLOCKED, 403),
        ("gateway", Kind.TIMED_OUT, 524),
        ("document-error", Kind.FAILED_MIDWAY, None),
        ("error-first", Kind.FAILED_MIDWAY, None),
    ],
)
def test_a_refusal_is_told(ask: Ask, behaviour: str, kind: Kind, status: int | None) -> None:
    outcome = ask(f"test/{behaviour}")
    assert isinstance(outcome.error, Refused)
    assert (outcome.error.failure.kind, outcome.error.failure.status) == (kind, status)
    assert outcome.lists == []


def test_a_refusal_brings_its_facts(ask: Ask) -> None:
    poor = ask("test/status:402").error
    assert poor is not None
    assert poor.failure.code == "insufficient_funds"
    assert poor.failure.words.startswith("Insufficient balance")
    assert poor.failure.request_ids == ("req-123", "inf-123")
    busy = ask("test/status:429").error
    assert busy is not None
    assert busy.failure.retry_after_s == 7
    picky = ask("test/status:400", parameters=Parameters(temperature=1)).error
    assert picky is not None
    assert (picky.failure.kind, picky.failure.parameter) == (Kind.PARAMETER_REFUSED, "temperature")


def test_a_request_id_in_the_headers_is_kept(ask: Ask, server: Server) -> None:
    done = b'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n\n'
    server.script(done, headers={"X-Request-Id": "req-7"})
    assert [delta.request_id for delta in ask("test/happy").deltas] == ["req-7"]
    server.script(b"", status=500, headers={"X-Request-Id": "req-8"})
    error = ask("test/happy").error
    assert error is not None
    assert error.failure.request_ids == ("req-8",)


def test_a_wrong_key_is_refused(ask: Ask) -> None:
    outcome = ask("test/happy", credentials=Credentials("sk-other", CANARY_TEAM))
    assert outcome.kind == "key_refused"


def test_nothing_answers_at_a_closed_port(ask: Ask, account: Account) -> None:
    outcome = ask("test/happy", account=replace(account, endpoint="http://127.0.0.1:9/api/v1"))
    assert isinstance(outcome.error, Unreachable)
    assert outcome.kind == "unreachable"


@pytest.mark.parametrize(
    "bytes_",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    ],
)
def test_what_speaks_no_http_is_not_the_api(ask: Ask, server: Server, bytes_: bytes) -> None:
    server.script(bytes_, raw=True, end="close")
    assert ask("test/happy").kind == "not_the_api"


def test_silence_before_the_headers_times_out(
    ask: Ask, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SILENCE_S", 0.1)
    outcome = ask("test/mute")
    assert isinstance(outcome.error, Interrupted)
    assert outcome.kind == "timed_out"
    server.wait_for(lambda heard: heard[0].ended == "left")


def test_silence_within_a_reply_ends_it(
    ask: Ask, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SILENCE_S", 0.2)
    outcome = ask("test/gated")
    assert isinstance(outcome.error, Interrupted)
    assert (outcome.kind, outcome.text) == ("silent", "one ")
    server.wait_for(lambda heard: heard[0].ended == "left")


def test_bytes_keep_a_slow_reply_alive(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SILENCE_S", 0.25)
    assert ask("test/slow:50").error is None


def test_a_body_that_lingers_after_its_end_is_left(
    ask: Ask, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "DONE_TAIL_S", 0.05)
    started = time.monotonic()
    outcome = ask("test/linger")
    assert outcome.error is None
    assert outcome.usage is not None
    assert time.monotonic() - started < limits.FINISH_TAIL_S / 2
    server.wait_for(lambda heard: heard[0].ended == "left")


def test_usage_after_the_finish_reason_is_awaited_but_not_for_ever(
    ask: Ask, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FINISH_TAIL_S", 0.05)
    finish = b'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n\n'
    server.script(finish, end="hang")
    assert ask("test/happy").error is None


def test_a_cut_after_the_finish_reason_is_no_failure(ask: Ask, server: Server) -> None:
    finish = b'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n\n'
    for end in ("cut", "close", "reset"):
        server.script(finish, end=end)
        outcome = ask("test/happy")
        assert (outcome.error, outcome.text) == (None, "a")


def test_a_stream_cut_anywhere_never_passes_for_whole(
    run: Run, server: Server, account: Account, credentials: Credentials
) -> None:
    stream = (
        b'data: {"choices":[{"delta":{"content":"caf\xc3\xa9"}}]}\r\n\r\n'
        b'data: {"choices":[{"delta":{"content":" \xf0\x9f\x98\x80"}}]}\n\n'
        b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    )
    ended = stream.index(b'"stop"}]}') + len(b'"stop"}]}')

    async def body() -> None:
        client = Client("x")
        for at in range(0, len(stream), 3):
            for end in ("cut", "close"):
                server.script(stream[:at], end=end)
                outcome = await hear(client, asked(account), credentials)
                assert (outcome.error is None) == (at >= ended), (at, end, outcome)
                assert "café 😀".startswith(outcome.text)
                assert outcome.kind in ("", "cut", "empty"), (at, end)
        await client.close()

    run(body())


def test_an_error_body_is_read_to_a_bound(
    ask: Ask, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = time.monotonic()
    server.script(*[b"x" * 60_000] * 2, status=500, headers={}, end="hang")
    assert ask("test/happy").kind == "service_fault"
    assert time.monotonic() - started < 2
    monkeypatch.setattr(limits, "CATALOGUE_S", 0.1)
    server.script(b'{"error":{"message":"x"}}', status=500, headers={}, end="hang")
    assert ask("test/happy").kind == "service_fault"
    server.script(b'{"error":{"mess', status=500, headers={}, end="cut")
    assert ask("test/happy").kind == "service_fault"


def test_models_are_listed_with_and_without_a_key(
    run: Run, server: Server, account: Account, credentials: Credentials
) -> None:
    async def body() -> None:
        client = Client("x")
        models = await client.models(account, credentials)
        assert models == await client.models(account, NO_CREDENTIALS)
        assert models[0].id == "test/happy"
        assert models[0].prices.output == Decimal("4.5")
        await client.close()

    run(body())
    with_key, without = server.requests()
    assert with_key.path == without.path == "/api/v1/models"
    assert with_key.headers["authorization"] == f"Bearer {CANARY_KEY}"
    assert with_key.headers["x-prime-team-id"] == CANARY_TEAM
    assert "authorization" not in without.headers
    assert "x-prime-team-id" not in without.headers


@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("meta-llama/llama-3.3-70b-instruct", "meta-llama/llama-3.3-70b-instruct"),
        (
            "Qwen/Qwen3-4B-Instruct-2507:gw3zytpj9den6zgp4w9xosnk",
            "Qwen/Qwen3-4B-Instruct-2507:gw3zytpj9den6zgp4w9xosnk",
        ),
        ("a?x", "a%3Fx"),
        ("a#b", "a%23b"),
        ("a b/ä", "a%20b/%C3%A4"),
        ("%2e%2e/%2fadmin", "%252e%252e/%252fadmin"),
        ("\\\\host", "%5C%5Chost"),
    ],
)
def test_an_id_is_asked_for_inside_the_path(
    run: Run, server: Server, account: Account, credentials: Credentials, model: str, path: str
) -> None:
    async def body() -> str:
        client = Client("x")
        try:
            return (await client.model(account, credentials, model)).id
        except Refused as error:
            return error.failure.kind.value
        finally:
            await client.close()

    assert run(body()) in (model, "model_gone")
    assert [heard.path for heard in server.requests()] == [f"/api/v1/models/{path}"]


@pytest.mark.parametrize(
    "model", ["../../admin", "a/../b", ".", "", "/", "a//b", "a\r\nb", "\ud800"]
)
def test_an_id_that_could_leave_the_path_is_not_sent(
    run: Run, server: Server, account: Account, credentials: Credentials, model: str
) -> None:
    async def body() -> ServiceError:
        with pytest.raises(NotSent) as caught:
            await Client("x").model(account, credentials, model)
        return caught.value

    assert run(body()).failure.kind is Kind.MODEL_GONE
    assert server.requests() == []


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"<html>", 200, Kind.NOT_THE_API),
        (b"{}", 200, Kind.NOT_THE_API),
        (b'{"data":[', 200, Kind.NOT_THE_API),
        (b'{"error":{"message":"x","code":429}}', 200, Kind.BUSY),
        (b'{"detail":"Not Found"}', 404, Kind.WRONG_ADDRESS),
        (b"", 401, Kind.KEY_REFUSED),
    ],
)
def test_a_catalogue_that_is_none_is_refused(
    run: Run,
    server: Server,
    account: Account,
    credentials: Credentials,
    body: bytes,
    status: int,
    kind: Kind,
) -> None:
    async def ask_models() -> Kind:
        client = Client("x")
        with pytest.raises(Refused) as caught:
            await client.models(account, credentials)
        await client.close()
        return caught.value.failure.kind

    server.script(body, status=status, headers={"Content-Type": "application/json"})
    assert run(ask_models()) is kind


def test_a_catalogue_is_bounded_in_time_and_size(
    run: Run,
    server: Server,
    account: Account,
    credentials: Credentials,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def ask_models() -> Kind:
        client = Client("x")
        with pytest.raises(Interrupted) as caught:
            await client.models(account, credentials)
        await client.close()
        return caught.value.failure.kind

    monkeypatch.setattr(limits, "CATALOGUE_BYTES", 1000)
    server.script(b"[" * 2000)
    assert run(ask_models()) is Kind.TOO_LARGE
    monkeypatch.setattr(limits, "CATALOGUE_S", 0.1)
    server.script(b"[", end="hang")
    assert run(ask_models()) is Kind.SILENT


def test_a_team_that_cannot_be_read_sends_nothing(ask: Ask, server: Server) -> None:
    outcome = ask("test/happy", credentials=Credentials(CANARY_KEY))
    assert isinstance(outcome.error, NotSent)
    assert outcome.kind == "team_unreadable"
    assert server.requests() == []


def test_no_key_sends_nothing(ask: Ask, server: Server) -> None:
    outcome = ask("test/happy", credentials=NO_CREDENTIALS)
    assert isinstance(outcome.error, NotSent)
    assert outcome.kind == "key_missing"
    assert server.requests() == []


def test_a_personal_account_sends_no_team(ask: Ask, server: Server, account: Account) -> None:
    ask("test/happy", account=replace(account, team=None), credentials=Credentials(CANARY_KEY))
    assert "x-prime-team-id" not in server.requests()[0].headers


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://example.com/api/v1",
        "https://user:pass@127.0.0.1/api/v1",
        "https://127.0.0.1/../x",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "",
        "nonsense",
        "https://exa mple/",
        "https://[::1/api",
    ],
)
def test_an_address_that_is_none_sends_nothing(ask: Ask, account: Account, endpoint: str) -> None:
    outcome = ask("test/happy", account=replace(account, endpoint=endpoint))
    assert isinstance(outcome.error, NotSent)
    assert outcome.kind == "wrong_address"


def test_a_request_that_strayed_to_another_origin_is_not_sent(
    ask: Ask, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = httpx.AsyncClient.build_request

    def stray(self: httpx.AsyncClient, method: str, url: str, **others: Any) -> httpx.Request:
        return build(
            self, method, url.replace(str(server.port), str(server.elsewhere_port)), **others
        )

    monkeypatch.setattr(httpx.AsyncClient, "build_request", stray)
    outcome = ask("test/happy")
    assert isinstance(outcome.error, NotSent)
    assert server.requests() == []


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + b"X: " + b"x" * 5_000_000 + b"\r\n\r\n",
        OK + b"X: y\r\n" * 10_000 + b"\r\n",
        OK + b"X: a\0b\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000,
        OK + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nx",
        OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\nx",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 \xff\r\n\r\n",
        OK + b"Content-Encoding: gzip, br, x\r\n\r\n\x1f\x8b",
        OK + b"Content-Type: text/event-stream; charset=utf-7\r\n\r\n+ADw-",
        b"",
    ],
)
def test_odd_http_is_an_error_of_ours(
    ask: Ask, server: Server, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SILENCE_S", 0.5)
    server.script(answer, raw=True, end="close")
    outcome = ask("test/happy")
    assert isinstance(outcome.error, ServiceError)
    assert outcome.text == ""


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_told_and_not_followed(ask: Ask, server: Server, status: int) -> None:
    outcome = ask(f"test/redirect:{status}")
    assert isinstance(outcome.error, Refused)
    assert (outcome.kind, outcome.error.failure.words) == ("moved", "127.0.0.1")
    assert [heard.elsewhere for heard in server.requests()] == [False]


@pytest.mark.parametrize("target", ["//evil.example/x", "file:///x", "http://[::1", "", "/sk?a"])
def test_any_location_is_survived(ask: Ask, server: Server, target: str) -> None:
    server.script(status=307, headers={"Location": target})
    assert ask("test/happy").kind == "moved"


def test_cookies_are_not_kept(
    run: Run, server: Server, account: Account, credentials: Credentials
) -> None:
    async def body() -> None:
        client = Client("x")
        for _ in range(2):
            await hear(client, asked(account), credentials)
        await client.close()

    run(body())
    assert all("cookie" not in heard.headers for heard in server.requests())
    assert len(server.requests()) == 2


def test_a_second_request_reuses_the_connection(
    run: Run, server: Server, account: Account, credentials: Credentials
) -> None:
    async def body() -> None:
        client = Client("x")
        for _ in range(3):
            assert (await hear(client, asked(account), credentials)).error is None
        await client.close()

    run(body())
    assert len({heard.connection for heard in server.requests()}) == 1


def test_the_environment_changes_nothing(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "socks5://127.0.0.1:9")
    monkeypatch.setenv("SSLKEYLOGFILE", f"{tmp_path}/keys")
    assert ask("test/happy").error is None


def test_tls_writes_no_key_log(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    from app.api.connections import trust

    monkeypatch.setenv("SSLKEYLOGFILE", f"{tmp_path}/keys")
    context = trust()
    assert getattr(context, "keylog_filename", None) is None
    assert context.check_hostname


def test_fifty_replies_at_once(
    run: Run, server: Server, account: Account, credentials: Credentials
) -> None:
    async def body() -> None:
        client = Client("x")
        outcomes = await asyncio.gather(
            *(hear(client, asked(account, "test/long:200"), credentials) for _ in range(50))
        )
        assert {outcome.text for outcome in outcomes} == {
            "".join(f"word{number} " for number in range(200))
        }
        await client.close()

    run(body())


def test_a_flood_that_is_here_already_lets_the_loop_turn(
    run: Run,
    server: Server,
    account: Account,
    credentials: Credentials,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n'
    monkeypatch.setattr("app.api.client._SLICE_S", -1)

    async def body() -> int:
        turns = 0

        async def turn() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        client = Client("x")
        server.script(*[event] * 2_000, b"data: [DONE]\n\n")
        turning = asyncio.ensure_future(turn())
        outcome = await hear(client, asked(account), credentials)
        turning.cancel()
        assert outcome.text == "a" * 2_000
        await client.close()
        return turns - len(outcome.lists)

    assert run(body()) > 0


def test_what_comes_at_once_is_handed_over_in_pieces(
    run: Run, server: Server, account: Account, credentials: Credentials
) -> None:
    event = b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n'

    async def body() -> list[list[Delta]]:
        client = Client("x")
        server.script(event * 2_000 + b"data: [DONE]\n\n")
        outcome = await hear(client, asked(account), credentials)
        await client.close()
        assert outcome.text == "a" * 2_000
        return outcome.lists

    assert max(map(len, run(body()))) < 200


def test_one_call_is_one_request(ask: Ask, server: Server) -> None:
    for behaviour in ("status:500", "status:503", "status:429", "cut", "hang-up", "reset"):
        server.reset()
        ask(f"test/{behaviour}")
        assert len(server.requests()) == 1


def test_the_door_is_cheap_to_import() -> None:
    code = (
        "import sys, app.api.client as c; c.Client('x');"
        "heavy = {'httpx', 'httpcore', 'h11', 'anyio', 'truststore', 'app.api.demo'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = run_process([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

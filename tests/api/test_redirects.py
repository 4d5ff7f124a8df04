"""Redirects, cookies and other things a service or an environment would have followed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import trustme

from app.api.client import Client
from app.api.errors import Refused, ServiceError
from app.chat.account import Account, Credentials
from app.chat.message import Role, Turn
from app.chat.request import Request
from tests.api.conftest import CANARY_KEY, CANARY_TEAM, Ask, Outcome, Run, hear
from tests.api.test_tls import REPLY, server_side
from tests.helpers.server import Server

STATUSES = (300, 301, 302, 303, 304, 307, 308)


class Two:
    """A service and another origin, and what connected to each."""

    def __init__(self) -> None:
        self.here, self.there, self.there_tls = 0, 0, 0
        self.heard: dict[str, list[bytes]] = {"here": [], "there": [], "there_tls": []}
        self.answer = b""


@asynccontextmanager
async def two_origins() -> AsyncIterator[Two]:
    """Serve one origin that answers with `answer`, and two that answer well."""
    two = Two()

    async def serve(name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        two.heard[name].append(await reader.read(100_000))
        writer.write(two.answer if name == "here" else REPLY)
        writer.close()

    tls = server_side(trustme.CA().issue_cert("127.0.0.1"))
    servers = []
    for name, context in (("here", None), ("there", None), ("there_tls", tls)):
        server = await asyncio.start_server(partial(serve, name), "127.0.0.1", 0, ssl=context)
        servers.append(server)
        setattr(two, name, server.sockets[0].getsockname()[1])
    try:
        yield two
    finally:
        for server in servers:
            server.close()
            await server.wait_closed()


TARGETS = {
    "http": "http://127.0.0.2:{there}/api/v1/chat/completions",
    "other port": "http://127.0.0.1:{there}/api/v1/chat/completions",
    "https": "https://127.0.0.1:{there_tls}/api/v1/chat/completions",
    "no scheme": "//127.0.0.1:{there}/api/v1",
    "same origin": "http://127.0.0.1:{here}/elsewhere",
    "path": "/elsewhere",
    "loop": "http://127.0.0.1:{here}/api/v1/chat/completions",
    "file": "file:///etc/passwd",
    "user": "http://ada:secret@127.0.0.1:{there}/",
    "nonsense": "http://[:::",
    "empty": "",
}
HOSTS = {"http": "127.0.0.2", "file": "", "nonsense": "", "empty": ""}


@pytest.mark.parametrize("target", TARGETS)
def test_a_redirect_is_refused_and_the_host_named(
    run: Run, account: Account, credentials: Credentials, target: str
) -> None:
    async def body() -> tuple[list[Outcome], Two]:
        async with two_origins() as two:
            location = TARGETS[target].format(
                here=two.here, there=two.there, there_tls=two.there_tls
            )
            asked = replace(account, endpoint=f"http://127.0.0.1:{two.here}/api/v1")
            request = Request(asked, "m", (Turn(Role.USER, "Hello"),))
            client = Client("x")
            outcomes = []
            for status in STATUSES:
                two.answer = (
                    f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\n"
                    "Content-Length: 0\r\nConnection: close\r\n\r\n"
                ).encode()
                outcomes.append(await hear(client, request, credentials))
            await client.close()
        return outcomes, two

    outcomes, two = run(body())
    for outcome, status in zip(outcomes, STATUSES, strict=True):
        assert isinstance(outcome.error, Refused)
        assert outcome.kind == "moved"
        # Where the address cannot be read, httpx gives no answer to read a status from.
        assert outcome.error.failure.status in (status, None if target == "nonsense" else status)
        assert outcome.error.failure.words == HOSTS.get(target, "127.0.0.1")
        assert "secret" not in repr(outcome.error.failure)
    # One request each, and none elsewhere.
    assert len(two.heard["here"]) == len(STATUSES)
    assert two.heard["there"] == []
    assert two.heard["there_tls"] == []


def test_a_redirect_of_a_catalogue_is_refused_too(
    run: Run, server: Server, account: Account, credentials: Credentials
) -> None:
    server.script(status=308, headers={"Location": f"http://127.0.0.1:{server.elsewhere_port}/"})

    async def body() -> ServiceError:
        client = Client("x")
        with pytest.raises(Refused) as caught:
            await client.models(account, credentials)
        await client.close()
        return caught.value

    assert run(body()).failure.kind == "moved"
    assert [heard.elsewhere for heard in server.requests()] == [False]


def test_no_cookie_is_ever_sent_back(
    run: Run, server: Server, account: Account, credentials: Credentials
) -> None:
    request = Request(account, "test/happy", (Turn(Role.USER, "Hello"),))

    async def body() -> None:
        client = Client("x")
        for _ in range(2):
            assert (await hear(client, request, credentials)).error is None
        await client.models(account, credentials)
        await client.close()

    run(body())
    heard = server.requests()
    assert len(heard) == 3
    for one in heard:
        assert not {"cookie", "if-none-match", "if-modified-since"} & one.headers.keys()


def test_no_variable_or_file_of_the_environment_changes_what_is_sent(
    ask: Ask, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login eve password stolen\n")
    netrc.chmod(0o600)
    (Path.home() / ".netrc").write_text(netrc.read_text())
    assert ask("test/happy").error is None
    for name, value in {
        "NETRC": str(netrc),
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "socks5://127.0.0.1:9",
        "SSLKEYLOGFILE": str(tmp_path / "keys.log"),
        "PYTHONHTTPSVERIFY": "0",
        "PYTHONASYNCIODEBUG": "1",
        "HTTPX_LOG_LEVEL": "trace",
    }.items():
        monkeypatch.setenv(name, value)
    assert ask("test/happy").error is None
    before, after = server.requests()
    assert after.body == before.body
    assert after.headers == before.headers
    assert after.headers["authorization"] == f"Bearer {CANARY_KEY}"
    assert after.headers["x-prime-team-id"] == CANARY_TEAM
    assert not (tmp_path / "keys.log").exists()

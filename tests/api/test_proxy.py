"""A proxy carries what goes out to the network, and nothing else."""

import asyncio
import base64
import gc
import logging
import os
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import trustme

from app.api import limits
from app.api.client import Client
from app.api.errors import NotSent, ServiceError, Unreachable
from app.chat.account import DEMO, NO_CREDENTIALS, Account, Credentials
from app.chat.network import SYSTEM_PROXY
from tests.api.conftest import CANARY_KEY, Run
from tests.api.test_secrecy import shown_by
from tests.api.test_tls import server_side
from tests.helpers.server import KEY, Server

AWAY = Account("1", "Away", "https://inference.invalid/api/v1")
WHO = Credentials(CANARY_KEY)
MODELS = b'{"data":[{"id":"m"}]}'
SECRET = "pRoXySeCrEt"


@pytest.fixture(autouse=True)
def _no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep this computer's own proxy out of it."""
    monkeypatch.setenv("PATH", "/nowhere")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def service(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ssl.SSLContext:
    """The certificate of the service, which this computer trusts."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return server_side(authority.issue_cert("inference.invalid"))


Speak = Callable[["Proxy", asyncio.StreamReader, asyncio.StreamWriter], object]


class Proxy:
    """Leads every connection to one port, or does what a test wants instead."""

    def __init__(self, lets_through_to: int = 0) -> None:
        self.target = lets_through_to
        self.port = 0
        self.asked: list[bytes] = []
        self.answer: bytes | None = None
        """Said instead of letting it through; empty: hangs up."""
        self.is_mute = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            first = await reader.readexactly(1)
            is_socks = first == b"\x05"
            rest = await reader.read(2) if is_socks else await reader.readuntil(b"\r\n\r\n")
            self.asked.append(first + rest)
            if self.is_mute:
                await reader.read()
            elif self.answer is not None:
                writer.write(self.answer)
                await writer.drain()
            else:
                if is_socks:
                    await self._greet_socks(rest, reader, writer)
                else:
                    writer.write(b"HTTP/1.1 200 Go on\r\n\r\n")
                await self._lead(reader, writer)
        writer.close()

    async def _greet_socks(
        self, methods: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"\x05" + methods[1:2])
        if methods[1:2] == b"\x02":
            self.asked.append(await reader.read(1000))
            writer.write(b"\x01\x00")
        self.asked.append(await reader.read(1000))
        writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x01")

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.target)

        async def carry(one: asyncio.StreamReader, other: asyncio.StreamWriter) -> None:
            with suppress(OSError):
                while chunk := await one.read(65536):
                    other.write(chunk)
            other.close()

        await asyncio.gather(carry(reader, back), carry(there, writer))


@asynccontextmanager
async def proxied(
    service: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[Proxy, list[bytes]]]:
    """Run a proxy, spoken to over TLS if need be, before a service that lists one model."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while request := await reader.readuntil(b"\r\n\r\n"):
                heard.append(request)
                size = len(MODELS)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + MODELS)
        writer.close()

    origin = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=service)
    proxy = Proxy(origin.sockets[0].getsockname()[1])
    listener = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, ssl=tls)
    proxy.port = listener.sockets[0].getsockname()[1]
    try:
        yield proxy, heard
    finally:
        for server in (listener, origin):
            server.close()
            await server.wait_closed()
        await asyncio.sleep(0.02)


async def models(way_out: str | None, account: Account = AWAY) -> list[str] | ServiceError:
    """List the models by way of a proxy; None: by the one a new client uses."""
    client = Client("test")
    if way_out is not None:
        await client.use_proxy(way_out)
    try:
        return [model.id for model in await client.models(account, WHO)]
    except ServiceError as error:
        return error
    finally:
        await client.close()


def assert_failed(error: object, kind: str, status: int | None = None) -> None:
    assert isinstance(error, Unreachable), error
    assert (error.failure.kind, error.failure.status) == (kind, status)
    assert error.__context__ is None
    assert SECRET not in shown_by(error)


# What gets through


@pytest.mark.parametrize("scheme", ["http", "https", "socks5", "socks5h"])
@pytest.mark.parametrize("user", ["", f"ada:{SECRET}%40@"])
def test_a_service_is_reached_through_a_proxy_that_never_sees_the_key(
    run: Run,
    service: ssl.SSLContext,
    authority: trustme.CA,
    scheme: str,
    user: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tls = server_side(authority.issue_cert("127.0.0.1")) if scheme == "https" else None

    async def body() -> tuple[object, Proxy, list[bytes]]:
        async with proxied(service, tls) as (proxy, heard):
            return await models(f"{scheme}://{user}127.0.0.1:{proxy.port}"), proxy, heard

    with caplog.at_level(logging.DEBUG):
        found, proxy, heard = run(body())
    assert found == ["m"]
    assert CANARY_KEY.encode() in heard[0]
    asked = b"".join(proxy.asked)
    assert CANARY_KEY.encode() not in asked
    # The name goes to the proxy as it is: whoever asks the name service, it is not us.
    assert b"inference.invalid" in asked
    if user and scheme.startswith("http"):
        assert base64.b64encode(f"ada:{SECRET}@".encode()) in asked
    elif user:
        assert f"{SECRET}@".encode() in asked
    assert SECRET not in caplog.text
    assert SECRET.encode() not in b"".join(heard)


def test_a_connection_through_a_proxy_is_used_again(run: Run, service: ssl.SSLContext) -> None:
    async def body() -> int:
        async with proxied(service) as (proxy, heard):
            client = Client("test")
            await client.use_proxy(f"http://127.0.0.1:{proxy.port}")
            for _ in range(3):
                await client.models(AWAY, WHO)
            await client.close()
            assert len(heard) == 3
            return len(proxy.asked)

    assert run(body()) == 1


def test_the_systems_proxy_is_used_unasked(
    run: Run, service: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def body() -> object:
        async with proxied(service) as (proxy, _):
            monkeypatch.setenv("HTTPS_PROXY", f"http://ada:{SECRET}@127.0.0.1:{proxy.port}")
            return await models(None)

    assert run(body()) == ["m"]


def test_a_host_on_the_list_is_reached_past_the_systems_proxy(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def body() -> tuple[object, list[bytes]]:
        async with proxied() as (proxy, _):
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
            monkeypatch.setenv("NO_PROXY", "example.com,127.0.0.2:1")
            there = Account("1", "There", "https://127.0.0.2:1/api/v1")
            return await models(SYSTEM_PROXY, there), proxy.asked

    error, asked = run(body())
    assert_failed(error, "unreachable")
    assert asked == []


@pytest.mark.parametrize("choice", ["own", "system"])
def test_this_computer_plain_http_and_the_demo_are_reached_without_it(
    run: Run, choice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server().start()

    async def body() -> list[bytes]:
        async with proxied() as (proxy, _):
            address = f"http://127.0.0.1:{proxy.port}"
            for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
                monkeypatch.setenv(name, address)
            client = Client("test")
            await client.use_proxy(address if choice == "own" else SYSTEM_PROXY)
            here = Account("1", "Here", server.endpoint)
            assert await client.models(here, Credentials(KEY))
            assert await client.models(DEMO, NO_CREDENTIALS)
            for endpoint in ("https://localhost:1/v1", "https://127.0.0.1:1/v1"):
                with pytest.raises(Unreachable):
                    await client.models(Account("1", "Here", endpoint), WHO)
            plain = Account("1", "LAN", "http://127.0.0.1.nip.invalid:1/v1", allows_plain=True)
            with pytest.raises(ServiceError):
                await client.models(plain, WHO)
            await client.close()
            return proxy.asked

    try:
        assert run(body()) == []
    finally:
        server.stop()


def test_a_proxy_that_was_taken_away_is_not_asked_any_more(run: Run) -> None:
    async def body() -> int:
        async with proxied() as (proxy, _):
            proxy.answer = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
            client = Client("test")
            for address in (f"http://127.0.0.1:{proxy.port}", "http://127.0.0.1:9"):
                await client.use_proxy(address)
                with pytest.raises(ServiceError):
                    await client.models(AWAY, WHO)
            await client.close()
            return len(proxy.asked)

    assert run(body()) == 1


def test_the_systems_proxy_is_looked_up_anew_when_asked_for(
    run: Run, service: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def body() -> list[int]:
        async with proxied(service) as (one, _), proxied(service) as (other, _):
            client = Client("test")
            counts = []
            for proxy, is_anew in ((one, False), (other, False), (other, True)):
                monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
                if is_anew:
                    await client.use_proxy(SYSTEM_PROXY)
                await client.models(AWAY, WHO)
                counts.append(len(other.asked))
            await client.close()
            return counts

    assert run(body()) == [0, 0, 1]


# What does not


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", 407),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", 403),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", 502),
        (b"HTTP/1.1 302 Found\r\nLocation: https://login.invalid/\r\n\r\n", 302),
        (b"SSH-2.0-OpenSSH_9.6\r\n", None),
        (b"", None),
        (b"HTTP/1.1 200", None),
    ],
)
def test_a_proxy_that_lets_nothing_through_has_failed(
    run: Run, answer: bytes, status: int | None
) -> None:
    async def body() -> tuple[object, list[bytes]]:
        async with proxied() as (proxy, heard):
            proxy.answer = answer
            return await models(f"http://ada:{SECRET}@127.0.0.1:{proxy.port}"), heard

    error, heard = run(body())
    assert_failed(error, "proxy_failed", status)
    assert heard == []


@pytest.mark.parametrize(
    "answer",
    [
        b"\x05\xff",  # none of our ways to say who we are
        b"\x05\x02",  # a way we did not offer
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x04\x5a",
        b"",
        b"\x05",
    ],
)
@pytest.mark.parametrize("user", ["", f"ada:{SECRET}@"])
def test_a_socks_proxy_that_lets_nothing_through_has_failed(
    run: Run, answer: bytes, user: str
) -> None:
    async def body() -> object:
        async with proxied() as (proxy, _):
            proxy.answer = answer
            return await models(f"socks5://{user}127.0.0.1:{proxy.port}")

    assert_failed(run(body()), "proxy_failed")


def test_a_socks_proxy_that_cannot_reach_the_service_has_failed(run: Run) -> None:
    async def body() -> object:
        async with proxied() as (proxy, _):
            proxy.answer = b"\x05\x00\x05\x05\x00\x01\x7f\x00\x00\x01\x00\x01"
            return await models(f"socks5://127.0.0.1:{proxy.port}")

    assert_failed(run(body()), "proxy_failed")


@pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
def test_a_proxy_that_cannot_be_reached_has_failed(run: Run, scheme: str) -> None:
    assert_failed(run(models(f"{scheme}://ada:{SECRET}@127.0.0.1:9")), "proxy_failed")


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_proxy_that_never_answers_has_failed_in_time(
    run: Run, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TUNNEL_S", 0.2)

    async def body() -> object:
        async with proxied() as (proxy, _):
            proxy.is_mute = True
            async with asyncio.timeout(5):
                return await models(f"{scheme}://127.0.0.1:{proxy.port}")

    assert_failed(run(body()), "proxy_failed")


def test_a_proxy_with_a_certificate_nobody_signed_has_failed(
    run: Run, service: ssl.SSLContext
) -> None:
    tls = server_side(trustme.CA().issue_cert("127.0.0.1"))

    async def body() -> tuple[object, list[bytes]]:
        async with proxied(service, tls) as (proxy, _):
            return await models(f"https://ada:{SECRET}@127.0.0.1:{proxy.port}"), proxy.asked

    error, asked = run(body())
    assert_failed(error, "proxy_failed")
    assert asked == []


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_service_with_a_wrong_certificate_is_insecure_through_a_proxy_too(
    run: Run, service: ssl.SSLContext, scheme: str
) -> None:
    wrong = server_side(trustme.CA().issue_cert("inference.invalid"))

    async def body() -> tuple[object, list[bytes]]:
        async with proxied(wrong) as (proxy, heard):
            return await models(f"{scheme}://127.0.0.1:{proxy.port}"), heard

    error, heard = run(body())
    assert_failed(error, "insecure")
    assert heard == []


@pytest.mark.parametrize(
    "url",
    [
        f"socks4://ada:{SECRET}@127.0.0.1:1",
        f"ftp://ada:{SECRET}@127.0.0.1:1",
        f"http://ada:{SECRET}@",
        f"http://ada:{SECRET}@127.0.0.1:0",
        f"http://ada:{SECRET}@127.0.0.1:99999",
        f"http://ada:{SECRET}@exa mple:1",
        f"http://ada:{SECRET}@[::1",
        f"http://ada:{SECRET}@{'x' * 70}.example:1",
    ],
)
def test_a_proxy_of_another_kind_is_said_and_nothing_is_sent(
    run: Run, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", url)
    for choice in (SYSTEM_PROXY, url):
        error = run(models(choice))
        assert isinstance(error, NotSent), error
        assert error.failure.kind == "proxy_unusable"
        assert error.failure.host == "inference.invalid"
        assert error.__context__ is None
        assert SECRET not in shown_by(error)


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts descriptors")
def test_proxies_that_fail_leave_nothing_open(run: Run, service: ssl.SSLContext) -> None:
    wrong = server_side(trustme.CA().issue_cert("inference.invalid"))

    async def body() -> None:
        async with proxied(wrong) as (proxy, _):
            client = Client("test")
            gc.collect()
            # The client's own TLS context and imports are not what is counted.
            with suppress(ServiceError):
                await client.models(AWAY, WHO)
            await asyncio.sleep(0.05)
            gc.collect()
            before = len(os.listdir("/proc/self/fd"))
            answers = (None, b"", b"nonsense\r\n", b"\x05\xff", b"HTTP/1.1 407 No\r\n\r\n")
            for number in range(50):
                scheme = ("http", "socks5")[number % 2]
                proxy.answer = answers[number % len(answers)]
                await client.use_proxy(f"{scheme}://127.0.0.1:{proxy.port}")
                with pytest.raises(Unreachable):
                    await client.models(AWAY, WHO)
            await asyncio.sleep(0.1)
            assert len(os.listdir("/proc/self/fd")) <= before
            await client.close()

    run(body())

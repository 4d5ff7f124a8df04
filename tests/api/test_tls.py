"""Certificates and handshakes that must not be trusted, against real sockets."""

import asyncio
import os
import shutil
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from app.api import limits
from app.api.client import Client
from app.api.connections import trust
from app.api.errors import NotSent, Unreachable
from app.chat.account import Account, Credentials
from app.chat.message import Role, Turn
from app.chat.request import Request
from tests.api.conftest import Outcome, Run, hear

EVENT = b'data: {"choices":[{"delta":{"content":"Hello"},"finish_reason":"stop"}]}\n\n'
REPLY = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    + EVENT
    + b"data: [DONE]\n\n"
)
# Elsewhere the system checks certificates itself, and no variable adds one.
openssl_only = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="SSL_CERT_FILE is OpenSSL's"
)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Whoever signs for the tests; nobody trusts it unasked."""
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """The same, trusted by this computer."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return authority


@pytest.fixture(autouse=True)
def _no_certificates_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


def server_side(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """Return the context of a server with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@dataclass
class Listener:
    """A server on loopback that answers everything alike."""

    port: int = 0
    heard: list[bytes] = field(default_factory=list)
    """What it could read, connection by connection."""


@asynccontextmanager
async def listening(answer: bytes | None, tls: ssl.SSLContext | None) -> AsyncIterator[Listener]:
    """Serve `answer` to whatever comes, or nothing at all for None."""
    listener = Listener()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            listener.heard.append(await reader.read(10_000))
            if answer is not None:
                writer.write(answer)
                await writer.drain()
            else:
                await reader.read()
        except OSError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    listener.port = server.sockets[0].getsockname()[1]
    try:
        yield listener
    finally:
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0.05)  # What was aborted closes in the next turns.


async def ask(
    account: Account,
    credentials: Credentials,
    answer: bytes | None,
    tls: ssl.SSLContext | None,
    host: str = "127.0.0.1",
) -> tuple[Outcome, list[bytes]]:
    """Ask a server that says `answer` to whatever comes; return what it read, too."""
    async with listening(answer, tls) as listener:
        there = replace(account, endpoint=f"https://{host}:{listener.port}/api/v1")
        client = Client("x")
        request = Request(there, "m", (Turn(Role.USER, "Hello"),))
        outcome = await hear(client, request, credentials)
        await client.close()
    return outcome, listener.heard


def assert_insecure(outcome: Outcome, heard: list[bytes], credentials: Credentials) -> None:
    assert isinstance(outcome.error, Unreachable)
    assert outcome.kind == "insecure"
    assert outcome.lists == []
    assert all(credentials.key.encode() not in said for said in heard)
    assert all(b"Hello" not in said for said in heard)


@openssl_only
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_certificate_the_computer_trusts_is_trusted(
    run: Run, account: Account, credentials: Credentials, trusted: trustme.CA, host: str
) -> None:
    tls = server_side(trusted.issue_cert("127.0.0.1", "localhost"))
    outcome, heard = run(ask(account, credentials, REPLY, tls, host))
    assert outcome.error is None
    assert outcome.text == "Hello"
    assert f"Bearer {credentials.key}".encode() in heard[0]


DAY = timedelta(days=1)
WRONG: dict[str, Callable[[trustme.CA], trustme.LeafCert]] = {
    "wrong host": lambda ca: ca.issue_cert("inference.example"),
    "wrong address": lambda ca: ca.issue_cert("127.0.0.2"),
    "expired": lambda ca: ca.issue_cert("127.0.0.1", not_after=datetime.now(UTC) - DAY),
    "not yet valid": lambda ca: ca.issue_cert("127.0.0.1", not_before=datetime.now(UTC) + DAY),
    "unknown authority": lambda _: trustme.CA().issue_cert("127.0.0.1"),
    "self-signed": lambda _: self_signed(),
}


def self_signed() -> trustme.LeafCert:
    """Return the certificate of an authority as if it were a server's."""
    ca = trustme.CA()
    return trustme.LeafCert(ca.private_key_pem.bytes(), ca.cert_pem.bytes(), [])


@pytest.mark.parametrize("wrong", WRONG)
def test_a_certificate_that_is_wrong_is_not_trusted(
    run: Run, account: Account, credentials: Credentials, trusted: trustme.CA, wrong: str
) -> None:
    tls = server_side(WRONG[wrong](trusted))
    outcome, heard = run(ask(account, credentials, REPLY, tls))
    assert_insecure(outcome, heard, credentials)


def test_a_good_certificate_is_not_trusted_by_a_computer_that_does_not_know_its_authority(
    run: Run, account: Account, credentials: Credentials, authority: trustme.CA
) -> None:
    tls = server_side(authority.issue_cert("127.0.0.1"))
    outcome, heard = run(ask(account, credentials, REPLY, tls))
    assert_insecure(outcome, heard, credentials)


def test_tls_before_1_2_is_not_spoken(
    run: Run, account: Account, credentials: Credentials, trusted: trustme.CA
) -> None:
    tls = server_side(trusted.issue_cert("127.0.0.1"))
    # Without this OpenSSL would not even offer it.
    tls.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        tls.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        tls.maximum_version = ssl.TLSVersion.TLSv1_1
    outcome, heard = run(ask(account, credentials, REPLY, tls))
    assert_insecure(outcome, heard, credentials)


@openssl_only
def test_hosts_are_checked_and_versions_before_1_2_refused(trusted: trustme.CA) -> None:
    assert trust().minimum_version == ssl.TLSVersion.TLSv1_2
    assert trust().verify_mode == ssl.CERT_REQUIRED
    assert trust().check_hostname


@openssl_only
def test_no_key_log_is_written(
    run: Run,
    account: Account,
    credentials: Credentials,
    trusted: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    tls = server_side(trusted.issue_cert("127.0.0.1"))
    outcome, _ = run(ask(account, credentials, REPLY, tls))
    assert outcome.error is None
    # The server's side, which is a plain context, may not write one either.
    assert not (tmp_path / "keys.log").exists()


def test_plain_http_where_tls_is_expected_is_insecure(
    run: Run, account: Account, credentials: Credentials
) -> None:
    answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    outcome, heard = run(ask(account, credentials, answer, None))
    assert_insecure(outcome, heard, credentials)


def test_a_handshake_that_never_ends_is_unreachable(
    run: Run, account: Account, credentials: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CONNECT_S", 0.2)
    outcome, _ = run(ask(account, credentials, None, None))
    assert isinstance(outcome.error, Unreachable)
    assert outcome.kind == "unreachable"


def test_a_server_that_hangs_up_during_the_handshake_is_unreachable(
    run: Run, account: Account, credentials: Credentials
) -> None:
    outcome, heard = run(ask(account, credentials, b"", None))
    assert isinstance(outcome.error, Unreachable)
    assert outcome.kind in ("unreachable", "insecure")
    assert all(credentials.key.encode() not in said for said in heard)


# Certificates that cannot be loaded


def unloadable(folder: Path) -> dict[str, tuple[str, str]]:
    """Return variables that name no certificates."""
    (folder / "text.pem").write_text("no certificate")
    (folder / "empty").mkdir()
    return {
        "missing file": ("SSL_CERT_FILE", str(folder / "missing.pem")),
        "no certificate": ("SSL_CERT_FILE", str(folder / "text.pem")),
        "a folder for a file": ("SSL_CERT_FILE", str(folder)),
        "missing folder": ("SSL_CERT_DIR", str(folder / "missing")),
        "empty folder": ("SSL_CERT_DIR", str(folder / "empty")),
        "a file for a folder": ("SSL_CERT_DIR", str(folder / "text.pem")),
    }


@openssl_only
@pytest.mark.parametrize(
    "what",
    [
        "missing file",
        "no certificate",
        "a folder for a file",
        "missing folder",
        "empty folder",
        "a file for a folder",
    ],
)
def test_certificates_that_cannot_be_loaded_are_said_and_nothing_is_sent(
    run: Run,
    account: Account,
    credentials: Credentials,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    name, path = unloadable(tmp_path)[what]
    monkeypatch.setenv(name, path)
    outcome, heard = run(ask(account, credentials, REPLY, None))
    assert isinstance(outcome.error, NotSent)
    assert outcome.kind == "no_certificates"
    assert outcome.error.__context__ is None
    assert outcome.error.__cause__ is None
    assert str(tmp_path) not in f"{outcome.error!r} {outcome.error.failure!r}"
    assert heard == []


@openssl_only
def test_a_folder_of_certificates_is_taken(
    run: Run,
    account: Account,
    credentials: Credentials,
    authority: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "certificates"
    folder.mkdir()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    rehash(folder)
    monkeypatch.setenv("SSL_CERT_DIR", os.pathsep.join((str(tmp_path), str(folder))))
    tls = server_side(authority.issue_cert("127.0.0.1"))
    outcome, _ = run(ask(account, credentials, REPLY, tls))
    assert outcome.error is None


def rehash(folder: Path) -> None:
    """Name the certificates of a folder as OpenSSL looks for them."""
    import subprocess

    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl to name certificates with")
    subprocess.run([program, "rehash", str(folder)], check=True, capture_output=True)


@openssl_only
def test_the_next_attempt_loads_certificates_anew(
    run: Run,
    account: Account,
    credentials: Credentials,
    trusted: trustme.CA,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good = os.environ["SSL_CERT_FILE"]

    async def body() -> list[str]:
        kinds = []
        tls = server_side(trusted.issue_cert("127.0.0.1"))
        async with listening(REPLY, tls) as listener:
            there = replace(account, endpoint=f"https://127.0.0.1:{listener.port}/api/v1")
            client = Client("x")
            request = Request(there, "m", (Turn(Role.USER, "Hello"),))
            for path in ("/nowhere", "/nowhere", good):
                monkeypatch.setenv("SSL_CERT_FILE", path)
                kinds.append((await hear(client, request, credentials)).kind)
            await client.close()
        return kinds

    assert run(body()) == ["no_certificates", "no_certificates", ""]

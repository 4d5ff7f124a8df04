"""Certificates and handshakes that must not be trusted, against real sockets."""

import asyncio
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.api import limits
from app.api.client import Client
from app.api.errors import Unreachable
from app.chat.account import Account, Credentials
from app.chat.message import Role, Turn
from app.chat.request import Request
from tests.api.conftest import Outcome, Run, hear


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return the context of a server whose certificate nobody has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


async def ask(
    account: Account, credentials: Credentials, answer: bytes | None, tls: ssl.SSLContext | None
) -> tuple[Outcome, list[bytes]]:
    """Ask a server that says `answer` to whatever comes; return what it read, too."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(10_000))
        if answer is not None:
            writer.write(answer)
        else:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    there = replace(account, endpoint=f"https://127.0.0.1:{port}/api/v1")
    client = Client("x")
    request = Request(there, "m", (Turn(Role.USER, "Hello"),))
    outcome = await hear(client, request, credentials)
    await client.close()
    server.close()
    await server.wait_closed()
    await asyncio.sleep(0.05)
    return outcome, heard


def test_a_certificate_nobody_signed_is_not_trusted(
    run: Run, account: Account, credentials: Credentials, tmp_path: Path
) -> None:
    outcome, heard = run(ask(account, credentials, b"", self_signed(tmp_path)))
    assert isinstance(outcome.error, Unreachable)
    assert outcome.kind == "insecure"
    assert heard in ([], [b""])


def test_plain_http_where_tls_is_expected_is_insecure(
    run: Run, account: Account, credentials: Credentials
) -> None:
    answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    outcome, heard = run(ask(account, credentials, answer, None))
    assert isinstance(outcome.error, Unreachable)
    assert outcome.kind == "insecure"
    assert all(credentials.key.encode() not in said for said in heard)


def test_a_handshake_that_never_ends_is_unreachable(
    run: Run, account: Account, credentials: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CONNECT_S", 0.2)
    outcome, _ = run(ask(account, credentials, None, None))
    assert isinstance(outcome.error, Unreachable)
    assert outcome.kind == "unreachable"

"""A proxy carries what goes out to the network, and nothing else."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.api.client import Client
from app.api.errors import ServiceError
from app.chat.account import DEMO, NO_CREDENTIALS, Account, Credentials
from tests.helpers.server import KEY, Server

AWAY = Account("1", "Away", "https://inference.invalid/api/v1")


class Proxy:
    """Writes down what it is asked for, and refuses to pass it on."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.asked: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self.asked.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    proxy = Proxy()
    yield proxy
    proxy.close()


def test_a_proxy_is_asked_for_a_tunnel_and_never_sees_the_key(
    proxy: Proxy, run: Callable[..., Any]
) -> None:
    async def ask() -> None:
        client = Client("test")
        await client.use_proxy(proxy.address)
        with pytest.raises(ServiceError):
            await client.models(AWAY, Credentials("sk-canary"))
        await client.close()

    run(ask())
    assert proxy.asked[0].startswith(b"CONNECT inference.invalid:443 ")
    assert not any(b"sk-canary" in asked for asked in proxy.asked)


def test_this_computer_and_the_demo_are_reached_without_it(
    proxy: Proxy, run: Callable[..., Any]
) -> None:
    server = Server().start()

    async def ask() -> None:
        client = Client("test")
        await client.use_proxy(proxy.address)
        here = Account("1", "Here", server.endpoint)
        assert await client.models(here, Credentials(KEY))
        assert await client.models(DEMO, NO_CREDENTIALS)
        await client.close()

    try:
        run(ask())
    finally:
        server.stop()
    assert proxy.asked == []


def test_a_proxy_that_was_taken_away_is_not_asked_any_more(
    proxy: Proxy, run: Callable[..., Any]
) -> None:
    async def ask() -> None:
        client = Client("test")
        for address in (proxy.address, "http://127.0.0.1:9"):
            await client.use_proxy(address)
            with pytest.raises(ServiceError):
                await client.models(AWAY, Credentials("sk-canary"))
        await client.close()

    run(ask())
    assert len(proxy.asked) == 1

"""Connections: the HTTP client, built at first need, and its taking apart.

Law: what is sent depends on no environment variable, follows no redirect,
keeps no cookie; a proxy is used only if the person set one, and never on the
way to this computer itself; certificates are checked by the operating system's rules; and
a request given up while it connects leaves nothing behind.
"""

import logging
import ssl
from contextlib import asynccontextmanager
from enum import Enum
from typing import TYPE_CHECKING

from app.api import limits
from app.chat.account import Account

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx


class Way(Enum):
    """How a request travels."""

    DEMO = "demo"
    """Not at all: the service is played inside the program."""
    DIRECT = "direct"
    PROXIED = "proxied"


class Pool:
    """An HTTP client and how many requests are under way on it."""

    def __init__(self, http: "httpx.AsyncClient") -> None:
        self.http = http
        self.users = 0
        self.retired = False


class Connections:
    """The pools of a client, one a way."""

    def __init__(self, user_agent: str) -> None:
        self._user_agent = user_agent
        self._tls: ssl.SSLContext | None = None
        self._pools: dict[Way, Pool] = {}
        self._proxy = ""

    async def use_proxy(self, proxy: str) -> None:
        """Send what follows through `http://host:port`, or directly where that is empty.

        Requests under way end as they began.
        """
        if proxy != self._proxy:
            self._proxy = proxy
            await self._let_go(Way.PROXIED)

    def way_to(self, account: Account) -> Way:
        """Return how requests of an account travel."""
        if account.is_demo:
            return Way.DEMO
        # Plain HTTP leads to this computer only; through a proxy others would read the key.
        is_plain = account.endpoint.startswith("http://")
        return Way.PROXIED if self._proxy and not is_plain else Way.DIRECT

    @asynccontextmanager
    async def pool(self, way: Way) -> "AsyncIterator[Pool]":
        """Lend the pool for one request.

        Raises:
            OSError, ssl.SSLError: no certificates could be loaded.
        """
        pool = self._pools.get(way)
        if pool is None:
            pool = self._pools[way] = self._build(way)
        pool.users += 1
        try:
            yield pool
        finally:
            pool.users -= 1
            if pool.retired and not pool.users:
                await pool.http.aclose()

    def retire(self, pool: Pool) -> None:
        """Take no more requests on this pool; it closes when its last one ends."""
        # WORKAROUND: https://github.com/encode/httpcore/issues/1093
        # A request cancelled before its answer may leave a slot and a socket
        # in the pool for good; only closing the pool gives them back. When a
        # release of httpcore returns them itself, this can go.
        pool.retired = True
        self._pools = {way: kept for way, kept in self._pools.items() if kept is not pool}

    async def close(self) -> None:
        """Close every idle pool; one in use closes when its last request ends."""
        for way in list(self._pools):
            await self._let_go(way)

    async def _let_go(self, way: Way) -> None:
        pool = self._pools.get(way)
        if pool is not None:
            self.retire(pool)
            if not pool.users:
                await pool.http.aclose()

    def _build(self, way: Way) -> Pool:
        # They take a tenth of a second to import: not before they are needed.
        from http.cookiejar import CookieJar, DefaultCookiePolicy

        import httpx

        for name in ("httpx", "httpcore", "h11"):
            # Below WARNING they write addresses and headers.
            logging.getLogger(name).setLevel(logging.WARNING)
        transport: httpx.AsyncBaseTransport
        if way is Way.DEMO:
            from app.api.demo import DemoTransport

            transport = DemoTransport()
        else:
            self._tls = self._tls or trust()
            transport = httpx.AsyncHTTPTransport(
                verify=self._tls,
                http2=False,
                trust_env=False,
                proxy=self._proxy if way is Way.PROXIED else None,
                limits=httpx.Limits(
                    max_connections=limits.CONNECTIONS,
                    max_keepalive_connections=limits.IDLE_CONNECTIONS,
                    keepalive_expiry=limits.IDLE_S,
                ),
            )
        http = httpx.AsyncClient(
            transport=transport,
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(
                None, connect=limits.CONNECT_S, write=limits.WRITE_S, pool=limits.POOL_S
            ),
        )
        return Pool(http)


def trust() -> ssl.SSLContext:
    """Return a TLS context: the system's certificates, and no key log."""
    import truststore

    # Made directly, unlike by create_default_context, it ignores SSLKEYLOGFILE.
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

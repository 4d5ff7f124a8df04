"""Connections: the HTTP client, built at first need, and its taking apart.

Law: what is sent follows no redirect and keeps no cookie; a proxy is the one
the person or the system named, and never on the way to this computer itself or
without TLS; certificates are checked by the operating system's rules; a request
given up while it connects leaves nothing behind; and nothing half-built is kept.
"""

import asyncio
import logging
import socket
import ssl
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.api import limits, surroundings
from app.api.errors import NotSent
from app.api.slumber import Slumber
from app.api.surroundings import Proxy, Surroundings
from app.chat.account import Account
from app.chat.failure import Failure, Kind
from app.chat.network import SYSTEM_PROXY

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

    def __init__(self, http: "httpx.AsyncClient", way: Way) -> None:
        self.http = http
        self.way = way
        self.users = 0
        self.retired = False


class Connections:
    """The pools of a client, one a way."""

    def __init__(self, user_agent: str) -> None:
        self.slumber = Slumber()
        self._user_agent = user_agent
        self._tls: ssl.SSLContext | None = None
        self._pools: dict[Way, Pool] = {}
        self._way_out = SYSTEM_PROXY
        self._found: Surroundings | None = None
        self._past: dict[tuple[str, int], bool] = {}
        self._looking = asyncio.Lock()
        self._proxy: Proxy | None = None
        """The one the pool was built with."""

    async def use_proxy(self, way_out: str) -> None:
        """Send what follows through `scheme://host:port`, the `SYSTEM_PROXY`, or directly.

        Directly where it is empty. What the system says is asked anew at the
        next request; requests under way end as they began.
        """
        self._way_out = way_out
        self._found = None
        self._past = {}

    async def way_to(self, account: Account) -> Way:
        """Return how requests of an account travel.

        Raises:
            NotSent: through a proxy we cannot use.
        """
        if account.is_demo:
            return Way.DEMO
        parts = urlsplit(account.endpoint)
        # Through a proxy others would read what goes without TLS.
        if parts.scheme != "https":
            return Way.DIRECT
        host = parts.hostname or ""
        async with self._looking:
            proxy = await self._proxy_to(host, parts.port or 443)
            if proxy is None:
                return Way.DIRECT
            if not proxy.is_usable:
                raise NotSent(Failure(Kind.PROXY_UNUSABLE, host=host))
            if proxy != self._proxy:
                await self._let_go(Way.PROXIED)
                self._proxy = proxy
        return Way.PROXIED

    @asynccontextmanager
    async def pool(self, way: Way) -> "AsyncIterator[Pool]":
        """Lend the pool for one request, and watch over its connection.

        Raises:
            NotSent: no certificates could be loaded, or the proxy cannot be used.
        """
        pool = self._pools.get(way)
        if pool is None:
            pool = self._pools[way] = self._build(way)
        pool.users += 1
        try:
            with self.slumber.stream():
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

    async def _proxy_to(self, host: str, port: int) -> Proxy | None:
        """Return the proxy on the way to a host, asking the system once."""
        if self._found is None or (host, port) not in self._past:
            way_out, found = self._way_out, self._found

            def ask() -> tuple[Surroundings, bool]:
                seen = found or surroundings.look(way_out)
                return seen, seen.leads_past(host, port)

            # What was set by hand needs no asking, and so no thread.
            asks = asyncio.to_thread(ask) if way_out == SYSTEM_PROXY else None
            seen, is_past = ask() if asks is None else await asks
            if way_out != self._way_out:  # Set anew meanwhile.
                return await self._proxy_to(host, port)
            self._found = seen
            self._past[host, port] = is_past
        return None if self._past[host, port] else self._found.proxy

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
        http = httpx.AsyncClient(
            transport=self._transport(way),
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(
                None, connect=limits.CONNECT_S, write=limits.WRITE_S, pool=limits.POOL_S
            ),
        )
        return Pool(http, way)

    def _transport(self, way: Way) -> "httpx.AsyncBaseTransport":
        import httpx

        if way is Way.DEMO:
            from app.api.demo import DemoTransport

            return DemoTransport()
        # Raised below, outside: here they would carry the library's error, and
        # with it the path of the certificates or the proxy's password.
        failed = Kind.NO_CERTIFICATES
        try:
            tls = self._tls = self._tls or trust()
            failed = Kind.PROXY_UNUSABLE
            proxy = None
            if way is Way.PROXIED and self._proxy is not None:
                is_tls = self._proxy.url.lower().startswith("https:")
                proxy = httpx.Proxy(self._proxy.url, ssl_context=tls if is_tls else None)
            return httpx.AsyncHTTPTransport(
                verify=tls,
                http2=False,
                trust_env=False,
                proxy=proxy,
                limits=httpx.Limits(
                    max_connections=limits.CONNECTIONS,
                    max_keepalive_connections=limits.IDLE_CONNECTIONS,
                    keepalive_expiry=limits.IDLE_S,
                ),
            )
        except (OSError, ValueError, ImportError, httpx.InvalidURL):
            pass
        raise NotSent(Failure(failed))


class Stage(Enum):
    """How far a request has come."""

    CONNECTING = auto()
    """On the way to the service, or to the proxy and past it."""
    TUNNELLED = auto()
    """The proxy let the connection through to the service."""
    SENDING = auto()
    """Some of the request may have left this computer."""


class Passage:
    """The way of one request to the service, as the HTTP library tells of it."""

    def __init__(self, slumber: Slumber, *, is_proxied: bool) -> None:
        self.is_proxied = is_proxied
        # A connection that is used again tells of no beginning.
        self.stage = Stage.SENDING
        self._slumber = slumber
        self._stream: Any = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_at_proxy(self) -> bool:
        """Whether the request got no further than the proxy."""
        return self.is_proxied and self.stage is Stage.CONNECTING

    async def note(self, event: str, said: dict[str, Any]) -> None:
        """Take note of a step: for httpx's `trace`."""
        if event.endswith(".connect_tcp.started"):
            self.stage = Stage.CONNECTING
        elif event.endswith(".connect_tcp.complete"):
            self._stream = said["return_value"]
            connection = self._stream.get_extra_info("socket")
            # Not through httpx's socket options: they do not reach every proxy's connection.
            self._slumber.take(connection)
            if self.is_proxied:
                loop = asyncio.get_running_loop()
                self._timer = loop.call_later(limits.TUNNEL_S, _shut, connection)
        elif event in ("proxy.start_tls.started", "socks.setup_socks5_connection.complete"):
            self.stage = Stage.TUNNELLED
            self.rest()
        elif event == "http11.send_request_headers.started" and (
            said["request"].method != b"CONNECT"
        ):
            self.stage = Stage.SENDING

    def rest(self) -> None:
        """Let the proxy have its time no longer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def abandon(self) -> None:
        """Close the connection that was made for this request, whoever else forgot it."""
        self.rest()
        if self._stream is not None:
            with suppress(Exception):
                await self._stream.aclose()


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def trust() -> ssl.SSLContext:
    """Return a TLS context: the system's certificates, and no key log.

    Raises:
        OSError: what `SSL_CERT_FILE` or `SSL_CERT_DIR` name holds no certificates.
    """
    import truststore

    surroundings.check_certificates()
    # Made directly, unlike by create_default_context, it ignores SSLKEYLOGFILE.
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def has_more(response: "httpx.Response") -> bool:
    """Return whether bytes lie behind a whole answer, in what is kept of its connection.

    The next request on it would take them for its own answer.
    """
    # WORKAROUND: https://github.com/encode/httpcore
    # httpcore gives such a connection back to its pool. h11 knows, behind four
    # private names; when httpcore closes it, this can go. A test tells when the
    # names are others.
    at: object = response.stream
    for name in ("_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state"):
        at = getattr(at, name, None)
    data, _ = getattr(at, "trailing_data", (b"", False))
    return bool(data)

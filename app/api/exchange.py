"""Exchange: one request and its answer, and what can go wrong between them.

Law: the key is on a request only after the request's origin was compared with
the account's; and no exception of a library leaves with a request inside it.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from app.api import limits, refusal, wire
from app.api.connections import Connections, Passage, Pool, Stage, Way, has_more
from app.api.errors import Interrupted, NotSent, Refused, ServiceError, Unreachable
from app.api.watchdog import Watchdog
from app.chat.account import Account, Credentials, InvalidEndpoint, normalise_endpoint, origin
from app.chat.failure import Failure, Kind, Wallet

if TYPE_CHECKING:
    import httpx

_PIECE_BYTES = 8_192
"""About a hundred events, which are decoded in 2 ms or 3."""


class Exchange:
    """One request of an account, from the checks before it to the end of its answer."""

    def __init__(
        self,
        connections: Connections,
        account: Account,
        credentials: Credentials,
        sent: frozenset[str] = frozenset(),
    ) -> None:
        self.host = _host(account.endpoint)
        self.secrets = (credentials.key, credentials.team_id or "")
        self.request_ids: tuple[str, ...] = ()
        self.content_type = ""
        self._connections = connections
        self._account = account
        self._credentials = credentials
        self._sent = sent
        self._answered = False
        self._passage: Passage | None = None

    @asynccontextmanager
    async def open(
        self,
        dog: Watchdog,
        method: str,
        path: str,
        body: bytes | None = None,
        accept: str | None = None,
        about_model: bool = False,
    ) -> AsyncIterator[AsyncGenerator[bytes, None]]:
        """Send the request; give the bytes of its answer as they come.

        Closing it early, or cancelling, closes the connection and with it the
        request; what the service has worked on by then may still be billed.

        Raises:
            NotSent: a check failed.
            Refused: the answer is an error, or unreadable by its headers.
        """
        self._check()
        way = await self._connections.way_to(self._account)
        async with self._connections.pool(way) as pool:
            request = pool.http.build_request(
                method,
                self._account.endpoint + path,
                content=body,
                headers={"Accept": accept or "application/json"}
                | ({} if body is None else {"Content-Type": "application/json"}),
            )
            response = await self._send(dog, pool, request)
            try:
                self._answered = True
                self.content_type = response.headers.get("content-type", "")
                self.request_ids = _request_ids(response, self.secrets)
                encoding = response.headers.get("content-encoding", "").strip().lower()
                if response.status_code >= 300:
                    raise await self._refused(dog, response, bool(encoding), about_model)
                if encoding not in ("", "identity"):
                    raise Interrupted(self._failure(Kind.ENCODED, response.status_code))
                async with aclosing(_read(dog, response)) as chunks:
                    yield chunks
            finally:
                await response.aclose()
                if has_more(response):
                    self._connections.retire(pool)

    @property
    def wallet(self) -> Wallet:
        """Which wallet the request is to be paid from."""
        return Wallet.PERSONAL if self._credentials.team_id is None else Wallet.TEAM

    def error_of(self, error: BaseException) -> ServiceError:
        """Return what an exception of a library means here."""
        import httpx

        passage = self._passage
        if passage is not None and passage.is_at_proxy:
            said = re.match(r"\d{3}\b", str(error)) if isinstance(error, httpx.ProxyError) else None
            status = int(said[0]) if said else None
            return Unreachable(self._failure(Kind.PROXY_FAILED, status))
        if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
            return Unreachable(self._failure(Kind.UNREACHABLE))
        if isinstance(error, httpx.ConnectError):
            insecure = any(isinstance(cause, ssl.SSLError) for cause in _causes(error))
            return Unreachable(self._failure(Kind.INSECURE if insecure else Kind.UNREACHABLE))
        unusable = (
            httpx.InvalidURL | httpx.UnsupportedProtocol | httpx.LocalProtocolError | UnicodeError
        )
        if isinstance(error, unusable) and not self._answered:
            return NotSent(self._failure(Kind.WRONG_ADDRESS))
        if isinstance(error, ssl.SSLError) and not self._answered:
            return Unreachable(self._failure(Kind.INSECURE))
        if passage is not None and passage.stage is not Stage.SENDING:
            return Unreachable(self._failure(Kind.UNREACHABLE))
        if isinstance(error, TimeoutError | httpx.TimeoutException):
            return Interrupted(self._failure(Kind.SILENT if self._answered else Kind.TIMED_OUT))
        if (
            isinstance(error, httpx.RemoteProtocolError)
            and not self._answered
            and "disconnected" not in str(error)
        ):
            if "location header" in str(error):
                # httpx reads where a redirect leads although it is told not to go there.
                return Refused(self._failure(Kind.MOVED))
            # Something answered, and not in HTTP.
            return Interrupted(self._failure(Kind.NOT_THE_API))
        return Interrupted(self._failure(Kind.CUT))

    def _check(self) -> None:
        """Raise NotSent unless the account may send this."""
        account, credentials = self._account, self._credentials
        if account.is_demo:
            return
        try:
            endpoint = normalise_endpoint(account.endpoint, allows_plain=account.allows_plain)
            usable = endpoint == account.endpoint
        except InvalidEndpoint:
            usable = False
        if not usable:
            raise NotSent(self._failure(Kind.WRONG_ADDRESS))
        if account.team is not None and credentials.key and credentials.team_id is None:
            # Without the team's ID the personal wallet would pay.
            raise NotSent(self._failure(Kind.TEAM_UNREADABLE))

    async def _send(self, dog: Watchdog, pool: Pool, request: "httpx.Request") -> "httpx.Response":
        # The one place where a secret meets a request.
        if origin(str(request.url)) != self._account.origin:
            raise NotSent(self._failure(Kind.WRONG_ADDRESS))
        if self._credentials.key and not self._account.is_demo:
            request.headers["Authorization"] = f"Bearer {self._credentials.key}"
            if self._credentials.team_id is not None:
                request.headers["X-Prime-Team-ID"] = self._credentials.team_id
        passage = Passage(self._connections.slumber, is_proxied=pool.way is Way.PROXIED)
        self._passage = passage
        request.extensions["trace"] = passage.note
        try:
            return await dog.wait(pool.http.send(request, stream=True))
        except BaseException as error:
            # Half-made connections: neither httpcore nor its pool closes them all.
            given_up = isinstance(error, asyncio.CancelledError | TimeoutError)
            if given_up or passage.stage is not Stage.SENDING:
                self._connections.retire(pool)
                await passage.abandon()
            if (
                passage.is_at_proxy
                and isinstance(error, Exception)
                and not isinstance(error, library_errors())
            ):
                # WORKAROUND: https://github.com/encode/httpcore
                # Nonsense from a SOCKS proxy comes out as socksio's own errors or
                # an AssertionError. When httpcore maps them, this can go.
                raise _proxy_error() from None
            raise

    async def _refused(
        self, dog: Watchdog, response: "httpx.Response", encoded: bool, about_model: bool
    ) -> ServiceError:
        status = response.status_code
        if status < 400:
            location = response.headers.get("location", "")
            target = _host(_joined(str(response.url), location)) if location else ""
            words = refusal.without(self.secrets, target)
            return Refused(self._failure(Kind.MOVED, status, words=words))
        body = None if encoded else await self._refusal_body(dog, response)
        complaint = refusal.UNREAD if body is None else refusal.read_complaint(body, self.secrets)
        failure = refusal.failure_of(complaint, status, self.host, self._sent, about_model)
        return Refused(
            replace(
                failure,
                request_ids=tuple(dict.fromkeys(failure.request_ids + self.request_ids)),
                retry_after_s=refusal.retry_after_s(response.headers, datetime.now(UTC)),
                may_retry=refusal.may_retry(response.headers),
                wallet=self.wallet if failure.kind is Kind.NO_BALANCE else None,
            )
        )

    async def _refusal_body(self, dog: Watchdog, response: "httpx.Response") -> bytes | None:
        """Return the body up to a bound, None if nothing of it came and it did not end."""
        import httpx

        dog.end_within(limits.CATALOGUE_S)
        body = bytearray()
        try:
            async with aclosing(_read(dog, response)) as chunks:
                async for chunk in chunks:
                    body += chunk
                    if len(body) >= limits.REFUSAL_BYTES:
                        break
        except (httpx.HTTPError, httpx.StreamError, OSError):
            # The status says enough; the words are extra.
            return bytes(body) or None
        return bytes(body[: limits.REFUSAL_BYTES])

    def _failure(self, kind: Kind, status: int | None = None, words: str = "") -> Failure:
        return Failure(
            kind, status=status, words=words, host=self.host, request_ids=self.request_ids
        )


def library_errors() -> tuple[type[Exception], ...]:
    """Return what the libraries below may raise; asked for only once something has."""
    import httpx

    return httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError, OSError


def _proxy_error() -> Exception:
    import httpx

    return httpx.ProxyError("no answer of a proxy")


async def _read(dog: Watchdog, response: "httpx.Response") -> AsyncGenerator[bytes, None]:
    raw = response.aiter_raw()
    try:
        while True:
            try:
                chunk = await dog.wait(anext(raw))
            except StopAsyncIteration:
                return
            # In pieces: whoever decodes them can let others in between two.
            for at in range(0, len(chunk), _PIECE_BYTES):
                yield chunk[at : at + _PIECE_BYTES]
    finally:
        await response.aclose()
        await _unwind(raw)


async def _unwind(raw: AsyncIterator[bytes]) -> None:
    """Read a closed body to its error, so that every generator below it ends."""
    # WORKAROUND: https://github.com/CabbageDevelopment/qasync
    # httpx and httpcore stack async generators and close only the outermost;
    # the rest is left to the garbage collector, which under qasync has no hook
    # to close them with. When qasync has, closing the response is enough.
    try:
        async for _ in raw:
            pass
    except library_errors():
        pass


def _host(url: str) -> str:
    try:
        return wire.line(urlsplit(url).hostname, limits.NAME_CHARACTERS)
    except ValueError:
        return ""


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _request_ids(response: "httpx.Response", secrets: tuple[str, ...]) -> tuple[str, ...]:
    named = (response.headers.get(name, "") for name in ("x-request-id", "request-id"))
    lines = (wire.line(refusal.without(secrets, id_), limits.NAME_CHARACTERS) for id_ in named)
    return tuple(dict.fromkeys(value for value in lines if value))


def _causes(error: BaseException | None) -> "list[BaseException]":
    causes: list[BaseException] = []
    while error is not None and error not in causes and len(causes) < 20:
        causes.append(error)
        error = error.__cause__ or error.__context__
    return causes

"""Client: messages in, deltas out; the one door to the inference service.

Law: a key goes to the origin it belongs to and nowhere else; one call is one
request; what came before an error is handed over before the error is raised;
and a reply counts as whole only if it was seen to end.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from app.api import catalogue, limits, refusal, wire
from app.api.body import Body
from app.api.connections import Connections
from app.api.errors import Interrupted, NotSent, Refused, ServiceError
from app.api.exchange import Exchange, library_errors
from app.api.platform import Platform
from app.api.reply import Reply
from app.api.watchdog import Watchdog
from app.chat.account import Account, Credentials
from app.chat.failure import Failure, Kind
from app.chat.message import Delta
from app.chat.model import Model
from app.chat.request import Request

_SLICE_S = 0.004
"""Longest stretch of work between two turns of the loop while bytes are waiting."""


class Client:
    """The one door to the network: models of an account, and completions.

    It opens nothing before the first call. Errors are `ServiceError`s; anything
    else that comes out is a bug. For the demo account the service is played
    inside the program, behind the same code.
    """

    def __init__(self, user_agent: str) -> None:
        self._connections = Connections(user_agent)
        self.platform = Platform(self._connections)

    async def use_proxy(self, proxy: str) -> None:
        """Send later requests through `http://host:port`; empty: directly."""
        await self._connections.use_proxy(proxy)

    async def models(self, account: Account, credentials: Credentials) -> list[Model]:
        """Return the models the account can use, in the service's order.

        Works without a key (and then proves nothing about one). Cancelling
        closes the connection.

        Raises:
            ServiceError
        """
        exchange = Exchange(self._connections, account, credentials)
        value = await self._ask(exchange, "/models")
        models = catalogue.models_of(value)
        if models is None:
            raise Refused(_misread(value, exchange))
        return models

    async def model(self, account: Account, credentials: Credentials, model_id: str) -> Model:
        """Return what the service says of one model; cancelling closes the connection.

        Raises:
            ServiceError: `Kind.MODEL_GONE` for an id it does not know, or that
                can be none (then as NotSent).
        """
        exchange = Exchange(self._connections, account, credentials)
        try:
            # Segment by segment, so that no id leads out of the API's path.
            path = "/".join(quote(part, safe=":@") for part in model_id.split("/"))
        except UnicodeEncodeError:
            path = ""
        if not path or not catalogue.is_model_id(model_id):
            raise NotSent(Failure(Kind.MODEL_GONE, host=exchange.host))
        value = await self._ask(exchange, f"/models/{path}", about_model=True)
        model = catalogue.model_of(value)
        if model is None:
            raise Refused(_misread(value, exchange))
        return model

    async def complete(
        self, request: Request, credentials: Credentials
    ) -> AsyncGenerator[list[Delta], None]:
        """Yield what the reply consists of, one list of deltas a network read.

        Returns only once the reply was seen to end (`[DONE]` or a finish
        reason). Iterate it inside `contextlib.aclosing`: closing it, or
        cancelling the task that reads it, closes the connection at once and
        leaves nothing behind here; the service may go on and bill.

        Raises:
            NotSent, Unreachable, Refused: before anything was yielded.
            Interrupted: it broke off; what came was yielded. A reply that
                ended without text, reasoning or finish reason is `Kind.EMPTY`.
        """
        sent = wire.sent_parameters(request)
        exchange = Exchange(self._connections, request.account, credentials, sent)
        if not credentials.key and not request.account.is_demo:
            raise NotSent(Failure(Kind.KEY_MISSING, host=exchange.host))
        reply = Reply(exchange.host, sent, exchange.secrets)
        body = Body(reply, exchange.host)
        error: ServiceError | None = None
        try:
            async with aclosing(self._read(exchange, request, body, reply)) as lists:
                async for deltas in lists:
                    yield deltas
        except ServiceError:
            raise
        except library_errors() as foreign:
            # Raised below, outside: here it would carry the library's error,
            # and with it the request and the key, as its context.
            error = exchange.error_of(foreign)
        last = body.finish()
        if last:
            yield last
        end = _end_of(reply, error, exchange)
        if end is not None:
            raise end

    async def close(self) -> None:
        """Close what is idle; what is in use closes when its request ends."""
        await self._connections.close()

    async def _read(
        self, exchange: Exchange, request: Request, body: Body, reply: Reply
    ) -> AsyncGenerator[list[Delta], None]:
        accept = "text/event-stream, application/json" if request.parameters.stream else None
        loop = asyncio.get_running_loop()
        with Watchdog(limits.SILENCE_S) as dog:
            dog.end_within(limits.HEADERS_S)
            async with exchange.open(
                dog, "POST", "/chat/completions", wire.encode(request), accept
            ) as chunks:
                body.begin(exchange.content_type, exchange.request_ids)
                dog.start_over(limits.UNEVENTFUL_S)
                events, since = 0, loop.time()
                async for chunk in chunks:
                    deltas = body.feed(chunk)
                    if deltas:
                        yield deltas
                    if reply.failure is not None:
                        break
                    if reply.done:
                        dog.end_within(limits.DONE_TAIL_S)
                    elif reply.finished:
                        dog.end_within(limits.FINISH_TAIL_S)
                    elif reply.events > events:
                        events = reply.events
                        dog.start_over(limits.UNEVENTFUL_S)
                    if loop.time() - since > _SLICE_S:
                        # Bytes that are here already are read without a turn
                        # of the loop: a flood would hold everything else up.
                        await asyncio.sleep(0)
                        since = loop.time()

    async def _ask(self, exchange: Exchange, path: str, about_model: bool = False) -> Any:
        """Return the JSON of a catalogue call."""
        error: ServiceError
        try:
            return wire.read(await self._fetch(exchange, path, about_model))
        except wire.Unreadable:
            error = Refused(Failure(Kind.NOT_THE_API, status=200, host=exchange.host))
        except ServiceError:
            raise
        except library_errors() as foreign:
            error = exchange.error_of(foreign)
        raise error

    async def _fetch(self, exchange: Exchange, path: str, about_model: bool) -> bytes:
        document = bytearray()
        with Watchdog(limits.CATALOGUE_S) as dog:
            dog.end_within(limits.CATALOGUE_S)
            async with exchange.open(dog, "GET", path, about_model=about_model) as chunks:
                async for chunk in chunks:
                    document += chunk
                    if len(document) > limits.CATALOGUE_BYTES:
                        raise Interrupted(Failure(Kind.TOO_LARGE, host=exchange.host))
        return bytes(document)


def _end_of(reply: Reply, error: ServiceError | None, exchange: Exchange) -> ServiceError | None:
    """Return the error a stream ends with, or None if the reply is whole."""
    if reply.failure is not None and reply.failure.kind is Kind.NO_BALANCE:
        return Refused(replace(reply.failure, wallet=exchange.wallet))
    if reply.failure is not None:
        has_begun = reply.spoke or reply.called
        return Interrupted(reply.failure) if has_begun else Refused(reply.failure)
    if reply.finished or (reply.done and reply.spoke):
        return None
    if error is not None:
        return error
    kind = Kind.CUT if reply.spoke or reply.called else Kind.EMPTY
    return Interrupted(Failure(kind, host=exchange.host, request_ids=exchange.request_ids))


def _misread(value: Any, exchange: Exchange) -> Failure:
    """Return the failure of a catalogue call whose answer holds no model."""
    if isinstance(value, dict) and value.get("error"):
        complaint = refusal.complaint_of(value, exchange.secrets)
        return refusal.failure_of(complaint, complaint.status, exchange.host)
    return Failure(Kind.NOT_THE_API, status=200, host=exchange.host)

"""Facing: our client, put through a hostile behaviour."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from app.api import limits
from app.api.client import Client
from app.chat.account import Account, Credentials
from app.chat.failure import Kind
from app.chat.message import Role, Turn
from app.chat.parameters import Parameters
from app.chat.request import Request
from tests.api.conftest import Outcome, hear
from tests.helpers.hostile.plays import Behaviour

T = TypeVar("T")
_AT_ONCE = 8
_CUTS = frozenset({Kind.CUT, Kind.SILENT, Kind.GARBLED, Kind.TOO_LARGE, Kind.CLOSED})


def asked(account: Account, model: str, **parameters: object) -> Request:
    wanted = Parameters(**parameters)  # type: ignore[arg-type]
    return Request(account, model, (Turn(Role.USER, "Hello"),), wanted)


def status_of(outcome: Outcome) -> str:
    """Return the state the window shows a reply in that ended like this."""
    if outcome.error is None:
        return "complete"
    return "interrupted" if outcome.error.failure.kind in _CUTS else "failed"


async def face(
    client: Client, account: Account, credentials: Credentials, behaviour: Behaviour
) -> Outcome:
    """Ask for a behaviour and read it to its end."""
    request = asked(account, f"hostile/{behaviour.name}", **dict(behaviour.parameters))
    return await hear(client, request, credentials)


@contextmanager
def small(behaviour: Behaviour) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in behaviour.limits:
            patch.setattr(limits, name, value)
        yield


async def face_all(
    behaviours: Iterable[Behaviour], ask: Callable[[Behaviour], Awaitable[T]]
) -> list[tuple[Behaviour, T]]:
    """Ask for all of them, several at once where they keep to the same bounds."""
    found: list[tuple[Behaviour, T]] = []
    groups: dict[tuple[tuple[str, float], ...], list[Behaviour]] = {}
    for behaviour in behaviours:
        groups.setdefault(behaviour.limits, []).append(behaviour)
    for group in groups.values():
        with small(group[0]):
            for start in range(0, len(group), _AT_ONCE):
                some = group[start : start + _AT_ONCE]
                ends = await asyncio.gather(*(ask(behaviour) for behaviour in some))
                found += zip(some, ends, strict=True)
    return found

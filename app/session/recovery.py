"""Recovery: whether a request that came to nothing is made once more unasked, and when.

Law: what may have been worked on, and so billed, is never repeated without the
person. That leaves requests of which nothing was sent, and those the service
turned away at the door (429, 503) before any of a reply.
"""

import random
from collections.abc import Callable

from app.api.errors import Refused, ServiceError, Unreachable
from app.chat.failure import Kind

REPEATS = 2
LONGEST_WAIT_S = 60.0
"""A service that asks for more is not waited for."""
BACKOFF_S = 1.0
"""Before the first repetition, where the service names no time; then twice that."""
JITTER = 0.2
"""The largest part of a wait that is added to it, so that many do not come at once."""
SPACING_S = 0.05
"""Between two repetitions of an account, however many tabs wait."""

_TURNED_AWAY = (429, 503)


def wait_before(error: ServiceError, repeats: int) -> float | None:
    """Return the seconds to wait before asking again, None where that is the person's to do.

    `repeats` counts how often it was asked again already.
    """
    failure = error.failure
    if repeats >= REPEATS or not failure.may_retry:
        return None
    if isinstance(error, Unreachable):
        is_open = failure.kind in (Kind.UNREACHABLE, Kind.PROXY_FAILED)
    else:
        is_busy = failure.kind in (Kind.BUSY, Kind.UNAVAILABLE)
        is_open = isinstance(error, Refused) and is_busy and failure.status in _TURNED_AWAY
    if not is_open:
        return None
    asked = failure.retry_after_s
    wait = BACKOFF_S * 2**repeats if asked is None else asked
    return wait if wait <= LONGEST_WAIT_S else None


class Spacing:
    """Keeps the repetitions of one account apart: never earlier than asked for."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._taken: dict[str, list[float]] = {}

    def take(self, account_id: str, wait_s: float) -> float:
        """Return the moment on the clock at which to ask again."""
        now = self._clock()
        # Not for secrets: it only spreads requests.
        more = min(wait_s * random.random() * JITTER, max(LONGEST_WAIT_S - wait_s, 0))  # noqa: S311
        moment = now + wait_s + more
        taken = [each for each in self._taken.get(account_id, ()) if each > now - SPACING_S]
        for each in taken:
            if abs(each - moment) < SPACING_S:
                moment = each + SPACING_S
        self._taken[account_id] = sorted([*taken, moment])
        return moment

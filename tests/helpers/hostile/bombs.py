"""Bombs: what each costs our client, measured in a process that does nothing else.

python -m tests.helpers.hostile.bombs http://127.0.0.1:8098/api/v1
"""

import asyncio
import json
import resource
import sys

from app.api.client import Client
from app.chat.account import Account, Credentials
from tests.helpers.hostile.facing import face, small
from tests.helpers.hostile.fixtures import BEHAVIOURS, HAPPY

LIGHT = (
    "gzip-bomb",
    "flood-of-continues",
    "header-of-five-megabytes",
    "error-of-a-gigabyte",
    "flood-after-done",
    "a-million-empty-events",
)
"""Of these nothing is kept."""
HEAVY = (
    "endless",
    "a-gigabyte-in-a-line",
    "a-gigabyte-in-an-event",
    "ten-megabytes-in-an-event",
    "endless-document",
)
"""Of these as much is kept as an event or a reply may hold."""


async def measure(endpoint: str) -> dict[str, float]:
    """Return how many MiB every bomb added to the most memory ever used."""
    client = Client("x")
    account = Account("0123456789abcdef", "Ada", endpoint)
    await face(client, account, Credentials("sk-a"), HAPPY)
    costs = {}
    named = {behaviour.name: behaviour for behaviour in BEHAVIOURS}
    # The light ones first: the most ever used only grows.
    for name in LIGHT + HEAVY:
        before = _peak_mib()
        with small(named[name]):
            await face(client, account, Credentials("sk-a"), named[name])
        costs[name] = _peak_mib() - before
    await client.close()
    return costs


def _peak_mib() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(sys.argv[1]))))

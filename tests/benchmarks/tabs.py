"""Twenty tabs that stream at once: what the one in front notices of the others.

While other programs have the core the clock stands still for us, see `own_time`.
"""

import time
from itertools import pairwise
from pathlib import Path

from tests.benchmarks.paced import PacedServer
from tests.benchmarks.row import Row
from tests.benchmarks.timed import Timed

TABS = 20
RATE = 50
SECONDS = 6
FRAME_MS = 33


def measure(folder: Path) -> list[Row]:
    """Stream in one tab, then in twenty, and compare how the window's thread keeps up."""
    one = _pulse(folder / "one", 1)
    many = _pulse(folder / "many", TABS)
    note = f"one tab: p99 {one['p99']:.1f} ms, longest {one['max']:.1f} ms"
    return [
        Row(f"turn of the loop, p99, {TABS} tabs streaming", many["p99"], "ms", None, note),
        Row("the longest turn", many["max"], "ms", FRAME_MS),
        Row(f"the same / one tab, {RATE} tokens/s each", many["p99"] / one["p99"], "×"),
    ]


def _pulse(folder: Path, tabs: int) -> dict[str, float]:
    server = PacedServer()
    try:
        with Timed(folder, server.environ) as program:
            program.ready()
            for number in range(tabs):
                if number:
                    program.key("Ctrl+N")
                    program.until(lambda seen: seen["messages"] == [], "a new tab")
                program.say(f"{RATE * (SECONDS + tabs)} {RATE}")
            program.until(lambda seen: seen["messages"], "a stream")
            time.sleep(1.0)
            program.time(True, turns=True)
            time.sleep(SECONDS - 1.0)
            own = [when - waited for when, waited in program.time(False)["turns"]]
            turns = sorted((b - a) / 1e6 for a, b in pairwise(own))
            return {"p99": turns[int(len(turns) * 0.99)], "max": turns[-1]}
    finally:
        server.stop()

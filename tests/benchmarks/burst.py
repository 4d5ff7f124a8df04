"""A whole reply as fast as the service gives it: read, laid out and seen, without a freeze.

While other programs have the core the clock stands still for us, see `own_time`.
"""

import statistics
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.benchmarks.at_rest import cpu_s
from tests.benchmarks.paced import PacedServer
from tests.benchmarks.row import Row
from tests.benchmarks.timed import PAINTED, Timed

TOKENS = 20_000
ROUNDS = 5
WHOLE_S = 2.0
P99_MS, LONGEST_MS = 50, 120
AFTER_NS = 100_000_000


@dataclass(frozen=True)
class Burst:
    """What was measured of one reply."""

    took_s: float
    """From the first byte until the whole of it was painted, without waiting for a core."""
    wall_s: float
    cpu_s: float
    """Of the whole program."""
    turns: list[float]
    """Of the window's thread, in ms, without waiting for a core."""
    is_right: bool
    """Whether it is as if read at once, and its end is laid out."""
    blocks: int


def measure(folder: Path) -> list[Row]:
    """Have it come some times; the first is told apart, as everything is loaded in it."""
    cold, *warm = _bursts(folder)
    turns = [turn for it in warm for turn in it.turns]
    cuts = statistics.quantiles(turns, n=100)
    wrong = sum(not it.is_right for it in (cold, *warm))
    cpu = statistics.median(it.cpu_s for it in warm)
    wall = statistics.median(it.wall_s for it in warm)
    took = statistics.median(it.took_s for it in warm)
    note = (
        f"CPU {cpu:.2f} s, with waiting for a core {wall:.2f} s; first of all {cold.took_s:.2f} s"
    )
    stuck = f"p50 {cuts[49]:.1f} ms, {len(turns)} turns; first of all {max(cold.turns):.0f} ms"
    counted = f"{cold.blocks} blocks, {len(warm) + 1} times"
    return [
        Row("replies not as if read at once, or not seen", wrong, "", 0, counted),
        Row(f"{TOKENS} tokens as fast as they come", took, "s", wanted=WHOLE_S, note=note),
        Row("turn of the loop meanwhile, p99", cuts[98], "ms", wanted=P99_MS, note=stuck),
        Row("the longest turn", max(turns), "ms", wanted=LONGEST_MS),
    ]


def _bursts(folder: Path) -> list[Burst]:
    seen = []
    server = PacedServer()
    try:
        with Timed(folder, server.environ) as program:
            program.ready()
            time.sleep(4.0)
            for number in range(ROUNDS + 1):
                if number:
                    program.key("Ctrl+N")
                    program.until(lambda seen: seen["messages"] == [], "a new tab")
                    time.sleep(0.5)
                before = cpu_s(program.process.pid)
                program.time(True, turns=True)
                program.say(f"{TOKENS} 0")
                program.rest(every_s=0.25)
                found = program.time(False)
                used = cpu_s(program.process.pid) - before
                seen.append((used, found, program.ask("judge")))
            program.quit()
    finally:
        stamps = server.stop()
    return [_burst(sent, *it) for sent, it in zip(stamps, seen, strict=True)]


def _burst(sent: list[int], used: float, found: Any, judged: Any) -> Burst:
    begun, whole = sent[0], judged["length"]
    ends = [f for f in found["frames"] if f[2] == PAINTED and f[3] >= whole]
    assert ends, "the end of a reply was never painted"
    end, waited, *_ = ends[0]
    before = max(turn for turn in found["turns"] if turn[0] <= begun)
    # Until the whole of it is seen, and a little more.
    inside = [turn for turn in found["turns"] if begun <= turn[0] <= end + AFTER_NS]
    own = [when - wait for when, wait in inside]
    return Burst(
        took_s=(end - begun - (waited - before[1])) / 1e9,
        wall_s=(end - begun) / 1e9,
        cpu_s=used,
        turns=[(b - a) / 1e6 for a, b in pairwise(own)],
        is_right=judged["is_same"] and judged["is_laid_out"],
        blocks=judged["blocks"],
    )

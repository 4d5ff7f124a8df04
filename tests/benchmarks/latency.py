"""From byte to pixel: how long after the service sent a token it stands on the page.

The service runs in another process and notes when it gives each token to the socket;
the program notes after each paint how much text was laid out for it. Both read the
clock all processes share. Of a token in which nothing shows (signs of Markdown, the
address of a link) nothing is repainted: it is there when its frame is done. While other
programs have the core the clock stands still for us, see `own_time`.
"""

import statistics
import time
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from tests.benchmarks import sample
from tests.benchmarks.paced import PacedServer
from tests.benchmarks.row import Row
from tests.benchmarks.timed import CAME, FLUSHED, PAINTED, Timed

SECONDS = 10
RATES = (50, 200)
WARM = 1_700
FRAME_MS = 1000 / 60
WANTED_MS = FRAME_MS + 5
SHORTEST_MS = 16


@dataclass(frozen=True)
class Shown:
    """What was measured of one reply, in ms."""

    lags: list[float]
    """Of each token, from its byte to its pixel, without waiting for a core."""
    walls: list[float]
    """The same by the clock on the wall."""
    paints: list[int]
    """When there was a paint, in ns."""
    extra: int
    """Paints of something else than a frame: colours of code, a clock."""
    unseen: int
    """Tokens for which nothing was repainted."""


def measure(folder: Path) -> list[Row]:
    """Have replies come slowly and fast, after one that had everything loaded."""
    asked = [(WARM, 200), *((rate * SECONDS, rate) for rate in RATES)]
    seen = []
    server = PacedServer()
    try:
        with Timed(folder, server.environ) as program:
            program.ready()
            time.sleep(4.0)
            for tokens, rate in asked:
                program.time(True)
                program.say(f"{tokens} {rate}")
                program.rest(every_s=0.5)
                seen.append(program.time(False)["frames"])
                time.sleep(1.0)
            program.quit()
    finally:
        stamps = server.stop()
    cold, *found = [
        shown(sent, frames, tokens)
        for sent, frames, (tokens, _) in zip(stamps, seen, asked, strict=True)
    ]
    rows = [row for rate, it in zip(RATES, found, strict=True) for row in _rows(rate, it)]
    name = "byte to pixel, p99, first reply of all, 200/s"
    note = "loads libraries, colours and formulas; " + _cuts(cold)
    return [*rows, Row(name, _p99(cold.lags), "ms", note=note)]


def shown(sent: list[int], frames: list[Any], tokens: int) -> Shown:
    """Return how long each token took to be on the page.

    `frames` are those of `Timing.do_time`.
    """
    ends = accumulate(map(len, sample.tokens_of(sample.reply(tokens))))
    shows = [frame for frame in frames if frame[2] != CAME]
    lags, walls, unseen, at, before = [], [], 0, 0, 0
    for stamp, end in zip(sent, ends, strict=True):
        while before + 1 < len(frames) and frames[before + 1][0] <= stamp:
            before += 1
        while shows[at][3] < end or shows[at][0] < stamp:
            at += 1
        seen = at
        if shows[at][2] == FLUSHED:
            # The paint of this frame, if there is one before the next frame.
            if at + 1 < len(shows) and shows[at + 1][2] == PAINTED:
                seen = at + 1
            else:
                unseen += 1
        wall = shows[seen][0] - stamp
        waited = shows[seen][1] - frames[before][1]
        walls.append(wall / 1e6)
        lags.append(max(wall - waited, 0) / 1e6)
    paints = [when for when, _, what, _ in frames if what == PAINTED]
    extra = sum(a[2] == b[2] == PAINTED for a, b in pairwise(shows))
    return Shown(lags, walls, paints, extra, unseen)


def _rows(rate: int, it: Shown) -> list[Row]:
    gaps = [(b - a) / 1e6 for a, b in pairwise(it.paints)]
    took_ms = sum(gaps)
    note = (
        f"{len(it.paints)} in {took_ms / 1000:.1f} s, p50 {statistics.median(gaps):.1f} ms apart, "
        f"{it.extra} not of a frame"
    )
    return [
        Row(f"byte to pixel, p99, {rate}/s", _p99(it.lags), "ms", wanted=WANTED_MS, note=_cuts(it)),
        Row(f"paints per 16 ms, {rate}/s", len(gaps) * SHORTEST_MS / took_ms, "", 1, note),
    ]


def _cuts(it: Shown) -> str:
    cuts = statistics.quantiles(it.lags, n=100)
    return (
        f"p50 {cuts[49]:.1f}, p95 {cuts[94]:.1f}, max {max(it.lags):.1f}, "
        f"with waiting for a core p99 {_p99(it.walls):.1f} ms; {len(it.lags)} tokens, "
        f"{it.unseen} with nothing to repaint"
    )


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]

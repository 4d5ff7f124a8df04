"""Growth: the work for something twice as long, of each kind that could be read again and again."""

import time
from itertools import pairwise
from pathlib import Path

from tests.benchmarks import sample
from tests.benchmarks.row import Row
from tests.benchmarks.stage import Stage, unpaced

DOUBLES = {
    "prose": (sample.prose, 100, "paragraphs"),
    "list": (sample.items, 400, "items"),
    "table": (sample.table, 500, "rows"),
    "fence": (sample.listing, 2_000, "lines"),
}
PARAGRAPH = (5_000, 10_000, 20_000, 40_000)
"""Characters of one paragraph that does not end."""
MOST = 2.1


def measure(_folder: Path) -> list[Row]:
    """Stream each kind, and twice as much of it. Gates are on characters parsed and layouts."""
    with unpaced():
        _work(sample.reply(1_700))
        doubles = [row for kind in DOUBLES for row in _double(kind)]
        return [*doubles, *_endless()]


def _double(kind: str) -> list[Row]:
    make, size, what = DOUBLES[kind]
    half, whole = _work(make(size // 2)), _work(make(size))
    parsed, layouts, cpu = (b / a for a, b in zip(half, whole, strict=True))
    again = whole[0] / len(make(size))
    note = f"characters {parsed:.2f}, layouts {layouts:.2f}, CPU {cpu:.2f}; each read {again:.1f} ×"
    return [Row(f"{kind}: {size} {what} / half", max(parsed, layouts), "×", MOST, note)]


def _endless() -> list[Row]:
    """Follow one paragraph as it grows: what the naive way reads again with every token."""
    works = [_work(sample.paragraph(size)) for size in PARAGRAPH]
    worst = max(max(b[0] / a[0], b[1] / a[1]) for a, b in pairwise(works))
    cpu = ", ".join(
        f"{size // 1000}k: {used / size * sample.TOKEN * 1e6:.0f}"
        for size, (_, _, used) in zip(PARAGRAPH, works, strict=True)
    )
    again = max(parsed / size for size, (parsed, _, _) in zip(PARAGRAPH, works, strict=True))
    note = f"the worst of three doublings; µs of CPU a token at {cpu}; each read {again:.1f} ×"
    growth = works[-1][2] / works[0][2] * PARAGRAPH[0] / PARAGRAPH[-1]
    return [
        Row("one paragraph / half of it", worst, "×", MOST, note),
        Row(f"CPU per token, {PARAGRAPH[-1]} / {PARAGRAPH[0]} characters", growth, "×"),
    ]


def _work(text: str) -> tuple[int, int, float]:
    """Return characters parsed, layouts made and CPU seconds for a text that streams in."""
    stage = Stage()
    reply, counts = stage.begin(), stage.transcript.counts
    parsed, layouts = counts.characters_parsed, counts.layouts
    begun = time.process_time()
    for frame in sample.frames_of(text):
        stage.say(reply, frame)
    stage.finish()
    used = time.process_time() - begun
    stage.leave()
    return counts.characters_parsed - parsed, counts.layouts - layouts, used

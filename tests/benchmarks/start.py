"""Start → first painted window, as a ratio to an empty QMainWindow in the same run."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.row import Row

ROOT = Path(__file__).resolve().parents[2]
RUNS = 11
PROBE = Path(__file__).with_name("first_paint.py")


def measure(folder: Path) -> list[Row]:
    """Start both in turn, and compare their medians."""
    times: dict[str, list[float]] = {"empty": [], "coprime": []}
    for turn in range(RUNS + 1):
        for kind, found in times.items():
            took = _first_paint(kind, folder / f"{kind}-{turn}")
            if turn:  # The first of each warms the disk's memory.
                found.append(took)
    medians = {kind: statistics.median(found) for kind, found in times.items()}
    note = f"{medians['coprime'] * 1000:.0f} ms to {medians['empty'] * 1000:.0f} ms, {RUNS} pairs"
    return [
        Row(
            "start to paint / empty QMainWindow",
            medians["coprime"] / medians["empty"],
            "×",
            1.6,
            note,
        )
    ]


def _first_paint(kind: str, data: Path) -> float:
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-P", str(PROBE), kind, str(data)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    painted = process.stdout.read(1)
    took = time.monotonic() - started
    process.communicate()
    assert painted == b"p", f"{kind} was never painted"
    return took

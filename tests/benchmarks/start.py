"""Start → first painted window, as a ratio to an empty QMainWindow in the same run.

The first picture is the outline of the window. How long it then takes until all of it
shows, and until the person can type, stands beside it.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from tests.benchmarks.row import Row

ROOT = Path(__file__).resolve().parents[2]
RUNS = 11
PROBE = Path(__file__).with_name("first_paint.py")
SCREEN = {"name": "screen", "x": 0, "y": 0, "width": 1920, "height": 1080}
SCREEN |= {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
STEPS = {"painted": "to paint", "shown": "until all of it shows", "typing": "until one can type"}


def measure(folder: Path) -> list[Row]:
    """Start both in turn, and compare their medians."""
    screen = folder / "screen.json"
    screen.write_text(json.dumps({"screens": [SCREEN]}))
    platform = f"offscreen:configfile={screen}"
    times: dict[str, list[float]] = defaultdict(list)
    for turn in range(RUNS + 1):
        for kind in ("empty", "coprime"):
            # The same folder: a program is started again more often than for the first time.
            steps = _start(kind, folder / kind, platform)
            if turn:  # The first of each warms the disk's memory.
                for step, took in steps.items():
                    times[f"{kind} {step}"].append(took)
    medians = {name: statistics.median(found) for name, found in times.items()}
    empty = medians["empty painted"]
    return [
        Row(
            f"start {words} / empty QMainWindow",
            medians[f"coprime {step}"] / empty,
            "×",
            1.6 if step == "painted" else None,
            f"{medians[f'coprime {step}'] * 1000:.0f} ms to {empty * 1000:.0f} ms, {RUNS} pairs",
        )
        for step, words in STEPS.items()
    ]


def _start(kind: str, data: Path, platform: str) -> dict[str, float]:
    """Start one, and return after how many seconds it came how far."""
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-P", str(PROBE), kind, str(data)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": platform},
        bufsize=0,
    )
    assert process.stdout is not None
    steps = {}
    while line := process.stdout.readline():
        steps[line.split()[0].decode()] = time.monotonic() - started
    process.wait()
    wanted = {"painted"} if kind == "empty" else set(STEPS)
    assert set(steps) == wanted, f"{kind} came no further than {list(steps)}"
    return steps

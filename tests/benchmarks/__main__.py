"""Measurements, side by side in one run: `python3 dev.py bench [--json FILE] [NAME …]`.

Absolute times depend on the machine and on what else it does; ratios within a
run and counts do not. Gates are on those; budgets in time stand in brackets beside
their figures, and the end of the report says which were not kept here.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import PySide6

from tests.benchmarks import (
    at_rest,
    bundle,
    burst,
    ends,
    find,
    fuzz,
    growth,
    hostile,
    latency,
    lists,
    long,
    memory,
    payers,
    reply,
    sample,
    start,
    streaming,
    tabs,
)
from tests.benchmarks.row import Row

BENCHES: dict[str, Callable[[Path], list[Row]]] = {
    "start": start.measure,
    "rest": at_rest.measure,
    "stream": streaming.measure,
    "reply": reply.measure,
    "growth": growth.measure,
    "latency": latency.measure,
    "burst": burst.measure,
    "long": long.measure,
    "memory": memory.measure,
    "find": find.measure,
    "lists": lists.measure,
    "tabs": tabs.measure,
    "fuzz": fuzz.measure,
    "hostile": hostile.measure,
    "payers": payers.measure,
    "ends": ends.measure,
    "bundle": bundle.measure,
    "network": streaming.measure_whole,
}
LONG = {"ends", "network", "bundle"}
"""Only run by name: minutes, or the frozen program."""
_FIRST = -15


@dataclass(frozen=True)
class Report:
    """What one run found, and on what."""

    python: str
    pyside: str
    machine: str
    cores: int | None
    load: float
    """Threads that wanted a core in the minute before."""
    seed: int
    """Of the sample reply."""
    rows: list[Row]


def main() -> int:
    """Run the benches asked for, print a table, and return 1 if a gate is not kept."""
    parser = argparse.ArgumentParser(prog="dev.py bench")
    named_only = ", ".join(sorted(LONG))
    named = f"of {', '.join(BENCHES)}; all without, but {named_only}, which take minutes"
    parser.add_argument("names", nargs="*", help=named)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures by name")
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHES)
    if unknown:
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    load = os.getloadavg()[0]
    rows = []
    for name in options.names or [name for name in BENCHES if name not in LONG]:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        begun = time.monotonic()
        try:
            rows += measure(name)
        except Exception:
            # The others are still worth knowing.
            traceback.print_exc()
            rows.append(Row(f"{name}: could not be measured", 1, "", 0))
        print(f"… {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    report = Report(
        platform.python_version(),
        PySide6.__version__,
        platform.platform(),
        os.cpu_count(),
        load,
        sample.SEED,
        rows,
    )
    print(f"Python {report.python}, PySide6 {report.pyside}, offscreen, {report.machine}")
    print(f"{report.cores} cores, load before {report.load:.1f}, sample's seed {report.seed}")
    for row in rows:
        print(row.line())
    if options.json:
        options.json.write_text(json.dumps(asdict(report), indent=1) + "\n", encoding="utf-8")
    broken = [row.name for row in rows if not row.is_kept]
    slow = [row.name for row in rows if not row.is_as_wanted]
    print(f"slower than wanted here: {'; '.join(slow)}" if slow else "no budget in time exceeded")
    print(f"gates not kept: {'; '.join(broken)}" if broken else "every gate is kept")
    return bool(broken)


def measure(name: str) -> list[Row]:
    """Run a bench in a process of its own: what another left behind is not measured."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
    ):
        return pool.submit(BENCHES[name], Path(folder)).result()


def go_first() -> None:
    """Let what is measured have the cores before others, where one may."""
    with suppress(OSError):
        os.nice(_FIRST)
    with suppress(OSError):
        # Nice counts among programs of one session only.
        Path("/proc/self/autogroup").write_text(str(_FIRST))


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # Installed programs have their bytecode; whoever switched it off measures the compiler.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    go_first()
    sys.exit(main())

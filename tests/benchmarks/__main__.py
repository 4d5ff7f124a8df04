"""Measurements, side by side in one run: `python3 dev.py bench [--json FILE] [NAME …]`.

Absolute times depend on the machine and on what else it does; ratios within a
run and counts do not. Gates are on those, milliseconds stand beside them.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import PySide6

from tests.benchmarks import at_rest, fuzz, lists, long, payers, reply, start, streaming, tabs
from tests.benchmarks.row import Row

BENCHES: dict[str, Callable[[Path], list[Row]]] = {
    "start": start.measure,
    "rest": at_rest.measure,
    "stream": streaming.measure,
    "reply": reply.measure,
    "long": long.measure,
    "lists": lists.measure,
    "tabs": tabs.measure,
    "fuzz": fuzz.measure,
    "payers": payers.measure,
}


@dataclass(frozen=True)
class Report:
    """What one run found, and on what."""

    python: str
    pyside: str
    cores: int | None
    rows: list[Row]


def main() -> int:
    """Run the benches asked for, print a table, and return 1 if a gate is not kept."""
    parser = argparse.ArgumentParser(prog="dev.py bench")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BENCHES)}; all without")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures by name")
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHES)
    if unknown:
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    rows = []
    for name in options.names or BENCHES:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            rows += BENCHES[name](Path(folder))
    report = Report(platform.python_version(), PySide6.__version__, os.cpu_count(), rows)
    print(f"Python {report.python}, PySide6 {report.pyside}, {report.cores} cores, offscreen")
    for row in rows:
        print(row.line())
    if options.json:
        options.json.write_text(json.dumps(asdict(report), indent=1) + "\n", encoding="utf-8")
    broken = [row.name for row in rows if not row.is_kept]
    print(f"gates not kept: {', '.join(broken)}" if broken else "every gate is kept")
    return bool(broken)


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # Installed programs have their bytecode; whoever switched it off measures the compiler.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.exit(main())

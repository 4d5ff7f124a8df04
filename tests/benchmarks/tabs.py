"""Twenty tabs that stream at once: what the one in front notices of the others."""

import time
from pathlib import Path

from tests.benchmarks.paced import PacedServer
from tests.benchmarks.row import Row
from tests.helpers.program import Program

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
    server = PacedServer(RATE * (SECONDS + tabs), RATE)
    given = {"PRIME_API_KEY": "sk-bench", "PRIME_INFERENCE_URL": server.endpoint}
    try:
        with Program(folder, environ=given) as program:
            program.ready()
            for number in range(tabs):
                if number:
                    program.key("Ctrl+N")
                    program.until(lambda seen: seen["messages"] == [], "a new tab")
                program.say("go")
            program.until(lambda seen: seen["messages"], "a stream")
            time.sleep(1.0)
            program.pulse(True)
            time.sleep(SECONDS - 1.0)
            return program.pulse(False)
    finally:
        server.stop()

"""CPU of the whole program for a reply that streams in: network, decoding, saving, painting.

`stream` has a short one come; `network` all 20,000 tokens, which at 200 a second takes
100 seconds, and which a faster pace would flatter: frames would share more tokens.
"""

import time
from pathlib import Path

from tests.benchmarks.at_rest import cpu_s, rss_mb
from tests.benchmarks.paced import PacedServer
from tests.benchmarks.row import Row
from tests.benchmarks.timed import Timed

SHORT, WHOLE = 2_000, 20_000
RATE = 200
CPU_S = 30.0
"""For the whole reply, of all threads."""
MEMORY_MB = 180


def measure(folder: Path) -> list[Row]:
    """Let a short reply stream into the visible window, and count what it cost."""
    used, took, _ = _stream(folder, SHORT)
    name = f"CPU per token, {SHORT} tokens at {RATE}/s"
    wanted = CPU_S / WHOLE * 1000
    note = f"{used:.2f} s of CPU in {took:.1f} s; libraries and fonts are loaded in it"
    return [Row(name, used / SHORT * 1000, "ms", wanted=wanted, note=note)]


def measure_whole(folder: Path) -> list[Row]:
    """Let the whole reply stream into the visible window at its real pace."""
    used, took, resident = _stream(folder, WHOLE)
    share = used / took * 100
    note = f"{used / WHOLE * 1000:.2f} ms a token, {share:.0f} % of a core in {took:.0f} s"
    return [
        Row(f"CPU of the program, {WHOLE} tokens at {RATE}/s", used, "s", CPU_S, note),
        Row("memory after that reply (RSS)", resident, "MB", MEMORY_MB),
    ]


def _stream(folder: Path, tokens: int) -> tuple[float, float, float]:
    """Return the seconds of CPU and of the clock for a reply, and the memory after it."""
    server = PacedServer()
    try:
        with Timed(folder, server.environ) as program:
            program.ready()
            # Until it is quiet after its start.
            time.sleep(4.0)
            pid = program.process.pid
            before, started = cpu_s(pid), time.monotonic()
            program.say(f"{tokens} {RATE}")
            program.rest(every_s=0.5)
            used, took = cpu_s(pid) - before, time.monotonic() - started
            assert program.ask("judge")["is_same"], "what shows is not what was sent"
            resident = rss_mb(pid)
            program.quit()
    finally:
        server.stop()
    return used, took, resident

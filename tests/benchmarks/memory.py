"""Memory of the whole program: with ten thousand messages open, and after a long reply.

Measured in the real program, in a process of its own, with all that it loads.
"""

import time
from pathlib import Path

from tests.benchmarks import talk
from tests.benchmarks.at_rest import rss_mb
from tests.benchmarks.paced import PacedServer
from tests.benchmarks.row import Row
from tests.benchmarks.timed import PAINTED, Timed

MEMORY_MB = 180
TOKENS = 20_000
FLOOR_MB = 128
"""Of a program without a line of ours that has loaded the same libraries and fonts."""
FEW = 100
JUMPS = 40
OPEN_MS = 80


def measure(folder: Path) -> list[Row]:
    """Open the one and read it here and there, let the other come and read all of it."""
    talk.store(folder / "few", FEW)
    talk.store(folder / "many")
    server = PacedServer()
    try:
        rows = _with_many(folder, server) + _after_reply(folder / "long", server)
    finally:
        server.stop()
    return rows


def _with_many(folder: Path, server: PacedServer) -> list[Row]:
    few, _ = _opened(folder / "few", server, FEW)
    many, resident = _opened(folder / "many", server, talk.MANY)
    name = f"memory with {talk.MANY} messages open (RSS)"
    how = f"{resident[0]:.0f} before, {resident[1]:.0f} when opened, then {JUMPS} jumps"
    note = f"from the disk to the page; {FEW} messages: {few:.0f} ms"
    return [
        Row("a click until they stand there", many, "ms", wanted=OPEN_MS, note=note),
        Row(name, resident[2], "MB", MEMORY_MB, how),
    ]


def _opened(folder: Path, server: PacedServer, count: int) -> tuple[float, list[float]]:
    """Return the ms from a click to the page, and the memory before, after and at last."""
    with Timed(folder, server.environ) as program:
        program.ready()
        time.sleep(4.0)
        pid = program.process.pid
        resident = [rss_mb(pid)]
        program.time(True, turns=True)
        time.sleep(0.1)
        asked = program.open(1, count)
        time.sleep(0.5)
        found = program.time(False)
        resident.append(rss_mb(pid))
        for jump in range(JUMPS):
            program.ask("scroll", pages=0 if jump == 0 else 37)
            program.rest(every_s=0.02)
        resident.append(rss_mb(pid))
        program.quit()
    stands = next(f for f in found["frames"] if f[2] == PAINTED and f[3] > 0)
    before = max(turn for turn in found["turns"] if turn[0] <= asked)
    return (stands[0] - asked - (stands[1] - before[1])) / 1e6, resident


def _after_reply(folder: Path, server: PacedServer) -> list[Row]:
    with Timed(folder, server.environ) as program:
        program.ready()
        # Fonts of other scripts are loaded in the quiet after the start.
        time.sleep(5.0)
        before = rss_mb(program.process.pid)
        program.say(f"{TOKENS} 0")
        program.rest()
        came = rss_mb(program.process.pid)
        pages, is_end = 0, program.ask("scroll", pages=0)
        while not is_end:
            program.ask("status")
            is_end = program.ask("scroll", pages=1)
            pages += 1
            time.sleep(0.05)
        program.rest()
        shown = rss_mb(program.process.pid)
        # A key that is kept on this computer would have loaded it; here it is the server's.
        loaded = program.ask("load_rest")
        resident = rss_mb(program.process.pid)
        program.quit()
    how = f"{before:.0f} before, {came:.0f} when it had come, {shown:.0f} with {pages} pages read"
    rest = f", then {', '.join(loaded) or 'nothing more'}; without a line of ours {FLOOR_MB}"
    return [Row(f"memory after {TOKENS} tokens (RSS)", resident, "MB", MEMORY_MB, how + rest)]

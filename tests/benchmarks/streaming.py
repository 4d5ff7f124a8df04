"""CPU of the whole program for a reply that streams in: network, decoding, saving, painting."""

import time
from pathlib import Path

from tests.benchmarks.at_rest import cpu_s, rss_mb
from tests.benchmarks.paced import PacedServer
from tests.benchmarks.row import Row
from tests.helpers.program import Program

TOKENS = 2_000
RATE = 200


def measure(folder: Path) -> list[Row]:
    """Let a reply stream into the visible window, and count what it cost."""
    server = PacedServer(TOKENS, RATE)
    given = {"PRIME_API_KEY": "sk-bench", "PRIME_INFERENCE_URL": server.endpoint}
    try:
        with Program(folder, environ=given) as program:
            program.ready()
            time.sleep(1.0)
            pid = program.process.pid
            before = cpu_s(pid)
            started = time.monotonic()
            program.say("go")
            while not _is_done(program):
                time.sleep(0.5)
            used, took = cpu_s(pid) - before, time.monotonic() - started
            resident = rss_mb(pid)
            program.quit()
    finally:
        server.stop()
    return [
        Row(
            f"CPU per token, {TOKENS} tokens at {RATE}/s",
            used / TOKENS * 1000,
            "ms",
            None,
            f"{used:.2f} s of CPU in {took:.1f} s",
        ),
        Row("memory after that reply (RSS)", resident, "MB", 180),
    ]


def _is_done(program: Program) -> bool:
    messages = program.look()["messages"]
    return bool(messages) and messages[-1]["status"] not in ("waiting", "streaming")

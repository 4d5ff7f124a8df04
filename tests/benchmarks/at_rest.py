"""The program at rest: an account, its models listed, nothing open but a tab.

Its memory, the time it takes of a core, and whether any timer of ours fires.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.row import Row
from tests.helpers.server import KEY, Server

ROOT = Path(__file__).resolve().parents[2]
PROBE = Path(__file__).with_name("idle.py")
SETTLES_S = 31.0
"""Longer than a request may take: the loop lets the timers of those that were kept expire."""
RESTS_S = 12.0
MEMORY_MB = 115


def measure(folder: Path) -> list[Row]:
    """Start with a real account on loopback, wait until it rests, and look."""
    server = Server().start()
    process = subprocess.Popen(
        [sys.executable, "-P", str(PROBE), "--data", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PRIME_API_KEY": KEY,
            "PRIME_INFERENCE_URL": server.endpoint,
        },
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        server.wait_for(lambda heard: bool(heard), timeout_s=15)
        time.sleep(SETTLES_S)
        # Before anything counts: to look at every event costs more than the events.
        before, woken = cpu_s(process.pid), wake_ups(process.pid)
        time.sleep(RESTS_S)
        idle = cpu_s(process.pid) - before
        woken = wake_ups(process.pid) - woken
        resident = rss_mb(process.pid)
        process.stdin.write(b"b")
        time.sleep(RESTS_S)
        process.stdin.write(b"e")
        fired = json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(10)
        server.stop()
    over = f"over {RESTS_S:.0f} s"
    return [
        Row("memory at rest (RSS)", resident, "MB", MEMORY_MB),
        Row("CPU at rest", idle / RESTS_S * 100, "% core", 0.5, over),
        Row(
            "timers of ours that fire at rest", sum(fired.values()), "", 0, f"{over} {fired or ''}"
        ),
        Row("wake-ups at rest, of all threads", woken / RESTS_S, "/s", None, "the cursor blinks"),
    ]


def rss_mb(pid: int) -> float:
    """Return the resident memory of a process in MB. Linux only."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)


def cpu_s(pid: int) -> float:
    """Return the CPU time a process has used, in seconds. Linux only."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wake_ups(pid: int) -> int:
    """Return how often the threads of a process have begun to wait by now. Linux only."""
    statuses = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/status")]
    lines = [line for status in statuses for line in status.splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt"))

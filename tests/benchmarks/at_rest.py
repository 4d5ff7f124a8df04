"""Memory of the program at rest: an account, its models listed, nothing open but a tab."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.row import Row
from tests.helpers.server import KEY, Server

ROOT = Path(__file__).resolve().parents[2]
SETTLES_S = 4.0
MEMORY_MB = 115


def measure(folder: Path) -> list[Row]:
    """Start with a real account on loopback, wait until it rests, and look."""
    server = Server().start()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "app", "--data", str(folder)],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PRIME_API_KEY": KEY,
            "PRIME_INFERENCE_URL": server.endpoint,
        },
    )
    try:
        server.wait_for(lambda heard: bool(heard), timeout_s=15)
        time.sleep(SETTLES_S)
        before = cpu_s(process.pid)
        time.sleep(SETTLES_S)
        idle = cpu_s(process.pid) - before
        resident = rss_mb(process.pid)
    finally:
        process.terminate()
        process.wait(10)
        server.stop()
    return [
        Row("memory at rest (RSS)", resident, "MB", MEMORY_MB),
        Row("CPU at rest", idle / SETTLES_S * 100, "% core", 0.5, f"over {SETTLES_S:.0f} s"),
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

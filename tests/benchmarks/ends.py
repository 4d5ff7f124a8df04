"""Started and ended a hundred times, at moments of chance, also while replies stream.

Every end has to come soon and with code 0, and to leave nothing behind: no process, no
lock, no socket, no log of the database, no temporary file, nothing on the outputs.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from app.store.lock import FolderLock
from tests.benchmarks.row import Row

ROOT = Path(__file__).resolve().parents[2]
PROBE = Path(__file__).with_name("quitting.py")
RUNS = 100
SEED = 20
MOST_S = 2.0
PATIENCE_S = 30.0
TOLD = 6
"""As many of what is wrong are named."""
_KEPT = {"conversations.db", "lock"}


@dataclass
class End:
    """How one run ended."""

    way: str
    took_s: float
    code: int
    faults: list[str] = field(default_factory=list)


def measure(folder: Path) -> list[Row]:
    """Start and end it again and again on one data folder."""
    # Names of sockets are short.
    with tempfile.TemporaryDirectory(prefix="e") as runtime:
        ends: list[End] = []
        for n in range(RUNS):
            # The same folder again, unless the run before spoilt it.
            spoilt = sum(bool(end.faults) for end in ends)
            ends.append(_run(SEED + n, folder / f"coprime{spoilt}", Path(runtime)))
    ways = Counter(end.way for end in ends)
    took = sorted(end.took_s for end in ends)
    faults = [fault for end in ends for fault in end.faults]
    return [
        Row(
            "ends that left something or said something",
            sum(bool(end.faults) for end in ends),
            "",
            0,
            "; ".join(faults[:TOLD]) or f"of {RUNS}",
        ),
        Row("ends with another code than 0", sum(end.code != 0 for end in ends), "", 0),
        Row(
            f"ends that took more than {MOST_S:g} s",
            sum(end.took_s > MOST_S for end in ends),
            "",
            note=", ".join(f"{way} {count}" for way, count in sorted(ways.items())),
            wanted=0,
        ),
        Row("the end, median", took[len(took) // 2], "s", wanted=0.5),
        Row("the end, longest", took[-1], "s", wanted=MOST_S),
    ]


def _run(seed: int, data: Path, runtime: Path) -> End:
    temporary = data.parent / "tmp"
    temporary.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-P", str(PROBE), str(seed), str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        start_new_session=True,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "TMPDIR": str(temporary),
            "XDG_RUNTIME_DIR": str(runtime),
        },
    )
    assert process.stdout is not None
    assert process.stderr is not None
    way = "none"
    while line := process.stdout.readline():
        if line.startswith(b"asked"):
            way, asked = line.split()[1].decode(), time.monotonic()
            break
    try:
        code = process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        code = process.wait()
    took_s = time.monotonic() - asked if way != "none" else 0.0
    end = End(way, took_s, code)
    said = (process.stdout.read() + process.stderr.read()).decode(errors="replace")
    if said:
        end.faults.append(f"seed {seed}, {way}: said {said.splitlines()[-1]}")
    end.faults += [f"seed {seed}, {way}: {each}" for each in _left(process.pid, data)]
    for folder in (temporary, runtime):
        for each in folder.iterdir():
            end.faults.append(f"seed {seed}, {way}: {each.name}")
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    return end


def _left(session_id: int, data: Path) -> list[str]:
    """Return what a run has left that it should not have."""
    left = [f"process {each}" for each in _processes(session_id)]
    lock = FolderLock(data / "data/lock")
    if not lock.acquire():
        left.append("lock")
    lock.release()
    left += [each.name for each in (data / "data").iterdir() if each.name not in _KEPT]
    left += [each.name for each in (data / "logs").iterdir() if each.suffix != ".log"]
    log = data / "logs/coprime.log"
    if log.exists():
        lines = log.read_text(encoding="utf-8").splitlines()
        left += [line[24:] for line in lines if " ERROR " in line or " WARNING " in line]
        log.unlink()
    return left


def _processes(session_id: int) -> list[int]:
    """Return the processes of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session_id:
            found.append(int(stat.parent.name))
    return found

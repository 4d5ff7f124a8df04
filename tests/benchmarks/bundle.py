"""Exec → window on the screen: the frozen program in dist, as a ratio to the source tree's.

On an X server that keeps its screen in a file: the window is there when the middle of the
screen has another colour. Nothing is built into either, and both run as a person runs them.
"""

import mmap
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.row import Row

ROOT = Path(__file__).resolve().parents[2]
FROZEN = ROOT / "dist" / "coprime" / "coprime"
RUNS = 15
WIDTH, HEIGHT = 1280, 832
PATIENCE_S = 20.0
_LOOK_EVERY_S = 0.0005
_PIXEL = 4


def measure(folder: Path) -> list[Row]:
    """Start both in turn, and compare their medians."""
    if not FROZEN.exists():
        raise SystemExit("There is no dist/coprime. Make it: python3 dev.py package deb")
    if shutil.which("Xvfb") is None:
        raise SystemExit("This needs Xvfb: sudo apt-get install xvfb")
    commands = {"source": [sys.executable, "-P", "-m", "app"], "frozen": [str(FROZEN)]}
    took: dict[str, list[float]] = {name: [] for name in commands}
    with screen(folder) as (display, pixels):
        environ = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        environ["PYTHONPATH"] = str(ROOT)
        for turn in range(RUNS + 1):
            for name, command in commands.items():
                data = folder / name
                seconds = _start([*command, "--demo", "--data", str(data)], environ, pixels)
                if turn:  # The first of each warms the disk's memory.
                    took[name].append(seconds)
    source, frozen = (statistics.median(took[name]) for name in ("source", "frozen"))
    note = f"{frozen * 1000:.0f} ms to {source * 1000:.0f} ms, {RUNS} pairs"
    return [Row("exec to window, frozen / source", frozen / source, "×", 1.3, note)]


@contextmanager
def screen(folder: Path) -> Iterator[tuple[str, memoryview]]:
    """Run an X server; gives its name and its pixels as they are at the moment."""
    reader, writer = os.pipe()
    size = f"{WIDTH}x{HEIGHT}x24"
    server = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(writer),
            "-screen",
            "0",
            size,
            "-noreset",
            "-fbdir",
            str(folder),
        ],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as told:
            display = f":{told.readline().strip()}"
        with (folder / "Xvfb_screen0").open("rb") as file:
            memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        yield display, memoryview(memory)[-WIDTH * HEIGHT * _PIXEL :]
    finally:
        server.terminate()
        server.wait()


def _start(command: list[str], environ: dict[str, str], pixels: memoryview) -> float:
    """Start one, and return after how many seconds its window was on the screen."""
    middle = (HEIGHT // 2 * WIDTH + WIDTH // 2) * _PIXEL
    spot = slice(middle, middle + _PIXEL)
    before = bytes(pixels[spot])
    started = time.monotonic()
    process = subprocess.Popen(command, env=environ)
    while bytes(pixels[spot]) == before:
        time.sleep(_LOOK_EVERY_S)
        if time.monotonic() - started > PATIENCE_S:
            process.kill()
            raise TimeoutError(f"{command[0]} shows no window")
    took = time.monotonic() - started
    # Wholly started, so that its end is a usual one and the next start too.
    time.sleep(1)
    process.terminate()
    assert process.wait(PATIENCE_S) == 0
    while bytes(pixels[spot]) != before:
        time.sleep(_LOOK_EVERY_S)
    return took

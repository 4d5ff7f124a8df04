"""A long conversation: opened, scrolled and made narrower, beside a short one."""

import os
import statistics
import time
from pathlib import Path
from random import Random

from app.chat.conversation import Conversation
from app.chat.heading import Heading
from tests.benchmarks.at_rest import rss_mb
from tests.benchmarks.row import Row
from tests.benchmarks.stage import HEIGHT, WIDTH, Stage, unpaced
from tests.ui.transcript.conftest import PARAGRAPH, message

FEW, MANY = 100, 10_000
OPENS = 7
STEPS = 400
TEXT = PARAGRAPH * 5


def measure(_folder: Path) -> list[Row]:
    """Open both some times in turn, and use the long one."""
    with unpaced():
        _opened(_talk(FEW)).leave()
        before = rss_mb(os.getpid())
        stage = _opened(_talk(MANY))
        resident = rss_mb(os.getpid())
        times: dict[int, list[tuple[float, float]]] = {FEW: [], MANY: []}
        for _ in range(OPENS):
            times[FEW].append(_time(_talk(FEW)))
            times[MANY].append(_time(_talk(MANY)))
        view = stage.transcript
        parsed, wanted = view.counts.messages_parsed, view.counts.bodies_wanted
        laid_out = view.counts.layouts
        top = view.verticalScrollBar().value()
        shown = len(view._column.ids_between(top, top + view.viewport().height()))
        steps = _scroll(stage)
        narrower = _narrow(stage)
        stage.leave()
    used = {count: statistics.median(cpu for cpu, _ in times[count]) for count in times}
    took = statistics.median(wall for _, wall in times[MANY])
    cuts = statistics.quantiles(steps, n=100)
    return [
        Row(f"{MANY} messages: open", took, "ms", wanted=80),
        Row(
            f"the same / {FEW} messages",
            used[MANY] / used[FEW],
            "×",
            2,
            f"CPU {used[MANY]:.1f} ms, {used[FEW]:.1f} ms",
        ),
        Row("messages parsed to open / that show", parsed / shown, "×", 2, f"{parsed}, {shown}"),
        Row("texts wanted from disk to open", wanted, "", 200),
        Row("a turn of the wheel, p99", cuts[98], "ms", wanted=10, note=f"p50 {cuts[49]:.1f} ms"),
        Row(
            "layouts to be narrower / to open",
            narrower / laid_out,
            "×",
            1.5,
            f"{narrower}, {laid_out}",
        ),
        Row(f"memory for {MANY} messages (RSS)", resident - before, "MB", None),
    ]


def _talk(count: int) -> Conversation:
    """Return a conversation whose texts are on disk, and come when they are wanted."""
    it = Conversation(Heading(1), [message(i, None, length=len(TEXT)) for i in range(1, count + 1)])
    it.bodies_wanted.connect(lambda ids: it.fill((i, TEXT, "") for i in ids))
    return it


def _opened(it: Conversation) -> Stage:
    stage = Stage(it)
    assert stage.transcript.counts.paints
    return stage


def _time(it: Conversation) -> tuple[float, float]:
    """Return the milliseconds of CPU and of the clock until a conversation stands there."""
    cpu, wall = time.process_time(), time.perf_counter()
    stage = _opened(it)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    stage.leave()
    return cpu * 1000, wall * 1000


def _scroll(stage: Stage) -> list[float]:
    """Scroll up by turns of the wheel, from several places; return the milliseconds of each."""
    bar = stage.transcript.verticalScrollBar()
    random = Random(1)
    taken = []
    for step in range(STEPS):
        if step % 40 == 0:
            bar.setValue(random.randrange(bar.maximum()))
            stage.work()
        begun = time.process_time()
        bar.setValue(bar.value() - 3 * bar.singleStep())
        stage.work()
        taken.append((time.process_time() - begun) * 1000)
    return taken


def _narrow(stage: Stage) -> int:
    """Return how many layouts another width takes."""
    counts = stage.transcript.counts
    stage.transcript.scroll_to_end()
    stage.work()
    before = counts.layouts
    stage.transcript.resize(WIDTH - 200, HEIGHT)
    stage.work()
    return counts.layouts - before

"""Finding in ten thousand messages, beside the naive way: all texts at once, on the UI thread.

In memory the work is done in slices on the UI thread; of a conversation on disk the texts
are looked through on another. While other programs have the core the clock stands still
for us, see `own_time`.
"""

import re
import statistics
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.chat.conversation import Conversation
from app.chat.heading import Heading
from app.paths import paths_below
from app.store import conversations
from app.store.connection import connect
from app.ui.theme import light
from app.ui.transcript.findable import FindableTranscript
from app.ui.transcript.finding import Finding, Tally
from tests.benchmarks import talk
from tests.benchmarks.own_time import OwnTime
from tests.benchmarks.paced import PacedServer
from tests.benchmarks.row import Row
from tests.benchmarks.stage import appear, application
from tests.benchmarks.timed import Timed
from tests.ui.transcript.conftest import Words

ROUNDS = 3
FRAME_MS = 1000 / 60
PATIENCE_S = 60.0


def measure(folder: Path) -> list[Row]:
    """Look for a rare and a common word, in memory and on disk."""
    application()
    talk.store(folder)
    rows = []
    found = {word: [_in_memory(word) for _ in range(ROUNDS)] for word in (talk.RARE, talk.COMMON)}
    for word, rounds in found.items():
        turn = max(it[0] for it in rounds)
        begin, first, whole, total = map(statistics.median, list(zip(*rounds, strict=True))[1:])
        naive = statistics.median(_naive(word) for _ in range(ROUNDS))
        note = (
            f"to begin {begin:.1f} ms; naive {naive:.0f} ms; first hit {first:.0f} ms, "
            f"all {whole:.0f} ms, {total:.0f} hits"
        )
        rows += [
            Row(f"find '{word}', in memory: longest slice", turn, "ms", wanted=FRAME_MS, note=note),
            Row("the same / naive", turn / naive, "×", 1),
        ]
    return rows + _on_disk(folder)


def _in_memory(word: str) -> tuple[float, float, float, float, float]:
    """Return the ms of the longest slice, of the first one, until the first hit, and until
    the full count; and that.
    """
    it = Conversation(Heading(1, leaf=talk.MANY), talk.messages())
    transcript = FindableTranscript(it, Words(), light())
    finding = Finding(it, transcript, lambda ids, count, answer: None, transcript)
    appear(transcript)
    app, own = application(), OwnTime()
    while transcript.is_busy:
        app.processEvents()
    told: list[tuple[int, Tally]] = []
    finding.changed.connect(lambda tally: told.append((own.now_ns(), tally)))
    deadline = time.monotonic() + PATIENCE_S
    turns = [own.now_ns()]
    finding.look_for(word)
    turns.append(own.now_ns())
    while not told or told[-1][1].is_searching or told[-1][1].number is None:
        app.processEvents()
        turns.append(own.now_ns())
        assert time.monotonic() < deadline, f"the search does not end: {told[-1:]}"
    for _ in range(20):
        app.processEvents()
        turns.append(own.now_ns())
    transcript.hide()
    transcript.deleteLater()
    app.processEvents()
    first, whole = _times(turns[0], [(when, it.number, it.is_searching) for when, it in told])
    slices = [(b - a) / 1e6 for a, b in pairwise(turns)]
    return max(slices), slices[0], first, whole, float(told[-1][1].total)


def _naive(word: str) -> float:
    """Return the ms of looking through all texts at once."""
    texts = [message.text or "" for message in talk.messages()]
    own = OwnTime()
    pattern, begun = re.compile(re.escape(word), re.IGNORECASE), own.now_ns()
    for text in texts:
        for _ in pattern.finditer(text):
            pass
    return (own.now_ns() - begun) / 1e6


def _naive_on_disk(folder: Path, word: str) -> float:
    """Return the ms of reading all texts from disk and looking through them."""
    db, own = connect(paths_below(folder).database), OwnTime()
    pattern, begun = re.compile(re.escape(word), re.IGNORECASE), own.now_ns()
    for _, text, reasoning in conversations.load_bodies(db, range(1, talk.MANY + 1)).found:
        for _ in (*pattern.finditer(text), *pattern.finditer(reasoning)):
            pass
    took = (own.now_ns() - begun) / 1e6
    db.close()
    return took


def _on_disk(folder: Path) -> list[Row]:
    rows = []
    server = PacedServer()
    try:
        with Timed(folder, server.environ) as program:
            program.ready()
            program.open(1, talk.MANY)
            time.sleep(4.0)
            for word in (talk.RARE, talk.COMMON):
                naive = _naive_on_disk(folder, word)
                program.time(True, turns=True)
                begun = program.ask("find", text=word)
                told: list[Any] = []
                deadline = time.monotonic() + PATIENCE_S
                while not told or told[-1][3] or told[-1][1] is None:
                    assert time.monotonic() < deadline, f"the search does not end: {told[-1:]}"
                    time.sleep(0.1)
                    told = program.ask("tallies")
                stood = [when - waited for when, waited in program.time(False)["turns"]]
                turn = max((b - a) / 1e6 for a, b in pairwise(stood))
                first, whole = _times(begun, [(when, n, more) for when, n, _, more in told])
                note = (
                    f"naive {naive:.0f} ms; first hit {first:.0f} ms, all {whole:.0f} ms by the "
                    f"clock, {told[-1][2]} hits"
                )
                name = f"find '{word}', on disk: longest turn"
                rows += [
                    Row(name, turn, "ms", wanted=FRAME_MS, note=note),
                    Row("the same / naive", turn / naive, "×", 1),
                ]
            program.quit()
    finally:
        server.stop()
    return rows


def _times(begun: int, told: list[tuple[int, int | None, bool]]) -> tuple[float, float]:
    """Return the ms until there was a hit to be at, and until all were counted."""
    first = next(when for when, number, _ in told if number is not None)
    searching = [when for when, _, is_searching in told if is_searching]
    last = max(searching, default=begun)
    whole = next(when for when, _, is_searching in told if when >= last and not is_searching)
    return (first - begun) / 1e6, (whole - begun) / 1e6

"""A long reply as it streams in, beside what is simplest: Markdown set anew, and plain text."""

import statistics
import time
from pathlib import Path

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextBrowser

from app.chat.message import Delta
from tests.benchmarks import sample
from tests.benchmarks.row import Row
from tests.benchmarks.stage import Stage, appear, application, unpaced

TOKENS = 20_000
MARKS = (5_000, TOKENS, 40_000)
"""Tokens after which the CPU used so far is noted."""
WARM = 1_700
"""Tokens that show everything once: what is loaded with the first of each is not counted."""
SAMPLES = 30
WHOLE_S = 2.0
SIZES = {
    "table of 500 rows": (sample.table, 500),
    "fence of 2,000 lines": (sample.listing, 2_000),
    "paragraph of 20,000 characters": (sample.paragraph, 20_000),
}


def measure(_folder: Path) -> list[Row]:
    """Stream the same reply into ours and theirs, and ours as fast as it comes."""
    with unpaced():
        _stream(WARM, (WARM,))
        used, costs = _stream(MARKS[-1], MARKS)
    plain, markdown = _plain(TOKENS), _markdown(TOKENS)
    ours, frames = used[TOKENS], TOKENS * 3 // 10
    cuts = statistics.quantiles(costs[:frames], n=100)
    early, late = used[MARKS[0]] / MARKS[0], used[MARKS[-1]] / MARKS[-1]
    name = f"CPU for {TOKENS} tokens"
    return [
        Row(name, ours, "s", None, f"{frames} frames, {ours / TOKENS * 1000:.3f} ms a token"),
        Row("the same / setMarkdown", ours / markdown, "×", 0.125, f"{markdown:.1f} s, sampled"),
        Row("the same / insertText", ours / plain, "×", 2, f"{plain:.1f} s"),
        Row(
            f"CPU per token, {MARKS[-1]} / {MARKS[0]} tokens",
            late / early,
            "×",
            1.15,
            f"{late * 1000:.3f} ms, {early * 1000:.3f} ms",
        ),
        Row("work of a frame, p50", cuts[49], "ms", None, "wanted ≤ 2"),
        Row("work of a frame, p99", cuts[98], "ms", None, "wanted ≤ 10"),
        Row("work of a frame, longest", max(costs[:frames]), "ms", None, "wanted ≤ 33"),
        _as_fast_as_it_comes(),
        *(row for name in SIZES for row in _growth(name)),
    ]


def _stream(tokens: int, marks: tuple[int, ...]) -> tuple[dict[int, float], list[float]]:
    """Return the CPU seconds used at each mark, and the milliseconds of each frame."""
    stage = Stage()
    reply = stage.begin()
    used, costs, count = {}, [], 0
    left = list(marks)
    begun = time.process_time()
    for frame in sample.frames_of(sample.reply(tokens)):
        costs.append(stage.say(reply, frame))
        count += len(frame)
        if count >= left[0] - 3:
            stage.finish()
            used[left.pop(0)] = time.process_time() - begun
            if not left:
                break
    stage.leave()
    return used, costs


def _plain(tokens: int) -> float:
    """Return the CPU seconds of a plain text that is added to at its end."""
    app, edit = application(), QPlainTextEdit()
    appear(edit)
    bar = edit.verticalScrollBar()
    begun = time.process_time()
    for frame in sample.frames_of(sample.reply(tokens)):
        cursor = QTextCursor(edit.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText("".join(frame))
        bar.setValue(bar.maximum())
        app.processEvents()
        app.processEvents()
    used = time.process_time() - begun
    edit.deleteLater()
    return used


def _markdown(tokens: int) -> float:
    """Return the CPU seconds of Markdown that is set anew each frame, from a sample of frames."""
    app, browser = application(), QTextBrowser()
    appear(browser)
    text, frames = sample.reply(tokens), tokens * 3 // 10
    bar = browser.verticalScrollBar()
    begun = time.process_time()
    for number in range(SAMPLES):
        browser.setMarkdown(text[: len(text) * (2 * number + 1) // (2 * SAMPLES)])
        bar.setValue(bar.maximum())
        app.processEvents()
        app.processEvents()
    used = time.process_time() - begun
    browser.deleteLater()
    return used / SAMPLES * frames


def _as_fast_as_it_comes() -> Row:
    """Measure how long it takes until a reply that comes all at once stands there."""
    stage = Stage()
    reply = stage.begin()
    tokens = sample.tokens_of(sample.reply(TOKENS))
    begun, used = time.perf_counter(), time.process_time()
    for at in range(0, len(tokens), 100):
        stage.conversation.extend(reply, [Delta(token) for token in tokens[at : at + 100]])
        application().processEvents()
    stage.work()
    took, used = time.perf_counter() - begun, time.process_time() - used
    assert stage.transcript.is_pinned
    stage.leave()
    note = f"{used:.2f} s of CPU, wanted ≤ {WHOLE_S:g}"
    return Row(f"{TOKENS} tokens as fast as they come", took, "s", None, note)


def _growth(name: str) -> list[Row]:
    """Compare the work for something long with that for half of it."""
    make, size = SIZES[name]
    half, whole = _work(make(size // 2)), _work(make(size))
    parsed, layouts, cpu = (b / a for a, b in zip(half, whole, strict=True))
    note = f"characters {parsed:.2f}, layouts {layouts:.2f}, CPU {cpu:.2f}"
    return [Row(f"{name} / half", max(parsed, layouts), "×", 2.1, note)]


def _work(text: str) -> tuple[int, int, float]:
    """Return characters parsed, layouts made and CPU seconds for a text that streams in."""
    with unpaced():
        stage = Stage()
        reply, counts = stage.begin(), stage.transcript.counts
        parsed, layouts = counts.characters_parsed, counts.layouts
        begun = time.process_time()
        for frame in sample.frames_of(text):
            stage.say(reply, frame)
        stage.finish()
        used = time.process_time() - begun
        stage.leave()
    return counts.characters_parsed - parsed, counts.layouts - layouts, used

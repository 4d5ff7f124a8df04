"""A long reply as it streams in, beside what is simplest: Markdown set anew, and plain text."""

import statistics
import time
from pathlib import Path

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextBrowser

from app import starting
from tests.benchmarks import sample
from tests.benchmarks.row import Row
from tests.benchmarks.stage import Stage, appear, application, unpaced

TOKENS = 20_000
MARKS = (5_000, TOKENS, 40_000)
"""Tokens after which the CPU used so far is noted."""
WARM = 1_700
"""Tokens that show everything once: what is loaded with the first of each is not counted."""
SAMPLES = 30
ROUNDS = 2
"""Ours and theirs in turn; of each the round in which the machine disturbed it least."""


def measure(_folder: Path) -> list[Row]:
    """Stream the same reply into ours and theirs."""
    rounds, plains, markdowns = [], [], []
    costs: list[float] = []
    frames = TOKENS * 3 // 10
    with unpaced():
        _stream(WARM, (WARM,))
    # As the program does once it has started; what is simplest has it as cheap.
    starting.restore_import()
    starting.settle()
    for _ in range(ROUNDS):
        with unpaced():
            used, found = _stream(MARKS[-1], MARKS)
        rounds.append(used)
        costs += found[:frames]
        plains.append(_plain(TOKENS))
        markdowns.append(_markdown(TOKENS))
    plain, markdown = min(plains), min(markdowns)
    ours = min(used[TOKENS] for used in rounds)
    growths = [used[MARKS[-1]] / MARKS[-1] / (used[MARKS[0]] / MARKS[0]) for used in rounds]
    early, late = (min(used[mark] for used in rounds) / mark for mark in (MARKS[0], MARKS[-1]))
    cuts = statistics.quantiles(costs, n=100)
    name = f"CPU for {TOKENS} tokens"
    each = ", ".join(f"{growth:.2f}" for growth in growths)
    return [
        Row(name, ours, "s", None, f"{frames} frames, {ours / TOKENS * 1000:.3f} ms a token"),
        Row("the same / setMarkdown", ours / markdown, "×", 0.125, f"{markdown:.1f} s, sampled"),
        Row("the same / insertText", ours / plain, "×", 2, f"{plain:.1f} s"),
        Row(
            f"CPU per token, {MARKS[-1]} / {MARKS[0]} tokens",
            late / early,
            "×",
            1.15,
            f"{late * 1000:.3f} ms, {early * 1000:.3f} ms; in one round {each}",
        ),
        Row("work of a frame, p50", cuts[49], "ms", wanted=2, note="of CPU"),
        Row("work of a frame, p99", cuts[98], "ms", wanted=10),
        Row("work of a frame, longest", max(costs), "ms", wanted=33, note=_longest(costs)),
    ]


def _longest(costs: list[float]) -> str:
    """Say which frames took longest: of the same work each time, or of something rare."""
    frames = TOKENS * 3 // 10
    order = sorted(range(len(costs)), key=lambda i: -costs[i])[:3]
    return ", ".join(
        f"frame {i % frames} of round {i // frames + 1}: {costs[i]:.0f}" for i in order
    )


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

"""CrashReport: the text about a crash, for the person to read and to pass on.

It stays on this computer. In it are versions, where every thread was, and the end of
the log: no conversations, no keys, and no names of folders that tell who it was.
"""

import os
import platform
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path, PurePath

from app import NAME

MOST_REPORTS = 10
LOG_BYTES = 32 * 2**10
LOG_LINES = 60
_FRAME = re.compile(r'^([ \t]*)File "([^"\n]*)"', re.M)
_DATED = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d")
_KIND = re.compile(r"^([A-Za-z_][\w.]*)(:|$)")
_SOMEBODY = re.compile(
    r"(?i)(/home/|/Users/|/media/|/mnt/)[^/\\\s\"':]+|[a-z]:[\\/]+Users[\\/]+[^/\\\"':\n]+"
)
_LIBRARIES = re.compile(r"^.*[/\\](?:site-packages|dist-packages|python3\.\d+|_internal)[/\\]")
_PROGRAM = PurePath(__file__).parents[1]


def write(left: str, left_at: float, log: Path, logs: Path) -> Path:
    """Write a report into the folder of logs, and return where.

    `left` is the record of the run, last written to at `left_at`, in seconds since 1970;
    `log` is the file it logged to. The oldest reports are deleted.

    Raises:
        OSError: it cannot be written.
    """
    when = datetime.fromtimestamp(left_at, UTC)
    path = logs / f"crash-{when:%Y%m%d-%H%M%S}.txt"
    text = compose(left, _end_of(log), f"{when:%Y-%m-%d %H:%M:%S} UTC", logs)
    # Not through a link somebody laid there.
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    for old in kept(logs)[MOST_REPORTS:]:
        with suppress(OSError):
            old.unlink()
    return path


def kept(logs: Path) -> list[Path]:
    """Return the reports in the folder of logs, the newest first."""
    return sorted(logs.glob("crash-*.txt"), reverse=True)


def compose(left: str, log: str, when: str, logs: PurePath) -> str:
    """Return the report on a run that left `left` behind, and `log` at the end of its log."""
    head, _, fault = left.partition("\n")
    # Names of modules, hundreds of them, and nothing else.
    fault = fault.split("\nExtension modules:")[0]
    lines = [line for line in (_without_words(each) for each in log.splitlines()) if line]
    parts = [
        f"{NAME} ended unexpectedly, {when}.",
        "This file is on this computer only. It holds no conversations and no keys.",
        f"{head}\n{platform.system()} {platform.release()}, {platform.machine()}",
        f"Where it was:\n\n{fault.strip()}",
        "The last lines of its log:\n\n" + "\n".join(lines[-LOG_LINES:]),
    ]
    return _without_places("\n\n".join(parts), logs) + "\n"


def _end_of(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - LOG_BYTES))
            return file.read(LOG_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _without_words(line: str) -> str:
    """Return of a line of the log what cannot quote anybody; "" if nothing."""
    if _DATED.match(line) or _FRAME.match(line):
        return line
    # The last line of a traceback: what follows the kind of error may be anything.
    kind = _KIND.match(line)
    return kind[1] if kind else ""


def _without_places(text: str, logs: PurePath) -> str:
    """Return a text in which files are named from the program on down, and folders not."""
    text = _FRAME.sub(lambda found: f'{found[1]}File "{_below_program(found[2])}"', text)
    for place, name in ((logs, "<logs>"), (logs.parent, "<data>"), (Path.home(), "~")):
        if place != place.parent:
            # Qt turns the strokes of Windows around, and what is quoted doubles them.
            for spelling in (str(place), place.as_posix(), str(place).replace("\\", r"\\")):
                text = text.replace(spelling, name)
    return _SOMEBODY.sub("~", text)


def _below_program(name: str) -> str:
    shorter = _LIBRARIES.sub("", name)
    if shorter != name:
        return shorter
    path = PurePath(name)
    if path.is_relative_to(_PROGRAM):
        return str(path.relative_to(_PROGRAM))
    return path.name

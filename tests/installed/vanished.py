"""A Coprime whose package goes while it runs: `python -m tests.installed.vanished dist/coprime`.

The bundle is copied, started, and deleted. What is asked for first after that has to
work: a reply with formulas and code, every window, text in another encoding. Needs xvfb,
xdotool, openbox, x11-xserver-utils and imagemagick.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.installed.finding import say
from tests.installed.screen import Screen

FOLDER = Path(__file__).resolve().parents[2] / "build" / "prove"
WORDS = "Which numbers are coprime to twelve?"
_COLOURS = 60
"""A window with a reply of text, code and formulas has more; a blank one has fewer."""
_LAST = "QtNetwork"
_OPENS_S = 1.5
"""So long a window has to open; a caret that blinks keeps the screen from standing still."""
# What is asked for by name in the command palette, and how it is left.
ASKED = ("settings", "about coprime", "keyboard shortcuts", "copy diagnostics")


def main() -> int:
    """Prove the bundle on the command line; returns the exit code."""
    with Screen() as screen:
        prove_vanished(Path(sys.argv[1]), screen)
    return 0


def prove_vanished(bundle: Path, screen: Screen) -> None:
    """Use a copy of a bundle that was deleted while it ran.

    Raises:
        SystemExit: it ended, complained, or showed nothing.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        copy, data, told = Path(place, "copy"), Path(place, "data"), Path(place, "told")
        shutil.copytree(bundle, copy, symlinks=True)
        with told.open("wb") as errors:
            process = subprocess.Popen(
                [str(copy / "coprime"), "--demo", "--data", str(data)],
                env={**os.environ, "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"},
                stderr=errors,
            )
        try:
            window = screen.window("Coprime")
            screen.focus(window)
            until_loaded(process.pid)
            screen.until_still(FOLDER / "vanished-start.png")
            before = resident(process.pid)
            shutil.rmtree(copy)
            use(screen, FOLDER / "vanished-reply.png")
            print(f"resident: {before} MB before, {resident(process.pid)} MB after")
            is_running = process.poll() is None
            screen.key("ctrl+q")
            code = process.wait(20)
        finally:
            process.kill()
            process.wait()
        log = (data / "logs" / "coprime.log").read_text(encoding="utf-8")
        complaints = [line for line in log.splitlines() if " INFO " not in line]
        complaints += told.read_text(encoding="utf-8", errors="replace").splitlines()
    found = colours(FOLDER / "vanished-reply.png")
    say(f"ran on without its files and ended with {code}", is_running and code == 0)
    say(f"showed its reply in {found} colours", found >= _COLOURS)
    say("without a complaint" + "".join(f"\n    {each}" for each in complaints), not complaints)


def use(screen: Screen, picture: Path) -> None:
    """Converse, and open what can be opened, by keys alone."""
    screen.key("ctrl+m")
    screen.type("tour")
    screen.key("Return", "ctrl+j")
    screen.type(WORDS)
    screen.key("Return")
    screen.until_still(picture)
    screen.key("ctrl+f")
    screen.type("the")
    screen.key("Return")
    time.sleep(_OPENS_S)
    picture_of(screen, "vanished-find")
    screen.key("Escape")
    for words in ASKED:
        screen.key("ctrl+k")
        screen.type(words)
        screen.key("Return")
        time.sleep(_OPENS_S)
        picture_of(screen, "vanished-" + words.replace(" ", "-"))
        screen.key("Escape")


def picture_of(screen: Screen, name: str) -> None:
    """Keep what is on a screen, for people to look at."""
    path = FOLDER / f"{name}.png"
    subprocess.check_call(["import", "-display", screen.display, "-window", "root", str(path)])


def until_loaded(process: int) -> None:
    """Wait until a process loaded the last library that comes with its window."""
    while _LAST not in Path(f"/proc/{process}/maps").read_text(encoding="utf-8"):
        time.sleep(0.1)


def resident(process: int) -> int:
    """Return how much memory a process takes, in MB."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * 4096 // 2**20


def colours(picture: Path) -> int:
    """Return how many colours a picture has."""
    return int(subprocess.check_output(["identify", "-format", "%k", str(picture)]))


if __name__ == "__main__":
    sys.exit(main())

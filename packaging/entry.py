"""The frozen program's first lines."""

import os
import sys
from collections.abc import MutableMapping, Sequence
from pathlib import Path

import holding

from app.__main__ import main

_SCREENS = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")


def do_without_screen(arguments: Sequence[str], environ: MutableMapping[str, str]) -> None:
    """Have a self-test without a way to a screen use none: Qt would end the program."""
    if "--self-test" in arguments and not any(environ.get(name) for name in _SCREENS):
        environ["QT_QPA_PLATFORM"] = "offscreen"


if __name__ == "__main__":
    holding.hold(Path(sys._MEIPASS))  # type: ignore[attr-defined]
    if sys.platform.startswith("linux"):
        do_without_screen(sys.argv, os.environ)
    sys.exit(main())

"""The window opens within reach, whatever has become of the screens it was on."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import json, sys
from PySide6.QtCore import QRect, QSettings
from PySide6.QtWidgets import QApplication
from app.ui import placement, theme
from app.ui.window import Window

qapp = QApplication([])
settings = QSettings(sys.argv[1], QSettings.Format.IniFormat)
window = Window(theme.light(), settings)
if len(sys.argv) > 2:
    window.setGeometry(QRect(*json.loads(sys.argv[2])))
    for state in sys.argv[3:]:
        getattr(window, state)()
window.show()
qapp.processEvents()
screens = [screen.availableGeometry() for screen in qapp.screens()]
frame = window.frameGeometry()
print(json.dumps({
    "frame": frame.getRect(),
    "size": [window.normalGeometry().width(), window.normalGeometry().height()],
    # Qt counts the frame, of 2 pixels here, on one side only.
    "within": any(screen.adjusted(-4, -4, 4, 4).contains(frame) for screen in screens),
    "maximized": window.isMaximized(),
    "full": window.isFullScreen(),
}))
if len(sys.argv) > 2:
    window.close()
    settings.sync()
"""
LAPTOP = (1280, 720, 1)
DESK = (1920, 1080, 1)
LARGE = (2560, 1440, 1)
HUGE = (3840, 2160, 1)
SHARP = (3840, 2160, 2)


def on_screens(
    folder: Path, screens: tuple[tuple[int, int, int], ...], *arguments: str
) -> dict[str, Any]:
    """Show the window on screens side by side (width, height, scale), and return where it is."""
    left, found = 0, []
    for number, (width, height, scale) in enumerate(screens):
        found.append(
            {"name": f"s{number}", "x": left, "y": 0, "width": width, "height": height}
            | {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": scale}
        )
        left += width
    (folder / "screens.json").write_text(json.dumps({"screens": found}))
    told = subprocess.run(
        [sys.executable, "-P", "-c", SCRIPT, str(folder / "window.ini"), *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "QT_QPA_PLATFORM": f"offscreen:configfile={folder / 'screens.json'}",
        },
    )
    answer: dict[str, Any] = json.loads(told.stdout)
    return answer


@pytest.mark.parametrize(
    "place",
    [(2500, 300, 1800, 1000), (100, 100, 900, 700), (-3000, 5000, 900, 700), (0, 0, 4400, 1400)],
)
def test_a_window_is_within_reach_on_any_later_screen(
    tmp_path: Path, place: tuple[int, ...]
) -> None:
    on_screens(tmp_path, (DESK, LARGE), json.dumps(place))
    for later in (LAPTOP, DESK, LARGE, SHARP):
        assert on_screens(tmp_path, (later,))["within"], later


def test_a_window_comes_back_where_it_was(tmp_path: Path) -> None:
    before = on_screens(tmp_path, (DESK, LARGE), "[2500, 300, 1200, 900]")
    after = on_screens(tmp_path, (DESK, LARGE))
    assert after == before


def test_a_maximised_window_stays_so(tmp_path: Path) -> None:
    on_screens(tmp_path, (DESK, LARGE), "[2500, 300, 1000, 600]", "showMaximized")
    for later in ((DESK, LARGE), (LAPTOP,), (HUGE,), (SHARP,)):
        assert on_screens(tmp_path, later)["maximized"], later


def test_its_size_survives_a_screen_of_another_size(tmp_path: Path) -> None:
    on_screens(tmp_path, (LARGE,), "[300, 200, 1000, 600]")
    assert on_screens(tmp_path, (LAPTOP,))["size"] == [1000, 600]


def test_what_was_full_screen_is_so_again_or_an_ordinary_window(tmp_path: Path) -> None:
    on_screens(tmp_path, (DESK,), "[300, 200, 1000, 600]", "showFullScreen")
    assert on_screens(tmp_path, (DESK,))["full"]
    assert on_screens(tmp_path, (LAPTOP,))["within"]


def test_settings_that_make_no_sense_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "window.ini").write_text("[window]\ngeometry=x\nplace=y\nmaximized=z\n")
    assert on_screens(tmp_path, (DESK,))["within"]

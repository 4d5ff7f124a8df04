"""The panes stand beside the centre where there is room, and float where there is not."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.columns import Columns, Side


class Stage:
    def __init__(self, qtbot: QtBot) -> None:
        self.frame = QWidget()
        self.left, self.centre, self.right = QWidget(), QWidget(), QWidget()
        self.columns = Columns(self.left, self.centre, self.right, self.frame)
        qtbot.addWidget(self.frame)
        self.frame.show()

    def resize(self, width: int) -> None:
        self.frame.resize(width, 600)
        self.columns.resize(width, 600)


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    return Stage(qtbot)


@pytest.mark.parametrize(
    ("width", "left", "right"),
    [(1280, True, True), (1100, True, True), (1000, True, False), (700, False, False)],
)
def test_what_stands_beside_the_centre_depends_on_the_width(
    stage: Stage, width: int, left: bool, right: bool
) -> None:
    stage.resize(width)
    assert (stage.left.isVisible(), stage.right.isVisible()) == (left, right)
    assert stage.centre.width() >= 320


def test_a_pane_without_room_floats_over_the_centre_and_leaves_it_as_it_is(
    stage: Stage, qtbot: QtBot
) -> None:
    stage.resize(1000)
    before = stage.centre.geometry()
    stage.columns.show_pane(Side.RIGHT)
    assert stage.right.isVisible()
    assert stage.centre.geometry() == before
    qtbot.mouseClick(stage.columns.childAt(QPoint(500, 300)), Qt.MouseButton.LeftButton)
    assert not stage.right.isVisible(), "a click beside it closes it"
    stage.columns.show_pane(Side.RIGHT)
    assert stage.columns.close_floating()
    assert not stage.columns.close_floating()


def test_growing_and_shrinking_keeps_widths_and_what_was_hidden(stage: Stage) -> None:
    stage.resize(1280)
    stage.columns.toggle(Side.LEFT)
    width = stage.right.width()
    for each in (700, 1000, 1280, 600, 1280):
        stage.resize(each)
    assert not stage.left.isVisible()
    assert stage.right.width() == width
    stage.columns.toggle(Side.LEFT)
    assert stage.left.isVisible()


def test_widths_survive_a_restart(stage: Stage, qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    stage.resize(1280)
    stage.columns.toggle(Side.RIGHT)
    width = stage.left.width()
    stage.columns.save(settings)
    again = Stage(qtbot)
    again.resize(1280)
    again.columns.restore(settings)
    assert again.left.width() == width
    assert not again.right.isVisible()
    settings.setValue("columns/left_width", "nonsense")
    again.columns.restore(settings)
    assert again.left.isVisible()

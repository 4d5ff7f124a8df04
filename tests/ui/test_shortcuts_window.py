"""The window of shortcuts lists what holds, and nothing else."""

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui import actions, theme
from app.ui.shortcuts_window import ShortcutsWindow, lines
from app.ui.transcript.acts import KEYS


def test_every_action_with_a_key_is_listed_below_the_name_of_its_menu() -> None:
    listed: dict[tuple[str, str], tuple[str, ...]] = {}
    heading = ""
    for line in lines():
        if line.keys:
            listed[heading, line.label] = line.keys
        else:
            heading = line.label
    for deed in actions.deeds():
        keys = listed.get((deed.menu_label, deed.label), ())
        assert keys == deed.shown_keys
    for heard in actions.heard_elsewhere():
        assert listed[heard.place, heard.label] == heard.shown_keys


def test_the_keys_on_a_message_are_those_the_transcript_hears() -> None:
    place = next(each.place for each in actions.heard_elsewhere() if each.keys == ("C",))
    letters = {
        key
        for each in actions.heard_elsewhere()
        for key in each.keys
        if each.place == place and len(key) == 1
    }
    assert letters == {QKeySequence(key).toString() for key in KEYS}


def test_the_key_that_sends_is_the_one_that_was_chosen() -> None:
    def keys(label: str, *, enter_sends: bool) -> tuple[str, ...]:
        heard = actions.heard_elsewhere(enter_sends=enter_sends)
        return next(each.keys for each in heard if each.label == label)

    assert keys("Send", enter_sends=True) == ("Enter",)
    assert keys("Send", enter_sends=False) == ("Ctrl+Enter",)
    assert keys("New line", enter_sends=False) == ("Enter",)


@pytest.fixture
def window(qtbot: QtBot) -> ShortcutsWindow:
    window = ShortcutsWindow(None, theme.light())
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(window)
    window.open()
    window.activateWindow()
    qtbot.waitUntil(window.list.hasFocus)
    return window


def test_it_is_gone_through_with_the_arrow_keys_and_read_out(window: ShortcutsWindow) -> None:
    told = window.list.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert told == "New conversation: Ctrl+N or Ctrl+T"
    QTest.keyClicks(window.list, "Quit")
    QTest.keyClick(window.list, Qt.Key.Key_Down)
    assert window.list.currentIndex().data() == "Copy", "headings are passed over"
    QTest.keyClick(window.list, Qt.Key.Key_Up)
    assert window.list.currentIndex().data() == "Quit"
    QTest.keyClick(window.list, Qt.Key.Key_Escape)
    assert not window.isVisible()


@pytest.mark.parametrize("width", [320, 560])
def test_it_is_painted_at_any_width_and_in_both_themes(window: ShortcutsWindow, width: int) -> None:
    window.resize(width, 300)
    light = window.grab().toImage()
    window.set_theme(theme.dark())
    dark = window.grab().toImage()
    assert light.size() == dark.size() == QSize(width, 300)
    assert light.pixelColor(4, 4) == theme.light().colours.window
    assert dark.pixelColor(4, 4) == theme.dark().colours.window
    assert window.list.horizontalScrollBar().maximum() == 0

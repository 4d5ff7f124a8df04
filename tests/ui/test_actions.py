"""Every action exists once, does something, and has its keys to itself."""

from collections import Counter

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from app.ui import actions
from app.ui.composer import Composer


def test_no_key_does_two_things() -> None:
    keys = Counter(QKeySequence(keys).toString() for deed in actions.deeds() for keys in deed.keys)
    assert [key for key, times in keys.items() if times > 1] == []
    assert "" not in keys, "every key is one Qt knows"


def test_every_action_calls_its_verb_and_stands_in_a_menu(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    called: list[str] = []
    names = [deed.name for deed in actions.deeds()]
    verbs = {name: lambda name=name: called.append(name) for name in names}
    built = actions.build(window, verbs)
    actions.fill(window.menuBar(), built)
    in_menus = [
        action.objectName()
        for menu in window.menuBar().actions()
        for action in menu.menu().actions()  # type: ignore[attr-defined]
        if action.objectName()
    ]
    assert sorted(in_menus) == sorted(names)
    for action in built.values():
        action.trigger()
    assert called == names


def test_a_deed_without_a_verb_is_an_error_at_once(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    with pytest.raises(KeyError):
        actions.build(window, {})


def test_no_key_is_taken_by_the_composer_before_its_action_hears_of_it(qtbot: QtBot) -> None:
    composer = Composer()
    qtbot.addWidget(composer)
    taken = []
    for deed in actions.deeds():
        for keys in deed.keys:
            combination = QKeySequence(keys)[0]  # type: ignore[index]  # missing in the stubs
            event = QKeyEvent(
                QEvent.Type.ShortcutOverride, combination.key(), combination.keyboardModifiers()
            )
            event.ignore()
            QApplication.sendEvent(composer.page, event)
            if event.isAccepted():
                taken.append((deed.name, keys))
    assert taken == []

"""Every action exists once, does something, and has its keys to itself."""

import re
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from app.ui import actions
from app.ui.composer import Composer
from app.ui.menus import Menus


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
    Menus(window, built)
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


def is_taken(widget: QWidget, keys: str) -> bool:
    """Return whether a widget wants a key for itself before the actions get it."""
    combination = QKeySequence(keys)[0]  # type: ignore[index]  # missing in the stubs
    event = QKeyEvent(
        QEvent.Type.ShortcutOverride, combination.key(), combination.keyboardModifiers()
    )
    event.ignore()
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_no_key_is_taken_by_the_composer_before_its_action_hears_of_it(qtbot: QtBot) -> None:
    composer = Composer()
    qtbot.addWidget(composer)
    taken = [
        (deed.name, keys)
        for deed in actions.deeds()
        for keys in deed.keys
        if is_taken(composer.page, keys)
    ]
    assert taken == []


def test_no_key_is_taken_by_a_field_before_its_action_hears_of_it(qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    field.setText("some text")
    taken = [
        (deed.name, keys) for deed in actions.deeds() for keys in deed.keys if is_taken(field, keys)
    ]
    assert taken == []


def test_a_letter_chooses_one_menu_and_one_item_of_it() -> None:
    texts: dict[str, set[str]] = {"": set()}
    for deed in actions.deeds():
        texts[""].add(deed.menu)
        texts.setdefault(deed.menu, set()).add(deed.text)
    for menu, items in texts.items():
        letters = [re.findall(r"&(.)", text) for text in items]
        assert all(len(found) == 1 for found in letters), f"{menu}: one letter each"
        times = Counter(found[0].lower() for found in letters)
        assert max(times.values()) == 1, f"{menu}: {times}"


def test_an_item_names_what_it_does_wherever_it_is_met() -> None:
    for deed in actions.deeds():
        assert "&" not in deed.label
        assert deed.label[0].isupper()
        assert not deed.label.endswith("."), "no sentence"
    labels = Counter((deed.menu, deed.label) for deed in actions.deeds())
    assert max(labels.values()) == 1
    # In the palette the name of the menu stands far away.
    vague = {"Conversations", "Models", "Parameters", "Show", "Open", "Close"}
    assert not vague & {deed.label for deed in actions.deeds()}


def test_context_menus_take_their_words_and_keys_from_the_actions() -> None:
    assert actions.in_menu("close_tab") == "Close tab\tCtrl+W"
    assert actions.in_menu("close_other_tabs") == "Close other tabs"
    assert actions.in_menu("delete", "Del") == "Delete\tDel"
    with pytest.raises(KeyError):
        actions.in_menu("nothing")


README = Path(__file__).resolve().parents[2] / "README.md"


def readme_keys() -> list[str]:
    """Return the keys in the first column of the README's table."""
    table = README.read_text(encoding="utf-8").partition("| key | does |\n| --- | --- |\n")[2]
    cells = [line.split(" | ")[0].strip("| ") for line in table.partition("\n\n")[0].splitlines()]
    return [key for cell in cells for key in re.split(r", (?=\S)| or ", cell)]


def test_every_key_in_the_readme_exists_and_the_keys_of_common_actions_are_there() -> None:
    known = {QKeySequence(key).toString() for deed in actions.deeds() for key in deed.keys}
    known |= {
        QKeySequence(key).toString() for each in actions.heard_elsewhere() for key in each.keys
    }
    told = [key.replace("↑ in an empty composer", "Up") for key in readme_keys()]
    assert len(told) > 20
    for key in told:
        assert QKeySequence(key).toString() in known, key
    assert len(told) == len(set(told)), "each key once"
    for name in (
        "new_conversation",
        "palette",
        "shortcuts",
        "stop",
        "find",
        "find_model",
        "settings",
    ):
        keys = next(deed.keys for deed in actions.deeds() if deed.name == name)
        assert set(keys) & set(told), name

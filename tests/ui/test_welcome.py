"""The welcome: three ways to begin, and what becomes of a key that is typed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.style import style_sheet
from app.ui.welcome import STYLE, Welcome

KEY = "pit_0123456789"


@pytest.fixture
def welcome(qtbot: QtBot) -> Welcome:
    it = Welcome()
    qtbot.addWidget(it)
    it.setStyleSheet(style_sheet(theme.light(), STYLE))
    it.set_theme(theme.light())
    it.resize(720, 760)
    with qtbot.waitExposed(it):
        it.show()
    it.activateWindow()
    it.setFocus()
    return it


def type_key(welcome: Welcome, text: str) -> None:
    QTest.keyClicks(welcome.key.field, text)


def test_enter_in_the_field_gives_the_key_without_what_pasting_added(
    qtbot: QtBot, welcome: Welcome
) -> None:
    type_key(welcome, f' "{KEY}" ')
    with qtbot.waitSignal(welcome.key_given) as given:
        QTest.keyClick(welcome.key.field, Qt.Key.Key_Return)
    assert given.args == [KEY]


def test_the_key_is_masked_and_stays_until_it_is_accepted(welcome: Welcome) -> None:
    type_key(welcome, KEY)
    welcome.key.check.click()
    assert welcome.key.field.echoMode() is QLineEdit.EchoMode.Password
    assert KEY not in welcome.key.field.displayText()
    assert welcome.key.field.text() == KEY
    welcome.forget_key()
    assert welcome.key.field.text() == ""
    welcome.key.field.undo()
    assert welcome.key.field.text() == ""


@pytest.mark.parametrize("typed", ["", "   ", "two words", "schlüssel"])
def test_what_cannot_be_a_key_is_said_in_place_and_goes_nowhere(
    qtbot: QtBot, welcome: Welcome, typed: str
) -> None:
    hint = welcome.key.hint.text()
    welcome.key.field.setText(typed)
    with qtbot.assertNotEmitted(welcome.key_given):
        welcome.key.check.click()
    assert welcome.key.hint.text() != hint
    assert welcome.key.hint.property("tone") == "error"
    QTest.keyClick(welcome.key.field, Qt.Key.Key_X)
    assert welcome.key.hint.text() == hint
    assert welcome.key.hint.property("tone") == ""


def test_while_a_key_is_checked_nothing_else_can_be_given(qtbot: QtBot, welcome: Welcome) -> None:
    welcome.show_cli_login("Found: Personal, production")
    type_key(welcome, KEY)
    welcome.show_checking(True)
    assert "Checking" in welcome.key.hint.text()
    with (
        qtbot.assertNotEmitted(welcome.key_given),
        qtbot.assertNotEmitted(welcome.cli_login_taken),
        qtbot.assertNotEmitted(welcome.demo_requested),
    ):
        QTest.keyClick(welcome.key.field, Qt.Key.Key_Return)
        for button in (welcome.key.check, welcome.cli.button, welcome.demo.button):
            button.click()
    welcome.show_checking(False)
    with qtbot.waitSignal(welcome.key_given):
        welcome.key.check.click()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_nobody_need_wait_for_the_check(qtbot: QtBot, welcome: Welcome, key: Qt.Key) -> None:
    place = welcome.key.height()
    type_key(welcome, KEY)
    welcome.key.field.setFocus()
    welcome.show_checking(True)
    focus = QApplication.focusWidget()
    assert isinstance(focus, QPushButton)
    assert focus.text() == "Cancel"
    with qtbot.waitSignal(welcome.check_cancelled):
        QTest.keyClick(focus, key)
    assert welcome.key.height() == place
    welcome.show_saving()
    assert not focus.isVisible(), "what is being kept is not taken back"
    welcome.show_checking(False)
    assert welcome.key.field.hasFocus()
    assert welcome.key.field.text() == KEY
    assert not focus.isVisible()


def test_the_focus_comes_back_to_the_button_that_was_pressed(welcome: Welcome) -> None:
    welcome.key.check.setFocus()
    welcome.show_checking(True)
    welcome.show_checking(False)
    assert welcome.key.check.hasFocus()


def test_a_problem_is_said_where_the_person_did_it(welcome: Welcome) -> None:
    welcome.show_cli_login("Found: Research Lab (team), production")
    welcome.cli.button.click()
    welcome.show_checking(True)
    assert "Checking" in welcome.cli.hint.text()
    welcome.show_checking(False)
    welcome.show_problem("Prime did not accept this key.")
    assert welcome.cli.hint.text() == "Prime did not accept this key."
    assert welcome.key.hint.property("tone") != "error"
    type_key(welcome, KEY)
    welcome.key.check.click()
    assert welcome.cli.hint.text() == "Found: Research Lab (team), production"
    welcome.show_problem("Busy.")
    assert welcome.key.hint.text() == "Busy."


def test_it_says_where_the_key_will_be_kept(welcome: Welcome) -> None:
    assert "keyring" in welcome.key.hint.text()
    welcome.show_keyring("GNOME Keyring")
    assert "(GNOME Keyring), nowhere else" in welcome.key.hint.text()
    welcome.show_keyring(None)
    assert "for this run only" in welcome.key.hint.text()


def test_what_the_keyring_is_called_does_not_hide_a_problem(welcome: Welcome) -> None:
    welcome.show_problem("Busy.")
    welcome.show_keyring("KWallet")
    assert welcome.key.hint.text() == "Busy."
    welcome.show_problem("")
    assert "KWallet" in welcome.key.hint.text()


def test_the_cli_card_comes_and_goes_and_the_field_stays_where_it_is(welcome: Welcome) -> None:
    def place() -> int:
        QApplication.processEvents()
        return welcome.key.field.mapTo(welcome, welcome.key.field.rect().topLeft()).y()

    assert not welcome.cli.isVisible()
    before = place()
    welcome.show_cli_login("Found: Personal, production")
    assert welcome.cli.isVisible()
    assert place() == before
    welcome.show_keyring(None)
    assert place() == before
    welcome.show_cli_login(None)
    assert not welcome.cli.isVisible()


def test_a_long_name_from_outside_is_plain_and_leaves_the_card_small(welcome: Welcome) -> None:
    welcome.show_cli_login("<b>研究所 مختبر</b> " * 200)
    QApplication.processEvents()
    assert welcome.cli.hint.textFormat() is Qt.TextFormat.PlainText
    assert welcome.cli.height() < 150


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("Try it", "demo_requested"),
        ("Use it", "cli_login_taken"),
        ("Get a key", "keys_page_requested"),
        ("Address and team…", "account_requested"),
    ],
)
def test_every_button_asks_for_its_own_by_mouse_and_by_enter(
    qtbot: QtBot, welcome: Welcome, text: str, signal: str
) -> None:
    welcome.show_cli_login("Found: Personal, production")
    button = next(b for b in welcome.findChildren(QPushButton) if b.text() == text)
    with qtbot.waitSignal(getattr(welcome, signal)):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(getattr(welcome, signal)):
        QTest.keyClick(button, Qt.Key.Key_Return)


def test_tab_goes_from_the_key_down_the_page(welcome: Welcome) -> None:
    welcome.show_cli_login("Found: Personal, production")
    stops = []
    for _ in range(6):
        focus = QApplication.focusWidget()
        assert focus is not None
        stops.append(focus.text() if isinstance(focus, QPushButton) else focus.accessibleName())
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    expected = ["API key", "Check and save", "Get a key", "Address and team…", "Use it", "Try it"]
    assert stops == expected


def test_where_it_is_narrow_the_button_stands_below_the_field(welcome: Welcome) -> None:
    welcome.resize(330, 500)
    QApplication.processEvents()
    assert welcome.key.check.y() > welcome.key.field.y()
    assert welcome.key.check.geometry().right() <= welcome.key.width()

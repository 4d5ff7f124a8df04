"""The account dialog: what was typed is checked in place, and no secret outlives it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.chat.account import PRIME_ENDPOINT, Account, SecretSource
from app.ui import theme
from app.ui.account_dialog import AccountDialog
from app.ui.account_form import AccountForm

KEY, TEAM_ID = "pit_0123456789", "team_0123456789"
ADA = Account("a1", "Ada", PRIME_ENDPOINT, team="Research Lab")


def opened(qtbot: QtBot, account: Account | None = None) -> AccountDialog:
    dialog = AccountDialog(None, theme.light(), account)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    dialog.activateWindow()
    return dialog


def retype(line: QLineEdit, text: str) -> None:
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_Delete)
    QTest.keyClicks(line, text)


def submit(qtbot: QtBot, dialog: AccountDialog) -> AccountForm:
    with qtbot.waitSignal(dialog.submitted) as caught:
        dialog.save.click()
    form = caught.args[0]
    assert isinstance(form, AccountForm)
    return form


def refused(qtbot: QtBot, dialog: AccountDialog) -> dict[str, str]:
    """Return what is said below each field when the account is not taken."""
    with qtbot.assertNotEmitted(dialog.submitted), qtbot.assertNotEmitted(dialog.test_requested):
        dialog.save.click()
        dialog.test.click()
    return {name: it.problem for name, it in dialog.fields.by_name.items() if it.problem}


# Adding


def test_a_key_alone_is_a_personal_account_at_prime(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    QTest.keyClicks(dialog.fields.key.line, f"Bearer {KEY} ")
    assert submit(qtbot, dialog) == AccountForm("", PRIME_ENDPOINT, KEY, "", "")


def test_everything_typed_is_in_the_form_and_its_secrets_do_not_show(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    for field, text in zip(
        dialog.fields.by_name,
        (KEY, " Ada   Lovelace", "localhost:8000/v1/models", TEAM_ID, " Research  Lab "),
        strict=True,
    ):
        retype(dialog.fields.by_name[field].line, text)
    form = submit(qtbot, dialog)
    assert form == AccountForm(
        "Ada Lovelace", "http://localhost:8000/v1", KEY, "Research Lab", TEAM_ID
    )
    assert KEY not in repr(form)
    assert TEAM_ID not in repr(form)


def test_enter_adds_the_account(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    QTest.keyClicks(dialog.fields.key.line, KEY)
    with qtbot.waitSignal(dialog.submitted):
        QTest.keyClick(dialog.fields.key.line, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("key", ""),
        ("key", "two words"),
        ("endpoint", ""),
        ("endpoint", "http://example.org/v1"),
        ("endpoint", "ftp://example.org"),
        ("team_id", "no team"),
    ],
)
def test_what_cannot_be_used_is_said_below_its_field(qtbot: QtBot, field: str, typed: str) -> None:
    dialog = opened(qtbot)
    dialog.fields.key.line.setText(KEY)
    line = dialog.fields.by_name[field].line
    retype(line, typed)
    assert list(refused(qtbot, dialog)) == [field]
    assert line.hasFocus()
    assert line.accessibleDescription()
    QTest.keyClicks(line, "x")
    assert dialog.fields.by_name[field].problem == ""


def test_a_team_named_without_its_id_would_not_pay_and_is_not_taken(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    dialog.fields.key.line.setText(KEY)
    retype(dialog.fields.team.line, "Research Lab")
    assert list(refused(qtbot, dialog)) == ["team_id"]


# Editing


def test_an_edit_keeps_the_secrets_it_does_not_show(qtbot: QtBot) -> None:
    dialog = opened(qtbot, ADA)
    assert dialog.fields.key.text == ""
    assert dialog.fields.team_id.text == ""
    assert "keyring" in dialog.fields.key.line.placeholderText()
    retype(dialog.fields.name.line, "Ada L.")
    assert submit(qtbot, dialog) == AccountForm(
        "Ada L.", PRIME_ENDPOINT, None, "Research Lab", None
    )


def test_an_account_of_this_run_is_not_said_to_be_in_the_keyring(qtbot: QtBot) -> None:
    dialog = opened(qtbot, Account("a", "Ada", PRIME_ENDPOINT, source=SecretSource.MEMORY))
    assert "keyring" not in dialog.fields.key.line.placeholderText()
    assert "run" in dialog.fields.key.line.placeholderText()


def test_a_team_can_be_dropped(qtbot: QtBot) -> None:
    dialog = opened(qtbot, ADA)
    dialog.fields.no_team.click()
    assert not dialog.fields.team_id.isEnabled()
    form = submit(qtbot, dialog)
    assert (form.team, form.team_id) == ("", "")


def test_only_an_account_with_a_team_has_one_to_drop(qtbot: QtBot) -> None:
    assert opened(qtbot, ADA).fields.no_team.isVisible()
    assert not opened(qtbot).fields.no_team.isVisible()
    assert not opened(qtbot, Account("a", "Ada", PRIME_ENDPOINT)).fields.no_team.isVisible()


def test_kept_secrets_do_not_go_along_to_another_address(qtbot: QtBot) -> None:
    dialog = opened(qtbot, ADA)
    retype(dialog.fields.endpoint.line, "https://example.org/v1")
    assert "keyring" not in dialog.fields.key.line.placeholderText()
    assert "api.pinference.ai" in dialog.fields.endpoint.line.accessibleDescription()
    assert list(refused(qtbot, dialog)) == ["key", "team_id"]
    QTest.keyClicks(dialog.fields.key.line, KEY)
    assert list(refused(qtbot, dialog)) == ["team_id"]
    dialog.fields.no_team.click()
    assert submit(qtbot, dialog) == AccountForm("Ada", "https://example.org/v1", KEY, "", "")


def test_another_path_at_the_same_address_keeps_them(qtbot: QtBot) -> None:
    dialog = opened(qtbot, ADA)
    retype(dialog.fields.endpoint.line, "https://api.pinference.ai/api/v2")
    assert submit(qtbot, dialog).key is None


def test_it_says_where_the_secrets_will_be_kept(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    dialog.show_keyring("KWallet")
    assert "in KWallet, nowhere else" in dialog.status.text
    dialog.show_keyring(None)
    assert "for this run only" in dialog.status.text


# What comes back


def test_a_test_says_what_came_of_it_until_something_is_changed(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    QTest.keyClicks(dialog.fields.key.line, KEY)
    hint = dialog.status.text
    with qtbot.waitSignal(dialog.test_requested) as caught:
        dialog.test.click()
    assert caught.args[0].key == KEY
    dialog.show_busy(True)
    assert not dialog.save.isEnabled()
    dialog.show_busy(False)
    dialog.show_test("It works: 125 models.", True)
    assert dialog.status.text == "It works: 125 models."
    QTest.keyClicks(dialog.fields.key.line, "x")
    assert dialog.status.text == hint


def test_while_busy_only_cancel_works_and_the_focus_comes_back(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    dialog.fields.name.line.setFocus()
    dialog.show_busy(True)
    assert dialog.cancel.hasFocus()
    assert not dialog.fields.isEnabled()
    dialog.show_busy(False)
    assert dialog.fields.name.line.hasFocus()
    dialog.show_busy(True)
    with qtbot.waitSignal(dialog.rejected):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_a_problem_found_later_is_said_at_its_field_or_at_the_end(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    dialog.show_problem("key", "Prime did not accept this key.")
    assert dialog.fields.key.problem == "Prime did not accept this key."
    assert dialog.fields.key.line.hasFocus()
    dialog.show_problem("", "The keyring is locked.")
    assert dialog.status.text == "The keyring is locked."


@pytest.mark.parametrize("end", ["accept", "reject", "close"])
def test_secrets_are_gone_when_it_closes(qtbot: QtBot, end: str) -> None:
    dialog = opened(qtbot)
    QTest.keyClicks(dialog.fields.key.line, KEY)
    QTest.keyClicks(dialog.fields.team_id.line, TEAM_ID)
    getattr(dialog, end)()
    assert dialog.fields.key.text == ""
    assert dialog.fields.team_id.text == ""


def test_tab_visits_the_fields_in_their_order(qtbot: QtBot) -> None:
    dialog = opened(qtbot, ADA)
    dialog.fields.key.line.setFocus()
    stops = []
    for _ in range(9):
        focus = QApplication.focusWidget()
        assert focus is not None
        stops.append(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    fields = dialog.fields
    assert stops == [
        fields.key.line,
        fields.name.line,
        fields.endpoint.line,
        fields.team_id.line,
        fields.no_team,
        fields.team.line,
        dialog.test,
        dialog.save,
        dialog.cancel,
    ]


def test_everything_can_be_seen_without_scrolling_where_the_screen_allows(qtbot: QtBot) -> None:
    dialog = opened(qtbot, ADA)
    QApplication.processEvents()
    assert dialog.fields.visibleRegion().boundingRect().height() == dialog.fields.height()
    dialog.fields.endpoint.line.setText("http://example.org")
    dialog.save.click()
    QApplication.processEvents()
    assert dialog.fields.visibleRegion().boundingRect().height() == dialog.fields.height()

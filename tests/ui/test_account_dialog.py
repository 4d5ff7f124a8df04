"""The account dialog: what was typed is checked in place, and no secret outlives it."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.chat.account import PRIME_ENDPOINT, Account, SecretSource
from app.chat.failure import Failure, Kind
from app.chat.platform import Balance, Identity, Team
from app.ui import theme, wording
from app.ui.account_dialog import AccountDialog
from app.ui.account_form import AccountForm
from app.ui.settings_accounts import AccountsPage

KEY, TEAM_ID = "pit_0123456789", "team_0123456789"
ADA = Account("a1", "Ada", PRIME_ENDPOINT, team="Research Lab")
TEAMS = (
    Team("cmf0ohr9s0026ilerf3w68s6n", "Prime Team", "prime", "admin"),
    Team("t-2", "R&D <b>", "", "owner"),
)
# Qt's offscreen platform has nothing to raise a menu over.
MENUS = pytest.mark.qt_log_ignore("This plugin does not support")


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


def shown_text(dialog: AccountDialog) -> str:
    """Return all a person could read or hear in the dialog."""
    lines, labels = dialog.findChildren(QLineEdit), dialog.findChildren(QLabel)
    parts = [*(line.displayText() for line in lines), *(label.text() for label in labels)]
    for widget in dialog.findChildren(QWidget):
        parts += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
    return "\n".join(parts)


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
    assert not dialog.fields.team_id.line.isEnabled()
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


def test_what_the_keyring_is_called_does_not_hide_a_problem(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    dialog.show_problem("", "The keyring is locked.")
    dialog.show_keyring("KWallet")
    assert dialog.status.text == "The keyring is locked."
    QTest.keyClicks(dialog.fields.key.line, "x")
    assert "KWallet" in dialog.status.text


# Plain http


PLAIN = "http://192.168.1.5:8000/v1"


def test_a_plain_address_is_taken_only_from_somebody_who_insists(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    fields = dialog.fields
    QTest.keyClicks(fields.key.line, KEY)
    assert not fields.insist.isVisible()
    retype(fields.endpoint.line, PLAIN)
    assert fields.insist.isVisible()
    assert not fields.insist.isChecked()
    assert "could read the key" in fields.endpoint.hint
    assert list(refused(qtbot, dialog)) == ["endpoint"]
    fields.insist.click()
    form = submit(qtbot, dialog)
    assert (form.endpoint, form.allows_plain) == (PLAIN, True)


@pytest.mark.parametrize(
    "other", ["http://192.168.1.6:8000/v1", "http://192.168.1.5:8001/v1", "http://server/v1"]
)
def test_insisting_is_for_one_address(qtbot: QtBot, other: str) -> None:
    dialog = opened(qtbot)
    QTest.keyClicks(dialog.fields.key.line, KEY)
    retype(dialog.fields.endpoint.line, PLAIN)
    dialog.fields.insist.click()
    retype(dialog.fields.endpoint.line, other)
    assert list(refused(qtbot, dialog)) == ["endpoint"]
    retype(dialog.fields.endpoint.line, "https://example.org/v1")
    assert not dialog.fields.insist.isVisible()
    assert dialog.fields.endpoint.hint == ""
    assert not submit(qtbot, dialog).allows_plain


@pytest.mark.parametrize("typed", ["http://localhost:8000/v1", "127.0.0.1:8000", "ftp://server"])
def test_nobody_need_insist_where_nothing_leaves_this_computer(qtbot: QtBot, typed: str) -> None:
    dialog = opened(qtbot)
    retype(dialog.fields.endpoint.line, typed)
    assert not dialog.fields.insist.isVisible()


def test_an_account_that_insists_goes_on_insisting_and_https_needs_the_key_again(
    qtbot: QtBot,
) -> None:
    dialog = opened(qtbot, Account("a", "Home", PLAIN, allows_plain=True))
    assert dialog.fields.insist.isChecked()
    assert submit(qtbot, dialog) == AccountForm("Home", PLAIN, None, "", "", allows_plain=True)
    retype(dialog.fields.endpoint.line, PLAIN.replace("http", "https"))
    assert list(refused(qtbot, dialog)) == ["key"]


def test_an_unencrypted_account_is_known_by_a_word(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    page = AccountsPage(window)
    page.show_accounts([ADA, Account("b", "Home", PLAIN, allows_plain=True)])
    assert "unencrypted" in page.row_by_id["b"].words
    assert "unencrypted" not in page.row_by_id["a1"].words


# Teams by name


def asks_for_teams(qtbot: QtBot, dialog: AccountDialog) -> AccountForm:
    with qtbot.waitSignal(dialog.teams_requested) as caught:
        dialog.fields.choose.click()
    form = caught.args[0]
    assert isinstance(form, AccountForm)
    return form


def menu(dialog: AccountDialog) -> QMenu:
    return dialog.findChildren(QMenu)[-1]


@MENUS
def test_a_team_is_chosen_by_its_name_and_its_id_shows_nowhere(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    QTest.keyClicks(dialog.fields.key.line, KEY)
    form = asks_for_teams(qtbot, dialog)
    assert (form.key, form.endpoint, form.team_id) == (KEY, PRIME_ENDPOINT, "")
    dialog.show_teams(TEAMS)
    texts = [action.text() for action in menu(dialog).actions() if not action.isSeparator()]
    assert texts == ["Personal balance", "Prime Team (prime, admin)", "R&&D <b> (owner)"]
    menu(dialog).actions()[2].trigger()
    menu(dialog).close()
    assert "Prime Team (prime, admin) pays" in dialog.fields.team_id.hint
    assert TEAMS[0].id not in shown_text(dialog)
    form = submit(qtbot, dialog)
    assert (form.team, form.team_id) == ("Prime Team", TEAMS[0].id)


@MENUS
def test_the_personal_balance_can_be_chosen_in_place_of_a_team(qtbot: QtBot) -> None:
    dialog = opened(qtbot, ADA)
    assert asks_for_teams(qtbot, dialog).key is None
    dialog.show_teams(TEAMS)
    menu(dialog).actions()[0].trigger()
    menu(dialog).close()
    form = submit(qtbot, dialog)
    assert (form.key, form.team, form.team_id) == (None, "", "")
    asks_for_teams(qtbot, dialog)
    dialog.show_teams(TEAMS)
    menu(dialog).actions()[3].trigger()
    menu(dialog).close()
    form = submit(qtbot, dialog)
    assert (form.team, form.team_id) == ("R&D <b>", TEAMS[1].id)


def test_without_a_key_there_is_nobody_to_ask_for_teams(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    with qtbot.assertNotEmitted(dialog.teams_requested):
        dialog.fields.choose.click()
    assert dialog.fields.key.problem
    assert dialog.fields.key.line.hasFocus()


def test_teams_are_offered_only_where_the_address_has_some(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    assert dialog.fields.choose.isVisible()
    retype(dialog.fields.endpoint.line, "https://example.org/v1")
    assert not dialog.fields.choose.isVisible()
    away = Account("a", "Ada", "https://a.example/v1", platform="https://p.example")
    dialog = opened(qtbot, away)
    assert dialog.fields.choose.isVisible()
    retype(dialog.fields.endpoint.line, "https://b.example/v1")
    assert not dialog.fields.choose.isVisible()


def test_teams_of_another_key_come_too_late(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    QTest.keyClicks(dialog.fields.key.line, KEY)
    asks_for_teams(qtbot, dialog)
    with qtbot.assertNotEmitted(dialog.teams_requested):
        dialog.fields.choose.click()
    QTest.keyClicks(dialog.fields.key.line, "x")
    dialog.show_teams(TEAMS)
    dialog.show_no_teams("The key was not accepted.")
    assert dialog.findChildren(QMenu) == []
    assert dialog.fields.team_id.hint == ""
    asks_for_teams(qtbot, dialog)


def test_why_there_is_no_team_to_choose_is_said_in_place(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    QTest.keyClicks(dialog.fields.key.line, KEY)
    asks_for_teams(qtbot, dialog)
    dialog.show_no_teams(wording.teams_problem(Failure(Kind.FORBIDDEN, status=403)))
    assert "can’t list teams" in dialog.fields.team_id.hint
    asks_for_teams(qtbot, dialog)
    dialog.show_teams(())
    assert dialog.fields.team_id.hint == "This key belongs to no team."


@pytest.mark.parametrize(
    ("typed", "warns"), [(TEAM_ID, True), ("c" * 25, False), ("C" * 25, True), ("", False)]
)
def test_an_unusual_team_id_is_doubted_and_still_taken(
    qtbot: QtBot, typed: str, warns: bool
) -> None:
    dialog = opened(qtbot)
    QTest.keyClicks(dialog.fields.key.line, KEY)
    dialog.fields.team_id.line.setFocus()
    QTest.keyClicks(dialog.fields.team_id.line, typed)
    dialog.fields.name.line.setFocus()
    assert ("usually" in dialog.fields.team_id.hint) is warns
    assert submit(qtbot, dialog).team_id == typed
    QTest.keyClicks(dialog.fields.team_id.line, "x")
    assert dialog.fields.team_id.hint == ""


# What a test says

ADA_LOVELACE = Identity("Ada Lovelace", may_infer=True)


@pytest.mark.parametrize(
    ("identity", "team", "balance", "words"),
    [
        (ADA_LOVELACE, None, None, "The personal balance pays."),
        (ADA_LOVELACE, "Lab", Balance(Decimal("12.4")), "Lab pays; $12.40 left."),
        (ADA_LOVELACE, "Lab", Balance(Decimal(0)), "Lab pays; nothing is left."),
        (ADA_LOVELACE, None, Balance(Decimal("-3.5")), "it is overdrawn by $3.50."),
        (ADA_LOVELACE, None, Balance(Decimal(7), "EUR"), "7.00 EUR left."),
        (ADA_LOVELACE, None, None, "The key is good (Ada Lovelace). 105 models."),
        (Identity(), None, None, "The key is good. 105 models."),
        (Identity("A" * 300), None, None, "…)."),
        (Identity("Ada"), None, None, "shows with the first message."),
        (None, "Lab", None, "The address answers with 105 models."),
    ],
)
def test_a_test_tells_what_the_key_is_and_who_pays(
    identity: Identity | None, team: str | None, balance: Balance | None, words: str
) -> None:
    sentence, is_good = wording.account_trial(105, None, identity, team, balance)
    assert words in sentence
    assert is_good


def test_a_key_that_is_refused_and_one_that_lacks_a_permission_are_told_apart() -> None:
    refused = wording.account_trial(None, Failure(Kind.KEY_REFUSED, status=401))
    assert refused[0].startswith("The service did not accept this key. It may have been copied")
    assert not refused[1]
    lacking, is_good = wording.account_trial(None, None, Identity("Ada", may_infer=False))
    assert "The key is good (Ada). But it lacks the Inference permission" in lacking
    assert not is_good
    away = wording.account_trial(None, Failure(Kind.UNREACHABLE), ADA_LOVELACE)
    assert away == ("The key is good (Ada Lovelace). The service can’t be reached.", False)


@pytest.mark.parametrize(
    ("team", "label"),
    [
        (Team("c1", "Prime Team", "prime", "admin"), "Prime Team (prime, admin)"),
        (Team("c1", "Prime Team"), "Prime Team"),
        (Team("c1", slug="prime", role="member"), "prime (member)"),
        (Team("c1"), "Team without a name"),
        (Team("c1", "x" * 300, "s" * 300), f"{'x' * 59}… ({'s' * 59}…)"),
    ],
)
def test_a_team_is_told_by_what_is_known_of_it(team: Team, label: str) -> None:
    assert wording.team(team) == label


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
    for _ in range(10):
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
        fields.choose,
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

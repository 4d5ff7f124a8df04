"""The settings: a change is told at once, and an account goes only after a question."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.chat.account import DEMO, PRIME_ENDPOINT, Account, SecretSource
from app.chat.network import SYSTEM_PROXY, Network, Origin
from app.chat.settings import Appearance, ProxyChoice, ReadingWidth, SendKey, Settings
from app.session.preferences import read
from app.ui import theme
from app.ui.settings_dialog import SettingsDialog
from app.ui.settings_pages import InvalidProxy, clean_proxy

ADA = Account("a1", "Ada", PRIME_ENDPOINT, team="Research Lab")
HOME = Account("b2", "Home", "http://localhost:8000/v1", source=SecretSource.MEMORY)
GIVEN = Account("environment", "Environment", PRIME_ENDPOINT, source=SecretSource.ENVIRONMENT)


@pytest.fixture
def dialog(qtbot: QtBot) -> SettingsDialog:
    it = SettingsDialog(None, theme.light())
    it.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(it)
    it.show_settings(Settings(favourites=frozenset({"z-ai/glm-5.2"})))
    it.show_accounts([ADA, HOME, GIVEN, DEMO])
    with qtbot.waitExposed(it):
        it.open()
    it.activateWindow()
    return it


@pytest.fixture
def told(dialog: SettingsDialog) -> list[Settings]:
    """What the dialog told of changes."""
    changes: list[Settings] = []
    dialog.settings_changed.connect(changes.append)
    return changes


def test_showing_settings_tells_nobody(dialog: SettingsDialog, told: list[Settings]) -> None:
    dialog.show_settings(
        Settings(Appearance.DARK, ReadingWidth.WIDE, 1.5, SendKey.CTRL_ENTER, "http://h:1")
    )
    assert told == []
    assert dialog.appearance.theme.value is Appearance.DARK
    assert dialog.appearance.width_.value is ReadingWidth.WIDE
    assert dialog.appearance.scale.currentData() == 1.5
    assert dialog.writing.send_key.value is SendKey.CTRL_ENTER
    assert dialog.network.proxy.text == "http://h:1"
    assert dialog.network.choice.value is ProxyChoice.OWN


def test_each_change_is_told_at_once_and_keeps_the_ones_before(
    dialog: SettingsDialog, told: list[Settings]
) -> None:
    dialog.appearance.theme.button(Appearance.DARK).click()
    dialog.appearance.width_.button(ReadingWidth.WIDE).click()
    dialog.appearance.scale.setCurrentIndex(dialog.appearance.scale.findData(1.25))
    dialog.writing.send_key.button(SendKey.CTRL_ENTER).click()
    dialog.network.choice.button(ProxyChoice.OWN).click()
    dialog.network.proxy.line.setText("proxy.example:3128")
    dialog.network.take_proxy()
    assert len(told) == 6
    assert told[0] == Settings(Appearance.DARK, favourites=frozenset({"z-ai/glm-5.2"}))
    assert told[-1] == Settings(
        Appearance.DARK,
        ReadingWidth.WIDE,
        1.25,
        SendKey.CTRL_ENTER,
        "http://proxy.example:3128",
        ProxyChoice.OWN,
        favourites=frozenset({"z-ai/glm-5.2"}),
    )


def test_choosing_what_holds_already_tells_nothing(
    dialog: SettingsDialog, told: list[Settings]
) -> None:
    dialog.appearance.theme.button(Appearance.SYSTEM).click()
    dialog.network.take_proxy()
    assert told == []


def test_arrow_keys_choose_among_the_values(dialog: SettingsDialog, told: list[Settings]) -> None:
    dialog.appearance.theme.button(Appearance.SYSTEM).setFocus()
    QTest.keyClick(dialog.appearance.theme.button(Appearance.SYSTEM), Qt.Key.Key_Right)
    assert dialog.appearance.theme.button(Appearance.LIGHT).hasFocus()
    assert [it.appearance for it in told] == [Appearance.LIGHT]


# Proxy


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ""),
        ("  ", ""),
        ("http://proxy.example:3128/", "http://proxy.example:3128"),
        (" HTTP://Proxy.Example:3128", "http://proxy.example:3128"),
        ("10.0.0.1:8080", "http://10.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://bücher.example:80", "http://xn--bcher-kva.example:80"),
        ("https://proxy.example:3128", "https://proxy.example:3128"),
        ("SOCKS5://proxy.example:1080", "socks5://proxy.example:1080"),
        ("socks5h://proxy.example:1080/", "socks5h://proxy.example:1080"),
    ],
)
def test_a_proxy_is_understood(typed: str, meant: str) -> None:
    assert clean_proxy(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "proxy.example",
        "http://proxy.example",
        "http://proxy.example:0",
        "http://proxy.example:99999",
        "http://proxy.example:3128/path",
        "http://proxy.example:3128?x",
        "http://two words:3128",
        "http://:3128",
        "socks4://proxy.example:1080",
        "ftp://proxy.example:3128",
        "socks5://ada:secret@proxy.example:1080",
        "http://ada:secret@proxy.example:3128",
        "http://[::1",
    ],
)
def test_what_is_no_proxy_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(InvalidProxy) as caught:
        clean_proxy(typed)
    assert "secret" not in str(caught.value)


OWN = Settings(proxy_choice=ProxyChoice.OWN)


def test_the_system_decides_until_somebody_else_does() -> None:
    assert Settings().way_out == SYSTEM_PROXY
    assert Settings(proxy="http://h:1").way_out == "http://h:1"
    assert Settings(proxy="http://h:1", proxy_choice=ProxyChoice.SYSTEM).way_out == SYSTEM_PROXY
    assert Settings(proxy="http://h:1", proxy_choice=ProxyChoice.NONE).way_out == ""
    assert OWN.way_out == ""


def test_a_proxy_kept_before_there_was_a_choice_is_the_persons_own() -> None:
    assert read({"proxy": "http://h:1"}).proxy_choice is ProxyChoice.OWN
    assert read({"proxy": ""}).proxy_choice is ProxyChoice.SYSTEM


def test_the_address_is_asked_for_only_where_it_is_used(
    dialog: SettingsDialog, told: list[Settings]
) -> None:
    dialog.show_section("network")
    assert not dialog.network.proxy.isVisible()
    dialog.network.choice.button(ProxyChoice.OWN).click()
    assert dialog.network.proxy.isVisible()
    QTest.keyClicks(dialog.network.proxy.line, "nonsense")
    dialog.network.choice.button(ProxyChoice.NONE).click()
    assert not dialog.network.proxy.isVisible()
    dialog.network.take_proxy()
    assert [it.proxy_choice for it in told] == [ProxyChoice.OWN, ProxyChoice.NONE]
    assert not dialog.network.proxy.problem


def words(label: QLabel) -> str:
    return label.text().replace("\u200b", "")


@pytest.mark.parametrize(
    ("settings", "network", "sentence"),
    [
        (Settings(), Network(), "In use: none; the system has none"),
        (OWN, Network(), "In use: none"),
        (
            Settings(),
            Network(has_script=True),
            "In use: none. The system’s proxy is decided by a script: not used.",
        ),
        (OWN, Network("http://h:1", Origin.PERSON), "In use: http://h:1, from these settings"),
        (
            Settings(),
            Network("http://proxy:3128", Origin.VARIABLE, "HTTPS_PROXY"),
            "In use: http://proxy:3128, from HTTPS_PROXY",
        ),
        (
            Settings(),
            Network("socks5://h:1080", Origin.SYSTEM),
            "In use: socks5://h:1080, from the system’s settings",
        ),
        (
            Settings(),
            Network("", Origin.VARIABLE, "ALL_PROXY", is_usable=False),
            "Cannot be used: an address that cannot be read, from ALL_PROXY. "
            "Nothing is sent until another proxy, or none, is chosen.",
        ),
    ],
)
def test_the_proxy_in_use_and_its_origin_are_shown(
    dialog: SettingsDialog, settings: Settings, network: Network, sentence: str
) -> None:
    dialog.show_settings(settings)
    dialog.show_network(network)
    assert words(dialog.network.in_use) == sentence
    assert words(dialog.network.certificates) == "Certificates: the system’s"


def test_certificates_from_a_variable_are_shown_and_a_long_path_wraps(
    dialog: SettingsDialog,
) -> None:
    path = "/home/ada/" + "certificates-of-the-company/" * 12 + "bundle.pem"
    dialog.show_section("network")
    dialog.show_network(Network(certificates_variable="SSL_CERT_FILE", certificates_path=path))
    dialog.resize(dialog.minimumSize())
    QApplication.processEvents()
    label = dialog.network.certificates
    assert words(label) == f"Certificates: from SSL_CERT_FILE, {path}"
    assert label.width() < dialog.width()
    assert label.height() >= 3 * label.fontMetrics().height()


def test_a_wrong_proxy_is_said_in_place_and_not_told(
    dialog: SettingsDialog, told: list[Settings]
) -> None:
    dialog.show_settings(OWN)
    dialog.show_section("network")
    dialog.network.proxy.line.setFocus()
    QTest.keyClicks(dialog.network.proxy.line, "nonsense")
    QTest.keyClick(dialog.network.proxy.line, Qt.Key.Key_Return)
    assert dialog.network.proxy.problem
    assert told == []


def test_a_proxy_still_being_typed_is_used_when_the_dialog_closes(
    dialog: SettingsDialog, told: list[Settings]
) -> None:
    dialog.show_settings(OWN)
    dialog.show_section("network")
    QTest.keyClicks(dialog.network.proxy.line, "proxy.example:3128")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert [it.proxy for it in told] == ["http://proxy.example:3128"]


# Accounts


def test_each_account_says_who_pays_where_and_where_its_key_is(dialog: SettingsDialog) -> None:
    words = {i: row.words for i, row in dialog.accounts.row_by_id.items()}
    assert words[ADA.id] == "Research Lab pays · api.pinference.ai · key in the keyring"
    assert words[HOME.id] == "Personal balance pays · localhost:8000 · key for one run at most"
    assert words[GIVEN.id] == "Personal balance pays · api.pinference.ai · key in PRIME_API_KEY"
    assert "nobody pays" in words[DEMO.id]


def test_an_account_offers_only_what_works(dialog: SettingsDialog) -> None:
    dialog.show_section("accounts")
    offered = {
        i: [b.text() for b in (row.test, row.edit, row.remove) if b.isVisible()]
        for i, row in dialog.accounts.row_by_id.items()
    }
    assert offered == {
        ADA.id: ["Test", "Edit", "Remove"],
        HOME.id: ["Test", "Edit", "Remove"],
        GIVEN.id: ["Test"],
        DEMO.id: ["Remove"],
    }


def test_an_account_is_removed_only_after_a_question(qtbot: QtBot, dialog: SettingsDialog) -> None:
    dialog.show_section("accounts")
    QApplication.processEvents()
    row = dialog.accounts.row_by_id[ADA.id]
    height = row.height()
    with qtbot.assertNotEmitted(dialog.account_remove_requested):
        row.remove.click()
        assert row.words == (
            "Remove Ada? Its key is deleted from the keyring. Its conversations stay."
        )
        assert row.keep.hasFocus()
        QApplication.processEvents()
        assert row.height() == height
        row.keep.click()
    assert not row.asks
    assert row.remove.hasFocus()
    row.remove.click()
    with qtbot.waitSignal(dialog.account_remove_requested) as caught:
        row.confirm.click()
    assert caught.args == [ADA.id]


def test_escape_answers_the_question_first(dialog: SettingsDialog) -> None:
    dialog.show_section("accounts")
    row = dialog.accounts.row_by_id[HOME.id]
    row.remove.click()
    assert row.words == "Remove Home? Its key is forgotten. Its conversations stay."
    QTest.keyClick(row.keep, Qt.Key.Key_Escape)
    assert not row.asks
    assert dialog.isVisible()
    QTest.keyClick(row.remove, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_test_is_asked_for_once_and_its_end_is_shown(
    qtbot: QtBot, dialog: SettingsDialog
) -> None:
    asked: list[str] = []
    dialog.account_test_requested.connect(asked.append)
    row = dialog.accounts.row_by_id[ADA.id]
    row.test.click()
    row.test.click()
    assert asked == [ADA.id]
    assert row.test_words == "Testing…"
    dialog.show_test(ADA.id, "It works: 125 models.", True)
    dialog.show_test("gone", "It works.", True)
    assert row.test_words == "It works: 125 models."
    row.test.click()
    assert asked == [ADA.id, ADA.id]


def test_adding_and_editing_are_asked_for(qtbot: QtBot, dialog: SettingsDialog) -> None:
    with qtbot.waitSignal(dialog.account_add_requested):
        dialog.accounts.add.click()
    with qtbot.waitSignal(dialog.account_edit_requested) as caught:
        dialog.accounts.row_by_id[HOME.id].edit.click()
    assert caught.args == [HOME.id]


def test_a_row_that_stays_keeps_its_question_when_the_list_changes(
    dialog: SettingsDialog,
) -> None:
    dialog.show_section("accounts")
    dialog.accounts.row_by_id[HOME.id].remove.click()
    dialog.show_accounts([HOME])
    assert list(dialog.accounts.row_by_id) == [HOME.id]
    assert dialog.accounts.row_by_id[HOME.id].asks
    assert dialog.accounts.row_by_id[HOME.id].keep.hasFocus()
    dialog.show_accounts([])
    assert dialog.accounts.add.hasFocus()


def test_names_from_outside_are_plain_text_and_stay_on_one_line(dialog: SettingsDialog) -> None:
    dialog.show_section("accounts")
    name = "<b>مختبر 研究所</b> & " * 20
    dialog.show_accounts([Account("x", name, PRIME_ENDPOINT, team=name)])
    QApplication.processEvents()
    row = dialog.accounts.row_by_id["x"]
    assert row.width() <= dialog.width()
    assert row.height() < 120
    for label in row.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText
        assert "<" not in label.toolTip()


def test_what_a_test_said_goes_when_the_account_is_another(dialog: SettingsDialog) -> None:
    dialog.show_test(ADA.id, "It works: 125 models.", True)
    dialog.show_accounts([replace(ADA, last_model="z-ai/glm-5.2")])
    assert dialog.accounts.row_by_id[ADA.id].test_words == "It works: 125 models."
    dialog.show_accounts([replace(ADA, endpoint="https://example.org/v1")])
    assert dialog.accounts.row_by_id[ADA.id].test_words == ""


# The rest


def test_the_folder_is_shown_whole_and_can_be_opened(qtbot: QtBot, dialog: SettingsDialog) -> None:
    dialog.show_data_folder("/home/ada/.local/share/coprime")
    assert dialog.data.path.text() == "/home/ada/.local/share/coprime"
    assert dialog.data.path.isReadOnly()
    with qtbot.waitSignal(dialog.folder_requested):
        dialog.data.open.click()


def test_there_is_one_place_that_tells_the_versions_and_it_is_not_here(
    dialog: SettingsDialog,
) -> None:
    sections = [dialog.sections.item(row).text() for row in range(dialog.sections.count())]
    assert sections == ["Appearance", "Writing", "Network", "Accounts", "Data"]


@pytest.mark.parametrize("name", ["appearance", "accounts", "data"])
def test_a_section_can_be_brought_to_the_front(dialog: SettingsDialog, name: str) -> None:
    dialog.show_section(name)
    assert getattr(dialog, name).isVisible()


def test_the_list_of_sections_is_moved_through_by_keys(dialog: SettingsDialog) -> None:
    assert dialog.sections.hasFocus()
    QTest.keyClick(dialog.sections, Qt.Key.Key_Down)
    assert dialog.writing.isVisible()
    assert not dialog.appearance.isVisible()


def test_enter_presses_the_button_in_focus_and_no_other(
    qtbot: QtBot, dialog: SettingsDialog, told: list[Settings]
) -> None:
    dialog.show_settings(OWN)
    dialog.show_section("network")
    asked: list[str] = []
    dialog.account_add_requested.connect(lambda: asked.append("add"))
    dialog.folder_requested.connect(lambda: asked.append("folder"))
    QTest.keyClicks(dialog.network.proxy.line, "proxy.example:3128")
    QTest.keyClick(dialog.network.proxy.line, Qt.Key.Key_Return)
    assert [it.proxy for it in told] == ["http://proxy.example:3128"]
    assert asked == []
    dialog.show_section("accounts")
    dialog.accounts.add.setFocus()
    QTest.keyClick(dialog.accounts.add, Qt.Key.Key_Return)
    assert asked == ["add"]
    assert dialog.isVisible()


def test_both_themes_can_be_shown_one_after_the_other(dialog: SettingsDialog) -> None:
    light = dialog.grab().toImage()
    dialog.set_theme(theme.dark())
    dark = dialog.grab().toImage()
    assert light.pixelColor(20, 300).lightness() > 200
    assert dark.pixelColor(20, 300).lightness() < 60

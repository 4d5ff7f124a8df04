"""The dialogs about accounts, with a session behind them and a service that answers."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QWidget

from app.chat.account import Account, SecretSource
from app.store import rings
from app.ui import theme
from app.ui.account_desk import AccountDesk
from app.ui.account_dialog import AccountDialog
from app.ui.notice import Notice
from app.ui.settings_dialog import SettingsDialog
from app.ui.welcome import Welcome
from tests.helpers.secret_service import SecretService
from tests.helpers.server import KEY, TEAM_IDS, Server
from tests.session import conftest, test_account_changes, test_accounts
from tests.session.conftest import Running, Scenario
from tests.session.test_account_changes import Ring

Play = Callable[[Scenario], None]
W = TypeVar("W", bound=QWidget)
server, play, keyring = conftest.server, conftest.play, test_accounts.keyring
ring = test_account_changes.ring
# Qt's offscreen platform has nothing to raise a menu over.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(qapp: object) -> Iterator[QWidget]:
    window = QWidget()
    yield window
    window.deleteLater()


def desk_of(running: Running, window: QWidget) -> AccountDesk:
    welcome = Welcome(window)
    return AccountDesk(running.session, welcome, window, theme.light(), Path("data"))


async def newest(running: Running, parent: QWidget, kind: type[W]) -> W:
    """Return the newest widget of a kind, once there is one that shows."""
    await running.until(lambda: any(each.isVisible() for each in parent.findChildren(kind)))
    return [each for each in parent.findChildren(kind) if each.isVisible()][-1]


async def logged_in(running: Running, server: Server) -> Account:
    config = Path.home() / ".prime" / "config.json"
    config.parent.mkdir(parents=True, exist_ok=True)
    login = {"api_key": KEY, "inference_url": server.endpoint, "base_url": server.platform}
    config.write_text(json.dumps(login))
    await running.start("test/echo")
    kept: list[Account] = []
    running.session.accounts.added.connect(kept.append)
    running.session.accounts.cli_login_found.connect(running.session.accounts.take_cli_login)
    running.session.accounts.look_for_cli_login()
    await running.until(lambda: kept)
    return kept[0]


def test_a_team_is_chosen_tested_and_billed(play: Play, server: Server, window: QWidget) -> None:
    async def scenario(running: Running) -> None:
        account = await logged_in(running, server)
        desk_of(running, window).edit(account.id)
        dialog = await newest(running, window, AccountDialog)
        dialog.fields.choose.click()
        menu = await newest(running, dialog, QMenu)
        next(a for a in menu.actions() if a.text().startswith("Prime Team")).trigger()
        menu.close()
        dialog.test.click()
        assert not dialog.save.isEnabled()
        await running.until(lambda: "key is good" in dialog.status.text)
        assert "Prime Team pays; $12.40 left." in dialog.status.text
        edited: list[Account] = []
        running.session.accounts.edited.connect(edited.append)
        dialog.save.click()
        await running.until(lambda: edited)
        assert edited[0].team == "Prime Team"
        conversation = running.session.new_conversation()
        running.session.choose_account(conversation, account.id)
        running.session.choose_model(conversation, "test/echo")
        assert running.session.messages.send(conversation, "hello")
        await running.until(lambda: not conversation.open_replies)

    play(scenario)
    chat = [heard for heard in server.requests() if heard.method == "POST"][-1]
    assert chat.headers["x-prime-team-id"] == TEAM_IDS[0]
    assert not any(
        "x-prime-team-id" in heard.headers
        for heard in server.requests()
        if heard.path.startswith(("/api/v1/user", "/api/v1/billing"))
    )


def test_a_dialog_that_is_closed_asks_no_further(
    play: Play, server: Server, window: QWidget
) -> None:
    async def scenario(running: Running) -> None:
        account = await logged_in(running, server)
        await running.until(lambda: running.session.catalogues.of(account.id).models)
        await running.until(lambda: running.session.catalogues.of("environment").models)
        server.reset()
        server.script(b"{", end="hang")
        desk_of(running, window).edit(account.id)
        dialog = await newest(running, window, AccountDialog)
        dialog.test.click()
        await running.until(server.requests)
        dialog.cancel.click()
        await running.until(lambda: server.requests()[0].ended == "left")
        assert len(server.requests()) == 1

    play(scenario)


def test_why_no_team_can_be_chosen_is_said_and_the_account_is_saved_all_the_same(
    play: Play, server: Server, window: QWidget
) -> None:
    async def scenario(running: Running) -> None:
        account = await logged_in(running, server)
        await running.until(lambda: running.session.catalogues.of(account.id).models)
        await running.until(lambda: running.session.catalogues.of("environment").models)
        desk_of(running, window).edit(account.id)
        dialog = await newest(running, window, AccountDialog)
        server.script(b'{"detail": "no"}', status=403, headers={"Content-Type": "application/json"})
        dialog.fields.choose.click()
        await running.until(lambda: dialog.fields.team_id.hint)
        assert "can’t list teams" in dialog.fields.team_id.hint
        dialog.fields.name.line.setFocus()
        QTest.keyClicks(dialog.fields.name.line, "x")
        edited: list[Account] = []
        running.session.accounts.edited.connect(edited.append)
        QTest.keyClick(dialog.fields.name.line, Qt.Key.Key_Return)
        await running.until(lambda: edited)

    play(scenario)


def test_an_unencrypted_address_is_kept_as_such(
    play: Play, server: Server, window: QWidget
) -> None:
    async def scenario(running: Running) -> None:
        await running.start("test/echo")
        desk_of(running, window).add()
        dialog = await newest(running, window, AccountDialog)
        dialog.fields.key.line.setText(KEY)
        dialog.fields.endpoint.line.clear()
        QTest.keyClicks(dialog.fields.endpoint.line, "http://plain.invalid/v1")
        dialog.fields.insist.click()
        added: list[Account] = []
        running.session.accounts.added.connect(added.append)
        dialog.save.click()
        await running.until(lambda: added)
        assert (added[0].endpoint, added[0].allows_plain) == ("http://plain.invalid/v1", True)

    play(scenario)


# The keyring


def test_where_there_is_no_keyring_none_is_promised(
    play: Play, server: Server, window: QWidget
) -> None:
    async def scenario(running: Running) -> None:
        await running.start("test/echo")
        desk_of(running, window).add()
        dialog = await newest(running, window, AccountDialog)
        await running.until(lambda: "no keyring" in dialog.status.text)
        assert "for this run only" in dialog.status.text

    play(scenario)


def test_what_the_keyring_did_not_keep_is_said_once_until_it_does(
    play: Play, server: Server, keyring: SecretService, window: QWidget
) -> None:
    async def scenario(running: Running) -> None:
        account = await logged_in(running, server)
        # Its key is read for this: not while the keyring goes.
        await running.until(lambda: running.session.catalogues.of(account.id).models)
        running.told.clear()
        welcome = Welcome(window)
        desk = AccountDesk(running.session, welcome, window, theme.light(), Path("data"))
        keyring.stop()
        keyring.start(unlocked=False)
        desk.edit(account.id)
        dialog = await newest(running, window, AccountDialog)
        dialog.fields.key.line.setText(KEY)
        dialog.save.click()
        await running.until(lambda: "locked" in dialog.status.text)
        assert not any("locked" in label.text() for label in welcome.findChildren(QLabel))
        assert not running.told
        keyring.stop()
        keyring.start()
        edited: list[Account] = []
        running.session.accounts.edited.connect(edited.append)
        dialog.save.click()
        await running.until(lambda: edited)
        assert not running.told

    play(scenario)


def test_a_team_id_that_is_lost_is_asked_for_at_its_field(
    play: Play, server: Server, keyring: SecretService, window: QWidget
) -> None:
    async def scenario(running: Running) -> None:
        account = await test_accounts.add(running, server, team="Lab", team_id="team-1")
        rings.open_ring().delete_password(*test_accounts.entry(account, "team"))
        desk_of(running, window).edit(account.id)
        dialog = await newest(running, window, AccountDialog)
        dialog.fields.key.line.setText(KEY)
        dialog.save.click()
        await running.until(lambda: "not in the keyring" in dialog.fields.team_id.problem)
        QTest.keyClicks(dialog.fields.team_id.line, "team-2")
        edited: list[Account] = []
        running.session.accounts.edited.connect(edited.append)
        dialog.save.click()
        await running.until(lambda: edited)
        await test_accounts.ask(running, edited[0])

    play(scenario)
    chats = [heard for heard in server.requests() if heard.method == "POST"]
    assert [chat.headers["x-prime-team-id"] for chat in chats] == ["team-2"]


def test_a_keyring_that_stays_silent_takes_a_second_save_for_this_run(
    play: Play, server: Server, keyring: SecretService, window: QWidget
) -> None:
    async def scenario(running: Running) -> None:
        await running.start("test/echo")
        desk_of(running, window).add()
        dialog = await newest(running, window, AccountDialog)
        await running.until(
            lambda: "Secret Service" in dialog.status.text or "GNOME" in dialog.status.text
        )
        keyring.pause()
        try:
            dialog.fields.key.line.setText(KEY)
            dialog.save.click()
            await running.until(lambda: "did not answer" in dialog.status.text)
            added: list[Account] = []
            running.session.accounts.added.connect(added.append)
            dialog.save.click()
            await running.until(lambda: added)
            assert added[0].source is SecretSource.MEMORY
        finally:
            keyring.resume()

    play(scenario)


def test_a_silent_keyring_asks_for_the_team_id_too_and_takes_it_for_this_run(
    play: Play, server: Server, keyring: SecretService, window: QWidget
) -> None:
    async def scenario(running: Running) -> None:
        account = await test_accounts.add(running, server, team="Lab", team_id="team-1")
        desk_of(running, window).edit(account.id)
        dialog = await newest(running, window, AccountDialog)
        keyring.pause()
        try:
            dialog.fields.key.line.setText(KEY)
            dialog.save.click()
            await running.until(lambda: "did not answer" in dialog.status.text)
            assert "team ID if a team pays" in dialog.status.text
            dialog.fields.team_id.line.setText("team-1")
            edited: list[Account] = []
            running.session.accounts.edited.connect(edited.append)
            dialog.save.click()
            await running.until(lambda: edited)
            assert edited[0].source is SecretSource.MEMORY
        finally:
            keyring.resume()

    play(scenario)


def test_what_comes_of_a_dialog_that_was_closed_does_not_close_the_next_one(
    play: Play, server: Server, window: QWidget, ring: Ring
) -> None:
    async def scenario(running: Running) -> None:
        account = await test_accounts.add(running, server)
        desk = desk_of(running, window)
        accounts, seen = running.session.accounts, list[bool]()
        ring.hold()
        desk.edit(account.id)
        first = await newest(running, window, AccountDialog)
        first.fields.key.line.setText(KEY)
        first.save.click()
        await running.until(ring.asked.is_set)
        first.reject()
        desk.edit(account.id)
        second = await newest(running, window, AccountDialog)
        second.fields.name.line.setText("Grace")
        accounts.edited.connect(lambda _account: seen.append(second.isVisible()))
        second.save.click()
        ring.free.set()
        await running.until(lambda: len(seen) == 2)
        assert seen == [True, False]

    play(scenario)


def test_what_a_test_said_of_another_key_is_gone(
    play: Play, server: Server, window: QWidget
) -> None:
    async def scenario(running: Running) -> None:
        account = await logged_in(running, server)
        desk_of(running, window).open_settings("accounts")
        settings = await newest(running, window, SettingsDialog)
        row = settings.accounts.row_by_id[account.id]
        row.test.click()
        await running.until(lambda: "key is good" in row.test_words)
        await test_accounts.edit(running, account, key="sk-another")
        assert not row.test_words

    play(scenario)


def test_what_comes_of_a_dialog_that_was_closed_while_it_saved_is_told(
    play: Play, server: Server, ring: Ring, window: QWidget
) -> None:
    async def scenario(running: Running) -> None:
        account = await test_accounts.add(running, server)
        desk = desk_of(running, window)
        told: list[Notice] = []
        desk.noticed.connect(told.append)
        desk.edit(account.id)
        dialog = await newest(running, window, AccountDialog)
        assert dialog.cancel.text() == "Cancel"
        dialog.fields.key.line.setText("sk-new")
        ring.hold()
        dialog.save.click()
        assert dialog.cancel.text() == "Close", "saving goes on"
        await running.until(ring.asked.is_set)
        dialog.cancel.click()
        ring.is_locked = True
        ring.free.set()
        await running.until(lambda: told)
        assert told[0].headline.startswith("Ada: The keyring is locked, so nothing was saved.")

    play(scenario)

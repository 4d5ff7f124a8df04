"""The dialogs about accounts, with a session behind them and a service that answers."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget

from app.chat.account import Account
from app.ui import theme
from app.ui.account_desk import AccountDesk
from app.ui.account_dialog import AccountDialog
from app.ui.welcome import Welcome
from tests.helpers.server import KEY, TEAM_IDS, Server
from tests.session import conftest
from tests.session.conftest import Running, Scenario

Play = Callable[[Scenario], None]
W = TypeVar("W", bound=QWidget)
server, play = conftest.server, conftest.play
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
        assert running.session.send(conversation, "hello")
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

"""A list that did not come is asked for again where that can help, and else left alone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication

from app.chat.model import Catalogue
from app.paths import paths_below
from app.ui import theme
from app.ui.window import Window
from tests.helpers.server import Server
from tests.session.conftest import Running, Scenario

Play = Callable[[Scenario], None]
JSON = {"Content-Type": "application/json"}
FAULT = b'{"error": {"message": "no"}}'


def known(running: Running) -> Catalogue:
    return running.session.catalogues.of("environment")


async def settled(running: Running) -> None:
    await running.until(
        lambda: (known(running).failure or known(running).fetched) and not known(running).is_loading
    )


@pytest.mark.parametrize(
    ("status", "body", "asks"),
    [(500, FAULT, True), (429, FAULT, True), (200, b'{"data": []}', True), (402, FAULT, False)],
)
def test_only_what_may_have_passed_is_asked_for_again(
    play: Play, server: Server, status: int, body: bytes, asks: bool
) -> None:
    async def scenario(running: Running) -> None:
        await running.start("test/echo")
        await settled(running)
        account = running.session.accounts.get("environment")
        assert account is not None
        running.session.catalogues.ask_again(account)
        assert known(running).is_loading == asks
        running.session.catalogues.ask_again(account)
        await settled(running)
        assert bool(known(running).models) == asks
        running.session.catalogues.ask_again(account)
        assert not known(running).is_loading

    server.script(body, status=status, headers=JSON)
    play(scenario)
    assert len(server.requests()) == 1 + asks


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_who_comes_back_to_the_window_finds_the_list(
    play: Play, server: Server, tmp_path: Path
) -> None:
    async def scenario(running: Running) -> None:
        settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
        window = Window(theme.light(), settings)
        window.attach(running.session, paths_below(tmp_path), theme.light())
        window.show()
        await running.start("test/echo")
        await settled(running)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)
        assert not known(running).is_loading
        application.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
        await running.until(lambda: known(running).models)
        window.close()
        window.deleteLater()

    server.script(FAULT, status=500, headers=JSON)
    play(scenario)

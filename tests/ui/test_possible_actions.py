"""What cannot be done is grey in the menus and not in the palette; every key stays alive."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QToolTip

from app.paths import paths_below
from app.session import Session
from app.ui import theme
from app.ui.needs import Need, lack
from app.ui.palette import Palette
from app.ui.window import Window
from tests.helpers.server import Server
from tests.session import conftest
from tests.session.conftest import Running, Scenario

server, play = conftest.server, conftest.play
Play = Callable[[Scenario], None]
# Qt's offscreen platform has nothing to raise a menu or a tooltip over.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
ALWAYS = {"open_crash"}
"""Grey in all of this: there was no crash."""
OF_A_REPLY = {"retry", "copy_last", "fork"}
OF_WORDS = {"rename", "pin", "delete"}
OF_MESSAGES = {"edit_last", "previous_message", "next_message"}
OF_SELECTION = {"copy", "copy_markdown"}
OF_VERSIONS = {"previous_version", "next_version"}
OF_TABS = {"close_other_tabs", "next_tab", "previous_tab"}
OF_THE_PAST = {"reopen_tab", "undelete"}


class Stage:
    """The whole window on a session that was started."""

    def __init__(self, running: Running, data: Path) -> None:
        self.running, self.session = running, running.session
        settings = QSettings(str(data / "window.ini"), QSettings.Format.IniFormat)
        self.window = Window(theme.light(), settings)
        self.window.resize(1280, 832)
        self.window.attach(running.session, paths_below(data), theme.light())

    async def begin(self, model: str = "test/echo") -> None:
        """Start, with the cursor in the message of an empty conversation."""
        self.window.show()
        self.window.activateWindow()
        await self.running.start(model)
        await self.running.until(lambda: self.window.tabs.front and self.focus == "Message")

    async def say(self, text: str) -> None:
        """Send a message and wait for the whole reply."""
        self.send(text)
        await self.running.until(lambda: not self.is_replying)

    def send(self, text: str) -> None:
        view = self.window.tabs.front
        assert view is not None
        assert self.session.messages.send(view.conversation, text)

    @property
    def is_replying(self) -> bool:
        return any(each.open_replies for each in self.session.desk.open)

    @property
    def focus(self) -> str:
        widget = QApplication.focusWidget()
        return widget.accessibleName() if widget is not None else ""

    @property
    def text(self) -> str:
        """What is written and not sent."""
        view = self.window.tabs.front
        assert view is not None
        return view.composer.words

    def key(self, keys: str) -> None:
        combination = QKeySequence(keys)[0]  # type: ignore[index]  # missing in the stubs
        widget = QApplication.focusWidget()
        assert widget is not None
        QTest.keyClick(widget, combination.key(), combination.keyboardModifiers())

    def type(self, text: str) -> None:
        widget = QApplication.focusWidget()
        assert widget is not None
        QTest.keyClicks(widget, text)

    @property
    def menus(self) -> list[QMenu]:
        menus = [action.menu() for action in self.window.menuBar().actions()]
        return [menu for menu in menus if isinstance(menu, QMenu)]

    def grey(self) -> set[str]:
        """Return what is grey in the menus, each as it is about to show."""
        grey: set[str] = set()
        for menu in self.menus:
            menu.aboutToShow.emit()
            grey |= {it.objectName() for it in menu.actions() if not it.isEnabled()} - {""}
            menu.aboutToHide.emit()
        return grey - ALWAYS

    def dead(self) -> set[str]:
        """Return what no key reaches now."""
        actions = self.window.actions_by_name.items()
        return {name for name, action in actions if not action.isEnabled()} - ALWAYS

    def missing_in_palette(self) -> set[str]:
        """Open the palette, and return the actions it does not offer."""
        self.key("Ctrl+K")
        palette = self.window.findChild(Palette)
        assert palette is not None
        offered = {row.entry.name for row in palette.rows.rows}
        self.key("Esc")
        return set(self.window.actions_by_name) - offered - ALWAYS - {"palette"}


@pytest.fixture
def staged(play: Play, tmp_path: Path) -> Callable[[Callable[["Stage"], object]], None]:
    """Play a scenario in the whole window."""

    def play_in_window(scenario: Callable[[Stage], object]) -> None:
        async def scene(running: Running) -> None:
            stage = Stage(running, tmp_path)
            try:
                await scenario(stage)  # type: ignore[misc]  # every scenario is a coroutine
            finally:
                QToolTip.hideText()
                stage.window.hide()
                stage.window.deleteLater()

        play(scene)

    return play_in_window


Staged = Callable[[Callable[[Stage], object]], None]


def test_in_a_fresh_conversation_what_needs_more_is_not_offered(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        await stage.begin()
        lacking = OF_A_REPLY | OF_WORDS | OF_MESSAGES | OF_SELECTION | OF_VERSIONS | OF_TABS
        lacking |= OF_THE_PAST | {"stop"}
        assert stage.grey() == lacking
        assert stage.dead() == set(), "no longer than a menu shows"
        assert stage.missing_in_palette() == lacking

    staged(scenario)


def test_a_menu_is_grey_while_it_shows(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        await stage.begin()
        menu = next(menu for menu in stage.menus if menu.title() == "&Message")
        menu.popup(stage.window.pos())
        assert stage.dead() == OF_A_REPLY | OF_MESSAGES | OF_VERSIONS
        menu.close()
        assert stage.dead() == set()
        await stage.say("What nobody else would say")
        menu.popup(stage.window.pos())
        menu.setActiveAction(stage.window.actions_by_name["copy_last"])
        QTest.keyClick(menu, Qt.Key.Key_Return)
        assert "nobody else" in QApplication.clipboard().text()

    staged(scenario)


def test_what_becomes_possible_is_offered_and_what_ends_is_not(
    staged: Staged, server: Server
) -> None:
    async def scenario(stage: Stage) -> None:
        await stage.begin("test/gated")
        stage.send("Say something slowly")
        await stage.running.until(lambda: stage.is_replying)
        rest = OF_SELECTION | OF_VERSIONS | OF_TABS | OF_THE_PAST
        assert stage.grey() == rest | OF_A_REPLY, "while a reply comes it can only be stopped"
        server.release()
        await stage.running.until(lambda: not stage.is_replying)
        assert stage.grey() == rest | {"stop"}
        stage.key("Ctrl+R")
        await stage.running.until(lambda: stage.is_replying)
        server.release()
        await stage.running.until(lambda: not stage.is_replying)
        assert stage.grey() == rest - OF_VERSIONS | {"stop", "next_version"}
        stage.key("Alt+Left")
        assert stage.grey() == rest - OF_VERSIONS | {"stop", "previous_version"}
        stage.window.actions_by_name["select_all"].trigger()
        assert "copy_markdown" in stage.grey(), "the composer has the keyboard"
        stage.key("Alt+Up")
        stage.window.actions_by_name["select_all"].trigger()
        assert not OF_SELECTION & stage.grey()
        stage.key("Ctrl+N")
        assert not OF_TABS & stage.grey()
        stage.key("Ctrl+Tab")
        stage.key("Ctrl+W")
        assert OF_THE_PAST & stage.grey() == {"undelete"}
        stage.key("Ctrl+Shift+T")
        stage.key("Ctrl+Shift+Del")
        assert OF_THE_PAST & stage.grey() == {"reopen_tab"}
        stage.key("Ctrl+Alt+Z")
        assert stage.grey() >= OF_THE_PAST
        assert stage.dead() == set()

    staged(scenario)


def test_a_selection_in_a_field_can_be_copied(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        await stage.begin()
        stage.type("some words")
        assert stage.grey() >= OF_SELECTION
        stage.key("Ctrl+A")
        assert OF_SELECTION & stage.grey() == {"copy_markdown"}
        assert not OF_WORDS & stage.grey(), "a draft is listed, and can be named"

    staged(scenario)


def test_a_menu_that_never_closes_leaves_every_key_alive(staged: Staged) -> None:
    """A desktop that shows the menus itself prepares them without opening them."""

    async def scenario(stage: Stage) -> None:
        await stage.begin()
        for menu in stage.menus:
            menu.aboutToShow.emit()
        assert "copy_last" in stage.dead(), "the desktop shows it grey"
        await stage.say("What nobody else would say")
        stage.key("Ctrl+Shift+C")
        assert "nobody else" in QApplication.clipboard().text()
        assert stage.dead() == set()

    staged(scenario)


def test_what_is_dead_before_the_start_stays_so_whatever_menu_opens(
    staged: Staged,
) -> None:
    async def scenario(stage: Stage) -> None:
        stage.window.show()
        for menu in stage.menus:
            menu.aboutToShow.emit()
            menu.aboutToHide.emit()
        assert stage.dead() == set(stage.window.actions_by_name) - {"quit"} - ALWAYS

    staged(scenario)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("Ctrl+R", "There is no reply yet."),
        ("Ctrl+Shift+C", "There is no reply yet."),
        ("Ctrl+Shift+K", "There is no reply yet."),
        ("Ctrl+Shift+E", "There is no message of yours yet."),
        ("F2", "This conversation is still empty."),
        ("Ctrl+Shift+Del", "This conversation is still empty."),
        ("Ctrl+Shift+T", "No tab was closed."),
        ("Ctrl+Alt+Z", "There is nothing to bring back."),
        ("Alt+Left", "There is no earlier version."),
        ("Alt+Right", "There is no later version."),
        ("Esc", ""),
        ("Alt+Up", ""),
        ("Ctrl+Tab", ""),
    ],
)
def test_a_key_that_cannot_act_says_why_or_is_no_news(staged: Staged, keys: str, told: str) -> None:
    async def scenario(stage: Stage) -> None:
        await stage.begin()
        stage.key(keys)
        assert QToolTip.text() == told
        assert len(stage.session.desk.tabs) == 1
        assert stage.focus == "Message"

    staged(scenario)


def test_what_is_said_in_passing_is_short_and_whole() -> None:
    for need in Need:
        words = lack(need)
        assert not words or (words[0].isupper() and words.endswith(".") and len(words) < 48)


# Deleting, and the way back


def deletions(stage: Stage) -> list[str]:
    """Return what the window says was deleted."""
    bar = stage.window.notice_bar
    return [bar.front.headline] if bar.front and bar.isVisible() else []


async def undo(stage: Stage) -> None:
    bar = stage.window.notice_bar

    def shown() -> list[QPushButton]:
        buttons = bar.findChildren(QPushButton)
        return [each for each in buttons if each.isVisible() and each.text() == "Undo"]

    await stage.running.until(shown)
    shown()[0].click()


async def three_conversations(stage: Stage) -> dict[str, int]:
    await stage.begin()
    ids = {}
    for name in ("alpha", "beta", "gamma"):
        await stage.say(name)
        front = stage.session.desk.front
        assert front is not None
        ids[name] = front
        stage.key("Ctrl+N")
    return ids


def listed(session: Session) -> set[str]:
    return {heading.title for heading in session.desk.headings}


def test_each_undo_brings_back_the_conversation_it_names(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        ids = await three_conversations(stage)
        stage.key("Ctrl+B")
        for name in ("gamma", "beta", "alpha"):
            stage.session.delete(ids[name])
            assert deletions(stage) == [f"Deleted “{name}”."]
        await undo(stage)
        assert listed(stage.session) == {"alpha"}
        assert deletions(stage) == [], "no offer that would do nothing"
        assert not stage.window.notice_bar.isVisible()

    staged(scenario)


def test_an_offer_goes_with_what_it_offers(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        ids = await three_conversations(stage)
        stage.key("Ctrl+B")
        stage.session.delete(ids["gamma"])
        stage.key("Ctrl+Alt+Z")
        assert listed(stage.session) == {"alpha", "beta", "gamma"}
        assert deletions(stage) == []
        stage.session.delete(ids["beta"])
        stage.key("Ctrl+B")
        stage.session.delete(ids["alpha"])
        assert deletions(stage) == [], "the pane shows the newest one"
        assert stage.window.conversations.undo_strip.isVisible()

    staged(scenario)


# The keyboard, when a pane goes


@pytest.mark.parametrize(("into", "hide"), [("Ctrl+Shift+F", "Ctrl+B"), ("Ctrl+M", "Ctrl+Shift+B")])
def test_hiding_a_pane_with_the_keyboard_in_it_leads_back_to_the_message(
    staged: Staged, into: str, hide: str
) -> None:
    async def scenario(stage: Stage) -> None:
        await stage.begin()
        stage.key(into)
        assert stage.focus.startswith("Filter")
        stage.key(hide)
        assert stage.focus == "Message"
        stage.key(hide)
        assert stage.focus == "Message"

    staged(scenario)


def test_hiding_a_pane_leaves_the_keyboard_where_it_is_elsewhere(staged: Staged) -> None:
    async def scenario(stage: Stage) -> None:
        await stage.begin()
        stage.key("Ctrl+M")
        stage.key("Ctrl+B")
        assert stage.focus == "Filter models"
        stage.type("a")
        assert stage.text == ""

    staged(scenario)

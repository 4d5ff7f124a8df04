"""The command palette: everything by a few letters, and nothing in the way."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from app.session import Session
from app.ui import actions, theme
from app.ui.palette import Palette
from app.ui.palette_desk import PaletteDesk
from app.ui.palette_rows import SHOWN, Entry, Kind
from tests.helpers.program import Program

ACTIONS = [
    Entry(Kind.ACTION, "new", "New conversation", "File", "Ctrl+N"),
    Entry(Kind.ACTION, "close", "Close tab", "File", "Ctrl+W"),
    Entry(Kind.ACTION, "settings", "Settings", "File", "Ctrl+,"),
    Entry(Kind.ACTION, "stop", "Stop the reply", "Conversation", "Esc"),
]
PLACES = [
    Entry(Kind.CONVERSATION, "7", "Reward shaping notes", "Open"),
    Entry(Kind.CONVERSATION, "8", "A tokenizer’s edge cases"),
    Entry(Kind.MODEL, "z-ai/glm-5.2", "GLM 5.2", "z-ai/glm-5.2"),
]


class Stage:
    """A window with a field in it, and the palette over it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        self.window.resize(900, 600)
        self.before = QLineEdit(self.window)
        self.other = QLineEdit(self.window)
        self.other.move(0, 60)
        self.palette = Palette(self.window, theme.light())
        self.chosen: list[str] = []
        self.palette.chosen.connect(lambda entry: self.chosen.append(entry.name))
        self.gathered = 0
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        self.before.setFocus()
        qtbot.waitUntil(self.before.hasFocus)

    def open(
        self, actions: Sequence[Entry] = ACTIONS, recent: Sequence[tuple[Kind, str]] = ()
    ) -> None:
        self.palette.open(actions, self.gather, recent)

    def gather(self) -> Sequence[Entry]:
        self.gathered += 1
        return PLACES

    def type(self, text: str) -> None:
        if text.isascii():
            QTest.keyClicks(self.palette.field, text)
            return
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(self.palette.field, event)

    def key(self, *keys: Qt.Key) -> None:
        for each in keys:
            QTest.keyClick(self.palette.field, each)

    @property
    def titles(self) -> list[str]:
        return [row.entry.title for row in self.palette.rows.rows]

    @property
    def current(self) -> str:
        return self.titles[self.palette.list.currentIndex().row()]


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    return Stage(qtbot)


def test_it_opens_with_the_actions_and_looks_for_nothing_else_before_a_letter_is_typed(
    stage: Stage,
) -> None:
    stage.open()
    assert stage.palette.field.hasFocus()
    assert stage.titles == [entry.title for entry in ACTIONS]
    assert stage.gathered == 0
    stage.type("re")
    assert stage.gathered == 1
    assert "Reward shaping notes" in stage.titles


def test_what_was_chosen_lately_comes_first(stage: Stage) -> None:
    gone = (Kind.ACTION, "no longer there")
    stage.open(recent=[(Kind.ACTION, "stop"), gone, (Kind.ACTION, "close")])
    assert stage.titles[:3] == ["Stop the reply", "Close tab", "New conversation"]
    assert len(stage.titles) == len(ACTIONS)


def test_the_keys_move_and_choose_and_the_keyboard_is_back_before_anything_is_done(
    stage: Stage,
) -> None:
    had_focus: list[bool] = []
    stage.palette.chosen.connect(lambda _: had_focus.append(stage.other.hasFocus()))
    stage.other.setFocus()
    stage.open()
    stage.key(Qt.Key.Key_Up)
    assert stage.current == "Stop the reply", "before the first is the last"
    stage.key(Qt.Key.Key_Down, Qt.Key.Key_Down)
    assert stage.current == "Close tab"
    stage.key(Qt.Key.Key_PageDown)
    assert stage.current == "Stop the reply"
    stage.key(Qt.Key.Key_PageUp, Qt.Key.Key_Return)
    assert stage.chosen == ["new"]
    assert had_focus == [True]
    assert not stage.palette.isVisible()


def test_escape_closes_it_and_gives_the_keyboard_back(stage: Stage) -> None:
    stage.other.setFocus()
    stage.open()
    stage.type("set")
    stage.key(Qt.Key.Key_Escape)
    assert not stage.palette.isVisible()
    assert stage.other.hasFocus()
    assert stage.chosen == []
    stage.open()
    assert stage.palette.field.text() == ""


def test_it_goes_away_when_the_keyboard_goes_elsewhere_and_leaves_it_there(stage: Stage) -> None:
    stage.open()
    stage.other.setFocus()
    assert not stage.palette.isVisible()
    assert stage.other.hasFocus()
    stage.open()
    stage.window.clearFocus()
    stage.palette.field.clearFocus()
    assert not stage.palette.isVisible(), "also when nothing has it"


def test_it_stands_what_had_the_keyboard_going_for_good(stage: Stage) -> None:
    stage.open()
    stage.before.deleteLater()
    QTest.qWait(0)
    stage.key(Qt.Key.Key_Escape)
    assert not stage.palette.isVisible()


def test_the_mouse_chooses_what_it_is_on(stage: Stage) -> None:
    stage.open()
    view = stage.palette.list
    row = view.visualRect(stage.palette.rows.index(2))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row.center() + QPoint(40, 0))
    assert stage.chosen == ["settings"]


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [("ncon", "new"), ("rsn", "7"), ("glm", "z-ai/glm-5.2"), ("use glm", "z-ai/glm-5.2")],
)
def test_a_few_letters_are_enough(stage: Stage, typed: str, chosen: str) -> None:
    stage.open()
    stage.type(typed)
    stage.key(Qt.Key.Key_Return)
    assert stage.chosen == [chosen]


def test_where_nothing_fits_it_says_so_and_enter_does_nothing(stage: Stage) -> None:
    stage.open()
    stage.type("zzq")
    assert "zzq" in stage.palette._nothing.text()
    assert stage.palette._nothing.isVisible()
    stage.key(Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert stage.palette.isVisible()
    assert stage.chosen == []


def test_thousands_of_models_are_no_more_work_than_some(stage: Stage) -> None:
    models = [Entry(Kind.MODEL, f"m/{i}", f"Model {i}", f"m/{i}") for i in range(5000)]
    stage.palette.open(ACTIONS, lambda: models, ())
    for text in ("m", "mo", "model 4", "ml9", "zz"):
        stage.palette.rows.find(text)
        assert stage.palette.rows.scored <= 200
        assert len(stage.palette.rows.rows) <= SHOWN


def test_an_action_is_not_crowded_out_by_names(stage: Stage) -> None:
    names = [Entry(Kind.CONVERSATION, str(i), f"Nice idea {i}") for i in range(5000)]
    stage.palette.open(ACTIONS, lambda: names, ())
    stage.type("ncon")
    assert stage.titles[0] == "New conversation"


@pytest.mark.parametrize("size", [(1280, 832), (420, 640), (360, 400)])
def test_it_lies_within_the_window_also_when_that_is_resized(
    stage: Stage, size: tuple[int, int]
) -> None:
    stage.open()
    stage.window.resize(*size)
    QTest.qWait(0)
    box = stage.palette.geometry()
    assert stage.window.rect().contains(box)
    assert abs(box.center().x() - stage.window.rect().center().x()) <= 1
    assert stage.palette.list.viewport().height() > 100


def test_rows_are_read_out_with_their_menu_and_keys(stage: Stage) -> None:
    stage.open()
    stage.type("reward")
    role = Qt.ItemDataRole.AccessibleTextRole
    rows = stage.palette.rows
    assert rows.index(0).data(role) == "Go to: Reward shaping notes · Open"
    stage.key(Qt.Key.Key_Escape)
    stage.open()
    assert rows.index(0).data(role) == "New conversation · File · Ctrl+N"
    for widget in (stage.palette, stage.palette.field, stage.palette.list):
        interface = QAccessible.queryAccessibleInterface(widget)
        assert interface is not None
        assert interface.text(QAccessible.Text.Name)


def accents(stage: Stage) -> int:
    """Return how many pixels of the first row have the colour of what was typed."""
    QTest.qWait(0)
    view = stage.palette.list
    image: QImage = view.grab(view.visualRect(stage.palette.rows.index(0))).toImage()
    accent = theme.light().colours.accent
    colours = (
        QColor(image.pixel(x, y)) for x in range(image.width()) for y in range(image.height())
    )
    return sum(colour == accent for colour in colours)


def test_the_letters_that_were_typed_are_marked(stage: Stage) -> None:
    stage.open()
    assert accents(stage) == 0
    stage.type("newconv")
    assert accents(stage) > 0


@pytest.mark.parametrize(
    "title", ["نص طويل جدا " * 30, "👩‍🔬" * 80, "long " * 80, "\n\t", "&&a<b>"]
)
def test_any_title_is_painted(stage: Stage, title: str) -> None:
    entry = Entry(Kind.CONVERSATION, "1", title, "Open")
    stage.palette.open([entry], tuple, ())
    stage.type(title.strip()[:1] or "o")
    for width in (900, 360):
        stage.window.resize(width, 500)
        assert not stage.palette.grab().isNull()


def test_in_the_program_it_does_what_is_chosen_and_remembers_it(tmp_path: Path) -> None:
    with Program(tmp_path, "--demo") as program:
        program.ready()
        program.use("demo/echo")
        program.say("The reward of a wolf")
        program.reply()
        program.key("Ctrl+N")
        program.key("Ctrl+K")
        assert program.look()["focus"] == "Command palette"
        program.type("rew wolf")
        program.key("Return")
        program.until(lambda seen: seen["messages"], "the conversation")
        assert program.look()["focus"] == "Message"
        program.key("Ctrl+K")
        program.type("use fast")
        program.key("Return")
        program.until(lambda seen: seen["model"] == "demo/fast", "another model")
        program.key("Ctrl+K", "Ctrl+K")
        assert program.look()["focus"] == "Message"
        for leave in (("Escape",), ("Down", "Return")):
            program.key("F2")
            program.type("A wolf")
            program.key("Ctrl+K")
            program.type("larger text")
            program.key(*leave)
            assert program.look()["focus"] == "Message", "the title’s field has closed"
        program.key("Ctrl+K")
        program.type("findmod")
        program.key("Escape")
        program.key("Ctrl+K")
        program.type("choose model")
        program.key("Return")
        assert program.look()["focus"] == "Filter models"
        program.quit()
    with Program(tmp_path, "--demo") as program:
        program.ready()
        # What was done last is the first without a letter typed.
        program.key("Ctrl+K", "Return")
        assert program.look()["focus"] == "Filter models"


def test_escape_in_the_palette_does_not_stop_a_reply(tmp_path: Path) -> None:
    with Program(tmp_path, "--demo") as program:
        program.ready()
        program.use("demo/fails-silent-midway")
        program.say("Take your time")
        program.until(lambda s: s["messages"] and s["messages"][-1]["text"], "first words")
        program.key("Ctrl+K")
        program.type("sto")
        program.key("Escape")
        assert program.look()["messages"][-1]["status"] == "streaming"
        program.key("Ctrl+K")
        program.type("stop the reply")
        program.key("Return")
        program.reply("stopped")


def test_an_action_that_cannot_be_done_is_not_offered(qtbot: QtBot, tmp_path: Path) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    done: list[str] = []
    names = [deed.name for deed in actions.deeds()]
    verbs = {name: lambda name=name: done.append(name) for name in names}
    built = actions.build(window, verbs)
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    # Without a letter typed nothing is asked of a session.
    session = cast("Session", None)
    desk = PaletteDesk(
        session, window, built, settings, theme.light(), go_to=print, use_model=print
    )
    window.show()
    built["quit"].setEnabled(False)
    desk.toggle()
    offered = {row.entry.name for row in desk.palette.rows.rows}
    assert offered == set(names) - {"quit", "palette"}
    desk.toggle()
    assert not desk.palette.isVisible()
    built["quit"].setEnabled(True)
    desk.toggle()
    assert "quit" in {row.entry.name for row in desk.palette.rows.rows}
    for row in list(desk.palette.rows.rows):
        desk.palette.chosen.emit(row.entry)
    assert sorted(done) == sorted(set(names) - {"palette"}), "each is reached"

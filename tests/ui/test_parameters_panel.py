"""The parameters of a conversation are set in place; what cannot be is explained there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QPlainTextEdit, QToolButton
from pytestqt.qtbot import QtBot

from app.chat.model import Model
from app.chat.parameters import DEFAULTS, Parameters
from app.ui.parameter_row import ParameterRow
from app.ui.parameters_panel import ParametersPanel
from tests.helpers.program import Program
from tests.helpers.server import KEY, Server

MODEL = Model("z-ai/glm-5.2", "GLM 5.2")
# Qt's offscreen platform has nothing to raise a menu over.
MENUS = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def panel(qtbot: QtBot) -> ParametersPanel:
    panel = ParametersPanel()
    qtbot.addWidget(panel)
    panel.resize(316, 400)
    panel.show()
    panel.activateWindow()
    panel.show_parameters(DEFAULTS, "", MODEL)
    return panel


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(key=KEY).start()
    yield server
    server.stop()


def row(panel: ParametersPanel, name: str) -> ParameterRow:
    found = panel.findChild(ParameterRow, name)
    assert found is not None
    return found


def value(panel: ParametersPanel, name: str) -> str:
    return row(panel, name).face.accessibleName().partition(": ")[2]


def line(panel: ParametersPanel, name: str) -> QLineEdit:
    """Open the field of a parameter with the keyboard."""
    if row(panel, name).editor is None:
        QtBot.keyClick(row(panel, name).face, Qt.Key.Key_Return)
    editor = row(panel, name).editor
    assert isinstance(editor, QLineEdit)
    return editor


def box(panel: ParametersPanel, name: str) -> QPlainTextEdit:
    row(panel, name).face.click()
    editor = row(panel, name).editor
    assert isinstance(editor, QPlainTextEdit)
    return editor


def problem(panel: ParametersPanel, name: str) -> str:
    label = row(panel, name).findChild(QLabel, "parameterproblem")
    assert label is not None
    return label.text() if label.isVisible() else ""


def note(panel: ParametersPanel, name: str) -> str:
    label = row(panel, name).findChild(QLabel, "parameternote")
    assert label is not None
    return label.text() if label.isVisible() else ""


@pytest.fixture
def changes(panel: ParametersPanel) -> list[Parameters]:
    seen: list[Parameters] = []
    panel.parameters_changed.connect(lambda values, _owner: seen.append(values))
    return seen


def test_nothing_is_set_until_it_is(panel: ParametersPanel) -> None:
    names = ("system_prompt", "temperature", "max_tokens", "stop", "stream")
    said = ["none", "model’s own", "model’s own", "none", "on"]
    assert [value(panel, name) for name in names] == said
    assert not row(panel, "reasoning_effort").isVisible()
    assert not next(iter(panel.findChildren(QToolButton))).isVisible()


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        ("temperature", "0.2", Parameters(temperature=0.2)),
        ("temperature", " 2 ", Parameters(temperature=2.0)),
        ("temperature", "0", Parameters(temperature=0.0)),
        ("max_tokens", "512", Parameters(max_tokens=512)),
    ],
)
def test_a_number_is_typed_in_place_and_unset_by_emptying(
    panel: ParametersPanel,
    changes: list[Parameters],
    qtbot: QtBot,
    name: str,
    typed: str,
    expected: Parameters,
) -> None:
    field = line(panel, name)
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert changes == [expected]
    assert row(panel, name).editor is None
    assert value(panel, name) == typed.strip()
    field = line(panel, name)
    field.clear()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert changes == [expected, DEFAULTS]
    assert value(panel, name) == "model’s own"


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("temperature", "0,5", "Write 0.5."),
        ("temperature", "NaN", "Temperature is a number from 0 to 2."),
        ("temperature", "inf", "Temperature is a number from 0 to 2."),
        ("temperature", "1e0", "Temperature is a number from 0 to 2."),
        ("temperature", "2.1", "Temperature goes from 0 to 2."),
        ("temperature", "-1", "Temperature goes from 0 to 2."),
        ("temperature", "\u0660", "Temperature is a number from 0 to 2."),
        ("max_tokens", "0", "The longest reply is at least 1 token."),
        ("max_tokens", "1.5", "The longest reply is a whole number of tokens, such as 1024."),
        ("max_tokens", "9" * 11, "No reply gets that long."),
        ("max_tokens", "9" * 5000, "The longest reply is a whole number of tokens, such as 1024."),
    ],
)
def test_a_value_that_cannot_be_is_explained_and_the_old_one_stays(
    panel: ParametersPanel,
    changes: list[Parameters],
    qtbot: QtBot,
    name: str,
    typed: str,
    sentence: str,
) -> None:
    panel.show_parameters(Parameters(temperature=1.0, max_tokens=7), "", MODEL)
    field = line(panel, name)
    field.setText(typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert problem(panel, name) == sentence
    assert field.text() == typed, "what was typed can be corrected"
    assert changes == []
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert row(panel, name).editor is None
    assert value(panel, name) == ("1" if name == "temperature" else "7")
    assert problem(panel, name) == ""


def test_leaving_a_field_takes_its_value(
    panel: ParametersPanel, changes: list[Parameters], qtbot: QtBot
) -> None:
    qtbot.keyClicks(line(panel, "temperature"), "0.7")
    row(panel, "stop").face.setFocus()
    assert changes == [Parameters(temperature=0.7)]


def test_stop_sequences_stand_one_on_a_line(
    panel: ParametersPanel, changes: list[Parameters]
) -> None:
    box(panel, "stop").setPlainText("END\n\n two blanks\n\u00a0")
    row(panel, "stop").face.click()
    assert changes == [Parameters(stop=("END", " two blanks", "\u00a0"))]
    assert value(panel, "stop") == "“END”, “ two blanks”, “\u00a0”"
    assert box(panel, "stop").document().blockCount() == 3


def test_the_system_prompt_is_told_as_it_is_written_so_that_none_is_lost(
    panel: ParametersPanel, qtbot: QtBot
) -> None:
    prompts: list[str] = []
    panel.system_prompt_changed.connect(prompts.append)
    field = box(panel, "system_prompt")
    qtbot.keyClicks(field, "Be")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    field.insertPlainText("\u00a0brief")
    assert prompts == ["B", "Be", "Be\n", "Be\n\u00a0brief"]
    panel.show_parameters(DEFAULTS, prompts[-1], MODEL)
    assert row(panel, "system_prompt").editor is field, "showing what was told disturbs nobody"
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert row(panel, "system_prompt").editor is None
    assert value(panel, "system_prompt") == "Be \u00a0brief"
    box(panel, "system_prompt").clear()
    assert prompts[-1] == ""


def test_streaming_is_switched_off_and_everything_is_reset(
    panel: ParametersPanel, changes: list[Parameters], qtbot: QtBot
) -> None:
    panel.show_parameters(Parameters(temperature=0.2), "Be brief", MODEL)
    qtbot.keyClick(row(panel, "stream").face, Qt.Key.Key_Space)
    assert changes == [Parameters(temperature=0.2, stream=False)]
    assert value(panel, "stream") == "off"
    reset = panel.findChild(QToolButton)
    assert reset is not None
    assert reset.isVisible()
    reset.click()
    assert changes[-1] == DEFAULTS
    assert value(panel, "system_prompt") == "Be brief"
    assert not reset.isVisible()


@MENUS
def test_the_effort_is_offered_where_the_model_names_some(
    panel: ParametersPanel, changes: list[Parameters]
) -> None:
    thinker = Model("a/b", efforts=("low", "R&D"), parameters=frozenset({"temperature"}))
    panel.show_parameters(DEFAULTS, "", thinker)
    assert row(panel, "reasoning_effort").isVisible()
    row(panel, "reasoning_effort").face.click()
    menu = panel.findChild(QMenu)
    assert menu is not None
    assert [action.text() for action in menu.actions()] == ["Model’s own", "low", "R&&D"]
    menu.actions()[2].trigger()
    menu.close()
    assert changes == [Parameters(reasoning_effort="R&D")]
    panel.show_parameters(changes[0], "", MODEL)
    assert row(panel, "reasoning_effort").isVisible(), "what is set is sent, and so shown"


@MENUS
@pytest.mark.parametrize("off", ["none", "Off"])
def test_a_model_that_must_reason_is_never_offered_not_to(panel: ParametersPanel, off: str) -> None:
    thinker = Model("a/b", "R1", efforts=(off, "low"), must_reason=True)
    panel.show_parameters(DEFAULTS, "", thinker)
    assert note(panel, "reasoning_effort") == ""
    for parameters in (DEFAULTS, Parameters(reasoning_effort=off)):
        panel.show_parameters(parameters, "", thinker)
        row(panel, "reasoning_effort").face.click()
        menu = panel.findChildren(QMenu)[-1]
        assert [action.text() for action in menu.actions()] == ["Model’s own", "low"]
        menu.close()
    assert note(panel, "reasoning_effort") == "R1 always reasons."
    panel.show_parameters(DEFAULTS, "", replace(thinker, efforts=(off,)))
    assert not row(panel, "reasoning_effort").isVisible()
    panel.show_parameters(DEFAULTS, "", replace(thinker, must_reason=False))
    row(panel, "reasoning_effort").face.click()
    assert [action.text() for action in panel.findChildren(QMenu)[-1].actions()][1] == off


def test_what_the_model_does_not_take_is_said_and_can_still_be_set(
    panel: ParametersPanel, changes: list[Parameters], qtbot: QtBot
) -> None:
    strict = Model("a/b", "<i>Strict</i>", parameters=frozenset({"max_tokens"}))
    panel.show_parameters(DEFAULTS, "", strict)
    assert value(panel, "temperature") == "not taken"
    assert value(panel, "max_tokens") == "model’s own"
    assert note(panel, "temperature") == ""
    qtbot.keyClicks(line(panel, "temperature"), "1")
    qtbot.keyClick(line(panel, "temperature"), Qt.Key.Key_Return)
    assert changes == [Parameters(temperature=1.0)]
    assert note(panel, "temperature") == "<i>Strict</i> does not take it."


def test_the_heading_folds_the_section(panel: ParametersPanel, qtbot: QtBot) -> None:
    qtbot.keyClick(panel.heading, Qt.Key.Key_Return)
    assert not row(panel, "stop").isVisible()
    qtbot.keyClick(panel.heading, Qt.Key.Key_Space)
    assert row(panel, "stop").isVisible()


def test_a_value_being_written_belongs_to_the_conversation_it_was_written_in(
    panel: ParametersPanel, qtbot: QtBot
) -> None:
    changed: list[tuple[object, object]] = []
    panel.parameters_changed.connect(lambda values, owner: changed.append((values, owner)))
    panel.show_parameters(DEFAULTS, "", MODEL, 1)
    qtbot.keyClicks(line(panel, "temperature"), "1.3")
    panel.show_parameters(DEFAULTS, "", MODEL, 2)
    assert changed == [(Parameters(temperature=1.3), 1)]


def test_what_is_half_written_can_be_entered_from_outside(
    panel: ParametersPanel, changes: list[Parameters], qtbot: QtBot
) -> None:
    qtbot.keyClicks(line(panel, "temperature"), "0.2")
    qtbot.keyClicks(line(panel, "max_tokens"), "many")
    panel.enter()
    assert changes == [Parameters(temperature=0.2)]
    assert row(panel, "temperature").editor is None
    assert row(panel, "max_tokens").editor is not None
    assert "whole number" in problem(panel, "max_tokens")


@pytest.mark.parametrize("name", ["system_prompt", "stop"])
def test_a_megabyte_without_a_blank_can_be_pasted_and_written_on(
    panel: ParametersPanel, qtbot: QtBot, name: str
) -> None:
    field = box(panel, name)
    pasted = QMimeData()
    pasted.setText("x" * 1_000_000)
    field.insertFromMimeData(pasted)
    qtbot.keyClicks(field, "ab")
    assert field.wordWrapMode() is QTextOption.WrapMode.WrapAnywhere
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    field = box(panel, name)
    assert len(field.toPlainText()) == 1_000_002
    assert field.wordWrapMode() is QTextOption.WrapMode.WrapAnywhere


def test_what_stands_in_an_open_field_is_sent_whatever_sends(
    tmp_path: Path, server: Server
) -> None:
    environ = {"PRIME_API_KEY": KEY, "PRIME_INFERENCE_URL": server.endpoint}

    def asked() -> list[float | None]:
        return [r.json.get("temperature") for r in server.requests() if r.method == "POST"]

    with Program(tmp_path, environ=environ) as program:
        program.ready()
        program.arrange(1280, 800)
        program.use("test/happy")
        program.say("hello")
        program.reply()
        program.key("Ctrl+Shift+M")
        program.tab_to("Temperature: model’s own")
        program.key("Return")
        program.type("0.2")
        program.key("Ctrl+R")
        program.until(lambda _: len(asked()) == 2, "the second request")
        program.reply()
        program.key("Ctrl+J")
        program.type("and now")
        program.key("Ctrl+Shift+M")
        program.tab_to("Temperature: 0.2")
        program.key("Return")
        program.type("0.4")
        program.click("Send")
        program.until(lambda _: len(asked()) == 3, "the third request")
        program.reply()
        program.quit()
    assert asked() == [None, 0.2, 0.4]
    assert program.output == ""

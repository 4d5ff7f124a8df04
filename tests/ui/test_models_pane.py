"""The models pane finds models as the person types, and says what it does not know."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.chat.failure import Failure, Kind
from app.chat.model import Catalogue, Model, Prices
from app.ui.models_pane import ModelsPane

CATALOGUE = Catalogue(
    (
        Model("z-ai/glm-5.2", "GLM 5.2", "z-ai", Prices(Decimal("1.68"), Decimal("5.28"))),
        Model("anthropic/claude-sonnet-5", "Claude Sonnet 5", "anthropic"),
        Model("internal/glm-fast <b>", "GLM Fast <b>", "private", context_window=8192),
    ),
    fetched=datetime(2026, 11, 1, tzinfo=UTC),
)


@pytest.fixture
def pane(qtbot: QtBot) -> ModelsPane:
    pane = ModelsPane()
    qtbot.addWidget(pane)
    pane.resize(316, 600)
    pane.show()
    pane.show_catalogue(CATALOGUE, "z-ai/glm-5.2", has_account=True)
    return pane


def shown(pane: ModelsPane) -> list[str]:
    rows = pane.list.model()
    return [str(rows.index(i, 0).data()) for i in range(rows.rowCount())]


def state(pane: ModelsPane) -> str:
    label = pane.findChild(QLabel, "state")
    assert label is not None
    return label.text() if label.isVisible() else ""


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("glm", ["GLM 5.2", "GLM Fast <b>"]),
        ("GLM z-ai", ["GLM 5.2"]),
        ("anthropic", ["Claude Sonnet 5"]),
        ("sonnet claude", ["Claude Sonnet 5"]),
        ("nothing", []),
    ],
)
def test_every_word_of_the_filter_has_to_occur(
    pane: ModelsPane, typed: str, found: list[str]
) -> None:
    pane.filter.setText(typed)
    assert shown(pane) == found


def test_a_model_is_chosen_with_the_keyboard_and_the_list_is_whole_again(
    pane: ModelsPane, qtbot: QtBot
) -> None:
    qtbot.keyClicks(pane.filter, "sonnet")
    qtbot.keyClick(pane.filter, Qt.Key.Key_Return)
    with qtbot.waitSignal(pane.chosen) as chosen:
        qtbot.keyClick(pane.list, Qt.Key.Key_Return)
    assert chosen.args == ["anthropic/claude-sonnet-5"]
    assert len(shown(pane)) == 3


def test_what_is_not_known_of_a_model_is_said_in_words(pane: ModelsPane) -> None:
    rows = pane.list.model()
    spoken = str(rows.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole))
    assert "price unknown" in spoken
    assert "<" not in str(rows.index(2, 0).data(Qt.ItemDataRole.ToolTipRole))


def test_an_old_list_is_shown_with_its_age_and_the_reason(pane: ModelsPane) -> None:
    stale = Catalogue(CATALOGUE.models, CATALOGUE.fetched, Failure(Kind.UNREACHABLE))
    pane.show_catalogue(stale, "", has_account=True)
    assert len(shown(pane)) == 3
    assert "could not be reached" in state(pane)
    assert "Nov" in state(pane)


def test_no_list_yet_is_said(pane: ModelsPane) -> None:
    pane.show_catalogue(Catalogue(is_loading=True), "", has_account=True)
    assert state(pane) == "Asking for the models…"
    pane.show_catalogue(Catalogue(), "", has_account=False)
    assert "once an account is added" in state(pane)


def test_five_thousand_models_are_listed(pane: ModelsPane) -> None:
    many = Catalogue(tuple(Model(f"maker/model-{i}") for i in range(5000)))
    pane.show_catalogue(many, "maker/model-4999", has_account=True)
    assert len(shown(pane)) == 5000
    pane.filter.setText("model-4999")
    assert shown(pane) == ["model-4999"]

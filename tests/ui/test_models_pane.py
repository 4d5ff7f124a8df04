"""The models pane finds models as the person types, and says what it does not know."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from app.chat.failure import Failure, Kind
from app.chat.model import Catalogue, Model, Prices
from app.chat.settings import ModelOrder
from app.ui import theme
from app.ui.model_card import facts
from app.ui.models_pane import ModelsPane
from app.ui.outline import RIGHT_WIDTHS
from app.ui.section import EDGE, GAP, figures

GLM = Model(
    "z-ai/glm-5.2",
    "GLM 5.2",
    "z-ai",
    Prices(Decimal("1.68"), Decimal("5.28"), Decimal("0.30")),
    1_048_576,
    131_072,
    inputs=("text",),
)
SONNET = Model("anthropic/claude-sonnet-5", "Claude Sonnet 5", "anthropic", context_window=200_000)
FAST = Model("internal/glm-fast <b>", "GLM Fast <b>", "private", context_window=8192)
FREE = Model("open/tiny", "Tiny", "open", Prices(Decimal(0), Decimal(0)))
CATALOGUE = Catalogue((GLM, SONNET, FAST, FREE), fetched=datetime(2026, 11, 1, tzinfo=UTC))
MANY = Catalogue(tuple(Model(f"maker/model-{i:04}") for i in range(5000)))
# Qt's offscreen platform has nothing to raise a menu over.
MENUS = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def pane(qtbot: QtBot) -> ModelsPane:
    pane = ModelsPane()
    qtbot.addWidget(pane)
    pane.resize(316, 800)
    pane.show()
    pane.activateWindow()
    pane.show_catalogue(CATALOGUE, "z-ai/glm-5.2", has_account=True)
    return pane


def shown(pane: ModelsPane) -> list[str]:
    rows = pane.list.model()
    return [str(rows.index(i, 0).data()) for i in range(rows.rowCount())]


def spoken(pane: ModelsPane, row: int) -> str:
    return str(pane.list.model().index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole))


def said(pane: ModelsPane, name: str) -> str:
    label = pane.findChild(QLabel, name)
    assert label is not None
    return label.text() if label.isVisible() else ""


def button(pane: ModelsPane, name: str) -> QPushButton:
    found = pane.findChild(QPushButton, name)
    assert found is not None
    return found


def current(pane: ModelsPane) -> str:
    return str(pane.list.currentIndex().data())


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
    assert said(pane, "count") == f"{len(found)} of 4"


@pytest.mark.parametrize(
    ("order", "labels"),
    [
        (ModelOrder.NAME, ["Claude Sonnet 5", "GLM 5.2", "GLM Fast <b>", "Tiny"]),
        (ModelOrder.PRICE, ["Tiny", "GLM 5.2", "Claude Sonnet 5", "GLM Fast <b>"]),
        (ModelOrder.CONTEXT, ["GLM 5.2", "Claude Sonnet 5", "GLM Fast <b>", "Tiny"]),
    ],
)
def test_what_is_unknown_is_sorted_last_and_favourites_first(
    pane: ModelsPane, order: ModelOrder, labels: list[str]
) -> None:
    pane.show_order(order, frozenset())
    assert shown(pane) == labels
    pane.show_order(order, frozenset({FAST.id}))
    assert shown(pane) == [FAST.label, *(each for each in labels if each != FAST.label)]
    assert "favourite" in spoken(pane, 0)


@MENUS
def test_an_order_is_chosen_in_a_menu_that_shows_the_present_one(
    pane: ModelsPane, qtbot: QtBot
) -> None:
    pane.show_order(ModelOrder.PRICE, frozenset())
    sort = next(
        b for b in pane.findChildren(QToolButton) if b.accessibleName() == "Sort the models"
    )
    sort.click()
    menu = pane.findChild(QMenu)
    assert menu is not None
    assert [action.isChecked() for action in menu.actions()] == [False, True, False]
    with qtbot.waitSignal(pane.order_chosen) as chosen:
        menu.actions()[2].trigger()
    assert chosen.args == [ModelOrder.CONTEXT]
    menu.close()


def test_a_model_is_chosen_with_the_keyboard_and_the_list_is_whole_again(
    pane: ModelsPane, qtbot: QtBot
) -> None:
    qtbot.keyClicks(pane.filter, "sonnet")
    with qtbot.waitSignal(pane.chosen) as chosen:
        qtbot.keyClick(pane.filter, Qt.Key.Key_Return)
    assert chosen.args == [SONNET.id]
    assert len(shown(pane)) == 4
    qtbot.keyClick(pane.filter, Qt.Key.Key_Down)
    pane.list.setFocus()
    with qtbot.waitSignal(pane.chosen) as chosen:
        qtbot.keyClick(pane.list, Qt.Key.Key_Return)
    assert chosen.args == [FAST.id]


def test_enter_in_the_filter_chooses_the_first_hit_also_where_the_model_in_use_is_one(
    pane: ModelsPane, qtbot: QtBot
) -> None:
    qtbot.keyClicks(pane.filter, "5")
    assert shown(pane) == ["Claude Sonnet 5", "GLM 5.2"]
    with qtbot.waitSignal(pane.chosen) as chosen:
        qtbot.keyClick(pane.filter, Qt.Key.Key_Return)
    assert chosen.args == [SONNET.id]


def test_the_arrows_move_in_the_list_while_the_filter_is_typed_into(
    pane: ModelsPane, qtbot: QtBot
) -> None:
    assert current(pane) == "GLM 5.2"
    qtbot.keyClick(pane.filter, Qt.Key.Key_Down)
    assert current(pane) == "GLM Fast <b>"
    assert pane.card.id.text() == FAST.id
    for _ in range(5):
        qtbot.keyClick(pane.filter, Qt.Key.Key_Up)
    assert current(pane) == "Claude Sonnet 5"
    qtbot.keyClicks(pane.filter, "tiny")
    assert current(pane) == "Tiny", "the first hit"
    qtbot.keyClick(pane.filter, Qt.Key.Key_Escape)
    assert pane.filter.text() == ""
    assert current(pane) == "GLM 5.2", "back at the model in use"


def test_letters_typed_in_the_list_go_to_the_filter(pane: ModelsPane, qtbot: QtBot) -> None:
    pane.list.setFocus()
    qtbot.keyClick(pane.list, "s")
    assert pane.filter.text() == "s"


def test_one_click_shows_the_card_and_two_use_the_model(pane: ModelsPane, qtbot: QtBot) -> None:
    viewport = pane.list.viewport()
    place = pane.list.visualRect(pane.list.model().index(0, 0)).topLeft() + QPoint(20, 20)
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert pane.card.id.text() == SONNET.id
    with qtbot.waitSignal(pane.chosen) as chosen:
        qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [SONNET.id]


@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2])
def test_a_click_on_the_star_makes_a_favourite_and_nothing_else(
    pane: ModelsPane, qtbot: QtBot, direction: Qt.LayoutDirection
) -> None:
    pane.setLayoutDirection(direction)
    chosen: list[str] = []
    pane.chosen.connect(chosen.append)
    row = pane.list.visualRect(pane.list.model().index(3, 0))
    star = pane.list.delegate.star_rect(row, pane.list).center()
    assert (star.x() > 158) == (direction is Qt.LayoutDirection.LeftToRight)
    with qtbot.waitSignal(pane.favourite_toggled) as toggled:
        qtbot.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, pos=star)
    assert toggled.args == [FREE.id]
    assert current(pane) == "GLM 5.2"
    with qtbot.waitSignal(pane.favourite_toggled) as toggled:
        qtbot.keyClick(pane.list, Qt.Key.Key_Space)
    assert toggled.args == [GLM.id]
    assert chosen == []


def test_what_is_not_known_of_a_model_is_said_in_words(pane: ModelsPane) -> None:
    assert "price unknown" in spoken(pane, 0)
    assert "free" in spoken(pane, 3)
    tooltip = pane.list.model().index(2, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "<" not in str(tooltip)


def test_the_model_in_use_is_named_as_such(pane: ModelsPane) -> None:
    assert ["in use" in spoken(pane, row) for row in range(4)] == [False, True, False, False]


def test_a_model_the_list_lacks_leads_it_and_one_that_is_gone_is_marked(pane: ModelsPane) -> None:
    gone = frozenset({SONNET.id})
    pane.show_catalogue(CATALOGUE, "old/removed", has_account=True, gone=gone)
    assert shown(pane)[:2] == ["removed", "Claude Sonnet 5"]
    assert "in use · not listed" in spoken(pane, 0)
    assert "not available" in spoken(pane, 1)
    assert "not available" not in spoken(pane, 2)
    pane.show_catalogue(CATALOGUE, GLM.id, has_account=True)
    assert len(shown(pane)) == 4


def test_the_card_leaves_out_what_is_not_known() -> None:
    assert facts(Model("some/model")) == []
    assert facts(GLM) == [
        ("Context · reply", "1,048,576 · 131,072"),
        ("Per M tokens, in · out", "$1.68 · $5.28"),
        ("Per M tokens, cache read", "$0.30"),
        ("Reads", "text"),
    ]


def test_the_facts_of_a_model_are_whole_in_the_narrowest_pane() -> None:
    large = replace(GLM, context_window=2_097_152, longest_reply=262_144)
    metrics = QFontMetrics(figures(theme.light().type.caption))
    room = RIGHT_WIDTHS[0] - 2 * EDGE - GAP
    for name, value in facts(large):
        assert metrics.horizontalAdvance(name) + metrics.horizontalAdvance(value) <= room, name


def test_the_id_on_the_card_can_be_copied_whole_however_long(pane: ModelsPane) -> None:
    long = Model("maker/" + "x" * 300)
    pane.show_catalogue(Catalogue((long,)), long.id, has_account=True)
    pane.card.id.setFocus(Qt.FocusReason.TabFocusReason)
    assert pane.card.id.selectedText() == long.id


def test_an_old_list_is_shown_with_its_age_and_the_reason(pane: ModelsPane) -> None:
    stale = Catalogue(CATALOGUE.models, CATALOGUE.fetched, Failure(Kind.UNREACHABLE))
    pane.show_catalogue(stale, "", has_account=True)
    assert len(shown(pane)) == 4
    assert "can’t be reached" in said(pane, "state")
    assert "Nov" in said(pane, "state")


def test_no_list_yet_is_said(pane: ModelsPane) -> None:
    pane.show_catalogue(Catalogue(is_loading=True), "some/model", has_account=True)
    assert said(pane, "state") == "Asking for the models…"
    assert shown(pane) == [], "of an unknown list nothing is missing"
    pane.show_catalogue(Catalogue(), "", has_account=False)
    assert "once an account is added" in said(pane, "state")
    assert not pane.card.isVisible()


# A model that is not on the list


def test_an_id_that_is_not_listed_can_be_asked_for_and_used(pane: ModelsPane, qtbot: QtBot) -> None:
    qtbot.keyClicks(pane.filter, "new/model-1")
    assert said(pane, "nomatch") == "No model matches “new/model-1”."
    with qtbot.waitSignal(pane.check_requested) as asked:
        qtbot.keyClick(pane.filter, Qt.Key.Key_Return)
    assert asked.args == ["new/model-1"]
    pane.show_check("new/model-1", None, True, "")
    assert not button(pane, "check").isEnabled()
    pane.show_check("new/model-1", Model("new/model-1", "New <i>1</i>"), False, "")
    assert said(pane, "found") == "New <i>1</i>"
    with qtbot.waitSignal(pane.chosen) as chosen:
        button(pane, "useit").click()
    assert chosen.args == ["new/model-1"]
    assert len(shown(pane)) == 4


def test_why_a_model_was_not_found_is_said_and_it_can_be_asked_for_again(
    pane: ModelsPane, qtbot: QtBot
) -> None:
    pane.filter.setText("new/model-1")
    pane.show_check("new/model-1", None, False, "There is no such model.")
    assert said(pane, "checkproblem") == "There is no such model."
    with qtbot.waitSignal(pane.check_requested):
        button(pane, "check").click()
    pane.filter.setText("new/model-2")
    assert said(pane, "checkproblem") == ""
    pane.show_check("new/model-1", Model("new/model-1"), False, "")
    assert said(pane, "found") == "", "an answer that came too late"


@pytest.mark.parametrize("typed", ["two words", "übung", "../../admin", "<b>", "x"])
def test_what_cannot_be_an_id_is_not_asked_for(pane: ModelsPane, qtbot: QtBot, typed: str) -> None:
    pane.show_catalogue(Catalogue((SONNET,)), "", has_account=True)
    pane.filter.setText(typed)
    assert shown(pane) == []
    assert not button(pane, "check").isVisible()
    with qtbot.assertNotEmitted(pane.check_requested):
        qtbot.keyClick(pane.filter, Qt.Key.Key_Return)


# Very full


def test_five_thousand_models_are_listed(pane: ModelsPane) -> None:
    pane.show_catalogue(MANY, "maker/model-4999", has_account=True)
    assert len(shown(pane)) == 5000
    assert said(pane, "count") == "5,000"
    pane.filter.setText("model-4999")
    assert shown(pane) == ["model-4999"]


def test_the_same_list_shown_again_moves_nothing(pane: ModelsPane, qtbot: QtBot) -> None:
    pane.show_catalogue(MANY, "maker/model-0001", has_account=True)
    pane.list.verticalScrollBar().setValue(5000)
    pane.list.setCurrentIndex(pane.list.model().index(110, 0))
    place = pane.list.verticalScrollBar().value()
    resets: list[QModelIndex] = []
    pane.list.model().modelReset.connect(lambda: resets.append(QModelIndex()))
    pane.show_catalogue(MANY, "maker/model-0001", has_account=True)
    equal = Catalogue(tuple(Model(model.id) for model in MANY.models))
    pane.show_catalogue(equal, "maker/model-0001", has_account=True)
    pane.show_order(ModelOrder.NAME, frozenset())
    assert resets == []
    pane.show_order(ModelOrder.NAME, frozenset({"maker/model-4000"}))
    assert len(resets) == 1
    assert current(pane) == "model-0110"
    assert pane.list.verticalScrollBar().value() == place


def test_it_is_painted_in_both_themes_also_where_it_is_narrow(
    pane: ModelsPane, qtbot: QtBot
) -> None:
    long = Model("m/" + "y" * 300, "name " * 60, "maker " * 60, GLM.prices, 1_000_000)
    pane.show_catalogue(Catalogue((long, GLM)), long.id, has_account=True)
    pictures = []
    for look in (theme.light(), theme.dark()):
        pane.set_theme(look)
        pane.resize(260, 500)
        pictures.append(pane.list.grab().toImage())
    assert pictures[0] != pictures[1]
    assert pane.list.horizontalScrollBar().maximum() == 0
    assert pane.minimumSizeHint().width() <= 260
    assert pane.findChild(QLineEdit, "modelfilter") is pane.filter


def test_the_parameters_are_opened_and_get_the_focus(pane: ModelsPane, qtbot: QtBot) -> None:
    pane.resize(316, 420)
    pane.parameters.heading.setChecked(False)
    pane.show_parameters()
    face = pane.parameters.focusProxy()
    assert face is not None
    assert face.hasFocus()
    assert face.isVisible()
    assert not face.visibleRegion().isEmpty()


def test_a_folded_card_leaves_its_room_to_the_list(pane: ModelsPane, qtbot: QtBot) -> None:
    before = pane.list.height()
    body = pane.card.body.height()
    pane.card.heading.click()
    qtbot.waitUntil(lambda: pane.list.height() == before + body)
    pane.card.heading.click()
    qtbot.waitUntil(lambda: pane.list.height() == before)


# No list at all


@pytest.mark.parametrize(
    "catalogue",
    [Catalogue(failure=Failure(Kind.UNREACHABLE)), Catalogue(fetched=CATALOGUE.fetched)],
    ids=["it did not come", "it is empty"],
)
def test_where_no_model_is_listed_the_reason_and_a_way_on_stand_in_place(
    pane: ModelsPane, catalogue: Catalogue, qtbot: QtBot
) -> None:
    pane.show_catalogue(catalogue, "", has_account=True)
    assert said(pane, "state")
    again = button(pane, "again")
    assert again.isVisible()
    with qtbot.waitSignal(pane.refresh_requested):
        again.click()
    pane.show_catalogue(replace(catalogue, is_loading=True), "", has_account=True)
    assert not again.isVisible()
    pane.show_catalogue(CATALOGUE, "", has_account=True)
    assert not again.isVisible()
    pane.show_catalogue(Catalogue(), "", has_account=False)
    assert not again.isVisible()

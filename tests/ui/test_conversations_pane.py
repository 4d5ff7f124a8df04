"""The conversations pane lists by day, finds by title, and stays still while things change."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from app.chat.heading import Heading
from app.chat.mark import Mark
from app.ui import theme
from app.ui.account_footer import initials
from app.ui.conversation_rows import Row, grouped
from app.ui.conversations_pane import STYLE, ConversationsPane, title
from app.ui.style import style_sheet

NOW = datetime.now(UTC)
# Popups on Qt's offscreen platform, which has no other windows.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing)")
LEFT = Qt.MouseButton.LeftButton


def heading(number: int, name: str, days: float = 0, *, pinned: bool = False) -> Heading:
    return Heading(number, name, updated=NOW - timedelta(days=days), pinned=pinned, leaf=1)


HEADINGS = [
    heading(1, "Loss, step by step"),
    heading(2, "Reward shaping", 0.00001, pinned=True),
    heading(3, "Tokenizer <b>edge</b> cases", 2),
    heading(4, "Stack trace", 3),
    heading(5, "Kubernetes quota", 400),
]
MANY = [heading(i, f"Conversation {i}", i / 24) for i in range(1, 5001)]


@pytest.fixture
def pane(qtbot: QtBot) -> ConversationsPane:
    pane = ConversationsPane()
    qtbot.addWidget(pane)
    pane.setStyleSheet(style_sheet(theme.light(), STYLE))
    pane.resize(244, 600)
    pane.show_headings(HEADINGS, 1, {})
    pane.show()
    return pane


@pytest.fixture
def timezone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def shown(pane: ConversationsPane) -> list[str]:
    rows = pane.list.model()
    if pane.list.isHidden():
        return []
    return [str(rows.index(i, 0).data()) for i in range(rows.rowCount())]


def place(pane: ConversationsPane, conversation_id: int) -> QPoint:
    rows = pane.list.rows
    return pane.list.visualRect(rows.index(rows.row_of(conversation_id))).center()


def spoken(pane: ConversationsPane, conversation_id: int) -> str:
    rows = pane.list.rows
    index = rows.index(rows.row_of(conversation_id))
    return str(index.data(Qt.ItemDataRole.AccessibleTextRole))


def button(pane: ConversationsPane, name: str) -> QAbstractButton:
    return next(
        b
        for b in pane.findChildren(QAbstractButton)
        if name in (b.text(), b.accessibleName()) and b.isVisible()
    )


def says(pane: ConversationsPane) -> str:
    return " ".join(x.text() for x in pane.findChildren(QLabel) if x.isVisible())


def menu(pane: ConversationsPane) -> dict[str, QAction]:
    """Open the menu of the current row with the keyboard; return its actions by name."""
    where = pane.list.viewport().rect().center()
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Keyboard, where, pane.list.mapToGlobal(where)
    )
    QApplication.sendEvent(pane.list.viewport(), event)
    found = pane.list.findChild(QMenu)
    assert found is not None
    return {action.text().split("\t")[0]: action for action in found.actions()}


def editor(pane: ConversationsPane) -> QLineEdit:
    field = pane.list.findChild(QLineEdit, "rename")
    assert field is not None
    return field


def test_conversations_are_grouped_by_day_with_pinned_ones_on_top(pane: ConversationsPane) -> None:
    assert shown(pane)[:6] == [
        "Pinned",
        "Reward shaping",
        "Today",
        "Loss, step by step",
        "Previous 7 days",
        "Tokenizer <b>edge</b> cases",
    ]
    month = shown(pane)[-2].split()
    assert month[1] == str((NOW - timedelta(days=400)).astimezone().year)


@pytest.mark.usefixtures("timezone")
def test_days_end_at_midnight_of_this_computer() -> None:
    def at(day: int, hour: int) -> Heading:
        return Heading(day * 100 + hour, "x", updated=datetime(2026, 7, day, hour, tzinfo=UTC))

    # Auckland is twelve hours ahead: its 15 July begins on the 14th at noon.
    headings = [at(14, 14), at(14, 13), at(14, 11), at(13, 11), at(7, 12), at(7, 11), at(1, 1)]
    rows: list[Row] = list(grouped(headings, date(2026, 7, 15)))
    assert [row if isinstance(row, str) else row.id for row in rows] == [
        "Today", 1414, 1413, "Yesterday", 1411, "Previous 7 days", 1311, 712, "July 2026", 711, 101,
    ]  # fmt: skip


def test_a_clock_that_was_ahead_puts_a_conversation_under_today() -> None:
    tomorrow = heading(1, "x", -1)
    assert list(grouped([tomorrow], NOW.astimezone().date())) == ["Today", tomorrow]


def test_a_click_and_the_enter_key_choose_and_the_arrows_only_move(
    pane: ConversationsPane, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(pane.chosen) as chosen:
        qtbot.mouseClick(pane.list.viewport(), LEFT, pos=place(pane, 4))
    assert chosen.args == [4]
    pane.list.setFocus()
    with qtbot.assertNotEmitted(pane.chosen):
        qtbot.keyClick(pane.list, Qt.Key.Key_Home)
        qtbot.keyClick(pane.list, Qt.Key.Key_Down)
        qtbot.keyClick(pane.list, Qt.Key.Key_Down)
    assert pane.list.current is HEADINGS[2], "labels are passed over"
    with qtbot.waitSignal(pane.chosen) as chosen:
        qtbot.keyClick(pane.list, Qt.Key.Key_Return)
    assert chosen.args == [3]


def test_a_label_cannot_be_chosen(pane: ConversationsPane, qtbot: QtBot) -> None:
    label = pane.list.visualRect(pane.list.rows.index(0)).center()
    with qtbot.assertNotEmitted(pane.chosen):
        qtbot.mouseClick(pane.list.viewport(), LEFT, pos=label)


def test_the_filter_finds_every_word_in_any_order(pane: ConversationsPane, qtbot: QtBot) -> None:
    pane.focus_filter()
    qtbot.keyClicks(pane.filter, "STEP loss")
    assert shown(pane) == ["Today", "Loss, step by step"]
    qtbot.keyClick(pane.filter, Qt.Key.Key_Escape)
    assert len(shown(pane)) > 5


def test_the_keyboard_goes_from_the_filter_into_the_list(
    pane: ConversationsPane, qtbot: QtBot
) -> None:
    pane.activateWindow()
    pane.focus_filter()
    assert pane.filter.hasFocus()
    qtbot.keyClicks(pane.filter, "stack")
    qtbot.keyClick(pane.filter, Qt.Key.Key_Down)
    assert pane.list.hasFocus()
    with qtbot.waitSignal(pane.chosen) as chosen:
        qtbot.keyClick(pane.list, Qt.Key.Key_Return)
    assert chosen.args == [4]


def test_enter_in_the_filter_chooses_the_first_found(pane: ConversationsPane, qtbot: QtBot) -> None:
    qtbot.keyClicks(pane.filter, "quota")
    with qtbot.waitSignal(pane.chosen) as chosen:
        qtbot.keyClick(pane.filter, Qt.Key.Key_Return)
    assert chosen.args == [5]


def test_a_filter_that_finds_nothing_says_so_and_can_be_cleared(
    pane: ConversationsPane, qtbot: QtBot
) -> None:
    pane.filter.setText("zebra")
    assert shown(pane) == []
    assert "No title holds “zebra”." in says(pane)
    button(pane, "Clear the filter").click()
    assert len(shown(pane)) > 5
    assert "zebra" not in says(pane)


def test_an_empty_list_says_what_will_be_here(pane: ConversationsPane) -> None:
    pane.show_headings([], None, {})
    assert "Your conversations will be listed here." in says(pane)
    pane.show_headings(HEADINGS, 1, {})
    assert "will be listed" not in says(pane)


def test_a_title_is_edited_in_its_row(pane: ConversationsPane, qtbot: QtBot) -> None:
    pane.list.setFocus()
    qtbot.keyClick(pane.list, Qt.Key.Key_F2)
    field = editor(pane)
    assert field.text() == "Loss, step by step"
    field.setText("  A  better\u2028name ")
    with qtbot.waitSignal(pane.renamed) as renamed:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert renamed.args == [1, "A better name"]


def test_a_title_filtered_out_can_be_edited_all_the_same(
    pane: ConversationsPane, qtbot: QtBot
) -> None:
    pane.filter.setText("quota")
    assert pane.list.rows.count == 1
    pane.rename(4)
    assert editor(pane).text() == "Stack trace"
    with qtbot.waitSignal(pane.renamed) as renamed:
        qtbot.keyClicks(editor(pane), "Trace")
        qtbot.keyClick(editor(pane), Qt.Key.Key_Return)
    assert renamed.args == [4, "Trace"]


@pytest.mark.parametrize(("typed", "key"), [("new", Qt.Key.Key_Escape), (" ", Qt.Key.Key_Return)])
def test_a_title_stays_when_editing_is_given_up_or_empty(
    pane: ConversationsPane, qtbot: QtBot, typed: str, key: Qt.Key
) -> None:
    pane.list.setFocus()
    qtbot.keyClick(pane.list, Qt.Key.Key_F2)
    with qtbot.assertNotEmitted(pane.renamed):
        qtbot.keyClicks(editor(pane), typed)
        qtbot.keyClick(editor(pane), key)
        qtbot.waitUntil(lambda: not pane.list.is_renaming)


def test_what_is_being_typed_into_a_title_survives_changes_of_the_list(
    pane: ConversationsPane, qtbot: QtBot
) -> None:
    pane.list.setFocus()
    qtbot.keyClick(pane.list, Qt.Key.Key_F2)
    qtbot.keyClicks(editor(pane), "Half a na")
    pane.show_headings([heading(9, "Newest", -0.001), *HEADINGS], 1, {})
    assert editor(pane).text() == "Half a na"
    with qtbot.waitSignal(pane.renamed) as renamed:
        qtbot.keyClick(editor(pane), Qt.Key.Key_Return)
    assert renamed.args == [1, "Half a na"]
    assert "Newest" in shown(pane), "what came meanwhile is shown now"


def test_a_title_being_written_goes_with_the_conversation_it_is_of(
    pane: ConversationsPane, qtbot: QtBot
) -> None:
    pane.list.setFocus()
    qtbot.keyClick(pane.list, Qt.Key.Key_F2)
    qtbot.keyClicks(editor(pane), "Half a na")
    pane.show_headings(HEADINGS[1:], 2, {})
    with qtbot.assertNotEmitted(pane.renamed):
        pane.filter.setFocus()
        qtbot.waitUntil(lambda: not pane.list.is_renaming)
    assert "Loss, step by step" not in shown(pane)


def test_a_title_is_kept_when_another_conversation_goes_while_it_is_written(
    pane: ConversationsPane, qtbot: QtBot
) -> None:
    pane.list.setFocus()
    qtbot.keyClick(pane.list, Qt.Key.Key_F2)
    qtbot.keyClicks(editor(pane), "Half a na")
    pane.show_headings(HEADINGS[:-1], 1, {})
    with qtbot.waitSignal(pane.renamed) as renamed:
        pane.filter.setFocus()
    assert renamed.args == [1, "Half a na"]


def test_enter_ends_a_title_and_opens_its_conversation_once_the_list_has_it(
    pane: ConversationsPane, qtbot: QtBot
) -> None:
    told: list[tuple[str, object]] = []
    pane.renamed.connect(lambda _id, text: told.append(("renamed", text)))
    pane.chosen.connect(lambda chosen: told.append(("chosen", chosen)))
    # Who chose writes next: the keyboard leaves the list.
    pane.chosen.connect(lambda _chosen: pane.filter.setFocus())
    pane.list.setFocus()
    qtbot.keyClick(pane.list, Qt.Key.Key_F2)
    qtbot.keyClicks(editor(pane), "Better")
    pane.show_headings([heading(9, "Newest", -0.001), *HEADINGS], 1, {})
    qtbot.keyClick(editor(pane), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not pane.list.is_renaming)
    assert told == [("renamed", "Better"), ("chosen", 1)]
    assert "Newest" in shown(pane)
    qtbot.keyClick(pane.list, Qt.Key.Key_F2)
    qtbot.keyClick(editor(pane), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not pane.list.is_renaming)
    assert len(told) == 2, "Escape opens nothing"


def test_the_menu_renames_pins_and_deletes(pane: ConversationsPane, qtbot: QtBot) -> None:
    assert pane.list.findChild(QMenu) is None, "a menu is made when it is wanted"
    with qtbot.waitSignal(pane.pin_requested) as pinned:
        menu(pane)["Pin"].trigger()
    assert pinned.args == [1, True]
    with qtbot.waitSignal(pane.delete_requested) as deleted:
        menu(pane)["Delete"].trigger()
    assert deleted.args == [1]
    qtbot.keyClick(pane.list, Qt.Key.Key_Home)
    with qtbot.waitSignal(pane.pin_requested) as pinned:
        menu(pane)["Unpin"].trigger()
    assert pinned.args == [2, False]
    menu(pane)["Rename"].trigger()
    assert pane.list.is_renaming


def test_the_three_dots_open_the_menu_and_choose_nothing(
    pane: ConversationsPane, qtbot: QtBot
) -> None:
    row = pane.list.visualRect(pane.list.rows.index(pane.list.rows.row_of(4)))
    with qtbot.assertNotEmitted(pane.chosen):
        qtbot.mouseClick(pane.list.viewport(), LEFT, pos=QPoint(row.right() - 24, row.center().y()))
    found = pane.list.findChild(QMenu)
    assert found is not None
    with qtbot.waitSignal(pane.delete_requested) as deleted:
        found.actions()[-1].trigger()
    assert deleted.args == [4]


def test_after_the_delete_key_the_keyboard_stays_where_it_was(
    pane: ConversationsPane, qtbot: QtBot
) -> None:
    pane.activateWindow()
    pane.list.setFocus()
    qtbot.keyClick(pane.list, Qt.Key.Key_End)
    qtbot.keyClick(pane.list, Qt.Key.Key_Up)
    with qtbot.waitSignal(pane.delete_requested) as deleted:
        qtbot.keyClick(pane.list, Qt.Key.Key_Delete)
    assert deleted.args == [4]
    pane.show_headings([h for h in HEADINGS if h.id != 4], 1, {})
    assert pane.list.hasFocus()
    assert pane.list.current is HEADINGS[4]


def test_what_was_deleted_can_be_brought_back(pane: ConversationsPane, qtbot: QtBot) -> None:
    assert not pane.undo_strip.isVisible()
    pane.show_undo("Quota")
    assert "Deleted “Quota”." in says(pane)
    with qtbot.waitSignal(pane.undo_requested):
        button(pane, "Undo").click()
    pane.show_undo(None)
    assert not pane.undo_strip.isVisible()
    pane.show_undo("x" * 300)
    assert pane.width() == 244
    button(pane, "Dismiss").click()
    assert not pane.undo_strip.isVisible()


@pytest.mark.parametrize(
    "name", ["שלום עולם שיחה ארוכה מאוד על מודלים", "שיחה (test) 123 ארוכה מאוד על מודלים"]
)
def test_a_deleted_title_from_right_to_left_is_cut_once_and_closed(
    pane: ConversationsPane, name: str
) -> None:
    pane.show_undo(name)
    for width in range(236, 330, 3):
        pane.resize(width, 600)
        words = says(pane)
        assert words.count("…") == 1
        assert "Deleted “\u2068" in words
        assert "…\u2069”." in words


def test_marks_are_spoken_and_follow_the_map(pane: ConversationsPane) -> None:
    pane.show_headings(HEADINGS, 1, {3: Mark.STREAMING, 4: Mark.FAILED, 2: Mark.UNREAD})
    assert spoken(pane, 3).endswith("· A reply is coming")
    assert spoken(pane, 4).endswith("· The last reply failed")
    assert spoken(pane, 2) == "Reward shaping · New reply · Pinned"
    pane.show_headings(HEADINGS, 1, {})
    assert spoken(pane, 4) == "Stack trace"


def test_each_mark_is_painted_in_a_shape_of_its_own(pane: ConversationsPane) -> None:
    shapes = set()
    for mark in Mark:
        pane.show_headings(HEADINGS, 1, {4: mark})
        row = pane.list.visualRect(pane.list.rows.index(pane.list.rows.row_of(4)))
        picture = pane.list.viewport().grab(row).toImage()
        back = picture.pixelColor(2, 2)
        ends = range(picture.width() - 34, picture.width() - 10)
        shapes.add(
            "".join(
                " " if picture.pixelColor(x, y) == back else "#" for y in range(8, 28) for x in ends
            )
        )
    assert len(shapes) == 3
    assert all("#" in shape for shape in shapes)


def test_a_tooltip_is_plain_text(pane: ConversationsPane) -> None:
    rows = pane.list.rows
    tooltip = rows.index(rows.row_of(3)).data(Qt.ItemDataRole.ToolTipRole)
    assert tooltip == "Tokenizer ‹b>edge‹/b> cases"


def test_a_conversation_without_a_title_is_called_by_its_draft() -> None:
    assert title(Heading(1, "Name")) == "Name"
    assert title(Heading(1, draft=" what is\nthis ")) == "Draft: what is this"
    assert title(Heading(1)) == "New conversation"


def test_nothing_moves_under_the_reader_when_a_conversation_comes_on_top(
    pane: ConversationsPane,
) -> None:
    pane.show_headings(MANY, 1, {})
    pane.list.verticalScrollBar().setValue(2000)
    middle = pane.list.viewport().rect().center()
    seen = pane.list.indexAt(middle).data()
    top = pane.list.visualRect(pane.list.indexAt(middle)).top()
    pane.show_headings([heading(9999, "Newest", -0.001), *MANY], 1, {})
    assert pane.list.indexAt(middle).data() == seen
    assert pane.list.visualRect(pane.list.indexAt(middle)).top() == top


def test_a_changed_title_makes_no_row_anew(pane: ConversationsPane, qtbot: QtBot) -> None:
    pane.show_headings(MANY, 1, {})
    pane.list.verticalScrollBar().setValue(2000)
    changed = [replace(MANY[0], title="Changed"), *MANY[1:]]
    with qtbot.assertNotEmitted(pane.list.rows.modelReset):
        with qtbot.waitSignal(pane.list.rows.dataChanged):
            pane.show_headings(changed, 1, {})
        with qtbot.assertNotEmitted(pane.list.rows.dataChanged):
            pane.show_headings(list(changed), 1, {})
    assert pane.list.verticalScrollBar().value() == 2000
    pane.filter.setText("changed")
    assert shown(pane) == ["Today", "Changed"]


def test_the_one_in_front_is_shown_and_brought_into_view(pane: ConversationsPane) -> None:
    pane.show_headings(MANY, 1, {})
    pane.show_headings(MANY, 4000, {})
    rows = pane.list.rows
    front = rows.index(rows.row_of(4000))
    assert pane.list.selectionModel().isSelected(front)
    assert pane.list.viewport().rect().contains(pane.list.visualRect(front))
    pane.show_headings(MANY, None, {})
    assert not pane.list.selectionModel().hasSelection()


def test_the_one_in_front_is_in_view_when_the_pane_is_first_shown(qtbot: QtBot) -> None:
    pane = ConversationsPane()
    qtbot.addWidget(pane)
    pane.resize(244, 600)
    pane.show_headings(MANY, 3, {})
    pane.show()
    assert pane.list.verticalScrollBar().value() == 0
    pane.hide()
    pane.show_headings(MANY, 3000, {})
    pane.show()
    rows = pane.list.rows
    place = pane.list.visualRect(rows.index(rows.row_of(3000)))
    assert pane.list.viewport().rect().contains(place)


def test_going_to_the_first_conversation_shows_its_label_too(
    pane: ConversationsPane, qtbot: QtBot
) -> None:
    pane.show_headings(MANY, 3000, {})
    assert pane.list.verticalScrollBar().value() > 0
    qtbot.keyClick(pane.list, Qt.Key.Key_Home)
    assert pane.list.verticalScrollBar().value() == 0


def test_the_footer_says_who_pays_and_leads_to_accounts_and_settings(
    pane: ConversationsPane, qtbot: QtBot
) -> None:
    pane.show_account("Research Lab", "Team pays")
    with qtbot.waitSignal(pane.account_requested):
        button(pane, "Research Lab. Team pays").click()
    with qtbot.waitSignal(pane.settings_requested):
        button(pane, "Settings").click()
    pane.show_account("", "")
    assert button(pane, "No account yet. Add one to start").isEnabled()


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Research Lab", "RL"), ("demo", "D"), ("", "?"), ("— “é”", "É"), ("a b c", "AB")],
)
def test_initials_are_letters(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_new_conversation_is_one_click_away(pane: ConversationsPane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane.new_requested):
        button(pane, "New conversation").click()


def test_both_themes_are_painted_wide_narrow_and_mirrored(pane: ConversationsPane) -> None:
    for shown_theme in (theme.light(), theme.dark()):
        pane.set_theme(shown_theme)
        for width in (180, 360):
            for direction in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft):
                pane.setLayoutDirection(direction)
                pane.resize(width, 600)
                picture = pane.list.viewport().grab().toImage()
                row = pane.list.visualRect(pane.list.rows.index(pane.list.rows.row_of(1)))
                inside = row.center() + QPoint(0, 14)
                assert picture.pixelColor(inside) == shown_theme.colours.selection

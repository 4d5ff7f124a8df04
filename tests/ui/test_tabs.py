"""Tabs are chosen, closed, moved and read aloud; a thousand fit; what is hidden rests."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QHelpEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from app.chat.heading import Heading
from app.chat.mark import Mark
from app.ui import marks, theme
from app.ui.tabs import TabFace, Tabs

if TYPE_CHECKING:
    from app.ui.chat_view import ChatView

FACES = (
    TabFace(7, "GRPO loss, step by step, and what comes after it"),
    TabFace(8, "Tokenizer & <b>edge</b> cases", Mark.STREAMING),
    TabFace(9, "Stack trace", Mark.FAILED),
)
# Popups on Qt's offscreen platform, which has no other windows.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing)")
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


@pytest.fixture
def tabs(qtbot: QtBot) -> Tabs:
    tabs = Tabs()
    qtbot.addWidget(tabs)
    tabs.resize(720, 400)
    tabs.show_tabs(FACES, 7)
    tabs.show()
    return tabs


def many(count: int) -> Sequence[TabFace]:
    return [TabFace(i, f"Conversation {i}") for i in range(count)]


def middle(tabs: Tabs, position: int) -> QPoint:
    return tabs.strip.tab_rect(position).center()


def drag(tabs: Tabs, position: int, to: QPoint, *, drop: bool = True) -> None:
    strip, start = tabs.strip, middle(tabs, position)
    moves = [
        (QEvent.Type.MouseButtonPress, start),
        (QEvent.Type.MouseMove, start + (to - start) / 2),
        (QEvent.Type.MouseMove, to),
        (QEvent.Type.MouseButtonRelease, to),
    ]
    for kind, point in moves if drop else moves[:-1]:
        place = QPointF(point)
        held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else LEFT
        event = QMouseEvent(
            kind, place, strip.mapToGlobal(place), LEFT, held, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(strip, event)


def menu_actions(widget: QWidget) -> list[QAction]:
    menu = widget.findChild(QMenu)
    assert menu is not None
    return [action for action in menu.actions() if not action.isSeparator()]


def test_a_press_asks_for_a_tab_and_waits_for_the_answer(tabs: Tabs, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tabs.chosen) as chosen:
        qtbot.mouseClick(tabs.strip, LEFT, pos=middle(tabs, 2))
    assert chosen.args == [9]
    assert tabs.strip.front == 0
    tabs.show_tabs(FACES, 9)
    assert tabs.strip.front == 2
    with qtbot.assertNotEmitted(tabs.chosen):
        qtbot.mouseClick(tabs.strip, LEFT, pos=middle(tabs, 2))


def test_the_cross_and_the_middle_button_close(tabs: Tabs, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(tabs.chosen):
        with qtbot.waitSignal(tabs.close_requested) as closed:
            qtbot.mouseClick(tabs.strip, LEFT, pos=tabs.strip.close_rect(1).center())
        assert closed.args == [8]
        with qtbot.waitSignal(tabs.close_requested) as closed:
            qtbot.mouseClick(tabs.strip, MIDDLE, pos=middle(tabs, 2))
        assert closed.args == [9]


def test_a_press_on_the_cross_that_ends_elsewhere_closes_nothing(tabs: Tabs, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(tabs.close_requested):
        qtbot.mousePress(tabs.strip, LEFT, pos=tabs.strip.close_rect(0).center())
        qtbot.mouseRelease(tabs.strip, LEFT, pos=middle(tabs, 0))


def test_a_dragged_tab_is_moved_when_it_is_dropped(tabs: Tabs, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tabs.moved) as moved:
        drag(tabs, 0, middle(tabs, 2))
    assert moved.args == [7, 2]
    with qtbot.waitSignal(tabs.moved) as moved:
        drag(tabs, 2, middle(tabs, 0))
    assert moved.args == [9, 0]
    with qtbot.assertNotEmitted(tabs.moved):
        drag(tabs, 1, middle(tabs, 1) + QPoint(30, 0))


def test_closing_a_tab_while_one_is_dragged_drops_nothing(tabs: Tabs, qtbot: QtBot) -> None:
    drag(tabs, 0, middle(tabs, 2), drop=False)
    tabs.show_tabs(FACES[1:], 8)
    with qtbot.assertNotEmitted(tabs.moved):
        qtbot.mouseRelease(tabs.strip, LEFT, pos=QPoint(300, 20))


def test_the_keyboard_moves_chooses_closes_and_opens_the_menu(tabs: Tabs, qtbot: QtBot) -> None:
    strip = tabs.strip
    strip.setFocus()
    with qtbot.assertNotEmitted(tabs.chosen):
        qtbot.keyClick(strip, Qt.Key.Key_Right)
    with qtbot.waitSignal(tabs.chosen) as chosen:
        qtbot.keyClick(strip, Qt.Key.Key_Return)
    assert chosen.args == [8]
    qtbot.keyClick(strip, Qt.Key.Key_End)
    with qtbot.waitSignal(tabs.close_requested) as closed:
        qtbot.keyClick(strip, Qt.Key.Key_Delete)
    assert closed.args == [9]
    where = QPoint(5, 5)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, where, strip.mapToGlobal(where))
    QApplication.sendEvent(strip, event)
    with qtbot.waitSignal(tabs.close_others_requested) as others:
        menu_actions(strip)[1].trigger()
    assert others.args == [9]


def test_the_menu_offers_only_what_can_be_done(tabs: Tabs, qtbot: QtBot) -> None:
    assert tabs.strip.findChild(QMenu) is None, "a menu is made when it is wanted"
    tabs.show_tabs(FACES[:1], 7, can_reopen=False)
    where = middle(tabs, 0)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, tabs.strip.mapToGlobal(where))
    QApplication.sendEvent(tabs.strip, event)
    assert [action.isEnabled() for action in menu_actions(tabs.strip)] == [True, False, False]


def test_the_arrow_keys_follow_the_eye_from_right_to_left(tabs: Tabs, qtbot: QtBot) -> None:
    tabs.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    tabs.show_tabs(FACES, 8)
    assert middle(tabs, 0).x() > middle(tabs, 1).x()
    tabs.strip.setFocus()
    qtbot.keyClick(tabs.strip, Qt.Key.Key_Left)
    with qtbot.waitSignal(tabs.chosen) as chosen:
        qtbot.keyClick(tabs.strip, Qt.Key.Key_Space)
    assert chosen.args == [9]
    with qtbot.waitSignal(tabs.chosen) as chosen:
        qtbot.mouseClick(tabs.strip, LEFT, pos=middle(tabs, 0))
    assert chosen.args == [7]


def test_stepping_goes_round_the_end(tabs: Tabs, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tabs.chosen) as chosen:
        tabs.step(-1)
    assert chosen.args == [9]
    tabs.show_tabs(FACES[:1], 7)
    with qtbot.assertNotEmitted(tabs.chosen):
        tabs.step(1)


def test_a_tooltip_says_the_whole_title_and_the_mark_as_plain_text(tabs: Tabs) -> None:
    where = middle(tabs, 1)
    event = QHelpEvent(QEvent.Type.ToolTip, where, tabs.strip.mapToGlobal(where))
    QApplication.sendEvent(tabs.strip, event)
    assert QToolTip.text() == "Tokenizer & ‹b>edge‹/b> cases · A reply is coming"


def test_a_screen_reader_hears_which_tab_the_keyboard_is_on(tabs: Tabs, qtbot: QtBot) -> None:
    assert tabs.strip.accessibleName().startswith("Tab 1 of 3: GRPO loss")
    tabs.strip.setFocus()
    qtbot.keyClick(tabs.strip, Qt.Key.Key_End)
    assert tabs.strip.accessibleName() == "Tab 3 of 3: Stack trace · The last reply failed"


def test_tabs_shrink_then_scroll_and_the_one_in_front_is_in_view(tabs: Tabs) -> None:
    roomy = tabs.strip.tab_rect(0).width()
    tabs.show_tabs(many(6), 5)
    shrunk = tabs.strip.tab_rect(0).width()
    assert 96 <= shrunk < roomy
    assert tabs.strip.rect().contains(tabs.strip.tab_rect(5))
    tabs.show_tabs(many(1000), 777)
    assert tabs.strip.tab_rect(0).width() == 96
    assert tabs.strip.rect().contains(tabs.strip.tab_rect(777))
    tabs.show_tabs(many(1000), 0)
    assert tabs.strip.rect().contains(tabs.strip.tab_rect(0))


def test_the_wheel_and_the_buttons_scroll(tabs: Tabs, qtbot: QtBot) -> None:
    tabs.show_tabs(many(50), 0)
    strip = tabs.strip
    place = QPointF(middle(tabs, 1))
    event = QWheelEvent(
        place,
        strip.mapToGlobal(place),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(strip, event)
    assert strip.tab_rect(0).left() < 0
    earlier = button(tabs, "Show earlier tabs")
    qtbot.mouseClick(earlier, LEFT)
    assert strip.tab_rect(0).left() >= 0
    assert not earlier.isEnabled()
    assert button(tabs, "Show later tabs").isEnabled()


def test_a_new_conversation_is_asked_for_behind_the_last_tab(tabs: Tabs, qtbot: QtBot) -> None:
    plus = button(tabs, "New conversation")
    assert plus.x() > tabs.strip.tab_rect(2).right()
    with qtbot.waitSignal(tabs.new_requested):
        qtbot.mouseClick(plus, LEFT)
    tabs.show_tabs(many(50), 0)
    assert tabs.rect().contains(plus.geometry()), "it stays in reach when tabs scroll"


def test_a_mark_that_comes_or_goes_moves_no_tab(tabs: Tabs) -> None:
    before = [tabs.strip.tab_rect(i) for i in range(3)]
    tabs.show_tabs([TabFace(f.conversation_id, f.title, Mark.UNREAD) for f in FACES], 9)
    assert [tabs.strip.tab_rect(i) for i in range(3)] == before


def test_showing_the_same_again_paints_nothing(tabs: Tabs, qtbot: QtBot) -> None:
    tabs.show_tabs(FACES[2:], 9)
    QApplication.processEvents()
    paints = Paints(tabs.strip)
    tabs.show_tabs(FACES[2:], 9)
    QApplication.processEvents()
    assert paints.count == 0
    tabs.show_tabs([TabFace(9, "Renamed")], 9)
    QApplication.processEvents()
    assert paints.count == 1


def test_a_turning_ring_repaints_only_itself_and_rests_when_it_is_gone(
    tabs: Tabs, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: marks.turning().is_running)
    QApplication.processEvents()
    paints = Paints(tabs.strip)
    with qtbot.waitSignal(marks.turning().turned):
        pass
    QApplication.processEvents()
    assert paints.areas == [(marks.SIZE, marks.SIZE)]
    tabs.show_tabs(FACES[2:], 9)
    qtbot.waitUntil(lambda: not marks.turning().is_running)


def test_a_ring_that_is_not_seen_does_not_turn(tabs: Tabs, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: marks.turning().is_running)
    tabs.hide()
    qtbot.waitUntil(lambda: not marks.turning().is_running)
    tabs.show()
    qtbot.waitUntil(lambda: marks.turning().is_running)


def test_the_marks_differ_without_their_colours() -> None:
    said = {marks.word(mark) for mark in Mark}
    assert len(said) == 3
    assert "" not in said
    assert marks.word(None) == ""


class View(QWidget):
    """What stands in for the view of a conversation."""

    def __init__(self, conversation_id: int) -> None:
        super().__init__()
        self.conversation = Heading(conversation_id)
        self.resized = 0

    def resizeEvent(self, event: object) -> None:
        self.resized += 1


def test_only_the_view_in_front_is_laid_out_and_closed_ones_are_let_go(tabs: Tabs) -> None:
    first, second = View(7), View(8)
    for view in (first, second):
        tabs.add_view(cast("ChatView", view))
    tabs.show_tabs(FACES, 7)
    assert front(tabs) is cast("ChatView", first)
    QApplication.processEvents()
    resized = second.resized
    tabs.resize(800, 500)
    QApplication.processEvents()
    assert second.resized == resized
    tabs.show_tabs(FACES, 9)
    assert front(tabs) is None, "its conversation is still being read"
    tabs.show_tabs(FACES[1:], 8)
    assert front(tabs) is cast("ChatView", second)
    assert tabs.view(7) is None
    assert tabs.titles == ["Tokenizer & <b>edge</b> cases", "Stack trace"]


def test_both_themes_are_painted(tabs: Tabs) -> None:
    pictures = []
    for shown in (theme.light(), theme.dark()):
        tabs.set_theme(shown)
        picture = tabs.strip.grab().toImage()
        assert picture.pixelColor(60, 12) == shown.colours.surface
        pictures.append(picture)
    assert pictures[0] != pictures[1]


def front(tabs: Tabs) -> object:
    return tabs.front


def button(tabs: Tabs, name: str) -> QToolButton:
    return next(b for b in tabs.findChildren(QToolButton) if b.accessibleName() == name)


class Paints(QWidget):
    """Counts what of a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.hide()
        self.areas: list[tuple[int, int]] = []
        widget.installEventFilter(self)

    @property
    def count(self) -> int:
        return len(self.areas)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            region = event.region().boundingRect()  # type: ignore[attr-defined]
            self.areas.append((region.width(), region.height()))
        return False

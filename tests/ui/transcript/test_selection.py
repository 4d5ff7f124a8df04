"""Selecting text, with the pointer and with the keyboard."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QClipboard, QColor, QDrag, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chat.conversation import Conversation
from app.chat.heading import Heading
from app.chat.message import Delta
from app.ui.theme import dark, light
from app.ui.transcript.selection import Stretch, TextPosition
from app.ui.transcript.targets import Do, Fold
from app.ui.transcript.view import Transcript
from tests.ui.transcript.conftest import (
    PARAGRAPH,
    Show,
    begin_reply,
    click,
    conversation,
    end_reply,
    long_text,
    message,
    settle,
)
from tests.ui.transcript.test_acts import image, targets, versions
from tests.ui.transcript.test_view import anew, are_alike, screen

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
PLAIN = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
TEXT = "One two three.\n\nFour *five* six.\n\n- seven\n- eight"


def at(transcript: Transcript, message_id: int, place: int, offset: int, nudge: int = 0) -> QPoint:
    """Return where a text position is in the view."""
    line = transcript.line_of(TextPosition(message_id, place, offset))
    assert line is not None
    return QPoint(line.x() + nudge, line.center().y())


def drag_to(transcript: Transcript, point: QPoint) -> None:
    """Move the pointer with its button held down."""
    view, place = transcript.viewport(), QPointF(point)
    event = QMouseEvent(QEvent.Type.MouseMove, place, view.mapToGlobal(place), NONE, LEFT, PLAIN)
    QApplication.sendEvent(view, event)


def press(transcript: Transcript, point: QPoint, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    QTest.mousePress(transcript.viewport(), LEFT, modifier, point)


def release(transcript: Transcript, point: QPoint) -> None:
    QTest.mouseRelease(transcript.viewport(), LEFT, PLAIN, point)


def drag(transcript: Transcript, start: QPoint, end: QPoint) -> None:
    press(transcript, start)
    drag_to(transcript, (start + end) / 2)
    drag_to(transcript, end)
    release(transcript, end)


def double_click(transcript: Transcript, point: QPoint) -> None:
    press(transcript, point)
    release(transcript, point)
    view, place = transcript.viewport(), QPointF(point)
    double = QEvent.Type.MouseButtonDblClick
    event = QMouseEvent(double, place, view.mapToGlobal(place), LEFT, LEFT, PLAIN)
    QApplication.sendEvent(view, event)


def plain(transcript: Transcript) -> str:
    copied = transcript.copied
    return "" if copied is None else copied.plain


def key(
    transcript: Transcript, which: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN, times: int = 1
) -> None:
    for _ in range(times):
        QTest.keyClick(transcript, which, modifier)


def colours(transcript: Transcript, colour: QColor) -> Iterator[QPoint]:
    shown = image(transcript)
    for y in range(shown.height()):
        for x in range(shown.width()):
            if shown.pixelColor(x, y) == colour:
                yield QPoint(x, y)


@pytest.fixture
def reply(show: Show) -> Transcript:
    return show(conversation("hi there", TEXT))


# With the pointer


def test_a_drag_selects_what_it_goes_over(reply: Transcript) -> None:
    drag(reply, at(reply, 2, 0, 4), at(reply, 2, 0, 7))
    assert plain(reply) == "two"


def test_a_drag_backwards_selects_the_same(reply: Transcript) -> None:
    drag(reply, at(reply, 2, 0, 7), at(reply, 2, 0, 4))
    assert plain(reply) == "two"


def test_a_drag_crosses_blocks_and_messages(reply: Transcript) -> None:
    drag(reply, at(reply, 1, 0, 3), at(reply, 2, 1, 4))
    assert plain(reply) == "there\n\nOne two three.\n\nFour"


def test_a_drag_from_the_name_to_the_foot_takes_the_whole_reply(reply: Transcript) -> None:
    name = at(reply, 2, 0, 0) - QPoint(0, 24)
    foot = at(reply, 2, 3, 5) + QPoint(60, 30)
    drag(reply, name, foot)
    assert plain(reply) == TEXT


def test_a_drag_below_everything_takes_the_rest(reply: Transcript) -> None:
    drag(reply, at(reply, 2, 1, 10), QPoint(300, 580))
    assert plain(reply) == "six.\n\n- seven\n- eight"


def test_what_is_selected_shows_in_the_colour_of_selections(reply: Transcript) -> None:
    assert not list(colours(reply, light().colours.selection))
    drag(reply, at(reply, 2, 0, 4), at(reply, 2, 0, 7))
    found = list(colours(reply, light().colours.selection))
    left, right = at(reply, 2, 0, 4).x(), at(reply, 2, 0, 7).x()
    assert min(p.x() for p in found) in (left - 1, left)
    assert max(p.x() for p in found) in (right - 1, right)
    assert max(p.y() for p in found) - min(p.y() for p in found) == 23


def test_what_is_selected_is_repainted_exactly(show: Show) -> None:
    transcript = show(conversation("hi", long_text(3), "و هذا نص عربي abc و أكثر", long_text(2)))
    for end in ((2, 0, 30), (2, 1, 200), (1, 0, 1), (3, 0, 12), (4, 0, 90), (2, 0, 3)):
        if transcript.selection is None:
            press(transcript, at(transcript, 2, 0, 10))
        if transcript.line_of(TextPosition(*end)) is not None:
            drag_to(transcript, at(transcript, *end))
        assert are_alike(screen(transcript), anew(transcript))


def test_what_is_let_go_of_is_repainted_exactly(reply: Transcript, qtbot: QtBot) -> None:
    reply.activateWindow()
    qtbot.waitUntil(reply.isActiveWindow)
    for _ in range(2):
        reply.select_all()
        assert are_alike(screen(reply), anew(reply))
        key(reply, Qt.Key.Key_Escape)
        assert are_alike(screen(reply), anew(reply))
        click(reply, at(reply, 1, 0, 4))
        key(reply, Qt.Key.Key_Right, SHIFT)
        key(reply, Qt.Key.Key_Left, SHIFT)
        assert are_alike(screen(reply), anew(reply))
        key(reply, Qt.Key.Key_Escape)
        assert are_alike(screen(reply), anew(reply))


def test_a_click_lets_go_of_the_selection(reply: Transcript) -> None:
    drag(reply, at(reply, 2, 0, 4), at(reply, 2, 0, 7))
    click(reply, at(reply, 2, 1, 2))
    assert reply.selection is None
    assert not list(colours(reply, light().colours.selection))


def test_a_click_into_the_selection_lets_go_of_it(reply: Transcript) -> None:
    drag(reply, at(reply, 2, 0, 4), at(reply, 2, 0, 12))
    click(reply, at(reply, 2, 0, 8))
    assert reply.selection is None


def test_a_click_with_shift_extends_the_selection(reply: Transcript) -> None:
    click(reply, at(reply, 2, 0, 4))
    press(reply, at(reply, 2, 0, 7), SHIFT)
    release(reply, at(reply, 2, 0, 7))
    assert plain(reply) == "two"
    press(reply, at(reply, 2, 1, 4), SHIFT)
    release(reply, at(reply, 2, 1, 4))
    assert plain(reply) == "two three.\n\nFour"


@pytest.mark.parametrize(
    ("text", "offset", "word"),
    [
        ("One two three.", 5, "two"),
        ("It isn't so.", 5, "isn't"),
        ("naïve façade", 8, "façade"),
        ("a x_1 b", 3, "x_1"),
        ("これはカタカナです", 5, "カタカナ"),
        ("漢字", 1, "漢"),
        ("see 🙂 there", 9, "there"),
    ],
)
def test_a_double_click_selects_a_word(show: Show, text: str, offset: int, word: str) -> None:
    transcript = show(conversation("?", text))
    double_click(transcript, at(transcript, 2, 0, offset, nudge=-1))
    assert plain(transcript) == word


def test_a_drag_after_a_double_click_selects_by_words(reply: Transcript) -> None:
    double_click(reply, at(reply, 2, 0, 5))
    drag_to(reply, at(reply, 2, 0, 10))
    assert plain(reply) == "two three"
    drag_to(reply, at(reply, 2, 0, 1))
    assert plain(reply) == "One two"


def test_a_triple_click_selects_a_paragraph_and_a_line_of_code(show: Show) -> None:
    transcript = show(conversation("?", f"{PARAGRAPH * 3}\n\n```\none = 1\ntwo = 2\n```"))
    for place, offset, text in ((0, 120, (PARAGRAPH * 3).strip()), (1, 10, "two = 2")):
        double_click(transcript, at(transcript, 2, place, offset))
        release(transcript, at(transcript, 2, place, offset))
        press(transcript, at(transcript, 2, place, offset))
        release(transcript, at(transcript, 2, place, offset))
        assert plain(transcript) == text


def test_the_pointer_is_a_beam_over_text_only(reply: Transcript) -> None:
    view = reply.viewport()

    def shape(point: QPoint) -> Qt.CursorShape:
        place = QPointF(point)
        event = QMouseEvent(
            QEvent.Type.MouseMove, place, view.mapToGlobal(place), NONE, NONE, PLAIN
        )
        QApplication.sendEvent(view, event)
        return view.cursor().shape()

    assert shape(at(reply, 2, 0, 3)) is Qt.CursorShape.IBeamCursor
    assert shape(at(reply, 1, 0, 3)) is Qt.CursorShape.IBeamCursor
    assert shape(QPoint(300, 580)) is Qt.CursorShape.ArrowCursor
    assert shape(QPoint(4, at(reply, 2, 0, 3).y())) is Qt.CursorShape.ArrowCursor


def test_a_press_on_a_link_is_a_click_unless_it_moves(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("?", "see [the paper](https://arxiv.org/abs/1) on it"))
    with qtbot.waitSignal(transcript.link_activated):
        click(transcript, at(transcript, 2, 0, 7))
    with qtbot.assertNotEmitted(transcript.link_activated):
        drag(transcript, at(transcript, 2, 0, 4), at(transcript, 2, 0, 13))
    assert plain(transcript) == "the paper"


def test_a_press_on_a_button_selects_nothing(reply: Transcript, qtbot: QtBot) -> None:
    drag(reply, at(reply, 2, 0, 4), at(reply, 2, 0, 7))
    point = next(p for t, p in reversed(targets(reply).items()) if isinstance(t, Do))
    press(reply, point)
    drag_to(reply, at(reply, 2, 0, 0))
    release(reply, at(reply, 2, 0, 0))
    assert plain(reply) == "two"


def test_unfolded_reasoning_can_be_selected_and_folded_is_not_copied(
    show: Show, qtbot: QtBot
) -> None:
    thought = "First this, then that."
    it = Conversation(
        Heading(1),
        [
            message(1, "why?"),
            message(2, "So.", reasoning=thought, reasoning_length=len(thought)),
        ],
    )
    transcript = show(it)
    transcript.select_all()
    assert plain(transcript) == "why?\n\nSo."
    click(transcript, next(p for t, p in targets(transcript).items() if isinstance(t, Fold)))
    settle(qtbot, transcript)
    transcript.select_all()
    assert plain(transcript) == "why?\n\nFirst this, then that.\n\nSo."
    begin = at(transcript, 2, 0, 0) - QPoint(0, 32)
    double_click(transcript, begin + QPoint(20, 0))
    assert plain(transcript) == "First"


def test_a_drag_beyond_the_edge_scrolls_and_selects(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", long_text(60)))
    bar = transcript.verticalScrollBar()
    bar.setValue(0)
    settle(qtbot, transcript)
    press(transcript, at(transcript, 2, 0, 0))
    drag_to(transcript, QPoint(200, 700))
    qtbot.waitUntil(lambda: bar.value() > 300)
    release(transcript, QPoint(200, 700))
    reached = bar.value()
    assert len(plain(transcript)) > 1_000
    qtbot.wait(100)
    assert bar.value() == reached


def test_a_drag_over_a_paragraph_lays_nothing_out_and_paints_little(
    show: Show, qtbot: QtBot
) -> None:
    transcript = show(conversation("hi", long_text(12)))
    transcript.verticalScrollBar().setValue(0)
    settle(qtbot, transcript)
    press(transcript, at(transcript, 2, 1, 0))
    settle(qtbot, transcript)
    counts = transcript.counts
    before, painted = counts.layouts, counts.painted_pixels
    for offset in range(0, 30, 3):
        drag_to(transcript, at(transcript, 2, 1, offset))
        QApplication.processEvents()
    assert counts.layouts == before
    assert 0 < counts.painted_pixels - painted <= 9 * 24


def test_dragging_over_ten_thousand_messages_reads_only_what_shows(
    show: Show, qtbot: QtBot
) -> None:
    transcript = show(conversation(*["some text " * 9] * 10_000))
    counts = transcript.counts
    parsed, layouts = counts.messages_parsed, counts.layouts
    last = TextPosition(10_000, 0, 0)
    assert transcript.line_of(last) is not None
    drag(transcript, at(transcript, 9_998, 0, 5), at(transcript, 10_000, 0, 7))
    transcript.select_all()
    settle(qtbot, transcript)
    assert (counts.messages_parsed, counts.layouts) == (parsed, layouts)


# What lasts


def test_the_selection_stays_while_text_streams_in(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    it.extend(reply, [Delta("One two three.\n\nFour")])
    settle(qtbot, transcript)
    drag(transcript, at(transcript, 2, 0, 4), at(transcript, 2, 1, 2))
    before = transcript.selection
    assert plain(transcript) == "two three.\n\nFo"
    for _ in range(40):
        it.extend(reply, [Delta(" and *more*, as long as\n\nit goes")])
    settle(qtbot, transcript)
    end_reply(it, reply)
    settle(qtbot, transcript)
    assert transcript.selection == before
    assert plain(transcript) == "two three.\n\nFo"
    assert are_alike(screen(transcript), anew(transcript))


def test_what_is_being_selected_does_not_move_while_text_streams_in(
    show: Show, qtbot: QtBot
) -> None:
    it = conversation("hi", long_text(20), "more")
    transcript = show(it)
    reply = begin_reply(it)
    it.extend(reply, [Delta("One two three.\n\n")])
    settle(qtbot, transcript)
    start = at(transcript, reply, 0, 4)
    press(transcript, start)
    drag_to(transcript, at(transcript, reply, 0, 7))
    it.extend(reply, [Delta(long_text(30))])
    settle(qtbot, transcript)
    assert at(transcript, reply, 0, 4) == start
    release(transcript, start)


@pytest.mark.parametrize("change", ["theme", "width", "scale", "hidden"])
def test_the_selection_stays_through_every_relayout(
    reply: Transcript, qtbot: QtBot, change: str
) -> None:
    drag(reply, at(reply, 2, 0, 4), at(reply, 2, 2, 3))
    before = reply.selection, plain(reply)
    changes: dict[str, Callable[[], object]] = {
        "theme": lambda: reply.set_theme(dark()),
        "width": lambda: reply.resize(300, 600),
        "scale": lambda: reply.set_text_scale(1.5),
        "hidden": lambda: [act() for act in (reply.hide, reply.show)],
    }
    changes[change]()
    settle(qtbot, reply)
    assert (reply.selection, plain(reply)) == before
    look = dark() if change == "theme" else light()
    assert list(colours(reply, look.colours.selection))


def test_the_selection_ends_when_its_messages_leave_the_branch(show: Show, qtbot: QtBot) -> None:
    it = versions()
    it.show_version(5)
    transcript = show(it)
    drag(transcript, at(transcript, 2, 0, 1), at(transcript, 5, 0, 9))
    it.show_version(4)
    settle(qtbot, transcript)
    assert transcript.selection is None
    drag(transcript, at(transcript, 2, 0, 1), at(transcript, 2, 0, 4))
    it.show_version(5)
    settle(qtbot, transcript)
    assert plain(transcript) == "eco"


# With the keyboard


def test_keys_with_shift_extend_from_where_was_clicked(reply: Transcript) -> None:
    click(reply, at(reply, 2, 0, 4))
    key(reply, Qt.Key.Key_Right, SHIFT, 3)
    assert plain(reply) == "two"
    key(reply, Qt.Key.Key_Left, SHIFT)
    assert plain(reply) == "tw"
    key(reply, Qt.Key.Key_Right, SHIFT | CTRL)
    assert plain(reply) == "two "
    key(reply, Qt.Key.Key_End, SHIFT)
    assert plain(reply) == "two three."
    key(reply, Qt.Key.Key_Home, SHIFT)
    assert plain(reply) == "One "
    key(reply, Qt.Key.Key_Left, SHIFT | CTRL, 2)
    assert plain(reply) == "there\n\nOne "


def test_up_and_down_go_by_lines_and_from_block_to_block(reply: Transcript) -> None:
    click(reply, at(reply, 2, 0, 4))
    key(reply, Qt.Key.Key_Down, SHIFT)
    selection = reply.selection
    assert selection is not None
    assert (selection.head.place, abs(selection.head.offset - 4) < 2) == (1, True)
    key(reply, Qt.Key.Key_Up, SHIFT)
    assert reply.selection is None
    key(reply, Qt.Key.Key_Up, SHIFT)
    assert plain(reply).endswith("One ")


def test_up_and_down_keep_to_their_column_through_wrapped_lines(show: Show) -> None:
    transcript = show(conversation("?", PARAGRAPH * 6))
    click(transcript, at(transcript, 2, 0, 40))
    key(transcript, Qt.Key.Key_Down, SHIFT, 3)
    key(transcript, Qt.Key.Key_Up, SHIFT, 3)
    assert transcript.selection is None


def test_arrows_go_where_they_point_in_text_from_the_right(show: Show) -> None:
    transcript = show(conversation("?", "شجرة التفاح هي شجرة"))
    click(transcript, at(transcript, 2, 0, 5))
    key(transcript, Qt.Key.Key_Left, SHIFT, 3)
    assert plain(transcript) == "الت"


def test_control_and_shift_with_end_selects_to_the_end(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", long_text(30), "and", "So it is."))
    transcript.verticalScrollBar().setValue(0)
    settle(qtbot, transcript)
    click(transcript, at(transcript, 1, 0, 1))
    key(transcript, Qt.Key.Key_End, SHIFT | CTRL)
    settle(qtbot, transcript)
    assert plain(transcript) == f"i\n\n{long_text(30)}\n\nand\n\nSo it is."
    assert transcript.is_pinned
    key(transcript, Qt.Key.Key_Home, SHIFT | CTRL)
    settle(qtbot, transcript)
    assert plain(transcript) == "h"
    assert transcript.verticalScrollBar().value() == 0


def test_the_keyboard_begins_at_the_message_it_is_on(reply: Transcript) -> None:
    reply.jump(-1)
    key(reply, Qt.Key.Key_Right, SHIFT, 3)
    assert plain(reply) == "One"


def test_the_line_it_goes_to_is_brought_into_view(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", long_text(30)))
    transcript.verticalScrollBar().setValue(0)
    settle(qtbot, transcript)
    click(transcript, at(transcript, 2, 0, 0))
    for _ in range(60):
        key(transcript, Qt.Key.Key_Down, SHIFT)
    selection = transcript.selection
    assert selection is not None
    line = transcript.line_of(selection.head)
    assert line is not None
    assert transcript.viewport().rect().contains(line.topLeft())
    assert are_alike(screen(transcript), anew(transcript))


def test_a_caret_shows_while_the_keyboard_selects(reply: Transcript, qtbot: QtBot) -> None:
    reply.activateWindow()
    qtbot.waitUntil(reply.isActiveWindow)
    click(reply, at(reply, 2, 0, 4))
    assert reply.hasFocus()
    before = image(reply)
    key(reply, Qt.Key.Key_Right, SHIFT)
    key(reply, Qt.Key.Key_Left, SHIFT)
    assert reply.selection is None
    assert image(reply) != before
    assert are_alike(screen(reply), anew(reply))
    click(reply, at(reply, 2, 0, 4))
    assert image(reply) == before


def test_escape_lets_go_of_the_selection_and_then_of_the_message(reply: Transcript) -> None:
    reply.jump(-1)
    key(reply, Qt.Key.Key_A, CTRL)
    assert plain(reply)
    key(reply, Qt.Key.Key_Escape)
    assert reply.selection is None
    assert reply.focused_message == 2
    key(reply, Qt.Key.Key_Escape)
    assert reply.focused_message is None


# Where it goes


def test_what_a_drag_selects_can_be_pasted_with_the_middle_button(
    reply: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, QClipboard.Mode]] = []
    monkeypatch.setattr(QClipboard, "supportsSelection", lambda self: True)
    monkeypatch.setattr(QClipboard, "setText", lambda self, text, mode: said.append((text, mode)))
    drag(reply, at(reply, 2, 0, 4), at(reply, 2, 0, 7))
    assert said == [("two", QClipboard.Mode.Selection)]


def test_a_drag_out_of_the_selection_carries_it_away(
    reply: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried: list[tuple[str, bytes]] = []

    def go(self: QDrag, actions: Qt.DropAction) -> Qt.DropAction:
        mime = self.mimeData()
        carried.append((mime.text(), bytes(mime.data("text/markdown").data())))
        return actions

    monkeypatch.setattr(QDrag, "exec", go)
    drag(reply, at(reply, 2, 1, 0), at(reply, 2, 1, 14))
    drag(reply, at(reply, 2, 1, 4), at(reply, 2, 3, 2))
    assert carried == [("Four five six.", b"Four *five* six.")]
    assert plain(reply) == "Four five six."


def test_who_scrolls_away_is_not_taken_back_to_what_was_sought(show: Show, qtbot: QtBot) -> None:
    it = Conversation(Heading(1), [message(i, None, length=900) for i in range(1, 61)])
    transcript = show(it)
    transcript.reveal(TextPosition(20, 0, 3))
    transcript.verticalScrollBar().setValue(transcript.verticalScrollBar().maximum() // 2)
    before = transcript.position()
    it.fill((i, "text " * 180, "") for i in range(1, 61))
    settle(qtbot, transcript)
    assert transcript.position().message_id == before.message_id


def test_what_is_on_disk_is_brought_into_view_when_it_is_here(show: Show, qtbot: QtBot) -> None:
    it = Conversation(Heading(1), [message(i, None, length=900) for i in range(1, 61)])
    transcript = show(it)
    sought = TextPosition(20, 0, 300)
    transcript.reveal(sought)
    settle(qtbot, transcript)
    it.fill((i, "text " * 180, "") for i in range(1, 61))
    settle(qtbot, transcript)
    line = transcript.line_of(sought)
    assert line is not None
    assert transcript.viewport().rect().contains(line.topLeft())


# What was found


def test_hits_are_marked_and_one_of_them_more(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", "One two three two one.", "one", "two"))
    hits = [Stretch(2, 0, 4, 7), Stretch(2, 0, 14, 17), Stretch(4, 0, 0, 3)]
    transcript.show_hits(hits, hits[1])
    found = list(colours(transcript, light().colours.found))
    assert {p.y() > at(transcript, 3, 0, 0).y() for p in found} == {True, False}
    assert list(colours(transcript, light().colours.accent))
    transcript.show_hits([])
    assert not list(colours(transcript, light().colours.found))


def test_a_hit_far_away_is_brought_into_view(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", long_text(400), *["x", long_text(3)] * 40))
    for position in (TextPosition(2, 390, 200), TextPosition(60, 1, 4), TextPosition(1, 0, 1)):
        transcript.reveal(position)
        settle(qtbot, transcript)
        line = transcript.line_of(position)
        assert line is not None
        assert transcript.viewport().rect().contains(line.topLeft())
        assert transcript.viewport().rect().contains(line.bottomLeft())

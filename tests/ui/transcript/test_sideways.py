"""What is wider than the column, scrolled sideways; and small signs in prose."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chat.message import Delta
from app.ui.theme import dark, light
from app.ui.transcript.blocks import Block, Container, Kind, Marker, Run
from app.ui.transcript.layout import lay_out
from app.ui.transcript.parts import has_targets
from app.ui.transcript.selection import Selection, TextPosition
from app.ui.transcript.shifts import Bar, Shifts, Slide, reveal
from app.ui.transcript.view import Transcript
from tests.ui.transcript.conftest import (
    Show,
    begin_reply,
    conversation,
    end_reply,
    long_text,
    settle,
)

LONG = "".join(f"word{i} " for i in range(100))
BOX = f"```\n{LONG}\nshort\n```"
TABLE = "|" + " heading |" * 30 + "\n|" + " --- |" * 30 + "\n|" + " cell |" * 30


def picture(transcript: Transcript) -> QImage:
    QApplication.processEvents()
    return transcript.viewport().grab().toImage()


def drag_to(transcript: Transcript, point: QPoint) -> None:
    """Move the pointer with its button held down."""
    view, place, left = transcript.viewport(), QPointF(point), Qt.MouseButton.LeftButton
    none, plain = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    kind = QEvent.Type.MouseMove
    event = QMouseEvent(kind, place, view.mapToGlobal(place), none, left, plain)
    QApplication.sendEvent(view, event)


def handle(transcript: Transcript) -> list[QPoint]:
    """Return the points at which the handle of a bar is painted."""
    image = picture(transcript)
    inks = {light().colours.strong_line.rgb(), light().colours.faint.rgb()}
    points = []
    for y in range(image.height()):
        xs = [x for x in range(image.width()) if image.pixel(x, y) in inks]
        # A handle begins and ends within the column; hairlines do not.
        if 20 < len(xs) < 600:
            points += [QPoint(x, y) for x in xs]
    return points


def wheel(
    transcript: Transcript,
    point: QPoint,
    delta: QPoint,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    view, place = transcript.viewport(), QPointF(point)
    event = QWheelEvent(
        place,
        view.mapToGlobal(place),
        QPoint(),
        delta,
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)
    QApplication.processEvents()


ASIDE = QPoint(-120, 0)
DOWN = QPoint(0, -120)
SHIFT = Qt.KeyboardModifier.ShiftModifier


def inside(transcript: Transcript) -> QPoint:
    """Return a point a little above the bar of what can be scrolled."""
    return handle(transcript)[0] - QPoint(0, 12)


# Values


def test_a_shift_is_never_beyond_what_there_is() -> None:
    shifts, key = Shifts(), (1, 0)
    shifts.widen(key, 1_000)
    assert shifts.move(key, 5_000, 600)
    assert shifts.slide(key, 600).shift == 400
    assert shifts.slide(key, 900).shift == 100
    assert shifts.move(key, -7, 600)
    assert shifts.slide(key, 600).shift == 0
    assert not shifts.move(key, -7, 600)


def test_a_shift_outlives_the_widths_it_was_made_for() -> None:
    shifts, key = Shifts(), (1, 0)
    shifts.widen(key, 1_000)
    shifts.move(key, 300, 600)
    shifts.forget_widths()
    assert shifts.slide(key, 600).shift == 0
    shifts.widen(key, 1_000)
    assert shifts.slide(key, 600).shift == 300


def test_a_handle_reaches_both_ends_of_its_bar() -> None:
    bar = Bar(QRect(10, 50, 300, 10))
    first, last = bar.handle(Slide(0, 900)), bar.handle(Slide(600, 900))
    assert first.left() == bar.track.left()
    assert last.right() == bar.track.right()
    assert bar.shift_at(last.left(), Slide(0, 900)) == 600
    assert bar.handle(Slide(0, 300)).isEmpty()
    assert bar.handle(Slide(0, 1_000_000)).width() >= 24


@pytest.mark.parametrize(
    ("left", "right", "expected"), [(0, 50, 0), (150, 180, 100), (390, 420, 220), (880, 900, 700)]
)
def test_a_stretch_is_brought_into_view_with_the_least_movement(
    left: int, right: int, expected: int
) -> None:
    assert reveal(Slide(100, 900), left, right, 200) == expected


# Scrolling


@pytest.mark.parametrize("text", [BOX, TABLE], ids=["code", "table"])
@pytest.mark.parametrize(("delta", "keys"), [(ASIDE, None), (DOWN, SHIFT)], ids=["aside", "shift"])
def test_a_wheel_scrolls_only_what_is_under_it(
    show: Show, text: str, delta: QPoint, keys: Qt.KeyboardModifier | None
) -> None:
    transcript = show(conversation("?", f"{text}\n\nafter\n\n" + long_text(9)))
    transcript.verticalScrollBar().setValue(0)
    before, bar = picture(transcript), handle(transcript)
    position = transcript.position()
    wheel(transcript, inside(transcript), delta, keys or Qt.KeyboardModifier.NoModifier)
    assert transcript.position() == position
    assert handle(transcript)[0].x() > bar[0].x()
    after = picture(transcript)
    below = bar[0].y() + 14
    assert after != before
    rest = after.copy(0, below, after.width(), 200)
    assert rest == before.copy(0, below, after.width(), 200)


def test_a_wheel_that_goes_down_scrolls_the_view(show: Show) -> None:
    transcript = show(conversation("?", f"{BOX}\n\n" + long_text(9)))
    transcript.verticalScrollBar().setValue(0)
    wheel(transcript, inside(transcript), DOWN)
    assert transcript.verticalScrollBar().value() > 0


def test_scrolling_sideways_lays_nothing_out_and_paints_that_block_only(
    show: Show, qtbot: QtBot
) -> None:
    transcript = show(conversation("?", f"{long_text(2)}\n\n{BOX}"))
    point, counts = inside(transcript), transcript.counts
    settle(qtbot, transcript)
    layouts, paints, pixels = counts.layouts, counts.paints, counts.painted_pixels
    wheel(transcript, point, ASIDE)
    qtbot.waitUntil(lambda: counts.paints > paints)
    assert counts.layouts == layouts
    assert counts.painted_pixels - pixels < 130


def test_the_bar_is_dragged(show: Show) -> None:
    transcript = show(conversation("?", BOX))
    view, left = transcript.viewport(), Qt.MouseButton.LeftButton
    before = handle(transcript)
    start = before[len(before) // 2]
    QTest.mousePress(view, left, pos=start)
    QTest.mouseMove(view, start + QPoint(50, 90))
    QTest.mouseRelease(view, left, pos=start + QPoint(50, 90))
    assert abs(handle(transcript)[0].x() - before[0].x() - 50) <= 2
    assert transcript.selection is None


def test_a_press_beside_the_handle_brings_it_there(show: Show) -> None:
    transcript = show(conversation("?", BOX))
    right = handle(transcript)[-1]
    QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(690, right.y()))
    assert handle(transcript)[-1].x() > 690


def test_the_arrow_keys_scroll_what_the_keyboard_is_on(show: Show) -> None:
    transcript = show(conversation("?", BOX))
    before = handle(transcript)[0].x()
    transcript.jump(-1)
    QTest.keyClick(transcript, Qt.Key.Key_Tab)
    QTest.keyClick(transcript, Qt.Key.Key_Right)
    moved = handle(transcript)[0].x()
    assert moved > before
    QTest.keyClick(transcript, Qt.Key.Key_Left)
    assert handle(transcript)[0].x() == before


def test_a_link_the_keyboard_comes_to_is_scrolled_into_view(show: Show) -> None:
    transcript = show(conversation("?", TABLE[:-7] + " [x](https://a.b) |"))
    before = handle(transcript)[0].x()
    transcript.jump(-1)
    for _ in range(2):
        QTest.keyClick(transcript, Qt.Key.Key_Tab)
    assert handle(transcript)[0].x() > before + 100


def test_pieces_of_a_listing_are_scrolled_together(show: Show, qtbot: QtBot) -> None:
    listing = "".join(f"line {i}\n" for i in range(60)) + LONG + "\n" + "line\n" * 3
    transcript = show(conversation("?", f"```\n{listing}```"))
    point = inside(transcript) - QPoint(0, 200)
    first = picture(transcript).copy(0, 0, 760, 100)
    wheel(transcript, point, ASIDE)
    assert picture(transcript).copy(0, 0, 760, 100) != first


# What it outlives


def test_a_shift_outlives_another_theme_size_and_tab(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("?", BOX))
    for _ in range(3):
        wheel(transcript, inside(transcript), ASIDE)
    scrolled = picture(transcript)
    transcript.set_theme(dark())
    transcript.resize(500, 500)
    settle(qtbot, transcript)
    transcript.hide()
    transcript.set_theme(light())
    transcript.resize(760, 600)
    transcript.show()
    settle(qtbot, transcript)
    assert picture(transcript) == scrolled


def test_code_that_streams_stays_where_it_was_scrolled_to(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi", long_text(9), "more")
    transcript = show(it)
    reply = begin_reply(it)
    it.extend(reply, [Delta(f"```\n{LONG}\n")])
    settle(qtbot, transcript)
    wheel(transcript, inside(transcript), ASIDE)
    before = handle(transcript)[0].x()
    it.extend(reply, [Delta("more\n" * 40)])
    settle(qtbot, transcript)
    end_reply(it, reply)
    settle(qtbot, transcript)
    assert handle(transcript)[0].x() == before


def test_what_is_under_the_pointer_is_what_shows_there(show: Show) -> None:
    transcript = show(conversation("?", BOX))
    point = inside(transcript) - QPoint(0, 22)
    QTest.mouseDClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=point)
    before = transcript.selection
    for _ in range(4):
        wheel(transcript, point, ASIDE)
    QTest.mouseDClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=point)
    after = transcript.selection
    assert before is not None
    assert after is not None
    assert after.head.offset > before.head.offset + 10


# Signs in prose


def ink_of(block: Block) -> set[str]:
    layout = lay_out(block, 300, light())
    image = QImage(300, layout.height, QImage.Format.Format_RGB32)
    image.fill(light().colours.surface)
    with QPainter(image) as painter:
        layout.draw(painter, 0, 0, QRectF(image.rect()))
    return {image.pixelColor(x, y).name() for x in range(300) for y in range(image.height())}


def item(is_done: bool) -> Block:
    marker = Marker(is_done=is_done)
    return Block(Kind.PARAGRAPH, (Run("a"),), 0, 1, within=(Container.ITEM,), marker=marker)


def test_the_box_of_a_task_that_is_done_is_filled(qapp: QApplication) -> None:
    accent = light().colours.accent.name()
    assert accent in ink_of(item(is_done=True))
    assert accent not in ink_of(item(is_done=False))
    assert not has_targets(item(is_done=True))


def test_the_sign_of_a_footnote_has_the_accent_and_grows_no_line(qapp: QApplication) -> None:
    runs = (Run("word"), Run("12", is_raised=True))
    block = Block(Kind.PARAGRAPH, runs, 0, 6)
    accent = light().colours.accent.hue()
    assert any(abs(QColor(ink).hue() - accent) < 9 for ink in ink_of(block))
    assert lay_out(block, 300, light()).height == light().type.transcript.line


def test_struck_text_is_struck(qapp: QApplication) -> None:
    plain = Block(Kind.PARAGRAPH, (Run("iiii"),), 0, 4)
    struck = Block(Kind.PARAGRAPH, (Run("iiii", is_struck=True),), 0, 4)
    pictures = []
    for block in (plain, struck):
        layout = lay_out(block, 300, light())
        image = QImage(60, layout.height, QImage.Format.Format_RGB32)
        image.fill(light().colours.surface)
        with QPainter(image) as painter:
            layout.draw(painter, 0, 0, QRectF(image.rect()))
        pictures.append(image)
    assert pictures[0] != pictures[1]


def test_a_note_is_small_and_has_its_name_in_front(qapp: QApplication) -> None:
    note = Block(
        Kind.PARAGRAPH,
        (Run("says"),),
        0,
        4,
        within=(Container.NOTE,),
        marker=Marker(label="a very long name"),
    )
    layout = lay_out(note, 300, light())
    assert layout.height == light().type.caption.line
    assert layout.caret_at(0)[0] == light().type.caption.size * 2


def test_what_turns_the_direction_ends_with_its_block(show: Show) -> None:
    turned = show(conversation("?", "a \u202e b\n\nplain text"))
    straight = show(conversation("?", "a b\n\nplain text"))
    below = picture(turned).rect().adjusted(0, 146, 0, 0)
    assert picture(turned).copy(below) == picture(straight).copy(below)


# Text in what is scrolled


def x_of(transcript: Transcript, offset: int = 0) -> int:
    """Return where a position in the first text of the reply is in the view."""
    line = transcript.line_of(TextPosition(2, 0, offset))
    assert line is not None
    return line.x()


@pytest.mark.parametrize("text", [BOX, TABLE], ids=["code", "table"])
def test_where_the_keyboard_selects_is_scrolled_into_view(show: Show, text: str) -> None:
    transcript = show(conversation("?", text))
    begun = x_of(transcript)
    transcript.setFocus()
    transcript.select(Selection(TextPosition(2, 0, 0), TextPosition(2, 0, 0)))
    QTest.keyClick(transcript, Qt.Key.Key_End, SHIFT)
    assert transcript.selection is not None
    assert 0 < x_of(transcript, transcript.selection.head.offset) < transcript.viewport().width()
    assert x_of(transcript) < begun - 500
    QTest.keyClick(transcript, Qt.Key.Key_Home, SHIFT)
    assert x_of(transcript) == begun


def test_what_was_found_in_a_long_line_is_scrolled_into_view(show: Show) -> None:
    transcript = show(conversation("?", BOX))
    found = LONG.index("word80")
    transcript.reveal(TextPosition(2, 0, found))
    assert 48 < x_of(transcript, found) < transcript.viewport().width() - 48


@pytest.mark.parametrize("text", [BOX, TABLE], ids=["code", "table"])
def test_a_drag_beyond_the_side_scrolls_there_and_back(show: Show, qtbot: QtBot, text: str) -> None:
    transcript = show(conversation("?", text))
    view, begun = transcript.viewport(), x_of(transcript)
    start = inside(transcript) + QPoint(30, -20)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    drag_to(transcript, start + QPoint(40, 0))
    drag_to(transcript, QPoint(view.width() + 400, start.y()))
    qtbot.waitUntil(lambda: x_of(transcript) < begun - 300)
    assert transcript.selection is not None
    ahead = x_of(transcript, transcript.selection.head.offset)
    assert ahead <= view.width(), "only what shows is selected"
    drag_to(transcript, QPoint(-800, start.y()))
    qtbot.waitUntil(lambda: x_of(transcript) == begun)
    assert transcript.selection.head.offset >= 0
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start)


def test_a_drag_that_began_elsewhere_scrolls_nothing_sideways(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("?", f"before\n\n{BOX}"))
    view = transcript.viewport()

    def begin_of_code() -> QRect | None:
        return transcript.line_of(TextPosition(2, 1, 0))

    before, line = begin_of_code(), transcript.line_of(TextPosition(2, 0, 2))
    assert before is not None
    assert line is not None
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=line.center())
    drag_to(transcript, QPoint(400, before.center().y()))
    drag_to(transcript, QPoint(view.width() + 400, before.center().y()))
    qtbot.wait(120)
    assert begin_of_code() == before
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=line.center())

"""Code: lines that are not broken, characters that hide, and a box in pieces."""

import pytest
from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme, font, light
from app.ui.transcript.blocks import Block, Kind, Run, cut
from app.ui.transcript.code import CodeLayout
from app.ui.transcript.layout import Layout, lay_out
from app.ui.transcript.lines import Lines
from app.ui.transcript.targets import Copy, Wrap
from app.ui.transcript.unseen import chips_in
from app.ui.transcript.view import Transcript
from app.ui.transcript.wrapping import is_wrapping, wrapping
from tests.ui.transcript.conftest import Show, click, conversation, long_text, settle

LONG = "long = " + "word " * 60
PITCH = light().type.code.line


def code(text: str, *, is_last: bool = True) -> Block:
    run = Run(text, is_code=True)
    return Block(Kind.CODE, (run,), 0, len(text), language="python", is_last=is_last)


def laid_out(text: str, theme: Theme | None = None, previous: Layout | None = None) -> CodeLayout:
    layout = lay_out(code(text), 664, theme or light(), previous)
    assert isinstance(layout, CodeLayout)
    return layout


def amount_of(colour: QColor, layout: Layout) -> int:
    image = QImage(700, layout.height, QImage.Format.Format_RGB32)
    image.fill(light().colours.surface)
    with QPainter(image) as painter:
        layout.draw(painter, 0, 0, QRectF(image.rect()))
    return sum(
        image.pixelColor(x, y) == colour
        for x in range(image.width())
        for y in range(image.height())
    )


def word_at(transcript: Transcript, kind: type) -> QPoint | None:
    """Return a point on which a click means this."""
    view = transcript.viewport()
    for y in range(0, view.height(), 6):
        for x in range(0, view.width(), 6):
            if isinstance(transcript.target_at(QPoint(x, y)), kind):
                return QPoint(x, y)
    return None


# Lines


def test_lines_are_not_broken(qapp: QApplication) -> None:
    layout = laid_out(LONG)
    assert layout.height == laid_out("x").height
    assert layout.content_width > layout.room


def test_lines_are_broken_for_who_wants_that(qapp: QApplication) -> None:
    layout = laid_out(LONG, wrapping(light()))
    assert layout.height >= laid_out("x").height + 3 * PITCH
    assert layout.content_width == 0


def test_a_theme_with_broken_lines_is_another_and_otherwise_the_same() -> None:
    theme = wrapping(light())
    assert is_wrapping(theme)
    assert not is_wrapping(light())
    assert theme != light()
    assert theme.colours == light().colours


@pytest.mark.parametrize("width", [1, 8, 30, 31, 60, 100])
def test_every_line_has_one_line(qapp: QApplication, width: int) -> None:
    lines = 4_000 // (width + 1)
    layout = laid_out(("x" * width + "\n") * lines)
    assert layout.height == laid_out("x").height + (lines - 1) * PITCH


@pytest.mark.parametrize("line", ["ab\n", "\n", "x" * 1_023 + "\n", "漢😀\n"])
def test_a_text_of_many_lines_has_no_line_between_its_stretches(
    qapp: QApplication, line: str
) -> None:
    lines = Lines(line * 2_000, font(light().type.transcript), 24, 100_000)
    assert lines.line_count == 2_001


def test_a_line_of_a_megabyte_is_broken_all_the_same(qapp: QApplication) -> None:
    pieces = cut(code("x" * 1_000_000))
    layouts = [lay_out(piece, 664, light()) for piece in pieces[:3]]
    assert all(layout.height < 10 * PITCH + 60 for layout in layouts)
    assert all(isinstance(it, CodeLayout) and it.content_width < 20_000 for it in layouts)


def test_code_begins_at_the_left_whatever_it_is_written_in(qapp: QApplication) -> None:
    layout = laid_out("# \u0645\u0631\u062d\u0628\n\u0645\u0631\u062d = 1")
    # The first letter of a line written from the right is at its right end.
    assert layout.caret_at(7)[0] < 100


def test_lines_that_are_added_leave_those_above_as_they_were(qapp: QApplication) -> None:
    before = laid_out("".join(f"line {i}\n" for i in range(20)))
    after = laid_out("".join(f"line {i}\n" for i in range(21)), previous=before)
    assert before.height - 3 * PITCH <= after.same_until <= before.height


def test_the_first_long_line_has_all_of_the_box_painted_again(qapp: QApplication) -> None:
    before = laid_out("short\nshort\nshort\n")
    after = laid_out("short\nshort\nshort\n" + LONG, previous=before)
    assert Wrap(is_wrapped=False) in after.targets
    assert after.same_until == 0


# Characters that hide


@pytest.mark.parametrize(
    "sign",
    [
        *"\u202a\u202e\u2066\u2069\u200b\u200f\u2060\ufeff\u00ad\x1b\x00\x85\u061c\u2028",
        "\U000e0041",
    ],
)
def test_a_character_that_shows_nothing_is_named(qapp: QApplication, sign: str) -> None:
    with_it, without = laid_out(f"a{sign}b"), laid_out("ab")
    assert with_it.content_width > without.content_width + 30
    assert amount_of(light().colours.warning, with_it) > 20
    assert with_it.height == without.height


@pytest.mark.parametrize("text", ["a\tb", "a b", "naïve", "漢字", "🙂", "a\nb", "مرحبا"])
def test_what_shows_is_not_named(qapp: QApplication, text: str) -> None:
    assert not chips_in(text, light())


def test_positions_stay_those_of_the_characters(qapp: QApplication) -> None:
    layout = laid_out("if\u202e a\U000e0041b")
    for offset in (0, 1, 2, 3, 4, 5, 7, 8):
        x, y, height = layout.caret_at(offset)
        assert layout.hit_test(x + 0.5, y + height / 2) == offset


def test_nothing_turns_the_direction_of_code(qapp: QApplication) -> None:
    layout = laid_out("a\u202ebc\u202cd")
    xs = [layout.caret_at(offset)[0] for offset in range(7)]
    assert xs == sorted(xs)


def test_what_is_copied_has_the_characters_that_hide(show: Show) -> None:
    transcript = show(conversation("?", "```\na\u202eb\u200bc\n```"))
    point = word_at(transcript, Copy)
    assert point is not None
    click(transcript, point)
    assert QGuiApplication.clipboard().text() == "a\u202eb\u200bc\n"


# The toggle


def test_what_has_no_long_lines_offers_to_break_none(show: Show) -> None:
    transcript = show(conversation("?", "```\nshort\n```"))
    assert word_at(transcript, Wrap) is None


def test_a_click_breaks_the_lines_of_all_code_and_another_does_not(
    show: Show, qtbot: QtBot
) -> None:
    text = f"```\n{LONG}\n```\n\ntext\n\n```\n{LONG}\n```\n\n" + long_text(9)
    transcript = show(conversation("?", text), height=300)
    asked: list[bool] = []
    transcript.wrapping_changed.connect(asked.append)
    bar = transcript.verticalScrollBar()
    # The head of the second box shows, the first is above the view.
    bar.setValue(190)
    settle(qtbot, transcript)
    low = bar.maximum()
    for is_wrapped in (True, False):
        point = word_at(transcript, Wrap)
        assert point is not None
        click(transcript, point)
        settle(qtbot, transcript)
        assert isinstance(transcript.target_at(point), Wrap), "it stays under the pointer"
        assert (bar.maximum() > low) == is_wrapped
    assert asked == [True, False]


def test_whoever_owns_it_can_have_lines_broken(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("?", f"```\n{LONG}\n```"), height=150)
    low = transcript.verticalScrollBar().maximum()
    with qtbot.assertNotEmitted(transcript.wrapping_changed):
        transcript.set_code_wrapping(True)
    settle(qtbot, transcript)
    assert transcript.verticalScrollBar().maximum() > low


def test_the_code_at_a_point_is_all_of_it(show: Show, qtbot: QtBot) -> None:
    text = "".join(f"line {i}\n" for i in range(80))
    transcript = show(conversation("?", f"```\n{text}```"))
    assert transcript.code_at(transcript.viewport().rect().center()) == text
    transcript.verticalScrollBar().setValue(0)
    assert transcript.code_at(QPoint(5, 5)) is None

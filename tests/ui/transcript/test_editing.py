"""A message of the person's, edited where it stands."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.ui.theme import dark
from app.ui.transcript.view import Transcript
from tests.ui.transcript.conftest import Show, conversation, long_text, message, settle
from tests.ui.transcript.test_view import anew, are_alike, screen


@pytest.fixture(autouse=True)
def _no_blinking(qapp: QApplication) -> Iterator[None]:
    before = qapp.cursorFlashTime()
    qapp.setCursorFlashTime(0)
    yield
    qapp.setCursorFlashTime(before)


def page(transcript: Transcript) -> QPlainTextEdit:
    """Return what is written in."""
    pages = transcript.findChildren(QPlainTextEdit)
    assert len(pages) == 1
    assert isinstance(pages[0], QPlainTextEdit)
    return pages[0]


def press(
    transcript: Transcript,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    QTest.keyClick(page(transcript), key, modifier)


def top(transcript: Transcript) -> int:
    """Return where in the view one writes."""
    return page(transcript).mapTo(transcript.viewport(), QPoint()).y()


def is_closed(transcript: Transcript) -> bool:
    QApplication.processEvents()
    return not any(each.isVisible() for each in transcript.findChildren(QPlainTextEdit))


def test_the_editor_holds_the_message_and_enter_sends_it(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", "hello"))
    transcript.edit(1)
    assert page(transcript).toPlainText() == "hi"
    QTest.keyClicks(page(transcript), " there")
    press(transcript, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(page(transcript), "you")
    with qtbot.waitSignal(transcript.edited) as signal:
        press(transcript, Qt.Key.Key_Return)
    assert signal.args == [1, "hi there\nyou"]


def test_words_stay_until_they_are_safe(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", "hello"))
    transcript.edit(1)
    press(transcript, Qt.Key.Key_Return)
    with qtbot.assertNotEmitted(transcript.edited):
        press(transcript, Qt.Key.Key_Return)
    QTest.keyClicks(page(transcript), "x")
    assert page(transcript).toPlainText() == "hi"
    transcript.release_editor()
    QTest.keyClicks(page(transcript), "x")
    assert page(transcript).toPlainText() == "hix"
    assert page(transcript).hasFocus()
    press(transcript, Qt.Key.Key_Return)
    with qtbot.waitSignal(transcript.writing_wanted):
        transcript.close_editor()
    assert is_closed(transcript)
    assert transcript.edited_message is None


def test_enter_breaks_the_line_where_it_does_not_send(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi"))
    transcript.sends_on_enter = False
    transcript.edit(1)
    with qtbot.assertNotEmitted(transcript.edited):
        press(transcript, Qt.Key.Key_Return)
    with qtbot.waitSignal(transcript.edited) as signal:
        press(transcript, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert signal.args == [1, "hi\n"]


def test_nothing_but_space_is_not_sent(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi"))
    transcript.edit(1)
    page(transcript).setPlainText(" \n ")
    with qtbot.assertNotEmitted(transcript.edited):
        press(transcript, Qt.Key.Key_Return)


def test_enter_that_ends_a_composition_does_not_send(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi"))
    transcript.edit(1)
    QApplication.sendEvent(page(transcript), QInputMethodEvent("にほ", []))
    with qtbot.assertNotEmitted(transcript.edited):
        press(transcript, Qt.Key.Key_Return)


def test_esc_leaves_the_message_as_it_was(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", "hello"))
    before = transcript.viewport().grab().toImage()
    transcript.edit(1)
    QTest.keyClicks(page(transcript), "more")
    with qtbot.waitSignal(transcript.edit_cancelled) as signal:
        press(transcript, Qt.Key.Key_Escape)
    assert signal.args == [1]
    assert is_closed(transcript)
    settle(qtbot, transcript)
    press_escape = Qt.Key.Key_Escape
    QTest.keyClick(transcript, press_escape)
    assert transcript.viewport().grab().toImage() == before


@pytest.mark.parametrize("name", ["editsend", "editcancel"])
def test_its_buttons_do_what_its_keys_do(show: Show, qtbot: QtBot, name: str) -> None:
    transcript = show(conversation("hi"))
    transcript.edit(1)
    button = transcript.findChild(QPushButton, name)
    assert isinstance(button, QPushButton)
    signal = transcript.edited if name == "editsend" else transcript.edit_cancelled
    with qtbot.waitSignal(signal):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("text", ["a\u00a0b", "  two\n\nlines ", "\U0001d4b3 e\u0301", "tab\there"])
def test_every_character_is_kept(show: Show, qtbot: QtBot, text: str) -> None:
    transcript = show(conversation(text))
    transcript.edit(1)
    with qtbot.waitSignal(transcript.edited) as signal:
        press(transcript, Qt.Key.Key_Return)
    assert signal.args == [1, text]


def test_only_text_is_pasted(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi"))
    transcript.edit(1)
    rich = QMimeData()
    rich.setHtml("<b>bold</b>")
    rich.setText(" plain")
    QGuiApplication.clipboard().setMimeData(rich)
    page(transcript).paste()
    assert page(transcript).toPlainText() == "hi plain"


def test_it_grows_with_its_lines_to_twelve(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", "hello"), height=900)
    transcript.edit(1)
    heights = []
    for _ in range(20):
        heights.append(page(transcript).height())
        press(transcript, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        settle(qtbot, transcript)
        assert are_alike(screen(transcript), anew(transcript))
    assert all(heights[i] < heights[i + 1] for i in range(11))
    assert len(set(heights[11:])) == 1


def test_it_moves_with_the_page(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", long_text(9), "more", long_text(9)))
    transcript.edit(3)
    settle(qtbot, transcript)
    before = top(transcript)
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.value() + 33)
    assert top(transcript) == before - 33
    assert are_alike(screen(transcript), anew(transcript))
    bar.setValue(0)
    settle(qtbot, transcript)
    assert not transcript.viewport().rect().contains(QPoint(300, top(transcript)))
    assert page(transcript).toPlainText() == "more"


def test_what_is_typed_survives_width_theme_size_tab_and_branch(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi", long_text(3), "more", "fine")
    transcript = show(it)
    transcript.edit(3)
    page(transcript).insertPlainText(" words")
    transcript.resize(420, 500)
    settle(qtbot, transcript)
    transcript.set_theme(dark())
    transcript.set_text_scale(1.5)
    transcript.hide()
    transcript.show()
    settle(qtbot, transcript)
    assert page(transcript).toPlainText() == "more words"
    with qtbot.waitSignal(transcript.edit_put_away):
        it.add(message(5, "another", parent=2))
    settle(qtbot, transcript)
    assert is_closed(transcript)
    assert transcript.unsent_edits == ["more words"]
    QApplication.sendPostedEvents(None, 52)
    it.show_version(3)
    transcript.edit(3)
    settle(qtbot, transcript)
    assert page(transcript).toPlainText() == "more words"
    assert transcript.edited_message == 3
    assert are_alike(screen(transcript), anew(transcript))


def test_what_is_being_sent_stays_while_its_message_is_out_of_view(
    show: Show, qtbot: QtBot
) -> None:
    it = conversation("hi", "hello")
    transcript = show(it)
    transcript.edit(1)
    QTest.keyClicks(page(transcript), " there")
    press(transcript, Qt.Key.Key_Return)
    with qtbot.waitSignal(transcript.writing_wanted):
        it.add(message(3, "hi there", parent=None))
    it.remove(3)
    transcript.release_editor()
    settle(qtbot, transcript)
    assert page(transcript).toPlainText() == "hi there"
    assert page(transcript).isVisible()
    press(transcript, Qt.Key.Key_Return)
    it.add(message(4, "hi there", parent=None))
    transcript.release_editor()
    assert is_closed(transcript)
    assert transcript.unsent_edits == ["hi there"]


def test_editing_another_message_keeps_what_was_typed_over_the_first(
    show: Show, qtbot: QtBot
) -> None:
    transcript = show(conversation("one", "reply", "two", "reply"))
    transcript.edit(1)
    page(transcript).insertPlainText(" more")
    transcript.edit(3)
    QApplication.sendPostedEvents(None, 52)
    assert page(transcript).toPlainText() == "two"
    transcript.edit(1)
    QApplication.sendPostedEvents(None, 52)
    assert page(transcript).toPlainText() == "one more"


def test_a_reply_cannot_be_edited(show: Show) -> None:
    transcript = show(conversation("hi", "hello"))
    transcript.edit(2)
    assert transcript.edited_message is None


def test_the_editor_lies_within_the_column_at_its_right_edge(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", "hello"))
    transcript.edit(1)
    settle(qtbot, transcript)
    box = page(transcript).parentWidget()
    assert box is not None
    assert box.width() == 560
    view = transcript.viewport()
    right = box.mapTo(view, QPoint(box.width(), 0)).x()
    assert right == (view.width() + 664) // 2

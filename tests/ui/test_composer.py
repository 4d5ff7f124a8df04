"""The composer sends on Enter, keeps what is typed, and takes plain text only."""

import itertools

import pytest
from PySide6.QtCore import QMimeData, QRect, Qt
from PySide6.QtGui import QImage, QInputMethodEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.chat.settings import SendKey
from app.ui import theme
from app.ui.composer import Composer
from app.ui.page import MAX_LINES

# Qt's offscreen platform has nothing to raise a menu over.
MENUS = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def composer(qtbot: QtBot) -> Composer:
    composer = Composer()
    qtbot.addWidget(composer)
    composer.resize(600, 200)
    composer.show()
    return composer


def button(composer: Composer, name: str) -> QAbstractButton:
    found = composer.findChild(QAbstractButton, name)
    assert found is not None
    return found


def pasted(text: str) -> QMimeData:
    source = QMimeData()
    source.setText(text)
    return source


def type_in(qtbot: QtBot, composer: Composer, text: str) -> None:
    qtbot.keyClicks(composer.page, text)


def test_enter_submits_and_keeps_the_words_until_they_are_safe(
    composer: Composer, qtbot: QtBot
) -> None:
    submitted: list[str] = []
    composer.submitted.connect(submitted.append)
    type_in(qtbot, composer, "hello")
    qtbot.keyClick(composer.page, Qt.Key.Key_Return)
    composer.hold()
    qtbot.keyClick(composer.page, Qt.Key.Key_Return)
    type_in(qtbot, composer, "more")
    assert submitted == ["hello"], "a second Enter sends nothing twice"
    assert composer.words.startswith("hello")
    composer.release(clear=True)
    assert composer.words == "more", "what was typed meanwhile stays"


def test_words_that_were_changed_while_they_were_saved_stay(
    composer: Composer, qtbot: QtBot
) -> None:
    composer.write("😀 hello")
    composer.hold()
    composer.recall("something else")
    composer.release(clear=True)
    assert composer.words == "something else"
    composer.write("😀 hello")
    composer.hold()
    type_in(qtbot, composer, " more")
    composer.release(clear=True)
    assert composer.words == " more", "counted as Qt counts"


def test_words_that_were_not_saved_stay(composer: Composer, qtbot: QtBot) -> None:
    type_in(qtbot, composer, "hello")
    composer.hold()
    composer.release(clear=False)
    assert composer.words == "hello"


def test_shift_enter_breaks_the_line_and_blanks_alone_are_not_sent(
    composer: Composer, qtbot: QtBot
) -> None:
    submitted: list[str] = []
    composer.submitted.connect(submitted.append)
    qtbot.keyClick(composer.page, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(composer.page, Qt.Key.Key_Return)
    assert submitted == []
    type_in(qtbot, composer, "a")
    qtbot.keyClick(composer.page, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    type_in(qtbot, composer, "b")
    assert composer.words == "\na\nb"


def test_what_is_pasted_is_plain_text_to_the_last_character(composer: Composer) -> None:
    rich = QMimeData()
    rich.setHtml('<b>bold</b><img src="/etc/passwd">')
    rich.setText("no\u00a0break <b>as it is</b>")
    composer.page.insertFromMimeData(rich)
    assert composer.words == "no\u00a0break <b>as it is</b>"


def test_a_megabyte_without_a_blank_can_be_pasted(composer: Composer) -> None:
    line = QMimeData()
    line.setText("x" * 1_000_000)
    composer.page.insertFromMimeData(line)
    assert len(composer.words) == 1_000_000


def test_it_grows_with_the_lines_and_then_scrolls(composer: Composer) -> None:
    heights = []
    for lines in (1, 2, MAX_LINES, MAX_LINES + 1, 100):
        composer.write("\n".join("x" * lines))
        heights.append(composer.page.sizeHint().height())
    one, two, most, more, hundred = heights
    assert one < two < most
    assert most == more == hundred


def test_a_stream_shows_stop_and_enter_does_not_send_into_it(
    composer: Composer, qtbot: QtBot
) -> None:
    submitted: list[str] = []
    composer.submitted.connect(submitted.append)
    composer.show_streaming(True)
    type_in(qtbot, composer, "next")
    qtbot.keyClick(composer.page, Qt.Key.Key_Return)
    assert submitted == []
    send = button(composer, "send")
    assert send.accessibleName() == "Stop"
    with qtbot.waitSignal(composer.stop_requested):
        qtbot.mouseClick(send, Qt.MouseButton.LeftButton)
    assert composer.words == "next"
    composer.show_streaming(False)
    assert send.accessibleName() == "Send"
    with qtbot.waitSignal(composer.submitted):
        qtbot.keyClick(send, Qt.Key.Key_Return)


@MENUS
def test_names_with_ampersands_and_mark_up_are_shown_as_they_are(composer: Composer) -> None:
    composer.show_model("R&D <b>x</b>", "free")
    composer.show_payer("A&B", [("1", "A&B"), ("2", "C")], "1")
    assert "R&D <b>x</b>" in button(composer, "model").accessibleName()
    assert "<" not in button(composer, "model").toolTip()
    button(composer, "payer").click()
    menu = composer.findChild(QMenu)
    assert menu is not None
    assert [action.text() for action in menu.actions()] == ["A&&B", "C"]
    menu.close()


# Keys


def test_with_ctrl_enter_as_the_sending_key_enter_breaks_the_line(
    composer: Composer, qtbot: QtBot
) -> None:
    submitted: list[str] = []
    composer.submitted.connect(submitted.append)
    composer.set_send_key(SendKey.CTRL_ENTER)
    assert "Ctrl+Enter" in button(composer, "send").toolTip()
    type_in(qtbot, composer, "a")
    qtbot.keyClick(composer.page, Qt.Key.Key_Return)
    type_in(qtbot, composer, "b")
    assert submitted == []
    qtbot.keyClick(composer.page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert submitted == ["a\nb"]


def test_enter_belongs_to_the_input_method_while_it_composes(
    composer: Composer, qtbot: QtBot
) -> None:
    submitted: list[str] = []
    composer.submitted.connect(submitted.append)
    composer.page.setFocus()
    QApplication.sendEvent(composer.page, QInputMethodEvent("ni", []))
    with qtbot.assertNotEmitted(composer.recall_requested):
        qtbot.keyClick(composer.page, Qt.Key.Key_Up)
    qtbot.keyClick(composer.page, Qt.Key.Key_Return)
    assert submitted == []
    done = QInputMethodEvent("", [])
    done.setCommitString("你")
    QApplication.sendEvent(composer.page, done)
    assert composer.words == "你"
    qtbot.keyClick(composer.page, Qt.Key.Key_Return)
    assert submitted == ["你"]


def test_the_arrow_up_recalls_only_into_an_empty_composer(composer: Composer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(composer.recall_requested):
        qtbot.keyClick(composer.page, Qt.Key.Key_Up)
    with qtbot.waitSignal(composer.edited):
        composer.recall("what I said\nbefore")
    assert composer.words == "what I said\nbefore"
    with qtbot.assertNotEmitted(composer.recall_requested):
        qtbot.keyClick(composer.page, Qt.Key.Key_Up)
    composer.page.undo()
    assert composer.words == "", "it was typed, as it were"


def test_a_draft_that_is_put_in_does_not_count_as_typing(composer: Composer, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(composer.edited):
        composer.write("a draft")
    with qtbot.waitSignal(composer.edited):
        type_in(qtbot, composer, "!")
    assert composer.words == "a draft!"


# Very much


def test_twenty_thousand_pasted_lines_are_one_edit_and_all_there(
    composer: Composer, qtbot: QtBot
) -> None:
    text = "\n".join(f"line {i} of a log that somebody wants explained" for i in range(20_000))
    edits: list[int] = []
    composer.edited.connect(lambda: edits.append(1))
    composer.page.insertFromMimeData(pasted(text))
    assert edits == [1]
    assert composer.words == text
    type_in(qtbot, composer, "?")
    assert composer.words == text + "?"


def test_a_draft_without_a_blank_is_put_in_and_taken_out_at_once(composer: Composer) -> None:
    # Laid out at words, either way takes half a minute: the test's own limit catches it.
    composer.write("x" * 1_000_000)
    assert len(composer.words) == 1_000_000
    composer.hold()
    composer.release(clear=True)
    assert composer.words == ""


# The footer


@MENUS
def test_who_pays_is_chosen_in_a_menu(composer: Composer, qtbot: QtBot) -> None:
    payer = button(composer, "payer")
    assert payer.text() == "No account"
    assert not payer.isEnabled()
    composer.show_payer("Research Lab", [("1", "Ada"), ("2", "Ada · Research Lab")], "2")
    assert payer.text() == "Research Lab pays"
    assert composer.findChild(QMenu) is None, "made when it is asked for"
    qtbot.keyClick(payer, Qt.Key.Key_Space)
    menu = composer.findChild(QMenu)
    assert menu is not None
    assert [action.isChecked() for action in menu.actions()] == [False, True]
    with qtbot.waitSignal(composer.account_chosen) as chosen:
        menu.actions()[0].trigger()
    menu.close()
    assert chosen.args == ["1"]


def test_model_and_parameters_are_asked_for(composer: Composer, qtbot: QtBot) -> None:
    composer.show_parameters("Temperature 0.2")
    assert "Temperature 0.2" in button(composer, "parameters").accessibleName()
    with qtbot.waitSignal(composer.model_requested):
        button(composer, "model").click()
    with qtbot.waitSignal(composer.parameters_requested):
        button(composer, "parameters").click()


@pytest.mark.parametrize("width", [240, 320, 420, 520, 712])
@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2])
def test_nothing_overlaps_however_narrow_it_is(
    composer: Composer, width: int, direction: Qt.LayoutDirection
) -> None:
    composer.setLayoutDirection(direction)
    composer.show_model("A name that goes on " * 15, "$1.68 / $5.28")
    composer.show_parameters("Temperature 0.2 · 512 tokens · Stop: 2")
    composer.show_payer("A laboratory with a name " * 12, [("1", "Lab")], "1")
    composer.resize(width, 120)
    composer.set_theme(theme.dark())
    names = ("model", "parameters", "payer", "send")
    places = [button(composer, name).geometry() for name in names]
    footer = button(composer, "model").parentWidget()
    assert footer is not None
    room = QRect(0, 0, footer.width(), footer.height())
    assert footer.width() <= width
    assert all(room.contains(place) for place in places)
    if direction is Qt.LayoutDirection.RightToLeft:
        places.reverse()
    for one, other in itertools.pairwise(places):
        assert one.right() < other.left()


def test_the_box_has_a_ring_while_the_cursor_is_in_it(composer: Composer) -> None:
    composer.activateWindow()
    composer.page.clearFocus()
    before = composer.grab().toImage().pixelColor(composer.width() // 2, 0)
    composer.page.setFocus()
    ring = composer.grab().toImage().pixelColor(composer.width() // 2, 0)
    assert ring == theme.light().colours.accent
    assert before == theme.light().colours.strong_line


def test_another_model_is_named_at_once(composer: Composer, qtbot: QtBot) -> None:
    def on_screen() -> QImage:
        """Return the page as it was painted last."""
        QApplication.processEvents()
        page = composer.page
        place = QRect(page.mapTo(composer, page.rect().topLeft()), page.size())
        return composer.screen().grabWindow(composer.winId()).toImage().copy(place)

    with qtbot.waitExposed(composer):
        composer.show_model("tour", "free")
    before = on_screen()
    assert before == on_screen(), "there is no cursor yet"
    composer.show_model("Demo: tour", "free")
    assert before != on_screen()

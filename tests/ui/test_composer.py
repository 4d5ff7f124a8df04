"""The composer sends on Enter, keeps what is typed, and takes plain text only."""

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.ui.composer import MAX_LINES, Composer


@pytest.fixture
def composer(qtbot: QtBot) -> Composer:
    composer = Composer()
    qtbot.addWidget(composer)
    composer.resize(600, 200)
    composer.show()
    return composer


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
    assert composer.words == "hello"
    composer.release(clear=True)
    assert composer.words == ""


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
    button = composer.findChild(QPushButton, "send")
    assert button is not None
    assert button.text() == "Stop"
    with qtbot.waitSignal(composer.stop_requested):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert composer.words == "next"


def test_names_with_ampersands_and_mark_up_are_shown_as_they_are(composer: Composer) -> None:
    composer.show_model("R&D <b>x</b>", "free")
    composer.show_payer("A&B", [("1", "A&B"), ("2", "C")], "1")
    model = composer.findChild(QPushButton, "model")
    assert model is not None
    assert model.text().startswith("R&&D <b>x</b>")

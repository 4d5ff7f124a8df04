"""The transcript, seen and clicked."""

from collections.abc import Iterator
from statistics import median

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chat.conversation import Conversation
from app.chat.heading import Heading
from app.chat.message import Delta, Role, Status
from app.ui.notice import Act
from app.ui.theme import dark, light
from app.ui.transcript.position import END
from app.ui.transcript.view import Transcript
from tests.ui.transcript.conftest import (
    FAILED,
    PARAGRAPH,
    Show,
    Words,
    begin_reply,
    click,
    conversation,
    deltas,
    end_reply,
    hot_spots,
    long_text,
    message,
    settle,
)


def places_of(transcript: Transcript, colour: QColor) -> Iterator[QPoint]:
    """Return the points of the view that are painted in a colour."""
    image = transcript.viewport().grab().toImage()
    for y in range(image.height()):
        for x in range(image.width()):
            if image.pixelColor(x, y) == colour:
                yield QPoint(x, y)


def screen(transcript: Transcript) -> QImage:
    """Return what is really on the screen, with all that was only partly repainted."""
    QApplication.processEvents()
    handle = transcript.window().windowHandle()
    return handle.screen().grabWindow(transcript.winId()).toImage()


def anew(transcript: Transcript) -> QImage:
    """Return what the screen shows after all of it was painted anew."""
    transcript.viewport().update()
    return screen(transcript)


def are_alike(one: QImage, other: QImage) -> bool:
    """Return whether two pictures are the same.

    A curve cut off at the edge of the view may come out one level of 256
    lighter or darker than before it was moved there.
    """
    if one.size() != other.size():
        return False
    pairs = zip(bytes(one.constBits()), bytes(other.constBits()), strict=True)
    return one == other or max(abs(a - b) for a, b in pairs) <= 1


# What it shows


def test_an_empty_conversation_paints_the_surface_and_nothing_else(show: Show) -> None:
    transcript = show(conversation())
    image = transcript.viewport().grab().toImage()
    assert {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 3)
        for y in range(0, image.height(), 3)
    } == {light().colours.surface.name()}
    assert transcript.is_pinned


def test_the_persons_message_stands_at_the_right_and_a_reply_at_the_left(show: Show) -> None:
    transcript = show(conversation("hi", "hello"))
    own = list(places_of(transcript, light().colours.own_message))
    assert min(p.x() for p in own) > 600
    ink = [p for p in places_of(transcript, light().colours.text) if p.y() > 70]
    assert min(p.x() for p in ink) < 60


def test_the_persons_text_is_not_markdown(show: Show) -> None:
    plain = show(conversation("aa bb\ncc"))
    marked = show(conversation("# a *b*\n- c"))
    height = plain.verticalScrollBar().maximum()
    assert marked.verticalScrollBar().maximum() == height
    assert marked.counts.characters_parsed == 0
    assert own_height(marked) == own_height(plain)


def own_height(transcript: Transcript) -> int:
    ys = [p.y() for p in places_of(transcript, light().colours.own_message)]
    return max(ys) - min(ys)


def test_the_persons_line_ends_are_kept(show: Show) -> None:
    one, three = show(conversation("a b c")), show(conversation("a\n\nb"))
    pitch = light().type.transcript.line
    assert own_height(three) == own_height(one) + 2 * pitch


def test_a_system_message_is_not_shown(show: Show) -> None:
    it = Conversation(
        Heading(1),
        [message(1, "Be brief.", role=Role.SYSTEM), message(2, "hi", role=Role.USER)],
    )
    transcript, plain = show(it), show(conversation("hi"))
    assert transcript.viewport().grab().toImage() == plain.viewport().grab().toImage()


def test_html_in_a_reply_is_visible(show: Show) -> None:
    with_tags = show(conversation("?", "x <script>y</script>"))
    without = show(conversation("?", "x y"))
    ink = light().colours.text
    assert len(list(places_of(with_tags, ink))) > 1.3 * len(list(places_of(without, ink)))


def test_a_reply_that_waits_says_so_and_one_that_streams_has_a_caret(
    show: Show, qtbot: QtBot
) -> None:
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    settle(qtbot, transcript)
    accent = light().colours.accent
    assert not list(places_of(transcript, accent))
    it.extend(reply, [Delta("Some text")])
    settle(qtbot, transcript)
    caret = list(places_of(transcript, accent))
    assert 8 * 12 <= len(caret) <= 8 * 16
    end_reply(it, reply)
    settle(qtbot, transcript)
    assert not list(places_of(transcript, accent))


def test_no_timer_runs_when_nothing_changes(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    it.extend(reply, [Delta("text")])
    settle(qtbot, transcript)
    before = transcript.counts.flushes, transcript.counts.paints
    qtbot.wait(120)
    assert (transcript.counts.flushes, transcript.counts.paints) == before


def test_another_theme_changes_every_colour(show: Show) -> None:
    transcript = show(conversation("hi", "hello *there*"))
    transcript.set_theme(dark())
    image = transcript.viewport().grab().toImage()
    assert image.pixelColor(2, 2) == dark().colours.surface
    assert not list(places_of(transcript, light().colours.own_message))
    assert list(places_of(transcript, dark().colours.own_message))


@pytest.mark.parametrize("width", [120, 30])
def test_a_very_narrow_window_is_survived(show: Show, width: int) -> None:
    code = "```python\nsome_long_name = another_long_name\n```"
    transcript = show(conversation("hi " * 20, "- - - a\n\n> > b\n\n" + code), width, 300)
    assert transcript.counts.paints


# Clicking


def test_a_link_tells_where_it_leads_and_opens_nothing(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("?", "[the paper](https://arxiv.org/abs/1)"))
    spots = hot_spots(transcript)
    with qtbot.waitSignal(transcript.link_activated) as signal:
        click(transcript, spots[0])
    assert signal.args == ["https://arxiv.org/abs/1", ""]


@pytest.mark.parametrize(
    "source", ["[x](javascript:alert(1))", "[x](file:///etc/passwd)", "[x](https://a@b.c)", "x"]
)
def test_what_is_not_a_safe_link_cannot_be_clicked(show: Show, qtbot: QtBot, source: str) -> None:
    transcript = show(conversation("?", source), height=160)
    assert not hot_spots(transcript)


def test_only_the_text_of_a_link_can_be_clicked(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("?", "a [b](https://c.d) e"))
    spots = hot_spots(transcript)
    assert spots
    assert max(p.x() for p in spots) - min(p.x() for p in spots) <= 16


def test_offers_tell_which_message_and_what_to_do(show: Show, qtbot: QtBot, words: Words) -> None:
    words.notices[2] = FAILED
    it = Conversation(Heading(1), [message(1, "hi"), message(2, "part", status=Status.FAILED)])
    transcript = show(it)
    taken = []
    transcript.offer_taken.connect(lambda message_id, act: taken.append((message_id, act)))
    spots = hot_spots(transcript)
    row = [p for p in spots if p.y() == spots[0].y()]
    for point in (row[0], row[-1]):
        click(transcript, point)
    assert taken == [(2, Act.CONTINUE), (2, Act.RETRY)]


def test_pressing_on_one_thing_and_letting_go_on_another_does_nothing(
    show: Show, qtbot: QtBot
) -> None:
    transcript = show(conversation("?", "[a](https://b.c)\n\n[d](https://e.f)"))
    spots = hot_spots(transcript)
    view, left = transcript.viewport(), Qt.MouseButton.LeftButton
    with qtbot.assertNotEmitted(transcript.link_activated):
        QTest.mousePress(view, left, pos=spots[0])
        QTest.mouseRelease(view, left, pos=spots[-1])


def test_copy_puts_all_of_a_code_block_on_the_clipboard(show: Show, qtbot: QtBot) -> None:
    code = "".join(f"line {i}\n" for i in range(80))
    transcript = show(conversation("?", f"```text\n{code}```\n\nafter"))
    transcript.verticalScrollBar().setValue(0)
    settle(qtbot, transcript)
    spots = hot_spots(transcript)
    click(transcript, spots[0])
    assert QGuiApplication.clipboard().text() == code


def test_reasoning_is_folded_until_it_is_clicked(show: Show, qtbot: QtBot) -> None:
    reasoning = PARAGRAPH * 4
    reply = message(2, "So.", reasoning=reasoning, reasoning_length=len(reasoning))
    transcript = show(Conversation(Heading(1), [message(1, "why?"), reply]))
    muted = light().colours.muted
    folded = len(list(places_of(transcript, muted)))
    spot = hot_spots(transcript)[0]
    click(transcript, spot)
    settle(qtbot, transcript)
    assert len(list(places_of(transcript, muted))) > 3 * folded
    click(transcript, spot)
    settle(qtbot, transcript)
    assert len(list(places_of(transcript, muted))) == folded


def test_reasoning_that_streams_is_shown_when_unfolded(show: Show, qtbot: QtBot) -> None:
    it = conversation("why?")
    transcript = show(it)
    reply = begin_reply(it)
    it.extend(reply, [Delta(reasoning="First")])
    settle(qtbot, transcript)
    click(transcript, hot_spots(transcript)[0])
    settle(qtbot, transcript)
    before = len(list(places_of(transcript, light().colours.muted)))
    it.extend(reply, [Delta(reasoning=" and " + PARAGRAPH)])
    settle(qtbot, transcript)
    assert len(list(places_of(transcript, light().colours.muted))) > before + 100


# Captions


def test_a_caption_is_asked_anew_without_touching_texts(
    show: Show, qtbot: QtBot, words: Words
) -> None:
    it = conversation("hi", long_text(2), "more")
    transcript = show(it)
    reply = begin_reply(it)
    settle(qtbot, transcript)
    counts = transcript.counts
    layouts, parsed = counts.layouts, counts.characters_parsed
    before = transcript.viewport().grab().toImage()
    words.elapsed = "12 s"
    transcript.refresh_captions(reply)
    settle(qtbot, transcript)
    assert transcript.viewport().grab().toImage() != before
    assert counts.characters_parsed == parsed
    assert counts.layouts == layouts + 1


def test_refreshing_captions_that_say_the_same_lays_nothing_out(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation("hi", long_text(3)))
    layouts = transcript.counts.layouts
    transcript.refresh_captions()
    settle(qtbot, transcript)
    assert transcript.counts.layouts == layouts


# The picture


def streamed_text() -> str:
    code = "```python\n" + "".join(f"def f{i}(x):\n    return x\n" for i in range(30)) + "```\n\n"
    return f"## Heading\n\n{long_text(3)}\n\n- a **b**\n- c\n\n{code}> quote\n\n1. x\n2. y\n\n" + (
        "```\nopen fence\n" + "x = 1\n" * 40
    )


@pytest.mark.parametrize("size", [7, 60])
def test_what_was_partly_repainted_is_what_a_full_repaint_shows(
    show: Show, qtbot: QtBot, size: int
) -> None:
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    for i, delta in enumerate(deltas(streamed_text(), size)):
        it.extend(reply, [delta])
        settle(qtbot, transcript)
        if i % 9 == 0:
            assert are_alike(screen(transcript), anew(transcript))
    end_reply(it, reply)
    settle(qtbot, transcript)
    assert are_alike(screen(transcript), anew(transcript))


def test_the_caret_leaves_nothing_behind_when_it_leaves_a_table(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    for line in ("| a | b |\n|---|---|\n", "| 1 | 2 |\n", "| 3 | 4 |\n", "\n", "Then ", "more"):
        it.extend(reply, [Delta(line)])
        settle(qtbot, transcript)
        assert are_alike(screen(transcript), anew(transcript))


def test_a_frame_of_a_stream_repaints_a_quarter_of_the_view_at_most(
    show: Show, qtbot: QtBot
) -> None:
    it = conversation("hi")
    transcript = show(it)
    reply = begin_reply(it)
    settle(qtbot, transcript)
    counts, shares = transcript.counts, []
    for delta in deltas(streamed_text()):
        before = counts.painted_pixels
        it.extend(reply, [delta])
        settle(qtbot, transcript)
        shares.append((counts.painted_pixels - before) / transcript.viewport().height())
    assert median(shares) <= 0.25


def test_after_scrolling_the_picture_is_what_a_full_repaint_shows(show: Show, qtbot: QtBot) -> None:
    transcript = show(conversation(*[long_text(4), streamed_text()] * 6))
    bar = transcript.verticalScrollBar()
    for step in (-70, -300, 40, -555, -1_500, 90, -33, 700):
        bar.setValue(bar.value() + step)
        assert are_alike(screen(transcript), anew(transcript))


def test_the_picture_is_right_while_the_reader_is_elsewhere(show: Show, qtbot: QtBot) -> None:
    it = conversation("hi", long_text(8), "more")
    transcript = show(it)
    reply = begin_reply(it)
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() - 200)
    for delta in deltas(streamed_text(), 60):
        it.extend(reply, [delta])
        settle(qtbot, transcript)
    assert are_alike(screen(transcript), anew(transcript))


def test_end_is_where_a_transcript_begins(show: Show) -> None:
    assert show(conversation("a", long_text(30))).position() == END

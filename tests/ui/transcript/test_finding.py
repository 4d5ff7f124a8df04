"""What is found can be gone to, is counted as it shows, and takes no time from typing."""

from collections.abc import Callable, Sequence
from time import perf_counter

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chat.conversation import Conversation, Heading
from app.chat.message import Delta
from app.ui.theme import dark, light
from app.ui.transcript.findable import FindableTranscript
from app.ui.transcript.finding import Answer, Finding, Tally
from app.ui.transcript.selection import Stretch, TextPosition
from app.ui.transcript.sought import Sought
from tests.ui.transcript.conftest import (
    Words,
    begin_reply,
    conversation,
    end_reply,
    long_text,
    message,
    settle,
)


class Search:
    """A search in a conversation that shows; what is on disk is looked through at once."""

    def __init__(self, qtbot: QtBot, it: Conversation, disk: dict[int, str]) -> None:
        self._qtbot = qtbot
        self._disk = disk
        self.conversation = it
        self.transcript = FindableTranscript(it, Words(), light())
        qtbot.addWidget(self.transcript)
        self.transcript.resize(700, 500)
        self.finding = Finding(it, self.transcript, self._look, self.transcript)
        self.transcript.show()
        qtbot.waitExposed(self.transcript)
        qtbot.waitUntil(lambda: self.transcript.counts.paints > 0)
        settle(qtbot, self.transcript)

    def _look(self, ids: Sequence[int], count: Callable[[str], int], answer: Answer) -> None:
        found = [(i, count(self._disk[i])) for i in ids]
        answer(ids, [(i, times) for i, times in found if times])

    def look_for(self, text: str) -> Tally:
        self.finding.look_for(text)
        return self.rest()

    def step(self, step: int) -> Tally:
        self.finding.step(step)
        return self.rest()

    def rest(self) -> Tally:
        """Wait until there is nothing left to do."""
        timers = self.finding.findChildren(QTimer)
        for _ in range(2):
            self._qtbot.waitUntil(lambda: not any(timer.isActive() for timer in timers))
            settle(self._qtbot, self.transcript)
        return self.finding.tally

    @property
    def current(self) -> Stretch:
        assert self.finding.current is not None
        return self.finding.current

    @property
    def is_current_in_view(self) -> bool:
        it = self.current
        line = self.transcript.line_of(TextPosition(it.message_id, it.place, it.start))
        view = self.transcript.viewport().rect()
        return line is not None and view.contains(line.topLeft())

    def shows(self, colour: QColor) -> bool:
        image = self.transcript.viewport().grab().toImage()
        points = ((x, y) for y in range(0, image.height(), 2) for x in range(0, image.width(), 2))
        return any(image.pixelColor(x, y) == colour for x, y in points)


Open = Callable[..., Search]


@pytest.fixture
def search(qtbot: QtBot) -> Open:
    return lambda it, disk=None: Search(qtbot, it, disk or {})


# What counts as the same


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("Loss", "loss, LOSS and gloss", [(0, 4), (6, 10), (16, 20)]),
        ("a.c", "abc a.c", [(4, 7)]),
        ("two  words", "two\u2028words", [(0, 9)]),
        ("b", "😀b😀b", [(2, 3), (5, 6)]),
        ("ÄRGER", "ärger", [(0, 5)]),
        (" ", "a b", []),
    ],
)
def test_upper_case_and_spaces_do_not_matter(
    words: str, text: str, found: list[tuple[int, int]]
) -> None:
    assert list(Sought(words).stretches(text)) == found


@pytest.mark.parametrize(
    "source",
    ["of the loss", "of **the** `loss`", "[of the](https://a.b/c) loss", "> of the\n> loss"],
)
def test_what_shows_as_words_is_found_in_its_source(source: str) -> None:
    assert Sought("of the loss").count(source) == 1


def test_long_sources_are_counted_in_pieces_without_missing_any() -> None:
    source = "needle in hay, " * 20_000
    assert Sought("needle in").count(source) == 20_000
    assert Sought("y, needle").count(source) == 19_999
    assert max(Sought("hay").counts(source)) < 1_000


# Going from hit to hit


def test_hits_are_counted_as_they_show(search: Open) -> None:
    it = search(
        conversation("A loss?", "The **lo**ss, [loss](https://loss.example/loss) and `loss`")
    )
    assert it.look_for("loss").total == 4
    assert it.look_for("the loss,").total == 1
    assert it.look_for("nowhere") == Tally()
    assert it.look_for("") == Tally()


def test_steps_go_through_all_of_it_and_round(search: Open) -> None:
    texts = ["x", long_text(20) + " needle", "needle", long_text(30), "a needle and a needle"]
    it = search(conversation(*texts))
    it.transcript.verticalScrollBar().setValue(0)
    seen = [(it.look_for("Needle"), it.current.message_id, it.is_current_in_view)]
    for step in (1, 1, 1, 1, -1, -1):
        seen.append((it.step(step), it.current.message_id, it.is_current_in_view))
    numbers, ids = [1, 2, 3, 4, 1, 4, 3], [2, 3, 5, 5, 2, 5, 5]
    assert seen == [(Tally(n, 4), i, True) for n, i in zip(numbers, ids, strict=True)]


def test_a_search_goes_from_where_the_person_is(search: Open) -> None:
    it = search(conversation(*[f"needle {i} needles" for i in range(40)]))
    assert it.transcript.is_pinned
    first = it.transcript.messages_in_view[0]
    it.look_for("needle")
    assert it.current.message_id == first
    it.step(1)
    before = it.current
    it.look_for("needles")
    assert (it.current.message_id, it.current.start) == (before.message_id, before.start)
    assert it.current.end == before.end + 1


def test_what_does_not_show_is_passed_over_and_not_counted(search: Open) -> None:
    link = "[see](https://needle.example)\n\n" + long_text(500)
    it = search(conversation("needle", link, "and", link, "needle"))
    it.transcript.verticalScrollBar().setValue(0)
    it.look_for("needle")
    assert it.current.message_id == 1
    assert it.step(1) == Tally(2, 2)
    assert it.current.message_id == 5


def test_steps_pressed_faster_than_texts_are_read_are_all_taken(search: Open) -> None:
    it = search(conversation(*["needle " + long_text(4)] * 60))
    it.transcript.verticalScrollBar().setValue(0)
    it.look_for("needle")
    for _ in range(25):
        it.finding.step(1)
    assert it.rest() == Tally(26, 60)
    assert it.is_current_in_view


def test_reasoning_unfolds_when_its_hit_is_gone_to(search: Open) -> None:
    thought = "First the needle, then that. " * 3
    reply = message(2, "The needle.", reasoning=thought, reasoning_length=len(thought))
    it = search(Conversation(Heading(1), [message(1, "why?"), reply]))
    assert it.look_for("needle") == Tally(1, 4)
    assert it.current.place < 0
    assert it.is_current_in_view
    assert it.shows(light().colours.accent)
    before = it.current
    it.step(1)
    it.step(-1)
    assert it.current == before
    assert it.is_current_in_view, "it is not folded again"


# What changes meanwhile


def test_what_streams_in_is_found_too(search: Open) -> None:
    it = search(conversation("needle?"))
    it.look_for("needle")
    reply = begin_reply(it.conversation)
    it.conversation.extend(reply, [Delta(reasoning="A needle. "), Delta("A nee")])
    assert it.rest() == Tally(1, 2)
    it.conversation.extend(reply, [Delta("dle and\n\n**need"), Delta("le**, more\n\n")])
    assert it.rest() == Tally(1, 4)
    end_reply(it.conversation, reply)
    assert it.rest() == Tally(1, 4)
    assert it.step(-1) == Tally(4, 4)


def test_texts_on_disk_are_found_and_read_when_they_are_gone_to(search: Open) -> None:
    texts = {i: f"text {i} " * 150 + ("needle" if i in (3, 30) else "") for i in range(1, 61)}
    it = search(
        Conversation(Heading(1), [message(i, None, length=len(t)) for i, t in texts.items()]),
        texts,
    )
    asked: list[int] = []
    it.conversation.bodies_wanted.connect(asked.extend)
    it.finding.look_for("needle")
    assert it.rest() == Tally(None, 2, is_searching=True)
    assert asked == [3], "only what is gone to"
    it.conversation.fill([(3, texts[3], "")])
    assert it.rest() == Tally(1, 2)
    assert it.current.message_id == 3


def test_another_branch_is_searched_anew(search: Open) -> None:
    both = [message(1, "needle"), message(2, "needle needle"), message(3, "needle")]
    other = message(4, "nothing", parent=1)
    it = search(Conversation(Heading(1, leaf=3), [*both, other]))
    assert it.look_for("needle") == Tally(1, 4)
    it.conversation.show_version(4)
    assert it.rest() == Tally(1, 1)
    it.conversation.show_version(2)
    assert it.rest() == Tally(1, 4)


@pytest.mark.parametrize("change", ["theme", "width"])
def test_hits_stay_marked_through_every_relayout(search: Open, change: str) -> None:
    it = search(conversation("a needle", "**A** needle in " + long_text(1)))
    it.look_for("needle")
    if change == "theme":
        it.transcript.set_theme(dark())
    else:
        it.transcript.resize(600, 500)
    assert it.rest() == Tally(1, 2)
    colours = (dark() if change == "theme" else light()).colours
    assert it.shows(colours.accent)
    assert it.shows(colours.warning_wash)
    it.look_for("")
    assert not it.shows(colours.warning_wash)


# How long it takes


def test_ten_thousand_messages_are_searched_without_a_stall(search: Open) -> None:
    it = search(
        conversation(*[f"needle {i}. " + "some more **text** " * 40 for i in range(10_000)])
    )
    parsed = it.transcript.counts.messages_parsed
    typed: list[float] = []
    for text in ("n", "ne", "need", "needle", "some more text", "needle 77"):
        begun = perf_counter()
        it.finding.look_for(text)
        typed.append(perf_counter() - begun)
        QApplication.processEvents()
    assert it.rest().total == 111
    ticks: list[float] = []
    it.finding.look_for("some more text")
    while it.finding.findChildren(QTimer)[0].isActive():
        begun = perf_counter()
        QApplication.processEvents()
        ticks.append(perf_counter() - begun)
    assert max(*typed, *ticks) < 0.1
    assert it.transcript.counts.messages_parsed - parsed < 60

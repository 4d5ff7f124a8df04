"""What is found can be gone to, is counted as it shows, and takes no time from typing."""

from collections.abc import Callable, Sequence

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from app.chat.conversation import Conversation
from app.chat.heading import Heading
from app.chat.message import Completion, Delta
from app.ui.theme import dark, light
from app.ui.transcript import hits
from app.ui.transcript.findable import FindableTranscript
from app.ui.transcript.finding import Finding, Tally
from app.ui.transcript.searching import Answer
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
        self.answers: list[Answer] | None = None
        """Who waits for the disk, if it is not to answer by itself."""
        self.counts: list[Callable[[str], int]] = []
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
        self.counts.append(count)
        if self.answers is not None:
            self.answers.append(answer)
            return
        found = [(i, count(self._disk.get(i, ""))) for i in ids]
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
        view = self.transcript.viewport().rect()
        ends = [TextPosition(it.message_id, it.place, offset) for offset in (it.start, it.end)]
        lines = [self.transcript.line_of(end) for end in ends]
        # The column ends before the view does.
        view.setRight(view.right() - 20)
        return all(line is not None and view.contains(line.topLeft()) for line in lines)

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
        ("\u200b", "a\u200bb", []),
        ("istanbul", "İSTANBUL", [(0, 8)]),
        ("İST", "ist", [(0, 3)]),
        ("strasse", "Straße", [(0, 6)]),
        ("s", "ß", [(0, 1)]),
        ("οδος", "ΟΔΟΣ", [(0, 4)]),
        ("é", "e\u0301!", [(0, 2)]),
        ("e\u0301", "😀é", [(2, 3)]),
        ("cafe", "café", [(0, 4)]),
        ("ABC", "\uff21\uff22\uff23", [(0, 3)]),
        ("coop", "co\u00adop", [(0, 5)]),
        ("a b", "a\u00a0b", [(0, 3)]),
        ("don't", "don’t", [(0, 5)]),
        ("日本", "今日本語", [(1, 3)]),
        ("❤", "❤️!", [(0, 2)]),
        ("שלום", "אמר שלום", [(4, 8)]),
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


@pytest.mark.parametrize(
    ("words", "source"),
    [
        ("USB", "**U**niversal: **U**SB"),
        ("docs.", "[docs](https://a.b/c_(d))."),
        ("(docs)", "([docs](https://a.b))"),
        ("snake_case", "snake\\_case"),
        ("a & b", "a &amp; b"),
        ("it's", "it&#39;s"),
        ("a b", "| a | b |"),
        ("a*b", "`a*b`"),
    ],
)
def test_signs_of_markdown_do_not_hide_words(words: str, source: str) -> None:
    assert Sought(words).count(source) == 1


@pytest.mark.parametrize("words", ["~~ ~~ q", "**a", "__init__", "[[ x", "> > q", "] (x", "a b"])
def test_no_words_take_longer_than_a_text_is_long(words: str) -> None:
    # It would not end if it tried in how many ways a run of signs can be read.
    for sign in "*_~`\\[]>( \n":
        source = f"init a x q b {sign * 20_000} a](" + f"a](a{sign}" * 4_000
        assert sum(1 for _ in Sought(words).counts(source)) < 10


def test_long_sources_are_counted_in_pieces_without_missing_any() -> None:
    source = "needle in hay, " * 20_000
    assert Sought("needle in").count(source) == 20_000
    assert Sought("y, needle").count(source) == 19_999
    assert max(Sought("hay").counts(source)) < 1_000
    assert Sought("aaa").count("a" * 20_000) == 6_666


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
    assert it.shows(colours.found)
    it.look_for("")
    assert not it.shows(colours.found)


def test_what_is_in_memory_is_gone_to_before_the_disk_has_answered(search: Open) -> None:
    texts = {i: f"text {i} " * 150 for i in range(1, 41)}
    messages = [message(i, None, length=len(t)) for i, t in texts.items()]
    it = search(
        Conversation(Heading(1), [*messages, message(41, "A needle, needles.\n\n" + long_text(40))])
    )
    it.answers = []
    it.finding.look_for("needle")
    assert it.rest() == Tally(None, 2, is_searching=True)
    assert it.current.message_id == 41
    assert it.is_current_in_view
    assert it.shows(light().colours.accent)
    assert it.shows(light().colours.found)
    for answer in it.answers:
        answer(range(1, 41), [])
    assert it.rest() == Tally(1, 2)


def test_what_nobody_waits_for_any_more_is_neither_searched_nor_heard(search: Open) -> None:
    texts = dict.fromkeys(range(1, 41), "needle")
    messages = [message(i, None, length=len(t)) for i, t in texts.items()]
    it = search(Conversation(Heading(1), [*messages, message(41, "hay")]))
    it.answers = []
    it.finding.look_for("needle")
    it.rest()
    (first,), counts = it.answers, it.counts
    it.finding.look_for("hay")
    assert counts[0]("needle") == 0
    first(range(1, 41), [(1, 1)])
    assert it.rest() == Tally(None, 1, is_searching=True)
    it.finding.look_for("needle")
    it.rest()
    Shiboken.delete(it.finding)
    it.answers[-1](range(1, 41), [(1, 1)])
    assert counts[-1]("needle") == 0, "the tab was closed"


def test_what_the_disk_did_not_tell_is_searched_when_it_comes(search: Open) -> None:
    texts = {i: f"text {i} " * 150 for i in range(1, 41)}
    messages = [message(i, None, length=len(t)) for i, t in texts.items()]
    it = search(Conversation(Heading(1), [*messages, message(41, "needle")]))
    it.look_for("needle")
    it.conversation.fill([(7, "A needle", "and a needle")])
    assert it.rest() == Tally(3, 3)


def test_more_hits_than_are_kept_are_counted_and_gone_to_all_the_same(
    search: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hits, "MOST_KEPT", 30)
    it = search(conversation(*["needle, needle\n\n" * 4 + long_text(6)] * 30))
    it.transcript.verticalScrollBar().setValue(0)
    assert it.look_for("needle") == Tally(1, 240)
    assert [it.step(1).number for _ in range(20)] == list(range(2, 22))
    assert it.step(-1) == Tally(20, 240)
    for _ in range(20):
        it.finding.step(-1)
    assert it.rest() == Tally(240, 240)


def test_a_reply_that_is_what_it_was_before_holds_what_it_held(search: Open) -> None:
    thought = "A needle. "
    before = message(2, "needle", reasoning=thought, reasoning_length=len(thought))
    it = search(Conversation(Heading(1), [message(1, "why?"), before]))
    it.look_for("needle")
    it.conversation.reopen(2, Completion("account", "Team", "z-ai/glm-5.2"))
    it.conversation.extend(2, [Delta("needle", reasoning="needle, needle")])
    assert it.rest().total == 5
    it.conversation.restore(before)
    assert it.rest().total == 2


# Where it begins, and what it ends with


def test_a_search_begins_at_a_position_in_either_direction(search: Open) -> None:
    it = search(conversation("needle one needle two needle"))
    it.finding.look_for("needle", TextPosition(1, 0, 11))
    assert it.rest() == Tally(2, 3)
    it.finding.look_for("needle", TextPosition(1, 0, 11), -1)
    assert it.rest() == Tally(1, 3)
    it.finding.look_for("needle", TextPosition(1, 0, 17))
    assert it.rest() == Tally(3, 3)
    it.transcript.select_stretch(it.current)
    selected = it.transcript.selected_words
    assert selected == (it.current, "needle")


@pytest.mark.parametrize("wide", ["```\n{}\n```", "| a |\n| --- |\n| `{}` |"])
def test_what_is_wider_than_the_column_is_brought_in_sideways(search: Open, wide: str) -> None:
    line = "left_of_it_all" + "_and_more" * 60 + "_needle" + "_and_more" * 20
    it = search(conversation("x", wide.format(line)))
    it.transcript.set_code_wrapping(False)
    it.look_for("needle")
    assert it.is_current_in_view
    assert it.shows(light().colours.accent)
    it.look_for("left")
    assert it.shows(light().colours.accent)


# How long it takes


def test_ten_thousand_messages_are_searched_without_a_stall(
    search: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = search(
        conversation(*[f"needle {i}. " + "some more **text** " * 40 for i in range(10_000)])
    )
    parsed = it.transcript.counts.messages_parsed
    asked: list[int] = []
    text = it.conversation.text

    def counted(message_id: int) -> str | None:
        asked.append(message_id)
        return text(message_id)

    monkeypatch.setattr(it.conversation, "text", counted)
    for words in ("n", "ne", "need", "needle", "some more text", "needle 77"):
        before = len(asked)
        it.finding.look_for(words)
        assert len(asked) - before < 100, "nothing is searched while somebody types"
    it.finding.look_for("needle")
    while not it.shows(light().colours.found):
        QApplication.processEvents()
    assert it.finding.tally.is_searching, "what shows is marked before all else is searched"
    it.finding.look_for("needle 77")
    turns = 0
    while it.finding.findChildren(QTimer)[0].isActive():
        QApplication.processEvents()
        turns += 1
    assert turns > 5, "the window gets its turn"
    assert it.rest().total == 111
    assert len(asked) < 15_000, "what was typed over is not searched"
    assert it.transcript.counts.messages_parsed - parsed < 60

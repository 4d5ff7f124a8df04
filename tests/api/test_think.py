"""Thoughts between tags at the beginning of a reply."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.think import Splitter

PIECES = st.sampled_from(
    [
        *("<think>", "</think>", "<thi", "nk>", "</th", "ink>", "<", "</", ">", "<thinking>"),
        *(" ", "\n", "\n\n", "\r\n", "\t", "a", "word ", "```\n", "é", "😀", "\u2028", "THINK"),
    ]
)
REPLIES = st.lists(PIECES, max_size=14).map("".join) | st.lists(PIECES, max_size=10).map(
    lambda pieces: "<think>" + "".join(pieces)
)


def split(*parts: str) -> tuple[str, str]:
    splitter = Splitter()
    pairs = [splitter.take(part) for part in parts] + [splitter.finish()]
    return "".join(text for text, _ in pairs), "".join(thoughts for _, thoughts in pairs)


@settings(max_examples=1000)
@given(REPLIES, st.lists(st.integers(0, 100), max_size=12))
def test_any_cutting_gives_the_same(reply: str, places: list[int]) -> None:
    edges = [0, *sorted(place % (len(reply) + 1) for place in places), len(reply)]
    assert split(*(reply[a:b] for a, b in pairwise(edges))) == split(reply)
    assert split(*reply) == split(reply)


@settings(max_examples=500)
@given(REPLIES)
def test_no_word_is_lost_and_only_the_first_tags_are_taken(reply: str) -> None:
    text, thoughts = split(reply)
    begins = reply.lstrip().startswith("<think>")
    expected = reply
    if begins:
        expected = reply.lstrip().removeprefix("<think>").replace("</think>", "", 1)
    assert "".join((thoughts + text).split()) == "".join(expected.split())
    assert begins or (text, thoughts) == (reply, "")


@pytest.mark.parametrize(
    ("parts", "text", "thoughts"),
    [
        (["<thi", "nk>a", "b</th", "ink>", "\n\nanswer"], "answer", "ab"),
        ([" \n<think>a\n</think>\r\n \n  b"], "  b", "a\n"),
        (["<think>a</think>b"], "b", "a"),
        (["<think>a</think> b"], " b", "a"),
    ],
)
def test_thoughts_are_told_apart_without_tags_and_blank_lines_after(
    parts: list[str], text: str, thoughts: str
) -> None:
    assert split(*parts) == (text, thoughts)


@pytest.mark.parametrize(
    "reply",
    [
        *("Hello <think>a</think>", "`<think>a</think>`", "```\n<think>\n```", "</think>a"),
        *(
            "<thinking>a</thinking>",
            "<THINK>a</THINK>",
            "< think>a",
            "<thi s is",
            "thought </think>",
        ),
        *("\n\n  Hello", " ", "<", "<think", "\n<think", ""),
    ],
)
def test_what_is_no_tag_at_the_beginning_stays_text(reply: str) -> None:
    assert split(reply) == split(*reply) == (reply, "")


def test_thoughts_without_an_end_stay_thoughts() -> None:
    assert split("<think>", "a", " </thi") == ("", "a </thi")


def test_a_second_pair_of_tags_is_text() -> None:
    assert split("<think>a</think>b<think>c</think>") == ("b<think>c</think>", "a")


def test_an_opening_tag_among_thoughts_is_a_thought() -> None:
    assert split("<think>a<think>b</think>c") == ("c", "a<think>b")


@pytest.mark.parametrize("reply", ["<think></think>a", "<think>\n\n</think>\n\na"])
def test_blanks_between_the_tags_are_no_thoughts(reply: str) -> None:
    assert split(reply) == split(*reply) == ("a", "")


def test_words_are_handed_out_as_soon_as_they_are_known_to_be_no_tag() -> None:
    splitter = Splitter()
    assert splitter.take("Hello <") == ("Hello <", "")
    splitter = Splitter()
    assert splitter.take("<think>a </") == ("", "a ")
    assert splitter.take("b>") == ("", "</b>")


@pytest.mark.parametrize("before", ["", "<think>", "<think>a</think>"])
@pytest.mark.parametrize("blank", [" ", "\n"])
def test_many_blanks_take_linear_time(before: str, blank: str) -> None:
    def seconds(count: int) -> float:
        splitter = Splitter()
        splitter.take(before)
        started = time.perf_counter()
        for _ in range(count):
            splitter.take(blank)
        splitter.take("a")
        return time.perf_counter() - started

    small = min(seconds(10_000) for _ in range(3))
    assert min(seconds(80_000) for _ in range(3)) < small * 8 * 4 + 0.05

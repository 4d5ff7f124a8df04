"""Letters find the line a person means, and thousands of lines cost no more than some."""

import pytest

from app.ui.fuzzy import Lines, fold

ACTIONS = [
    "New conversation\nFile",
    "Reopen closed tab\nFile",
    "Close tab\nFile",
    "Close other tabs\nFile",
    "Settings\nFile",
    "Copy the last reply\nMessage",
    "Copy as Markdown\nEdit",
    "Next version\nMessage",
    "Show or hide the conversations\nView",
]


def found(sought: str, lines: list[str] | None = None) -> list[str]:
    lines = ACTIONS if lines is None else lines
    return [lines[hit.row].partition("\n")[0] for hit in Lines(lines).find(sought)]


@pytest.mark.parametrize(
    ("sought", "first"),
    [
        ("set", "Settings"),
        ("nc", "New conversation"),
        ("cot", "Close other tabs"),
        ("close tab", "Close tab"),
        ("tab close", "Close tab"),
        ("mark", "Copy as Markdown"),
        ("cplr", "Copy the last reply"),
        ("REOPEN", "Reopen closed tab"),
        ("message next", "Next version"),
    ],
)
def test_the_line_that_is_meant_comes_first(sought: str, first: str) -> None:
    assert found(sought)[0] == first


def test_every_word_must_be_there_and_the_letters_of_each_in_order() -> None:
    assert found("close zebra") == []
    assert found("gnittes") == []
    assert found("") == found("   ") == []


def test_the_letters_of_a_word_are_in_one_part() -> None:
    assert found("stf", ["Settings\nFile"]) == []
    assert found("s file", ["Settings\nFile"]) == ["Settings"]


def test_the_start_of_a_word_is_better_than_its_middle_and_together_better_than_apart() -> None:
    assert found("abc", ["xxabc xx", "xx abc xx"]) == ["xx abc xx", "xxabc xx"]
    assert found("abc", ["xaxbxcx", "xabcxxx"]) == ["xabcxxx", "xaxbxcx"]


def test_what_is_marked_are_the_letters_that_were_typed() -> None:
    text = "Größe — naïve Straße"
    (hit,) = Lines([text]).find("naive gro")
    assert "".join(text[at] for at in hit.fit.places) == "Grönaïve"
    (hit,) = Lines(["Copy the last reply"]).find("ctlr")
    assert hit.fit.places == (0, 5, 9, 14)


@pytest.mark.parametrize("text", ["İstanbul", "ß", "ﬁne", "Ǆ", "重复", "👩‍🔬 a", "é"])
def test_a_folded_text_is_as_long_as_it_was(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_marks_and_capitals_do_not_matter() -> None:
    assert found("grosse", ["GRÖSSE"]) == ["GRÖSSE"]
    assert found("naïve", ["naive"]) == ["naive"]


def test_signs_that_mean_something_to_patterns_are_letters_like_others() -> None:
    assert found("a.b*[c]^-\\", ["a.b*[c]^-\\", "aab"]) == ["a.b*[c]^-\\"]
    assert found("]^-", ["x ] y ^ z -", "abc"]) == ["x ] y ^ z -"]


@pytest.mark.parametrize("sought", ["m", "mo", "model", "mdl", "model 4", "9", "zq", "aaaaaaaaaa"])
def test_of_five_thousand_lines_only_some_are_looked_at_closely(sought: str) -> None:
    few, many = (Lines(f"Model {i}\nmaker/{i}" for i in range(n)) for n in (500, 5000))
    few.find(sought)
    many.find(sought)
    assert many.scored <= 200
    assert many.scored <= max(4 * few.scored, 70)


def test_a_line_far_longer_than_others_is_looked_through_in_part() -> None:
    assert found("needle", ["x" * 100 + " needle"])
    assert not found("needle", ["x" * 100_000 + " needle"])

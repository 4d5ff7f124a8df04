"""The JSON that is sent, and how numbers and strings that come are believed."""

import json
from decimal import Decimal
from typing import Any

import pytest

from app.api import wire
from app.chat.account import DEMO
from app.chat.message import Role, Turn
from app.chat.parameters import DEFAULTS, Parameters
from app.chat.request import Request


def body_of(*turns: Turn, parameters: Parameters = DEFAULTS) -> dict[str, Any]:
    sent = wire.encode(Request(DEMO, "a/b:c", turns, parameters))
    value = json.loads(sent)
    assert isinstance(value, dict)
    return value


def test_only_what_was_set_is_sent() -> None:
    assert body_of(Turn(Role.USER, "Hi")) == {
        "model": "a/b:c",
        "messages": [{"role": "user", "content": "Hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_everything_that_was_set_is_sent() -> None:
    parameters = Parameters(0.5, 100, ("END", "STOP"), "low", stream=False)
    assert body_of(Turn(Role.USER, "Hi"), parameters=parameters) == {
        "model": "a/b:c",
        "messages": [{"role": "user", "content": "Hi"}],
        "stream": False,
        "max_tokens": 100,
        "temperature": 0.5,
        "stop": ["END", "STOP"],
        "reasoning_effort": "low",
    }
    assert wire.sent_parameters(Request(DEMO, "m", (), parameters)) == {
        "max_tokens",
        "temperature",
        "stop",
        "reasoning_effort",
    }


def test_what_a_model_does_not_take_is_left_out_or_renamed() -> None:
    request = Request(
        DEMO,
        "m",
        (Turn(Role.USER, "Hi"),),
        Parameters(0.5, 100),
        omit=frozenset({"temperature", "stream_options"}),
        new_limit_name=True,
    )
    assert json.loads(wire.encode(request)) == {
        "model": "m",
        "messages": [{"role": "user", "content": "Hi"}],
        "stream": True,
        "max_completion_tokens": 100,
    }


def test_zero_is_a_temperature() -> None:
    assert body_of(Turn(Role.USER, "Hi"), parameters=Parameters(0.0))["temperature"] == 0


def test_turns_without_text_are_left_out() -> None:
    turns = (
        Turn(Role.SYSTEM, "Be brief."),
        Turn(Role.USER, "Hi"),
        Turn(Role.ASSISTANT, ""),
        Turn(Role.ASSISTANT, " \n"),
        Turn(Role.USER, "Still there?"),
    )
    assert [message["content"] for message in body_of(*turns)["messages"]] == [
        "Be brief.",
        "Hi",
        "Still there?",
    ]


def test_halves_of_surrogate_pairs_are_joined_or_replaced() -> None:
    turn = Turn(Role.USER, "a\ud83d b\ude00 c\ud83d\ude00\ud83d")
    assert body_of(turn)["messages"][0]["content"] == "a\ufffd b\ufffd c😀\ufffd"


def test_words_travel_as_they_are() -> None:
    words = "Grüße \u2028 \u0085 \0 👩‍🔬 <b> \\ \" '"
    assert body_of(Turn(Role.USER, words))["messages"][0]["content"] == words


@pytest.mark.parametrize(
    ("document", "value"),
    [
        (b'{"a":0.000123}', {"a": Decimal("0.000123")}),
        (b'{"a":"\x0b"}', {"a": "\x0b"}),
        (b'{"a":"\\ud83d"}', {"a": "\ud83d"}),
        (b'{"a":"\xff"}', {"a": "\ufffd"}),
        (b'{"a":1,"a":2}', {"a": 2}),
        ('{"a":"\u2028"}'.encode(), {"a": "\u2028"}),
    ],
)
def test_json_that_is_nearly_json_is_read(document: bytes, value: Any) -> None:
    assert wire.read(document) == value


@pytest.mark.parametrize(
    "document",
    [b"", b"data", b"[" * 100_000, b"1" * 5_000, b'{"a":', b"\xc0\xaf"],
)
def test_what_is_no_json_is_unreadable(document: bytes) -> None:
    with pytest.raises(wire.Unreadable):
        wire.read(document)


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (0, Decimal(0)),
        (Decimal("0.75"), Decimal("0.75")),
        ("0.75", Decimal("0.75")),
        (Decimal("0.00"), Decimal(0)),
        (-1, None),
        ("NaN", None),
        ("Infinity", None),
        (Decimal("1E+999"), None),
        ("", None),
        ("free", None),
        (True, None),
        (None, None),
        ([], None),
    ],
)
def test_money_is_exact_or_unknown(value: Any, amount: Decimal | None) -> None:
    assert wire.money(value) == amount


@pytest.mark.parametrize(
    ("value", "tokens"),
    [
        (12, 12),
        (Decimal("12.0"), 12),
        (Decimal("12.5"), None),
        (-1, None),
        (True, None),
        ("12", None),
        (10**30, None),
        (Decimal("1E+999999"), None),
    ],
)
def test_counts_are_whole_or_unknown(value: Any, tokens: int | None) -> None:
    assert wire.count(value) == tokens


def test_a_line_is_printable_and_short() -> None:
    assert wire.line("a\x1b[2J\u202e\n b\0", 100) == "a [2J b"
    assert wire.line("x" * 1000, 10) == "x" * 10
    assert wire.line(None, 10) == ""

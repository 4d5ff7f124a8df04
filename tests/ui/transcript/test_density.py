"""What is too dense to be read: told without looking at each bracket."""

from random import Random

import pytest

from app.ui.transcript.density import is_dense

DEEPEST = 32


@pytest.mark.parametrize(
    ("text", "is_too_dense"),
    [
        ("[a](b) " * 400, False),
        ("[" * DEEPEST + "a" + "]" * DEEPEST, False),
        ("[" * (DEEPEST + 1), True),
        ("]" * 40 + "[é" * (DEEPEST + 1), True),
        ("[a] [[b]] " * 20 + "[" * 20 + "]" * 20 + "[" * 20, False),
        ("[" * 20 + "[a]" * 20 + "[" * 20, True),
        ("[]" * 600, True),
    ],
)
def test_brackets_that_are_open_at_once_count(text: str, is_too_dense: bool) -> None:
    assert is_dense(text) is is_too_dense


def test_any_brackets_are_counted_right() -> None:
    random, found = Random(1), set()
    for _ in range(2_000):
        opens = random.random()
        weights = [opens, 1 - opens * random.random(), 0.4]
        text = "".join(random.choices("[]x", weights, k=random.randint(1, 400)))
        depth = deepest = 0
        for sign in text:
            depth = max(depth + (sign == "[") - (sign == "]"), 0)
            deepest = max(deepest, depth)
        assert is_dense(text) is (deepest > DEEPEST)
        found.add(deepest > DEEPEST)
    assert found == {True, False}

"""What stands apart in a reply, and what stands together."""

from itertools import pairwise

import pytest

from app.ui.theme import light
from app.ui.transcript.layout import gap_between
from app.ui.transcript.stream import BlockStream


def gaps(text: str) -> list[int]:
    stream = BlockStream()
    stream.feed(text)
    blocks = stream.blocks
    return [gap_between(a, b, light()) for a, b in pairwise(blocks)]


@pytest.mark.parametrize(
    "text", ["- a\n- b\n", "1. a\n1. b\n", "- a\n  - b\n- c\n", "- [x] a\n- b\n", "1. a\n   - b\n"]
)
def test_items_of_a_list_stand_together(text: str) -> None:
    assert set(gaps(text)) == {light().space.xs}


@pytest.mark.parametrize(
    "text", ["- a\n\n1. b\n", "1. a\n\n- b\n", "1. a\n\n1) b\n", "1. a\n\n- [ ] b\n"]
)
def test_a_list_stands_apart_from_the_one_before(text: str) -> None:
    assert gaps(text) == [light().space.m]

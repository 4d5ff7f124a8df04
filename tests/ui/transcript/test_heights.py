"""Heights: sums that agree with adding up."""

from hypothesis import given
from hypothesis import strategies as st

from app.ui.transcript.heights import Heights

LISTS = st.lists(st.integers(0, 500), max_size=60)


@given(LISTS, LISTS, st.data())
def test_offsets_agree_with_adding_up(
    first: list[int], added: list[int], data: st.DataObject
) -> None:
    heights, plain = Heights(first), list(first)
    if plain:
        kept = data.draw(st.integers(0, len(plain)))
        heights.truncate(kept)
        del plain[kept:]
    for height in added:
        heights.append(height)
        plain.append(height)
    if plain:
        index = data.draw(st.integers(0, len(plain) - 1))
        heights[index] = plain[index] = data.draw(st.integers(0, 500))
    assert len(heights) == len(plain)
    assert heights.total == sum(plain)
    assert [heights.offset(i) for i in range(len(plain) + 1)] == [
        sum(plain[:i]) for i in range(len(plain) + 1)
    ]


@given(st.lists(st.integers(1, 500), min_size=1, max_size=60), st.data())
def test_what_is_found_at_a_pixel_covers_it(values: list[int], data: st.DataObject) -> None:
    heights = Heights(values)
    y = data.draw(st.integers(0, heights.total - 1))
    found = heights.find(y)
    assert heights.offset(found) <= y < heights.offset(found + 1)


def test_outside_the_first_and_the_last_are_found() -> None:
    heights = Heights([10, 20, 30])
    assert heights.find(-5) == 0
    assert heights.find(1_000) == 2
    assert Heights().find(7) == 0

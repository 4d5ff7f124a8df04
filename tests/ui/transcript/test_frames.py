"""Frames: how long a transcript pauses between two pieces of work."""

from collections.abc import Iterable

import pytest

from app.ui.transcript import frames
from app.ui.transcript.frames import Frames

SHORTEST_S, LONGEST_S = 0.016, 0.25


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    it = Clock()
    monkeypatch.setattr(frames, "perf_counter", it)
    return it


def pauses_after(it: Frames, clock: Clock, costs: Iterable[float]) -> list[float]:
    """Do pieces of work of these costs, each when it may begin; return the pauses."""
    result = []
    for cost_s in costs:
        it.begin()
        it.add_cost(cost_s)
        result.append(it.pause_s())
        clock.now_s += it.pause_s()
    return result


def test_cheap_work_is_done_sixty_times_a_second(clock: Clock) -> None:
    assert set(pauses_after(Frames(), clock, [0.001] * 50)) == {SHORTEST_S}


def test_usual_work_is_spread_no_further_than_anybody_sees(clock: Clock) -> None:
    pauses = pauses_after(Frames(), clock, [0.0025] * 50)
    assert SHORTEST_S < pauses[-1] <= 0.03
    assert sum(pauses) * 0.15 > 50 * 0.0025


@pytest.mark.parametrize("costs", [(0.006, 0.006), (0.02, 0.02), (0.05, 0.05), (0.03, 0.002)])
def test_steady_work_takes_a_quarter_of_a_core(clock: Clock, costs: tuple[float, ...]) -> None:
    pauses = pauses_after(Frames(), clock, costs * 40)
    assert 20 * sum(costs) < sum(pauses[40:]) * 0.26


def test_one_costly_piece_of_work_is_followed_by_a_short_pause(clock: Clock) -> None:
    it = Frames()
    pauses_after(it, clock, [0.001] * 20)
    [pause] = pauses_after(it, clock, [0.08])
    assert pause < 0.05
    pauses = pauses_after(it, clock, [0.001] * 40)
    assert pauses[12] <= 0.03
    assert pauses[-1] == SHORTEST_S


def test_no_pause_is_longer_than_a_quarter_of_a_second(clock: Clock) -> None:
    assert pauses_after(Frames(), clock, [0.4] * 30)[-1] == LONGEST_S


def test_after_a_rest_what_came_before_is_forgotten(clock: Clock) -> None:
    it = Frames()
    pauses_after(it, clock, [0.05] * 30)
    clock.now_s += 5
    assert pauses_after(it, clock, [0.002]) == [SHORTEST_S]

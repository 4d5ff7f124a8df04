import threading
import time
from concurrent.futures import Future
from functools import partial

from app.store.errand import Abandoned, Errands, Turn


class Silent(Exception):
    pass


def ours() -> int:
    return sum(thread.name.startswith("test") for thread in threading.enumerate())


def test_calls_are_made_one_after_the_other_and_bring_back_what_they_do() -> None:
    errands = Errands("test-order", 5, Silent)
    made: list[int] = []

    def make(number: int, _turn: Turn) -> int:
        made.append(number)
        return number

    futures = [errands.run(partial(make, number)) for number in range(50)]
    assert [future.result() for future in futures] == list(range(50))
    assert made == list(range(50))


def test_what_a_call_raises_comes_back() -> None:
    errands = Errands("test-raise", 5, Silent)

    def fail(_turn: Turn) -> None:
        raise ZeroDivisionError

    assert isinstance(errands.run(fail).exception(), ZeroDivisionError)
    assert errands.run(lambda _turn: 1).result() == 1


def test_a_stuck_call_fails_in_time_and_those_behind_it_do_not_pile_up() -> None:
    go_on = threading.Event()
    errands = Errands("test-stuck", 0.1, Silent)
    before = ours()
    began = time.monotonic()
    futures: list[Future[object]] = [errands.run(lambda _turn: go_on.wait(30))]
    futures += [errands.run(lambda _turn: 1) for _ in range(100)]
    for future in futures:
        assert isinstance(future.exception(timeout=5), Silent)
    again = time.monotonic()
    assert again - began < 1
    assert isinstance(errands.run(lambda _turn: 1).exception(timeout=5), Silent)
    assert time.monotonic() - again < 0.1
    assert ours() - before == 2
    go_on.set()


def test_once_the_stuck_call_is_back_calls_are_made_again_and_its_result_is_dropped() -> None:
    go_on, back = threading.Event(), threading.Event()
    steps: list[str] = []

    def two_steps(turn: Turn) -> str:
        steps.append("first")
        go_on.wait(30)
        back.set()
        turn.check()
        steps.append("second")
        return "late"

    errands = Errands("test-back", 0.1, Silent)
    stuck = errands.run(two_steps)
    assert isinstance(stuck.exception(timeout=5), Silent)
    go_on.set()
    back.wait(5)
    deadline = time.monotonic() + 5
    while errands.run(lambda _turn: 1).exception() is not None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert isinstance(stuck.exception(), Silent)
    assert steps == ["first"]
    assert issubclass(Abandoned, Exception)


def test_a_future_of_an_errand_cannot_be_cancelled() -> None:
    errands = Errands("test-cancel", 5, Silent)
    future = errands.run(lambda _turn: 1)
    assert not future.cancel()
    assert future.result() == 1


def test_a_call_that_ended_in_time_is_told_as_made_however_late_it_is_heard() -> None:
    go_on, settled = threading.Event(), threading.Event()
    errands = Errands("test-settled", 0.05, Silent)

    def end_in_time(turn: Turn) -> str:
        turn.settle()
        settled.set()
        go_on.wait(30)
        return "made"

    future = errands.run(end_in_time)
    settled.wait(5)
    behind = errands.run(lambda _turn: 1)
    assert isinstance(behind.exception(timeout=5), Silent), "the clock has come to the next one"
    assert not future.done()
    go_on.set()
    assert future.result(timeout=5) == "made"


def test_a_call_that_is_given_up_cannot_end_in_time_and_says_when_it_is_back() -> None:
    go_on = threading.Event()
    ends: list[type[Exception]] = []

    def end_late(turn: Turn) -> None:
        go_on.wait(30)
        try:
            turn.settle()
        except Abandoned as error:
            ends.append(type(error))
            raise

    errands = Errands("test-over", 0.05, Silent)
    error = errands.run(end_late).exception(timeout=5)
    assert isinstance(error, Silent)
    (over,) = error.args
    assert not over.done()
    assert not over.cancel()
    go_on.set()
    assert over.result(timeout=5) is None
    assert ends == [Abandoned]

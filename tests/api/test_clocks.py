"""How long is waited: for headers, for bytes, and for anything that makes sense of them.

On a loop whose clock jumps over waits, the limits are the real ones.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from itertools import repeat

import pytest

from app.api import limits
from app.api.client import Client
from app.api.watchdog import Watchdog
from app.chat.account import Account, Credentials
from app.chat.message import Role, Turn
from app.chat.request import Request
from tests.api.conftest import Outcome, hear
from tests.helpers.hurry import HEADERS, run_hurried, served

Script = Callable[[], AsyncIterator[bytes]]


@pytest.fixture(autouse=True)
def _few_timers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every timer that comes due alone is a jump of the clock, and that takes a moment."""
    monkeypatch.setattr(limits, "TICK_S", 1000.0)
    monkeypatch.setattr(limits, "RECHECK_S", 100.0)


def said(words: str, reason: str | None = None) -> bytes:
    choice = {"delta": {"content": words}, "finish_reason": reason}
    return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"


def heard(script: Script) -> tuple[Outcome, float]:
    """Return what a completion came to, and the seconds it took by the loop's clock."""

    async def play(_: str, writer: asyncio.StreamWriter) -> None:
        async for chunk in script():
            writer.write(chunk)
            await writer.drain()

    async def body() -> tuple[Outcome, float]:
        loop = asyncio.get_running_loop()
        client = Client("x")
        async with served(play) as endpoint:
            account = Account("0123456789abcdef", "Ada", endpoint)
            started = loop.time()
            asked = Request(account, "m", (Turn(Role.USER, "Hello"),))
            outcome = await hear(client, asked, Credentials("sk-x"))
            took = loop.time() - started
        await client.close()
        return outcome, took

    return run_hurried(body())


def near(seconds: float) -> object:
    # Not before; later by no more than a busy machine is.
    return pytest.approx(seconds + 2.5, abs=2.5)


def every(seconds: float, *chunks: bytes, first: bytes = HEADERS + said("par")) -> Script:
    """Send the first, then one chunk after the other and the last for ever, at this pace."""

    async def script() -> AsyncIterator[bytes]:
        yield first
        for chunk in chunks:
            await asyncio.sleep(seconds)
            yield chunk
        for _ in repeat(None):
            await asyncio.sleep(seconds)
            yield chunks[-1]

    return script


@pytest.mark.parametrize(
    "script",
    [
        every(100, b"X-Slow: 1\r\n", first=b"HTTP/1.1 200 OK\r\n"),
        every(100, b"x", first=b"HTTP/1.1 200 OK\r\nX-Slow: "),
        every(100, b"HTTP/1.1 100 Continue\r\n\r\n", first=b""),
        every(30, b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", first=b""),
        every(2000, b"HTTP/1.1 200 OK\r\n\r\n", first=b""),
    ],
    ids=["a line at a time", "a byte at a time", "interim answers", "many of them", "nothing"],
)
def test_headers_that_do_not_come_to_an_end_are_not_awaited_for_ever(script: Script) -> None:
    outcome, took = heard(script)
    assert outcome.kind == "timed_out"
    assert took == near(limits.HEADERS_S)


def test_interim_answers_without_a_pause_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nothing to jump over: here the clock is the real one.
    monkeypatch.setattr(limits, "HEADERS_S", 0.3)
    outcome, took = heard(every(0, b"HTTP/1.1 100 Continue\r\n\r\n" * 100, first=b""))
    assert outcome.kind == "timed_out"
    assert took < 5


def test_the_wait_for_headers_has_a_limit_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HEADERS_S", 60.0)
    outcome, took = heard(every(2000, b"late", first=b""))
    assert outcome.kind == "timed_out"
    assert took == near(60)


def test_a_reply_may_begin_late_and_pause_for_long() -> None:
    async def script() -> AsyncIterator[bytes]:
        await asyncio.sleep(limits.HEADERS_S - 10)
        yield HEADERS
        for words in ("one ", "two ", "three"):
            await asyncio.sleep(limits.SILENCE_S - 10)
            yield said(words)
        yield said("", "stop")

    outcome, took = heard(script)
    assert (outcome.error, outcome.text) == (None, "one two three")
    assert took > 3500


def test_silence_ends_a_reply_and_keeps_its_text() -> None:
    outcome, took = heard(every(5000, said("late")))
    assert (outcome.kind, outcome.text) == ("silent", "par")
    assert took == near(limits.SILENCE_S)


DRIP = said("x" * 5000)


@pytest.mark.parametrize(
    "script",
    [
        every(50, b": PROCESSING\n\n"),
        every(50, b":\n"),
        every(50, b"\n"),
        every(50, b"data:\n\n"),
        every(50, b"event: ping\n\n"),
        every(50, *(bytes([byte]) for byte in DRIP)),
        every(50, b'{"choices":[', b" ", first=HEADERS),
    ],
    ids=["comments", "bare comments", "blank lines", "no data", "no data, named", "a drip", "JSON"],
)
def test_bytes_without_an_event_end_a_reply_and_keep_its_text(script: Script) -> None:
    outcome, took = heard(script)
    assert outcome.kind == "silent"
    assert outcome.text in ("par", "")
    assert took == near(limits.UNEVENTFUL_S)


def test_every_event_starts_the_longer_clock_anew() -> None:
    async def script() -> AsyncIterator[bytes]:
        yield HEADERS + said("a")
        for _ in range(5):
            for _ in range(3):
                await asyncio.sleep(limits.UNEVENTFUL_S / 4)
                yield b": PROCESSING\n\n"
            yield said("b")
        yield said("", "stop")

    outcome, took = heard(script)
    assert (outcome.error, outcome.text) == (None, "abbbbb")
    assert took > limits.UNEVENTFUL_S * 3


@pytest.mark.parametrize(
    ("last", "limit"), [(b"", "FINISH_TAIL_S"), (b"data: [DONE]\n\n", "DONE_TAIL_S")]
)
def test_events_after_the_end_do_not_put_it_off(last: bytes, limit: str) -> None:
    outcome, took = heard(every(0.3, said("!"), first=HEADERS + said("a", "stop") + last))
    assert outcome.error is None
    assert took == near(getattr(limits, limit))


def test_an_error_body_that_drips_is_not_awaited_for_long() -> None:
    head = b'HTTP/1.1 500 Oh\r\nConnection: close\r\n\r\n{"error":{"message":"'
    outcome, took = heard(every(5, b"x", first=head))
    assert outcome.kind == "service_fault"
    assert took == near(limits.CATALOGUE_S)


def test_a_deadline_can_be_put_off_and_brought_near() -> None:
    async def body() -> None:
        loop = asyncio.get_running_loop()
        with Watchdog(1000) as dog:
            for _ in range(5):
                dog.start_over(100)
                await dog.wait(asyncio.sleep(80))
            dog.start_over(400)
            dog.end_within(200)
            dog.end_within(50)
            dog.end_within(500)
            started = loop.time()
            with pytest.raises(TimeoutError):
                await dog.wait(asyncio.sleep(5000))
            assert loop.time() - started == near(50)
            dog.start_over(300)
            started = loop.time()
            with pytest.raises(TimeoutError):
                await dog.wait(asyncio.sleep(5000))
            assert loop.time() - started == near(300)

    run_hurried(body())


def test_putting_a_deadline_off_arms_no_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    async def body() -> int:
        loop = asyncio.get_running_loop()
        armed = 0
        arm = loop.call_later

        def counted(*arguments: object, **keywords: object) -> asyncio.TimerHandle:
            nonlocal armed
            armed += 1
            return arm(*arguments, **keywords)  # type: ignore[arg-type]

        monkeypatch.setattr(loop, "call_later", counted)
        with Watchdog(limits.SILENCE_S) as dog:
            for _ in range(1000):
                dog.start_over(limits.UNEVENTFUL_S)
                await dog.wait(asyncio.sleep(0))
        return armed

    assert run_hurried(body()) == 1


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"choices": [{"delta": {"tool_calls": [{"id": "c"}]}}]}, "cut"),
        ({"choices": [{"delta": {"content": "<thi"}}]}, "cut"),
        ({"choices": [{"delta": {"role": "assistant"}}]}, "empty"),
    ],
)
def test_a_reply_without_its_end_is_cut_unless_nothing_was_said(event: object, kind: str) -> None:
    async def script() -> AsyncIterator[bytes]:
        yield HEADERS + b"data: " + json.dumps(event).encode() + b"\n\n"

    assert heard(script)[0].kind == kind

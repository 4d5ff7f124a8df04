"""A reply that breaks off after any byte of it, in every way a connection can end."""

import asyncio
import gc
import json
import os
import sys
from dataclasses import dataclass
from decimal import Decimal

import pytest

from app.api import limits
from app.api.client import Client
from app.chat.account import Account, Credentials
from app.chat.cost import Usage
from app.chat.message import Role, Turn
from app.chat.request import Request
from tests.api.conftest import Outcome, hear
from tests.helpers.hurry import HEADERS, reset, run_hurried, served

AT_ONCE = 100
FILES = "/proc/self/fd"
HEAD = {"id": "chatcmpl-7", "object": "chat.completion.chunk"}


@dataclass(frozen=True)
class Recorded:
    """One event as it was sent, and what it says."""

    data: str
    text: str = ""
    reasoning: str = ""
    ends: bool = False
    usage: Usage | None = None


def chunk(delta: dict[str, str | None], reason: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return json.dumps(HEAD | {"choices": [choice]}, ensure_ascii=False)


RECORDED = [
    Recorded(chunk({"role": "assistant", "content": None})),
    Recorded(chunk({"reasoning": "They greet 👋, "}), reasoning="They greet 👋, "),
    Recorded(chunk({"reasoning": "再见."}), reasoning="再见."),
    Recorded(chunk({"content": "Grüße 😀 "}), text="Grüße 😀 "),
    Recorded(chunk({"content": "世界,\u2028\n"}), text="世界,\u2028\n"),
    Recorded(chunk({"content": "👩‍🚀."}), text="👩‍🚀."),
    Recorded(chunk({}, "stop"), ends=True),
    Recorded(
        '{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":9,"cost":0.000123}}',
        usage=Usage(12, 9, cost=Decimal("0.000123")),
    ),
    Recorded("[DONE]", ends=True),
]
PREFIX = b"data: "
STREAM = b": PROCESSING\n\n" + b"".join(PREFIX + it.data.encode() + b"\n\n" for it in RECORDED)
ENDINGS = ("close", "reset", "stall")


def whole_before(at: int) -> list[Recorded]:
    """Return the events whose last byte of data came; the blank line after it need not."""
    whole = []
    position = len(b": PROCESSING\n\n")
    for it in RECORDED:
        position += len(PREFIX) + len(it.data.encode())
        if position > at:
            break
        whole.append(it)
        position += 2
    return whole


def open_files() -> int:
    return len(os.listdir(FILES)) if os.path.isdir(FILES) else 0


async def play(model: str, writer: asyncio.StreamWriter) -> None:
    at, ending = model.split(":")
    writer.write(HEADERS + STREAM[: int(at)])
    await writer.drain()
    if ending == "reset":
        reset(writer)
    elif ending == "stall":
        await asyncio.Event().wait()


@pytest.fixture(scope="module")
def outcomes() -> dict[tuple[int, str], Outcome]:
    """Every cut there is, heard once."""
    found: dict[tuple[int, str], Outcome] = {}

    async def hear_all(cuts: list[tuple[int, str]]) -> None:
        free = asyncio.Semaphore(AT_ONCE)
        client = Client("x")

        async def hear_one(endpoint: str, at: int, ending: str) -> None:
            account = Account("0123456789abcdef", "Ada", endpoint)
            asked = Request(account, f"{at}:{ending}", (Turn(Role.USER, "Hello"),))
            async with free:
                found[at, ending] = await hear(client, asked, Credentials("sk-x"))

        async with served(play) as endpoint:
            await asyncio.gather(*(hear_one(endpoint, *cut) for cut in cuts))
        await client.close()
        # On this loop: until nothing happens any more.
        await asyncio.sleep(1)
        gc.collect()

    async def body() -> None:
        await hear_all([(9, ending) for ending in ENDINGS])
        files, tasks = open_files(), len(asyncio.all_tasks())
        await hear_all([(at, ending) for ending in ENDINGS for at in range(len(STREAM) + 1)])
        assert (open_files(), len(asyncio.all_tasks())) == (files, tasks)

    with pytest.MonkeyPatch.context() as patch:
        # Few timers: every one that comes due alone is a jump of the clock.
        patch.setattr(limits, "SILENCE_S", 20.0)
        patch.setattr(limits, "RECHECK_S", 20.0)
        patch.setattr(limits, "TICK_S", 100.0)
        run_hurried(body())
    return found


def test_every_offset_is_cut_in_every_way(outcomes: dict[tuple[int, str], Outcome]) -> None:
    assert len(STREAM) > 1000
    assert len(outcomes) == (len(STREAM) + 1) * len(ENDINGS)


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_came_whole_is_kept_and_nothing_else(
    outcomes: dict[tuple[int, str], Outcome], ending: str
) -> None:
    for at in range(len(STREAM) + 1):
        whole, outcome = whole_before(at), outcomes[at, ending]
        text, reasoning = "".join(it.text for it in whole), "".join(it.reasoning for it in whole)
        if ending == "reset" and sys.platform != "linux":
            # Elsewhere a reset may overtake what was sent before it.
            assert text.startswith(outcome.text)
            continue
        assert (outcome.text, outcome.reasoning) == (text, reasoning), at
        assert outcome.usage == next((it.usage for it in whole if it.usage), None), at


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_reply_passes_for_whole_only_if_its_end_came(
    outcomes: dict[tuple[int, str], Outcome], ending: str
) -> None:
    for at in range(len(STREAM) + 1):
        whole, outcome = whole_before(at), outcomes[at, ending]
        ended = any(it.ends for it in whole)
        if ending == "reset" and sys.platform != "linux":
            assert outcome.error is not None or ended
            continue
        spoke = any(it.text or it.reasoning for it in whole)
        broken = {"close": "cut" if spoke else "empty", "reset": "cut", "stall": "silent"}[ending]
        assert outcome.kind == ("" if ended else broken), (at, outcome.error)
        assert outcome.finish_reason == ("stop" if ended else "")

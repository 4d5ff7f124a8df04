"""The public client of the API and ours, side by side, through the same misbehaviour.

A client survives a behaviour if

(a) the text it has handed over is the text that came, as the table has it;
(b) it neither takes for whole what was not, nor ends a whole reply in an error;
(c) nothing comes out of it but a reply or an error of its own: for the public
    client, `openai.OpenAIError` and what httpx raises count as its own.

To be fair to the public client: it is not asked to tell reasoning apart, nor
how it hands over halves of characters or NUL; an end without any error counts
as "taken for whole" only if a finish reason came too, and an error of its own
after one is forgiven, for a careful caller could look at that; and where its
API has no such part, or waiting and memory have no bound by design, it is left
out, with the reason. Ours must survive them all. What the other does is only told.
"""

import asyncio
import ssl
from collections.abc import Iterator

import httpx
import openai
import pytest
from openai import AsyncOpenAI

from app.api.client import Client
from app.chat.account import Account, Credentials
from tests.api.conftest import CANARY_KEY, Outcome, Run
from tests.helpers.hostile.facing import face, face_all, status_of
from tests.helpers.hostile.fixtures import BEHAVIOURS
from tests.helpers.hostile.plays import Behaviour
from tests.helpers.hostile.server import HostileServer

_PATIENCE_S = 5.0


@pytest.fixture(scope="module")
def hostile() -> Iterator[HostileServer]:
    server = HostileServer().start()
    yield server
    server.stop()


async def _listen(client: AsyncOpenAI, behaviour: Behaviour) -> tuple[str, str, Exception | None]:
    """Return the text, the finish reason and the error a completion came to."""
    text, reason = "", ""
    try:
        stream = await client.chat.completions.create(
            model=f"hostile/{behaviour.name}",
            messages=[{"role": "user", "content": "Hello"}],
            stream=True,
            stream_options={"include_usage": True},
            extra_body=dict(behaviour.parameters),
        )
        async for chunk in stream:
            # As a careful caller reads it: anything may be missing.
            for choice in getattr(chunk, "choices", None) or ():
                if getattr(choice, "index", 0) not in (0, None):
                    continue
                delta = getattr(choice, "delta", None)
                content = getattr(delta, "content", None)
                text += content if isinstance(content, str) else ""
                reason = getattr(choice, "finish_reason", None) or reason
    except Exception as error:
        return text, reason, error
    return text, reason, None


async def _judge_public(client: AsyncOpenAI, behaviour: Behaviour) -> str:
    """Return "" if the public client survives, else what went wrong."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            text, reason, error = await _listen(client, behaviour)
    except TimeoutError:
        return "no end"
    if error is not None and not isinstance(error, openai.OpenAIError | httpx.HTTPError):
        return f"(c) {type(error).__name__}"
    if behaviour.status == "complete" and error is not None and not reason:
        return f"(b) {type(error).__name__} for a whole reply"
    if behaviour.status != "complete" and error is None and reason not in ("", "error"):
        return "(b) taken for whole"
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    is_kept = joined.replace("\0", "\ufffd") == behaviour.text
    return "" if is_kept else "(a) other text"


def _judge_ours(behaviour: Behaviour, outcome: Outcome) -> str:
    if (status_of(outcome) == "complete") != (behaviour.status == "complete"):
        return f"(b) {status_of(outcome)}"
    is_kept = outcome.text == behaviour.text
    return "" if is_kept else "(a) other text"


def test_ours_survives_whatever_the_public_client_makes_of_it(
    run: Run,
    hostile: HostileServer,
    credentials: Credentials,
    capsys: pytest.CaptureFixture[str],
) -> None:
    account = Account("a", "Ada", hostile.endpoint, team="T")
    tls = ssl.create_default_context()

    async def by_itself(behaviour: Behaviour) -> Outcome:
        client = Client("x")
        try:
            return await face(client, account, credentials, behaviour)
        finally:
            await client.close()

    async def body() -> tuple[dict[str, str], dict[str, str]]:
        tried = [behaviour for behaviour in BEHAVIOURS if not behaviour.not_for_others]
        async with (
            httpx.AsyncClient(verify=tls, trust_env=False, timeout=_PATIENCE_S) as http,
            AsyncOpenAI(
                base_url=hostile.endpoint,
                api_key=CANARY_KEY,
                http_client=http,
                max_retries=0,
                # What one answer leaves behind is not to be held against the next.
                default_headers={"Connection": "close"},
            ) as public,
        ):
            theirs = await face_all(tried, lambda b: _judge_public(public, b))
        ours = await face_all(BEHAVIOURS, by_itself)
        return (
            {behaviour.name: end for behaviour, end in theirs},
            {behaviour.name: _judge_ours(behaviour, outcome) for behaviour, outcome in ours},
        )

    theirs, ours = run(body())
    with capsys.disabled():
        print(f"\n{'behaviour':<34}{'openai ' + openai.__version__:<52}Coprime")
        for behaviour in BEHAVIOURS:
            their_end = theirs.get(behaviour.name, f"left out: {behaviour.not_for_others}")
            our_end = ours[behaviour.name]
            print(f"{behaviour.name:<34}{their_end or 'survives':<52}{our_end or 'survives'}")
        print(
            f"survived: openai {list(theirs.values()).count('')} of {len(theirs)} tried "
            f"({len(ours) - len(theirs)} left out), "
            f"Coprime {list(ours.values()).count('')} of {len(ours)}"
        )
    assert {name: end for name, end in ours.items() if end} == {}

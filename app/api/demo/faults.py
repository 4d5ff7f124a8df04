"""Faults: the ways an answer can fail, each a value a mishap is made of.

Law: what fails looks as it would on the wire: the status, header, body or
error of the transport that a real service, or something before it, gives.
"""

import gzip
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NoReturn

import httpx

from app.api.demo.answer import Answer, Step, document, encode, events, page
from app.api.demo.speaker import Fault
from app.api.demo.speech import DONE, Call, Speech, data

WINDOW = 120
"""Tokens the model for which a conversation grows too long takes, a word being one."""
RESERVED = 32
"""Of them, those it keeps for its reply."""

_GARBLED = b'data: {"choices": [{"index": 0, "delta": {"content": \n\n'


def refused(status: int, body: Mapping[str, Any], **headers: str) -> Fault:
    """Return an error status with a JSON body; `retry_after` becomes `retry-after`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: document(body, status, named)


def paged(title: str, status: int = 200) -> Fault:
    """Return a web page."""
    return lambda _: page(title, status)


def moved(location: str) -> Fault:
    """Return a redirect that keeps method and body."""
    return lambda _: Answer(307, headers={"Location": location, "Content-Length": "0"})


def unreachable(_: Speech) -> NoReturn:
    """Raise what the transport raises where nothing answers."""
    raise httpx.ConnectError("All connection attempts failed")


def distrusted(_: Speech) -> NoReturn:
    """Raise what the transport raises for a certificate the system does not trust."""
    said = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate"
    raise httpx.ConnectError(said) from ssl.SSLCertVerificationError(1, said)


def too_long(speech: Speech) -> Answer:
    """Refuse a conversation for its length."""
    asked = speech.asked.tokens
    message = (
        f"This model configuration accepts at most {WINDOW} combined input and output tokens. "
        f"However, your request has {asked} input tokens and asks for {RESERVED} output tokens "
        f"({asked + RESERVED} tokens total). Please reduce the input length or requested output "
        "length and try again."
    )
    return document({"error": {"message": message}}, 400)


def cut(speech: Speech) -> Answer:
    """Break the connection half way."""
    return _continued(speech, _break())


def unfinished(speech: Speech) -> Answer:
    """End half way, as if that were all."""
    return _continued(speech, iter(()))


def silent_midway(speech: Speech) -> Answer:
    """Say half and then nothing more, for good."""
    return _continued(speech, _silence())


def silent(speech: Speech) -> Answer:
    """Answer, and then say nothing, for good."""
    return Answer(200, _silence(), {"Content-Type": speech.answer().headers["Content-Type"]})


def garbled(speech: Speech) -> Answer:
    """Say half, then what nobody can read."""
    return _continued(speech, iter([(0.0, _GARBLED)] * 3))


def error_midway(speech: Speech) -> Answer:
    """Report an error half way, in the stream."""
    error = {"code": "server_error", "message": "Provider disconnected unexpectedly"}
    if not speech.asked.streamed:
        return document({"error": error})
    choice = {"index": 0, "delta": {"content": ""}, "finish_reason": "error"}
    event = speech.head | {"object": "chat.completion.chunk", "error": error, "choices": [choice]}
    return _continued(speech, iter([(0.0, data(event))]))


def error_first(speech: Speech) -> Answer:
    """Report an error where the first word should be, under status 200."""
    error = {
        "error": {
            "code": 502,
            "message": "Provider returned error",
            "metadata": {"raw": "upstream connect error", "provider_name": "Demo"},
        }
    }
    return events(iter([(0.0, data(error))])) if speech.asked.streamed else document(error)


def empty(speech: Speech) -> Answer:
    """End before anything was said."""
    return events(iter([(0.0, DONE)])) if speech.asked.streamed else document({"choices": []})


def compressed(speech: Speech) -> Answer:
    """Compress the answer though asked not to."""
    answer = speech.answer()
    plain = b"".join(what for _, what in answer.steps if isinstance(what, bytes))
    return Answer(
        200,
        iter([(0.0, gzip.compress(plain, mtime=0))]),
        {"Content-Type": answer.headers["Content-Type"], "Content-Encoding": "gzip"},
    )


def unstreamed(speech: Speech) -> Answer:
    """Answer with one document, streamed or not."""
    return document(speech.document())


def ends_half_way(finish_reason: str) -> Fault:
    """Return a proper end after half of the words."""
    return lambda speech: speech.saying(speech.said.half(finish_reason)).answer()


def only_thinks(finish_reason: str) -> Fault:
    """Return an end after the reasoning, without a word."""
    return lambda speech: speech.saying(
        replace(speech.said, words=(), finish_reason=finish_reason)
    ).answer()


def calls_a_tool(speech: Speech) -> Answer:
    """Call a tool instead of saying something."""
    call = Call("look_up", ('{"what": ', '"rain in ', 'Turku"}'))
    said = replace(speech.said, words=(), call=call, finish_reason="tool_calls")
    return speech.saying(said).answer()


def declines(speech: Speech) -> Answer:
    """Say it in the field of a refusal."""
    return speech.saying(replace(speech.said, word_field="refusal")).answer()


def thinks_in_tags(speech: Speech) -> Answer:
    """Send the reasoning as text between tags, the tags in pieces."""
    said = speech.said
    words = ("<thi", "nk>\n", *said.thoughts, "\n</th", "ink>", "\n\n", *said.words)
    return speech.saying(replace(said, thoughts=(), words=words)).answer()


def _continued(speech: Speech, then: Iterator[Step]) -> Answer:
    """Return half of the answer, and then something else."""
    steps = _begun(speech.saying(speech.said.half()), then)
    # A length would tell that the rest is missing.
    return Answer(200, steps, {"Content-Type": speech.answer().headers["Content-Type"]})


def _begun(half: Speech, then: Iterator[Step]) -> Iterator[Step]:
    if half.asked.streamed:
        yield from half.spoken()
    else:
        whole = encode(half.document())
        yield 0.0, whole[: len(whole) // 2]
    yield from then


def _break() -> Iterator[Step]:
    yield (
        0.0,
        httpx.RemoteProtocolError(
            "peer closed connection without sending complete message body (incomplete chunked read)"
        ),
    )


def _silence() -> Iterator[Step]:
    yield 0.0, None

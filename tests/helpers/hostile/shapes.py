"""Shapes: the few forms most behaviours have, so that a table of them can be read."""

from __future__ import annotations

from typing import Any

from tests.helpers.hostile.plays import END, FIRST, SECOND, Behaviour, End, Step, streamed

PAGE = b"<!DOCTYPE html><html><head><title>%b</title></head><body>Sign <b>in</b></body></html>"
LOGIN = PAGE % b"Sign in"
FAULT = {"message": "The server had an error", "type": "server_error"}
SOON_SILENT = (("SILENCE_S", 0.4),)
SOON_HEADLESS = (("HEADERS_S", 0.4),)
SOON_UNEVENTFUL = (("UNEVENTFUL_S", 0.4),)
FOR_EVER = "it would wait for ever"
EATS_MEMORY = "it would hold all of it in memory"
NOT_IN_ITS_API = "its API has no such part of a reply"


def whole(name: str, source: str, *before_the_end: Step, **others: Any) -> Behaviour:
    """Return an odd reply that is whole all the same."""
    return Behaviour(name, source, streamed(*before_the_end, END), **others)


def odd(name: str, source: str, *odd: bytes, **others: Any) -> Behaviour:
    """Return a whole reply with something odd in its middle, to be passed over."""
    return whole(name, source, FIRST, *odd, SECOND, **others)


def cut(name: str, source: str, *play: Step, **others: Any) -> Behaviour:
    """Return a reply that breaks off after `Hello`."""
    return Behaviour(name, source, play, **({"status": "interrupted", "kind": "cut"} | others))


def failed(name: str, source: str, kind: str, play: Any, **others: Any) -> Behaviour:
    """Return an answer that is a failure, with no text unless there is some."""
    return Behaviour(
        name, source, play, **({"status": "failed", "kind": kind, "text": ""} | others)
    )


def facts(**facts: Any) -> dict[str, Any]:
    return {"facts": tuple(facts.items())}


def is_no_http(name: str, source: str, *written: Step) -> Behaviour:
    return failed(name, source, "not_the_api", (*written, End.CLOSE))

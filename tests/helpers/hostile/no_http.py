"""No HTTP: compression nobody asked for, broken framing, and what speaks no HTTP at all."""

from __future__ import annotations

import gzip

from tests.helpers.hostile.plays import WHOLE, Behaviour, Repeat, head, streamed
from tests.helpers.hostile.shapes import EATS_MEMORY, failed, is_no_http

_COMPRESSED = gzip.compress(WHOLE)
_SMUGGLED = head("200 OK", "text/event-stream", "Content-Length: 5", "Transfer-Encoding: chunked")
_BOMB = gzip.compress(b"data: " + bytes(2**24))

BEHAVIOURS = (
    failed(
        "gzip",
        "quirk 38 F12",
        "encoded",
        streamed(_COMPRESSED, lines=("Content-Encoding: gzip",)),
        not_for_others="it asked for it",
    ),
    failed(
        "gzip-bomb",
        "B46 F12 T35",
        "encoded",
        streamed(Repeat(_BOMB, 64), lines=("Content-Encoding: gzip",)),
        not_for_others=EATS_MEMORY,
    ),
    failed(
        "gzip-twice",
        "T35",
        "encoded",
        streamed(gzip.compress(_COMPRESSED), lines=("Content-Encoding: gzip, gzip",)),
        not_for_others="it asked for it",
    ),
    failed(
        "gzip-broken",
        "B47 F12",
        "encoded",
        streamed(b"\x1f\x8b\x08oops", lines=("Content-Encoding: gzip",)),
    ),
    failed(
        "encoding-unknown",
        "B48 F12",
        "encoded",
        streamed(WHOLE, lines=("Content-Encoding: br,gzip,x",)),
    ),
    is_no_http(
        "length-negative",
        "B49 T34",
        head("200 OK", "text/event-stream", "Content-Length: -1") + WHOLE,
    ),
    is_no_http(
        "length-no-number",
        "T34",
        head("200 OK", "text/event-stream", "Content-Length: many") + WHOLE,
    ),
    is_no_http(
        "two-lengths",
        "B50 T34",
        head("200 OK", "text/event-stream", "Content-Length: 5", "Content-Length: 6") + WHOLE,
    ),
    is_no_http(
        "transfer-encoding-unknown",
        "T34",
        head("200 OK", "text/event-stream", "Transfer-Encoding: oops") + WHOLE,
    ),
    is_no_http(
        "header-of-five-megabytes",
        "B52 T34",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * (5 * 2**20) + b"\r\n\r\n" + WHOLE,
    ),
    is_no_http(
        "ten-thousand-headers",
        "B53",
        b"HTTP/1.1 200 OK\r\n" + b"X-Padding: padding padding\r\n" * 10_000 + b"\r\n" + WHOLE,
    ),
    is_no_http("nul-in-a-header", "T34", head("200 OK", "text/event-stream", "X: a\0b") + WHOLE),
    is_no_http("http-0.9", "B55 T34", b"Welcome!\r\nThis is a page of 1991.\r\n\r\n"),
    is_no_http("not-http-at-all", "B55", b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    is_no_http("http-2", "F13", b"\0\0\0\4\0\0\0\0\0\0\0\x08\7\0\0\0\0\0\0\0\0\0\0\0\0\r\n\r\n"),
    is_no_http("status-no-number", "T34", b"HTTP/1.1 OK 200\r\n\r\n" + WHOLE),
    is_no_http("tls-on-a-plain-port", "F24", b"\x15\x03\x01\x00\x02\x02\x28" * 3 + b"\r\n\r\n"),
    is_no_http(
        "switches-protocols",
        "T34",
        b"HTTP/1.1 101 Switching\r\nUpgrade: evil\r\nConnection: upgrade\r\n\r\n" + WHOLE,
    ),
    # Both at once: the chunks count, and the connection is not used again.
    Behaviour("length-and-chunks", "B51 T34", (_SMUGGLED, *streamed(WHOLE)[1:])),
)

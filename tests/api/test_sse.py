"""The decoder of server-sent events."""

import time
from itertools import pairwise

import httpx_sse
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.sse import Decoder, Event, Oversized

LINES = st.sampled_from(
    [
        b"data: one",
        b"data:two",
        b"data:  three",
        b"data",
        b"data: \xf0\x9f\x98\x80 \xe2\x80\xa8 \xc2\x85 \x0b\x0c\x1c",
        b"event: ping",
        b"event",
        b"id: 3",
        b"retry: 10",
        b": comment",
        b":",
        b"unknown: x",
        b"",
        b"",
    ]
)
ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])
STREAMS = st.lists(st.tuples(LINES, ENDS), max_size=30).map(
    lambda parts: b"".join(line + end for line, end in parts)
)
ANY_STREAM = st.one_of(STREAMS, st.binary(max_size=80).map(lambda b: b.replace(b"a", b"\n")))


def events_of(*chunks: bytes) -> list[Event]:
    decoder = Decoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)] + decoder.finish()


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[a:b] for a, b in pairwise(edges)]


@settings(max_examples=400, deadline=None)
@given(ANY_STREAM, st.lists(st.integers(0, 1000), max_size=12))
def test_any_cutting_gives_the_same_events(stream: bytes, places: list[int]) -> None:
    assert events_of(*cut(stream, places)) == events_of(stream)


@settings(max_examples=200, deadline=None)
@given(STREAMS)
def test_one_byte_at_a_time_gives_the_same_events(stream: bytes) -> None:
    assert events_of(*(bytes([byte]) for byte in stream)) == events_of(stream)


@settings(max_examples=300, deadline=None)
@given(STREAMS)
def test_another_decoder_reads_the_same(stream: bytes) -> None:
    oracle = httpx_sse.SSEDecoder() if hasattr(httpx_sse, "SSEDecoder") else None
    if oracle is None:
        from httpx_sse._decoders import SSEDecoder

        oracle = SSEDecoder()
    # A blank line ends the last event for both.
    stream += b"\n\n"
    theirs = [oracle.decode(line.decode()) for line in stream.splitlines()]
    # It makes events of what has no data; the standard does not.
    expected = [(event.event, event.data) for event in theirs if event is not None and event.data]
    ours = [(event.name, event.data.decode()) for event in events_of(stream) if event.data]
    assert ours == expected


def test_lines_end_at_lf_cr_and_crlf() -> None:
    for end in (b"\n", b"\r", b"\r\n"):
        assert events_of(b"data: a" + end + b"data: b" + end + end) == [Event("message", b"a\nb")]


def test_a_crlf_cut_in_two_is_one_line_end() -> None:
    assert events_of(b"data: a\r", b"\ndata: b\r", b"\n\r", b"\n") == [Event("message", b"a\nb")]


def test_line_separators_of_unicode_end_no_line() -> None:
    data = '{"content":"a\u2028b\u2029c\u0085d\x0b\x0c\x1ce"}'.encode()
    assert events_of(b"data: " + data + b"\n\n") == [Event("message", data)]


def test_a_byte_order_mark_is_dropped_once() -> None:
    assert events_of(b"\xef\xbb", b"\xbfdata: a\n\n") == [Event("message", b"a")]
    assert events_of(b"\n\xef\xbb\xbfdata: a\n\n") == []


def test_comments_and_other_fields_make_no_event() -> None:
    assert events_of(b": keepalive\n\n:\n\nid: 3\nretry: 10\n\nevent: ping\n\n") == []


def test_an_event_keeps_its_name_for_itself() -> None:
    assert events_of(b"event: ping\ndata: 1\n\ndata: 2\n\n") == [
        Event("ping", b"1"),
        Event("message", b"2"),
    ]


def test_only_one_space_after_the_colon_is_dropped() -> None:
    assert events_of(b"data:  a\n\n") == [Event("message", b" a")]


def test_an_open_event_counts_at_the_end() -> None:
    assert events_of(b"data: [DONE]") == [Event("message", b"[DONE]")]
    assert events_of(b"data: [DONE]\n") == [Event("message", b"[DONE]")]


def test_a_bare_json_line_is_an_event() -> None:
    assert events_of(b'data: 1\n{"a":1}\n{"b":2}\n') == [
        Event("message", b"1"),
        Event("message", b'{"a":1}'),
        Event("message", b'{"b":2}'),
    ]


def test_an_error_field_makes_an_error_event() -> None:
    assert events_of(b'error: {"code":400}\n\n') == [Event("error", b'{"code":400}')]


@pytest.mark.parametrize(
    "chunks",
    [[b"data: " + b"x" * 200], [b"data: x\n"] * 80, [b"x"] * 200, [b": " + b"x" * 200 + b"\n"]],
)
def test_too_large_a_line_or_event_is_refused(chunks: list[bytes]) -> None:
    decoder = Decoder(limit=100)
    with pytest.raises(Oversized):
        list(map(decoder.feed, chunks))


def test_events_before_the_one_too_large_are_not_lost() -> None:
    with pytest.raises(Oversized) as caught:
        Decoder(limit=100).feed(b"data: a\n\ndata: " + b"x" * 200)
    assert caught.value.events == [Event("message", b"a")]


def test_a_line_of_many_pieces_takes_linear_time() -> None:
    def seconds(pieces: int, size: int) -> float:
        decoder = Decoder()
        piece = b"x" * size
        started = time.perf_counter()
        for _ in range(pieces):
            decoder.feed(piece)
        decoder.feed(b"\n\n")
        return time.perf_counter() - started

    # Eight times as much may take eight times as long, not sixty-four.
    for pieces, size in ((10_000, 1), (2_000, 1_000)):
        small = min(seconds(pieces, size) for _ in range(3))
        assert min(seconds(pieces * 8, size) for _ in range(3)) < small * 8 * 4 + 0.05


def test_many_empty_data_lines_are_bounded() -> None:
    with pytest.raises(Oversized):
        Decoder(limit=1000).feed(b"data\n" * 2000)

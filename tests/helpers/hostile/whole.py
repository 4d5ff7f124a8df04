"""Whole: replies that are all there, however oddly they come and end."""

from __future__ import annotations

import json

from tests.helpers.hostile.plays import (
    DONE,
    FINISH,
    FIRST,
    HELLO,
    KEPT,
    SECOND,
    TERMINATED,
    USAGE,
    WHOLE,
    Behaviour,
    End,
    Pause,
    Repeat,
    bytewise,
    closing,
    raw,
    said,
    streamed,
    told,
    words,
)
from tests.helpers.hostile.shapes import FOR_EVER, NOT_IN_ITS_API, odd, whole

_DOCUMENT = json.dumps(
    {
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": KEPT}, "finish_reason": "stop"}
        ],
        "usage": {"prompt_tokens": 10, "completion_tokens": 25},
    }
).encode()

_EVIL = _DOCUMENT.replace(KEPT.encode(), b"Evil")

BEHAVIOURS = (
    Behaviour("happy", "1", streamed(WHOLE)),
    whole("keep-alives", "2 B22", *(b": OPENROUTER PROCESSING\n\n", Pause(0.02)) * 5, HELLO),
    whole("reasoning", "3", said({"reasoning": "think…"}), HELLO, reasoning="think…"),
    whole(
        "think-tags",
        "4",
        *(words(part) for part in ("<thi", "nk>a", "b</th", "ink>", "\n\nanswer")),
        text="answer",
        reasoning="ab",
        not_for_others=NOT_IN_ITS_API,
    ),
    whole(
        "think-in-the-middle", "quirk think", words("a <think>b</think>"), text="a <think>b</think>"
    ),
    whole("think-without-opening", "quirk think", words("a</think>b"), text="a</think>b"),
    whole(
        "think-never-closed",
        "quirk think",
        words("<think>ab"),
        text="",
        reasoning="ab",
        not_for_others=NOT_IN_ITS_API,
    ),
    Behaviour("document-for-a-stream", "15 quirk 25 F8", told(_DOCUMENT)),
    Behaviour(
        "document-under-a-wrong-name", "15 quirk 25 F8", told(_DOCUMENT, kind="text/event-stream")
    ),
    whole(
        "content-in-parts",
        "16 quirk 16",
        words(
            [
                {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                {"type": "text", "text": "hi"},
            ]
        ),
        text="hi",
        reasoning="hm",
        not_for_others=NOT_IN_ITS_API,
    ),
    whole(
        "emoji-in-two-deltas",
        "17 B31 quirk 13",
        raw(b'{"choices":[{"delta":{"content":"\\ud83d"}}]}'),
        raw(b'{"choices":[{"delta":{"content":"\\ude00"}}]}'),
        text="😀",
    ),
    odd("line-separator-in-content", "18 quirk 11", words("\u2028"), text="Hel\u2028lo"),
    Behaviour(
        "length-without-text",
        "21 F15",
        streamed(said({"reasoning": "hm"}), said({}, finish_reason="length"), USAGE, DONE),
        text="",
        reasoning="hm",
    ),
    Behaviour("no-usage", "F15", streamed(HELLO, FINISH, DONE)),
    Behaviour("no-finish-reason", "F15 quirk 20", streamed(HELLO, DONE)),
    Behaviour("finish-length", "F15", streamed(HELLO, said({}, finish_reason="length"), DONE)),
    Behaviour(
        "finish-filter", "F15", streamed(HELLO, said({}, finish_reason="content_filter"), DONE)
    ),
    Behaviour(
        "finish-unheard-of", "quirk 35", streamed(HELLO, said({}, finish_reason="eos"), DONE)
    ),
    Behaviour("no-done", "B20 quirk 20", streamed(HELLO, FINISH)),
    Behaviour("cut-after-finish", "B20 F1", streamed(HELLO, FINISH, End.CLOSE)),
    Behaviour("reset-after-finish", "B20 F2", streamed(HELLO, FINISH, End.RESET)),
    Behaviour("closed-after-done", "F3", closing(WHOLE)),
    Behaviour("http-1.0", "F8", (b"HTTP/1.0 200 OK\r\n\r\n", WHOLE, End.CLOSE)),
    Behaviour("no-reason-phrase", "T34", (b"HTTP/1.1 200\r\n\r\n", WHOLE, End.CLOSE)),
    Behaviour("version-unheard-of", "T34", (b"HTTP/9.9 200 OK\r\n\r\n", WHOLE, End.CLOSE)),
    Behaviour(
        "early-hints", "T34", (b"HTTP/1.1 103 Early\r\nLink: </x>\r\n\r\n", *streamed(WHOLE))
    ),
    Behaviour("length-is-right", "T34", told(WHOLE, kind="text/event-stream")),
    Behaviour("done-twice", "B18", streamed(HELLO, FINISH, DONE, DONE)),
    Behaviour(
        "text-after-done", "B19 quirk 21", streamed(HELLO, FINISH, DONE, words("more"), DONE)
    ),
    Behaviour("done-without-a-blank-line", "quirk 20", streamed(HELLO, FINISH, b"data: [DONE]")),
    Behaviour("done-without-a-space", "quirk 20", streamed(HELLO, FINISH, b"data:[DONE]  \n\n")),
    Behaviour(
        "garbage-after-the-end",
        "T34",
        (
            *streamed(WHOLE)[:-2],
            TERMINATED + b"".join(part for part in told(_EVIL) if isinstance(part, bytes)),
            End.KEEP,
        ),
    ),
    Behaviour(
        "hangs-after-done", "quirk 19", streamed(WHOLE, End.HANG), limits=(("DONE_TAIL_S", 0.1),)
    ),
    Behaviour(
        "hangs-after-finish",
        "quirk 19",
        streamed(HELLO, FINISH, End.HANG),
        limits=(("FINISH_TAIL_S", 0.1),),
        not_for_others=FOR_EVER,
    ),
    Behaviour(
        "comments-after-finish",
        "quirk 19 F4",
        streamed(HELLO, FINISH, Repeat(b": still here\n\n", 10**6, 0.01)),
        limits=(("FINISH_TAIL_S", 0.1),),
        not_for_others=FOR_EVER,
    ),
    Behaviour(
        "flood-after-done",
        "quirk 19 F11",
        streamed(WHOLE, Repeat(words("more") * 1000, 10**6)),
        limits=(("DONE_TAIL_S", 0.1),),
    ),
    whole("long-pause", "F5 F22", FIRST, Pause(0.5), SECOND),
    Behaviour("slow-line", "F21 B29", streamed(*bytewise(HELLO + FINISH + DONE))),
    Behaviour(
        "stalls",
        "F21",
        streamed(FIRST, Pause(0.15), *bytewise(SECOND), Pause(0.15), FINISH, Pause(0.15), DONE),
    ),
)

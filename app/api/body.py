"""Body: the bytes of a good answer → deltas, whatever form they took; no I/O.

Law: a request for a stream may be answered by events, by JSON lines, by one
JSON document or by a web page, whatever the header says; the first byte that
is no blank tells which. However the bytes are cut, the reply is the same.
"""

from app.api import limits, wire
from app.api.reply import Reply
from app.api.sse import Decoder, Event, Oversized
from app.chat.failure import Failure, Kind
from app.chat.message import Delta

_BLANK = b"\xef\xbb\xbf \t\r\n"
_BEGINNINGS = (b"data:", b"event:", b"id:", b"retry:", b"error:", b":", b"{")
_HEAD_BYTES = max(map(len, _BEGINNINGS))


class Body:
    """What has come of an answer, feeding one reply."""

    def __init__(self, reply: Reply, host: str = "") -> None:
        self._reply = reply
        self._is_json = False
        self._host = host
        self._decoder = Decoder()
        self._document: bytearray | None = None
        """What begins with a brace, while it may be one document."""
        self._is_one_line = True
        """Of the document, so far."""
        self._head = b""
        self._size = 0
        self._saw_events = False

    def begin(self, content_type: str, request_ids: tuple[str, ...] = ()) -> None:
        """Take in what the headers say."""
        self._is_json = content_type.partition(";")[0].strip().lower() == "application/json"
        self._reply.identify(request_ids)

    def feed(self, chunk: bytes) -> list[Delta]:
        """Return what these bytes add; `reply.failure` is set if they are the last."""
        if self._reply.is_over:
            return []
        room = limits.REPLY_BYTES - self._size
        self._size += len(chunk)
        deltas = self._feed(chunk[:room])
        if len(chunk) > room:
            self._end(Kind.TOO_LARGE)
        return deltas

    def finish(self) -> list[Delta]:
        """Return what was held back, once no more bytes will come."""
        if self._reply.is_over:
            return self._reply.finish()
        if self._document is not None:
            return self._finish_document(bytes(self._document)) + self._reply.finish()
        deltas = self._take(self._decoder.finish())
        if self._head and not self._saw_events and not _begins_a_stream(self._head):
            self._end(Kind.NOT_THE_API)
        return deltas + self._reply.finish()

    def _feed(self, chunk: bytes) -> list[Delta]:
        if len(self._head) < _HEAD_BYTES:
            chunk = self._recognise(chunk)
        if self._document is None:
            return self._decode(chunk)
        self._document += chunk
        if not self._is_one_line or self._is_json:
            return []
        line = self._document.splitlines()[0] if _ends_line(chunk) else self._document
        if len(line) > limits.EVENT_BYTES:
            self._end(Kind.TOO_LARGE)
        if line is self._document:
            return []
        self._is_one_line = False
        if not _is_readable(bytes(line)):
            return []
        # JSON lines: no need to wait for the end.
        lines, self._document = bytes(self._document), None
        return self._decode(lines)

    def _recognise(self, chunk: bytes) -> bytes:
        """Return the bytes without the blanks that the whole body begins with."""
        is_first = not self._head
        if is_first:
            chunk = chunk.lstrip(_BLANK)
        self._head += chunk[: _HEAD_BYTES - len(self._head)]
        if is_first and chunk.startswith(b"<"):
            self._end(Kind.NOT_THE_API)
        elif is_first and chunk.startswith((b"{", b"[") if self._is_json else b"{"):
            self._document = bytearray()
        return chunk

    def _decode(self, chunk: bytes) -> list[Delta]:
        try:
            return self._take(self._decoder.feed(chunk))
        except Oversized as error:
            deltas = self._take(error.events)
            self._end(Kind.TOO_LARGE)
            return deltas

    def _finish_document(self, document: bytes) -> list[Delta]:
        try:
            return self._reply.take_document(document)
        except wire.Unreadable:
            # JSON lines under the wrong name, or a document that was cut.
            deltas = self._decode(document)
        return deltas if self._reply.is_over else deltas + self._take(self._decoder.finish())

    def _take(self, events: list[Event]) -> list[Delta]:
        self._saw_events = self._saw_events or bool(events)
        return self._reply.take(events)

    def _end(self, kind: Kind) -> None:
        self._reply.give_up(Failure(kind, status=200, host=self._host))


def _ends_line(chunk: bytes) -> bool:
    return b"\n" in chunk or b"\r" in chunk


def _is_readable(line: bytes) -> bool:
    try:
        wire.read(line)
    except wire.Unreadable:
        return False
    return True


def _begins_a_stream(head: bytes) -> bool:
    return any(head.startswith(name) or name.startswith(head) for name in _BEGINNINGS)

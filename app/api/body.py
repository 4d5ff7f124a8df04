"""Body: the bytes of a good answer → deltas, whatever form they took; no I/O.

Law: a request for a stream may be answered by events, by JSON lines, by one
JSON document or by a web page, whatever the header says; the first byte that
is no blank tells which.
"""

from app.api import wire
from app.api.limits import REPLY_BYTES
from app.api.reply import Reply
from app.api.sse import Decoder, Event, Oversized
from app.chat.failure import Failure, Kind
from app.chat.message import Delta

_BLANK = b"\xef\xbb\xbf \t\r\n"
_BEGINNINGS = (b"data:", b"event:", b"id:", b"retry:", b"error:", b":", b"{")


class Body:
    """What has come of an answer, feeding one reply."""

    def __init__(self, reply: Reply, host: str = "") -> None:
        self._reply = reply
        self._is_json = False
        self._host = host
        self._decoder = Decoder()
        self._document: list[bytes] | None = None
        self._head = b""
        self._size = 0
        self._saw_events = False

    def begin(self, content_type: str, request_ids: tuple[str, ...] = ()) -> None:
        """Take in what the headers say."""
        self._is_json = content_type.partition(";")[0].strip().lower() == "application/json"
        self._reply.identify(request_ids)

    def feed(self, chunk: bytes) -> list[Delta]:
        """Return what these bytes add; `reply.failure` is set if they are the last."""
        self._size += len(chunk)
        if self._size > REPLY_BYTES:
            self._end(Kind.TOO_LARGE)
            return []
        if not self._head:
            chunk = self._recognise(chunk)
        if self._document is not None:
            self._document.append(chunk)
            return []
        try:
            return self._take(self._decoder.feed(chunk))
        except Oversized as error:
            deltas = self._take(error.events)
            self._end(Kind.TOO_LARGE)
            return deltas

    def finish(self) -> list[Delta]:
        """Return what was held back, once no more bytes will come."""
        if self._reply.failure is not None:
            return self._reply.finish()
        if self._document is not None:
            return self._finish_document(b"".join(self._document)) + self._reply.finish()
        deltas = self._take(self._decoder.finish())
        if self._head and not self._saw_events and not _begins_a_stream(self._head):
            self._end(Kind.NOT_THE_API)
        return deltas + self._reply.finish()

    def _recognise(self, chunk: bytes) -> bytes:
        told = chunk.lstrip(_BLANK)
        self._head = told[:8]
        if told.startswith(b"<"):
            self._end(Kind.NOT_THE_API)
        elif told.startswith(b"{") and self._is_json:
            self._document = []
            return told
        return chunk

    def _finish_document(self, document: bytes) -> list[Delta]:
        try:
            deltas = self._reply.take_document(document)
        except wire.Unreadable:
            # JSON lines under the wrong name, or a document that was cut.
            return self._take(self._decoder.feed(document) + self._decoder.finish())
        if not self._reply.complete:
            self._end(Kind.NOT_THE_API)
        return deltas

    def _take(self, events: list[Event]) -> list[Delta]:
        self._saw_events = self._saw_events or bool(events)
        return self._reply.take(events)

    def _end(self, kind: Kind) -> None:
        if self._reply.failure is None:
            self._reply.failure = Failure(kind, status=200, host=self._host)


def _begins_a_stream(head: bytes) -> bool:
    return any(head.startswith(name) or name.startswith(head) for name in _BEGINNINGS)

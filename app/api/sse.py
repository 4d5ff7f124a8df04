"""Server-sent events: bytes in, events out; no I/O.

Law: the same bytes give the same events however they are cut, in linear time
and bounded space. Lines end at LF, CRLF or CR and at nothing else.

It goes beyond https://html.spec.whatwg.org/multipage/server-sent-events.html
in three places, because services do: a line that starts with `{` is an event
of its own (JSON lines without `data:`), a field named `error` makes an event
named `error`, and an event the end of the stream left open still counts.
"""

from dataclasses import dataclass

from app.api import limits

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `data` is its lines joined by LF."""

    name: str
    """`message` unless the stream said otherwise."""
    data: bytes


class Oversized(ValueError):
    """A line or event larger than Coprime takes in. `events` came before it."""

    def __init__(self, events: list[Event]) -> None:
        super().__init__("an event is too large")
        self.events = events


class Decoder:
    """The stream so far: at most one open line and one open event."""

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limits.EVENT_BYTES if limit is None else limit
        # Arrays, not lists of pieces: a service may send every byte by itself.
        self._line = bytearray()
        self._skip_lf = False
        self._at_start = True
        self._name = ""
        self._data = bytearray()
        """Every line of the open event with an LF after it."""
        self._events: list[Event] = []

    def feed(self, chunk: bytes) -> list[Event]:
        """Return the events that these bytes complete.

        Raises:
            Oversized: a line or event passed the limit; the decoder is spent.
        """
        if self._skip_lf and chunk:
            # The LF of a CRLF that was cut in two: the CR has ended the line.
            self._skip_lf = False
            if chunk[0] == 0x0A:
                chunk = chunk[1:]
        if not chunk:
            return self._taken()
        # bytes.splitlines, unlike that of str, splits at LF, CR and CRLF only.
        lines = chunk.splitlines()
        ended = chunk[-1] in b"\r\n"
        self._skip_lf = chunk[-1] == 0x0D
        open_line = b"" if ended else lines.pop()
        for line in lines:
            self._extend_line(line)
            self._end_line()
        self._extend_line(open_line)
        return self._taken()

    def finish(self) -> list[Event]:
        """Return the event the end of the stream left open, if any."""
        if self._line:
            self._end_line()
        self._dispatch()
        return self._taken()

    def _extend_line(self, part: bytes) -> None:
        if len(self._line) + len(part) + len(self._data) > self._limit:
            raise Oversized(self._taken())
        self._line += part

    def _end_line(self) -> None:
        line = bytes(self._line)
        self._line.clear()
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(_BOM)
        if not line:
            self._dispatch()
        elif line[0] == 0x7B:  # {
            self._dispatch()
            self._events.append(Event("message", line))
        elif line[0] != 0x3A:  # a colon starts a comment
            self._take_field(*line.partition(b":"))

    def _take_field(self, field: bytes, _: bytes, value: bytes) -> None:
        if value[:1] == b" ":
            value = value[1:]
        if field == b"event":
            self._name = value[:64].decode("utf-8", "replace")
        elif field in (b"data", b"error"):
            if field == b"error":
                self._name = "error"
            # With the LF, so that empty lines have a bound too.
            self._data += value + b"\n"

    def _dispatch(self) -> None:
        if self._data:
            self._events.append(Event(self._name or "message", bytes(self._data[:-1])))
            self._data.clear()
        self._name = ""

    def _taken(self) -> list[Event]:
        events, self._events = self._events, []
        return events

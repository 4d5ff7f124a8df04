"""Pages: rows taken from the bytes of a database file, without SQLite.

SQLite reads a table from its root and stops at the first page that is wrong.
Here every page is looked at for itself: those that are leaves of tables give
their rows, whatever has become of the rest of the file. What the write-ahead
log has committed comes before what the file has.
Source: https://sqlite.org/fileformat2.html, sections 1.6, 2.1 and 4.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

MAGIC = b"SQLite format 3\0"
_LEAF = 13
_LOG_HEADER = 32
_FRAME_HEADER = 24
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
"""Bytes of an integer by its serial type."""

Cell = None | int | float | str | bytes


class Pages:
    """The pages of a file and its log, either of which may be missing or damaged."""

    def __init__(self, path: Path, log: Path, page_size: int) -> None:
        self._file = path.read_bytes() if path.is_file() else b""
        self._log = log.read_bytes() if log.is_file() else b""
        said = int.from_bytes(self._file[16:18], "big")
        if self.has_header and said in (512, 1024, 2048, 4096, 8192, 16384, 32768, 1):
            page_size = 65536 if said == 1 else said
        self._size = page_size
        self._in_log = self._read_log()

    @property
    def has_header(self) -> bool:
        """Whether the file begins like one of SQLite."""
        return self._file.startswith(MAGIC)

    @property
    def application_id(self) -> int:
        """Whose file it says it is; means nothing without a header."""
        return int.from_bytes(self._file[68:72], "big")

    def first_page(self) -> bytes:
        """Return the page that names the tables."""
        return self._page(1)

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Yield the row id and the cells of every row of every table."""
        last = max(-(-len(self._file) // self._size), max(self._in_log, default=0))
        for number in range(2, last + 1):
            page = self._page(number)
            if len(page) < 8 or page[0] != _LEAF:
                continue
            count = min(int.from_bytes(page[3:5], "big"), (self._size - 8) // 2)
            for index in range(count):
                start = int.from_bytes(page[8 + 2 * index : 10 + 2 * index], "big")
                try:
                    yield self._row(page, start)
                except (IndexError, ValueError, struct.error):
                    continue

    def _page(self, number: int) -> bytes:
        if number in self._in_log:
            start = self._in_log[number]
            return self._log[start : start + self._size]
        return self._file[(number - 1) * self._size : number * self._size]

    def _read_log(self) -> dict[int, int]:
        """Return where in the log the newest committed state of each page is."""
        committed: dict[int, int] = {}
        pending: dict[int, int] = {}
        salt = self._log[16:24]
        at = _LOG_HEADER
        while at + _FRAME_HEADER + self._size <= len(self._log):
            frame = self._log[at : at + _FRAME_HEADER]
            if frame[8:16] != salt:
                break
            pending[int.from_bytes(frame[:4], "big")] = at + _FRAME_HEADER
            if any(frame[4:8]):
                committed.update(pending)
                pending.clear()
            at += _FRAME_HEADER + self._size
        return committed

    def _row(self, page: bytes, start: int) -> tuple[int, list[Cell]]:
        length, at = _varint(page, start)
        rowid, at = _varint(page, at)
        return rowid, _cells(self._payload(page, at, length))

    def _payload(self, page: bytes, at: int, length: int) -> bytes:
        if length > len(self._file) + len(self._log):
            raise ValueError
        here = length
        if length > self._size - 35:
            least = (self._size - 12) * 32 // 255 - 23
            here = least + (length - least) % (self._size - 4)
            here = here if here <= self._size - 35 else least
        parts = [page[at : at + here]]
        missing = length - len(parts[0])
        following = page[at + here : at + here + 4]
        while missing > 0:
            page = self._page(int.from_bytes(following, "big"))
            part = page[4 : 4 + missing]
            if not part:
                raise ValueError
            parts.append(part)
            missing -= len(part)
            following = page[:4]
        return b"".join(parts)


def _cells(record: bytes) -> list[Cell]:
    header, at = _varint(record, 0)
    data = header
    cells: list[Cell] = []
    while at < header:
        kind, at = _varint(record, at)
        cell, data = _cell(record, kind, data)
        cells.append(cell)
    return cells


def _cell(record: bytes, kind: int, at: int) -> tuple[Cell, int]:
    if kind == 0:
        return None, at
    if kind in (8, 9):
        return kind - 8, at
    length = _INTEGERS.get(kind) or (8 if kind == 7 else (kind - 12) // 2)
    part = record[at : at + length]
    if len(part) != length or kind in (10, 11):
        raise ValueError
    if kind in _INTEGERS:
        return int.from_bytes(part, "big", signed=True), at + length
    if kind == 7:
        return struct.unpack(">d", part)[0], at + length
    return part if kind % 2 == 0 else part.decode(errors="replace"), at + length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index in range(at, at + 8):
        byte = data[index]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, index + 1
    value = value << 8 | data[at + 8]
    return value - 2**64 if value >= 2**63 else value, at + 9

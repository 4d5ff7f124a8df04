"""Search paths: libraries of the bundle do not name folders of the machine it was made on.

A Python that was built with shared libraries has written into each where it was built to
be. The frozen program finds them beside itself, and the folder's name would be all that
tells two bundles of one commit apart. Source: System V ABI, dynamic section; elf(5).
"""

import struct
import subprocess
from pathlib import Path

_LOAD, _DYNAMIC = 1, 2
_END, _STRINGS, _OLD_PATH, _PATH = 0, 5, 15, 29
_ENTRY = struct.Struct("<qQ")


def clear(folder: Path) -> list[Path]:
    """Take absolute search paths out of all libraries in a folder; returns which had one.

    Raises:
        SystemExit: a library would not be the same without.
    """
    changed = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        before = path.read_bytes()
        after = without_paths(before)
        if after != before:
            symbols = _symbols(path)
            path.write_bytes(after)
            if _symbols(path) != symbols:
                raise SystemExit(f"{path.name} cannot be freed of its search path.")
            changed.append(path)
    return changed


def without_paths(data: bytes) -> bytes:
    """Return a library without search paths that are absolute; anything else as it is."""
    # Of 64 bits, the lowest first: what the bundle is made for.
    if data[:6] != b"\x7fELF\x02\x01":
        return data
    headers = _headers(data)
    dynamic = next((each for each in headers if each[0] == _DYNAMIC), None)
    if dynamic is None:
        return data
    _, start, _, size = dynamic
    entries = list(_ENTRY.iter_unpack(data[start : start + size - size % _ENTRY.size]))
    strings = _place(headers, dict(entries).get(_STRINGS, 0))
    result = bytearray(data)
    kept = []
    for tag, value in entries:
        at = strings + value
        text = data[at : data.index(0, at)] if tag in (_OLD_PATH, _PATH) else b""
        if any(part.startswith(b"/") for part in text.split(b":")):
            result[at : at + len(text)] = bytes(len(text))
        else:
            kept.append((tag, value))
    kept += [(_END, 0)] * (len(entries) - len(kept))
    for number, entry in enumerate(kept):
        _ENTRY.pack_into(result, start + number * _ENTRY.size, *entry)
    return bytes(result)


def _headers(data: bytes) -> list[tuple[int, int, int, int]]:
    """Return kind, place in the file, address and size of each segment."""
    (first,) = struct.unpack_from("<Q", data, 0x20)
    size, count = struct.unpack_from("<HH", data, 0x36)
    found = []
    for number in range(count):
        kind, _, place, address, _, length = struct.unpack_from(
            "<IIQQQQ", data, first + number * size
        )
        found.append((kind, place, address, length))
    return found


def _place(headers: list[tuple[int, int, int, int]], address: int) -> int:
    """Return where in the file an address is."""
    return next(
        place + address - start
        for kind, place, start, size in headers
        if kind == _LOAD and start <= address < start + size
    )


def _symbols(path: Path) -> list[str]:
    told = subprocess.check_output(["objdump", "-T", str(path)], text=True)
    # The first lines say what the file is called.
    return told.splitlines()[2:]

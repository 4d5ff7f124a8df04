"""Sizes: what takes how much of the bundle, and how large the packages are."""

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath

import bundle
from identity import DIST, VERSION

# A part and how its files begin; the first that fits counts.
_PARTS = {
    "ICU": ("PySide6/Qt/lib/libicu",),
    "Qt": ("PySide6/Qt/", "PySide6/Qt6", "PySide6/plugins/"),
    "Qt for Python": ("PySide6/", "shiboken6/"),
    "cryptography": ("cryptography",),
    "Python": ("libpython", "python3", "base_library.zip", "Python", "lib-dynload"),
    "OpenSSL": ("libssl", "libcrypto"),
    "SQLite": ("libsqlite3", "sqlite3"),
    "formulas and their fonts": ("ziamath/", "ziafont/", "latex2mathml"),
    "drawings and licences": ("resources/",),
}
_REST = "the rest"


def table() -> str:
    """Return the parts of the bundle, largest first, and the packages that are in dist."""
    files = bundle.files()
    whole = sum(files.values())
    lines = [line(name, size, whole) for name, size in parts(files.items())]
    lines.append(line("bundle", whole, whole))
    made = [
        path
        for path in sorted(DIST.glob(f"*{VERSION}*"))
        if path.is_file() and VERSION in path.name
    ]
    lines += ["", *(f"{path.stat().st_size / 1e6:8.1f} MB  {path.name}" for path in made)]
    return "\n".join(lines)


def parts(files: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return how many bytes each part takes, largest first; of files by place and size."""
    sums = Counter[str]()
    for place, size in files:
        sums[part(place)] += size
    return sums.most_common()


def part(place: str) -> str:
    """Return which part a file belongs to, by its place in the bundle."""
    pure = PurePath(place.replace("\\", "/"))
    if pure.parts[0] == "Contents":
        inside = "/".join(pure.parts[2:])
        if pure.parts[1] == "MacOS":
            return "program"
    elif pure.parts[0] == "_internal":
        inside = "/".join(pure.parts[1:])
    else:
        return "program"
    for name, beginnings in _PARTS.items():
        if inside.startswith(beginnings):
            return name
    return _REST


def line(name: str, size: int, whole: int) -> str:
    """Return a line of the table."""
    return f"{size / 1e6:8.1f} MB {100 * size / max(1, whole):5.1f} %  {name}"

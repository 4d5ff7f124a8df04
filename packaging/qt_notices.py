"""Qt notices: writes `licences/qt.txt` out of Qt's sources; by hand, when Qt is updated.

    python3 packaging/qt_notices.py 6.11 qtbase qtsvg qtimageformats

The folders are unpacked sources of one version of Qt, as its publisher or a
distribution has them. Each work that Qt took in is described there in a
`qt_attribution.json`. Source: https://doc.qt.io/qt-6/licenses-used-in-qt.html
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

PATH = Path(__file__).resolve().parent / "licences" / "qt.txt"
# Of builds, tests and systems that Coprime is not made for; and what is not in Qt's libraries.
_MODULES = {"qttestlib", "qttestinternals_private"}
_PLACES = re.compile(r"/(cmake|android|gradle|wasm|libtiff|tests|examples|testinternal|testlib)/")
_WIDE = "═" * 78
_THIN = "─" * 78

Work = dict[str, Any]


def main() -> int:
    """Write the file from the folders on the command line; returns the exit code."""
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    PATH.write_text(notices(sys.argv[1], [Path(each) for each in sys.argv[2:]]), encoding="utf-8")
    print(f"{PATH.stat().st_size} bytes  {PATH}")
    return 0


def notices(version: str, sources: list[Path]) -> str:
    """Return the notices of all works in unpacked sources, and each licence text once."""
    texts: dict[str, int] = {}
    full: list[str] = []
    entries = []
    found = [(source, *each) for source in sources for each in works(source)]
    for source, folder, work in sorted(found, key=lambda each: each[2]["Name"].lower()):
        numbers = []
        for text in licences(source, folder, work):
            key = " ".join(text.split())
            if key not in texts:
                full.append(text)
                texts[key] = len(full)
            numbers.append(texts[key])
        entries.append(entry(folder, work, numbers))
    parts = [f"\n[{number}]\n\n{text}\n" for number, text in enumerate(full, 1)]
    return (
        f"What Qt {version} contains of others\n{_WIDE}\n\n"
        "The libraries of Qt are used under LGPL-3.0. These are the works of others inside\n"
        "them. Where there is a choice of licences, the first is taken. Not every work is on\n"
        "every system. A number in brackets is that of a text below the list.\n\n"
        + "\n".join(entries)
        + f"\n{_WIDE}\nTexts\n"
        + f"\n{_THIN}\n".join(parts)
    )


def works(source: Path) -> list[tuple[Path, Work]]:
    """Return the works of others in a source tree that go into libraries, with their folders."""
    found = []
    for path in sorted(source.rglob("qt_attribution.json")):
        if _PLACES.search("/" + path.relative_to(source).as_posix()):
            continue
        read = json.loads(path.read_text(encoding="utf-8"), strict=False)
        for work in read if isinstance(read, list) else [read]:
            if work.get("QDocModule") not in _MODULES and work.get("QtParts") != ["tools"]:
                found.append((path.parent / work.get("Path", ""), work))
    return found


def licences(source: Path, folder: Path, work: Work) -> list[str]:
    """Return the licence texts of a work."""
    names = work.get("LicenseFiles") or [work.get("LicenseFile")]
    given = [(folder, work), (folder.parent, work), (folder.parent.parent, work)]
    texts = []
    for name in filter(None, names):
        places = [place / name for place, _ in given if (place / name).exists()]
        if not places:
            raise SystemExit(f"{work['Name']}: {name} is missing")
        texts.append(read_text(places[0]))
    is_choice = " OR " in work["LicenseId"]
    if not texts or is_choice:
        wanted = work["LicenseId"].split(" OR ")[0].split(" AND ")
        texts += [read_text(source / "LICENSES" / f"{name}.txt") for name in wanted]
    return texts


def entry(folder: Path, work: Work, numbers: list[int]) -> str:
    """Return the lines of one work."""
    version = f" {work['Version']}" if work.get("Version") else ""
    copyright_ = work.get("Copyright", "")
    if work.get("CopyrightFile"):
        copyright_ = read_text(folder / work["CopyrightFile"])
    lines = copyright_ if isinstance(copyright_, list) else str(copyright_).splitlines()
    texts = " ".join(f"[{number}]" for number in numbers)
    return "\n".join(
        [
            f"{work['Name']}{version}",
            f"  {work['LicenseId']} {texts}",
            *(f"  {line.strip()}" for line in lines if line.strip()),
            "",
        ]
    )


def read_text(path: Path) -> str:
    """Return a text file without blanks at the ends of lines, whatever its encoding."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n\f ")


if __name__ == "__main__":
    sys.exit(main())

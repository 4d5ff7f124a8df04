"""Notices: the licences of everything in a package, collected from what is installed.

The wheels of Qt for Python hold none: the texts of LGPL-3.0 and GPL-3.0, the notices of
what Qt itself contains, and those of Python, of libraries and of fonts are in `licences/`.
Some wheels list what is compiled into them; `licences/inside` has the texts they lack.
"""

import json
import shutil
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path

from identity import BUILD, COMMAND, DIST, ROOT, VERSION

LICENCES = Path(__file__).resolve().parent / "licences"
# Its text comes with whatever lets one choose it, or is in `inside`.
_CHOSEN = "Apache-2.0"
_BREAK = "\n" + "─" * 78 + "\n\n"


def runtime() -> list[Distribution]:
    """Return what is installed of the locked requirements the program runs on, by name."""
    from importlib.metadata import PackageNotFoundError

    found = []
    for line in (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8").splitlines():
        name = line.split("==")[0].strip()
        if "==" not in line or line.startswith(" "):
            continue
        try:
            found.append(distribution(name))
        except PackageNotFoundError:
            continue  # of another system
    return sorted(found, key=lambda each: each.metadata["Name"].lower())


def write(folder: Path) -> None:
    """Write `notices.txt`, and the licences it speaks of, into a folder.

    Raises:
        SystemExit: something is in the package whose licence cannot be found.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = [
        "Coprime contains the works named here. Each stands under its own licence.\n",
        "Coprime itself: MIT licence.\n\n" + (ROOT / "LICENSE").read_text(encoding="utf-8"),
    ]
    for each in runtime():
        parts.append(notice(each))
    drawings = (ROOT / "resources/icons/lucide/LICENSE").read_text(encoding="utf-8")
    parts.append("Lucide icons\n\n" + drawings)
    (folder / "notices.txt").write_text(_BREAK.join(parts), encoding="utf-8")
    for text in sorted(LICENCES.glob("*.txt")):
        (folder / text.name).write_bytes(text.read_bytes())


def build() -> Path:
    """Write all of it into one text file beside the packages; returns its path."""
    folder = BUILD / "all-notices"
    shutil.rmtree(folder, ignore_errors=True)
    write(folder)
    files = sorted(folder.glob("*.txt"), key=lambda each: (each.name != "notices.txt", each.name))
    texts = [f"{each.name}\n\n{each.read_text(encoding='utf-8').strip()}\n" for each in files]
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    path = DIST / f"{COMMAND}-{VERSION}-{system}-licences.txt"
    DIST.mkdir(exist_ok=True)
    path.write_text(_BREAK.join(texts), encoding="utf-8", newline="\n")
    return path


def notice(each: Distribution) -> str:
    """Return the name, version, licence and its text of one distribution."""
    facts, name = each.metadata, each.metadata["Name"]
    given = [facts[key] for key in ("License-Expression", "License") if key in facts]
    licence = given[0] if given else ""
    if not licence or "\n" in licence:
        kinds = facts.get_all("Classifier") or []
        names = [kind.rpartition(" :: ")[2] for kind in kinds if kind.startswith("License")]
        licence = ", ".join(names)
    texts = [
        Path(path.locate()).read_text(encoding="utf-8", errors="replace").strip()
        for path in sorted(each.files or [])
        if path.name.upper().startswith(("LICEN", "COPYING", "NOTICE")) and "dist-info" in str(path)
    ]
    if name.lower().startswith(("pyside6", "shiboken6")):
        texts.append(
            "Used under LGPL-3.0: see LGPL-3.0.txt and GPL-3.0.txt, and qt.txt for what Qt "
            "contains. The libraries are files of their own beside the program and may be "
            "replaced. Source: https://download.qt.io/official_releases/QtForPython/ and "
            "https://download.qt.io/official_releases/qt/."
        )
    own = LICENCES / "missing" / f"{name.lower()}.txt"
    if not texts and own.exists():
        texts.append(own.read_text(encoding="utf-8").strip())
    if not texts:
        raise SystemExit(f"No licence text of {name} is known: put it into {own}")
    compiled = compiled_in(each)
    if compiled:
        texts.append("Compiled into it:\n\n" + "\n".join(compiled))
        texts.append(texts_inside(name, compiled))
    return f"{name} {each.version}\n{licence}\n\n" + "\n\n".join(texts) + "\n"


def compiled_in(each: Distribution) -> list[str]:
    """Return the works a wheel says are compiled into it, a line for each.

    Source: PEP 770, https://cyclonedx.org/docs/1.6/json/
    """
    lines = []
    for path in sorted(each.files or []):
        if ".dist-info/sboms/" in path.as_posix():
            for part in json.loads(path.read_text(encoding="utf-8")).get("components", []):
                given = [it.get("expression", "") for it in part.get("licenses", [])]
                facts = [f"{part['name']} {part.get('version', '')}", *given, part.get("author")]
                lines.append("; ".join(filter(None, facts)))
    return lines


def texts_inside(name: str, compiled: list[str]) -> str:
    """Return the licences of works compiled into a distribution.

    Raises:
        SystemExit: one of them cannot be had under the licence whose text is there anyhow,
            and nobody put its own beside it.
    """
    own = LICENCES / "inside" / f"{name.lower()}.txt"
    text = own.read_text(encoding="utf-8").strip() if own.exists() else ""
    headings = {word for line in text.splitlines() for word in line.split(", ")}
    for line in compiled:
        work, licence = line.split()[0], line.partition(";")[2]
        if _CHOSEN not in licence.replace(f"{_CHOSEN} WITH", "") and work not in headings:
            raise SystemExit(f"No licence text of {work}, inside {name}: put it into {own}")
    return text

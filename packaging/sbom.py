"""Sbom: what the bundle of this system holds, as a list that programs read (CycloneDX, JSON).

It is read out of the bundle: a distribution is in it when one of its modules or files is.
What comes from elsewhere, such as OpenSSL, is named here, with the files it is in. Make it
after what is signed: signing changes files. The same bundle gives the same bytes.
Sources: https://cyclonedx.org/docs/1.6/json/; PEP 770, for the lists that wheels bring.
"""

import filecmp
import hashlib
import json
import os
import platform
import re
import shutil
import sqlite3
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import bundle
from identity import COMMAND, DIST, LICENCE, ROOT, VERSION, epoch, machine

# Where the parts of a bundle are; below that, files lie as in site-packages.
_PLACES = re.compile(r"(_internal|Contents/(Frameworks|Resources|MacOS))/")
_OWN = re.compile(
    rf"{COMMAND}(\.exe)?|resources/.*|.*\.dist-info/.*|Contents/.*|(PySide6|shiboken6)/.*"
)
_LOCKED = re.compile(r"^([\w.-]+)==(\S+).*\n((?:    --hash=sha256:\w+.*\n?)+)", re.MULTILINE)

Component = dict[str, Any]


class Work(NamedTuple):
    """A work that does not come from the Python index by itself, and what its files are called.

    `user` is what it serves; `licence` an identifier of SPDX, or words; `cpe` the name it has
    among known vulnerabilities.
    """

    name: str
    licence: str
    files: str
    user: str
    version: Callable[[list[str]], str] | None = None
    cpe: str = ""


def _of_icu(places: list[str]) -> str:
    return next((found[1] for each in places if (found := re.search(r"so\.([\d.]+)$", each))), "")


def _of_qt(_places: list[str]) -> str:
    return str(import_module("PySide6.QtCore").qVersion())


# The first that fits has a file. Licences as in licences/libraries.txt and qt.txt.
_WORKS = (
    Work(
        "CPython",
        "PSF-2.0",
        r"base_library\.zip|(python[\d.]+/)?lib-dynload/.*|(lib)?python3[\d.]*t?\.(dll|dylib|so.*)"
        r"|Python|Python\.framework/.*|[^/]+\.pyd",
        COMMAND,
        lambda _: platform.python_version(),
        "python:python",
    ),
    Work(
        "OpenSSL",
        "Apache-2.0",
        r"lib(ssl|crypto)\b.*",
        "CPython",
        lambda _: ssl.OPENSSL_VERSION.split()[1],
        "openssl:openssl",
    ),
    Work(
        "SQLite",
        "blessing",
        r"(lib)?sqlite3\b.*",
        "CPython",
        lambda _: sqlite3.sqlite_version,
        "sqlite:sqlite",
    ),
    Work("libffi", "MIT", r"libffi\b.*", "CPython"),
    Work("XZ Utils", "Public domain, from 5.6 on 0BSD", r"liblzma\b.*", "CPython"),
    Work("bzip2", "bzip2-1.0.6", r"libbz2\b.*", "CPython"),
    Work("Expat", "MIT", r"libexpat\b.*", "CPython"),
    Work("libuuid", "BSD-3-Clause", r"libuuid\b.*", "CPython"),
    Work("mpdecimal", "BSD-2-Clause", r"libmpdec\b.*", "CPython"),
    Work(
        "Microsoft Visual C++ runtime",
        "Microsoft Visual Studio redistributable",
        r"(?i:(.*/)?(vcruntime|msvcp|concrt|vccorlib|ucrtbase|api-ms-win)[^/]*\.dll)",
        "CPython",
    ),
    Work("ICU", "Unicode-DFS-2016", r"PySide6/(.*/)?(lib)?icu[^/]*", "Qt", _of_icu),
    Work(
        "Qt",
        "LGPL-3.0-only",
        r"PySide6/(Qt/.*|plugins/.*|Qt6[^/]*\.dll)",
        "PySide6_Essentials",
        _of_qt,
        "qt:qt",
    ),
    Work("xcb-util-cursor", "X11", r"libxcb-cursor\b.*", "Qt"),
    Work("xcb-util-wm", "X11", r"libxcb-icccm\b.*", "Qt"),
    Work("xcb-util-image", "X11", r"libxcb-image\b.*", "Qt"),
    Work("xcb-util-keysyms", "X11", r"libxcb-keysyms\b.*", "Qt"),
    Work("xcb-util-renderutil", "X11", r"libxcb-render-util\b.*", "Qt"),
    Work("xcb-util", "X11", r"libxcb-util\b.*", "Qt"),
    Work("Lucide", "ISC", r"resources/icons/lucide/.*", COMMAND),
)


def build() -> Path:
    """Make the list; returns its path.

    Raises:
        SystemExit: there is no bundle, or the list is none.
    """
    files = {place(name): bundle.path() / name for name in bundle.files()}
    held = {*files, *(name.replace(".", "/") for name in modules(bundle.program()))}
    inside = [each for each in distributions() if is_inside(each, held)]
    owned = {str(file) for each in inside for file in each.files or []}
    left = {name: path for name, path in files.items() if is_left(name, owned)}
    lock = hashes((ROOT / "requirements" / "package.txt").read_text(encoding="utf-8"))
    made = fit(complete(listing()), inside, works(left), lock)
    text = json.dumps(made, indent=2, ensure_ascii=False) + "\n"
    check(text)
    path = DIST / f"{COMMAND}-{VERSION}-{system()}-sbom.cdx.json"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def system() -> str:
    """Return what the bundle of this machine is for, as its packages call it."""
    kind = machine()
    if sys.platform == "win32":
        return "windows-" + {"amd64": "x64"}.get(kind, kind)
    if sys.platform == "darwin":
        return "macos-" + {"amd64": "intel"}.get(kind, kind)
    return f"linux-{kind}"


def place(name: str) -> str:
    """Return where a file of the bundle would be in site-packages."""
    return _PLACES.sub("", name, count=1).replace("__dot__", ".")


def modules(program: Path) -> set[str]:
    """Return the names of the modules that are frozen into a program."""
    # PyInstaller is where packages are made, and nowhere else.
    reader = import_module("PyInstaller.archive.readers").CArchiveReader(str(program))
    [name] = [each for each in reader.toc if each.startswith("PYZ")]
    return set(reader.open_embedded_archive(name).toc)


def is_inside(each: Distribution, held: set[str]) -> bool:
    """Return whether a distribution is in the bundle, which holds these files and modules."""
    # It starts the program, with modules that have other names by then.
    if each.metadata["Name"] == "pyinstaller":
        return True
    names = (file.as_posix() for file in each.files or [])
    return any(
        name.removesuffix(".py").removesuffix("/__init__") in held
        for name in names
        if ".dist-info/" not in name
    )


def is_left(name: str, owned: set[str]) -> bool:
    """Return whether a file is to be looked up among works: it is no distribution's own."""
    return name not in owned or name.startswith(("PySide6/", "shiboken6/"))


def hashes(lock: str) -> dict[str, list[str]]:
    """Return the SHA-256 sums a lock file allows, by `name==version` in lower case."""
    return {
        f"{normal(name)}=={version}": re.findall(r"sha256:(\w+)", sums)
        for name, version, sums in _LOCKED.findall(lock)
    }


def normal(name: str) -> str:
    """Return the name of a distribution as the index has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def listing() -> dict[str, Any]:
    """Return what is installed beside this interpreter, as cyclonedx-py lists it."""
    command = [
        sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible",
        "--spec-version", "1.6", "--output-format", "JSON",
        "--pyproject", str(ROOT / "pyproject.toml"), sys.executable,
    ]  # fmt: skip
    environ = {**os.environ, "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(epoch())}
    listed: dict[str, Any] = json.loads(subprocess.check_output(command, env=environ))
    return listed


def works(files: dict[str, Path]) -> list[tuple[Component, str]]:
    """Return a component for each work in files by place, with the name of what it serves.

    A file nobody named is a component by itself.
    """
    taken: dict[Work, dict[str, Path]] = {work: {} for work in _WORKS}
    unknown = []
    for name, path in sorted(files.items()):
        work = next((each for each in _WORKS if re.fullmatch(each.files, name)), None)
        if work:
            taken[work][name] = path
        elif not _OWN.fullmatch(name):
            unknown.append(({**file(name, path), "bom-ref": name}, COMMAND))
    found = [
        (component(work, named), work.user)
        for work, named in taken.items()
        # On some systems Python has these two within its own libraries.
        if named or work.name in ("OpenSSL", "SQLite")
    ]
    return found + unknown


def component(work: Work, files: dict[str, Path]) -> Component:
    """Return the description of a work that is in these files."""
    packaged, origin = debian(*next(iter(files.items()))) if files else ("", "")
    version = work.version(list(files)) if work.version else packaged
    result: Component = {"type": "library", "name": work.name}
    if version:
        origin = origin or f"pkg:generic/{quote(work.name.lower())}@{quote(version)}"
        result["version"] = version
    result["licenses"] = [{"license": {"name" if " " in work.licence else "id": work.licence}}]
    if work.cpe:
        result["cpe"] = f"cpe:2.3:a:{work.cpe}:{version}:*:*:*:*:*:*:*"
    if origin:
        result["purl"] = origin
    result["bom-ref"] = f"{work.name}=={version}" if version else work.name
    if files:
        result["components"] = [file(name, path) for name, path in files.items()]
    return result


def file(name: str, path: Path) -> Component:
    """Return the description of one file, with its sum."""
    total = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"type": "file", "name": name, "hashes": [{"alg": "SHA-256", "content": total}]}


def debian(name: str, path: Path) -> tuple[str, str]:
    """Return version and package URL of the Debian package a file came from; or nothing."""
    if not shutil.which("dpkg-query"):
        return "", ""
    told = ask("dpkg-query", "--search", f"*/{Path(name).name}")
    for line in told.splitlines():
        package, _, source = line.partition(": ")
        if not Path(source).is_file() or not filecmp.cmp(source, path, shallow=False):
            continue
        fields = ask(
            "dpkg-query", "--show", "--showformat", "${Package} ${Version} ${Architecture}", package
        )
        own, version, kind = fields.split()
        distributor = platform.freedesktop_os_release()["ID"]
        origin = f"pkg:deb/{distributor}/{quote(own)}@{quote(version, safe='~')}?arch={kind}"
        return version, origin
    return "", ""


def ask(*command: str) -> str:
    """Return what a program says; nothing, where it fails."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def complete(listed: dict[str, Any]) -> dict[str, Any]:
    """Return the listing with what pyproject.toml does not say of Coprime itself."""
    itself = {"type": "application", "version": VERSION, "licenses": [{"license": {"id": LICENCE}}]}
    listed["metadata"]["component"].update(itself)
    return listed


def fit(
    listed: dict[str, Any],
    inside: Iterable[Distribution],
    others: list[tuple[Component, str]],
    lock: dict[str, list[str]],
) -> dict[str, Any]:
    """Return the listing of an environment with what is in the bundle, and that alone.

    `others` are the works that are no distributions, each with the name of what it serves.
    """
    kept = {normal(each.metadata["Name"]): each for each in inside}
    parts = [part for part in listed["components"] if normal(part["name"]) in kept]
    for part in parts:
        add_sums(part, lock)
        brought = compiled_in(kept[normal(part["name"])])
        if brought:
            part["components"] = brought
        if part["name"] == "pyinstaller":
            part["description"] = "Its bootloader, which starts the program, and the first modules"
            part["licenses"] = [{"expression": "GPL-2.0-or-later WITH Bootloader-exception"}]
    edges = {each["ref"]: set(each.get("dependsOn", [])) for each in listed["dependencies"]}
    parts += [part for part, _ in others]
    refs = {part["name"]: part["bom-ref"] for part in [listed["metadata"]["component"], *parts]}
    for part, user in others:
        edges.setdefault(refs[user], set()).add(part["bom-ref"])
        edges.setdefault(part["bom-ref"], set())
    known = set(refs.values())
    listed["metadata"]["lifecycles"] = [{"phase": "post-build"}]
    listed["components"] = sorted(parts, key=lambda part: part["bom-ref"].lower())
    listed["dependencies"] = [
        {"ref": ref, "dependsOn": sorted(edges[ref] & known)}
        for ref in sorted(edges.keys() & known)
    ]
    return listed


def add_sums(part: Component, lock: dict[str, list[str]]) -> None:
    """Add to a distribution the sums of the files it may have been installed from."""
    name, version = normal(part["name"]), part["version"]
    sums = lock.get(f"{name}=={version}")
    if sums:
        part.setdefault("externalReferences", []).append(
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{name}/{version}/#files",
                "comment": "Installed from one of the files with these sums",
                "hashes": [{"alg": "SHA-256", "content": each} for each in sums],
            }
        )


def compiled_in(each: Distribution) -> list[Component]:
    """Return what a wheel says is compiled into it, of its own lists of contents."""
    found = []
    for path in sorted(each.files or []):
        if ".dist-info/sboms/" not in path.as_posix():
            continue
        for part in json.loads(path.read_text(encoding="utf-8")).get("components", []):
            named = {key: part[key] for key in ("type", "name", "version") if key in part}
            named |= {key: part[key] for key in ("licenses", "hashes") if part.get(key)}
            # An address on the machine the wheel was made on says nothing elsewhere.
            origin = re.sub(r"\?download_url=file:.*", "", part.get("purl", ""))
            found.append({**named, "purl": origin} if origin else named)
    return found


def check(text: str) -> None:
    """Hold a list against the schema of CycloneDX 1.6.

    Raises:
        SystemExit: it does not fit.
    """
    validator = import_module("cyclonedx.validation.json").JsonStrictValidator
    fault = validator(import_module("cyclonedx.schema").SchemaVersion.V1_6).validate_str(text)
    if fault:
        raise SystemExit(f"The list of contents is none: {fault}")

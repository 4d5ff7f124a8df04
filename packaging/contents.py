"""Contents: nothing is in the bundle that its licences do not name.

Modules and libraries belong to a distribution in `notices.txt`, to Python, or to a work in
`licences/libraries.txt`. What belongs to none stops the build. Libraries are looked at on
Linux alone, where some come from the system the bundle is made on.
"""

import re
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution
from pathlib import PurePosixPath

import bundle
import notices
import sbom

_OWN = {"app", "holding"}
# Of PyInstaller, which libraries.txt names.
_STARTER = {"_pyi_rth_utils"}


def check() -> None:
    """Compare the bundle with its licences.

    Raises:
        SystemExit: it holds what they do not name.
    """
    named = owned(notices.runtime())
    unnamed = unnamed_modules(sbom.modules(bundle.program()), named)
    if sys.platform.startswith("linux"):
        works = (notices.LICENCES / "libraries.txt").read_text(encoding="utf-8")
        unnamed += unnamed_libraries(map(sbom.place, bundle.files()), named, works)
    if unnamed:
        raise SystemExit(f"The licences do not say whose these are: {', '.join(unnamed)}")


def owned(distributions: Iterable[Distribution]) -> set[str]:
    """Return the files of distributions, and the folders they are in, without `.py`."""
    found = set[str]()
    for each in distributions:
        for file in each.files or []:
            name = file.as_posix().removesuffix(".py").removesuffix("/__init__")
            found |= {name, *map(str, PurePosixPath(name).parents)}
    return found


def unnamed_modules(modules: Iterable[str], named: set[str]) -> list[str]:
    """Return the modules that belong to nobody who is named."""
    known = _OWN | _STARTER | sys.stdlib_module_names
    return sorted(
        name
        for name in modules
        if name.split(".")[0] not in known and name.replace(".", "/") not in named
    )


def unnamed_libraries(files: Iterable[str], named: set[str], works: str) -> list[str]:
    """Return the libraries that belong to nobody who is named, or is a work of that text."""
    libraries = (name for name in files if re.search(r"\.so(\.|$)", name) and name not in named)
    return sorted(
        name
        for name in libraries
        if "/lib-dynload/" not in name and not re.search(rf"\b{stem(name)}", works)
    )


def stem(library: str) -> str:
    """Return the name of a library without its version."""
    found = re.match(r"[a-zA-Z_-]*[a-zA-Z]", PurePosixPath(library).name)
    return re.escape(found[0]) if found else library

"""Holding: a frozen Coprime goes on with its own files, whatever lies in their place by now.

A package that is upgraded or removed takes away the files of a Coprime that runs. What is
needed late, such as a codec, the keyring or the font of formulas, would be read out of the
new files, or not be found. So each file is opened at the start and read through that: it
costs a number, not memory. What Qt and the loader open by themselves is loaded with the
window. Where there is no /proc, as on Windows and macOS, nothing is held.
"""

import builtins
import io
import os
import sys
from collections.abc import Iterable
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipimport import zipimporter

if TYPE_CHECKING:
    from importlib.metadata import DistributionFinder, PathDistribution

_ITSELF = "/proc/self/exe"
_OPENED = "/proc/self/fd"
# Qt's own are loaded with the window, and all line icons are read with the first.
_NOT_HELD = {"PySide6", "shiboken6", "lucide"}
_READING = {"r", "rb"}
_LIBRARIES = "lib-dynload"


def hold(folder: Path) -> None:
    """Let all that is imported and opened later come from these very files."""
    if not os.path.exists(_ITSELF) or not os.path.isdir(_OPENED):
        return
    files = {path: f"{_OPENED}/{os.open(path, os.O_RDONLY)}" for path in _files(folder)}
    _hold_archives(files)
    sys.meta_path.insert(0, Held(folder, files))
    _lead(files)


def _files(folder: Path) -> list[str]:
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _NOT_HELD]
        paths = [os.path.join(place, name) for name in names if ".so." not in name]
        found += [path for path in paths if not os.path.islink(path)]
    return found


def _hold_archives(files: dict[str, str]) -> None:
    """Have the archives of modules read through what was opened.

    WORKAROUND: https://github.com/pyinstaller/pyinstaller - its loader, like `zipimport`,
    opens the file by its path for each import. Can go once they keep it open.
    """
    loader = sys.modules.get("pyimod02_importers")
    if loader is not None:
        loader.pyz_archive._filename = _ITSELF
    for each in sys.path_importer_cache.values():
        if isinstance(each, zipimporter):
            each.archive = files.get(each.archive, each.archive)


class Held(MetaPathFinder):
    """Finds extension modules and metadata among the files that were opened."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self._modules = {}
        self._metadata = []
        for path, opened in files.items():
            parts = Path(path).relative_to(folder).parts
            name, _, suffix = parts[-1].partition(".")
            if f".{suffix}" in EXTENSION_SUFFIXES:
                packages = () if _LIBRARIES in parts else parts[:-1]
                self._modules[".".join((*packages, name))] = opened
            elif parts[-1] == "METADATA":
                self._metadata.append(Path(path).parent)

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Return how to load an extension module; nothing, if it is another module."""
        path = self._modules.get(name)
        if path is None:
            return None
        return spec_from_file_location(name, path, loader=ExtensionFileLoader(name, path))

    def find_distributions(
        self, context: "DistributionFinder.Context"
    ) -> "Iterable[PathDistribution]":
        """Return what is told of the works inside; some ask for their own version."""
        from importlib.metadata import PathDistribution

        told = map(PathDistribution, self._metadata)
        return [each for each in told if context.name in (None, each.metadata["Name"])]


def _lead(files: dict[str, str]) -> None:
    """Have whoever looks for one of the files by its path get the one that was opened.

    Fonts and tables are read so by the libraries that draw formulas, which are too large
    to be loaded before there is a formula.
    """
    open_file, exists = io.open, Path.exists

    def open_held(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if mode in _READING and isinstance(file, str | os.PathLike):
            file = files.get(os.fspath(file), file)
        return open_file(file, mode, *arguments, **options)

    def is_there(path: Path, **options: bool) -> bool:
        return str(path) in files or exists(path, **options)

    builtins.open = io.open = open_held
    Path.exists = is_there  # type: ignore[method-assign, assignment]

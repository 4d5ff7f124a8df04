"""Paths: where Coprime's files are on this computer.

The folders the system gives a program of this user (the local ones, which do
not roam), or everything below one folder of the person's choice. Only this
user may enter them. Source: the XDG Base Directory Specification, and what
platformdirs knows of Windows and macOS.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

_NAME = "coprime"


class FolderRefused(Exception):
    """A folder cannot be made or closed to others. For a person to read."""


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one set of conversations and settings."""

    data: Path
    config: Path
    cache: Path
    logs: Path

    @property
    def database(self) -> Path:
        """Conversations, accounts without their secrets, the ledger."""
        return self.data / "conversations.db"

    @property
    def lock(self) -> Path:
        """Held by the one running Coprime that may write here."""
        return self.data / "lock"

    @property
    def settings(self) -> Path:
        """Sizes and places of windows."""
        return self.config / "window.ini"

    @property
    def log(self) -> Path:
        """What happened, without texts and secrets."""
        return self.logs / "coprime.log"

    def make(self) -> None:
        """Make the folders that are missing, and close all four to other users.

        Raises:
            FolderRefused: a folder cannot be made or is not ours to close.
        """
        for folder in (self.data, self.config, self.cache, self.logs):
            try:
                make_private(folder)
            except OSError as error:
                raise FolderRefused(
                    f"The folder {folder} cannot be used: {error.strerror}."
                ) from None


def user_paths() -> Paths:
    """Return the folders the system gives this user's programs."""
    return Paths(
        data=platformdirs.user_data_path(_NAME, appauthor=False, roaming=False),
        config=platformdirs.user_config_path(_NAME, appauthor=False, roaming=False),
        cache=platformdirs.user_cache_path(_NAME, appauthor=False),
        logs=platformdirs.user_log_path(_NAME, appauthor=False),
    )


def paths_below(folder: Path) -> Paths:
    """Return folders that are all below one: nothing is kept elsewhere."""
    root = folder.expanduser().absolute()
    return Paths(
        data=root / "data", config=root / "config", cache=root / "cache", logs=root / "logs"
    )


def make_private(folder: Path) -> None:
    """Make a folder and its missing parents, whatever the umask: 0700.

    A parent that exists already keeps its mode; the folder itself does not.

    Raises:
        OSError: it cannot be made, is no folder, or belongs to somebody else.
    """
    missing = [f for f in (folder, *folder.parents) if not f.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
        if os.name == "posix":
            each.chmod(0o700)
    if not folder.is_dir():
        raise NotADirectoryError(None, "it is not a folder", str(folder))
    if os.name == "posix" and folder.stat().st_mode & 0o777 != 0o700:
        folder.chmod(0o700)


def resource(name: str) -> Path:
    """Return the path of a file that comes with Coprime.

    Found in the frozen program, in an installed wheel or in a source tree.

    Raises:
        FileNotFoundError: no such file comes with it.
    """
    here = Path(__file__).resolve().parent
    folders = [here / "_resources", here.parent / "resources"]
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        folders.insert(0, Path(bundle) / "resources")
    for folder in folders:
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"no resource named {name}")

"""Lock: one Coprime at a time writes in a data folder.

The system holds the lock for the process and frees it however the process
ends, so a lock that was left behind does not exist. The file itself stays.
Source: flock(2); https://learn.microsoft.com/cpp/c-runtime-library/reference/locking.
"""

import errno
import os
import sys
from pathlib import Path

from app.store.errors import Unwritable

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_HELD = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
_NEVER = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)


class FolderLock:
    """The right to write in a folder; `path` is the file it is held by."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def acquire(self) -> bool:
        """Return whether the folder is ours now; it is not waited for.

        Where the file system knows no locks, it is: nobody could ever start.

        Raises:
            Unwritable: the file of the lock cannot be opened.
        """
        if self._file is not None:
            return True
        flags = os.O_RDWR | os.O_CREAT
        # Not through a link somebody laid there, and not into programs we start.
        flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        try:
            file = os.open(self._path, flags, 0o600)
        except OSError as error:
            raise Unwritable(f"{type(error).__name__}: {error.strerror}") from None
        try:
            _lock(file)
        except OSError as error:
            if error.errno not in _NEVER:
                os.close(file)
                if error.errno in _HELD:
                    return False
                raise Unwritable(f"{type(error).__name__}: {error.strerror}") from None
        self._file = file
        return True

    def release(self) -> None:
        """Give the folder back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _lock(file: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

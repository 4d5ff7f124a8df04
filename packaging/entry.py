"""The frozen program's first lines."""

import os
import sys

from app.__main__ import main

_ITSELF = "/proc/self/exe"


def hold_itself() -> None:
    """Let what is imported later come from this program, whatever lies in its place by then.

    A package that is upgraded or removed replaces the file of a Coprime that runs. What
    was not imported by then would be read out of the new file, or end the program.

    WORKAROUND: https://github.com/pyinstaller/pyinstaller - its loader opens the program
    by its path for each import. Can go once it keeps the file open.
    """
    loader = sys.modules.get("pyimod02_importers")
    archive = getattr(loader, "pyz_archive", None)
    if archive is not None and os.path.exists(_ITSELF):
        archive._filename = _ITSELF
    # These are read by path too, and are asked for late.
    import encodings.idna  # noqa: F401
    import unicodedata  # noqa: F401


if __name__ == "__main__":
    hold_itself()
    sys.exit(main())

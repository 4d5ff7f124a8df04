"""Hardening: what this process keeps from other users, from cores and from its children."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Given:
    """What this process was started with."""

    environ: Mapping[str, str] = field(repr=False)
    umask: int


def harden() -> Given:
    """Close this process to other users and children; returns what it was started with.

    Links are opened by programs that inherit the environment: they get no
    `PRIME_…` variable. See `forget_bundle` and `ui/outside` for the rest.
    """
    environ = dict(os.environ)
    # Another program's: qasync would ask for that Qt, and there is none but PySide6 here.
    os.environ.pop("QT_API", None)
    umask = os.umask(0o077)
    if sys.platform != "win32":
        import resource

        # Less than any core is, and unlike 0 it holds for cores that go to a program, too:
        # https://github.com/torvalds/linux/blob/v6.12/fs/coredump.c. PR_SET_DUMPABLE would
        # hide the process from the keyring's and the desktop's own questions.
        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        limit = 0 if most == 0 else 1
        resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))
    for name in [name for name in os.environ if name.startswith("PRIME_")]:
        del os.environ[name]
    return Given(environ, umask)


def forget_bundle() -> None:
    """Take out of the environment what only a frozen Coprime can use.

    The loader and Qt have read it when the application is made; a browser that is
    made with Qt would load this Coprime's libraries and plugins, and crash.
    """
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is None:
        return
    for name, value in list(os.environ.items()):
        paths = value.split(os.pathsep)
        kept = [path for path in paths if not Path(path).is_relative_to(bundle)]
        if name.startswith("_PYI_") or name == "LD_LIBRARY_PATH_ORIG" or not kept:
            del os.environ[name]
        elif len(kept) < len(paths):
            os.environ[name] = os.pathsep.join(kept)

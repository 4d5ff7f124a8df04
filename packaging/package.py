"""Package: makes Coprime into what people install. Called by `python3 dev.py package`."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import bundle
import deb
import rpm
import run_file
import tarball

KINDS: dict[str, Callable[[], Path]] = {
    "deb": deb.build,
    "rpm": rpm.build,
    "tar": tarball.build,
    "run": run_file.build,
}


def main() -> int:
    """Make what the command line names, from one bundle; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="dev.py package", description="Make packages; without a name, the bundle alone."
    )
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}")
    parser.add_argument(
        "--reuse", action="store_true", help="take the bundle that is there, as it is"
    )
    options = parser.parse_args()
    unknown = sorted(set(options.kinds) - set(KINDS))
    if unknown:
        parser.error(f"no such package: {', '.join(unknown)}")
    made = [] if options.reuse else [bundle.build()]
    made += [KINDS[kind]() for kind in options.kinds]
    for path in made:
        print(f"{size(path) / 1e6:8.1f} MB  {path}")
    return 0


def size(path: Path) -> int:
    """Return how many bytes a file or a folder takes."""
    if path.is_file():
        return path.stat().st_size
    return sum(f.lstat().st_size for f in path.rglob("*") if f.is_file() and not f.is_symlink())


if __name__ == "__main__":
    sys.exit(main())

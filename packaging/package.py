"""Package: makes Coprime into what people install. Called by `python3 dev.py package`."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import appimage
import bundle
import contents
import deb
import dmg
import flatpak_bundle
import notices
import nsis
import rpm
import run_file
import sbom
import sizes
import tarball

KINDS: dict[str, Callable[[], Path]] = {
    "deb": deb.build,
    "rpm": rpm.build,
    "tar": tarball.build,
    "run": run_file.build,
    "appimage": appimage.build,
    "flatpak": flatpak_bundle.build,
    "nsis": nsis.build,
    "dmg": dmg.build,
    "sbom": sbom.build,
    "licences": notices.build,
}
# Made from the lock and what it installs.
_WITHOUT_BUNDLE = {"sbom", "licences"}


def main() -> int:
    """Make what the command line names, from one bundle; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="dev.py package", description="Make packages; without a name, the bundle alone."
    )
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}")
    parser.add_argument(
        "--reuse", action="store_true", help="take the bundle that is there, if it proves itself"
    )
    parser.add_argument(
        "--sizes", action="store_true", help="make nothing; print what takes how much"
    )
    options = parser.parse_args()
    unknown = sorted(set(options.kinds) - set(KINDS))
    if unknown:
        parser.error(f"no such package: {', '.join(unknown)}")
    if options.sizes:
        print(sizes.table())
        return 0
    is_bundled = not options.kinds or set(options.kinds) - _WITHOUT_BUNDLE
    made = []
    if is_bundled:
        made += [] if options.reuse else [bundle.build()]
        bundle.prove(bundle.program())
        contents.check()
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

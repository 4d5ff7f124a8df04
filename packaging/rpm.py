"""Rpm: the package for Fedora, openSUSE and their kin.

It requires libraries by the names they are loaded by, which mean the same on every
one of these systems. Source: the RPM packaging guide; rpm-dependencies(7).
"""

import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import linux_tree
from identity import (
    BUILD,
    COMMAND,
    DESCRIPTION,
    DIST,
    HOMEPAGE,
    LICENCE,
    MAINTAINER,
    ROOT,
    SUMMARY,
    VERSION,
    changes,
    epoch,
    sorted_version,
)  # fmt: skip

import requirements

_BITS = "()(64bit)"


def build() -> Path:
    """Make the package from the bundle; returns its path."""
    if not shutil.which("rpmbuild"):
        raise SystemExit("rpmbuild is missing: install rpm-build, on Debian rpm.")
    top, tree = BUILD / "rpm", BUILD / "rpm-tree"
    shutil.rmtree(top, ignore_errors=True)
    linux_tree.lay_out(tree, "usr", execute=COMMAND)
    licences = tree / "usr" / "share" / "licenses" / COMMAND
    linux_tree.copy(ROOT / "LICENSE", licences / "LICENSE")
    linux_tree.settle(tree)
    specification = top / f"{COMMAND}.spec"
    linux_tree.write(specification, spec(tree))
    target = platform.machine()
    subprocess.check_call(
        [
            "rpmbuild", "-bb", "--quiet", "--target", target,
            "--define", f"_topdir {top}", "--define", "_binary_payload w6.xzdio",
            "--define", "_build_id_links none", "--define", "_buildhost localhost",
            "--define", "use_source_date_epoch_as_buildtime 1",
            "--define", "clamp_mtime_to_source_date_epoch 1",
            str(specification),
        ],
        env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch())},
    )  # fmt: skip
    [made] = (top / "RPMS").rglob("*.rpm")
    path = DIST / f"{COMMAND}-{VERSION}-1.{target}.rpm"
    DIST.mkdir(exist_ok=True)
    shutil.copyfile(made, path)
    return path


def needs() -> list[str]:
    """Return what the package requires: libraries, fonts, certificates."""
    libraries = sorted(requirements.libraries() - {"libc.so.6"})
    floor = f"libc.so.6(GLIBC_{requirements.glibc()})(64bit)"
    return [floor, *(name + _BITS for name in libraries), "font(:lang=en)", "ca-certificates"]


def licence() -> str:
    """Return the licences of all that is in the package, as SPDX has them."""
    parts = [part for *_, named in linux_tree.WORKS for part in named.split(" AND ")]
    whole = [f"({part})" if " OR " in part else part for part in parts]
    return " AND ".join(dict.fromkeys([LICENCE, *whole]))


def spec(tree: Path) -> str:
    """Return the description rpmbuild works by: the files are there, nothing is compiled."""
    moment = datetime.fromtimestamp(epoch(), UTC).strftime("%a %b %d %Y")
    listed = "\n".join(f"- {each.replace('%', '%%')}" for each in changes())
    lines = [
        f"Name: {COMMAND}",
        f"Version: {sorted_version()}",
        "Release: 1",
        f"Summary: {SUMMARY}",
        f"License: {licence()}",
        f"Packager: {MAINTAINER}",
        *([f"URL: {HOMEPAGE}"] if HOMEPAGE else []),
        # What is inside serves the program alone.
        "AutoReqProv: no",
        *(f"Requires: {name}" for name in needs()),
        "Recommends: (gnome-keyring or kwalletmanager or keepassxc)",
        "%global debug_package %{nil}",
        "%global __strip /bin/true",
        # Neither compile nor touch what was frozen.
        "%global __os_install_post %{nil}",
        "%description",
        "\n\n".join(DESCRIPTION),
        "%install",
        f"cp -a {tree}/. %{{buildroot}}/",
        "%postun",
        'if [ "$1" = 0 ]; then',
        linux_tree.FAREWELL + "fi",
        "%files",
        *files(tree),
        "%changelog",
        f"* {moment} {MAINTAINER} - {sorted_version()}-1",
        listed,
    ]
    return "\n".join(lines) + "\n"


def files(tree: Path) -> list[str]:
    """Return what the package owns: its own folder whole, of shared ones the files."""
    found = [f"/usr/lib/{COMMAND}"]
    for path in sorted(tree.rglob("*")):
        place = "/" + str(path.relative_to(tree))
        is_own = place.startswith(f"/usr/lib/{COMMAND}")
        if not is_own and (path.is_symlink() or path.is_file()):
            found.append(("%license " if "/licenses/" in place else "") + place)
    return found

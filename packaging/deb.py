"""Deb: the package for Debian, Ubuntu and their kin. Same commit, same bytes.

Source: Debian Policy 4.6 (control fields, file places); deb(5).
"""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path, PurePosixPath
from posixpath import normpath

import linux_tree
from identity import (
    BUILD,
    COMMAND,
    CONTACT,
    DESCRIPTION,
    DIST,
    HOMEPAGE,
    MAINTAINER,
    NAME,
    ROOT,
    SUMMARY,
    VERSION,
    changes,
    epoch,
    machine,
    sorted_version,
)  # fmt: skip

import requirements

_LINE = 74
_REMOVED = f"""#!/bin/sh
set -e
if [ "$1" = purge ]; then
{linux_tree.FAREWELL}fi
"""
# Why the linter's complaints do not apply.
_OVERRIDES = f"""# The program is frozen: Python, Qt and the rest come as their makers built them.
{COMMAND}: embedded-library *
{COMMAND}: library-not-linked-against-libc *
{COMMAND}: hardening-no-bindnow *
{COMMAND}: hardening-no-pie *
{COMMAND}: hardening-no-fortify-functions *
{COMMAND}: unstripped-binary-or-object *
{COMMAND}: shared-library-lacks-prerequisites *
{COMMAND}: executable-stack-in-shared-library *
{COMMAND}: sharedobject-in-library-directory-missing-soname *
{COMMAND}: package-contains-documentation-outside-usr-share-doc *
{COMMAND}: extra-license-file *
{COMMAND}: font-in-non-font-package *
{COMMAND}: font-outside-font-dir *
{COMMAND}: duplicate-font-file *
{COMMAND}: spelling-error-in-binary *
# It was never part of Debian, so no bug asked for it.
{COMMAND}: initial-upload-closes-no-bugs *
# No address is invented; whoever publishes it fills one in.
{COMMAND}: malformed-contact *
{COMMAND}: bogus-mail-host *
{COMMAND}: bogus-mail-host-in-debian-changelog *
"""


def build() -> Path:
    """Make the package from the bundle; returns its path."""
    root = BUILD / "deb"
    linux_tree.lay_out(root, "usr", execute=COMMAND)
    add_documents(root / "usr" / "share")
    size = sum(f.stat().st_size for f in root.rglob("*") if f.is_file() and not f.is_symlink())
    add_control(root / "DEBIAN", size // 1024, sums(root))
    linux_tree.settle(root)
    path = DIST / f"{COMMAND}_{VERSION}_{machine()}.deb"
    path.unlink(missing_ok=True)
    if not shutil.which("dpkg-deb"):
        raise SystemExit("dpkg-deb is missing: a .deb can be made on Debian and Ubuntu.")
    subprocess.check_call(
        ["dpkg-deb", "-Zxz", "-z6", "--root-owner-group", "--build", str(root), str(path)],
        env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch())},
        stdout=subprocess.DEVNULL,
    )
    return path


def add_documents(share: Path) -> None:
    """Write licence, changelog and what the linter is to know."""
    documents = share / "doc" / COMMAND
    linux_tree.write(documents / "copyright", copyright_file())
    moment = format_datetime(datetime.fromtimestamp(epoch(), UTC))
    items = "\n".join(f"  * {each}" for each in map(wrap, changes()))
    log = f"{COMMAND} ({sorted_version()}) unstable; urgency=medium\n\n{items}\n\n"
    log += f" -- {maintainer()}  {moment}\n"
    (documents / "changelog.gz").write_bytes(gzip.compress(log.encode(), 9, mtime=0))
    linux_tree.write(share / "lintian" / "overrides" / COMMAND, _OVERRIDES)


def add_control(folder: Path, kilobytes: int, checksums: str) -> None:
    """Write what dpkg is told of the package."""
    lines = [
        f"Package: {COMMAND}",
        f"Version: {sorted_version()}",
        "Section: net",
        "Priority: optional",
        f"Architecture: {machine()}",
        f"Maintainer: {maintainer()}",
        f"Installed-Size: {kilobytes}",
        "Depends: " + ", ".join(requirements.debian()),
        "Recommends: gnome-keyring | org.freedesktop.secrets, fonts-noto-color-emoji",
        "Suggests: fonts-inter, fonts-jetbrains-mono, fonts-noto-cjk",
        *([f"Homepage: {HOMEPAGE}"] if HOMEPAGE else []),
        f"Description: {SUMMARY[0].lower()}{SUMMARY[1:]}".replace("a native", "native"),
    ]
    paragraphs = [fold(each) for each in DESCRIPTION]
    lines.append("\n .\n".join(paragraphs))
    linux_tree.write(folder / "control", "\n".join(lines) + "\n")
    linux_tree.write(folder / "md5sums", checksums)
    linux_tree.write(folder / "postrm", _REMOVED)
    (folder / "postrm").chmod(0o755)


def maintainer() -> str:
    """Return who makes it; an address only where a publisher gave one."""
    return f"{MAINTAINER} <{CONTACT or 'none'}>"


def copyright_file() -> str:
    """Return the licences in Debian's form; the full texts of the others are in the bundle."""
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    body = "\n".join(f" {line}" if line.strip() else " ." for line in licence.splitlines())
    inside = PurePosixPath("usr/lib", COMMAND, "_internal")
    paragraphs = [
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        f"Upstream-Name: {NAME}\n"
        "Comment: Qt and Qt for Python are used under the LGPL-3; their libraries may be\n"
        " replaced. What Qt contains of others is in qt.txt beside the texts below.\n",
        f"Files: *\nCopyright: 2026 {MAINTAINER}\nLicense: MIT\n",
    ]
    for places, holder, licences in linux_tree.WORKS:
        listed = " ".join(normpath(inside / place) for place in places.split())
        # What Debian has no name for is named as SPDX does; its words are small letters.
        named = licences.replace(" AND ", " and ").replace(" OR ", " or ")
        paragraphs.append(f"Files: {listed}\nCopyright: {holder}\nLicense: {named}\n")
    names = {each for *_, named in linux_tree.WORKS for each in re.split(" AND | OR ", named)}
    texts = f" The text is in /{inside}/resources/licences/."
    paragraphs += [f"License: {name}\n{texts}\n" for name in sorted(names - {"MIT"})]
    return "\n".join([*paragraphs, f"License: MIT\n{body}\n"])


def sums(root: Path) -> str:
    """Return the checksums of all files, as dpkg keeps them."""
    lines = []
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
            lines.append(f"{digest}  {path.relative_to(root)}\n")
    return "".join(lines)


def fold(text: str) -> str:
    """Return a paragraph as a control file has it: each line indented by one."""
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) >= _LINE:
            lines.append(line)
            line = ""
        line += " " + word
    return "\n".join([*lines, line])


def wrap(text: str) -> str:
    """Return an item of the changelog in lines that are not too long."""
    return fold(text).strip().replace("\n", "\n   ")

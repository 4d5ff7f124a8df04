"""Linux tree: the bundle and what makes a desktop know it, below `/usr` or `~/.local`."""

import gzip
import os
import shutil
from pathlib import Path
from xml.sax.saxutils import escape

import bundle
import icons
from identity import (
    APP_ID,
    COMMAND,
    CONTACT,
    DESCRIPTION,
    HOMEPAGE,
    LICENCE,
    MAINTAINER,
    NAME,
    SCREENSHOT,
    SUMMARY,
    VERSION,
    day,
    epoch,
)  # fmt: skip

_TEMPLATES = Path(__file__).resolve().parent / "linux"
# What of others is in the bundle: where in _internal, whose, and the licence as SPDX names it.
# The last line is the program, which holds modules of Python. See licences/libraries.txt.
WORKS = (
    ("PySide6/* shiboken6/* libQt6* libpyside6* libshiboken6*", "The Qt Company Ltd. and others",
     "LGPL-3.0-only"),
    ("PySide6/Qt/lib/libicu* libicu*", "Unicode, Inc., IBM Corporation and others",
     "Unicode-DFS-2016"),
    ("libpython3* python3.*/* base_library.zip", "Python Software Foundation", "PSF-2.0"),
    ("libssl* libcrypto*", "The OpenSSL Project Authors", "Apache-2.0"),
    ("libsqlite3*", "none, in the public domain", "blessing"),
    ("libffi* libexpat*", "Anthony Green, Red Hat, Inc; Expat maintainers; and others", "MIT"),
    ("liblzma*", "The XZ Utils authors", "LicenseRef-Public-Domain"),
    ("libbz2*", "Julian R Seward", "bzip2-1.0.6"),
    ("libuuid*", "Theodore Ts'o, Andreas Dilger", "BSD-3-Clause"),
    ("libmpdec*", "Stefan Krah", "BSD-2-Clause"),
    ("libxcb-*", "the authors of xcb-util and its kin", "X11"),
    ("cryptography/*", "The Python Cryptographic Authority", "Apache-2.0 OR BSD-3-Clause"),
    ("_cffi_backend*", "Armin Rigo, Maciej Fijalkowski", "MIT-0"),
    ("msgspec/*", "Jim Crist-Harif", "BSD-3-Clause"),
    ("ziamath/fonts/*", "The STIX Fonts Project Authors", "OFL-1.1"),
    ("ziafont/fonts/*", "Bitstream, Inc., Tavmjong Bah", "Bitstream-Vera"),
    ("latex2mathml*", "Ronie Martinez", "MIT"),
    ("keyring-*", "Jason R. Coombs", "MIT"),
    ("resources/icons/lucide/*", "Lucide Contributors", "ISC"),
    (f"../{COMMAND}", f"{MAINTAINER}, PyInstaller Development Team, and others",
     "GPL-2.0-or-later WITH Bootloader-exception AND MIT AND Apache-2.0 AND BSD-2-Clause "
     "AND BSD-3-Clause AND MPL-2.0 AND PSF-2.0"),
)  # fmt: skip
# What a package says when it goes.
FAREWELL = f"""\
echo "{NAME}: conversations stay where they are, in ~/.local/share/{COMMAND} of each person"
echo "who used it; settings in ~/.config/{COMMAND}, the log in ~/.local/state/{COMMAND}."
echo "Keys stay in the keyring until they are deleted there."
"""


def lay_out(root: Path, prefix: str, *, execute: str, icon: str = APP_ID) -> None:
    """Write the whole tree below `root`/`prefix`.

    `execute` is what the desktop file runs; `icon` a name of the icon theme or a path.
    """
    shutil.rmtree(root, ignore_errors=True)
    base = root / prefix
    shutil.copytree(bundle.path(), base / "lib" / COMMAND, symlinks=True)
    add_share(base / "share", execute=execute, icon=icon)
    (base / "bin").mkdir(parents=True)
    (base / "bin" / COMMAND).symlink_to(f"../lib/{COMMAND}/{COMMAND}")


def add_share(share: Path, *, execute: str, icon: str = APP_ID) -> None:
    """Write desktop file, metadata, icons, manual page and licences."""
    write(share / "applications" / f"{APP_ID}.desktop", desktop_file(execute, icon))
    write(share / "metainfo" / f"{APP_ID}.metainfo.xml", metainfo())
    for size in icons.SIZES:
        picture = bundle.ICONS / f"{COMMAND}-{size}.png"
        copy(picture, share / f"icons/hicolor/{size}x{size}/apps/{APP_ID}.png")
    copy(icons.DRAWING, share / f"icons/hicolor/scalable/apps/{APP_ID}.svg")
    page = fill((_TEMPLATES / "coprime.1").read_text(encoding="utf-8")).encode()
    manual = share / "man" / "man1" / f"{COMMAND}.1.gz"
    manual.parent.mkdir(parents=True, exist_ok=True)
    manual.write_bytes(gzip.compress(page, 9, mtime=0))


def desktop_file(execute: str, icon: str = APP_ID) -> str:
    """Return the desktop entry."""
    text = (_TEMPLATES / "coprime.desktop").read_text(encoding="utf-8")
    return fill(text.replace("@EXEC@", execute).replace("@ICON@", icon))


def metainfo() -> str:
    """Return the AppStream metadata."""
    text = (_TEMPLATES / "metainfo.xml").read_text(encoding="utf-8")
    paragraphs = "\n".join(f"    <p>{escape(each)}</p>" for each in DESCRIPTION)
    links = ""
    if HOMEPAGE:
        links += f'  <url type="homepage">{escape(HOMEPAGE)}</url>\n'
    if CONTACT:
        links += f'  <url type="contact">{escape(CONTACT)}</url>\n'
    if SCREENSHOT:
        links += (
            '  <screenshots><screenshot type="default"><image>'
            f"{escape(SCREENSHOT)}</image></screenshot></screenshots>\n"
        )
    return fill(text.replace("@DESCRIPTION@", paragraphs).replace("@LINKS@", links))


def fill(text: str) -> str:
    """Put names and version into a template."""
    for name, value in {
        "NAME": NAME, "SUMMARY": SUMMARY, "COMMAND": COMMAND, "APP_ID": APP_ID,
        "LICENCE": LICENCE, "MAINTAINER": MAINTAINER, "VERSION": VERSION, "DAY": day(),
    }.items():  # fmt: skip
        text = text.replace(f"@{name}@", value)
    return text


def settle(root: Path) -> None:
    """Give all files of a tree one moment and usual modes."""
    moment = epoch()
    for each in sorted(root.rglob("*"), reverse=True):
        if not each.is_symlink():
            is_open = each.is_dir() or os.access(each, os.X_OK)
            each.chmod(0o755 if is_open else 0o644)
        os.utime(each, (moment, moment), follow_symlinks=False)
    os.utime(root, (moment, moment))


def write(path: Path, text: str) -> None:
    """Write a text file, folders and all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def copy(source: Path, path: Path) -> None:
    """Copy a file, folders and all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, path)

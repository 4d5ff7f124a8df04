"""AppImage: one file that runs on most Linux desktops without being installed.

It is a runtime, a small program that mounts what comes behind it, and a squashfs of the
bundle. The runtime is not part of this project: `APPIMAGE_RUNTIME` names its file and
`APPIMAGE_RUNTIME_SHA256` what it must be. Source: the AppImage specification, type 2;
https://github.com/AppImage/type2-runtime.
"""

import hashlib
import os
import platform
import shutil
import subprocess
from pathlib import Path

import linux_tree
from identity import APP_ID, BUILD, COMMAND, DIST, VERSION, epoch

_RUNTIME = "APPIMAGE_RUNTIME"
_SUM = "APPIMAGE_RUNTIME_SHA256"
# Where the bundle is, however the file is called and from wherever it is started.
_START = f"""#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/usr/lib/{COMMAND}/{COMMAND}" "$@"
"""


def build() -> Path:
    """Make the AppImage from the bundle; returns its path.

    Raises:
        SystemExit: there is no runtime, it is not the expected one, or squashfs-tools
            is not installed.
    """
    start = runtime()
    if not shutil.which("mksquashfs"):
        raise SystemExit("mksquashfs is missing: install squashfs-tools.")
    path = DIST / f"{COMMAND}-{VERSION}-linux-{platform.machine()}.AppImage"
    squashed = BUILD / "appimage.squashfs"
    squash(lay_out(), squashed)
    with path.open("wb") as file:
        file.write(start)
        with squashed.open("rb") as source:
            shutil.copyfileobj(source, file)
    path.chmod(0o755)
    squashed.unlink()
    return path


def runtime() -> bytes:
    """Return the runtime, which was checked.

    Raises:
        SystemExit: it is not named, or its checksum is not the expected one.
    """
    name, expected = os.environ.get(_RUNTIME, ""), os.environ.get(_SUM, "")
    if not name or not expected:
        raise SystemExit(
            "An AppImage needs the runtime of https://github.com/AppImage/type2-runtime:\n"
            f"set {_RUNTIME} to its file for this machine and {_SUM} to its checksum."
        )
    data = Path(name).read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != expected.lower():
        raise SystemExit(f"{name} is not the expected runtime: its SHA-256 is {found}.")
    return data


def lay_out() -> Path:
    """Write the folder that is squashed; returns it."""
    folder = BUILD / "AppDir"
    linux_tree.lay_out(folder, "usr", execute=COMMAND)
    share = folder / "usr" / "share"
    linux_tree.copy(share / f"applications/{APP_ID}.desktop", folder / f"{APP_ID}.desktop")
    picture = share / f"icons/hicolor/256x256/apps/{APP_ID}.png"
    linux_tree.copy(picture, folder / f"{APP_ID}.png")
    (folder / ".DirIcon").symlink_to(f"{APP_ID}.png")
    # The name by which AppStream's tools look inside an AppImage.
    metainfo = share / "metainfo"
    (metainfo / f"{APP_ID}.appdata.xml").symlink_to(f"{APP_ID}.metainfo.xml")
    linux_tree.write(folder / "AppRun", _START)
    (folder / "AppRun").chmod(0o755)
    linux_tree.settle(folder)
    return folder


def squash(folder: Path, path: Path) -> None:
    """Pack a folder into a squashfs: the same files give the same bytes."""
    path.unlink(missing_ok=True)
    moment = str(epoch())
    environ = {name: each for name, each in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    subprocess.check_call(
        [
            "mksquashfs", str(folder), str(path), "-root-owned", "-noappend", "-quiet",
            "-no-progress", "-no-xattrs", "-comp", "zstd", "-Xcompression-level", "19",
            "-b", "1M", "-mkfs-time", moment, "-all-time", moment,
        ],
        env=environ,
    )  # fmt: skip

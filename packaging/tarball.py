"""Tarball: the bundle with an `install.sh` of its own, for a home folder and without root."""

import tarfile
from pathlib import Path

import linux_tree
from identity import APP_ID, BUILD, COMMAND, DIST, VERSION, epoch, machine

NAME = f"{COMMAND}-{VERSION}-linux-{machine()}"
_INSTALLER = Path(__file__).resolve().parent / "linux" / "install.sh"


def lay_out() -> Path:
    """Write the folder that is packed; returns it."""
    folder = BUILD / NAME
    # The installer writes where the program is into the desktop file.
    linux_tree.lay_out(folder, ".", execute="@PROGRAM@", icon=APP_ID)
    installer = linux_tree.fill(_INSTALLER.read_text(encoding="utf-8"))
    linux_tree.write(folder / "install.sh", installer)
    (folder / "install.sh").chmod(0o755)
    linux_tree.settle(folder)
    return folder


def build() -> Path:
    """Make the `.tar.xz`; returns its path."""
    path = DIST / f"{NAME}.tar.xz"
    pack(lay_out(), path)
    return path


def pack(folder: Path, path: Path) -> None:
    """Pack a folder, in the order of names and by nobody in particular."""
    path.unlink(missing_ok=True)
    with tarfile.open(path, "w:xz", preset=6, format=tarfile.GNU_FORMAT) as archive:
        for each in [folder, *sorted(folder.rglob("*"))]:
            info = archive.gettarinfo(str(each), str(each.relative_to(folder.parent)))
            info.uid = info.gid = 0
            info.uname = info.gname = "root"
            info.mtime = epoch()
            if info.isreg():
                with each.open("rb") as file:
                    archive.addfile(info, file)
            else:
                archive.addfile(info)

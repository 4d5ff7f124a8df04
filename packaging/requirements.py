"""Requirements: what the bundle needs of a Linux system, by the libraries it names.

The libraries are read out of the bundle; which package has each is written here, once
for Debian and once for the RPM families. A library without a line stops the build.
"""

import subprocess
from pathlib import Path

import bundle

DEBIAN = {
    "libc.so.6": "libc6 (>= {glibc})",
    "libstdc++.so.6": "libstdc++6 (>= 12)",
    "libgcc_s.so.1": "libgcc-s1",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
    "libglib-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgio-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgobject-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
_PARTS_OF_LIBC = (
    "libm.so",
    "libdl.so",
    "libpthread.so",
    "librt.so",
    "libresolv.so",
    "libutil.so",
    "ld-linux",
)
FONTS = "fonts-dejavu-core | fonts-liberation | fonts-noto-core | fonts-freefont-ttf"


def libraries() -> set[str]:
    """Return the libraries the bundle names and does not hold, without those of libc.

    Raises:
        SystemExit: binutils is not installed.
    """
    inside, named = set[str](), set[str]()
    for path in binaries():
        inside.add(path.name)
        for line in dump("-p", path).splitlines():
            words = line.split()
            if words[:1] == ["NEEDED"]:
                named.add(words[1])
    return {name for name in named - inside if not name.startswith(_PARTS_OF_LIBC)}


def glibc() -> str:
    """Return the lowest version of the C library on which all of the bundle runs."""
    versions = {17}
    for path in binaries():
        for line in dump("-p", path).splitlines():
            name = line.split()[-1] if line.strip() else ""
            if name.startswith("GLIBC_2."):
                versions.add(int(name.split(".")[1]))
    return f"2.{max(versions)}"


def debian() -> list[str]:
    """Return the packages a Debian system needs.

    Raises:
        SystemExit: nobody said which package has one of the libraries.
    """
    names = libraries() | {"libc.so.6"}
    unknown = sorted(names - set(DEBIAN))
    if unknown:
        raise SystemExit(f"Which Debian package has {', '.join(unknown)}? requirements.py asks.")
    found = {DEBIAN[name].format(glibc=glibc()) for name in names}
    return [*sorted(found), FONTS, "ca-certificates"]


def binaries() -> list[Path]:
    """Return the programs and libraries of the bundle."""
    found = []
    for path in sorted(bundle.path().rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    found.append(path)
    return found


def dump(option: str, path: Path) -> str:
    """Return what objdump tells of a binary."""
    try:
        command = ["objdump", option, str(path)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        raise SystemExit("objdump is missing: install binutils.") from None

"""Flatpak bundle: the Flatpak in one file, built by the manifest in `flatpak/`.

Flathub builds from the manifest itself; this is for trying it. It needs
flatpak-builder, and Flathub for the runtime the program runs in.
"""

import platform
import shutil
import subprocess
from pathlib import Path

import tarball
from identity import APP_ID, BUILD, COMMAND, DIST, ROOT, VERSION

_MANIFEST = ROOT / "packaging" / "flatpak" / f"{APP_ID}.yml"
_FLATHUB = "https://dl.flathub.org/repo/flathub.flatpakrepo"


def build() -> Path:
    """Make the `.flatpak` from a `.tar.xz`, which is made for it; returns its path.

    Raises:
        SystemExit: flatpak-builder is not installed.
    """
    if not shutil.which("flatpak-builder"):
        raise SystemExit("flatpak-builder is missing: install flatpak-builder.")
    # The one in dist may be of another bundle.
    tarball.build()
    repository = BUILD / "flatpak-repo"
    remote = ["flatpak", "remote-add", "--user", "--if-not-exists", "flathub", _FLATHUB]
    subprocess.check_call(remote)
    subprocess.check_call(
        [
            "flatpak-builder", "--user", "--install-deps-from=flathub", "--force-clean",
            "--disable-rofiles-fuse", f"--state-dir={BUILD / 'flatpak-state'}",
            f"--repo={repository}", str(BUILD / "flatpak"), str(_MANIFEST),
        ]
    )  # fmt: skip
    path = DIST / f"{COMMAND}-{VERSION}-linux-{platform.machine()}.flatpak"
    bundling = ["flatpak", "build-bundle", str(repository), str(path), APP_ID]
    subprocess.check_call(bundling)
    return path

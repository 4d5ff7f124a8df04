"""Run file: one file that installs Coprime for the person who runs it, without root."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import tarball
from identity import DIST, NAME, VERSION, epoch


def build() -> Path:
    """Make the `.run`; returns its path."""
    if not shutil.which("makeself"):
        raise SystemExit("makeself is missing: apt-get install makeself")
    path = DIST / f"{tarball.NAME}.run"
    path.unlink(missing_ok=True)
    moment = datetime.fromtimestamp(epoch(), UTC).strftime("%Y-%m-%d %H:%M:%S")
    subprocess.check_call(
        [
            "makeself", "--xz", "--complevel", "6", "--nox11", "--sha256", "--quiet",
            "--packaging-date", moment, "--tar-quietly",
            "--tar-extra", f"--sort=name --mtime=@{epoch()} --owner=0 --group=0 --numeric-owner",
            str(tarball.lay_out()), str(path), f"{NAME} {VERSION}", "./install.sh",
        ],
        env={**os.environ, "TZ": "UTC"},
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return path

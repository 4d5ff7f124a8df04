"""The Debian that packages are proved in: what is the machine's own survives it."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installed.chroot import Chroot, clear, mounts


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Return a root folder in which a folder of somebody is mounted, and that folder."""
    root, own = tmp_path / "a root", tmp_path / "own"
    for folder in (root / "place", own):
        folder.mkdir(parents=True)
    (own / "precious").touch()
    mount = ["mount", "--bind", str(own), str(root / "place")]
    if not shutil.which("mount") or subprocess.call(mount, stderr=subprocess.DEVNULL) != 0:
        pytest.skip("needs root, to mount folders")
    yield root, own
    for place in reversed(mounts(tmp_path)):
        subprocess.call(["umount", "--lazy", str(place)])


def test_what_is_mounted_in_a_folder_survives_its_deletion(folders: tuple[Path, Path]) -> None:
    root, own = folders
    assert mounts(root) == [root / "place"]
    clear(root)
    assert not root.exists()
    assert [each.name for each in own.iterdir()] == ["precious"]
    clear(root)  # there is nothing any more


def test_what_cannot_be_unmounted_is_not_deleted(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root, own = folders
    stubborn = tmp_path / "bin" / "umount"
    stubborn.parent.mkdir()
    stubborn.write_text("#!/bin/sh\nexit 32\n", encoding="utf-8")
    stubborn.chmod(0o755)
    with monkeypatch.context() as patched:
        patched.setenv("PATH", str(stubborn.parent), prepend=":")
        with pytest.raises(SystemExit, match="place is still mounted"):
            clear(root)
    assert (root / "place" / "precious").exists()
    assert (own / "precious").exists()


@pytest.mark.usefixtures("folders")
def test_a_beginning_that_fails_midway_leaves_nothing_mounted(tmp_path: Path) -> None:
    root = tmp_path / "other root"
    own = tmp_path / "own"
    with Chroot(root, shared=(own,)):
        assert mounts(root) == [root / own.relative_to("/")]
    assert mounts(root) == []
    with pytest.raises(subprocess.CalledProcessError), Chroot(root, (own, tmp_path / "none")):
        pass
    assert mounts(root) == []

import os
import stat
import sys
from pathlib import Path

import pytest

from app import paths
from app.paths import FolderRefused, Paths, paths_below, resource, user_paths


def folders(found: Paths) -> list[Path]:
    return [found.data, found.config, found.cache, found.logs]


def test_the_users_folders_are_below_the_users_home() -> None:
    home = Path(os.environ["HOME"])
    found = user_paths()
    assert all(home in folder.parents and "coprime" in folder.parts for folder in folders(found))
    assert found.database.parent == found.lock.parent == found.data


def test_everything_is_below_a_folder_of_ones_choice(tmp_path: Path) -> None:
    found = paths_below(tmp_path / "mine")
    assert all(tmp_path / "mine" in folder.parents for folder in folders(found))
    assert len(set(folders(found))) == 4


def test_a_relative_folder_and_a_tilde_are_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert paths_below(Path("here")).data == tmp_path / "here" / "data"
    assert paths_below(Path("~/x")).data == Path(os.environ["HOME"]) / "x" / "data"


@pytest.mark.skipif(os.name != "posix", reason="modes are a matter of POSIX")
@pytest.mark.parametrize("umask", [0, 0o777])
def test_folders_are_closed_to_others_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    found = paths_below(tmp_path / "mine")
    (tmp_path / "mine").mkdir(mode=0o755)
    found.logs.mkdir(mode=0o777)
    before = os.umask(umask)
    try:
        found.make()
        found.make()
    finally:
        os.umask(before)
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in folders(found)] == [0o700] * 4
    assert stat.S_IMODE((tmp_path / "mine").stat().st_mode) == 0o755


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(FolderRefused, match="data"):
        paths_below(tmp_path).make()


def test_a_resource_is_found_in_a_tree_a_wheel_and_a_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "app" / "paths.py"))
    for folder in ("resources", "app/_resources", "bundle/resources"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "icon.svg").write_text(folder)
        if folder.startswith("bundle"):
            monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path / "bundle"), raising=False)
        assert resource("icon.svg").read_text() == folder
    with pytest.raises(FileNotFoundError, match=r"nothing\.svg"):
        resource("nothing.svg")

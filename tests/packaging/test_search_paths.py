"""Libraries keep their contents and lose the folders of the machine they were made on."""

import ctypes
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import search_paths

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not shutil.which("cc") or not shutil.which("objdump"),
    reason="needs a C compiler and binutils of Linux",
)


def library(folder: Path, path: str) -> Path:
    """Return a library with a search path, made here."""
    made = folder / "libanswer.so"
    command = ["cc", "-shared", "-fPIC", f"-Wl,-rpath,{path}", "-x", "c", "-", "-o", str(made)]
    subprocess.run(command, input="int answer(void) { return 42; }", text=True, check=True)
    return made


def search_path(path: Path) -> list[str]:
    """Return what objdump says of where a library looks for others."""
    told = subprocess.check_output(["objdump", "-p", str(path)], text=True)
    return [line.split()[1] for line in told.splitlines() if "PATH" in line]


@pytest.mark.parametrize("place", ["/home/somebody/lib", "$ORIGIN:/opt"])
def test_an_absolute_path_goes_and_the_rest_stays(tmp_path: Path, place: str) -> None:
    path = library(tmp_path, place)
    assert search_path(path) == [place]
    assert search_paths.clear(tmp_path) == [path]
    assert search_path(path) == []
    assert b"somebody" not in path.read_bytes()
    assert ctypes.CDLL(str(path)).answer() == 42


def test_a_path_whose_end_is_the_name_of_something_else_stops_the_build(tmp_path: Path) -> None:
    # The linker keeps one text for both.
    library(tmp_path, "/home/somebody/answer")
    with pytest.raises(SystemExit, match=r"libanswer\.so"):
        search_paths.clear(tmp_path)


def test_what_names_no_folder_stays_as_it_is(tmp_path: Path) -> None:
    path = library(tmp_path, "$ORIGIN/../lib")
    (tmp_path / "text.txt").write_text("no library")
    before = path.read_bytes()
    assert search_paths.clear(tmp_path) == []
    assert path.read_bytes() == before

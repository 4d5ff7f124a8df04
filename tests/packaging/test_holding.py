"""A frozen program goes on with its own files after they are gone."""

import importlib.util
import json
import subprocess
import sys
import zipfile
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from shutil import copyfile

import holding
import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")

PROGRAM = """
import importlib, importlib.metadata, json, pkgutil, shutil, sys
from pathlib import Path
import holding
folder = Path(sys.argv[1])
archive = str(folder / "base_library.zip")
sys.path[:0] = [archive]
pkgutil.get_importer(archive)
holding.hold(folder)
if sys.argv[2] == "gone":
    shutil.rmtree(folder)
else:
    for path in folder.rglob("*.*"):
        if path.is_file():
            path.unlink()
            path.write_bytes(b"another")
print(json.dumps([
    importlib.import_module("late").SAYS,
    importlib.import_module("part._queue").SimpleQueue.__name__,
    (folder / "fonts" / "font.ttf").exists(),
    (folder / "fonts" / "font.ttf").read_text(),
    open(folder / "fonts" / "font.ttf").read(),
    (folder / "fonts" / "none.ttf").exists(),
    importlib.metadata.version("work"),
]))
"""


@pytest.mark.parametrize("fate", ["gone", "replaced"])
def test_what_is_needed_late_is_there(tmp_path: Path, fate: str) -> None:
    folder = tmp_path / "inside"
    extension = importlib.util.find_spec("_queue")
    assert extension is not None
    if not extension.origin or not extension.origin.endswith(tuple(EXTENSION_SUFFIXES)):
        pytest.skip("this Python has all its modules built in")
    for name in ("part", "fonts", "work-1.2.dist-info"):
        (folder / name).mkdir(parents=True)
    with zipfile.ZipFile(folder / "base_library.zip", "w") as archive:
        archive.writestr("late.py", "SAYS = 'its own'")
        archive.writestr("part/__init__.py", "")
    copyfile(extension.origin, folder / "part" / f"_queue{EXTENSION_SUFFIXES[0]}")
    (folder / "fonts" / "font.ttf").write_text("a font")
    (folder / "work-1.2.dist-info" / "METADATA").write_text("Name: work\nVersion: 1.2\n")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), fate],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(Path(holding.__file__).parent)},
    )
    assert done.stderr == ""
    told = ["its own", "SimpleQueue", True, "a font", "a font", False, "1.2"]
    assert json.loads(done.stdout) == told

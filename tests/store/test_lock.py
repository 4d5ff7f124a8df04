import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.store.errors import Unwritable
from app.store.lock import FolderLock

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
from pathlib import Path
from app.store.lock import FolderLock

lock = FolderLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
sys.stdin.read()
"""


def hold(path: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    assert first.acquire()
    assert first.acquire()
    assert not second.acquire()
    first.release()
    first.release()
    assert second.acquire()
    second.release()


def test_another_process_holds_it_until_it_is_killed(tmp_path: Path) -> None:
    with hold(tmp_path / "lock") as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"True"
        mine = FolderLock(tmp_path / "lock")
        assert not mine.acquire()
        other.kill()
        other.wait()
        assert mine.acquire()
        mine.release()


@pytest.mark.skipif(os.name != "posix", reason="modes and links are a matter of POSIX")
def test_its_file_is_private_and_never_a_link(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        lock = FolderLock(tmp_path / "lock")
        assert lock.acquire()
        lock.release()
    finally:
        os.umask(before)
    assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(Unwritable):
        FolderLock(tmp_path / "link").acquire()
    assert not (tmp_path / "target").exists()


@pytest.mark.skipif(os.name != "posix", reason="children inherit by default on POSIX only")
def test_programs_that_are_started_do_not_hold_it(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / "lock")
    assert lock.acquire()
    with subprocess.Popen(["sleep", "60"], close_fds=False) as child:
        lock.release()
        again = FolderLock(tmp_path / "lock")
        assert again.acquire()
        again.release()
        child.kill()

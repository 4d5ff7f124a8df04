"""Nothing is in the bundle that its licences do not name."""

from importlib.metadata import Distribution
from pathlib import Path

import bundle
import contents
import notices
import package
import pytest

WORKS = "OpenSSL (libssl, libcrypto)\n\nxcb-util-cursor (libxcb-cursor)\n"


@pytest.fixture
def named(tmp_path: Path) -> set[str]:
    """Return what a distribution of three files has, one of them in a shared namespace."""
    told = tmp_path / "work-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Name: work\nVersion: 1.0\n")
    files = ("work/__init__.py", "work/_fast.abi3.so", "shared/part/inner.py")
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (told / "RECORD").write_text("".join(f"{name},,\n" for name in files))
    return contents.owned([Distribution.at(told)])


def test_a_module_of_nobody_who_is_named_is_found(named: set[str]) -> None:
    ours = ["app.main", "holding", "encodings.idna", "work", "shared", "shared.part.inner"]
    others = ["shared.other", "stray", "work.extra"]
    assert contents.unnamed_modules([*ours, *others], named) == others


def test_a_library_of_nobody_who_is_named_is_found(named: set[str]) -> None:
    named_ones = [
        "work/_fast.abi3.so",
        "python3.11/lib-dynload/_ssl.cpython-311-x86_64-linux-gnu.so",
        "libssl.so.3",
        "libxcb-cursor.so.0",
        "resources/notices.txt",
    ]
    others = ["libstray.so.1", "stray/_slow.abi3.so"]
    assert contents.unnamed_libraries([*named_ones, *others], named, WORKS) == others


def test_what_keyring_brings_on_older_pythons_is_named() -> None:
    named = contents.owned(notices.runtime())
    assert contents.unnamed_modules(["keyring.core", "more_itertools", "httpx"], named) == []


def test_a_bundle_that_is_taken_as_it_is_proves_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "coprime"
    program.write_text("#!/bin/sh\necho Coprime 0.0.0\n")
    program.chmod(0o755)
    monkeypatch.setattr(bundle, "path", lambda: tmp_path)
    monkeypatch.setattr(bundle, "program", lambda: program)
    monkeypatch.setattr("sys.argv", ["package.py", "--reuse", "deb"])
    with pytest.raises(SystemExit, match="does not say its version"):
        package.main()
    program.unlink()
    with pytest.raises(SystemExit, match="There is no bundle"):
        package.main()

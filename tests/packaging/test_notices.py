"""Notices: everything in a package comes with its licence."""

import json
import re
import sys
from importlib.metadata import Distribution
from pathlib import Path

import notices
import pytest
import qt_notices

from app.self_test import LICENCES

WITH_NUMBERS = ("qt.txt", "libraries.txt")


def test_everything_the_program_runs_on_has_a_licence_text() -> None:
    told = {each.metadata["Name"].lower(): notices.notice(each) for each in notices.runtime()}
    assert {"pyside6_essentials", "httpx", "qasync", "keyring", "ziamath"} <= told.keys()
    assert [name for name, text in told.items() if len(text) < 300] == []


def test_what_has_no_licence_text_stops_the_build(tmp_path: Path) -> None:
    folder = tmp_path / "unheard_of-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: unheard-of\nVersion: 1.0\n")
    with pytest.raises(SystemExit, match="unheard-of"):
        notices.notice(Distribution.at(folder))


@pytest.fixture
def compiled(tmp_path: Path) -> Distribution:
    """Return a distribution that says what is compiled into it."""
    folder = tmp_path / "made-1.0.dist-info"
    (folder / "sboms").mkdir(parents=True)
    (folder / "METADATA").write_text("Name: made\nVersion: 1.0\nLicense: MIT\n")
    (folder / "LICENSE").write_text("Do as you like.")
    works = [
        {"name": "free", "version": "2", "licenses": [{"expression": "MIT OR Apache-2.0"}]},
        {"name": "strict", "version": "3", "licenses": [{"expression": "MIT"}], "author": "Them"},
    ]
    (folder / "sboms" / "all.json").write_text(json.dumps({"components": works}))
    names = ("METADATA", "LICENSE", "sboms/all.json")
    (folder / "RECORD").write_text("".join(f"{folder.name}/{name},,\n" for name in names))
    return Distribution.at(folder)


def test_what_is_compiled_into_a_library_is_named(
    compiled: Distribution, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "LICENCES", tmp_path / "licences")
    with pytest.raises(SystemExit, match="strict, inside made"):
        notices.notice(compiled)
    (tmp_path / "licences" / "inside").mkdir(parents=True)
    (tmp_path / "licences/inside/made.txt").write_text("strict\nPermission is granted.\n")
    text = notices.notice(compiled)
    assert "free 2; MIT OR Apache-2.0\nstrict 3; MIT; Them\n" in text
    assert text.endswith("Permission is granted.\n")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="cryptography is used on Linux")
def test_what_cryptography_holds_is_named() -> None:
    [text] = [notices.notice(it) for it in notices.runtime() if it.name == "cryptography"]
    assert {"pyo3", "asn1", "openssl"} <= {line.split(" ")[0] for line in text.splitlines()}


@pytest.mark.parametrize("work", ["Mersenne Twister", "libmpdec", "expat", "zlib", "HACL", "dtoa"])
def test_the_works_inside_python_are_named(work: str) -> None:
    assert work in (notices.LICENCES / "python.txt").read_text(encoding="utf-8")


def test_a_package_gets_every_file_its_self_test_asks_for(tmp_path: Path) -> None:
    folder = tmp_path / "licences"
    notices.write(folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(LICENCES)
    assert all(path.stat().st_size > 5000 for path in folder.iterdir())


@pytest.mark.parametrize("name", WITH_NUMBERS)
def test_every_text_that_is_referred_to_is_there(name: str) -> None:
    text = (notices.LICENCES / name).read_text(encoding="utf-8")
    given = set(re.findall(r"^\[(\d+)\]$", text, flags=re.MULTILINE))
    listed = text[: text.index("\nTexts\n")]
    assert given == set(re.findall(r"\[(\d+)\]", listed))


@pytest.mark.parametrize("name", ["PCRE2 ", "HarfBuzz", "Freetype 2 ", "LibPNG", "LibJPEG", "WebP"])
def test_the_works_inside_qt_are_named(name: str) -> None:
    assert f"\n{name}" in (notices.LICENCES / "qt.txt").read_text(encoding="utf-8")


def test_the_works_of_a_source_tree_are_listed_and_each_text_is_there_once(tmp_path: Path) -> None:
    works: dict[str, dict[str, object]] = {
        "src/one": {"Name": "One", "Version": "1.2", "LicenseId": "MIT", "LicenseFile": "COPYING"},
        "src/two": {"Name": "Two", "LicenseId": "MIT", "LicenseFile": "../one/COPYING"},
        "src/three": {"Name": "Three", "LicenseId": "CC0-1.0 OR GPL-2.0-only"},
        "src/tool": {"Name": "Tool", "LicenseId": "MIT", "QtParts": ["tools"]},
        "src/testlib/four": {"Name": "Four", "LicenseId": "MIT"},
    }
    for place, work in works.items():
        folder = tmp_path / place
        folder.mkdir(parents=True)
        (folder / "qt_attribution.json").write_text(json.dumps({**work, "Copyright": "(c) Them"}))
    (tmp_path / "src/one/COPYING").write_text("Do as you like.")
    (tmp_path / "LICENSES").mkdir()
    (tmp_path / "LICENSES/CC0-1.0.txt").write_text("Given to all.")
    text = qt_notices.notices("6.11", [tmp_path])
    assert "One 1.2\n  MIT [1]\n  (c) Them\n" in text
    assert "Two\n  MIT [1]\n" in text
    assert "Three\n  CC0-1.0 OR GPL-2.0-only [2]\n" in text
    assert "Tool" not in text
    assert "Four" not in text
    assert text.count("Do as you like.") == text.count("Given to all.") == 1

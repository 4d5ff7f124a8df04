"""The .deb and the .rpm: what they say of themselves and what they ask of a system."""

import re
import shutil
import subprocess
from email.parser import Parser
from itertools import pairwise
from pathlib import Path

import deb
import identity
import pytest
import rpm
from packaging.licenses import canonicalize_license_expression

import requirements


@pytest.fixture
def libraries(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Stand in for what the bundle names, and return it for a test to add to."""
    named = {"libGL.so.1", "libxcb.so.1"}
    monkeypatch.setattr(requirements, "libraries", lambda: named)
    monkeypatch.setattr(requirements, "glibc", lambda: "2.35")
    return named


@pytest.mark.usefixtures("libraries")
def test_dpkg_is_told_all_it_asks_for(tmp_path: Path) -> None:
    deb.add_control(tmp_path, 1234, "")
    text = (tmp_path / "control").read_text(encoding="utf-8")
    told = Parser().parsestr(text)
    assert told["Package"] == identity.COMMAND
    assert told["Version"] == identity.VERSION
    assert told["Installed-Size"] == "1234"
    assert told["Architecture"] == identity.machine()
    assert "libc6 (>= 2.35)" in told["Depends"].split(", ")
    assert "libgl1" in told["Depends"].split(", ")
    assert "Homepage" not in told
    assert max(len(line) for line in text[text.index("Description") :].splitlines()) <= 80
    assert (tmp_path / "postrm").stat().st_mode & 0o111


@pytest.mark.usefixtures("libraries")
def test_a_publishers_address_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deb, "HOMEPAGE", "https://example.org")
    monkeypatch.setattr(deb, "CONTACT", "us@example.org")
    deb.add_control(tmp_path, 1, "")
    told = Parser().parsestr((tmp_path / "control").read_text(encoding="utf-8"))
    assert told["Homepage"] == "https://example.org"
    assert told["Maintainer"].endswith("<us@example.org>")


def test_a_library_nobody_knows_stops_the_build(libraries: set[str]) -> None:
    libraries.add("libunheardof.so.9")
    with pytest.raises(SystemExit, match=r"libunheardof\.so\.9"):
        requirements.debian()


def test_the_licences_of_all_that_is_inside_are_told() -> None:
    told = rpm.licence()
    assert canonicalize_license_expression(told) == told
    assert {"MIT", "LGPL-3.0-only", "PSF-2.0"} <= set(told.split(" AND "))
    # Machine-readable debian/copyright: a paragraph per group of files and per licence.
    first, *paragraphs = deb.copyright_file().split("\n\n")
    assert "Upstream-Name: Coprime" in first
    parts = [Parser().parsestr(each) for each in paragraphs]
    [of_qt] = [each for each in parts if "PySide6/*" in str(each["Files"])]
    assert of_qt["License"] == "LGPL-3.0-only"
    assert str(of_qt["Files"]).startswith("usr/lib/coprime/_internal/PySide6/* ")
    used = {n for p in parts if p["Files"] for n in re.split(" and | or ", p["License"])}
    assert {str(p["License"]).splitlines()[0] for p in parts if not p["Files"]} == used


EARLIER = ("0.2.0.dev1", "0.2.0a1", "0.2.0b2", "0.2.0rc1.dev1", "0.2.0rc1", "0.2.0", "0.2.0.post1")


@pytest.fixture(params=pairwise(EARLIER), ids="-".join)
def versions(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return two versions as packages bear them, the earlier one first."""
    found = []
    for version in request.param:
        monkeypatch.setattr(identity, "VERSION", version)
        found.append(identity.sorted_version())
    return found


@pytest.mark.skipif(not shutil.which("dpkg"), reason="needs dpkg")
def test_dpkg_replaces_what_came_before_a_version(versions: list[str]) -> None:
    earlier, later = versions
    assert subprocess.call(["dpkg", "--compare-versions", earlier, "lt", later]) == 0


@pytest.mark.skipif(not shutil.which("rpm"), reason="needs rpm")
def test_rpm_replaces_what_came_before_a_version(versions: list[str]) -> None:
    earlier, later = versions
    asked = f"%{{lua:print(rpm.vercmp('{earlier}', '{later}'))}}"
    assert subprocess.check_output(["rpm", "--eval", asked], text=True).strip() == "-1"


@pytest.mark.usefixtures("libraries")
def test_packages_bear_the_version_that_sorts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "VERSION", "0.2.0rc1")
    deb.add_control(tmp_path, 1, "")
    assert "Version: 0.2.0~rc1" in (tmp_path / "control").read_text(encoding="utf-8").splitlines()
    assert "Version: 0.2.0~rc1" in rpm.spec(tmp_path).splitlines()


@pytest.mark.usefixtures("libraries")
def test_both_say_what_stays_and_want_a_keyring(tmp_path: Path) -> None:
    deb.add_control(tmp_path, 1, "")
    told, spec = (tmp_path / "postrm").read_text(encoding="utf-8"), rpm.spec(tmp_path)
    for place in ("~/.local/share/coprime", "~/.config/coprime", "~/.local/state/coprime"):
        assert place in told
        assert place in spec
    assert "Recommends: (gnome-keyring or kwalletmanager or keepassxc)" in spec


@pytest.mark.usefixtures("libraries")
def test_an_rpm_asks_for_libraries_by_name_and_owns_what_is_its_alone(tmp_path: Path) -> None:
    for name in ("usr/lib/coprime/_internal/a.so", "usr/share/man/man1/coprime.1.gz"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.touch()
    told = rpm.spec(tmp_path).splitlines()
    assert f"Version: {identity.VERSION}" in told
    assert "Requires: libGL.so.1()(64bit)" in told
    assert "Requires: libc.so.6(GLIBC_2.35)(64bit)" in told
    owned = told[told.index("%files") + 1 : told.index("%changelog")]
    assert owned == ["/usr/lib/coprime", "/usr/share/man/man1/coprime.1.gz"]

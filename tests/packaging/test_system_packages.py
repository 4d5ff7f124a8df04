"""The .deb and the .rpm: what they say of themselves and what they ask of a system."""

from email.parser import Parser
from pathlib import Path

import deb
import identity
import pytest
import rpm

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

"""What can be checked of the installers of other systems from here."""

import hashlib
import os
import shutil
import tarfile
from pathlib import Path

import appimage
import dmg
import flatpak_bundle
import icons
import nsis
import pytest
import sbom
import sizes
import tarball
from identity import VERSION
from PySide6.QtGui import QGuiApplication

import dev

MACH_O = b"\xcf\xfa\xed\xfe and more"


@pytest.mark.skipif(not shutil.which("makensis"), reason="needs NSIS: apt-get install nsis")
def test_the_setup_program_compiles_and_bears_the_version(
    qapp: QGuiApplication, tmp_path: Path
) -> None:
    source = tmp_path / "bundle"
    (source / "_internal").mkdir(parents=True)
    (source / "coprime.exe").write_bytes(b"a program")
    (source / "_internal" / "library.dll").write_bytes(b"a library")
    icon = tmp_path / "coprime.ico"
    icon.write_bytes(icons.ico({16: icons.png(16)}))
    made = nsis.compile_setup(source, icon, tmp_path)
    assert VERSION in made.name
    data = made.read_bytes()
    assert data[:2] == b"MZ"
    at = data.index("ProductVersion".encode("utf-16-le"))
    assert VERSION.encode("utf-16-le") in data[at : at + 64]


def test_what_is_inside_an_application_is_signed_from_the_inside_out(tmp_path: Path) -> None:
    contents = tmp_path / "Coprime.app" / "Contents"
    core = contents / "Frameworks/QtCore.framework"
    for place, data in {
        "MacOS/coprime": MACH_O,
        "Frameworks/libpython.dylib": MACH_O,
        "Frameworks/QtCore.framework/Versions/A/QtCore": MACH_O,
        "Resources/notices.txt": b"text",
    }.items():
        path = contents / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (core / "QtCore").symlink_to("Versions/A/QtCore")
    assert dmg.insides(tmp_path / "Coprime.app") == [
        core / "Versions/A/QtCore",
        core,
        contents / "Frameworks/libpython.dylib",
    ]


def test_an_appimage_is_made_with_the_expected_runtime_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("APPIMAGE_RUNTIME", raising=False)
    with pytest.raises(SystemExit, match="type2-runtime"):
        appimage.runtime()
    path = tmp_path / "runtime"
    path.write_bytes(b"a runtime")
    monkeypatch.setenv("APPIMAGE_RUNTIME", str(path))
    monkeypatch.setenv("APPIMAGE_RUNTIME_SHA256", "0" * 64)
    with pytest.raises(SystemExit, match="not the expected"):
        appimage.runtime()
    monkeypatch.setenv("APPIMAGE_RUNTIME_SHA256", hashlib.sha256(b"a runtime").hexdigest())
    assert appimage.runtime() == b"a runtime"


def test_the_list_for_programs_says_what_coprime_itself_is() -> None:
    itself = sbom.complete({"metadata": {"component": {"name": "coprime"}}})["metadata"][
        "component"
    ]
    assert itself == {
        "name": "coprime",
        "type": "application",
        "version": VERSION,
        "licenses": [{"license": {"id": "MIT"}}],
    }


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
def test_a_flatpak_is_made_from_a_tarball_of_this_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (tarball, flatpak_bundle):
        monkeypatch.setattr(module, "DIST", tmp_path)
        monkeypatch.setattr(module, "BUILD", tmp_path)
    folder = tmp_path / tarball.NAME
    folder.mkdir()
    (folder / "new").touch()
    monkeypatch.setattr(tarball, "lay_out", lambda: folder)
    (tmp_path / f"{tarball.NAME}.tar.xz").write_bytes(b"of an older bundle")
    # Stand-ins for what builds and bundles it.
    assert {"flatpak", "flatpak-builder"} <= dev.PACKAGING["flatpak"].keys()
    for tool in dev.PACKAGING["flatpak"]:
        path = tmp_path / "bin" / tool
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    assert VERSION in flatpak_bundle.build().name
    with tarfile.open(tmp_path / f"{tarball.NAME}.tar.xz") as archive:
        assert f"{tarball.NAME}/new" in archive.getnames()


def test_sizes_are_told_by_part_on_every_system() -> None:
    files = [
        ("coprime", 1),
        ("_internal/PySide6/Qt/lib/libicudata.so.73", 500),
        ("_internal/PySide6/Qt/lib/libQt6Core.so.6", 30),
        ("_internal/PySide6/Qt6Core.dll", 30),
        ("Contents/Frameworks/PySide6/Qt/lib/QtCore.framework/QtCore", 30),
        ("Contents/MacOS/coprime", 1),
        ("_internal/what.else", 7),
    ]
    assert sizes.parts(files) == [("ICU", 500), ("Qt", 90), ("the rest", 7), ("program", 2)]

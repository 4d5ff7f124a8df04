"""The list of contents names what the bundle holds, wherever that came from, and nothing else."""

import hashlib
import json
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import identity
import pytest
import sbom


def install(folder: Path, name: str, *files: str, brings: object = None) -> Distribution:
    """Install a distribution of these files, with a list of contents of its own if it has one."""
    place = folder / f"{name}-1.0.dist-info"
    place.mkdir(parents=True)
    (place / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    for each in files:
        (folder / each).parent.mkdir(parents=True, exist_ok=True)
        (folder / each).touch()
    listed = [*files, f"{place.name}/METADATA"]
    if brings:
        (place / "sboms").mkdir()
        (place / "sboms" / "own.json").write_text(json.dumps(brings))
        listed.append(f"{place.name}/sboms/own.json")
    (place / "RECORD").write_text("".join(f"{each},,\n" for each in listed))
    return Distribution.at(place)


@pytest.mark.parametrize(
    "files",
    [["lib/module.py"], ["lib/package/__init__.py"], ["native.pyd"], ["lib/data.txt"]],
)
def test_a_distribution_is_inside_by_a_module_or_a_file(tmp_path: Path, files: list[str]) -> None:
    held = {"lib/module", "lib/package", "native.pyd", "lib/data.txt"}
    assert sbom.is_inside(install(tmp_path, "one", *files), held)


def test_what_is_installed_and_not_frozen_is_not_inside(tmp_path: Path) -> None:
    # PyInstaller copies the descriptions of some; that alone brings no program.
    each = install(tmp_path, "pycparser", "pycparser/__init__.py", "pycparser/c_ast.py")
    assert not sbom.is_inside(each, {"pycparser-1.0.dist-info/METADATA", "cffi"})


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("_internal/PySide6/Qt/lib/libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6"),
        ("Contents/Frameworks/libssl.3.dylib", "libssl.3.dylib"),
        (
            "Contents/Frameworks/python3__dot__13/lib-dynload/_ssl.so",
            "python3.13/lib-dynload/_ssl.so",
        ),
        ("Contents/Resources/base_library.zip", "base_library.zip"),
    ],
)
def test_files_are_where_a_distribution_has_them_on_every_system(name: str, place: str) -> None:
    assert sbom.place(name) == place


@pytest.mark.parametrize(
    ("name", "work"),
    [
        ("libpython3.13.so.1.0", "CPython"),
        ("python3.13/lib-dynload/_ssl.cpython-313-darwin.so", "CPython"),
        ("Python.framework/Versions/3.13/Python", "CPython"),
        ("python313.dll", "CPython"),
        ("_socket.pyd", "CPython"),
        ("base_library.zip", "CPython"),
        ("libcrypto.so.3", "OpenSSL"),
        ("libcrypto-3.dll", "OpenSSL"),
        ("libssl.3.dylib", "OpenSSL"),
        ("sqlite3.dll", "SQLite"),
        ("libsqlite3.so.0", "SQLite"),
        ("libffi-8.dll", "libffi"),
        ("VCRUNTIME140_1.dll", "Microsoft Visual C++ runtime"),
        ("PySide6/MSVCP140.dll", "Microsoft Visual C++ runtime"),
        ("PySide6/Qt/lib/libicudata.so.73", "ICU"),
        ("PySide6/Qt/lib/libQt6Core.so.6", "Qt"),
        ("PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore", "Qt"),
        ("PySide6/Qt6Core.dll", "Qt"),
        ("PySide6/plugins/platforms/qwindows.dll", "Qt"),
        ("libxcb-util.so.1", "xcb-util"),
    ],
)
def test_a_library_is_named_and_its_file_has_a_sum(tmp_path: Path, name: str, work: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(name.encode())
    found = {part["name"]: part for part, _ in sbom.works({name: path})}
    total = hashlib.sha256(name.encode()).hexdigest()
    assert found[work]["components"] == [
        {"type": "file", "name": name, "hashes": [{"alg": "SHA-256", "content": total}]}
    ]
    # Python has these within itself on some systems; they are in every bundle.
    assert found.keys() == {work, "OpenSSL", "SQLite"}
    assert all(found[each]["version"] for each in ("OpenSSL", "SQLite"))
    assert ("version" in found[work]) == ("cpe" in found[work] or work == "ICU")


def test_a_file_nobody_named_is_listed_by_itself_and_our_own_are_not(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    own = [
        "coprime",
        "resources/themes/light.toml",
        "PySide6/QtCore.abi3.so",
        "Contents/Info.plist",
    ]
    found = sbom.works(dict.fromkeys([*own, "libunheardof.so.9"], path))
    assert {part["name"] for part, _ in found} == {"OpenSSL", "SQLite", "libunheardof.so.9"}


def test_the_lock_has_sums_of_all_that_can_be_in_a_bundle() -> None:
    folder = identity.ROOT / "requirements"
    run, package = (
        sbom.hashes((folder / name).read_text(encoding="utf-8"))
        for name in ("run.txt", "package.txt")
    )
    assert {"httpx==0.28.1", "pyside6-essentials==6.11.3"} <= run.keys()
    assert run.items() <= package.items()
    assert any(each.startswith("pyinstaller==") for each in package)
    assert all(len(total) == 64 for sums in package.values() for total in sums)


def test_the_list_of_an_environment_is_cut_down_and_completed(tmp_path: Path) -> None:
    def part(name: str) -> dict[str, Any]:
        return {"name": name, "version": "1.0", "bom-ref": f"{name}==1.0"}

    listed = {
        "metadata": {"component": {"name": "coprime", "bom-ref": "root", "type": "application"}},
        "components": [part("cffi"), part("Crypto.Graphy"), part("pycparser"), part("pyinstaller")],
        "dependencies": [
            {"ref": "root", "dependsOn": ["Crypto.Graphy==1.0"]},
            {"ref": "Crypto.Graphy==1.0", "dependsOn": ["cffi==1.0"]},
            {"ref": "cffi==1.0", "dependsOn": ["pycparser==1.0"]},
        ],
    }
    crate = {"name": "crate", "type": "library", "bom-ref": "path+file:///tmp#crate"}
    address = "pkg:cargo/crate@2.0?download_url=file://."
    brings = {"components": [{**crate, "version": "2.0", "purl": address}]}
    inside = [
        install(tmp_path, "cffi"),
        install(tmp_path, "crypto-graphy", brings=brings),
        install(tmp_path, "pyinstaller"),
    ]
    openssl = {"name": "OpenSSL", "bom-ref": "OpenSSL==3", "version": "3"}
    lock = {"crypto-graphy==1.0": ["ab" * 32]}
    made = sbom.fit(listed, inside, [(openssl, "cffi")], lock)
    found = {each["name"]: each for each in made["components"]}
    assert list(found) == ["cffi", "Crypto.Graphy", "OpenSSL", "pyinstaller"]
    [reference] = found["Crypto.Graphy"]["externalReferences"]
    assert reference["hashes"] == [{"alg": "SHA-256", "content": "ab" * 32}]
    assert found["Crypto.Graphy"]["components"] == [
        {"type": "library", "name": "crate", "version": "2.0", "purl": "pkg:cargo/crate@2.0"}
    ]
    bootloader = {"expression": "GPL-2.0-or-later WITH Bootloader-exception"}
    assert found["pyinstaller"]["licenses"] == [bootloader]
    assert {each["ref"]: each["dependsOn"] for each in made["dependencies"]} == {
        "root": ["Crypto.Graphy==1.0"],
        "Crypto.Graphy==1.0": ["cffi==1.0"],
        "cffi==1.0": ["OpenSSL==3"],
        "OpenSSL==3": [],
    }

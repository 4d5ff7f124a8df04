"""Slimming: the bundle has what the program needs, and no library of the build host it must not."""

import sys

import pytest
import slimming

QT = "PySide6/Qt"
SITE = "/home/me/env/lib/python3.13/site-packages/"


@pytest.mark.parametrize(
    "name",
    [
        f"{QT}/plugins/platforms/libqxcb.so",
        f"{QT}/plugins/platforms/libqcocoa.dylib",
        r"PySide6\plugins\platforms\qwindows.dll",
        f"{QT}/plugins/imageformats/libqwebp.so",
        f"{QT}/plugins/wayland-shell-integration/libxdg-shell.so",
        f"{QT}/lib/libQt6Core.so.6",
        f"{QT}/lib/libQt6OpenGL.so.6",
        r"PySide6\Qt6Gui.dll",
        "latex2mathml-3.81.1.dist-info/METADATA",
        r"keyring-25.7.0.dist-info\entry_points.txt",
    ],
)
def test_what_the_program_needs_is_kept(name: str) -> None:
    assert slimming.keeps(name, SITE + name)


@pytest.mark.parametrize(
    "name",
    [
        f"{QT}/plugins/platforms/libqeglfs.so",
        f"{QT}/plugins/platformthemes/libqgtk3.so",
        f"{QT}/plugins/tls/libqopensslbackend.so",
        f"{QT}/translations/qtbase_de.qm",
        f"{QT}/lib/libQt6Quick.so.6",
        "latex2mathml-3.81.1.dist-info/RECORD",
        "cryptography-50.0.2.dist-info/METADATA",
        "certifi/cacert.pem",
        r"PySide6\Qt6Qml.dll",
        r"PySide6\opengl32sw.dll",
        r"PySide6\D3Dcompiler_47.dll",
    ],
)
def test_what_it_never_uses_is_left_out(name: str) -> None:
    assert not slimming.keeps(name, SITE + name)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of Linux alone")
def test_of_the_build_host_only_what_a_desktop_need_not_have_is_kept() -> None:
    where = "/usr/lib/x86_64-linux-gnu/"
    kept = [
        "libssl.so.3",
        "libcrypto.so.3",
        "libsqlite3.so.0",
        "libffi.so.8",
        "libxcb-cursor.so.0",
        "libpython3.13.so.1.0",
    ]
    left = ["libstdc++.so.6", "libglib-2.0.so.0", "libX11.so.6", "libxcb.so.1", "libGL.so.1"]
    assert [name for name in kept + left if slimming.keeps(name, where + name)] == kept

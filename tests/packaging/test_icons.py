"""Icons: what Windows and macOS read out of the containers is what went in."""

import struct

import icons
import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QGuiApplication, QImage, QImageReader


@pytest.fixture
def reader(qapp: QGuiApplication) -> QBuffer:
    return QBuffer()


def sizes_in(buffer: QBuffer, data: bytes, kind: bytes) -> list[int]:
    """Return the widths of all pictures another program finds in a container."""
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    found = QImageReader(buffer, QByteArray(kind))
    widths = []
    for number in range(found.imageCount()):
        assert found.jumpToImage(number)
        widths.append(found.read().width())
    return widths


def test_a_picture_has_the_size_asked_for_and_a_transparent_margin(reader: QBuffer) -> None:
    image = QImage.fromData(icons.png(64, margin=0.25))
    assert (image.width(), image.height()) == (64, 64)
    assert image.pixelColor(4, 32).alpha() == 0
    assert any(image.pixelColor(x, 32).alpha() for x in range(64))


def test_windows_finds_every_size(reader: QBuffer) -> None:
    wanted = [16, 48, 256]
    assert sizes_in(reader, icons.ico({each: icons.png(each) for each in wanted}), b"ico") == wanted


def test_an_ico_says_where_each_picture_is_and_how_large() -> None:
    data = icons.ico({16: b"first", 256: b"second"})
    assert struct.unpack("<HHH", data[:6]) == (0, 1, 2)
    table = [struct.unpack("<BBBBHHII", data[at : at + 16]) for at in (6, 22)]
    # 256 does not fit into a byte and is written as 0.
    assert [each[:2] for each in table] == [(16, 16), (0, 0)]
    assert [data[at : at + length] for *_, length, at in table] == [b"first", b"second"]


def test_macos_finds_every_size(reader: QBuffer) -> None:
    data = icons.icns({b"icp5": icons.png(32), b"ic08": icons.png(256)})
    assert sizes_in(reader, data, b"icns") == [32, 256]


def test_an_icns_says_how_long_it_and_each_part_is() -> None:
    data = icons.icns({b"icp4": b"first", b"ic07": b"second"})
    assert data[:4] == b"icns"
    assert struct.unpack(">I", data[4:8]) == (len(data),)
    parts, at = {}, 8
    while at < len(data):
        kind, length = struct.unpack(">4sI", data[at : at + 8])
        parts[kind] = data[at + 8 : at + length]
        at += length
    assert parts == {b"icp4": b"first", b"ic07": b"second"}

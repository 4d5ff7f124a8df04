"""Icons: the one drawing of Coprime in every form a desktop asks for, without a trace of when.

Sources: the ICO and ICNS containers hold PNG files behind a table of sizes.
"""

import os
import struct
from pathlib import Path

from identity import COMMAND, ROOT

DRAWING = ROOT / "resources" / "icons" / "coprime.svg"
SIZES = (16, 22, 24, 32, 48, 64, 96, 128, 256, 512)
_ICO = (16, 20, 24, 32, 40, 48, 64, 128, 256)
_ICNS = {
    b"icp4": 16, b"icp5": 32, b"icp6": 64, b"ic07": 128, b"ic08": 256, b"ic09": 512,
    b"ic10": 1024, b"ic11": 32, b"ic12": 64, b"ic13": 256, b"ic14": 512,
}  # fmt: skip
# Apple's icons leave a margin around the shape.
_MARGIN = 100 / 1024


def draw(folder: Path) -> None:
    """Write `coprime-SIZE.png`, `coprime.ico` and `coprime.icns` into a folder."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication.instance() or QGuiApplication([COMMAND])
    folder.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        (folder / f"{COMMAND}-{size}.png").write_bytes(png(size))
    (folder / f"{COMMAND}.ico").write_bytes(ico({size: png(size) for size in _ICO}))
    (folder / f"{COMMAND}.icns").write_bytes(
        icns({kind: png(size, _MARGIN) for kind, size in _ICNS.items()})
    )
    del application


def png(size: int, margin: float = 0) -> bytes:
    """Return the drawing, so many pixels wide and high; `margin` is a part of that."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF
    from PySide6.QtGui import QImage, QImageWriter, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    inset = size * margin
    area = QRectF(inset, inset, size - 2 * inset, size - 2 * inset)
    QSvgRenderer(str(DRAWING)).render(painter, area)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """Return a Windows icon of PNG pictures by size."""
    table, at = b"", 6 + 16 * len(pictures)
    for size, data in pictures.items():
        edge = size % 256
        table += struct.pack("<BBBBHHII", edge, edge, 0, 0, 1, 32, len(data), at)
        at += len(data)
    return struct.pack("<HHH", 0, 1, len(pictures)) + table + b"".join(pictures.values())


def icns(pictures: dict[bytes, bytes]) -> bytes:
    """Return an Apple icon of PNG pictures by kind."""
    parts = b"".join(
        kind + struct.pack(">I", 8 + len(data)) + data for kind, data in pictures.items()
    )
    return b"icns" + struct.pack(">I", 8 + len(parts)) + parts

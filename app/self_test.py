"""Self-test: whether this copy of Coprime has all it needs, on this computer.

`coprime --self-test` prints a line for each thing and ends with 0 if nothing is
missing. It is what proves a package: whatever was left out of it shows here and
not at the first person who needs it. Nothing is sent anywhere, and nothing is
kept: the reply comes from the demo and is stored in a folder of its own.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QSize, Qt, SignalInstance
from PySide6.QtGui import QColor, QFontDatabase, QGuiApplication, QIcon, QImage, QImageReader

from app.paths import paths_below, resource
from app.ui import icons, theme
from app.ui.window import Window

if TYPE_CHECKING:
    from app.chat.conversation import Conversation
    from app.session import Session

LIMIT_S = 9.0
"""All of it takes at most so long: packages give up on it after ten."""
KEYRING_S = 2.0
"""So long is waited for the keyring, which may never answer."""
FORMATS = ("png", "jpeg", "gif", "webp", "svg", "ico")
LICENCES = ("notices.txt", "LGPL-3.0.txt", "GPL-3.0.txt", "qt.txt", "libraries.txt")
WORDS = """Is `1 + 1 = 2`?

```python
print(1 + 1)
```

$$\\sum_{i=1}^n i$$

| a | b |
|--|--|
| 1 | 2 |"""
_SIZE = QSize(960, 640)
_BESIDE_S = 0.3
_COLOURS = 16
"""A window with a reply in it has more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked for."""

    name: str
    missing: str = ""
    """What is missing of it; empty if it is all there."""
    remark: str = ""

    def line(self) -> str:
        """Return it as a line to print."""
        mark = "missing" if self.missing else "ok"
        return f"{mark:8}{self.name}: {self.missing or self.remark}".rstrip(": ")


async def prove(loop: asyncio.AbstractEventLoop) -> list[Finding]:
    """Look for everything, one after the other; cancelling leaves no files behind."""
    deadline = loop.time() + LIMIT_S
    checks: list[tuple[str, Callable[[], str | Awaitable[str]]]] = [
        ("screen", _screen),
        ("fonts", _fonts),
        ("image formats", _image_formats),
        ("icons", _icons),
        ("themes", _themes),
        ("licences", _licences),
        ("database", _database),
        ("certificates", _certificates),
        ("keyring", _keyring),
        ("demo reply", lambda: _demo_reply(loop)),
    ]
    found = []
    for name, check in checks:
        try:
            async with asyncio.timeout_at(deadline):
                remark = check()
                found.append(
                    Finding(name, remark=remark if isinstance(remark, str) else await remark)
                )
        except TimeoutError:
            found.append(Finding(name, missing="it did not come in time"))
        except Exception as error:
            found.append(Finding(name, missing=_say(error)))
    return found


def _say(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ").splitlines()[0]


def _screen() -> str:
    screen = QGuiApplication.primaryScreen()
    size = screen.size()
    scale = f"{screen.devicePixelRatio():g}×"
    return f"{QGuiApplication.platformName()}, {size.width()} × {size.height()}, {scale}"


def _fonts() -> str:
    families = QFontDatabase.families()
    if not families:
        raise LookupError("no font is installed")
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    return f"{len(families)} families, fixed: {fixed}"


def _image_formats() -> str:
    known = {bytes(each.data()).decode() for each in QImageReader.supportedImageFormats()}
    absent = [each for each in FORMATS if each not in known]
    if absent:
        raise LookupError(", ".join(absent))
    return ", ".join(FORMATS)


def _icons() -> str:
    folder = resource("icons/lucide")
    names = sorted(path.stem for path in folder.glob("*.svg"))
    blank = [name for name in names if not _has_ink(icons.icon(name, QColor("black")))]
    if not _has_ink(icons.mark()):
        blank.append("coprime")
    if blank or not names:
        raise LookupError(", ".join(blank) or "all of them")
    return f"{len(names) + 1} drawn"


def _has_ink(icon: QIcon) -> bool:
    image = icon.pixmap(32).toImage()
    return any(
        image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height())
    )


def _themes() -> str:
    for each in (theme.light(), theme.dark()):
        colours = theme.qpalette(each)
        if colours.window().color() == colours.windowText().color():
            raise LookupError("text has the colour of its ground")
    return "light, dark"


def _licences() -> str:
    # A source tree holds Coprime's own beside it; the others are collected for packages.
    try:
        folder = resource("licences")
    except FileNotFoundError:
        return "not a package"
    absent = [name for name in LICENCES if not (folder / name).is_file()]
    if absent:
        raise LookupError(", ".join(absent))
    return f"{len(list(folder.glob('*.txt')))} files"


def _database() -> str:
    from app.store.connection import prove_engine

    return prove_engine()


def _certificates() -> str:
    from app.api.connections import trust

    trust()
    return "the system's, by way of truststore"


async def _keyring() -> str:
    # The back end has to be in the package; a service to talk to need not run.
    import app.store.rings  # noqa: F401
    from app.store.secrets import Secrets

    name = await asyncio.wrap_future(Secrets({}, KEYRING_S).backend())
    return name or "its service does not run here: keys would be kept for one run"


async def _demo_reply(loop: asyncio.AbstractEventLoop) -> str:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        paths = paths_below(Path(folder))
        paths.make()
        settings = QSettings(str(paths.settings), QSettings.Format.IniFormat)
        window = Window(theme.light(), settings)
        session = _session(loop, paths.database)
        window.resize(_SIZE)
        window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        window.show()
        window.attach(session, paths, theme.light())
        session.start()
        try:
            text = await _converse(loop, session)
            image = window.grab().toImage()
        finally:
            window.hide()
            await session.end()
        if _colours(image) < _COLOURS:
            raise LookupError("the window stays blank")
        return f"{len(text)} characters streamed and painted"


def _colours(image: QImage) -> int:
    across, down = range(0, image.width(), 3), range(0, image.height(), 3)
    return len({image.pixel(x, y) for x in across for y in down})


def _session(loop: asyncio.AbstractEventLoop, database: Path) -> "Session":
    from app.api.client import Client
    from app.session import Session
    from app.store.database import Database
    from app.store.secrets import Secrets

    return Session(loop, Database(database), Secrets({}), Client("Coprime"), {}, demo=True)


async def _converse(loop: asyncio.AbstractEventLoop, session: "Session") -> str:
    """Ask the demo, and return what it said once it has said all."""
    await _until(loop, session.started, lambda: session.has_started)
    conversation = session.new_conversation()
    session.choose_model(conversation, "demo/echo")
    session.send(conversation, WORDS)
    await _until(loop, conversation.message_changed, lambda: bool(_reply(conversation)))
    reply = _reply(conversation)
    if WORDS.splitlines()[0] not in reply:
        raise LookupError("the demo said something else")
    # What is drawn beside the frames, formulas and colours, has its turn.
    await asyncio.sleep(_BESIDE_S)
    return reply


async def _until(
    loop: asyncio.AbstractEventLoop, signal: SignalInstance, is_so: Callable[[], bool]
) -> None:
    """Wait for a signal after which something is so."""
    arrived = loop.create_future()

    def look(*_: object) -> None:
        if is_so() and not arrived.done():
            arrived.set_result(None)

    signal.connect(look)
    try:
        look()
        await arrived
    finally:
        signal.disconnect(look)


def _reply(conversation: "Conversation") -> str:
    from app.chat.message import Role, Status

    branch = conversation.branch
    last = conversation.message(branch[-1]) if branch else None
    if last is None or last.role is not Role.ASSISTANT or last.status is not Status.COMPLETE:
        return ""
    return conversation.text(last.id) or ""

"""Self-test: whether this copy of Coprime has all it needs, on this computer.

`coprime --self-test` prints a line for each thing and ends with 0 if nothing is
missing. It is what proves a package: whatever was left out of it shows here and
not at the first person who needs it. Nothing is sent anywhere, and nothing is
kept: the reply comes from the demo and is stored in a folder of its own.
"""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QSettings, QSize, Qt, SignalInstance
from PySide6.QtGui import QColor, QFontDatabase, QGuiApplication, QIcon, QImage, QImageReader

from app.ending import SIGNALS
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
LICENCES = (
    "notices.txt", "LGPL-3.0.txt", "GPL-3.0.txt", "qt.txt", "libraries.txt", "python.txt"
)  # fmt: skip
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
"""In the environment: the ways to a screen on Linux. Without one a test needs none."""
PLUGINS = (
    "platforms/libqxcb.so",
    "platforms/libqwayland.so",
    "wayland-shell-integration/libxdg-shell.so",
)
FORMULA = r"\sum_{i=1}^n \frac{\alpha_i}{2} \text{ if } i"
CODE = "def f(): return 'a' + 1"
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
    """Look for everything, one after the other.

    Cancelling leaves no files behind, nor does a signal: what was found by then is returned.
    """
    found: list[Finding] = []
    looking = loop.create_task(_look(loop, found))
    was_asked = False

    def stop() -> None:
        nonlocal was_asked
        was_asked = True
        looking.cancel()

    with _signals_lead_to(loop, stop):
        try:
            await looking
        except asyncio.CancelledError:
            if not was_asked:
                raise
            found.append(Finding("the rest", missing="it was stopped"))
    return found


async def _look(loop: asyncio.AbstractEventLoop, found: list[Finding]) -> None:
    deadline = loop.time() + LIMIT_S
    checks: list[tuple[str, Callable[[], str | Awaitable[str]]]] = [
        ("screen", _screen),
        ("platforms", _platforms),
        ("fonts", _fonts),
        ("image formats", _image_formats),
        ("icons", _icons),
        ("themes", _themes),
        ("licences", _licences),
        ("database", _database),
        ("certificates", _certificates),
        ("keyring", _keyring),
        ("formulas", _formulas),
        ("code", _code),
        ("demo reply", lambda: _demo_reply(loop)),
    ]
    for name, check in checks:
        try:
            async with asyncio.timeout_at(deadline):
                # A signal has its turn between two of them.
                await asyncio.sleep(0)
                remark = check()
                found.append(
                    Finding(name, remark=remark if isinstance(remark, str) else await remark)
                )
        except TimeoutError:
            found.append(Finding(name, missing="it did not come in time"))
        except Exception as error:
            found.append(Finding(name, missing=_say(error.__cause__ or error)))


@contextmanager
def _signals_lead_to(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> Iterator[None]:
    """Have what asks the process to end call something, for a while."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ").splitlines()[0]


def _screen() -> str:
    screen = QGuiApplication.primaryScreen()
    size = screen.size()
    scale = f"{screen.devicePixelRatio():g}×"
    name = QGuiApplication.platformName()
    if name == "offscreen" and not any(map(os.environ.get, DISPLAYS)):
        name = "offscreen, since no display is named"
    return f"{name}, {size.width()} × {size.height()}, {scale}"


def _platforms() -> str:
    """Load what opens windows on any Linux desktop: a test sees one at most."""
    if not (is_package() and sys.platform.startswith("linux")):
        return QGuiApplication.platformName()
    import ctypes

    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
    for name in PLUGINS:
        ctypes.CDLL(str(folder / name))
    return "X11, Wayland"


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
    if not is_package():
        return "not a package"
    folder = resource("licences")
    texts = [folder / name for name in LICENCES]
    absent = [text.name for text in texts if not (text.is_file() and text.stat().st_size)]
    if absent:
        raise LookupError(", ".join(absent))
    return f"{len(list(folder.glob('*.txt')))} files"


def is_package() -> bool:
    """Return whether this is a frozen program, or holds what is collected for one."""
    try:
        return hasattr(sys, "frozen") or resource("licences").is_dir()
    except FileNotFoundError:
        return False


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


def _formulas() -> str:
    from app.ui.transcript.formula import draw

    formula = draw(FORMULA, is_display=True)
    return f"{formula.path.elementCount()} strokes drawn"


def _code() -> str:
    from app.ui.transcript.lexing import lexer_for

    lexer = lexer_for("python")
    kinds = {kind for kind, _ in lexer.get_tokens(CODE)} if lexer else set()
    if len(kinds) < len(CODE.split()):
        raise LookupError("nobody knows Python")
    return f"{len(kinds)} kinds of words"


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
    session.messages.send(conversation, WORDS)
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

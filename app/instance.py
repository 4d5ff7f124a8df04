"""Instance: a second start brings the window of the first to the front.

Which one is the first is decided by the lock of the data folder, and by nothing
else. A socket, in a folder only this user can enter, carries one request, "show
yourself", and its answer. No argument, no path and no text passes.
"""

import hashlib
import os
import stat
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app import COMMAND
from app.store.lock import FolderLock

REQUEST = b"show\n"
ANSWER = b"here\n"
MOST_CALLERS = 4
CALLER_MS = 1000
"""How long somebody who connects has for the request."""
ANSWER_S = 2.0
"""How long the first has to answer, once it is reached."""
BEGIN_S = 6.0
"""How long the first has to be reached at all: it may just begin, or just end."""
_TURN_S = 0.05


class Doorbell(QObject):
    """Where later starts ask the first to show itself.

    `show` brings the window to the front and returns whether there still is one.
    """

    def __init__(self, data: Path, show: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data = data
        self._show = show
        self._callers: set[QLocalSocket] = set()
        self._servers: list[QLocalServer] = []

    def listen(self) -> bool:
        """Hear later starts from now on; False if nowhere a socket can be made.

        In every place there is: a later start may know fewer. The lock of the data
        folder must be held.
        """
        for address in addresses(self._data):
            # Left by a Coprime that was killed: one that lives would hold the lock.
            QLocalServer.removeServer(address)
            server = QLocalServer(self)
            server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
            server.setMaxPendingConnections(MOST_CALLERS)
            server.newConnection.connect(partial(self._on_connection, server))
            if server.listen(address):
                self._servers.append(server)
        return bool(self._servers)

    def close(self) -> None:
        """Hear nobody any more; leaves no file behind."""
        for caller in list(self._callers):
            caller.abort()
        for server in self._servers:
            server.close()

    def _on_connection(self, server: QLocalServer) -> None:
        while server.hasPendingConnections():
            caller = server.nextPendingConnection()
            if len(self._callers) >= MOST_CALLERS:
                caller.abort()
                caller.deleteLater()
                continue
            self._callers.add(caller)
            caller.setReadBufferSize(len(REQUEST) + 1)
            caller.disconnected.connect(partial(self._on_gone, caller))
            caller.readyRead.connect(partial(self._on_words, caller))
            patience = QTimer(caller)
            patience.setSingleShot(True)
            patience.timeout.connect(partial(QLocalSocket.abort, caller))
            patience.start(CALLER_MS)
            # What came with the connection is not announced again.
            self._on_words(caller)

    def _on_words(self, caller: QLocalSocket) -> None:
        words = bytes(caller.peek(len(REQUEST) + 1).data())
        if words == REQUEST and self._show():
            caller.readAll()
            caller.write(ANSWER)
            caller.disconnectFromServer()
        elif words == REQUEST or not REQUEST.startswith(words):
            caller.abort()

    def _on_gone(self, caller: QLocalSocket) -> None:
        self._callers.discard(caller)
        caller.deleteLater()


def addresses(data: Path) -> list[str]:
    """Return where the socket of a data folder may be, the best place first."""
    # The same folder by whatever way it was come to.
    data = data.resolve()
    name = f"{COMMAND}-{hashlib.blake2b(os.fsencode(data), digest_size=8).hexdigest()}"
    if sys.platform == "win32":
        return [name]  # a pipe: they have no folder, and belong to this user
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    places = [os.path.join(runtime, name)] if _is_private(runtime) else []
    return [*places, str(data / "door")]


def _is_private(folder: str) -> bool:
    if sys.platform == "win32" or not os.path.isabs(folder):
        return False
    try:
        found = os.stat(folder)
    except OSError:
        return False
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == os.getuid()
        and (not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO))
    )


def ring(data: Path) -> bool | None:
    """Ask the first to show itself; returns whether it did so within `ANSWER_S`.

    None: nobody is there to ask, or whoever is there is about to go.
    """
    for address in addresses(data):
        caller = QLocalSocket()
        caller.connectToServer(address)
        if not caller.waitForConnected(int(ANSWER_S * 1000)):
            continue
        _let_come_forward()
        caller.write(REQUEST)
        deadline = time.monotonic() + ANSWER_S
        while caller.bytesAvailable() < len(ANSWER):
            left_ms = int((deadline - time.monotonic()) * 1000)
            if left_ms <= 0:
                return False
            if not caller.waitForReadyRead(left_ms) and _is_gone(caller):
                break
        if bytes(caller.read(len(ANSWER)).data()) == ANSWER:
            return True
    return None


def _is_gone(caller: QLocalSocket) -> bool:
    return caller.state() is QLocalSocket.LocalSocketState.UnconnectedState


def become_first(
    lock: FolderLock, data: Path, is_over: Callable[[], bool] = lambda: False
) -> bool | None:
    """Return True once the folder is ours, False once the first has shown itself.

    None: neither within a few seconds, or before it `is_over`. The first may be just
    beginning, and is reached later, or just ending, and then the folder becomes free.

    Raises:
        Unwritable: the file of the lock cannot be opened.
    """
    begun = time.monotonic()
    while not lock.acquire():
        answer = ring(data)
        if answer:
            return False
        if answer is False or is_over() or time.monotonic() - begun > BEGIN_S:
            return None
        time.sleep(_TURN_S)
    return True


def _let_come_forward() -> None:
    """Let the first take the front: Windows gives that right to who was started last."""
    if sys.platform == "win32":
        import ctypes

        anybody = 0xFFFFFFFF  # ASFW_ANY
        ctypes.windll.user32.AllowSetForegroundWindow(anybody)

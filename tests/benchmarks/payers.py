"""The right payer: ten thousand requests over accounts that change while replies stream."""

import os
import sys
import time
from pathlib import Path

import qasync
from PySide6.QtWidgets import QApplication

from tests.benchmarks.row import Row
from tests.helpers.payers import Payers, Tally
from tests.helpers.server import Server
from tests.session.conftest import Running

ACTS = 10_000
SEED = 20261123


def measure(folder: Path) -> list[Row]:
    """Send them, and compare what the server heard with who should have paid."""
    # No keyring: what is made up here is nobody's business.
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={folder}/no-bus"
    qapp = QApplication.instance() or QApplication([])
    server = Server(key="").start()
    started = time.monotonic()
    loop = qasync.QEventLoop(qapp)
    with loop:
        tally = loop.run_until_complete(_play(loop, folder, server))
    took_s = time.monotonic() - started
    server.stop()
    for wrong in tally.wrong[:20]:
        print(wrong, file=sys.stderr)
    note = f"{tally.sentence}, seed {SEED}"
    return [
        Row("payers: acts with a wrong payer or count", len(tally.wrong), "", 0, note),
        Row("payers: requests beyond one an act", max(tally.requests - tally.acts, 0), "", 0),
        Row("payers: acts a second", tally.acts / took_s, "1/s"),
    ]


async def _play(loop: qasync.QEventLoop, folder: Path, server: Server) -> Tally:
    running = Running(loop, folder, server.endpoint)
    await running.start("test/echo")
    payers = Payers(running, server.endpoint, SEED)
    await payers.play(ACTS)
    await running.session.end()
    heard = [r for r in server.requests() if r.path.endswith("/chat/completions")]
    return payers.judge(heard)

"""Long lists: 5,000 models and 5,000 conversations, opened and filtered as somebody types."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app.chat.heading import Heading
from app.chat.model import Catalogue, Model, Prices
from app.ui.conversations_pane import ConversationsPane
from app.ui.models_pane import ModelsPane
from tests.benchmarks.row import Row

ROWS = 5_000
OPENS = 5
OPEN_MS = 50
KEY_MS = 16
TYPED = "model 49 title 123 maker"


def measure(_folder: Path) -> list[Row]:
    """Open both panes with many rows, and type into their filters."""
    qapp = QApplication.instance() or QApplication([])
    assert isinstance(qapp, QApplication)
    models, conversations = ModelsPane(), ConversationsPane()
    now = datetime.now(UTC)
    catalogue = Catalogue(
        tuple(
            Model(
                f"maker-{i % 40}/model-{i}",
                f"Model {i}",
                f"maker-{i % 40}",
                Prices(Decimal(i) / 100, Decimal(i) / 20),
                context_window=8192 * (i % 90 + 1),
            )
            for i in range(ROWS)
        ),
        now,
    )
    headings = [
        Heading(i, f"Title {i} of a conversation", updated=now - timedelta(hours=i), leaf=1)
        for i in range(1, ROWS + 1)
    ]
    return [
        *_pane(
            "models",
            models,
            models.filter,
            lambda: models.show_catalogue(catalogue, "maker-1/model-1", has_account=True),
            lambda: models.show_catalogue(Catalogue(), "", has_account=True),
        ),
        *_pane(
            "conversations",
            conversations,
            conversations.filter,
            lambda: conversations.show_headings(headings, 1, {}),
            lambda: conversations.show_headings([], None, {}),
        ),
    ]


def _pane(
    name: str,
    pane: QWidget,
    field: QLineEdit,
    fill: Callable[[], None],
    empty: Callable[[], None],
) -> list[Row]:
    pane.resize(316, 800)
    pane.show()
    QApplication.processEvents()
    opens = []
    for _ in range(OPENS):
        empty()
        QApplication.processEvents()
        opens.append(_timed(fill))
    opened = statistics.median(opens)
    keys = []
    for _ in range(3):
        field.clear()
        QApplication.processEvents()
        keys += [_timed(partial(QTest.keyClicks, field, key)) for key in TYPED]
        erase = partial(QTest.keyClick, field, Qt.Key.Key_Backspace)
        keys += [_timed(erase) for _ in TYPED]
    pane.hide()
    p95 = statistics.quantiles(keys, n=20)[-1]
    note = f"max {max(keys):.1f} ms, {len(keys)} keys, {ROWS} rows"
    return [
        Row(f"{name}: open", opened, "ms", OPEN_MS, f"first {opens[0]:.1f} ms, {ROWS} rows"),
        Row(f"{name}: key to painted filter, p95", p95, "ms", KEY_MS, note),
    ]


def _timed(act: Callable[[], object]) -> float:
    """Return the milliseconds until an act is done and painted."""
    start = time.perf_counter()
    act()
    QApplication.processEvents()
    return (time.perf_counter() - start) * 1000

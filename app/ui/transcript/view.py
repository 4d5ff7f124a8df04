"""View: one conversation, painted.

The laws:

- What the reader sees does not move unless they move it. Their place is a
  `Position`; pixels follow from it. At the end, the view follows what comes.
- Only what shows is parsed and laid out; all else has an estimated height.
- Repainting, laying out and rebuilding are three things: `_update_from`,
  `_arrange`, `_rebuild`.
- Nothing is parsed, laid out or painted while nobody can see it.
- The text of a model never acts: a link only tells where it leads.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from app.chat.conversation import Conversation
from app.chat.message import Role
from app.ui.theme import Theme
from app.ui.transcript.captions import Captions
from app.ui.transcript.column import Column
from app.ui.transcript.counts import Counts
from app.ui.transcript.frames import Frames
from app.ui.transcript.parts import Copy, Fold, Link, Take, Target
from app.ui.transcript.links import host_of
from app.ui.transcript.position import END, Position

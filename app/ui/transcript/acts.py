"""Acts: what a person can do with a message, what that is called, and its sign."""

from collections.abc import Mapping
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, Qt


class MessageAct(StrEnum):
    """What a message can be asked for; whoever owns the transcript knows how."""

    COPY = "copy"
    REGENERATE = "regenerate"
    FORK = "fork"
    EDIT = "edit"
    MORE = "more"


REPLY_ACTS = (MessageAct.COPY, MessageAct.REGENERATE, MessageAct.FORK, MessageAct.MORE)
OWN_ACTS = (MessageAct.COPY, MessageAct.EDIT, MessageAct.MORE)

ICONS: Mapping[MessageAct, str] = {
    MessageAct.COPY: "copy",
    MessageAct.REGENERATE: "refresh-cw",
    MessageAct.FORK: "git-branch",
    MessageAct.EDIT: "pencil",
    MessageAct.MORE: "ellipsis",
}

KEYS: Mapping[Qt.Key, MessageAct] = {
    Qt.Key.Key_C: MessageAct.COPY,
    Qt.Key.Key_R: MessageAct.REGENERATE,
    Qt.Key.Key_F: MessageAct.FORK,
    Qt.Key.Key_E: MessageAct.EDIT,
}
"""What a letter does while the keyboard is on a message."""


def tr(text: str) -> str:
    """Return a text of the transcript in the person's language."""
    return QCoreApplication.translate("Transcript", text)


def act_hint(act: MessageAct) -> str:
    """Return the name of an act and its key, for a tooltip."""
    return {
        MessageAct.COPY: tr("Copy (C)"),
        MessageAct.REGENERATE: tr("Ask again (R)"),
        MessageAct.FORK: tr("Fork from here (F)"),
        MessageAct.EDIT: tr("Edit (E)"),
        MessageAct.MORE: tr("More (Enter)"),
    }[act]


def turn_hint(step: int) -> str:
    """Return the name of turning to another version and its key, for a tooltip."""
    return tr("Previous version (Left)") if step < 0 else tr("Next version (Right)")

"""PaletteRows: what the command palette offers, as rows, and those that fit what is typed."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple

from PySide6.QtCore import (
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QStringListModel,
    Qt,
)
from PySide6.QtWidgets import QWidget

from app.ui.fuzzy import Lines
from app.ui.section import plain

Index = QModelIndex | QPersistentModelIndex
SHOWN = 100
"""Rows at most; who wants another one types on."""


def tr(text: str) -> str:
    """Return a text of the palette in the person's language."""
    return QCoreApplication.translate("palette", text)


class Kind(Enum):
    """What choosing an entry does; its worth when two fit equally well."""

    ACTION = 3
    CONVERSATION = 2
    MODEL = 1


class Entry(NamedTuple):
    """Something the palette offers."""

    kind: Kind
    name: str
    """Of the action, or the id of the conversation or model."""
    title: str
    aside: str = ""
    """Where else it is to be found, or what sets it apart."""
    keys: str = ""

    @property
    def lead(self) -> str:
        """What stands before the title."""
        if self.kind is Kind.CONVERSATION:
            return tr("Go to:")
        return tr("Use model:") if self.kind is Kind.MODEL else ""


class Row(NamedTuple):
    """An entry, and the characters of its texts that were typed."""

    entry: Entry
    in_title: tuple[int, ...] = ()
    in_aside: tuple[int, ...] = ()
    in_lead: tuple[int, ...] = ()


class PaletteRows(QStringListModel):
    """Rows of entries, best first.

    Without anything typed these are the actions; conversations and models are only
    gathered with the first letter, so that the palette opens at once.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions: Sequence[Entry] = ()
        self._gather: Callable[[], Sequence[Entry]] = tuple
        self._recent: Sequence[tuple[Kind, str]] = ()
        self._pools: list[tuple[Sequence[Entry], Lines]] = []
        self.rows: list[Row] = []

    @property
    def scored(self) -> int:
        """How many entries were looked at closely for what was typed last."""
        return sum(lines.scored for _, lines in self._pools)

    def show(
        self,
        actions: Sequence[Entry],
        gather: Callable[[], Sequence[Entry]],
        recent: Sequence[tuple[Kind, str]],
    ) -> None:
        """Take what is offered, and what was chosen lately, the latest first.

        gather: returns conversations and models; called when something is typed.
        """
        self._actions, self._gather, self._recent = actions, gather, recent
        self._pools = []
        self.find("")

    def find(self, sought: str) -> None:
        """Show the entries that fit a text."""
        rows = self._fitting(sought) if sought.strip() else self._by_habit()
        self.rows = rows[:SHOWN]
        self.setStringList([row.entry.title for row in self.rows])

    def _by_habit(self) -> list[Row]:
        """Return the actions, those used lately first."""
        names = {entry.name: entry for entry in self._actions}
        lately = [
            names.pop(name) for kind, name in self._recent if kind is Kind.ACTION and name in names
        ]
        return [Row(entry) for entry in (*lately, *names.values())]

    def _fitting(self, sought: str) -> list[Row]:
        found: list[tuple[float, Row]] = []
        for entries, lines in self._made_pools():
            for hit in lines.find(sought):
                entry = entries[hit.row]
                rank = self._rank(entry)
                found.append((hit.fit.score + rank, _row(entry, hit.fit.places)))
        # Stable: what fits equally well stays in the order it was given in.
        found.sort(key=lambda each: -each[0])
        return [row for _, row in found]

    def _made_pools(self) -> list[tuple[Sequence[Entry], Lines]]:
        if not self._pools:
            places = self._gather()
            # Apart, so that thousands of names do not crowd out an action.
            pools = [
                self._actions,
                *(
                    [entry for entry in places if entry.kind is kind]
                    for kind in (Kind.CONVERSATION, Kind.MODEL)
                ),
            ]
            self._pools = [(pool, Lines(map(_line, pool))) for pool in pools]
        return self._pools

    def _rank(self, entry: Entry) -> float:
        chosen = (entry.kind, entry.name)
        is_recent = chosen in self._recent
        return entry.kind.value + (4.0 if is_recent else 0.0)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return described(self.rows[index.row()].entry)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(described(self.rows[index.row()].entry))
        return super().data(index, role)


def described(entry: Entry) -> str:
    """Return an entry in one line, as it is read out."""
    title = f"{entry.lead} {entry.title}".strip()
    return " · ".join(part for part in (title, entry.aside, entry.keys) if part)


def _line(entry: Entry) -> str:
    # The title first: a fit at its start counts most.
    return "\n".join((entry.title, entry.aside, entry.lead))


def _row(entry: Entry, places: Sequence[int]) -> Row:
    parts, start = [], 0
    for text in (entry.title, entry.aside, entry.lead):
        end = start + len(text)
        parts.append(tuple(at - start for at in places if start <= at < end))
        start = end + 1
    return Row(entry, *parts)

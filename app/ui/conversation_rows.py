"""ConversationRows: headings as the rows of a list, grouped by day, and how a row looks.

Pinned ones come first, then today's, yesterday's, those of the previous seven
days, then month by month, in the time zone of this computer. Rows are painted,
and all as high as each other, so that thousands cost what those in view cost.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from PySide6.QtCore import (
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QStringListModel,
    Qt,
)

from app.chat.heading import Heading, first_words
from app.chat.mark import Mark
from app.ui import marks
from app.ui.wording import tr

Index = QModelIndex | QPersistentModelIndex
Row = Heading | str
"""A conversation, or the label of the group that follows."""
ROW = Qt.ItemDataRole.UserRole
MARK = Qt.ItemDataRole.UserRole + 1
FEW = 64
"""How many changed rows are told one by one."""


def title(heading: Heading) -> str:
    """Return what a conversation is called, also before it has a title."""
    if heading.title:
        return heading.title
    if heading.draft.strip():
        return tr("Draft: {words}").format(words=first_words(heading.draft, 40))
    return tr("New conversation")


def grouped(headings: Sequence[Heading], today: date) -> Iterator[Row]:
    """Yield headings, newest first, each group behind its label."""
    pinned = [heading for heading in headings if heading.pinned]
    if pinned:
        yield tr("Pinned")
        yield from pinned
    label, start = "", datetime.max.replace(tzinfo=UTC)
    for heading in headings:
        if heading.pinned:
            continue
        if heading.updated < start:
            label, start = _group(heading.updated, today)
            yield label
        yield heading


def _group(updated: datetime, today: date) -> tuple[str, datetime]:
    """Return the label of the group a moment falls into, and when that group begins."""
    yesterday, week = today - timedelta(days=1), today - timedelta(days=7)
    day = updated.astimezone().date()
    if day >= today:
        return tr("Today"), _midnight(today)
    if day >= yesterday:
        return tr("Yesterday"), _midnight(yesterday)
    if day >= week:
        return tr("Previous 7 days"), _midnight(week)
    month = QLocale().standaloneMonthName(day.month)
    label = tr("{month} {year}").format(month=month[:1].upper() + month[1:], year=day.year)
    return label, _midnight(day.replace(day=1))


def _midnight(day: date) -> datetime:
    """Return when a day begins here."""
    return datetime.combine(day, time()).astimezone()


class ConversationRows(QStringListModel):
    """Headings as rows, those whose title holds every word of the filter.

    The strings of the base class are empty and only counted: a view asks for the
    number of rows once for every row it lays out, which has to stay out of Python.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._headings: Sequence[Heading] = ()
        self._folded: dict[int, tuple[Heading, str]] = {}
        self._marks: Mapping[int, Mark] = {}
        self._words: list[str] = []
        self._today = date.min
        self._rows: list[Row] = []
        self._row_by_id: dict[int, int] = {}

    def show(self, headings: Sequence[Heading], marks: Mapping[int, Mark]) -> bool:
        """Take headings, newest first, and marks by id; return whether rows moved."""
        today = date.today()
        moved = False
        if self._headings != headings or self._today != today:
            self._headings, self._today = list(headings), today
            self._fold()
            moved = self._refresh()
        self._show_marks(marks)
        return moved

    def filter(self, text: str) -> bool:
        """Keep the rows whose title holds every word; return whether rows moved."""
        words = text.casefold().split()
        if words == self._words:
            return False
        self._words = words
        return self._refresh()

    @property
    def count(self) -> int:
        """How many conversations are listed; labels are not counted."""
        return len(self._row_by_id)

    def heading(self, row: int) -> Heading | None:
        """Return the conversation of a row; None for a label or no row."""
        if not 0 <= row < len(self._rows):
            return None
        found = self._rows[row]
        return found if isinstance(found, Heading) else None

    def row_of(self, conversation_id: int | None) -> int:
        """Return the row of a conversation, -1 if it is not listed."""
        return -1 if conversation_id is None else self._row_by_id.get(conversation_id, -1)

    def nearest(self, row: int, step: int = 1) -> int:
        """Return the next row that is a conversation, first along `step`, -1 if there is none."""
        for direction in (step, -step):
            at = min(max(row, 0), len(self._rows) - 1)
            while 0 <= at < len(self._rows):
                if not isinstance(self._rows[at], str):
                    return at
                at += direction
        return -1

    def _fold(self) -> None:
        """Prepare the titles for filtering; those that did not change are kept."""
        before, self._folded = self._folded, {}
        for heading in self._headings:
            known = before.get(heading.id)
            if known is None or known[0] is not heading:
                known = (heading, title(heading).casefold())
            self._folded[heading.id] = known

    def _found(self) -> Sequence[Heading]:
        found: Sequence[Heading] = self._headings
        for word in self._words:
            folded = self._folded
            found = [heading for heading in found if word in folded[heading.id][1]]
        return found

    def _refresh(self) -> bool:
        """Make the rows anew; where only texts changed, every row stays what it was."""
        rows = list(grouped(self._found(), self._today))
        before = [row if isinstance(row, str) else row.id for row in self._rows]
        after = [row if isinstance(row, str) else row.id for row in rows]
        if before == after:
            changed = [i for i, row in enumerate(rows) if row is not self._rows[i]]
            self._rows = rows
            self._tell(changed)
            return False
        self._rows = rows
        self._row_by_id = {key: i for i, key in enumerate(after) if not isinstance(key, str)}
        self.setStringList([""] * len(rows))
        return True

    def _show_marks(self, marks: Mapping[int, Mark]) -> None:
        if marks == self._marks:
            return
        before, self._marks = self._marks, dict(marks)
        changed = {i for i in before.keys() | marks.keys() if before.get(i) != marks.get(i)}
        self._tell([self._row_by_id[i] for i in changed if i in self._row_by_id])

    def _tell(self, rows: Sequence[int]) -> None:
        if len(rows) > FEW:
            rows = range(len(self._rows))
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        for row in rows:
            self.dataChanged.emit(self.index(row), self.index(row))

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.heading(index.row()) is None:
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if isinstance(row, str):
            return row if role == Qt.ItemDataRole.DisplayRole else None
        if role == MARK:
            return self._marks.get(row.id)
        if role == Qt.ItemDataRole.DisplayRole:
            return title(row)
        if role == Qt.ItemDataRole.EditRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            text = marks.with_word(title(row), self._marks.get(row.id))
            return f"{text} · {tr('Pinned')}" if row.pinned else text
        if role == Qt.ItemDataRole.ToolTipRole:
            return marks.as_tooltip(marks.with_word(title(row), self._marks.get(row.id)))
        return None

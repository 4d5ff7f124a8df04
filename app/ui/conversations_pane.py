"""ConversationsPane: the list of conversations; one click brings one to the front."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QFrame, QLabel, QListView, QPushButton, QVBoxLayout, QWidget

from app.chat.conversation import Heading, first_words
from app.ui.wording import tr

Index = QModelIndex | QPersistentModelIndex


def title(heading: Heading) -> str:
    """Return what a conversation is called, also before it has a title."""
    if heading.title:
        return heading.title
    if heading.draft.strip():
        return tr("Draft: {words}").format(words=first_words(heading.draft, 40))
    return tr("New conversation")


class HeadingRows(QAbstractListModel):
    """Headings as rows of a list, newest first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._headings: Sequence[Heading] = ()

    def show(self, headings: Sequence[Heading]) -> None:
        """Take the headings; rows that only changed their texts stay selected."""
        before = [heading.id for heading in self._headings]
        same_rows = before == [heading.id for heading in headings]
        if same_rows:
            self._headings = headings
            if headings:
                self.dataChanged.emit(self.index(0), self.index(len(headings) - 1))
            return
        self.beginResetModel()
        self._headings = headings
        self.endResetModel()

    def heading(self, row: int) -> Heading:
        return self._headings[row]

    def row_of(self, conversation_id: int | None) -> int:
        """Return the row of a conversation, -1 if it is not listed."""
        ids = [heading.id for heading in self._headings]
        return ids.index(conversation_id) if conversation_id in ids else -1

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._headings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return title(self._headings[index.row()])
        if role == Qt.ItemDataRole.ToolTipRole:
            # A tooltip that looks like mark-up would be read as mark-up.
            return title(self._headings[index.row()]).replace("<", "‹")
        return None


class ConversationsPane(QWidget):
    """New conversation, and the ones there are.

    Signals:
        new_requested: an empty conversation is wanted.
        chosen: a conversation is wanted in front. arg: its id.
    """

    new_requested = Signal()
    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conversations")
        self._new = QPushButton(self.tr("New conversation"), self)
        self._new.setObjectName("new")
        self._new.clicked.connect(self.new_requested)
        self._empty = QLabel(self.tr("Your conversations will be listed here."), self)
        self._empty.setObjectName("empty")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._rows = HeadingRows(self)
        self.list = QListView(self)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setModel(self._rows)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Conversations"))
        self.list.clicked.connect(self._on_row_activated)
        self.list.activated.connect(self._on_row_activated)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        column.addWidget(self._new)
        column.addWidget(self._empty, 1)
        column.addWidget(self.list, 1)

    def show_headings(self, headings: Sequence[Heading], front: int | None) -> None:
        """List conversations and mark the one in front."""
        self._rows.show(headings)
        self.list.setVisible(bool(headings))
        self._empty.setVisible(not headings)
        row = self._rows.row_of(front)
        if row >= 0:
            self.list.setCurrentIndex(self._rows.index(row))
        else:
            self.list.setCurrentIndex(QModelIndex())

    def _on_row_activated(self, index: QModelIndex) -> None:
        self.chosen.emit(self._rows.heading(index.row()).id)

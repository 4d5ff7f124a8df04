"""ConversationList: the rows of conversations as they are seen and touched.

Which conversation is in front is given to it and shown as the selection; the
arrow keys move only the current row. It asks for everything else.
"""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import (
    QModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QListView,
    QMenu,
    QWidget,
)

from app.chat.heading import Heading
from app.chat.mark import Mark
from app.ui.actions import in_menu
from app.ui.conversation_delegate import ROW_HEIGHT, RowDelegate
from app.ui.conversation_rows import ConversationRows, Index
from app.ui.theme import Theme
from app.ui.unfailing import unfailing


class ConversationList(QListView):
    """The conversations there are.

    Signals:
        chosen: a conversation is wanted in front. arg: its id.
        renamed: a title was written. args: conversation id, the title.
        pin_requested: it is to be kept on top, or not. args: conversation id, which.
        delete_requested: a conversation is to go. arg: its id.
    """

    chosen = Signal(object)
    renamed = Signal(object, str)
    pin_requested = Signal(object, bool)
    delete_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conversationlist")
        self.rows = ConversationRows(self)
        self._front: int | None = None
        self._menu: QMenu | None = None
        self._waiting: tuple[Sequence[Heading], int | None, Mapping[int, Mark]] | None = None
        self._pressed_more = False
        self._is_front_owed = False
        self._is_choice_owed = False
        self._delegate = RowDelegate(self)
        self._delegate.renamed.connect(self._on_title_written)
        self.setModel(self.rows)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Conversations"))
        self.clicked.connect(self._on_row_clicked)

    def show_headings(
        self, headings: Sequence[Heading], front: int | None, marks: Mapping[int, Mark]
    ) -> None:
        """List conversations, newest first; what is in view and in hand stays."""
        if self.is_renaming:
            self._waiting = (headings, front, marks)
            return
        held = self._hold()
        moved = self.rows.show(headings, marks)
        if moved:
            self._restore(*held)
        if moved or front != self._front:
            self._show_front(front)

    def filter(self, text: str) -> None:
        """List only conversations whose title holds every word of a text."""
        if self.rows.filter(text):
            self._show_front(self._front)
            self.scrollToTop()

    @property
    def is_renaming(self) -> bool:
        return self.state() is QAbstractItemView.State.EditingState

    @property
    def current(self) -> Heading | None:
        """The conversation the keyboard is on."""
        return self.rows.heading(self.currentIndex().row())

    def enter(self) -> bool:
        """Take the keyboard, on the first row if it is on none; return whether there is any."""
        row = self.currentIndex().row() if self.current is not None else self.rows.nearest(0)
        if row < 0:
            return False
        self._move_to(row)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def rename(self, conversation_id: int) -> None:
        """Edit the title of a conversation in its row, if it is listed."""
        row = self.rows.row_of(conversation_id)
        if row >= 0 and not self.is_renaming:
            self._move_to(row)
            self.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.edit(self.rows.index(row))

    def choose_first(self) -> None:
        """Ask for the first conversation of the list."""
        heading = self.rows.heading(self.rows.nearest(0))
        if heading is not None:
            self.chosen.emit(heading.id)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours and sizes of a theme."""
        self._delegate.set_theme(theme)
        self.viewport().update()

    def _hold(self) -> tuple[int | None, int, int | None, int]:
        """Return the current id and row, the topmost id in view and how far it is cut."""
        scrolled = self.verticalScrollBar().value()
        row = self.rows.nearest(scrolled // ROW_HEIGHT)
        top, current = self.rows.heading(row), self.current
        return (
            current.id if current else None,
            self.currentIndex().row(),
            top.id if top is not None and scrolled else None,
            scrolled - row * ROW_HEIGHT,
        )

    def _restore(self, current: int | None, row: int, top: int | None, cut: int) -> None:
        at = self.rows.row_of(current)
        if at < 0 and row >= 0:
            at = self.rows.nearest(row)
        self._move_to(at)
        self.executeDelayedItemsLayout()
        top_row = self.rows.row_of(top)
        if top_row >= 0:
            self.verticalScrollBar().setValue(top_row * ROW_HEIGHT + cut)

    def _show_front(self, front: int | None) -> None:
        """Show which conversation is in front; a new one is brought into view."""
        is_new, self._front = front != self._front, front
        index = self.rows.index(self.rows.row_of(front))
        selection = self.selectionModel()
        selection.select(index, selection.SelectionFlag.ClearAndSelect)
        if is_new and index.isValid():
            self._move_to(index.row())
            self._is_front_owed = not self.isVisible()
            if not self._is_front_owed:
                self.scrollTo(index)

    def _move_to(self, row: int) -> None:
        selection = self.selectionModel()
        index = self.rows.index(row)
        selection.setCurrentIndex(index, selection.SelectionFlag.NoUpdate)

    def _more_at(self, point: QPoint) -> bool:
        index = self.indexAt(point)
        if self.rows.heading(index.row()) is None:
            return False
        row = self.visualRect(index)
        return self._delegate.more_rect(row, self.layoutDirection()).contains(point)

    def _choose(self) -> None:
        if self.current is not None:
            self.chosen.emit(self.current.id)

    def _rename(self) -> None:
        if self.current is not None:
            self.edit(self.currentIndex())

    def _delete(self) -> None:
        if self.current is not None:
            self.delete_requested.emit(self.current.id)

    def _open_menu(self, where: QPoint) -> None:
        """Offer what can be done with the current row; the menu is made when first wanted."""
        heading = self.current
        if heading is None:
            return
        if self._menu is None:
            self._menu = QMenu(self)
        self._menu.clear()
        rename = self._menu.addAction(in_menu("rename"))
        rename.triggered.connect(self._rename)
        pin = self._menu.addAction(self.tr("Unpin") if heading.pinned else self.tr("Pin"))
        pin.triggered.connect(lambda: self.pin_requested.emit(heading.id, not heading.pinned))
        self._menu.addSeparator()
        delete = self._menu.addAction(in_menu("delete", "Del"))
        delete.triggered.connect(lambda: self.delete_requested.emit(heading.id))
        self._menu.popup(where)

    def _on_row_clicked(self, index: QModelIndex) -> None:
        heading = self.rows.heading(index.row())
        if heading is not None:
            self.chosen.emit(heading.id)

    def _on_title_written(self, conversation_id: int, text: str) -> None:
        # One that was deleted while its title was written is in the rows until they may move.
        if self._waiting is None or any(each.id == conversation_id for each in self._waiting[0]):
            self.renamed.emit(conversation_id, text)

    # What Qt calls

    @unfailing
    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:  # noqa: N802 - Qt's name
        super().closeEditor(editor, hint)
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.show_headings(*waiting)
        is_choice_owed, self._is_choice_owed = self._is_choice_owed, False
        if is_choice_owed:
            self._choose()

    def moveCursor(  # noqa: N802 - Qt's name
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        moves, row = QAbstractItemView.CursorAction, self.currentIndex().row()
        page = max(1, self.viewport().height() // ROW_HEIGHT - 1)
        steps = {
            moves.MoveUp: -1,
            moves.MovePrevious: -1,
            moves.MoveDown: 1,
            moves.MoveNext: 1,
            moves.MovePageUp: -page,
            moves.MovePageDown: page,
            moves.MoveHome: -self.rows.rowCount(),
            moves.MoveEnd: self.rows.rowCount(),
        }.get(action, 0)
        return self.rows.index(self.rows.nearest(row + steps, 1 if steps > 0 else -1))

    @unfailing
    def scrollTo(  # noqa: N802 - Qt's name
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        # The label belongs to the first of its group.
        if index.row() > 0 and self.rows.heading(index.row() - 1) is None:
            super().scrollTo(self.rows.index(index.row() - 1), hint)
        super().scrollTo(index, hint)

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        deeds = {
            Qt.Key.Key_Return: self._choose,
            Qt.Key.Key_Enter: self._choose,
            Qt.Key.Key_F2: self._rename,
            Qt.Key.Key_Delete: self._delete,
        }
        deed = deeds.get(Qt.Key(event.key()))
        if self.is_renaming:
            # Left over by the field, which takes the title over only after this.
            self._is_choice_owed = deed == self._choose
            return
        if deed is not None and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            deed()
            return
        super().keyPressEvent(event)

    @unfailing
    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if event.button() is Qt.MouseButton.LeftButton and self._more_at(point):
            self._pressed_more = True
            self._move_to(self.indexAt(point).row())
            self._open_menu(event.globalPosition().toPoint())
            return
        if event.button() is Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)

    @unfailing
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed_more:
            self._pressed_more = False
            return
        super().mouseReleaseEvent(event)

    @unfailing
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            row = self.indexAt(event.pos()).row()
            if self.rows.heading(row) is not None:
                self._move_to(row)
                self._open_menu(event.globalPos())
            return
        place = self.visualRect(self.currentIndex())
        self._open_menu(self.viewport().mapToGlobal(place.center()))

    @unfailing
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_front_owed:
            # Before it was shown there was no height to bring anything into view.
            self._is_front_owed = False
            self.scrollTo(self.rows.index(self.rows.row_of(self._front)))

    @unfailing
    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        # Rings are repainted where they were last painted, so paint them where they are.
        self.viewport().update()

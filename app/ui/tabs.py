"""Tabs: the strip of open conversations and the view of the one in front.

A tab's view is made when its conversation is read from disk, which happens
when it first comes to the front. Only the view in front is ever laid out.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QStyle, QToolButton, QVBoxLayout, QWidget

from app.ui import icons
from app.ui.tab_painter import HEIGHT, TOP
from app.ui.tab_row import NARROWEST
from app.ui.tab_strip import TabFace, TabStrip
from app.ui.theme import Theme, light
from app.ui.unfailing import unfailing

if TYPE_CHECKING:
    from app.ui.chat_view import ChatView

__all__ = ["STYLE", "TabFace", "Tabs"]

STYLE = """
#tabbar QToolButton {
    background: transparent; border: none; border-radius: @radius_control; padding: 0px;
    min-height: 0px;
}
#tabbar QToolButton:hover { background: @line; }
#tabbar QToolButton:focus { border: 2px solid @accent; padding: 0px; }
"""


BUTTON = 28
GAP = 4


class TabBar(QWidget):
    """The strip of tabs; behind it the buttons that scroll it and begin a conversation.

    Signals:
        new_requested: an empty conversation is wanted.
    """

    new_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tabbar")
        self.setFixedHeight(HEIGHT)
        self.strip = TabStrip(self)
        self._earlier = self._button(self.tr("Show earlier tabs"), Qt.FocusPolicy.NoFocus)
        self._later = self._button(self.tr("Show later tabs"), Qt.FocusPolicy.NoFocus)
        self._new = self._button(self.tr("New conversation"), Qt.FocusPolicy.TabFocus)
        self._new.setToolTip(self.tr("New conversation (Ctrl+N)"))
        for button, distance in ((self._earlier, -2 * NARROWEST), (self._later, 2 * NARROWEST)):
            button.setAutoRepeat(True)
            button.clicked.connect(lambda _=False, distance=distance: self.strip.move_on(distance))
        self._new.clicked.connect(self.new_requested)
        self.strip.rearranged.connect(self._arrange)
        self.set_theme(light())

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of a theme."""
        self._colours = theme.colours
        before, after = "chevron-left", "chevron-right"
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            before, after = after, before
        muted, off = theme.colours.muted, theme.colours.strong_line
        self._earlier.setIcon(icons.icon(before, muted, off))
        self._later.setIcon(icons.icon(after, muted, off))
        self._new.setIcon(icons.icon("plus", muted))
        self.strip.set_theme(theme)
        self.update()

    def _button(self, name: str, policy: Qt.FocusPolicy) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.setFocusPolicy(policy)
        return button

    def _arrange(self) -> None:
        """Give the strip the room there is, and put the buttons behind it."""
        row = self.strip.row
        room = self.width() - BUTTON - 3 * GAP
        is_overfull = row.needs_scrolling(len(self.strip.faces), room)
        self.strip.set_room(max(0, room - 2 * BUTTON) if is_overfull else room)
        self._place(self.strip, QRect(0, 0, self.strip.width(), HEIGHT))
        x = self.strip.width() + GAP
        for button in (self._earlier, self._later, self._new):
            button.setVisible(is_overfull or button is self._new)
            if is_overfull or button is self._new:
                self._place(button, QRect(x, TOP + (HEIGHT - TOP - BUTTON) // 2, BUTTON, BUTTON))
                x += BUTTON
        self._earlier.setEnabled(row.offset > 0)
        self._later.setEnabled(row.offset < row.furthest)

    def _place(self, widget: QWidget, rect: QRect) -> None:
        widget.setGeometry(QStyle.visualRect(self.layoutDirection(), self.rect(), rect))

    @unfailing
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._colours.window)
        painter.fillRect(0, HEIGHT - 1, self.width(), 1, self._colours.line)


class Tabs(QWidget):
    """Conversations side by side, one in front.

    Signals:
        chosen: a tab is wanted in front. arg: conversation id.
        close_requested: a tab is to go. arg: conversation id.
        close_others_requested: all tabs but one are to go. arg: conversation id.
        reopen_requested: the tab closed last is wanted again.
        moved: a tab was dropped elsewhere. args: conversation id, its new position.
        new_requested: an empty conversation is wanted.
    """

    chosen = Signal(object)
    close_requested = Signal(object)
    close_others_requested = Signal(object)
    reopen_requested = Signal()
    moved = Signal(object, int)
    new_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("centre")
        self._views: dict[int, ChatView] = {}
        self._blank = QWidget(self)
        self._bar = TabBar(self)
        self._bar.new_requested.connect(self.new_requested)
        self.strip = self._bar.strip
        self.strip.chosen.connect(self.chosen)
        self.strip.close_requested.connect(self.close_requested)
        self.strip.close_others_requested.connect(self.close_others_requested)
        self.strip.reopen_requested.connect(self.reopen_requested)
        self.strip.moved.connect(self.moved)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self._blank)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self.stack, 1)

    @property
    def titles(self) -> list[str]:
        return [face.title for face in self.strip.faces]

    @property
    def views(self) -> "Sequence[ChatView]":
        return list(self._views.values())

    @property
    def front(self) -> "ChatView | None":
        """The view in front; None while its conversation is being read."""
        widget = self.stack.currentWidget()
        return next((view for view in self._views.values() if view is widget), None)

    def view(self, conversation_id: int) -> "ChatView | None":
        return self._views.get(conversation_id)

    def add_view(self, view: "ChatView") -> None:
        """Take in the view of a conversation that has a tab."""
        self._views[view.conversation.id] = view
        self.stack.addWidget(view)

    def show_tabs(
        self, tabs: Sequence[TabFace], front: int | None, *, can_reopen: bool = True
    ) -> None:
        """Show these tabs, one of them in front; `front` is its conversation's id."""
        self.strip.can_reopen = can_reopen
        self.strip.show_tabs(tabs, front)
        kept = {face.conversation_id for face in tabs}
        for gone in self._views.keys() - kept:
            view = self._views.pop(gone)
            self.stack.removeWidget(view)
            view.deleteLater()
        self.stack.setCurrentWidget(
            self._views.get(front, self._blank) if front is not None else self._blank
        )

    def step(self, steps: int) -> None:
        """Ask for the next or previous tab, round the end."""
        faces = self.strip.faces
        if faces:
            position = (max(0, self.strip.front) + steps) % len(faces)
            if position != self.strip.front:
                self.chosen.emit(faces[position].conversation_id)

    def set_theme(self, theme: Theme) -> None:
        """Paint the strip in the colours of a theme; views are told by who made them."""
        self._bar.set_theme(theme)

"""Tabs: the strip of open conversations and the view of the one in front.

A tab's view is made when its conversation is read from disk, which happens
when it first comes to the front.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:
    from app.ui.chat_view import ChatView


class Tabs(QWidget):
    """Conversations side by side, one in front.

    Signals:
        chosen: a tab is wanted in front. arg: conversation id.
        close_requested: a tab is to go. arg: conversation id.
        new_requested: an empty conversation is wanted.
    """

    chosen = Signal(object)
    close_requested = Signal(object)
    new_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("centre")
        self._views: dict[int, ChatView] = {}
        self._blank = QWidget(self)
        self.bar = QTabBar(self)
        self.bar.setDocumentMode(True)
        self.bar.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.bar.setExpanding(False)
        self.bar.setDrawBase(False)
        self.bar.setElideMode(Qt.TextElideMode.ElideRight)
        self.bar.setUsesScrollButtons(True)
        self.bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.bar.currentChanged.connect(self._on_bar_current_changed)
        self._new = QToolButton(self)
        self._new.setObjectName("newtab")
        self._new.setText("+")
        self._new.setToolTip(self.tr("New conversation (Ctrl+N)"))
        self._new.setAccessibleName(self.tr("New conversation"))
        self._new.clicked.connect(self.new_requested)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self._blank)
        strip = QHBoxLayout()
        strip.setContentsMargins(0, 0, 8, 0)
        strip.setSpacing(0)
        strip.addWidget(self.bar)
        strip.addWidget(self._new)
        strip.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(strip)
        column.addWidget(self.stack, 1)

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

    def show_tabs(self, tabs: Sequence[tuple[int, str]], front: int | None) -> None:
        """Make the strip show these (conversation id, title) pairs, one of them in front."""
        blocked = self.bar.blockSignals(True)
        while self.bar.count() > len(tabs):
            self.bar.removeTab(self.bar.count() - 1)
        for position, (conversation_id, title) in enumerate(tabs):
            if position == self.bar.count():
                self.bar.addTab("")
                self._add_close_button(position)
            self.bar.setTabData(position, conversation_id)
            # "&" would be read as a mnemonic, "<" in a tooltip as mark-up.
            self.bar.setTabText(position, title.replace("&", "&&"))
            self.bar.setTabToolTip(position, title.replace("<", "‹"))
            if conversation_id == front:
                self.bar.setCurrentIndex(position)
        self.bar.blockSignals(blocked)
        kept = {conversation_id for conversation_id, _ in tabs}
        for gone in self._views.keys() - kept:
            view = self._views.pop(gone)
            self.stack.removeWidget(view)
            view.deleteLater()
        self.stack.setCurrentWidget(
            self._views.get(front, self._blank) if front is not None else self._blank
        )

    def step(self, steps: int) -> None:
        """Go to the next or previous tab, round the end."""
        if self.bar.count():
            self.bar.setCurrentIndex((self.bar.currentIndex() + steps) % self.bar.count())

    def _add_close_button(self, position: int) -> None:
        button = QToolButton(self.bar)
        button.setObjectName("closetab")
        button.setText("×")
        button.setToolTip(self.tr("Close tab (Ctrl+W)"))
        button.setAccessibleName(self.tr("Close tab"))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self._on_close_clicked(button))
        self.bar.setTabButton(position, QTabBar.ButtonPosition.RightSide, button)

    def _on_bar_current_changed(self, position: int) -> None:
        if position >= 0:
            self.chosen.emit(self.bar.tabData(position))

    def _on_close_clicked(self, button: QToolButton) -> None:
        for position in range(self.bar.count()):
            if self.bar.tabButton(position, QTabBar.ButtonPosition.RightSide) is button:
                self.close_requested.emit(self.bar.tabData(position))
                return

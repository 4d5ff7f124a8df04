"""NoticeBar: notices at the edge of what they concern, one at a time, none lost."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.notice import Act, Notice


class NoticeBar(QFrame):
    """The oldest notice nobody has dismissed, with its offers as buttons.

    Signals:
        offer_taken: an offer was chosen. arg: its Act.
    """

    offer_taken = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._queue: list[Notice] = []
        self._headline = QLabel(self)
        self._headline.setObjectName("headline")
        self._rest = QLabel(self)
        for label in (self._headline, self._rest):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._headline)
        words.addWidget(self._rest)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 12, 10)
        row.addLayout(words, 1)
        row.addLayout(self._buttons)
        self.hide()

    def add(self, notice: Notice) -> None:
        """Show a notice once those before it are dismissed; one that waits is not doubled."""
        if notice in self._queue:
            return
        self._queue.append(notice)
        if len(self._queue) == 1:
            self._show()

    def withdraw(self, notice: Notice) -> None:
        """Take a notice away, whether it shows or waits; one that is gone is no matter."""
        if notice in self._queue:
            position = self._queue.index(notice)
            del self._queue[position]
            if position == 0:
                self._show()

    def clear(self) -> None:
        """Take every notice away."""
        self._queue.clear()
        self._show()

    def _show(self) -> None:
        while (item := self._buttons.takeAt(0)) is not None:
            if (button := item.widget()) is not None:
                button.hide()
                button.deleteLater()
        self.setVisible(bool(self._queue))
        if not self._queue:
            return
        notice = self._queue[0]
        self._headline.setText(notice.headline)
        self._rest.setText(notice.rest)
        self._rest.setVisible(bool(notice.rest))
        for offer in notice.offers:
            button = QPushButton(offer.label.replace("&", "&&"), self)
            button.clicked.connect(
                lambda _checked=False, act=offer.act: self._on_button_clicked(act)
            )
            self._buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.setProperty("tone", str(notice.tone))
        self.setAccessibleName(f"{notice.headline} {notice.rest}".strip())
        for widget in (self, self._headline):
            widget.style().unpolish(widget)
            widget.style().polish(widget)

    def _on_button_clicked(self, act: Act) -> None:
        self._queue.pop(0)
        self._show()
        if act is not Act.DISMISS:
            self.offer_taken.emit(act)

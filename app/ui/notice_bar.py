"""NoticeBar: a notice at the edge of what it concerns; it goes when it is dismissed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.notice import Act, Notice


class NoticeBar(QFrame):
    """One notice with its offers as buttons; hidden while there is none.

    Signals:
        offer_taken: an offer was chosen. arg: its Act.
    """

    offer_taken = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
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

    def show_notice(self, notice: Notice | None) -> None:
        """Show a notice in place of the one before; None hides the bar."""
        while (item := self._buttons.takeAt(0)) is not None:
            if (button := item.widget()) is not None:
                button.deleteLater()
        self.setVisible(notice is not None)
        if notice is None:
            return
        self._headline.setText(notice.headline)
        self._rest.setText(notice.rest)
        self._rest.setVisible(bool(notice.rest))
        for offer in notice.offers:
            button = QPushButton(offer.label, self)
            button.clicked.connect(
                lambda _checked=False, act=offer.act: self._on_button_clicked(act)
            )
            self._buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.setProperty("tone", str(notice.tone))
        self.setAccessibleName(f"{notice.headline} {notice.rest}".strip())
        self.style().unpolish(self)
        self.style().polish(self)

    def _on_button_clicked(self, act: Act) -> None:
        if act is Act.DISMISS:
            self.hide()
        self.offer_taken.emit(act)

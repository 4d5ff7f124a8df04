"""NoticeBar: notices at the edge of what they concern, the newest in front, none lost."""

import math

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFont, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTextEdit,
    QWidget,
)

from app.ui.notice import Act, Notice, Tone
from app.ui.theme import Theme, light
from app.ui.unfailing import unfailing

SHARE = 0.3
"""The most a bar takes of the height of what it lies in; what does not fit is scrolled."""
_GAP_PX = 2
"""Between the headline and the rest."""
_NARROWEST_PX = 80


class _Words(QTextEdit):
    """What a notice says: it can be selected, and breaks inside a path too."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document().setDocumentMargin(0)
        policy = self.sizePolicy()
        policy.setVerticalPolicy(policy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def say(self, notice: Notice, theme: Theme) -> None:
        """Show the words of a notice, from the first on."""
        colours = theme.colours
        inks = {Tone.ERROR: colours.error, Tone.WARNING: colours.warning}
        strong = QTextCharFormat()
        strong.setFontWeight(QFont.Weight.DemiBold)
        strong.setForeground(inks.get(notice.tone, colours.text))
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.insertText(notice.headline, strong)
        if notice.rest:
            below, plain = QTextBlockFormat(), QTextCharFormat()
            below.setTopMargin(_GAP_PX)
            plain.setForeground(colours.text)
            cursor.insertBlock(below, plain)
            cursor.insertText(notice.rest)
        self.setAccessibleName(f"{notice.headline} {notice.rest}".strip())
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.updateGeometry()

    # Qt's

    def heightForWidth(self, width: int) -> int:
        document = self.document().clone()
        document.setTextWidth(width)
        return math.ceil(document.size().height())

    def sizeHint(self) -> QSize:
        return QSize(math.ceil(self.document().idealWidth()), self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(_NARROWEST_PX, self.fontMetrics().height())


class NoticeBar(QFrame):
    """The newest notice nobody has dismissed, with its offers as buttons.

    Signals:
        offer_taken: an offer was chosen. arg: its Act.
    """

    offer_taken = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._theme = light()
        self._notices: list[Notice] = []
        """The newest first."""
        self._since_click = QElapsedTimer()
        self._words = _Words(self)
        self._count = QLabel(self)
        self._count.setObjectName("count")
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(12)
        row.addWidget(self._words, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._count, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._buttons)
        self.hide()
        if parent is not None:
            parent.installEventFilter(self)

    @property
    def front(self) -> Notice | None:
        """The notice that shows; None: there is none."""
        return self._notices[0] if self._notices else None

    def add(self, notice: Notice) -> None:
        """Show a notice; those before it show again once it is dismissed.

        It may be the answer to what the person has just done, so that it does not wait.
        """
        if notice in self._notices:
            self._notices.remove(notice)
        self._notices.insert(0, notice)
        self._show()

    def withdraw(self, notice: Notice) -> None:
        """Take a notice away, whether it shows or waits; one that is gone is no matter."""
        if notice in self._notices:
            self._notices.remove(notice)
            self._show()

    def clear(self) -> None:
        """Take every notice away."""
        self._notices.clear()
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Show the words in the colours of a theme."""
        self._theme = theme
        if self.front is not None:
            self._words.say(self.front, theme)

    def _show(self) -> None:
        while (item := self._buttons.takeAt(0)) is not None:
            if (button := item.widget()) is not None:
                button.hide()
                button.deleteLater()
        notice = self.front
        self.setVisible(notice is not None)
        if notice is None:
            return
        self._words.say(notice, self._theme)
        waiting = len(self._notices) - 1
        self._count.setText(self.tr("{count} more").format(count=waiting))
        self._count.setVisible(waiting > 0)
        for offer in notice.offers:
            button = QPushButton(offer.label.replace("&", "&&"), self)
            # What is typed after a click goes where it went before.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(
                lambda _checked=False, act=offer.act: self._on_button_clicked(act)
            )
            self._buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            # On a line with the buttons.
            self._count.setFixedHeight(button.sizeHint().height())
        self.setProperty("tone", str(notice.tone))
        self.setAccessibleName(f"{notice.headline} {notice.rest}".strip())
        self.style().unpolish(self)
        self.style().polish(self)

    def _on_button_clicked(self, act: Act) -> None:
        # The second click of a double click was not meant for the notice that came up.
        interval = QApplication.doubleClickInterval()
        if self._since_click.isValid() and not self._since_click.hasExpired(interval):
            return
        self._since_click.start()
        self._notices.pop(0)
        self._show()
        if act is not Act.DISMISS:
            self.offer_taken.emit(act)

    # Qt's

    @unfailing
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setMaximumHeight(round(watched.height() * SHARE))
        return False

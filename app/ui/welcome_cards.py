"""Welcome cards: the ways to begin that the welcome offers.

The key that is typed here is masked and leaves only with `KeyCard.given`.
"""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.chat.account import InvalidSecret, clean_secret
from app.ui import icons
from app.ui.account_form import key_problem, mask, plain_label
from app.ui.picture import Picture
from app.ui.theme import Theme
from app.ui.unfailing import unfailing

NARROW = 420
"""Below this width the button stands under the field."""
LOCK, WAITING, PROBLEM = "lock-keyhole", "hourglass", "circle-alert"


class Card(QFrame):
    """One way to begin: an icon, a title, a line below it and a button."""

    def __init__(self, drawing: str, title: str, button: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("welcomecard")
        self._drawing = drawing
        self._hint_text = ""
        self._icon = Picture(icons.SIZE, self)
        heading = plain_label(self, "cardtitle", title)
        self.hint = plain_label(self, "cardhint")
        self.button = _button(button, self)
        self.button.setAccessibleName(title)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(heading)
        words.addWidget(self.hint)
        row = QHBoxLayout(self)
        row.setContentsMargins(17, 12, 16, 12)
        row.setSpacing(14)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        row.addWidget(self.button)

    def show_hint(self, sentence: str) -> None:
        """Say what this way is about."""
        self._hint_text = sentence
        self.show_word(sentence)

    def show_word(self, sentence: str, *, is_problem: bool = False) -> None:
        """Say something in place of the hint; empty brings the hint back."""
        _set_tone(self.hint, is_problem)
        self.hint.setText(sentence or self._hint_text)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icon in another theme's colour."""
        self._icon.show_icon(icons.icon(self._drawing, theme.colours.text))


class Room(QWidget):
    """As much room as a card takes.

    Stands in for the card of the CLI, which comes later or never, so that the
    field somebody already types into stays where it is.
    """

    def __init__(self, card: Card, parent: QWidget) -> None:
        super().__init__(parent)
        self._card = card
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        return self._card.sizeHint()

    def heightForWidth(self, width: int) -> int:
        return self._card.heightForWidth(width)


class KeyCard(QFrame):
    """The first way to begin: the field for a key.

    Signals:
        given: a key was typed that can be one. arg: the key.
        cancelled: the person does not want to wait any longer.
        keys_page_requested, account_requested: a link was taken.
    """

    given = Signal(str)
    cancelled = Signal()
    keys_page_requested = Signal()
    account_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("welcomecard")
        self._theme: Theme | None = None
        self._drawing = LOCK
        self._hint_text = self.tr(
            "Kept in this computer’s keyring, nowhere else. It needs the Inference permission."
        )
        self.field = QLineEdit(self)
        mask(self.field)
        self.field.setMaxLength(4096)
        self.field.setPlaceholderText(self.tr("Paste it here"))
        self.field.setAccessibleName(self.tr("API key"))
        self.check = _button(self.tr("Check and save"), self)
        self.check.setObjectName("primary")
        self.keys_page = _link(self.tr("Get a key"), self)
        self.keys_page.setToolTip(self.tr("Opens the keys page in the browser"))
        self.full_form = _link(self.tr("Address and team…"), self)
        self.cancel = _link(self.tr("Cancel"), self)
        self.cancel.hide()
        self._icon = Picture(14, self)
        self.hint = plain_label(self, "cardhint", self._hint_text)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        # Room for two lines, so that nothing below moves when the words change.
        self.hint.setMinimumHeight(32)
        self._lay_out()
        self.field.returnPressed.connect(self._on_check_clicked)
        self.field.textEdited.connect(lambda: self.show_word(""))
        self.check.clicked.connect(self._on_check_clicked)
        self.keys_page.clicked.connect(self.keys_page_requested)
        self.full_form.clicked.connect(self.account_requested)
        self.cancel.clicked.connect(self.cancelled)

    def show_hint(self, sentence: str) -> None:
        """Say where the key is kept."""
        shows_hint = self.hint.text() == self._hint_text
        self._hint_text = sentence
        if shows_hint:
            self.hint.setText(sentence)

    def show_word(self, sentence: str, *, is_problem: bool = False) -> None:
        """Say something in place of the hint; empty brings the hint back."""
        self._drawing = PROBLEM if is_problem else WAITING if sentence else LOCK
        _set_tone(self.hint, is_problem)
        self.hint.setText(sentence or self._hint_text)
        self.field.setAccessibleDescription(self.hint.text())
        self._draw_icon()

    def set_busy(self, busy: bool, *, can_cancel: bool = False) -> None:
        """Take no other key while one is checked."""
        self.field.setReadOnly(busy)
        for button in (self.check, self.full_form):
            button.setEnabled(not busy)
        self.full_form.setVisible(not (busy and can_cancel))
        self.cancel.setVisible(busy and can_cancel)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icon in another theme's colour."""
        self._theme = theme
        self._draw_icon()

    def _draw_icon(self) -> None:
        if self._theme is None:
            return
        colours = self._theme.colours
        colour = colours.error if self._drawing == PROBLEM else colours.muted
        self._icon.show_icon(icons.icon(self._drawing, colour))

    def _lay_out(self) -> None:
        self._entry = QHBoxLayout()
        self._entry.setSpacing(8)
        self._entry.addWidget(self.field, 1)
        self._entry.addWidget(self.check)
        hint = QHBoxLayout()
        hint.setSpacing(6)
        hint.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        hint.addWidget(self.hint, 1)
        links = QHBoxLayout()
        # The texts of the links begin where the hint begins.
        links.setContentsMargins(16, 0, 0, 0)
        links.setSpacing(12)
        links.addWidget(self.keys_page)
        links.addWidget(self.full_form)
        links.addWidget(self.cancel)
        links.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(0)
        column.addWidget(plain_label(self, "cardtitle", self.tr("Add your API key")))
        column.addSpacing(10)
        column.addLayout(self._entry)
        column.addSpacing(8)
        column.addLayout(hint)
        column.addSpacing(4)
        column.addLayout(links)

    def _on_check_clicked(self) -> None:
        if self.field.isReadOnly():
            return
        try:
            key = clean_secret(self.field.text())
        except InvalidSecret:
            self.show_word(key_problem(self.field.text()), is_problem=True)
            self.field.setFocus()
            self.field.selectAll()
        else:
            self.given.emit(key)

    @unfailing
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        is_narrow = event.size().width() < NARROW
        self._entry.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)


def _button(text: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    # Outside a dialog, Enter presses only a button that says so.
    button.setAutoDefault(True)
    return button


def _link(text: str, parent: QWidget) -> QPushButton:
    button = _button(text, parent)
    button.setObjectName("link")
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.setFlat(True)
    return button


def _set_tone(label: QLabel, is_problem: bool) -> None:
    label.setProperty("tone", "error" if is_problem else "")
    label.style().unpolish(label)
    label.style().polish(label)

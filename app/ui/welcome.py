"""Welcome: what stands in place of a conversation while there is no account."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.ui import icons
from app.ui.account_form import plain_label
from app.ui.picture import Picture
from app.ui.theme import Theme
from app.ui.welcome_cards import Card, KeyCard, Room

WIDTH = 520
MARK = 44
LONGEST = 160
"""Characters of a name from outside, so that the card stays a card."""

STYLE = """
#welcome { background: @surface; }
#welcome QScrollArea, #welcomepage, #welcomecolumn { background: transparent; border: none; }
#welcome #greeting { font-size: @size_title; font-weight: 600; }
#welcome #subtitle { color: @muted; font-size: @size_transcript; }
#welcome #welcomecard {
    background: @surface; border: 1px solid @strong_line; border-radius: @radius_message;
}
#welcome #cardtitle { font-weight: 600; }
#welcome #cardhint { color: @muted; font-size: @size_small; }
#welcome #cardhint[tone="error"] { color: @error; }
#welcome QPushButton {
    background: @raised; color: @text; border-color: @strong_line; outline: none;
}
#welcome QPushButton:hover { background: @accent_wash; }
#welcome QPushButton:focus { border-color: @accent; }
#welcome QPushButton:disabled { background: @surface; color: @faint; border-color: @line; }
#welcome #primary { background: @accent; color: @on_accent; border-color: @accent; }
#welcome #primary:hover { background: @accent; border-color: @text; }
#welcome #primary:focus { border-color: @text; }
#welcome #primary:disabled { background: @window; color: @faint; border-color: @strong_line; }
#welcome #link {
    background: transparent; color: @muted; border: 2px solid transparent; border-radius: 4px;
    padding: 0px 2px; min-height: 16px; font-size: @size_small; text-decoration: underline;
}
#welcome #link:hover { color: @text; background: transparent; }
#welcome #link:focus { border: 2px solid @accent; color: @text; }
#welcome #link:disabled { color: @faint; background: transparent; border-color: transparent; }
"""


class Welcome(QWidget):
    """Greets and offers the ways to begin.

    Signals:
        key_given: a key was typed that can be one. arg: the key.
        check_cancelled: the person does not want to wait for its check.
        cli_login_taken: the person wants to use the Prime CLI's login.
        demo_requested: the person wants to try the demo.
        account_requested: the person wants to type more than a key.
        keys_page_requested: the person wants to get a key.
    """

    key_given = Signal(str)
    check_cancelled = Signal()
    cli_login_taken = Signal()
    demo_requested = Signal()
    account_requested = Signal()
    keys_page_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._checks_cli = False
        self._focus: QWidget | None = None
        self._mark = Picture(MARK, self)
        self._mark.show_icon(icons.mark())
        self.key = KeyCard(self)
        self.cli = Card("terminal", self.tr("Use your Prime CLI login"), self.tr("Use it"), self)
        self.demo = Card(
            "flask-conical", self.tr("Try it without an account"), self.tr("Try it"), self
        )
        self.demo.show_hint(self.tr("Demo models inside Coprime. Nothing leaves this computer."))
        self._room = Room(self.demo, self)
        self.cli.hide()
        self._lay_out()
        self.setFocusProxy(self.key.field)
        self.key.given.connect(self._on_key_given)
        self.key.cancelled.connect(self.check_cancelled)
        self.key.keys_page_requested.connect(self.keys_page_requested)
        self.key.account_requested.connect(self.account_requested)
        self.cli.button.clicked.connect(self._on_cli_clicked)
        self.demo.button.clicked.connect(self.demo_requested)

    def show_keyring(self, name: str | None) -> None:
        """Say where a key will be kept: in the keyring of this name, or nowhere."""
        if name is None:
            where = self.tr(
                "This computer has no keyring that Coprime can use: "
                "the key is kept for this run only."
            )
        else:
            where = self.tr("Kept in this computer’s keyring ({name}), nowhere else.")
            where = where.format(name=name)
        self.key.show_hint(" ".join((where, self.tr("It needs the Inference permission."))))

    def show_cli_login(self, found: str | None) -> None:
        """Offer the login of the Prime CLI, saying whose it is; None: there is none."""
        self.cli.show_hint(_shortened(found or ""))
        self.cli.setVisible(found is not None)
        self._room.setVisible(found is None)

    def show_checking(self, is_checking: bool) -> None:
        """Say that what was given is being checked, and take nothing else meanwhile."""
        if is_checking:
            self._focus = self.focusWidget()
        self.key.set_busy(is_checking, can_cancel=not self._checks_cli)
        self.cli.button.setEnabled(not is_checking)
        self.demo.button.setEnabled(not is_checking)
        self.key.show_word("")
        self.cli.show_word("")
        if is_checking:
            card = self.cli if self._checks_cli else self.key
            card.show_word(self.tr("Checking the key…"))
            if not self._checks_cli:
                self.key.cancel.setFocus()
            return
        focus = QApplication.focusWidget()
        # Unless the person has gone on to another part of the window.
        if self._focus is not None and (focus is None or self.isAncestorOf(focus)):
            self._focus.setFocus()

    def show_saving(self) -> None:
        """Say that the key was good and is being kept, which cannot be taken back any more."""
        self.key.set_busy(True)
        self.key.show_word(self.tr("Saving the key…"))

    def show_problem(self, sentence: str) -> None:
        """Say why it did not work, where the person did it; empty: nothing is wrong."""
        card = self.cli if self._checks_cli and self.cli.isVisibleTo(self) else self.key
        card.show_word(sentence, is_problem=bool(sentence))

    def forget_key(self) -> None:
        """Empty the field: the key is where it belongs."""
        self.key.field.setText("")

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in another theme's colours."""
        for card in (self.key, self.cli, self.demo):
            card.set_theme(theme)

    def _lay_out(self) -> None:
        greeting = plain_label(self, "greeting", self.tr("Welcome to Coprime"))
        subtitle = plain_label(
            self, "subtitle", self.tr("Chat with every model on Prime Intellect Inference.")
        )
        page = QWidget(self)
        page.setObjectName("welcomepage")
        frame = QWidget(page)
        frame.setObjectName("welcomecolumn")
        frame.setMaximumWidth(WIDTH)
        column = QVBoxLayout(frame)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(self._mark)
        column.addSpacing(16)
        column.addWidget(greeting)
        column.addSpacing(2)
        column.addWidget(subtitle)
        column.addSpacing(18)
        column.addWidget(self.key)
        column.addSpacing(10)
        others = QVBoxLayout()
        others.setSpacing(10)
        for part in (self.cli, self.demo, self._room):
            others.addWidget(part)
        column.addLayout(others)
        column.addStretch(1)
        middle = QHBoxLayout(page)
        middle.setContentsMargins(24, 24, 24, 24)
        middle.addStretch(1)
        middle.addWidget(frame, 1000)
        middle.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def _on_key_given(self, key: str) -> None:
        self._checks_cli = False
        self.cli.show_word("")
        self.key_given.emit(key)

    def _on_cli_clicked(self) -> None:
        self._checks_cli = True
        self.key.show_word("")
        self.cli_login_taken.emit()


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"

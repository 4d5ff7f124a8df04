"""AccountDialog: asks for an account, new or known.

What is pasted into the key and team fields is masked, leaves this dialog only
with a form, and is gone when the dialog closes.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.chat.account import Account
from app.chat.platform import Team
from app.ui import account_form, icons
from app.ui.account_fields import AccountFields
from app.ui.account_form import plain_label
from app.ui.picture import Picture
from app.ui.style import style_sheet
from app.ui.theme import Theme
from app.ui.unfailing import unfailing

WIDTH = 480

STYLE = """
#accountdialog { background: @window; }
#accountdialog QScrollArea, #accountpage, #accountfields { background: transparent; border: none; }
#accountdialog QPushButton {
    background: @raised; color: @text; border-color: @strong_line; outline: none;
}
#accountdialog QPushButton:hover { background: @accent_wash; }
#accountdialog QPushButton:focus { border-color: @accent; }
#accountdialog QPushButton:disabled { background: @window; color: @faint; border-color: @line; }
#accountdialog #primary { background: @accent; color: @on_accent; border-color: @accent; }
#accountdialog #primary:hover, #accountdialog #primary:focus { border-color: @text; }
#accountdialog #primary:disabled { background: @window; color: @faint; border-color: @strong_line; }
#status { color: @muted; font-size: @size_small; }
#status[tone="good"] { color: @accent; }
#status[tone="error"] { color: @error; }
"""


class Status(QWidget):
    """A line of words with an icon, and room for a second one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme: Theme | None = None
        self._drawing, self._tone = "", ""
        self._icon = Picture(14, self)
        self._words = plain_label(self, "status")
        self._words.setMinimumHeight(32)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)

    @property
    def text(self) -> str:
        return self._words.text()

    def show_words(self, sentence: str, drawing: str, tone: str = "") -> None:
        """Say something. `tone`: "good", "error" or neither."""
        self._drawing, self._tone = drawing, tone
        self._words.setText(sentence)
        self._words.setProperty("tone", tone)
        self._words.style().unpolish(self._words)
        self._words.style().polish(self._words)
        self._draw_icon()

    def set_theme(self, theme: Theme) -> None:
        """Draw the icon in another theme's colour."""
        self._theme = theme
        self._draw_icon()

    def _draw_icon(self) -> None:
        if self._theme is None or not self._drawing:
            return
        colours = self._theme.colours
        colour = {"good": colours.accent, "error": colours.error}.get(self._tone, colours.muted)
        self._icon.show_icon(icons.icon(self._drawing, colour))


class AccountDialog(QDialog):
    """Asks for an account; stays open until `accept` is called on it.

    Signals:
        submitted: the person wants this account kept. arg: the AccountForm.
        test_requested: the person wants to know whether it works. arg: the AccountForm.
        teams_requested: the person wants to choose who pays. arg: an AccountForm
            without a team.
    """

    submitted = Signal(object)
    test_requested = Signal(object)
    teams_requested = Signal(object)

    def __init__(self, parent: QWidget | None, theme: Theme, account: Account | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("accountdialog")
        self._is_new = account is None
        self._is_busy = False
        self._focus: QWidget | None = None
        self._is_saving = False
        """Whether what is under way is a save, which goes on without the dialog."""
        self._place = self.tr("Key and team ID are kept in this computer’s keyring, nowhere else.")
        title = self.tr("Add an account") if account is None else self.tr("Edit the account")
        self.setWindowTitle(title)
        self.fields = AccountFields(account, self)
        self.fields.setObjectName("accountfields")
        self.status = Status(self)
        self.test = QPushButton(self.tr("Test"), self)
        self.save = QPushButton(self.tr("Add account") if self._is_new else self.tr("Save"), self)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self._lay_out()
        self.set_theme(theme)
        self._show_hint()
        self.fields.edited.connect(self._show_hint)
        self.fields.grown.connect(self._fit)
        self.fields.teams_requested.connect(self.teams_requested)
        self.test.clicked.connect(self._on_test_clicked)
        self.save.clicked.connect(self._on_save_clicked)
        self.cancel.clicked.connect(self.reject)
        self.fields.key.line.setFocus()

    def show_keyring(self, name: str | None) -> None:
        """Say where secrets will be kept: in the keyring of this name, or nowhere."""
        says_hint = self.status.text == self._hint
        if name is None:
            self._place = self.tr(
                "This computer has no keyring that Coprime can use: "
                "key and team ID are kept for this run only."
            )
        else:
            place = self.tr("Key and team ID are kept in {name}, nowhere else.")
            self._place = place.format(name=name)
        if says_hint:
            self._show_hint()
            self._fit()

    def show_problem(self, field: str, sentence: str) -> None:
        """Say what is wrong, below a field of `AccountForm` or, for another name, at the end."""
        place = self.fields.by_name.get(field)
        if place is None:
            self.status.show_words(sentence, "circle-alert", "error")
            self._fit()
            return
        self._show_hint()
        place.show_problem(sentence)
        place.line.setFocus()
        place.line.selectAll()
        self._fit()

    def show_test(self, sentence: str, is_good: bool) -> None:
        """Say what came of a test."""
        tone = "good" if is_good else "error"
        self.status.show_words(sentence, "check" if is_good else "circle-alert", tone)
        self._fit()

    def show_teams(self, teams: Sequence[Team]) -> None:
        """Let the person choose one of these, or none, to pay."""
        self.fields.show_teams(teams)

    def show_no_teams(self, sentence: str) -> None:
        """Say why there are no teams to choose from."""
        self.fields.show_no_teams(sentence)

    def show_busy(self, busy: bool) -> None:
        """Say that what was asked for is under way; only Cancel, or Close, works meanwhile."""
        if busy == self._is_busy:
            return
        self._is_busy = busy
        if busy:
            self._focus = self.focusWidget()
            self.cancel.setFocus()
        for part in (self.fields, self.test, self.save):
            part.setEnabled(not busy)
        goes_on = busy and self._is_saving
        self.cancel.setText(self.tr("Close") if goes_on else self.tr("Cancel"))
        if busy:
            words = self.tr("Saving…") if goes_on else self.tr("Asking the service…")
            self.status.show_words(words, "hourglass")
            return
        self._show_hint()
        if self._focus is not None:
            self._focus.setFocus()

    def set_theme(self, theme: Theme) -> None:
        """Show it in another theme."""
        self.setStyleSheet(style_sheet(theme, account_form.STYLE, STYLE))
        self.status.set_theme(theme)

    def _lay_out(self) -> None:
        page = QWidget(self)
        page.setObjectName("accountpage")
        inner = QVBoxLayout(page)
        inner.setContentsMargins(24, 20, 24, 8)
        inner.addWidget(self.fields)
        self._page = page
        self._scroll = QScrollArea(self)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(page)
        self.save.setObjectName("primary")
        self.save.setDefault(True)
        deciding = QDialogButtonBox(self)
        deciding.addButton(self.save, QDialogButtonBox.ButtonRole.AcceptRole)
        deciding.addButton(self.cancel, QDialogButtonBox.ButtonRole.RejectRole)
        buttons = QHBoxLayout()
        buttons.addWidget(self.test)
        buttons.addWidget(deciding, 1)
        self._end = QWidget(self)
        end = QVBoxLayout(self._end)
        end.setContentsMargins(24, 8, 24, 20)
        end.setSpacing(12)
        end.addWidget(self.status)
        end.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._end)
        self.setMinimumWidth(320)
        self.resize(WIDTH, 0)
        QWidget.setTabOrder(self.fields, self.test)
        QWidget.setTabOrder(self.test, self.save)

    def _fit(self) -> None:
        """Grow until everything can be seen, as far as the screen allows."""
        width = self.width()
        for part in (self.fields, self._page, self._end):
            layout = part.layout()
            assert layout is not None
            layout.activate()
        wanted = sum(
            part.heightForWidth(width) if part.hasHeightForWidth() else part.sizeHint().height()
            for part in (self._page, self._end)
        )
        available = self.screen().availableGeometry().height() - 40
        self.resize(width, max(self.height(), min(wanted, available)))

    @property
    def _hint(self) -> str:
        return f"{self._place} {self.tr('The key needs the Inference permission.')}"

    def _show_hint(self) -> None:
        self.status.show_words(self._hint, "lock-keyhole")

    def _on_test_clicked(self) -> None:
        form = self.fields.read()
        self._fit()
        if form is not None:
            self._is_saving = False
            self.test_requested.emit(form)

    def _on_save_clicked(self) -> None:
        form = self.fields.read()
        self._fit()
        if form is not None:
            self._is_saving = True
            self.submitted.emit(form)

    @unfailing
    def showEvent(self, event: QShowEvent) -> None:
        self._fit()
        super().showEvent(event)

    @unfailing
    def done(self, result: int) -> None:
        self.fields.forget_secrets()
        super().done(result)

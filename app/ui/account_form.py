"""Account form: what a person typed of an account, and the fields it is typed into.

What is typed into a secret field is masked, kept out of every `repr`, and never
shown again. What is wrong with a field is said right below it.
"""

from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QLineEdit,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

from app.chat.account import (
    PRIME_ENDPOINT,
    Account,
    InvalidEndpoint,
    InvalidSecret,
    SecretSource,
    clean_secret,
    normalise_endpoint,
    origin,
)
from app.ui import icons

LONGEST_NAME = 300
STYLE = """
#fieldlabel { font-size: @size_small; font-weight: 600; }
#fieldproblem { color: @error; font-size: @size_small; }
#fieldhint { color: @muted; font-size: @size_small; }
QLineEdit:disabled { background: @window; color: @faint; border-color: @line; }
QCheckBox { color: @text; spacing: 8px; padding: 2px; border: 2px solid transparent; }
QCheckBox:focus { border: 2px solid @accent; border-radius: 4px; }
QCheckBox:disabled { color: @faint; }
QCheckBox::indicator {
    width: 14px; height: 14px; border: 1px solid @muted; border-radius: 4px; background: @raised;
}
QCheckBox::indicator:checked { background: @accent; border-color: @accent; }
QCheckBox::indicator:disabled { border-color: @strong_line; background: @window; }
"""


@dataclass(frozen=True, slots=True)
class AccountForm:
    """An account as a person typed it; what is here was checked and can be used."""

    name: str
    """Empty: they left it to us."""
    endpoint: str
    """As `normalise_endpoint` returns it."""
    key: str | None = field(repr=False)
    """None: the one there is stays."""
    team: str
    """The team's label; may be empty although there is a team."""
    team_id: str | None = field(repr=False)
    """None: the one there is stays. Empty: no team, the personal balance pays."""


def plain_label(parent: QWidget, name: str, text: str = "") -> QLabel:
    """Return a label that wraps and takes every text as it is."""
    label = QLabel(parent)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setText(text)
    return label


def button_text(text: str) -> str:
    """Return a text from outside as a button shows it: `&` is no shortcut there."""
    return text.replace("&", "&&")


def host(account: Account) -> str:
    """Return the host of an account's address, with its port where that is not the usual one."""
    return account.origin.partition("://")[2].removesuffix(":443")


def mask(line: QLineEdit) -> None:
    """Make a line edit one for secrets: dots, and nothing learnt from it."""
    line.setEchoMode(QLineEdit.EchoMode.Password)
    line.setInputMethodHints(
        Qt.InputMethodHint.ImhHiddenText
        | Qt.InputMethodHint.ImhSensitiveData
        | Qt.InputMethodHint.ImhNoPredictiveText
        | Qt.InputMethodHint.ImhNoAutoUppercase
    )


def key_problem(pasted: str) -> str:
    """Return why a text that `clean_secret` refused cannot be a key."""
    tr = QCoreApplication.translate
    if not pasted.strip():
        return tr("account_form", "Paste a key first.")
    return tr(
        "account_form",
        "This can’t be a key: it holds a blank, an accent or a line break. Copy it again, whole.",
    )


class Check(QCheckBox):
    """A check box whose tick is one of our icons."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        element = QStyle.SubElement.SE_CheckBoxIndicator
        box = self.style().subElementRect(element, option, self)
        painter = QPainter(self)
        icons.paint(
            painter, "check", QRectF(box).adjusted(2, 2, -2, -2), self.palette().base().color()
        )
        painter.end()


class Field(QWidget):
    """A labelled line, with a hint below it that gives way to what is wrong.

    Signals:
        edited: the person changed the text.
    """

    edited = Signal()

    def __init__(self, label: str, parent: QWidget, *, secret: bool = False) -> None:
        super().__init__(parent)
        self.line = QLineEdit(self)
        self.line.setMaxLength(4096)
        if secret:
            mask(self.line)
        title = QLabel(label, self)
        title.setObjectName("fieldlabel")
        title.setBuddy(self.line)
        self.line.setAccessibleName(label.replace("&", ""))
        self._hint = plain_label(self, "fieldhint")
        self._problem = plain_label(self, "fieldproblem")
        self._hint.hide()
        self._problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (title, self.line, self._hint, self._problem):
            column.addWidget(part)
        self.setFocusProxy(self.line)
        self.line.textEdited.connect(self._on_line_edited)

    @property
    def text(self) -> str:
        return self.line.text()

    @property
    def problem(self) -> str:
        """What is wrong, as it is shown; empty: nothing is."""
        return self._problem.text()

    def show_hint(self, sentence: str) -> None:
        """Say something about the field; empty says nothing."""
        self._hint.setText(sentence)
        self._show_words()

    def show_problem(self, sentence: str) -> None:
        """Say what is wrong in place of the hint; empty: nothing is."""
        self._problem.setText(sentence)
        self._show_words()

    def _show_words(self) -> None:
        problem, hint = self._problem.text(), self._hint.text()
        self._problem.setVisible(bool(problem))
        self._hint.setVisible(bool(hint) and not problem)
        self.line.setAccessibleDescription(problem or hint)

    def _on_line_edited(self) -> None:
        self.show_problem("")
        self.edited.emit()


class AccountFields(QWidget):
    """The fields of an account, new or known; a known one's secrets are never in them.

    Signals:
        edited: the person changed something.
    """

    edited = Signal()

    def __init__(self, account: Account | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._account = account
        self.key = Field(self.tr("&Key"), self, secret=True)
        self.name = Field(self.tr("&Name"), self)
        self.endpoint = Field(self.tr("&Address"), self)
        self.team_id = Field(self.tr("Team &ID"), self, secret=True)
        self.no_team = Check(self.tr("No &team: the personal balance pays"), self)
        self.team = Field(self.tr("Team na&me"), self)
        self.name.line.setPlaceholderText(self.tr("Personal"))
        self.name.line.setMaxLength(LONGEST_NAME)
        self.endpoint.line.setText(PRIME_ENDPOINT)
        self.team.line.setPlaceholderText(self.tr("Research Lab"))
        self.team.line.setMaxLength(LONGEST_NAME)
        self.no_team.setVisible(account is not None and account.team is not None)
        if account is not None:
            self.name.line.setText(account.name)
            self.endpoint.line.setText(account.endpoint)
            self.team.line.setText(account.team or "")
        for line in (self.name.line, self.endpoint.line, self.team.line):
            line.setCursorPosition(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        parts = (self.key, self.name, self.endpoint, self.team_id, self.no_team, self.team)
        for part in parts:
            column.addWidget(part)
        column.addStretch(1)
        for field_ in self.by_name.values():
            field_.edited.connect(self._on_field_edited)
        self.no_team.toggled.connect(self._on_no_team_toggled)
        self._show_kept()

    @property
    def by_name(self) -> dict[str, Field]:
        """The fields under the names `AccountForm` has for them."""
        return {
            "key": self.key,
            "name": self.name,
            "endpoint": self.endpoint,
            "team_id": self.team_id,
            "team": self.team,
        }

    def read(self) -> AccountForm | None:
        """Return what was typed; None, saying in place what is wrong, if it cannot be used."""
        key, endpoint, team_id = self._read_key(), self._read_endpoint(), self._read_team_id()
        wrong = [field_ for field_ in self.by_name.values() if field_.problem]
        if wrong or endpoint is None:
            wrong[0].line.setFocus()
            wrong[0].line.selectAll()
            return None
        team = "" if team_id == "" else " ".join(self.team.text.split())
        return AccountForm(" ".join(self.name.text.split()), endpoint, key, team, team_id)

    def forget_secrets(self) -> None:
        """Empty the fields for secrets."""
        self.key.line.setText("")
        self.team_id.line.setText("")

    def _read_key(self) -> str | None:
        self.key.show_problem("")
        typed = self.key.text
        if typed.strip():
            try:
                return clean_secret(typed)
            except InvalidSecret:
                self.key.show_problem(key_problem(typed))
        elif self._account is None:
            self.key.show_problem(key_problem(""))
        elif self._is_elsewhere():
            self.key.show_problem(self.tr("Paste the key for the new address."))
        return None

    def _read_endpoint(self) -> str | None:
        self.endpoint.show_problem("")
        try:
            return normalise_endpoint(self.endpoint.text)
        except InvalidEndpoint as error:
            self.endpoint.show_problem(str(error))
            return None

    def _read_team_id(self) -> str | None:
        self.team_id.show_problem("")
        typed = self.team_id.text
        if self.no_team.isChecked():
            return ""
        if typed.strip():
            try:
                return clean_secret(typed)
            except InvalidSecret:
                self.team_id.show_problem(
                    self.tr("This can’t be a team ID: it holds a blank, an accent or a line break.")
                )
        elif self._account is not None and self._account.team is not None:
            if self._is_elsewhere():
                self.team_id.show_problem(self.tr("Paste the team ID for the new address."))
        elif self.team.text.strip():
            self.team_id.show_problem(
                self.tr("A team pays only if its ID is known. Paste it, or empty the team’s name.")
            )
        else:
            return ""
        return None

    def _is_elsewhere(self) -> bool:
        """Return whether the address typed is not where the kept secrets may go."""
        if self._account is None:
            return False
        try:
            return origin(normalise_endpoint(self.endpoint.text)) != self._account.origin
        except InvalidEndpoint:
            return False

    def _show_kept(self) -> None:
        """Say what an empty field for a secret means."""
        account, paste = self._account, self.tr("Paste it here")
        has_team = account is not None and account.team is not None
        is_kept = account is not None and not self._is_elsewhere()
        kept = self.tr("Kept in the keyring; type to replace")
        if account is not None and account.source is SecretSource.MEMORY:
            kept = self.tr("Kept for this run; type to replace")
        self.key.line.setPlaceholderText(kept if is_kept else paste)
        personal = self.tr("Empty: the personal balance pays")
        self.team_id.line.setPlaceholderText(
            personal if not has_team else kept if is_kept else paste
        )
        hint = ""
        if account is not None and not is_kept:
            hint = self.tr("What is kept belongs to {host} and goes nowhere else.")
            hint = hint.format(host=host(account))
        self.endpoint.show_hint(hint)

    def _on_field_edited(self) -> None:
        self._show_kept()
        self.edited.emit()

    def _on_no_team_toggled(self, checked: bool) -> None:
        self.team_id.setEnabled(not checked)
        self.team.setEnabled(not checked)
        self.team_id.show_problem("")
        self.edited.emit()

"""Account form: what a person typed of an account, and what it is typed into.

What is typed into a secret field is masked, kept out of every `repr`, and never
shown again. What is wrong with a field is said right below it.
"""

from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

from app.chat.account import Account
from app.ui import icons
from app.ui.unfailing import unfailing

STYLE = """
#fieldlabel { color: @text; font-size: @size_small; font-weight: 600; }
#fieldlabel:disabled { color: @faint; }
#fieldproblem { color: @error; font-size: @size_small; }
#fieldhint { color: @muted; font-size: @size_small; }
#fieldhint[tone="warning"] { color: @warning; }
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
    allows_plain: bool = False
    """The address is plain `http` to another computer, and the person insists on it."""


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

    @unfailing
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
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        self._row.addWidget(self.line, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(title)
        self._column.addLayout(self._row)
        for part in (self._hint, self._problem):
            self._column.addWidget(part)
        self.setFocusProxy(self.line)
        self.line.textEdited.connect(self._on_line_edited)

    @property
    def text(self) -> str:
        return self.line.text()

    @property
    def hint(self) -> str:
        """What is said about the field; empty: nothing is."""
        return self._hint.text()

    @property
    def problem(self) -> str:
        """What is wrong, as it is shown; empty: nothing is."""
        return self._problem.text()

    def add_beside(self, button: QPushButton) -> None:
        """Put a button behind the line."""
        self._row.addWidget(button)

    def add_below(self, widget: QWidget) -> None:
        """Put something below what is said about the field."""
        self._column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeading)

    def show_hint(self, sentence: str, *, warns: bool = False) -> None:
        """Say something about the field; empty says nothing."""
        self._hint.setText(sentence)
        self._hint.setProperty("tone", "warning" if warns else "")
        self._hint.style().unpolish(self._hint)
        self._hint.style().polish(self._hint)
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

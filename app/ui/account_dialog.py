"""AccountDialog: name, address, key and team of a new account.

What is pasted into the key and team fields is masked, never shown again, and
leaves this dialog only towards the keyring.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.chat.account import PRIME_ENDPOINT, InvalidEndpoint, InvalidSecret
from app.session import Session


class AccountDialog(QDialog):
    """Asks for an account; stays open until what was typed can be one."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Add an account"))
        self._session = session
        self._name = QLineEdit(self)
        self._name.setPlaceholderText(self.tr("Personal"))
        self._endpoint = QLineEdit(PRIME_ENDPOINT, self)
        self._key = self._secret(self.tr("Paste it here"))
        self._team = QLineEdit(self)
        self._team.setPlaceholderText(self.tr("Research Lab"))
        self._team_id = self._secret(self.tr("Empty: the personal balance pays"))
        self._problem = QLabel(self)
        self._problem.setObjectName("problem")
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setWordWrap(True)
        self._problem.hide()
        self._lay_out()
        self._key.setFocus()

    def _secret(self, placeholder: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
        )
        field.setPlaceholderText(placeholder)
        return field

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setSpacing(12)
        form.addRow(self.tr("&Key"), self._key)
        form.addRow(self.tr("&Name"), self._name)
        form.addRow(self.tr("&Address"), self._endpoint)
        form.addRow(self.tr("Team &ID"), self._team_id)
        form.addRow(self.tr("&Team name"), self._team)
        hint = QLabel(
            self.tr(
                "Key and team ID are kept in this computer’s keyring, nowhere else. "
                "The key needs the Inference permission."
            ),
            self,
        )
        hint.setObjectName("hint")
        hint.setTextFormat(Qt.TextFormat.PlainText)
        hint.setWordWrap(True)
        buttons = QDialogButtonBox(self)
        add = buttons.addButton(self.tr("Add account"), QDialogButtonBox.ButtonRole.AcceptRole)
        add.setDefault(True)
        buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self._on_add_clicked)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addLayout(form)
        column.addWidget(self._problem)
        column.addWidget(hint)
        column.addWidget(buttons)
        self.setMinimumWidth(480)

    def _on_add_clicked(self) -> None:
        try:
            self._session.accounts.add(
                self._name.text(),
                self._endpoint.text(),
                self._key.text(),
                self._team.text(),
                self._team_id.text(),
            )
        except InvalidEndpoint as error:
            self._complain(str(error), self._endpoint)
        except InvalidSecret as error:
            self._complain(self._secret_problem(error), self._key)
        else:
            self._key.clear()
            self._team_id.clear()
            self.accept()

    def _secret_problem(self, error: InvalidSecret) -> str:
        if not self._key.text().strip():
            return self.tr("Paste the key of the account first.")
        return self.tr(
            "This can’t be a key or team ID: it holds a blank, an accent or a line break. "
            "Copy it again, whole."
        )

    def _complain(self, sentence: str, field: QLineEdit) -> None:
        self._problem.setText(sentence)
        self._problem.show()
        field.setFocus()
        field.selectAll()

"""Account fields: what an account is typed into, and a team chosen by its name.

Law: nothing kept of an account is offered for another address, and nothing is
sent unencrypted that the person did not insist on.
"""

import re
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from app.chat.account import (
    PRIME_ENDPOINT,
    Account,
    InvalidEndpoint,
    InvalidSecret,
    PlainHttp,
    SecretSource,
    clean_secret,
    normalise_endpoint,
    origin,
    platform_of,
)
from app.chat.platform import Team
from app.session.drafts import relocated
from app.ui import wording
from app.ui.account_form import AccountForm, Check, Field, button_text, host, key_problem

LONGEST_NAME = 300
_USUAL_TEAM_ID = re.compile(r"c[a-z0-9]{24}")


class AccountFields(QWidget):
    """The fields of an account, new or known; a known one's secrets are never in them.

    Signals:
        edited: the person changed something.
        grown: there may be more to see than before.
        teams_requested: the person wants to choose a team. arg: an AccountForm
            without one.
    """

    edited = Signal()
    grown = Signal()
    teams_requested = Signal(object)

    def __init__(self, account: Account | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._account = account
        self._asks_for_teams = False
        self._is_team_id_typed = False
        """Rather than that of a team that was chosen by its name."""
        self._plain_origin = ""
        """Where the person insists on sending the key unencrypted, or could."""
        self.key = Field(self.tr("&Key"), self, secret=True)
        self.name = Field(self.tr("&Name"), self)
        self.endpoint = Field(self.tr("&Address"), self)
        self.insist = Check(self.tr("Send the key unencrypted to this address"), self)
        self.endpoint.add_below(self.insist)
        self.team_id = Field(self.tr("Team &ID"), self, secret=True)
        self.choose = QPushButton(self.tr("Choose a team…"), self)
        self.choose.setObjectName("chooseteam")
        self.team_id.add_beside(self.choose)
        self.no_team = Check(self.tr("No &team: the personal balance pays"), self)
        self.team = Field(self.tr("Team na&me"), self)
        self._fill()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        for part in (self.key, self.name, self.endpoint, self.team_id):
            column.addWidget(part)
        column.addWidget(self.no_team, 0, Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self.team)
        column.addStretch(1)
        for field_ in self.by_name.values():
            field_.edited.connect(self._on_field_edited)
        for field_ in (self.key, self.endpoint):
            field_.edited.connect(self._on_place_edited)
        self.team_id.edited.connect(self._on_team_id_edited)
        self.team_id.line.editingFinished.connect(self._on_team_id_finished)
        self.no_team.toggled.connect(self._on_no_team_toggled)
        self.insist.toggled.connect(self._on_insist_toggled)
        self.choose.clicked.connect(self._on_choose_clicked)
        self._show_place()
        if account is not None and account.allows_plain:
            self.insist.setChecked(True)

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
        if not self._is_right() or endpoint is None:
            return None
        team = "" if team_id == "" else " ".join(self.team.text.split())
        name = " ".join(self.name.text.split())
        return AccountForm(name, endpoint, key, team, team_id, self._insists)

    def forget_secrets(self) -> None:
        """Empty the fields for secrets."""
        self.key.line.setText("")
        self.team_id.line.setText("")

    def show_teams(self, teams: Sequence[Team]) -> None:
        """Let the person choose who pays, if they still wait for that."""
        if not self._asks_for_teams:
            return
        self._end_asking()
        if not teams:
            self.team_id.show_hint(self.tr("This key belongs to no team."))
            self.grown.emit()
            return
        menu = QMenu(self.choose)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._offer(menu, self.tr("Personal balance"), None)
        menu.addSeparator()
        for team in teams:
            self._offer(menu, wording.team(team), team)
        menu.popup(self.choose.mapToGlobal(QPoint(0, self.choose.height() + 2)))

    def show_no_teams(self, sentence: str) -> None:
        """Say why there is nothing to choose from, if the person still waits for that."""
        if self._asks_for_teams:
            self._end_asking()
            self.team_id.show_hint(sentence, warns=True)
            self.grown.emit()

    @property
    def _insists(self) -> bool:
        return not self.insist.isHidden() and self.insist.isChecked()

    def _fill(self) -> None:
        account = self._account
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

    def _is_right(self) -> bool:
        """Return whether nothing is wrong; else go to the first field where something is."""
        wrong = [field_ for field_ in self.by_name.values() if field_.problem]
        if wrong:
            wrong[0].line.setFocus()
            wrong[0].line.selectAll()
        return not wrong

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
            return normalise_endpoint(self.endpoint.text, allows_plain=self._insists)
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
            typed = normalise_endpoint(self.endpoint.text, allows_plain=True)
        except InvalidEndpoint:
            return False
        return origin(typed) != self._account.origin

    def _show_place(self) -> None:
        """Say what the address means for the key, and what an empty field for a secret does."""
        account, paste = self._account, self.tr("Paste it here")
        has_team = account is not None and account.team is not None
        is_kept = account is not None and not self._is_elsewhere()
        kept = self.tr("Kept in the keyring; type to replace")
        if account is not None and account.source is SecretSource.MEMORY:
            kept = self.tr("Kept for one run at most; type to replace")
        self.key.line.setPlaceholderText(kept if is_kept else paste)
        personal = self.tr("Empty: the personal balance pays")
        self.team_id.line.setPlaceholderText(
            personal if not has_team else kept if is_kept else paste
        )
        danger = self._show_insist()
        hint = ""
        if account is not None and not is_kept:
            hint = self.tr("What is kept belongs to {host} and goes nowhere else.")
            hint = hint.format(host=host(account))
        self.endpoint.show_hint(" ".join(filter(None, (danger, hint))), warns=bool(danger))
        self.choose.setVisible(self._has_platform())

    def _show_insist(self) -> str:
        """Offer to send unencrypted where the address asks for that, and return why not to."""
        danger, place = "", ""
        try:
            normalise_endpoint(self.endpoint.text)
        except PlainHttp as error:
            danger = str(error)
            place = origin(normalise_endpoint(self.endpoint.text, allows_plain=True))
        except InvalidEndpoint:
            pass
        if place != self._plain_origin:
            # Insisting is for one address, and not for the next one.
            self.insist.setChecked(False)
            self._plain_origin = place
        self.insist.setVisible(bool(place))
        return danger

    def _has_platform(self) -> bool:
        """Return whether the address typed belongs to a service that knows teams."""
        try:
            endpoint = normalise_endpoint(self.endpoint.text)
        except InvalidEndpoint:
            return False
        account = self._account or Account("", "", endpoint)
        return platform_of(relocated(account, endpoint)) is not None

    def _offer(self, menu: QMenu, text: str, team: Team | None) -> None:
        action = QAction(button_text(text), menu)
        action.triggered.connect(partial(self._on_payer_chosen, team))
        menu.addAction(action)

    def _end_asking(self) -> None:
        self._asks_for_teams = False
        self.choose.setText(self.tr("Choose a team…"))

    def _on_field_edited(self) -> None:
        self._show_place()
        self.edited.emit()
        self.grown.emit()

    def _on_place_edited(self) -> None:
        # What is on its way are the teams of another key.
        self._end_asking()

    def _on_team_id_edited(self) -> None:
        self._is_team_id_typed = True
        self.team_id.show_hint("")

    def _on_team_id_finished(self) -> None:
        if not self._is_team_id_typed:
            return
        try:
            is_usual = bool(_USUAL_TEAM_ID.fullmatch(clean_secret(self.team_id.text)))
        except InvalidSecret:
            return  # It is empty, or will be refused.
        if not is_usual:
            words = self.tr("Team IDs usually are a c with 24 small letters and digits behind it.")
            self.team_id.show_hint(words, warns=True)
            self.grown.emit()

    def _on_no_team_toggled(self, checked: bool) -> None:
        # Not the button beside it: a team can be chosen after all.
        self.team_id.line.setEnabled(not checked)
        self.team.setEnabled(not checked)
        self.team_id.show_problem("")
        self.edited.emit()

    def _on_insist_toggled(self) -> None:
        self.endpoint.show_problem("")
        self.edited.emit()

    def _on_choose_clicked(self) -> None:
        if self._asks_for_teams:
            return
        key, endpoint = self._read_key(), self._read_endpoint()
        if self.key.problem or endpoint is None:
            self._is_right()
            self.grown.emit()
            return
        self._asks_for_teams = True
        self.choose.setText(self.tr("Asking…"))
        self.team_id.show_hint("")
        self.teams_requested.emit(AccountForm("", endpoint, key, "", "", self._insists))

    def _on_payer_chosen(self, team: Team | None, _checked: bool = False) -> None:
        is_kept = self._account is not None and self._account.team is not None
        self.no_team.setChecked(team is None and is_kept)
        self._is_team_id_typed = False
        self.team_id.line.setText("" if team is None else team.id)
        label = "" if team is None else team.label or self.tr("Team")
        self.team.line.setText(label[:LONGEST_NAME])
        self.team.line.setCursorPosition(0)
        self.team_id.show_problem("")
        pays = self.tr("The personal balance pays.")
        if team is not None:
            pays = self.tr("{team} pays.").format(team=wording.team(team))
        self.team_id.show_hint(pays)
        self.edited.emit()
        self.grown.emit()

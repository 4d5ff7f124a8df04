"""ModelDesk: the models and parameters of the conversation in front, and the choice of them."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication

from app.chat.account import Account
from app.chat.heading import Heading
from app.chat.model import Catalogue
from app.chat.parameters import Parameters
from app.chat.settings import ModelOrder, Settings
from app.session import Session
from app.session.trials import ModelTrial
from app.ui import wording
from app.ui.columns import Columns, Side
from app.ui.models_pane import ModelsPane
from app.ui.tabs import Tabs
from app.ui.theme import Theme


class ModelDesk(QObject):
    """Shows the catalogue of the account in front, and asks the session for what was chosen."""

    def __init__(
        self, session: Session, tabs: Tabs, pane: ModelsPane, columns: Columns, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._tabs = tabs
        self._pane = pane
        self._columns = columns
        session.catalogue_changed.connect(self._on_catalogue_changed)
        pane.chosen.connect(self._on_chosen)
        pane.refresh_requested.connect(self.refresh)
        pane.favourite_toggled.connect(self._on_favourite_toggled)
        pane.order_chosen.connect(self._on_order_chosen)
        pane.check_requested.connect(self._on_check_requested)
        pane.parameters.parameters_changed.connect(self._on_parameters_changed)
        pane.parameters.system_prompt_changed.connect(self._on_system_prompt_changed)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.applicationStateChanged.connect(self._on_application_state_changed)

    def set_theme(self, theme: Theme) -> None:
        """Show the pane in another theme."""
        self._pane.set_theme(theme)

    def show(self) -> None:
        """Show the models and parameters of the conversation in front."""
        desk, session = self._session.desk, self._session
        if desk.front is None:
            self._pane.show_catalogue(Catalogue(), "", has_account=False)
            return
        heading = desk.heading(desk.front)
        account = session.accounts.get(heading.account_id)
        self._pane.show_catalogue(
            session.catalogues.of(heading.account_id) if account else Catalogue(),
            heading.model,
            has_account=bool(session.accounts.all),
            gone=session.catalogues.gone(heading.account_id),
        )
        self._pane.parameters.show_parameters(
            heading.parameters,
            heading.system_prompt,
            session.catalogues.model(heading.account_id, heading.model),
            heading.id,
        )

    def show_settings(self, settings: Settings) -> None:
        """Show the models in the order that was chosen, favourites first."""
        self._pane.show_order(settings.model_order, settings.favourites)

    def find(self) -> None:
        """Put the cursor into the filter of the pane, and ask for a list that did not come."""
        self._ask_again()
        self._columns.show_pane(Side.RIGHT)
        self._pane.filter.setFocus()
        self._pane.filter.selectAll()

    def find_parameters(self) -> None:
        """Go to the parameters."""
        self._columns.show_pane(Side.RIGHT)
        self._pane.show_parameters()

    def enter_parameters(self) -> None:
        """Enter what is half written in the parameters: it counts for what is asked now."""
        self._pane.parameters.enter()

    def refresh(self) -> None:
        """Ask the service of the account in front for its models again."""
        account = self._account()
        if account is not None:
            self._session.catalogues.refresh(account)

    def _ask_again(self) -> None:
        account = self._account()
        if account is not None:
            self._session.catalogues.ask_again(account)

    def _account(self) -> Account | None:
        view = self._tabs.front
        return self._session.accounts.get(view.conversation.heading.account_id if view else "")

    def _change_settings(self, change: Callable[[Settings], Settings]) -> None:
        self._session.preferences.change(change(self._session.preferences.now))

    def _revise_front(self, change: Callable[[Heading], Heading]) -> None:
        view = self._tabs.front
        if view is not None:
            view.conversation.revise(change(view.conversation.heading))

    def _on_catalogue_changed(self, account_id: str) -> None:
        self.show()
        for view in self._tabs.views:
            if view.conversation.heading.account_id == account_id:
                view.refresh_captions()

    def _on_application_state_changed(self, state: Qt.ApplicationState) -> None:
        # Back in the window, the person may have mended the network elsewhere.
        if state is Qt.ApplicationState.ApplicationActive:
            self._ask_again()

    def _on_chosen(self, model_id: str) -> None:
        view = self._tabs.front
        if view is not None:
            self._session.choose_model(view.conversation, model_id)
            view.notice_bar.clear()
            self._columns.close_floating()
            view.setFocus()

    def _on_order_chosen(self, order: ModelOrder) -> None:
        self._change_settings(lambda now: replace(now, model_order=order))

    def _on_favourite_toggled(self, model_id: str) -> None:
        self._change_settings(
            lambda now: replace(now, favourites=now.favourites ^ frozenset({model_id}))
        )

    def _on_parameters_changed(self, values: Parameters, conversation_id: int) -> None:
        conversation = self._session.desk.conversation(conversation_id)
        if conversation is not None:
            conversation.revise(replace(conversation.heading, parameters=values))

    def _on_system_prompt_changed(self, text: str) -> None:
        self._revise_front(lambda heading: replace(heading, system_prompt=text))

    def _on_check_requested(self, model_id: str) -> None:
        account = self._account()
        if account is None:
            return
        self._pane.show_check(model_id, None, True, "")

        def answer(trial: ModelTrial) -> None:
            problem = wording.model_problem(trial.failure)
            self._pane.show_check(trial.model_id, trial.model, False, problem)

        self._session.trials.try_model(account, model_id, answer)

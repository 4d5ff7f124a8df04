"""WindowVerbs: what each action of the menus and shortcuts does in the window."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from PySide6.QtWidgets import QWidget

from app.chat.message import Role
from app.chat.settings import TEXT_SCALES
from app.session import Session
from app.ui import links
from app.ui.account_desk import KEYS_PAGE, AccountDesk
from app.ui.chat_view import ChatView
from app.ui.columns import Columns, Side
from app.ui.conversation_desk import ConversationDesk
from app.ui.model_desk import ModelDesk
from app.ui.needs import field_in_use
from app.ui.notice import Act
from app.ui.tabs import Tabs
from app.ui.transcript.acts import MessageAct

BILLING_PAGE = "https://app.primeintellect.ai/dashboard/billing"

Verbs = dict[str, Callable[[], object]]


class WindowVerbs:
    """The verbs of the window's actions: most concern the conversation in front."""

    def __init__(
        self,
        session: Session,
        tabs: Tabs,
        columns: Columns,
        conversations: ConversationDesk,
        models: ModelDesk,
        accounts: AccountDesk,
        window: QWidget,
    ) -> None:
        self._session = session
        self._tabs = tabs
        self._columns = columns
        self._conversations = conversations
        self._models = models
        self._accounts = accounts
        self._window = window

    def by_name(self) -> Verbs:
        """Return them by the names of the actions."""
        return {**self._of_window(), **self._of_conversation(), **self._of_messages()}

    def take(self, act: Act, account_id: str = "") -> None:
        """Do what an offer of a notice promises, where the window sees to it.

        account_id: whom it is about; else the account in front.
        """
        match act:
            case Act.UNDO:
                self._session.desk.undelete()
            case Act.ADD_ACCOUNT:
                self._accounts.add()
            case Act.EDIT_ACCOUNT:
                self._edit_account(account_id)
            case Act.CHOOSE_MODEL:
                self._models.find()
            case Act.OPEN_KEYS_PAGE:
                links.ask_to_open(KEYS_PAGE, self._window)
            case Act.OPEN_BILLING:
                links.ask_to_open(BILLING_PAGE, self._window)
            case Act.OPEN_SETTINGS:
                self._accounts.open_settings("network")
            case Act.NEW_CONVERSATION:
                self._conversations.begin()

    def _of_window(self) -> Verbs:
        desk = self._session.desk
        return {
            "reopen_tab": desk.reopen,
            "add_account": self._accounts.add,
            "add_demo": self._session.accounts.add_demo,
            "settings": self._accounts.open_settings,
            "quit": self._window.close,
            "undelete": desk.undelete,
            "next_tab": lambda: self._tabs.step(1),
            "previous_tab": lambda: self._tabs.step(-1),
            "toggle_conversations": lambda: self._columns.toggle(Side.LEFT),
            "toggle_models": lambda: self._columns.toggle(Side.RIGHT),
            "find_conversation": self._conversations.find,
            "find_model": self._models.find,
            "parameters": self._models.find_parameters,
            "refresh_models": self._models.refresh,
            "larger": lambda: self.scale_text(1),
            "smaller": lambda: self.scale_text(-1),
            "normal_size": lambda: self.scale_text(0),
        }

    def _of_conversation(self) -> Verbs:
        desk = self._session.desk
        return {
            "new_conversation": self._conversations.begin,
            "close_tab": lambda: self._on_front_id(self._conversations.close_tab),
            "close_other_tabs": lambda: self._on_front_id(desk.close_others),
            "rename": lambda: self._on_front_id(self._conversations.rename),
            "pin": lambda: self._on_front_id(self._conversations.toggle_pin),
            "delete": lambda: self._on_front_id(self._conversations.delete),
            "find": lambda: self._on_front(lambda view: view.open_find_bar()),
            "find_next": lambda: self._on_front(lambda view: view.find_beyond(1)),
            "find_previous": lambda: self._on_front(lambda view: view.find_beyond(-1)),
            "write": self.write,
            "stop": self.stop,
        }

    def _of_messages(self) -> Verbs:
        return {
            "copy": lambda: self._on_text("copy"),
            "copy_markdown": lambda: self._on_front(lambda v: v.transcript.copy_as_markdown()),
            "select_all": lambda: self._on_text("select_all"),
            "retry": self.retry,
            "edit_last": lambda: self._on_last(Role.USER, MessageAct.EDIT),
            "copy_last": lambda: self._on_last(Role.ASSISTANT, MessageAct.COPY),
            "fork": lambda: self._on_last(Role.ASSISTANT, MessageAct.FORK),
            "previous_version": lambda: self._on_front(lambda v: v.acts.step_version(-1)),
            "next_version": lambda: self._on_front(lambda v: v.acts.step_version(1)),
            "previous_message": lambda: self._on_front(lambda v: v.transcript.jump(-1)),
            "next_message": lambda: self._on_front(lambda v: v.transcript.jump(1)),
        }

    def retry(self) -> None:
        """Ask for the last reply again, with the parameters as they are written."""
        self._models.enter_parameters()
        self._on_front(lambda view: view.retry_last())

    def write(self) -> None:
        """Put the cursor into the composer."""
        self._on_front(lambda view: view.setFocus())

    def remark(self, words: str) -> None:
        """Say something in passing."""
        self._on_front(lambda view: view.remark(words))

    def stop(self) -> None:
        """Put back what is dragged, else close what floats, else stop the reply."""
        if not (self._tabs.strip.put_back() or self._columns.close_floating()):
            self._on_front(lambda view: view.stop())

    def scale_text(self, steps: int) -> None:
        """Make the text of transcripts larger (above 0), smaller, or normal (0)."""
        preferences = self._session.preferences
        now = preferences.now.text_scale
        nearest = min(range(len(TEXT_SCALES)), key=lambda i: abs(TEXT_SCALES[i] - now))
        at = min(max(nearest + steps, 0), len(TEXT_SCALES) - 1)
        scale = TEXT_SCALES[at] if steps else 1.0
        preferences.change(replace(preferences.now, text_scale=scale))

    def _edit_account(self, account_id: str) -> None:
        """Ask for the key of an account, or of the one in front, or for an account at all."""
        view = self._tabs.front
        if self._session.accounts.get(account_id) is None and view is not None:
            account_id = view.conversation.heading.account_id
        account = self._session.accounts.get(account_id)
        if account is None or not account.is_stored:
            self._accounts.add()
        else:
            self._accounts.edit(account_id)

    def _on_front(self, deed: Callable[[ChatView], object]) -> None:
        if self._tabs.front is not None:
            deed(self._tabs.front)

    def _on_front_id(self, deed: Callable[[int], object]) -> None:
        front = self._session.desk.front
        if front is not None:
            deed(front)

    def _on_last(self, role: Role, act: MessageAct) -> None:
        self._on_front(lambda view: view.acts.on_last(role, act))

    def _on_text(self, deed: Literal["copy", "select_all"]) -> None:
        """Do something with the field that has the keyboard, else with the transcript."""
        field = field_in_use()
        if field is not None:
            _ = field.copy() if deed == "copy" else field.selectAll()
        elif deed == "copy":
            self._on_front(lambda view: view.transcript.copy())
        else:
            self._on_front(lambda view: view.transcript.select_all())

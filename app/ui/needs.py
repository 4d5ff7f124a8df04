"""Needs: what actions need to be there, and whether it is there now.

One place knows both, so that menus, the palette and the keys agree.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QMenuBar, QPlainTextEdit, QTextEdit

from app.chat.conversation import Conversation
from app.chat.message import Role

if TYPE_CHECKING:
    from app.session import Session
    from app.ui.conversation_desk import ConversationDesk
    from app.ui.tabs import Tabs

TextField = QLineEdit | QPlainTextEdit | QTextEdit


class Need(Enum):
    """What an action may need. All but tabs and deletions concern the tab in front."""

    ACCOUNT = auto()
    WORDS = auto()
    """Something said or typed in the conversation, for which it is listed."""
    MESSAGE = auto()
    OWN_MESSAGE = auto()
    """A message of the person."""
    REPLY = auto()
    WHOLE_REPLY = auto()
    """The last reply comes no more."""
    RUNNING_REPLY = auto()
    EARLIER_VERSION = auto()
    LATER_VERSION = auto()
    SELECTION = auto()
    """In what has the keyboard."""
    SELECTED_MESSAGES = auto()
    OTHER_TABS = auto()
    CLOSED_TAB = auto()
    DELETED_CONVERSATION = auto()


def lack(need: Need) -> str:
    """Return what to say to a key that lacks something; empty where that is no news."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("needs", text)

    return {
        Need.ACCOUNT: tr("There is no account yet."),
        Need.WORDS: tr("This conversation is still empty."),
        Need.OWN_MESSAGE: tr("There is no message of yours yet."),
        Need.REPLY: tr("There is no reply yet."),
        Need.EARLIER_VERSION: tr("There is no earlier version."),
        Need.LATER_VERSION: tr("There is no later version."),
        Need.CLOSED_TAB: tr("No tab was closed."),
        Need.DELETED_CONVERSATION: tr("There is nothing to bring back."),
    }.get(need, "")


def field_in_use() -> TextField | None:
    """Return the field that has the keyboard, if it is one for text."""
    focus = QApplication.focusWidget()
    return focus if isinstance(focus, TextField) else None


class Needs:
    """Tells which needs are met."""

    def __init__(self, session: "Session", tabs: "Tabs", desk: "ConversationDesk") -> None:
        self._session = session
        self._tabs = tabs
        self._tests: dict[Need, Callable[[], object]] = {
            Need.ACCOUNT: self._has_account,
            Need.WORDS: self._has_words,
            Need.MESSAGE: lambda: self._branch,
            Need.OWN_MESSAGE: lambda: self._last(Role.USER) is not None,
            Need.REPLY: lambda: self._last(Role.ASSISTANT) is not None,
            Need.WHOLE_REPLY: self._has_whole_reply,
            Need.RUNNING_REPLY: self._has_running_reply,
            Need.EARLIER_VERSION: lambda: self._versions[0],
            Need.LATER_VERSION: lambda: self._versions[1],
            Need.SELECTION: self._has_selection,
            Need.SELECTED_MESSAGES: self._has_selected_messages,
            Need.OTHER_TABS: lambda: len(session.desk.tabs) > 1,
            Need.CLOSED_TAB: lambda: session.desk.can_reopen,
            Need.DELETED_CONVERSATION: lambda: desk.can_undelete,
        }

    def lacking(self, needs: Iterable[Need]) -> Need | None:
        """Return the first of some needs that is not met now; None if all are."""
        return next((need for need in needs if not self._tests[need]()), None)

    @property
    def _conversation(self) -> Conversation | None:
        view = self._tabs.front
        return view.conversation if view is not None else None

    @property
    def _branch(self) -> Sequence[int]:
        conversation = self._conversation
        return conversation.branch if conversation is not None else ()

    @property
    def _versions(self) -> tuple[int, int]:
        """How many versions there are before and after the one that can be stepped from."""
        view = self._tabs.front
        versions, position = view.acts.versions_in_turn if view is not None else ((), 0)
        return position, max(len(versions) - 1 - position, 0)

    def _last(self, role: Role) -> int | None:
        view = self._tabs.front
        return view.acts.last(role) if view is not None else None

    def _has_account(self) -> bool:
        front = self._session.desk.front
        heading = self._session.desk.heading(front) if front is not None else None
        return heading is not None and self._session.accounts.get(heading.account_id) is not None

    def _has_words(self) -> bool:
        front = self._session.desk.front
        return front is not None and self._session.desk.heading(front).has_words

    def _has_whole_reply(self) -> bool:
        conversation, last = self._conversation, self._last(Role.ASSISTANT)
        if conversation is None or last is None:
            return False
        return not conversation.message(last).status.is_open

    def _has_running_reply(self) -> bool:
        conversation = self._conversation
        return conversation is not None and bool(conversation.open_replies)

    def _has_selection(self) -> bool:
        field = field_in_use()
        if field is None:
            # The menu bar has the keyboard of whoever goes there by it: of what, is not known.
            return isinstance(QApplication.focusWidget(), QMenuBar) or self._has_selected_messages()
        if isinstance(field, QLineEdit):
            return field.hasSelectedText()
        return field.textCursor().hasSelection()

    def _has_selected_messages(self) -> bool:
        view = self._tabs.front
        return view is not None and view.transcript.selection is not None

"""Notice: a line in place that says what happened and offers what to do.

Values between `app.ui.wording`, which writes them, and whoever shows them.
Every text in them is shown as plain text.
"""

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How loud a notice is."""

    QUIET = "quiet"
    WARNING = "warning"
    ERROR = "error"


class Act(StrEnum):
    """What a notice can offer to do; the window knows how."""

    RETRY = "retry"
    TRY_NOW = "try_now"
    STOP = "stop"
    SHORTEN = "shorten"
    """Ask again without the older turns."""
    DROP_PARAMETER = "drop_parameter"
    BILL_TEAM = "bill_team"
    CONTINUE = "continue"
    DETAILS = "details"
    ADD_ACCOUNT = "add_account"
    EDIT_ACCOUNT = "edit_account"
    CHOOSE_ACCOUNT = "choose_account"
    CHOOSE_MODEL = "choose_model"
    OPEN_KEYS_PAGE = "open_keys_page"
    OPEN_BILLING = "open_billing"
    OPEN_SETTINGS = "open_settings"
    NEW_CONVERSATION = "new_conversation"
    OPEN_REPORT = "open_report"
    """Show the report of the last crash."""
    UNDO = "undo"
    DISMISS = "dismiss"


@dataclass(frozen=True, slots=True)
class Offer:
    """A button of a notice: a verb, and what it does."""

    act: Act
    label: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened, what it means, what can be done."""

    tone: Tone
    headline: str
    """One short sentence; shown in weight 600."""
    rest: str = ""
    """What it means for the person's words and money."""
    offers: tuple[Offer, ...] = ()

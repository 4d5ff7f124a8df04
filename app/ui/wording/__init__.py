"""Wording: facts → the sentences a person reads.

Sentence case, short: what happened, what it means for the person's words and
money, what to do now.
"""

from app.ui.wording.failures import (
    details,
    end_notice,
    failure_notice,
    notice,
    pause_notice,
)
from app.ui.wording.language import tr
from app.ui.wording.numbers import cost, money, price, prices, seconds, tokens
from app.ui.wording.offers import NO_WAYS, Ways
from app.ui.wording.replies import facts, message_details, thought
from app.ui.wording.times import moment, moment_in_full
from app.ui.wording.window import (
    account,
    account_trial,
    cannot_send,
    catalogue_state,
    circumstance,
    deleted,
    model_problem,
    parameters,
    payer,
    pays_line,
    removed_account,
    team,
    teams_problem,
    window_title,
)

__all__ = [
    "NO_WAYS",
    "Ways",
    "account",
    "account_trial",
    "cannot_send",
    "catalogue_state",
    "circumstance",
    "cost",
    "deleted",
    "details",
    "end_notice",
    "facts",
    "failure_notice",
    "message_details",
    "model_problem",
    "moment",
    "moment_in_full",
    "money",
    "notice",
    "parameters",
    "pause_notice",
    "payer",
    "pays_line",
    "price",
    "prices",
    "removed_account",
    "seconds",
    "team",
    "teams_problem",
    "thought",
    "tokens",
    "tr",
    "window_title",
]

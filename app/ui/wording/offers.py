"""Offers: what a person can choose to do about a reply, with what it costs."""

from dataclasses import dataclass

from app.chat.cost import Cost
from app.ui.notice import Act, Offer
from app.ui.wording.language import tr
from app.ui.wording.numbers import cost


@dataclass(frozen=True, slots=True)
class Ways:
    """What can be done about a reply beside what its failure says."""

    can_continue: bool = False
    can_shorten: bool = False
    retry_cost: Cost | None = None
    """What asking again would cost at least; None where that is unknown."""
    continue_cost: Cost | None = None


NO_WAYS = Ways()


_LABELS = {
    Act.RETRY: lambda: tr("Try again"),
    Act.CONTINUE: lambda: tr("Continue"),
    Act.SHORTEN: lambda: tr("Leave out the older half"),
    Act.DROP_PARAMETER: lambda: tr("Send without it"),
    Act.BILL_TEAM: lambda: tr("Bill a team instead"),
    Act.DETAILS: lambda: tr("Details"),
    Act.ADD_ACCOUNT: lambda: tr("Add account…"),
    Act.EDIT_ACCOUNT: lambda: tr("Edit account…"),
    Act.CHOOSE_ACCOUNT: lambda: tr("Choose who pays"),
    Act.CHOOSE_MODEL: lambda: tr("Choose a model"),
    Act.OPEN_KEYS_PAGE: lambda: tr("Open keys page"),
    Act.OPEN_BILLING: lambda: tr("Open billing"),
    Act.OPEN_SETTINGS: lambda: tr("Open settings"),
    Act.NEW_CONVERSATION: lambda: tr("New conversation"),
    Act.DISMISS: lambda: tr("Dismiss"),
}


def first_continue(acts: tuple[Act, ...], ways: Ways) -> tuple[Act, ...]:
    """Return the acts with going on first, where there is something to go on from."""
    return (Act.CONTINUE, *acts) if ways.can_continue and Act.RETRY in acts else acts


def offers_of(acts: tuple[Act, ...], ways: Ways, *, has_primary: bool = True) -> tuple[Offer, ...]:
    """Return acts as buttons; the first is the one to take, unless nothing has failed."""
    costs = {Act.RETRY: ways.retry_cost, Act.CONTINUE: ways.continue_cost}
    return tuple(
        Offer(act, _priced(_LABELS[act](), costs.get(act)), primary=has_primary and not position)
        for position, act in enumerate(acts)
    )


def _priced(label: str, value: Cost | None) -> str:
    """Return a label with what taking it costs before a word comes back, if that is known."""
    if value is None or not value.usd:
        return label
    return tr("{label} (from {cost})").format(label=label, cost=cost(value))

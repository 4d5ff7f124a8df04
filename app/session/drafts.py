"""Drafts: accounts as a person typed them, before their secrets are kept."""

from dataclasses import dataclass, field, replace

from app.chat.account import (
    Account,
    InvalidSecret,
    PlainHttp,
    clean_secret,
    new_account_id,
    normalise_endpoint,
    origin,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """An account as it is wanted, with what was typed of its secrets."""

    account: Account
    key: str | None = field(repr=False)
    """None: the one that is kept stays."""
    team_id: str | None = field(repr=False)
    """None: the one that is kept stays, if the account has a team."""

    def changes_secrets(self, seen: Account) -> bool:
        """Return whether it gives what was seen another key or team, or none."""
        return bool(self.key or self.team_id) or (seen.team is None) != (self.account.team is None)

    def applied_to(self, now: Account, seen: Account) -> Account | None:
        """Return what an account becomes; None: it is not what was seen any more.

        Another name is no matter of address and team: it is given to what is there.
        """
        is_name = self.account == replace(seen, name=self.account.name)
        if is_name and not self.changes_secrets(seen):
            return replace(now, name=self.account.name)
        if (now.endpoint, now.team) != (seen.endpoint, seen.team):
            return None
        return replace(self.account, source=now.source)


def new_draft(
    name: str, endpoint: str, key: str, team: str, team_id: str, *, allows_plain: bool
) -> Draft:
    """Return a new account, with a new id.

    Raises:
        InvalidEndpoint: the address cannot be used.
        InvalidSecret: the key or the team ID cannot be one.
    """
    address = normalise_endpoint(endpoint, allows_plain=allows_plain)
    has_team = bool(team_id.strip())
    account = Account(
        id=new_account_id(),
        name=_named(name),
        endpoint=address,
        team=_labelled(team) if has_team else None,
        allows_plain=_is_plain(address),
    )
    return Draft(account, clean_secret(key), clean_secret(team_id) if has_team else None)


def changed_draft(
    seen: Account,
    name: str,
    endpoint: str,
    key: str | None,
    team: str,
    team_id: str | None,
    *,
    allows_plain: bool,
) -> Draft:
    """Return an account as it is to be; an empty team ID drops the team.

    Raises:
        InvalidEndpoint: the address cannot be used.
        InvalidSecret: the key or team ID cannot be one, or is missing although
            the address is another: a key never follows to a new origin.
    """
    address = normalise_endpoint(endpoint, allows_plain=allows_plain)
    keeps_team = seen.team is not None and team_id is None
    if origin(address) != seen.origin and (key is None or keeps_team):
        raise InvalidSecret("another address")
    account = replace(
        relocated(seen, address),
        name=_named(name),
        team=_labelled(team) if keeps_team or team_id else None,
    )
    return Draft(
        account,
        clean_secret(key) if key is not None else None,
        clean_secret(team_id) if team_id else None,
    )


def relocated(account: Account, endpoint: str) -> Account:
    """Return an account at an address that may be used; another origin leaves its platform."""
    stays = origin(endpoint) == account.origin
    return replace(
        account,
        endpoint=endpoint,
        allows_plain=_is_plain(endpoint),
        platform=account.platform if stays else "",
    )


def _named(name: str) -> str:
    return name.strip() or "Personal"


def _labelled(team: str) -> str:
    return team.strip() or "Team"


def _is_plain(address: str) -> bool:
    """Return whether an address can be used by somebody only who insists on it."""
    try:
        normalise_endpoint(address)
    except PlainHttp:
        return True
    return False

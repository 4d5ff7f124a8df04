"""Platform: who a key belongs to, its teams and a wallet; extras beside the API.

Law: a key goes to the platform of its account and nowhere else, without a team
header; whatever field of an answer is missing or wrong is unknown; and a
team's ID is in no error.
"""

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from app.api import limits, refusal, wire
from app.api.connections import Connections
from app.api.errors import Interrupted, NotSent, Refused, ServiceError
from app.api.exchange import Exchange, library_errors
from app.api.watchdog import Watchdog
from app.chat.account import Account, Credentials, InvalidSecret, clean_secret, platform_of
from app.chat.failure import Failure, Kind
from app.chat.platform import Balance, Identity, Team

PAGE = 100
"""Teams asked for at a time."""
PAGES = 20
WALLET_S = 10.0
"""A balance is shown beside an answer that is already there."""
_CURRENCY_CHARACTERS = 8
_AMOUNT_DIGITS = 15


class Platform:
    """What an account's platform says of its key. Cancelling closes the connection.

    Every call raises ServiceError where there is no platform, no key or no
    usable answer; nothing of a conversation depends on it.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def whoami(self, account: Account, credentials: Credentials) -> Identity:
        """Return whose key it is, and whether it may ask models.

        Raises:
            ServiceError: `Kind.KEY_REFUSED` for a key the platform does not know.
        """
        exchange = self._exchange(account, credentials)
        with Watchdog(limits.CATALOGUE_S) as dog:
            dog.end_within(limits.CATALOGUE_S)
            value = await _ask(exchange, dog, "/user/whoami")
        identity = identity_of(value)
        if identity is None:
            raise Refused(_misread(value, exchange))
        return identity

    async def teams(self, account: Account, credentials: Credentials) -> tuple[Team, ...]:
        """Return the teams of a key's owner, in the platform's order.

        Raises:
            ServiceError
        """
        exchange = self._exchange(account, credentials)
        found: dict[str, Team] = {}
        seen = 0
        with Watchdog(limits.CATALOGUE_S) as dog:
            dog.end_within(limits.CATALOGUE_S)
            for _ in range(PAGES):
                value = await _ask(exchange, dog, f"/user/teams?offset={seen}&limit={PAGE}")
                page = teams_of(value)
                if page is None:
                    raise Refused(_misread(value, exchange))
                known = len(found)
                for team in page:
                    found.setdefault(team.id, team)
                seen += len(_listed(value))
                total = wire.count(wire.mapping(value).get("total_count"))
                # A platform that knows no pages gives the same one for ever.
                if len(found) == known or (total is not None and seen >= total):
                    break
        return tuple(found.values())

    async def wallet(self, account: Account, credentials: Credentials) -> Balance:
        """Return what is left in the team's wallet, or the person's where there is no team.

        Raises:
            ServiceError
        """
        exchange = self._exchange(account, credentials)
        path = "/billing/wallet?limit=1&offset=0"
        if credentials.team_id is not None:
            path += f"&teamId={quote(credentials.team_id, safe='')}"
        with Watchdog(WALLET_S) as dog:
            dog.end_within(WALLET_S)
            value = await _ask(exchange, dog, path)
        balance = balance_of(value, credentials.team_id)
        if balance is None:
            raise Refused(_misread(value, exchange))
        return balance

    def _exchange(self, account: Account, credentials: Credentials) -> Exchange:
        base = platform_of(account)
        if base is None:
            raise NotSent(Failure(Kind.WRONG_ADDRESS))
        if not credentials.key:
            raise NotSent(Failure(Kind.KEY_MISSING))
        if account.team is not None and credentials.team_id is None:
            raise NotSent(Failure(Kind.TEAM_UNREADABLE))
        # The same checks as for the API, at the platform's address. Without a
        # team, for its header belongs to the API alone; plain http never.
        there = replace(account, endpoint=f"{base}/api/v1", team=None, allows_plain=False)
        exchange = Exchange(self._connections, there, Credentials(credentials.key))
        exchange.secrets = (credentials.key, credentials.team_id or "")
        return exchange


def identity_of(value: Any) -> Identity | None:
    """Return whose key it is by a decoded answer, or None if that says nothing of anybody."""
    person = wire.mapping(wire.mapping(value).get("data", value))
    if not {"id", "name", "email", "slug", "scope"} & person.keys():
        return None
    inference = wire.mapping(wire.mapping(person.get("scope")).get("inference"))
    may_infer = inference.get("write")
    name, email, slug = (
        wire.line(person.get(field), limits.NAME_CHARACTERS) for field in ("name", "email", "slug")
    )
    return Identity(name, email, slug, may_infer if isinstance(may_infer, bool) else None)


def teams_of(value: Any) -> tuple[Team, ...] | None:
    """Return the teams of a decoded page, or None if it is none.

    A team whose ID no header could carry is left out.
    """
    if not isinstance(value, list) and not isinstance(wire.mapping(value).get("data"), list):
        return None
    teams = (_team_of(wire.mapping(entry)) for entry in _listed(value)[:PAGE])
    return tuple(team for team in teams if team is not None)


def balance_of(value: Any, team_id: str | None) -> Balance | None:
    """Return what is left by a decoded answer, or None if it is not of the wallet asked for."""
    answer = wire.mapping(value)
    wallet = wire.mapping(answer.get("data", answer))
    # One that takes no notice of the team would answer with the person's own.
    if "team_id" in wallet and (wallet["team_id"] or None) != team_id:
        return None
    amount = _amount(wallet.get("balance_usd"))
    if amount is None:
        return None
    currency = wire.line(wallet.get("currency"), _CURRENCY_CHARACTERS).upper()
    return Balance(amount, currency or "USD")


def _listed(value: Any) -> list[Any]:
    listed = value if isinstance(value, list) else wire.mapping(value).get("data")
    return listed if isinstance(listed, list) else []


def _team_of(entry: dict[str, Any]) -> Team | None:
    team_id = entry.get("teamId")
    try:
        if not isinstance(team_id, str) or clean_secret(team_id) != team_id:
            return None
    except InvalidSecret:
        return None
    name, slug, role = (
        # Nobody should be able to put an ID where it is shown.
        refusal.without((team_id,), wire.line(entry.get(field), limits.NAME_CHARACTERS))
        for field in ("name", "slug", "role")
    )
    return Team(team_id, name, slug, role.lower())


def _amount(value: Any) -> Decimal | None:
    """Return a finite amount of any sign, or None; numeric strings count."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        amount = Decimal(value[:40] if isinstance(value, str) else value)
    except (InvalidOperation, ValueError):
        return None
    if not amount.is_finite() or abs(amount.adjusted()) > _AMOUNT_DIGITS:
        return Decimal(0) if amount.is_finite() and amount.is_zero() else None
    return amount


async def _ask(exchange: Exchange, dog: Watchdog, path: str) -> Any:
    """Return the JSON of one answer."""
    error: ServiceError
    try:
        return wire.read(await _fetch(exchange, dog, path))
    except wire.Unreadable:
        error = Refused(Failure(Kind.NOT_THE_API, status=200, host=exchange.host))
    except ServiceError:
        raise
    except library_errors() as foreign:
        # Raised outside: here it would carry the request, and with it the key.
        error = exchange.error_of(foreign)
    raise error


async def _fetch(exchange: Exchange, dog: Watchdog, path: str) -> bytes:
    document = bytearray()
    async with exchange.open(dog, "GET", path) as chunks:
        async for chunk in chunks:
            document += chunk
            if len(document) > limits.CATALOGUE_BYTES:
                raise Interrupted(Failure(Kind.TOO_LARGE, host=exchange.host))
    return bytes(document)


def _misread(value: Any, exchange: Exchange) -> Failure:
    """Return the failure of an answer that does not hold what was asked for."""
    if isinstance(value, dict) and value.get("error"):
        complaint = refusal.complaint_of(value, exchange.secrets)
        return refusal.failure_of(complaint, complaint.status, exchange.host)
    return Failure(Kind.NOT_THE_API, status=200, host=exchange.host)

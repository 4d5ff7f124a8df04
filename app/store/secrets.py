"""Secrets: keys and team IDs of accounts, in the OS keyring and nowhere else.

Each is an entry of its own. The keyring is one of a known list, chosen by
platform: no variable of the environment and no file of settings can put
another in its place. It is asked on a thread of its own and may be silent for
`budget_s`; nothing that comes of it, and no error, holds a secret.
Source: https://specifications.freedesktop.org/secret-service-spec/latest/,
jaraco/keyring.

    SecretsError
    ├── NoBackend       no keyring of this computer answers
    ├── SecretsSilent   it was asked and did not answer in time
    ├── SecretsLocked   it is locked, and stayed so
    ├── SecretsRefused  it would not do it
    ├── KeyMissing      the account has no key there
    └── TeamMissing     the account bills a team whose ID is not there
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from app.chat.account import (
    NO_CREDENTIALS,
    Account,
    Credentials,
    InvalidSecret,
    SecretSource,
    clean_secret,
)
from app.store.errand import Abandoned, Errands, Turn

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

_USERNAME = "coprime"


class SecretsError(Exception):
    """A secret could not be read or kept."""


class NoBackend(SecretsError):
    """No keyring of this computer answers."""


class SecretsSilent(SecretsError):
    """The keyring did not answer in time."""

    over: Future[None] | None = None
    """Done once it has come back after all, and what was half done is undone."""


class SecretsLocked(SecretsError):
    """The keyring is locked, or the person did not unlock it."""


class SecretsRefused(SecretsError):
    """The keyring would not do it."""


class KeyMissing(SecretsError):
    """The account's key is not where it should be."""


class TeamMissing(SecretsError):
    """The account bills a team, and the team's ID is not where it should be."""


class Secrets:
    """Where the keys and team IDs of accounts are kept and found."""

    def __init__(self, environ: Mapping[str, str], budget_s: float = 5.0) -> None:
        self._key = environ.get("PRIME_API_KEY", "")
        self._team_id = environ.get("PRIME_TEAM_ID", "")
        self._memory: dict[str, Credentials] = {}
        self._torn: set[str] = set()
        self._ring: KeyringBackend | None = None
        self._errands = Errands("secrets", budget_s, _silent)

    def read(self, account: Account) -> Future[Credentials]:
        """Return what a request of this account needs.

        With a team ID exactly when the account has a team.

        Raises (the future):
            KeyMissing, TeamMissing: never a key without its team, or with another's.
            NoBackend, SecretsSilent, SecretsLocked, SecretsRefused: of the keyring.
        """
        if account.source is SecretSource.KEYRING:
            return self._errands.run(lambda turn: self._read(account, turn))
        return _at_once(lambda: self._read_here(account))

    def write(self, account: Account, credentials: Credentials) -> Future[Account]:
        """Keep the secrets of an account; return it with the source where they are.

        That is the keyring, or memory where there is no keyring at all or the
        account asks for memory. A keyring that is there and does not take them
        is an error: what was there before is put back, also by a call that comes
        back late. Where that fails too, the account `is_torn`.

        Raises (the future):
            SecretsSilent, SecretsLocked, SecretsRefused: not kept.
            TeamMissing: the account has a team and no team ID was given.
        """
        if account.team is None and credentials.team_id is not None:
            raise ValueError("a team ID belongs to an account with a team")
        if account.source is SecretSource.MEMORY:
            return _at_once(lambda: self._keep(account, credentials))
        return self._errands.run(
            lambda turn: self._write(account, _complete(account, credentials), turn)
        )

    def delete(self, account: Account) -> Future[None]:
        """Forget the secrets of an account; that there are none is no error.

        Raises (the future):
            SecretsSilent, SecretsLocked, SecretsRefused: they may still be there.
        """
        self._memory.pop(account.id, None)
        if account.source is SecretSource.KEYRING:
            return self._errands.run(lambda turn: self._delete(account, turn))
        return _at_once(lambda: None)

    def is_torn(self, account_id: str) -> bool:
        """Return whether what was kept for an account could not be put back.

        Nothing of it is read until something is written that is whole.
        """
        return account_id in self._torn

    def backend(self) -> Future[str | None]:
        """Return what people call the keyring of this computer; None: there is none.

        Raises (the future):
            SecretsSilent: something is there and does not answer.
        """
        return self._errands.run(self._backend)

    # Without the keyring

    def _read_here(self, account: Account) -> Credentials:
        if account.source is SecretSource.NONE:
            return NO_CREDENTIALS
        if account.source is SecretSource.MEMORY:
            given = self._memory.get(account.id, NO_CREDENTIALS)
            return _checked(account, given.key, given.team_id)
        return _checked(account, self._key.strip(), self._team_id.strip())

    def _keep(self, account: Account, credentials: Credentials) -> Account:
        self._memory[account.id] = _complete(account, credentials)
        return replace(account, source=SecretSource.MEMORY)

    # On the keyring's thread

    def _read(self, account: Account, turn: Turn) -> Credentials:
        if self.is_torn(account.id):
            raise KeyMissing("what is kept there does not belong together")
        key = self._get(_key_entry(account), turn)
        team_id = self._get(_team_entry(account), turn) if account.team is not None else None
        return _checked(account, key, team_id)

    def _write(self, account: Account, given: Credentials, turn: Turn) -> Account:
        try:
            self._write_entries(account, given, turn)
        except NoBackend:
            turn.settle()
            return self._keep(account, given)
        self._memory.pop(account.id, None)
        return replace(account, source=SecretSource.KEYRING)

    def _write_entries(self, account: Account, given: Credentials, turn: Turn) -> None:
        before = {
            entry: self._get(entry, turn) for entry in (_key_entry(account), _team_entry(account))
        }
        try:
            if given.team_id is not None:
                self._set(_team_entry(account), given.team_id, turn)
            self._set(_key_entry(account), given.key, turn)
            if given.team_id is None:
                self._remove(_team_entry(account), turn)
            turn.settle()
        except (SecretsError, Abandoned):
            # One key must not go out with another's team, also where nobody waits any more.
            are_back = [self._restore(entry, secret) for entry, secret in before.items()]
            if not all(are_back):
                self._torn.add(account.id)
            raise
        self._torn.discard(account.id)

    def _delete(self, account: Account, turn: Turn) -> None:
        try:
            self._find_ring()
        except NoBackend:
            return
        self._remove(_key_entry(account), turn)
        self._remove(_team_entry(account), turn)
        self._torn.discard(account.id)

    def _backend(self, turn: Turn) -> str | None:
        try:
            self._find_ring()
            from app.store import rings

            return self._translated(rings.name_of_ring)
        except NoBackend:
            return None

    # One entry

    def _get(self, entry: str, turn: Turn) -> str | None:
        turn.check()
        ring = self._find_ring()
        return self._translated(lambda: ring.get_password(entry, _USERNAME))

    def _set(self, entry: str, secret: str, turn: Turn) -> None:
        turn.check()
        ring = self._find_ring()
        self._translated(lambda: ring.set_password(entry, _USERNAME, secret))
        if self._get(entry, turn) != secret:
            raise SecretsRefused("the keyring gives back something else than it was given")

    def _remove(self, entry: str, turn: Turn) -> None:
        if self._get(entry, turn) is None:
            return
        turn.check()
        ring = self._find_ring()
        self._translated(lambda: ring.delete_password(entry, _USERNAME))

    def _restore(self, entry: str, before: str | None) -> bool:
        """Return whether an entry is as it was before."""
        with suppress(SecretsError):
            ring = self._find_ring()
            if self._translated(lambda: ring.get_password(entry, _USERNAME)) == before:
                return True
            if before is None:
                self._translated(lambda: ring.delete_password(entry, _USERNAME))
            else:
                self._translated(lambda: ring.set_password(entry, _USERNAME, before))
            return self._translated(lambda: ring.get_password(entry, _USERNAME)) == before
        return False

    def _find_ring(self) -> "KeyringBackend":
        if self._ring is None:
            try:
                # Only now: this is what is heavy.
                from app.store import rings
            except ImportError:
                raise NoBackend("not installed") from None
            self._ring = rings.open_ring()
        return self._ring

    def _translated(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except SecretsError:
            raise
        except Exception as error:
            from app.store import rings

            failure = rings.translate(error)
        # What answers next time may be another one.
        self._ring = None
        # Out here, so that the keyring's own error is not carried along.
        raise failure


def _complete(account: Account, credentials: Credentials) -> Credentials:
    if not credentials.key:
        raise KeyMissing("no key")
    if account.team is not None and not credentials.team_id:
        raise TeamMissing("no team ID")
    return credentials


def _checked(account: Account, key: str | None, team_id: str | None) -> Credentials:
    if not key:
        raise KeyMissing("no key")
    if account.team is None:
        team_id = None
    elif not team_id:
        raise TeamMissing("no team ID")
    try:
        return Credentials(clean_secret(key), clean_secret(team_id) if team_id else None)
    except InvalidSecret:
        failure = SecretsRefused("what is kept there cannot be a key or a team ID")
    raise failure


def _key_entry(account: Account) -> str:
    return f"coprime:{account.id}:key"


def _team_entry(account: Account) -> str:
    return f"coprime:{account.id}:team"


def _silent(over: Future[None]) -> SecretsError:
    error = SecretsSilent("the keyring does not answer")
    error.over = over
    return error


def _at_once(function: Callable[[], T]) -> Future[T]:
    future: Future[T] = Future()
    try:
        future.set_result(function())
    except SecretsError as error:
        future.set_exception(error)
    return future

"""Account: who is asked and who pays; never the secrets themselves.

An account has a random id, and every file that mentions an account uses that
id. Keys and team IDs live in the OS keyring (or, for one run, in memory) and
travel only as `Credentials`, which show nothing of themselves.
"""

import os
import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import urlsplit

PRIME_ENDPOINT = "https://api.pinference.ai/api/v1"
PRIME_PLATFORM = "https://api.primeintellect.ai"
"""Where Prime's teams, wallets and permissions are asked for; no part of the API."""
DEMO_ENDPOINT = "https://demo.invalid/api/v1"
"""`.invalid` never resolves (RFC 2606): the demo cannot reach anybody by mistake."""

_KEY = re.compile(r"[\x21-\x7e]{1,512}")
_PASTED = "\u200b\u200c\u200d\u2060\ufeff"
_LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|::1")
ENVIRONMENT_ID = "environment"
ENVIRONMENT_NAME = "Environment"
"""The account of `PRIME_API_KEY`, which nobody gave another name."""


class InvalidSecret(ValueError):
    """A pasted key or team ID cannot be one. The text never holds the value."""


class InvalidEndpoint(ValueError):
    """An address cannot be that of an inference service. For a person to read."""


class PlainHttp(InvalidEndpoint):
    """Plain `http` to another computer: possible only where the person insists."""


class SecretSource(StrEnum):
    """Where an account's key and team ID are found."""

    KEYRING = "keyring"
    """The OS keyring."""
    MEMORY = "memory"
    """Typed in this run and kept for this run only: no keyring answered."""
    ENVIRONMENT = "environment"
    """`PRIME_API_KEY` and `PRIME_TEAM_ID`; nothing is stored."""
    NONE = "none"
    """The demo: there is nothing to keep."""


@dataclass(frozen=True, slots=True)
class Account:
    """An endpoint with a key, and the team that pays, if a team does."""

    id: str
    name: str
    """What the person calls it. Shown as the payer when `team` is None."""
    endpoint: str
    """Base URL without a trailing slash, as `normalise_endpoint` returns it."""
    team: str | None = None
    """The team's label, which may be shown and stored; None: a personal wallet pays.

    Set exactly when a team ID belongs to the account, so that an account whose
    team ID cannot be read is known, and does not send.
    """
    source: SecretSource = SecretSource.KEYRING
    allows_plain: bool = False
    """The person insisted on plain `http` to another computer: others can read the key."""
    platform: str = ""
    """Base URL of the platform the key was found with; empty: see `platform_of`."""
    last_model: str = ""
    """The model a new conversation starts with; empty before the first one."""

    @property
    def payer(self) -> str:
        """The name under which a request of this account is billed."""
        return self.team or self.name

    @property
    def origin(self) -> str:
        """Scheme, host and port of the endpoint: where its key may go."""
        return origin(self.endpoint)

    @property
    def is_stored(self) -> bool:
        """Whether it is the person's own to change: not of the environment, not the demo."""
        return self.source in (SecretSource.KEYRING, SecretSource.MEMORY)

    @property
    def is_demo(self) -> bool:
        """Whether this is the service played inside the program."""
        return self.endpoint == DEMO_ENDPOINT


DEMO = Account(id="demo", name="Demo", endpoint=DEMO_ENDPOINT, source=SecretSource.NONE)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The secrets of one request. Neither printed, logged nor pickled.

    Raises:
        InvalidSecret: the key or the team ID holds what no header may carry.
    """

    key: str = field(repr=False)
    team_id: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.key and not _KEY.fullmatch(self.key):
            raise InvalidSecret("The key holds a character no key has.")
        if self.team_id is not None and not _KEY.fullmatch(self.team_id):
            raise InvalidSecret("The team ID holds a character no team ID has.")

    def __reduce__(self) -> str:
        raise TypeError("Credentials are not to be written anywhere")


NO_CREDENTIALS = Credentials("")


def new_account_id() -> str:
    """Return a random account id: 16 hexadecimal digits."""
    return os.urandom(8).hex()


def clean_secret(pasted: str) -> str:
    """Return a pasted key or team ID without what pasting adds to it.

    Blanks, line ends, zero-width characters, surrounding quotes and an
    accidental `Bearer ` go; what is left must be 1 to 512 visible ASCII
    characters.

    Raises:
        InvalidSecret: it cannot be a key or a team ID.
    """
    text = pasted.translate(dict.fromkeys(map(ord, _PASTED))).strip()
    text = re.sub(r"^authorization:\s*", "", text, flags=re.IGNORECASE)
    text = re.sub(r"^bearer\s+", "", text, flags=re.IGNORECASE)
    text = text.strip().strip("\"'`").strip()
    if not _KEY.fullmatch(text):
        raise InvalidSecret("empty" if not text else "characters")
    return text


def platform_of(account: Account) -> str | None:
    """Return the base URL at which teams and balances of an account can be asked for.

    Its key may go there and to its own origin, and nowhere else. None: it has
    no platform.
    """
    if account.platform:
        return account.platform
    return PRIME_PLATFORM if account.origin == origin(PRIME_ENDPOINT) else None


def normalise_endpoint(typed: str, *, allows_plain: bool = False) -> str:
    """Return the base URL a person meant: scheme, host, port and API path.

    Adds `https://` (`http://` for a loopback host), drops a pasted
    `/chat/completions` or `/models`, and `/api/v1` is added for a bare Prime host.

    Raises:
        InvalidEndpoint: no host, another scheme, a user name, a query, dot segments.
        PlainHttp: plain `http` to another computer, unless `allows_plain`.
    """
    text = typed.strip()
    if not text or any(c.isspace() or ord(c) < 0x20 for c in text):
        raise InvalidEndpoint("An address looks like https://api.pinference.ai/api/v1")
    # `http:/host` is meant as an address, and `http` not as a host of that name.
    text = re.sub(r"^(https?):/?(?=[^/\d])", r"\1://", text, flags=re.IGNORECASE)
    if "://" not in text:
        host = text.split("/")[0].rsplit(":", 1)[0].strip("[]")
        text = ("http://" if _LOOPBACK.fullmatch(host) else "https://") + text
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except (ValueError, UnicodeError) as error:
        raise InvalidEndpoint("That address cannot be read. Check the host and the port.") from (
            error
        )
    if parts.scheme not in ("http", "https"):
        raise InvalidEndpoint("An address must start with https://")
    if not host or port == 0:
        raise InvalidEndpoint("That address names no host.")
    if parts.username is not None or parts.password is not None:
        raise InvalidEndpoint("An address must not hold a user name or password.")
    if parts.query or parts.fragment or "?" in text or "#" in text:
        raise InvalidEndpoint("An address must not hold ? or #.")
    if parts.scheme == "http" and not _LOOPBACK.fullmatch(host) and not allows_plain:
        raise PlainHttp(
            "Without https anybody on the way could read the key. "
            "Plain http is for this computer. To use it all the same, add an account and "
            "tick the box below its address."
        )
    path = re.sub(r"/(chat/completions|models)$", "", parts.path.rstrip("/")).rstrip("/")
    if any(segment in ("", ".", "..") for segment in path.split("/")[1:]):
        raise InvalidEndpoint("The path of that address cannot be used.")
    if not path and host.endswith("pinference.ai"):
        path = "/api/v1"
    shown = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{shown}{'' if port in (None, default) else f':{port}'}{path}"


def origin(url: str) -> str:
    """Return `scheme://host:port` of a URL, the port always written out."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    return f"{parts.scheme}://{parts.hostname or ''}:{port}"


def with_model(account: Account, model_id: str) -> Account:
    """Return the account, remembering the model its next conversation starts with."""
    return replace(account, last_model=model_id)

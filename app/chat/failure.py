"""Failure: what went wrong with a completion, as facts.

The window puts these facts into words (`app.ui.wording`) and chooses what to
offer. Nothing here is a sentence for a person but `words`, which are the
server's own and are only ever shown as quoted plain text.
"""

from dataclasses import dataclass
from enum import StrEnum

WORDS_LIMIT = 500
"""Characters of a server's own message that are kept."""

LOCKED, ABSENT, SILENT = "locked", "absent", "silent"
"""Codes of `Kind.KEY_UNREADABLE`: why the keyring gave nothing, where that changes what to do."""


class Wallet(StrEnum):
    """Which kind of wallet a request was to be paid from."""

    PERSONAL = "personal"
    TEAM = "team"


class Kind(StrEnum):
    """What happened, as far as it changes what a person can do about it."""

    # Who asked, and who pays
    KEY_MISSING = "key_missing"
    KEY_UNREADABLE = "key_unreadable"
    """The keyring did not answer, or is locked."""
    TEAM_UNREADABLE = "team_unreadable"
    """The account bills a team whose ID cannot be read: not sent."""
    ACCOUNT_CHANGED = "account_changed"
    """The account got another address, key or team before this was sent: not sent."""
    KEY_REFUSED = "key_refused"
    NO_BALANCE = "no_balance"
    FORBIDDEN = "forbidden"
    # What was asked
    MODEL_GONE = "model_gone"
    PARAMETER_REFUSED = "parameter_refused"
    CONVERSATION_TOO_LONG = "conversation_too_long"
    REQUEST_TOO_LARGE = "request_too_large"
    REQUEST_REFUSED = "request_refused"
    # The service
    BUSY = "busy"
    SERVICE_FAULT = "service_fault"
    UNAVAILABLE = "unavailable"
    # The address and the way there
    WRONG_ADDRESS = "wrong_address"
    MOVED = "moved"
    """A redirect, which is never followed: key and words would travel with it."""
    NOT_THE_API = "not_the_api"
    """A web page or other document where the API should have answered."""
    BLOCKED = "blocked"
    """A web page with 403: a protection in front of the service."""
    UNREACHABLE = "unreachable"
    INSECURE = "insecure"
    """The certificate could not be trusted."""
    TIMED_OUT = "timed_out"
    PROXY_FAILED = "proxy_failed"
    """The proxy did not let the request through; nothing of it left."""
    PROXY_UNUSABLE = "proxy_unusable"
    """The proxy of the system or the settings is of a kind Coprime cannot use."""
    NO_CERTIFICATES = "no_certificates"
    """The certificates to trust could not be loaded, so no connection was tried."""
    # The reply
    CUT = "cut"
    """The connection ended before the reply did."""
    SILENT = "silent"
    """Connected, but nothing came for too long."""
    GARBLED = "garbled"
    ENCODED = "encoded"
    """Compressed although asked not to be."""
    TOO_LARGE = "too_large"
    """Larger than Coprime takes in."""
    EMPTY = "empty"
    FAILED_MIDWAY = "failed_midway"
    """The service reported an error inside the stream."""
    # This computer
    NOT_SAVED = "not_saved"
    """The words could not be written to disk, so nothing was sent."""
    CLOSED = "closed"
    """Coprime was closed or ended while the reply was coming."""
    BUG = "bug"


@dataclass(frozen=True, slots=True)
class Failure:
    """The facts of one failed completion or call."""

    kind: Kind
    status: int | None = None
    """HTTP status, if there was an answer."""
    code: str = ""
    """The service's own name for it; of an unreadable key, one of the three above."""
    words: str = ""
    """The service's own message: plain text, at most `WORDS_LIMIT` characters."""
    request_ids: tuple[str, ...] = ()
    retry_after_s: float | None = None
    may_retry: bool = True
    """False: the service asked not to be asked again without the person."""
    wallet: Wallet | None = None
    """Whose balance was asked, of a refusal for lack of it."""
    parameter: str = ""
    """The refused parameter, by its name on the wire."""
    instead: str = ""
    """The name the service wants the refused parameter under, if it said so."""
    window: int | None = None
    """Tokens the model can take, if the service said."""
    host: str = ""
    """The host that was asked."""

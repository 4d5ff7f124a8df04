"""Errors: everything a call to the service can raise.

ServiceError
├── NotSent        nothing left this computer: no key, no team ID, no usable address
├── Unreachable    no connection was made, so nothing of the request arrived
├── Refused        the service answered with an error instead
└── Interrupted    the request left and the answer did not come whole

Law: the text of an error is fixed by kind, status and host. The server's own
words, keys and team IDs are in none of them; the words are in `failure.words`.
"""

from app.chat.failure import Failure


class ServiceError(Exception):
    """A call to the service that came to nothing, or not to its end."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(_text(failure))
        self.failure = failure


class NotSent(ServiceError):
    """Nothing left this computer."""


class Unreachable(ServiceError):
    """No connection: sending again cannot send twice."""


class Refused(ServiceError):
    """The service answered, with an error."""


class Interrupted(ServiceError):
    """The request left this computer; it may have been worked on and billed."""


def _text(failure: Failure) -> str:
    parts = [failure.kind.value]
    if failure.status is not None:
        parts.append(f"HTTP {failure.status}")
    if failure.host:
        parts.append(failure.host)
    return ", ".join(parts)

"""Quirks: what models were found not to take, for this run.

A parameter a service names as refused is left out of that request once more
made, and of every later one to that model; the length limit, which bounds what
a reply can cost, is sent under another name and never dropped unasked.
"""

from dataclasses import replace

from app.chat.failure import Failure, Kind
from app.chat.request import Request

_LIMIT, _NEW_LIMIT = "max_tokens", "max_completion_tokens"


class Quirks:
    """What is known of each model, by address and id."""

    def __init__(self) -> None:
        self._refused: dict[tuple[str, str], frozenset[str]] = {}
        self._new_name: set[tuple[str, str]] = set()

    def adapt(self, request: Request) -> Request:
        """Return the request as the model is known to take it."""
        of = _whose(request)
        return replace(
            request,
            omit=request.omit | self._refused.get(of, frozenset()),
            new_limit_name=request.new_limit_name or of in self._new_name,
        )

    def learn(self, request: Request, failure: Failure) -> Request | None:
        """Return the request without what was just refused, and remember that.

        None where nothing of it was refused that may go.
        """
        if failure.kind is not Kind.PARAMETER_REFUSED or not failure.parameter:
            return None
        of = _whose(request)
        if failure.parameter in (_LIMIT, _NEW_LIMIT):
            if request.new_limit_name or failure.instead not in ("", _NEW_LIMIT):
                return None
            self._new_name.add(of)
        else:
            self._refused[of] = self._refused.get(of, frozenset()) | {failure.parameter}
        return self.adapt(request)


def _whose(request: Request) -> tuple[str, str]:
    return request.account.endpoint, request.model

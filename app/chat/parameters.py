"""Parameters: what the person set for a conversation, and only that.

Unset is None, and what is unset is not sent: every model has defaults of its
own, and some refuse to be told.
"""

import math
from dataclasses import dataclass


class InvalidParameter(ValueError):
    """A value the service would refuse. For a person to read."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


@dataclass(frozen=True, slots=True)
class Parameters:
    """Temperature, length, stop sequences and effort of a request.

    Raises:
        InvalidParameter: out of the range in the API document.
    """

    temperature: float | None = None
    """0 to 2."""
    max_tokens: int | None = None
    """At least 1."""
    stop: tuple[str, ...] = ()
    reasoning_effort: str | None = None
    stream: bool = True

    def __post_init__(self) -> None:
        temperature = self.temperature
        if temperature is not None and not (math.isfinite(temperature) and 0 <= temperature <= 2):
            raise InvalidParameter("temperature", "Temperature goes from 0 to 2.")
        if self.max_tokens is not None and not 1 <= self.max_tokens <= 2**31:
            raise InvalidParameter("max_tokens", "The longest reply is at least 1 token.")
        if any(not sequence for sequence in self.stop):
            raise InvalidParameter("stop", "A stop sequence needs at least one character.")

    @property
    def names(self) -> frozenset[str]:
        """The names, as on the wire, of what the person set."""
        return frozenset(
            name
            for name in ("temperature", "max_tokens", "stop", "reasoning_effort")
            if getattr(self, name) not in (None, ())
        )


DEFAULTS = Parameters()

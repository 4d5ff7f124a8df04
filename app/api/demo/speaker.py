"""Speaker: one demo model, what it says, and what befalls it.

Law: every text begins by saying that no model wrote it, but where it goes on
with one that did; and the same request is told the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.api.demo import tour
from app.api.demo.answer import Answer
from app.api.demo.asked import Asked, tokens
from app.api.demo.speech import Said, Speech, Voice

_CONTEXT = 1_000_000

Fault = Callable[[Speech], Answer]
"""What becomes of a speech that fails; what has no answer at all is raised."""

_USUAL_VOICE = Voice()


def always(_: Speech) -> bool:
    """Return true, whatever is to be said."""
    return True


@dataclass(frozen=True, slots=True)
class Mishap:
    """A way to fail, and when."""

    fault: Fault
    times: int | None = None
    """Requests in a row that fail before one is answered; None: all of them."""
    when: Callable[[Speech], bool] = always

    def befalls(self, speech: Speech, failed: int) -> bool:
        """Return whether a speech fails, after so many in a row that did."""
        return self.when(speech) and (self.times is None or failed < self.times)


@dataclass(frozen=True, slots=True)
class Speaker:
    """One demo model."""

    name: str
    text: Callable[[Asked], str]
    thoughts: str = ""
    voice: Voice = _USUAL_VOICE
    prices: tuple[float, float] = (0, 0)
    """US dollars per million tokens, in and out."""
    mishap: Mishap | None = None

    def speech(self, model: str, asked: Asked, head: dict[str, Any]) -> Speech:
        """Return what this model would say if nothing befell it."""
        text = tour.OPENING + self.text(asked)
        begun = self._begun(asked, text)
        text = _before(asked.stops, text[len(begun) :])
        thoughts, words, limit = tokens(self.thoughts), tokens(text), asked.limit
        reason = "stop" if limit is None or limit >= len(thoughts) + len(words) else "length"
        if limit is not None:
            thoughts = thoughts[:limit]
            words = words[: limit - len(thoughts)]
        said = Said(thoughts, words, reason, asked.tokens, self.prices)
        return Speech(asked, said, self.voice, head | {"model": model}, bool(begun))

    def entry(self, model: str) -> dict[str, Any]:
        """Return this model as the catalogue lists it."""
        price_in, price_out = self.prices
        return {
            "id": model,
            "object": "model",
            "created": 1767225600,
            "owned_by": "Coprime demo",
            "display_name": self.name,
            "pricing": {"input_usd_per_mtok": price_in, "output_usd_per_mtok": price_out},
            "specs": {
                "context_window": _CONTEXT,
                "max_output_tokens": _CONTEXT,
                "supports_reasoning": bool(self.thoughts),
                "modalities": {"input": ["text"], "output": ["text"]},
            },
            "supported_parameters": ["max_tokens", "temperature", "stop"],
        }

    def _begun(self, asked: Asked, text: str) -> str:
        """Return the part of the text that stands as the last reply, or ""."""
        begun = asked.last_reply
        # Only who fails is asked to go on; to the others every turn is a new one.
        goes_on = self.mishap is not None and len(begun) < len(text) and text.startswith(begun)
        return begun if goes_on else ""


def _before(stops: tuple[str, ...], text: str) -> str:
    return text[: min((text.index(stop) for stop in stops if stop in text), default=len(text))]

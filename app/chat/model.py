"""Model: what the catalogue says of a language model.

Everything but the id may be missing, and missing is not zero: a price of 0 is
a free model, no price is an unknown price.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.chat.failure import Failure


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars per million tokens; None where the catalogue is silent."""

    input: Decimal | None = None
    output: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None

    @property
    def known(self) -> bool:
        """Whether a plain request can be priced."""
        return self.input is not None and self.output is not None


UNPRICED = Prices()


@dataclass(frozen=True, slots=True)
class Model:
    """A language model an account can use."""

    id: str
    """As sent on the wire; case counts, and it may hold `/`, `:` and `.`."""
    name: str = ""
    """What people call it; falls back to the end of the id."""
    maker: str = ""
    prices: Prices = UNPRICED
    context_window: int | None = None
    """Tokens of prompt and reply together."""
    longest_reply: int | None = None
    """Tokens."""
    inputs: tuple[str, ...] = ()
    """Modalities read: `text`, `image`, `file`; empty where unknown."""
    outputs: tuple[str, ...] = ()
    parameters: frozenset[str] | None = None
    """Names of the request parameters it takes; None where unknown."""
    efforts: tuple[str, ...] = ()
    """Values `reasoning_effort` may have."""
    reasons: bool | None = None
    must_reason: bool = False
    """Reasoning cannot be switched off."""

    @property
    def label(self) -> str:
        """The name to show."""
        return self.name or self.id.rsplit("/", 1)[-1]

    @property
    def writes_text(self) -> bool:
        """Whether it can answer in text, as far as is known."""
        return not self.outputs or "text" in self.outputs

    def takes(self, parameter: str) -> bool:
        """Return whether a parameter may be sent; what is unknown may."""
        if parameter == "reasoning_effort" and self.efforts:
            return True
        return self.parameters is None or parameter in self.parameters


def first_choice(catalogue: Iterable[Model]) -> Model | None:
    """Return the model for somebody who has never chosen one, or None.

    The cheapest priced text model by output, then input price; where nothing
    has a price, the first of the list.
    """
    models = list(catalogue)
    priced = [m for m in models if m.prices.known and m.writes_text]
    if not priced:
        return models[0] if models else None

    def cost(model: Model) -> tuple[Decimal, Decimal]:
        prices = model.prices
        assert prices.output is not None
        assert prices.input is not None
        return prices.output, prices.input

    return min(priced, key=cost)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The models an account can use, and how old that knowledge is."""

    models: tuple[Model, ...] = ()
    fetched: datetime | None = None
    """When the service last gave the list; None: never."""
    failure: Failure | None = None
    """Why the newest attempt brought nothing; None: it did, or none was made."""
    is_loading: bool = False

    def find(self, model_id: str) -> Model | None:
        """Return the model with an id, or None."""
        return next((m for m in self.models if m.id == model_id), None)

"""Cost: tokens × prices → money, marked billed, estimated or unknown.

Unknown is None, never zero. Money is `Decimal` all the way: it is never a
float that was added up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.chat.model import Prices

PER = Decimal(1_000_000)
"""Prices are per this many tokens."""


class CostKind(StrEnum):
    """How sure a cost is."""

    BILLED = "billed"
    """The service said so."""
    ESTIMATED = "estimated"
    """Tokens the service counted × prices of its catalogue."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one completion, as the service counted them."""

    prompt: int = 0
    completion: int = 0
    """Reasoning included."""
    reasoning: int | None = None
    """Of `completion`."""
    cached: int | None = None
    """Of `prompt`."""
    cost: Decimal | None = None
    """US dollars the service says it charged."""


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars, and how sure."""

    usd: Decimal
    kind: CostKind


CHARACTERS_A_TOKEN = 4
"""Of English text, about; only ever used for what is marked as about."""


def tokens_in(characters: int) -> int:
    """Return about how many tokens a text of that many characters is."""
    return -(-characters // CHARACTERS_A_TOKEN)


def cost_of_input(tokens: int, prices: Prices) -> Cost | None:
    """Return what sending so many tokens costs before a word comes back."""
    if prices.input is None:
        return None
    return Cost(tokens * prices.input / PER, CostKind.ESTIMATED)


def sum_of(costs: Iterable[Cost | None]) -> Cost | None:
    """Return several costs as one; None where one of them is unknown.

    It is as sure as the least sure of them.
    """
    total, kind = Decimal(0), CostKind.BILLED
    for cost in costs:
        if cost is None:
            return None
        total += cost.usd
        kind = cost.kind if cost.kind is CostKind.ESTIMATED else kind
    return Cost(total, kind)


def cost_of(usage: Usage | None, prices: Prices) -> Cost | None:
    """Return what a completion cost, or None where that is unknown.

    What the service says was charged wins; else counted tokens times known
    prices; never a guess.
    """
    if usage is None:
        is_free = prices.input == 0 and prices.output == 0
        return Cost(Decimal(0), CostKind.ESTIMATED) if is_free else None
    if usage.cost is not None:
        return Cost(usage.cost, CostKind.BILLED)
    if prices.input is None or prices.output is None:
        return None
    cached = min(usage.cached or 0, usage.prompt) if prices.cache_read is not None else 0
    total = (
        (usage.prompt - cached) * prices.input
        + cached * (prices.cache_read or Decimal(0))
        + usage.completion * prices.output
    )
    return Cost(total / PER, CostKind.ESTIMATED)

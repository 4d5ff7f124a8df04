"""Money is exact, says how sure it is, and is never invented."""

from decimal import Decimal

import pytest

from app.chat.cost import Cost, CostKind, Usage, cost_of
from app.chat.model import UNPRICED, Model, Prices, first_choice

PRICES = Prices(Decimal("1.68"), Decimal("5.28"), cache_read=Decimal("0.168"))


def test_what_the_service_billed_wins_over_prices() -> None:
    usage = Usage(1000, 500, cost=Decimal("0.000123"))
    assert cost_of(usage, PRICES) == Cost(Decimal("0.000123"), CostKind.BILLED)


def test_counted_tokens_times_prices_is_an_estimate_to_the_last_digit() -> None:
    cost = cost_of(Usage(1204, 812), PRICES)
    assert cost == Cost(Decimal("0.00631008"), CostKind.ESTIMATED)


def test_cached_tokens_cost_what_cached_tokens_cost() -> None:
    cost = cost_of(Usage(1_000_000, 0, cached=400_000), PRICES)
    assert cost == Cost(Decimal("1.0752"), CostKind.ESTIMATED)


def test_no_count_or_no_price_is_unknown_and_a_price_of_nothing_is_free() -> None:
    assert cost_of(None, PRICES) is None
    assert cost_of(Usage(10, 10), UNPRICED) is None
    free = cost_of(Usage(10, 10), Prices(Decimal(0), Decimal(0)))
    assert free == Cost(Decimal(0), CostKind.ESTIMATED)


def _model(name: str, output: str | None, outputs: tuple[str, ...] = ()) -> Model:
    prices = UNPRICED if output is None else Prices(Decimal("1"), Decimal(output))
    return Model(name, prices=prices, outputs=outputs)


@pytest.mark.parametrize(
    ("catalogue", "chosen"),
    [
        ([], None),
        ([_model("a", None), _model("b", None)], "a"),
        ([_model("a", None), _model("dear", "9"), _model("cheap", "2")], "cheap"),
        ([_model("paints", "0", ("image",)), _model("writes", "2", ("text",))], "writes"),
    ],
)
def test_the_first_choice_is_the_cheapest_priced_text_model(
    catalogue: list[Model], chosen: str | None
) -> None:
    choice = first_choice(catalogue)
    assert (choice.id if choice else None) == chosen

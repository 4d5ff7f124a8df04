"""Numbers: money, prices, tokens and times as a person reads them."""

from decimal import ROUND_HALF_UP, Context, Decimal

from app.chat.cost import Cost, CostKind
from app.chat.model import Prices
from app.ui.wording.language import tr


def money(usd: Decimal) -> str:
    """Return US dollars: two decimals, under a cent two significant digits."""
    if usd == 0:
        return "$0"
    rounded = Context(prec=2, rounding=ROUND_HALF_UP).plus(usd)
    if rounded < Decimal("0.01"):
        return f"${rounded:f}"
    return f"${usd.quantize(Decimal('0.01'), ROUND_HALF_UP):,f}"


def cost(value: Cost | None) -> str:
    """Return a cost with how sure it is: billed plain, estimated with ≈, unknown in words."""
    if value is None:
        return tr("cost unknown")
    is_sure = value.kind is CostKind.BILLED or value.usd == 0
    return money(value.usd) if is_sure else f"≈ {money(value.usd)}"


def price(usd_per_million: Decimal) -> str:
    """Return a price as the catalogue has it, without zeros that say nothing."""
    text = f"{usd_per_million:,f}"
    whole, _, rest = text.partition(".")
    rest = rest.rstrip("0")
    return f"${whole}" if not rest else f"${whole}.{rest.ljust(2, '0')}"


def prices(value: Prices) -> str:
    """Return input and output price per million tokens, or that they are unknown."""
    if value.input is None or value.output is None:
        return tr("price unknown")
    if value.input == 0 and value.output == 0:
        return tr("free")
    return f"{price(value.input)} / {price(value.output)}"


def tokens(count: int) -> str:
    """Return a number of tokens in short: 1M, 262k, 8,192."""
    if count >= 1_000_000:
        millions = f"{count / 1_000_000:.1f}".rstrip("0").rstrip(".")
        return f"{millions}M"
    if count >= 10_000:
        return f"{count // 1000}k"
    return f"{count:,}"


def seconds(milliseconds: int) -> str:
    """Return a duration: 33 ms, 0.9 s, 12 s, 2 min 5 s, 1 h, 1 h 5 min."""
    if 0 < milliseconds < 100:
        return f"{milliseconds} ms"
    if milliseconds < 9_950:
        return f"{milliseconds / 1000:.1f} s"
    whole = round(milliseconds / 1000)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, rest = divmod(round(whole / 60), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"

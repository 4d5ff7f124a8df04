"""Catalogue: the service's list of models → our values; no I/O.

Law: every field but the id may be missing, null or wrong, and then it is
unknown; an id that could act (control characters, dot segments) is dropped.
"""

from collections.abc import Iterable
from typing import Any

from app.api import wire
from app.api.limits import CODE_CHARACTERS, MODELS, NAME_CHARACTERS
from app.chat.model import Model, Prices

ENTRIES = 4 * MODELS
"""Entries of a list that are looked at."""
_EFFORTS = 16
_PARAMETERS = 200


def models_of(value: Any) -> list[Model] | None:
    """Return the models of a decoded list, in its order, or None if it is no list.

    Takes `{"data": […]}`, `{"models": […]}` and a bare list.
    """
    if isinstance(value, dict):
        value = value.get("data", value.get("models"))
    if not isinstance(value, list):
        return None
    found: dict[str, Model] = {}
    # A list that holds hardly any models is not read for ever.
    for entry in value[:ENTRIES]:
        model = model_of(entry)
        if model is not None:
            found.setdefault(model.id, model)
        if len(found) == MODELS:
            break
    return list(found.values())


def model_of(value: Any) -> Model | None:
    """Return the model of one decoded entry, or None if it has no usable id."""
    entry = wire.mapping(value)
    model_id = entry.get("id")
    if not isinstance(model_id, str) or not is_model_id(model_id):
        return None
    specs = wire.mapping(entry.get("specs"))
    modalities = wire.mapping(specs.get("modalities"))
    window = _positive(specs.get("context_window", entry.get("context_window")))
    longest = _positive(specs.get("max_output_tokens"))
    reasoning = wire.mapping(entry.get("reasoning"))
    reasons = specs.get("supports_reasoning")
    parameters = entry.get("supported_parameters")
    return Model(
        id=model_id,
        name=wire.line(entry.get("display_name"), NAME_CHARACTERS),
        maker=wire.line(entry.get("owned_by"), NAME_CHARACTERS),
        prices=_prices(wire.mapping(entry.get("pricing"))),
        context_window=window,
        longest_reply=min(longest, window) if longest and window else longest,
        inputs=_names(modalities.get("input"), _EFFORTS),
        outputs=_names(modalities.get("output"), _EFFORTS),
        parameters=(
            frozenset(_names(parameters, _PARAMETERS)) if isinstance(parameters, list) else None
        ),
        efforts=_names(reasoning.get("supported_efforts"), _EFFORTS),
        reasons=reasons if isinstance(reasons, bool) else None,
        must_reason=reasoning.get("mandatory") is True,
    )


def is_model_id(model_id: str) -> bool:
    """Return whether this can be a model's id: one line, no empty or dot segments."""
    return (
        0 < len(model_id) <= NAME_CHARACTERS
        and model_id.isprintable()
        and model_id == model_id.strip()
        and not any(segment in ("", ".", "..") for segment in model_id.split("/"))
    )


def _prices(pricing: dict[str, Any]) -> Prices:
    return Prices(
        input=wire.money(pricing.get("input_usd_per_mtok")),
        output=wire.money(pricing.get("output_usd_per_mtok")),
        cache_read=wire.money(pricing.get("cache_read_usd_per_mtok")),
        cache_write=wire.money(pricing.get("cache_write_usd_per_mtok")),
    )


def _positive(value: Any) -> int | None:
    return wire.count(value) or None


def _names(value: Any, limit: int) -> tuple[str, ...]:
    names: Iterable[Any] = value[:limit] if isinstance(value, list) else ()
    lines = (wire.line(name, CODE_CHARACTERS) for name in names)
    return tuple(dict.fromkeys(name for name in lines if name))

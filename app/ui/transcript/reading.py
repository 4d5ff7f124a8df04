"""Reading: how wide and how large a person wants to read, as a theme of their own."""

from dataclasses import dataclass, fields, replace
from typing import Any

from app.ui.theme import Theme, Type, TypeRole

SMALLEST, LARGEST = 0.5, 3.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person chose for reading."""

    width: int | None = None
    """Of the reading column, in pixels; None for the theme's."""
    scale: float = 1.0
    """Of all text of a transcript."""

    def applied_to(self, theme: Theme) -> Theme:
        """Return a theme with the text and the column this large."""
        metrics = theme.metrics
        if self.width is not None:
            own = min(metrics.own_message, self.width * 5 // 6)
            metrics = replace(metrics, column=self.width, own_message=own)
        sizes = theme.type if self.scale == 1 else _scaled(theme.type, self.scale)
        return replace(theme, metrics=metrics, type=sizes)


def _scaled(sizes: Type, scale: float) -> Type:
    roles: dict[str, Any] = {
        field.name: _scaled_role(getattr(sizes, field.name), scale)
        for field in fields(sizes)
        if field.name != "headings"
    }
    headings = tuple(_scaled_role(role, scale) for role in sizes.headings)
    return replace(replace(sizes, headings=headings), **roles)


def _scaled_role(role: TypeRole, scale: float) -> TypeRole:
    size, line = round(role.size * scale), round(role.line * scale)
    return replace(role, size=max(size, 1), line=max(line, 1))

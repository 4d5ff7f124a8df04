"""Wrapping: a theme for who wants long lines of code broken, and not scrolled.

Like the size of text it is a choice for reading that layouts follow from.
"""

from dataclasses import dataclass, fields

from app.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class _Wrapping(Theme):
    """A theme in which lines of code are broken."""


def wrapping(theme: Theme) -> Theme:
    """Return a theme that is like another but that lines of code are broken in it."""
    return _Wrapping(**{field.name: getattr(theme, field.name) for field in fields(Theme)})


def is_wrapping(theme: Theme) -> bool:
    """Return whether lines of code are broken in a theme."""
    return isinstance(theme, _Wrapping)

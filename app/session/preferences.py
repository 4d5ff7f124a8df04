"""Preferences: the settings of the window, kept in the database."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.chat.settings import Appearance, ModelOrder, ProxyChoice, ReadingWidth, SendKey, Settings
from app.session.saving import Saving
from app.store.preferences import save_preference

NAME = "settings"

_KINDS: dict[str, Callable[[Any], Any]] = {
    "appearance": Appearance,
    "reading_width": ReadingWidth,
    "text_scale": float,
    "send_key": SendKey,
    "proxy": str,
    "proxy_choice": ProxyChoice,
    "model_order": ModelOrder,
    "favourites": frozenset,
}


class Preferences(QObject):
    """The settings as they are now.

    Signals:
        changed: they are different. arg: the Settings.
    """

    changed = Signal(object)

    def __init__(self, saving: Saving, parent: QObject) -> None:
        super().__init__(parent)
        self._saving = saving
        self._settings = Settings()

    @property
    def now(self) -> Settings:
        return self._settings

    def take_up(self, kept: object) -> None:
        """Begin with what was kept; what cannot be read is as if it had not been."""
        self._settings = read(kept)
        self.changed.emit(self._settings)

    def change(self, settings: Settings) -> None:
        """Take new settings and keep them."""
        if settings == self._settings:
            return
        self._settings = settings
        kept = asdict(settings) | {"favourites": sorted(settings.favourites)}
        self._saving.keep(save_preference, NAME, kept)
        self.changed.emit(settings)


def read(kept: object) -> Settings:
    """Return settings from what was kept, field by field."""
    if not isinstance(kept, Mapping):
        return Settings()
    found: dict[str, Any] = {}
    for field in fields(Settings):
        try:
            found[field.name] = _KINDS[field.name](kept[field.name])
        except (KeyError, ValueError, TypeError):
            continue
    return Settings(**found)

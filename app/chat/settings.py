"""Settings: how the person wants the window, in every conversation."""

from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from app.chat.network import SYSTEM_PROXY

_UNSAID = cast("ProxyChoice", None)
TEXT_SCALES = (0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)


class Appearance(StrEnum):
    """Which theme is shown."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class ReadingWidth(StrEnum):
    """How wide the column is in which a conversation is read."""

    NARROW = "narrow"
    NORMAL = "normal"
    WIDE = "wide"


class SendKey(StrEnum):
    """Which key sends a message; the other one breaks the line."""

    ENTER = "enter"
    CTRL_ENTER = "ctrl_enter"


class ProxyChoice(StrEnum):
    """Which proxy requests go through."""

    SYSTEM = "system"
    NONE = "none"
    OWN = "own"
    """The one in `Settings.proxy`."""


class ModelOrder(StrEnum):
    """How the models are sorted; favourites always come first."""

    NAME = "name"
    PRICE = "price"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Settings:
    """All of them, with what holds until somebody changes it."""

    appearance: Appearance = Appearance.SYSTEM
    reading_width: ReadingWidth = ReadingWidth.NORMAL
    text_scale: float = 1.0
    """One of `TEXT_SCALES`; applies to the transcript."""
    send_key: SendKey = SendKey.ENTER
    proxy: str = ""
    """The person's own, `scheme://host:port`; kept also while it is not chosen."""
    proxy_choice: ProxyChoice = _UNSAID
    """Not given: the person's own if there is one, as before there was a choice."""
    model_order: ModelOrder = ModelOrder.NAME
    favourites: frozenset[str] = frozenset()
    """Model ids."""

    def __post_init__(self) -> None:
        if self.proxy_choice is _UNSAID:
            choice = ProxyChoice.OWN if self.proxy else ProxyChoice.SYSTEM
            object.__setattr__(self, "proxy_choice", choice)

    @property
    def way_out(self) -> str:
        """The proxy to use: an address, `SYSTEM_PROXY`, or empty for none."""
        if self.proxy_choice is ProxyChoice.OWN:
            return self.proxy
        return SYSTEM_PROXY if self.proxy_choice is ProxyChoice.SYSTEM else ""

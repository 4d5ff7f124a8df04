"""Attention: where the pointer and the keyboard are in a transcript. Values only."""

from dataclasses import dataclass

from app.ui.transcript.targets import UNLIT, Lit, Spot


@dataclass(frozen=True, slots=True)
class Attention:
    """What shows that the person is there, and where."""

    hovered: Spot | None = None
    pressed: Spot | None = None
    ringed: Spot | None = None
    """The target the keyboard is on."""
    done: Spot | None = None
    """The target that has just done what it says."""
    near: int | None = None
    """The message under the pointer."""
    focused: int | None = None
    """The message the keyboard is on."""
    has_keyboard: bool = False
    """Whether keys come here at all."""

    def is_on(self, message_id: int) -> bool:
        """Return whether anything shows in a message."""
        if message_id in (self.near, self.focused):
            return True
        return self.done is not None and self.done.message_id == message_id

    def lit(self, message_id: int, place: int) -> Lit:
        """Return how it shows in one part of a message."""
        if not self.is_on(message_id):
            return UNLIT
        at = message_id, place
        ringed = self.ringed if self.has_keyboard else None
        is_near = self.near == message_id or (self.has_keyboard and self.focused == message_id)
        return Lit(
            _index(self.hovered, at),
            _index(self.pressed, at),
            _index(ringed, at),
            _index(self.done, at),
            is_near,
        )


def _index(spot: Spot | None, at: tuple[int, int]) -> int | None:
    if spot is None or (spot.message_id, spot.place) != at:
        return None
    return spot.index

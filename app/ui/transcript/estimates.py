"""Estimates: about how high messages are of which nothing was read."""

from collections.abc import Iterable, Mapping, Set

from app.ui.theme import Theme
from app.ui.transcript.foot import foot_height
from app.ui.transcript.layout import letters_in_line
from app.ui.transcript.message_rows import MessageRows, own_width


def heights_of(
    lengths: Iterable[tuple[int, int]],
    layouts: Mapping[int, MessageRows],
    own: Set[int],
    width: int,
    theme: Theme,
    is_below_own: bool,
) -> Iterable[int]:
    """Return the heights of messages below each other, each with the gap above it.

    lengths: message ids, and how long the texts are.

    Of messages with a layout they are exact. `own` are the person's;
    `is_below_own` tells whether the message above them is.
    """
    # Everything is looked up once: there may be ten thousand messages.
    line, foot = theme.type.transcript.line, foot_height(theme)
    letters = letters_in_line(width, theme)
    own_letters = letters_in_line(own_width(width, theme), theme)
    gaps = [gap_above(is_below_own=below, theme=theme) for below in (False, True)]
    # Around the text of a reply are its name and its facts.
    around_own, around = 18 + foot, line + foot + 2 * theme.space.s
    for message_id, length in lengths:
        gap, is_own = gaps[is_below_own], message_id in own
        is_below_own = is_own
        layout = layouts.get(message_id)
        if layout is not None:
            yield gap + layout.height
            continue
        lines = -(-length // (own_letters if is_own else letters)) or 1
        yield gap + lines * line + (around_own if is_own else around)


def gap_above(*, is_below_own: bool, theme: Theme) -> int:
    """Return the distance of a message to the one above it.

    Below the person's message there is its foot, in which nothing shows unless
    they are near: that is distance enough.
    """
    return 0 if is_below_own else theme.space.xl

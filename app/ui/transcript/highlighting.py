"""Highlighting: gives listings their colours, between frames and not in them.

Lines are lexed as they close, and a listing that was lexed in parts once more
when it is whole: a lexer may look further than the lines it had. So at most a
little over twice the text is lexed. Nothing is lexed while nobody can see it,
nothing is imported before the first listing in a language, and a text that
takes its lexer too long stays plain.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.ui.transcript.blocks import Block
from app.ui.transcript.tints import Tint
from app.ui.transcript.utf16 import units

if TYPE_CHECKING:
    from pygments.lexer import Lexer

    from app.ui.transcript.lexing import Lexing

_SLICE_S = 0.003
_POLL_MS = 15
_KEPT = 400_000
"""Characters of listings whose colours are kept while they are out of sight."""
MOST_PIECES = 256
"""Pieces of a listing that are coloured: its first eight thousand lines."""

Key = tuple[int, int]
"""A listing: the id of its message, and the place of its first piece."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing as far as it was read."""

    first: int
    """The place of its first piece."""
    pieces: tuple[Block, ...]
    is_whole: bool
    """Whether it will not grow."""


def listing_of(blocks: Sequence[Block], place: int, whole: int) -> Listing | None:
    """Return the listing of which the block at a place is a piece.

    `whole` is how many of the blocks no longer change. Of a listing that is too long
    only the beginning is returned; None if the block is not in that.
    """
    first = last = place
    while first and not blocks[first].is_first:
        if place - first == MOST_PIECES - 1:
            return None
        first -= 1
    most = min(first + MOST_PIECES, len(blocks)) - 1
    while last < most and not blocks[last].is_last:
        last += 1
    return Listing(first, tuple(blocks[first : last + 1]), last < whole)


class Highlighter(QObject):
    """Colours for the code of one transcript.

    Signals:
        highlighted: a piece of code has colours it did not have. args: message
            id, place.
    """

    highlighted = Signal(object, int)

    def __init__(self, is_seen: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lexed = 0
        """Characters given to lexers so far."""
        self._is_seen = is_seen
        self._listings: OrderedDict[Key, _Colours] = OrderedDict()
        """Least recently wanted first."""
        self._unfinished: dict[Key, None] = {}
        self._is_due = False
        """Whether there is anything to do for any of them."""
        self._lexers: dict[str, Lexer | None] = {}
        self._loading: tuple[str, threading.Thread] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._step)

    @property
    def is_busy(self) -> bool:
        """Whether colours are being found."""
        return self._timer.isActive()

    @property
    def unfinished(self) -> list[Key]:
        """The listings that were not whole when they were last wanted."""
        return list(self._unfinished)

    def want(self, message_id: int, listing: Listing) -> None:
        """See to it that a listing gets its colours: it shows, or has grown."""
        key = message_id, listing.first
        language, texts = listing.pieces[0].language, [piece.text for piece in listing.pieces]
        colours = self._listings.get(key)
        if colours is None or not colours.goes_on_as(language, texts):
            colours = self._listings[key] = _Colours(language)
        colours.take(texts, is_whole=listing.is_whole)
        self._is_due = self._is_due or colours.is_due
        self._unfinished[key] = None
        if listing.is_whole:
            del self._unfinished[key]
        self._listings.move_to_end(key)
        self._forget()
        self.resume()

    def tints(self, message_id: int, place: int) -> list[Tint]:
        """Return what is coloured in the piece at a place, as far as it is known."""
        for (owner, first), listing in reversed(self._listings.items()):
            if owner == message_id and first <= place < first + len(listing.texts):
                return listing.tints(place - first)
        return []

    def resume(self) -> None:
        """Go on, if there is anything to do: somebody can see it again."""
        if self._is_due and not self._timer.isActive():
            self._timer.start(0)

    def _step(self) -> None:
        if not self._is_seen():
            return
        # What was wanted last is what the reader looks at.
        due = next((key for key in reversed(self._listings) if self._listings[key].is_due), None)
        if due is None:
            self._is_due = False
            return
        listing = self._listings[due]
        if self._is_loaded(listing.language):
            before = listing.lexed
            changed = listing.run(self._lexers[listing.language], perf_counter() + _SLICE_S)
            self.lexed += listing.lexed - before
            for index in changed:
                self.highlighted.emit(due[0], due[1] + index)
            self._is_due = any(it.is_due for it in self._listings.values())
            self.resume()
        else:
            self._timer.start(_POLL_MS)

    def _is_loaded(self, language: str) -> bool:
        """Return whether a language can be lexed, and have its lexer come if not."""
        if self._loading is None and language not in self._lexers:
            thread = threading.Thread(
                target=self._load, args=(language,), name="lexers", daemon=True
            )
            self._loading = language, thread
            thread.start()
        if self._loading is not None and not self._loading[1].is_alive():
            self._lexers.setdefault(self._loading[0], None)
            self._loading = None
        return language in self._lexers

    def _load(self, language: str) -> None:
        # Imported here, and on a thread, because it takes 20 to 60 ms.
        from app.ui.transcript.lexing import lexer_for

        self._lexers[language] = lexer_for(language)

    def _forget(self) -> None:
        total = sum(it.length for it in self._listings.values())
        while total > _KEPT and len(self._listings) > 1:
            key, oldest = self._listings.popitem(last=False)
            self._unfinished.pop(key, None)
            total -= oldest.length


class _Colours:
    """What is known of the colours of one listing."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.texts: list[str] = []
        """Of its pieces."""
        self.is_whole = False
        self.lexed = 0
        self._starts = [0]
        """Where its pieces begin, and its end."""
        self._fed = 0
        """Characters on their way to the lexer."""
        self._shown: Lexing | None = None
        self._again: Lexing | None = None
        """Of all of it at once, once it is whole."""
        self._told = 0
        """Characters of which the colours were told."""
        self._is_done = False
        self._is_plain = False

    @property
    def length(self) -> int:
        return self._starts[-1]

    @property
    def is_due(self) -> bool:
        """Whether there is anything to do."""
        return not self._is_done and not self._is_plain

    def goes_on_as(self, language: str, texts: Sequence[str]) -> bool:
        """Return whether these are its pieces, grown or not."""
        if language != self.language or len(texts) < len(self.texts):
            return False
        if not self.texts:
            return True
        last = len(self.texts) - 1
        # The end of a last line that is not closed may still be taken back.
        kept = self.texts[last][: max(self._fed - self._starts[last], 0)]
        return texts[:last] == self.texts[:last] and texts[last].startswith(kept)

    def take(self, texts: Sequence[str], *, is_whole: bool) -> None:
        """Take up its pieces as they are now."""
        is_same = self.is_whole == is_whole and self.texts == texts
        self.texts, self.is_whole = list(texts), is_whole
        self._starts = list(accumulate(map(len, texts), initial=0))
        if not is_same and (is_whole or self._closed_end > self._fed):
            self._is_done = False

    def run(self, lexer: "Lexer | None", until_s: float) -> list[int]:
        """Work until a time of the clock; return the pieces that have other colours."""
        from app.ui.transcript.lexing import Lexing, Pathological

        if lexer is None:
            self._is_plain = True
            return []
        if self._shown is None:
            self._shown = Lexing(lexer)
        at_work = self._again or self._shown
        before = at_work.lexed
        try:
            if self._closed_end > self._fed:
                at_work.feed(self._text_between(self._fed, self._closed_end))
                self._fed = self._closed_end
            is_done = at_work.run(until_s, is_whole=self.is_whole)
        except Pathological:
            self._is_plain, self._shown, self._again = True, None, None
            return list(range(len(self.texts)))
        finally:
            self.lexed += at_work.lexed - before
        if self._again is None:
            changed = self._pieces_between(self._told, at_work.done, is_all=is_done)
            if is_done and self.is_whole and at_work.chunks > 1:
                self._again, self._fed = Lexing(lexer), 0
            else:
                self._is_done = is_done
            return changed
        if not is_done:
            return []
        self._shown, self._again, self._is_done = self._again, None, True
        return list(range(len(self.texts)))

    def tints(self, index: int) -> list[Tint]:
        """Return what is coloured in a piece."""
        if self._shown is None:
            return []
        start, end = self._starts[index], self._starts[index + 1]
        found = self._shown.tints(start, min(end, self._shown.done))
        text = self.texts[index]
        if text.isascii():
            return [Tint(*it) for it in found]
        result, at, position = [], 0, 0
        for first, last, colour in found:
            begin = position + units(text[at:first])
            at, position = last, begin + units(text[first:last])
            result.append(Tint(begin, position, colour))
        return result

    @property
    def _closed_end(self) -> int:
        """Where its closed lines end."""
        if self.is_whole or not self.texts:
            return self.length
        last = self.texts[-1].rfind("\n") + 1
        return self._starts[-2] + last

    def _text_between(self, start: int, end: int) -> str:
        parts = []
        for text, begin in zip(self.texts, self._starts, strict=False):
            if begin < end and begin + len(text) > start:
                parts.append(text[max(start - begin, 0) : end - begin])
        return "".join(parts)

    def _pieces_between(self, start: int, end: int, *, is_all: bool) -> list[int]:
        """Return the pieces whose colours are known further than was told."""
        result = []
        for index, begin in enumerate(self._starts[:-1]):
            last = self._starts[index + 1]
            # One in the middle of being lexed is shown once it is done.
            if last > start and begin < end and (is_all or last <= end):
                result.append(index)
        if result:
            self._told = min(self._starts[result[-1] + 1], end)
        return result

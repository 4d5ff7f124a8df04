"""Fuzzy: finds lines by some of their letters, in order, and says how well they fit.

A line has parts, a line break between them; the letters of a word are all in one.
Of thousands of lines most are passed over by what is cheap; only the likeliest of
each kind are scored letter by letter. No widgets.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

LONGEST_LINE = 200
"""Characters of a line that are looked through."""
LONGEST_SOUGHT = 80
SCORED = 64
"""Lines scored at most of those that fit equally roughly."""

_START, _NEXT, _LONE = 10, 8, 1
"""What a letter is worth at the start of a word, next to the one before, elsewhere."""
_WHOLE_START = 6
_GAP, _WIDEST_GAP = 0.2, 20


class Fit(NamedTuple):
    """How well a line fits, and which of its characters those are."""

    score: float
    places: tuple[int, ...]
    """Indices of characters, ascending."""


class Hit(NamedTuple):
    """A line that was found."""

    row: int
    """Its place among the lines."""
    fit: Fit


class Lines:
    """Lines to find something in; `scored` says how many the last search looked at closely."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._keys = [fold(text[:LONGEST_LINE]) for text in texts]
        self.scored = 0

    def find(self, sought: str) -> list[Hit]:
        """Return the lines that hold the letters of every word, the best first.

        Of many that fit roughly alike, the first ones.
        """
        words = split(sought)
        self.scored = 0
        if not words:
            return []
        hits = []
        for row in self._likely(words):
            self.scored += 1
            fit = fit_words(words, self._keys[row])
            if fit is not None:
                hits.append(Hit(row, fit))
        hits.sort(key=lambda hit: (-hit.fit.score, hit.row))
        return hits

    def _likely(self, words: Sequence[str]) -> Iterator[int]:
        """Return rows that fit: at the start of words, within them, in scattered letters."""
        keys = self._keys
        holding: Sequence[int] = range(len(keys))
        for word in words:
            holding = [row for row in holding if word in keys[row]]
        starts = [re.compile(rf"(?<![^\W_]){re.escape(word)}").search for word in words]
        first: list[int] = []
        within: list[int] = []
        for row in holding:
            if len(first) < SCORED and all(start(keys[row]) for start in starts):
                first.append(row)
            elif len(within) < SCORED:
                within.append(row)
            elif len(first) == SCORED:
                break
        yield from first
        yield from within
        yield from islice(self._scattering(words, set(holding)), SCORED)

    def _scattering(self, words: Sequence[str], held: set[int]) -> Iterator[int]:
        letters = [
            # Possessive: a line that does not fit is read once.
            re.compile(
                "(?:^|\n)" + "".join(rf"[^{re.escape(c)}\n]*+{re.escape(c)}" for c in word)
            ).search
            for word in words
        ]
        for row, key in enumerate(self._keys):
            if row not in held and all(match(key) for match in letters):
                yield row


def split(sought: str) -> list[str]:
    """Return the words to look for, as `fold` writes them."""
    return fold(sought[:LONGEST_SOUGHT]).split()


def fit_words(words: Iterable[str], key: str) -> Fit | None:
    """Return how a folded line fits words, each of them anywhere; None if it does not."""
    score, places = -0.02 * len(key), set[int]()
    for word in words:
        fit = _fit(word, key)
        if fit is None:
            return None
        score += fit.score
        places.update(fit.places)
    return Fit(score, tuple(sorted(places)))


def fold(text: str) -> str:
    """Return a text in small letters without marks, character for character as long."""
    small = text.lower()
    if small.isascii() and text.isascii():
        return small
    return "".join(map(_fold_one, text))


@lru_cache(maxsize=4096)
def _fold_one(character: str) -> str:
    plain = unicodedata.normalize("NFKD", character)[0].lower()
    return plain if len(plain) == 1 else character


def _fit(word: str, key: str) -> Fit | None:
    """Return how one word fits: in one piece, or in letters that begin words, or scattered."""
    at = _in_one_piece(word, key)
    fits = [_rate(range(at, at + len(word)), key)] if at >= 0 else []
    start = 0
    for part in key.split("\n"):
        loose = _by_starts(word, part) or (None if fits else _scattered(word, part))
        if loose:
            fits.append(_rate([start + place for place in loose], key))
        start += len(part) + 1
    return max(fits, key=lambda fit: fit.score, default=None)


def _in_one_piece(word: str, key: str) -> int:
    """Return where a word is, at the start of a word if it is at one; else -1."""
    first = at = key.find(word)
    while at >= 0:
        if _starts(key, at):
            return at
        at = key.find(word, at + 1)
    return first


def _by_starts(word: str, key: str) -> list[int] | None:
    """Return letters that each begin a word or follow the one before; None if not all do."""
    places: list[int] = []
    for letter in word:
        after = places[-1] + 1 if places else 0
        if places and key[after : after + 1] == letter:
            places.append(after)
            continue
        at = key.find(letter, after)
        while at >= 0 and not _starts(key, at):
            at = key.find(letter, at + 1)
        if at < 0:
            return None
        places.append(at)
    return places


def _scattered(word: str, key: str) -> list[int] | None:
    """Return the letters of a word, as close together as they end first."""
    at = -1
    for letter in word:
        at = key.find(letter, at + 1)
        if at < 0:
            return None
    places = [at]
    for letter in reversed(word[:-1]):
        places.append(key.rfind(letter, 0, places[-1]))
    return places[::-1]


def _rate(places: Sequence[int], key: str) -> Fit:
    score, before = (_WHOLE_START if places[0] == 0 else 0.0), -1
    for at in places:
        if _starts(key, at):
            score += _START
        elif at == before + 1:
            score += _NEXT
        else:
            score += _LONE - _GAP * min(at - before - 1, _WIDEST_GAP)
        before = at
    return Fit(score, tuple(places))


def _starts(key: str, at: int) -> bool:
    return at == 0 or not key[at - 1].isalnum()

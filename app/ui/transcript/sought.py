"""Sought: words as they are looked for, in sources and in what shows of them.

What is one for `folding` is one here, and so is all white space; nothing else is a
pattern. A source may say the same with signs of Markdown between: what is found there
is likely and not certain. Work comes in pieces of bounded size, and takes time in
proportion to the text whatever the words. Values: any thread may look.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from app.ui.transcript.folding import fold, places

LONGEST = 200
"""Characters one can look for."""
_WINDOW = 8_192
"""Characters of a source that are looked through at once."""
_SIGNS = "*_~`\\"
"""What may stand inside a word in a source, and does not show."""
_LINK_END = r"\](?:\((?:[^()\s]|\([^()\s]*+\))*+\))?"
_INSIDE = r"[*_~`\\]*+"
_EDGE = rf"(?:[*_~`\\\[]|{_LINK_END})*+"
"""What may stand where a word meets a sign: also the ends of a link."""
_BETWEEN = rf"(?:\s|&nbsp;|[*_~`\\\[|]|{_LINK_END}|(?<=\n)>)++"
"""What may stand between two words: also the ends of a link and a cell, a quote's bar."""
_SPACE = r"\s++"
_OWN = frozenset("*_~`\\[]|>&")
"""Signs next to which nothing may stand: it could not be told from them, or only slowly."""
_WRITTEN = {
    "&": "&(?:amp;)?",
    "<": "(?:<|&lt;)",
    ">": "(?:>|&gt;)",
    "'": "(?:'|&#39;|&apos;)",
    '"': '(?:"|&quot;)',
}


class Sought:
    """Words to look for."""

    def __init__(self, text: str) -> None:
        words = fold(text[:LONGEST]).split()
        self.words = " ".join(words)
        """As they are looked for; empty for nothing."""
        self._shown = re.compile(_SPACE.join(map(re.escape, words)))
        self._source = re.compile(_in_source(words))
        # Most texts do not hold it, which is faster told than where a pattern fits.
        plain = re.findall(r"[^\W_]+", _without_signs(self.words))
        self._core = max(plain, key=len, default="")
        self._reach = 256 + 4 * len(self.words)

    def count(self, source: str) -> int:
        """Return how often a source seems to say it."""
        return sum(self.counts(source))

    def counts(self, source: str) -> Iterator[int]:
        """Yield how often each stretch of a source seems to say it."""
        over = 0
        for at in range(0, len(source) if self.words else 0, _WINDOW):
            end = at + _WINDOW
            text = fold(source[at:end])
            length, begin, over = len(text), over, 0
            # One that begins here may end in the next stretch.
            text += fold(source[end : end + self._reach])
            found = 0
            if self._core in text or self._core in _without_signs(text):
                for match in self._source.finditer(text, begin):
                    if match.start() >= length:
                        break
                    found, over = found + 1, max(match.end() - length, 0)
            yield found

    def stretches(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where it stands in a text that shows, in UTF-16 units."""
        if not self.words:
            return
        folded, before = fold(text), 0
        where: list[int] | None = None
        for match in self._shown.finditer(folded):
            start, end = match.span()
            if not text.isascii():
                where = places(text) if where is None else where
                # A sign that folds to several is found whole, and once.
                while where[end] == where[end - 1]:
                    end += 1
                start, end = where[start], where[end]
            if start >= before:
                yield start, end
                before = end


def _without_signs(text: str) -> str:
    # Ten times as fast as `translate` where not all is ASCII.
    for sign in _SIGNS:
        text = text.replace(sign, "")
    return text


def _in_source(words: list[str]) -> str:
    """Return the pattern of words in a source."""
    pattern = ""
    for word, before in zip(words, ["", *words], strict=False):
        if before:
            is_own = before[-1] in _OWN or word[0] in _OWN
            pattern += _SPACE if is_own else _BETWEEN
        pattern += _written(word[0])
        for one, other in pairwise(word):
            pattern += _gap(one, other) + _written(other)
    return pattern


def _written(sign: str) -> str:
    return _WRITTEN.get(sign) or re.escape(sign)


def _gap(before: str, after: str) -> str:
    """Return what may stand between two signs of a word."""
    if before in _OWN or after in _OWN:
        # It may be escaped.
        return "" if "\\" in (before, after) else r"\\?+"
    return _INSIDE if before.isalnum() and after.isalnum() else _EDGE

"""Sought: words as they are looked for, in sources and in what shows of them.

Upper and lower case are one, and so is all white space; nothing else is a pattern. A
source may say the same with signs of Markdown between: what is found there is likely
and not certain. Work comes in pieces of bounded size. Values: any thread may look.
"""

import re
from collections.abc import Iterator

from app.ui.transcript.lines import units

LONGEST = 200
"""Characters one can look for."""
_WINDOW = 8_192
"""Characters of a source that are looked through at once."""
_SIGNS = r"[*_~`\\]*"
"""What may stand inside a word in a source, and does not show."""
_BETWEEN = r"(?:\s|[*_~`\\\[]|\](?:\([^()\s]*\))?|(?<=\n)>)+"
"""What may stand between two words in a source: also the end of a link, and a quote's bar."""
_ESCAPED = {"&": "&(?:amp;)?", "<": "(?:<|&lt;)", ">": "(?:>|&gt;)"}


class Sought:
    """Words to look for."""

    def __init__(self, text: str) -> None:
        words = text[:LONGEST].split()
        self.words = " ".join(words)
        """As they are looked for; empty for nothing."""
        self._shown = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE)
        loose = (_SIGNS.join(_ESCAPED.get(c) or re.escape(c) for c in word) for word in words)
        self._source = re.compile(_BETWEEN.join(loose), re.IGNORECASE)
        # Most texts do not hold it, which is faster told than where a pattern fits.
        plain = re.findall(r"[^\W_]+", self.words)
        self._core = max(plain, key=len, default="").casefold()
        self._reach = 256 + 4 * len(self.words)

    def count(self, source: str) -> int:
        """Return how often a source seems to say it."""
        return sum(self.counts(source))

    def counts(self, source: str) -> Iterator[int]:
        """Yield how often each stretch of a source seems to say it."""
        at = 0
        while self.words and at < len(source):
            end = at + _WINDOW
            # One that begins here may end in the next stretch.
            stop = min(end + self._reach, len(source))
            found = 0
            if self._core in source[at:stop].casefold():
                for match in self._source.finditer(source, at, stop):
                    if match.start() >= end:
                        break
                    found, at = found + 1, match.end()
            at = max(at, end)
            yield found

    def stretches(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where it stands in a text that shows, in UTF-16 units."""
        if not self.words:
            return
        before, start = 0, 0
        for match in self._shown.finditer(text):
            start += units(text[before : match.start()])
            end = start + units(match.group())
            yield start, end
            before, start = match.end(), end

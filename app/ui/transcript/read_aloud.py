"""Read aloud: a Markdown text that is said piece by piece, without its signs.

Each piece is whole sentences or lines. What was said is never looked at again, so
what opened in one piece and closes in another is heard as words only, but for code:
of that its beginning and its end are said.
"""

import re

from app.ui.transcript.acts import tr
from app.ui.transcript.fence import Fence
from app.ui.transcript.heard_text import code_heading, speech
from app.ui.transcript.utf16 import shown

_OPENING = re.compile(r" {0,3}(`{3,}[^`\n]*|~{3,}[^\n]*)")
_ROW = re.compile(r"\s*\|(.*)\|\s*")
_RULE = re.compile(r"\s*\|?[\s:|-]*-[\s:|-]*\|[\s:|-]*")
_SIGNS = re.compile(r"(?<![^\s(\[\"'“])(\*{1,3}|_{1,3}|~~)(?=\S)|(?<=\S)(\*{1,3}|_{1,3}|~~)(?!\w)")
"""What emphasises and was opened or closed in another piece."""


class ReadAloud:
    """How far a text was read out, and what it was in the middle of."""

    def __init__(self, before: str = "") -> None:
        self.length = 0
        """Characters that were taken."""
        self._fence: Fence | None = None
        self.take(before)

    def take(self, piece: str) -> str:
        """Return how the next piece of the text is said."""
        self.length += len(piece)
        said: list[str] = []
        prose: list[str] = []
        for line in piece.replace("\r\n", "\n").splitlines(keepends=True):
            text = line.rstrip("\r\n")
            row = _ROW.fullmatch(text)
            if self._fence is not None:
                self._read_code(self._fence, text, said)
            elif _OPENING.fullmatch(text):
                said += [_prose("".join(prose))]
                prose = []
                self._fence = Fence(text, 0)
                said.append(code_heading(self._fence.language))
            elif _RULE.fullmatch(text):
                continue
            elif row is not None:
                cells = (_prose(cell) for cell in row[1].split("|"))
                said += [_prose("".join(prose)), ", ".join(cells)]
                prose = []
            else:
                prose.append(line)
        said.append(_prose("".join(prose)))
        return "\n".join(words for words in said if words)

    def _read_code(self, fence: Fence, line: str, said: list[str]) -> None:
        if fence.is_closed_by(line):
            self._fence = None
            said.append(tr("End of code"))
        else:
            said.append(shown(line))


def _prose(text: str) -> str:
    text = text.strip()
    return _SIGNS.sub("", speech(text)).strip() if text else ""

"""References: links that are defined elsewhere in the text, before or after.

- A definition on settled lines stays; one on a line that may still change counts
  as long as it stands there.
- The blocks that may refer to what is not defined yet are remembered, so many of
  them; the first of two definitions of a label wins.

https://spec.commonmark.org/0.31.2/#link-reference-definitions
"""

import re
from collections import ChainMap
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

from app.ui.transcript.blocks import Mention

Definition = dict[str, Any]
"""As markdown-it keeps it: `href`, `title`, and `map`, the lines it stands on."""
Definitions = MutableMapping[str, Definition]
"""By their labels."""

_MOST = 4_096
"""Blocks that are remembered."""
_LENGTH = 524_288
"""Characters of source that are remembered."""

_LABEL = re.compile(r"\[((?:[^][\\]|\\.){1,999}+)\]", re.DOTALL)


def label_of(text: str) -> str:
    """Return what is compared of the label of a definition or reference."""
    return " ".join(text.split()).lower().upper()


def labels_in(sources: Iterable[str]) -> frozenset[str]:
    """Return the labels texts may refer to."""
    found = {label_of(m[1]) for text in sources if "]" in text for m in _LABEL.finditer(text)}
    return frozenset(found - {""})


class References:
    """What was defined in a text, and which of its settled blocks wait for more."""

    def __init__(self) -> None:
        self._settled: dict[str, Definition] = {}
        self._open: dict[str, Definition] = {}
        """Defined on lines that may still change."""
        self._mentions: dict[int, Mention] = {}
        """By the index of the block among all that settled."""
        self._waiting: dict[str, list[int]] = {}
        """The blocks that may refer to a label."""
        self._length = 0
        self._outdated: set[int] = set()

    def reading(self) -> ChainMap[str, Definition]:
        """Return the settled definitions, for a parser to add to a map of its own."""
        return ChainMap({}, self._settled)

    @property
    def known(self) -> Definitions:
        """All definitions there are for now."""
        return ChainMap(self._open, self._settled)

    def settle(self, definitions: Mapping[str, Definition]) -> None:
        """Take over definitions that no longer change."""
        for label, definition in definitions.items():
            before = self._open.pop(label, None)
            if label in self._settled:
                continue
            self._settled[label] = definition
            waiting = self._waiting.pop(label, ())
            if before is None or before["href"] != definition["href"]:
                self._outdated.update(waiting)

    def replace_open(self, definitions: Mapping[str, Definition]) -> None:
        """Take over what is defined on the lines that may still change."""
        before = self._open
        if not before and not definitions:
            return
        self._open = {k: v for k, v in definitions.items() if k not in self._settled}
        for label in before.keys() | self._open.keys():
            old, new = before.get(label), self._open.get(label)
            if (old and old["href"]) != (new and new["href"]):
                self._outdated.update(self._waiting.get(label, ()))

    def remember(self, index: int, mention: Mention) -> None:
        """Remember a block that settled, if it refers to what is not defined yet."""
        labels = mention.labels - self._settled.keys()
        length = sum(map(len, mention.sources))
        if not labels or len(self._mentions) >= _MOST or self._length + length > _LENGTH:
            return
        self._mentions[index] = mention
        self._length += length
        for label in labels:
            self._waiting.setdefault(label, []).append(index)

    def take_outdated(self, allowance: int) -> list[tuple[int, Mention]]:
        """Return blocks that must be read again, of at most so many characters."""
        result = []
        for index in sorted(self._outdated):
            mention = self._mentions[index]
            allowance -= sum(map(len, mention.sources))
            if allowance < 0:
                break
            result.append((index, mention))
        self._outdated.difference_update(index for index, _ in result)
        return result

"""Composed: the runs of a text as what its lines are made of, and what stays of it as it grows.

A text that grows has the same runs in front each time. What they were made into is
kept, so that the work for a token does not depend on how much came before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.ui.theme import Theme
from app.ui.transcript.blocks import Run
from app.ui.transcript.drawn_formulas import Formulas, set_inline
from app.ui.transcript.inlays import Inlay
from app.ui.transcript.spans import Span
from app.ui.transcript.styles import Styles, links_in
from app.ui.transcript.targets import Link
from app.ui.transcript.unseen import with_chips
from app.ui.transcript.utf16 import units

_Links = list[tuple[Link, int, int]]


@dataclass(frozen=True, slots=True)
class _Head:
    """What the first runs were made into: those before the last, and before any drawing."""

    runs: tuple[Run, ...] = ()
    text: str = ""
    length: int = 0
    """Of the text, in UTF-16 units."""
    spans: Sequence[Span] = ()
    links: Sequence[tuple[Link, int, int]] = ()


class Composed:
    """The runs of one text. All positions are in UTF-16 units.

    `previous` is of runs this one may have grown from, in the same styles. It makes
    no difference to what comes out.
    """

    def __init__(
        self,
        runs: tuple[Run, ...],
        styles: Styles,
        theme: Theme,
        formulas: Formulas | None,
        size: int,
        previous: "Composed | None" = None,
    ) -> None:
        head: _Head = previous._head if previous is not None else _Head()
        if runs[: len(head.runs)] != head.runs:
            head = _Head()
        rest = runs[len(head.runs) :]
        setting = set_inline(rest, formulas, size)
        text, drawn = with_chips(setting.runs, setting.inlays, theme)
        start = head.length
        self.text = head.text + text
        self.inlays: Sequence[Inlay] = [
            replace(it, start=it.start + start, end=it.end + start) if start else it for it in drawn
        ]
        self.spans: list[Span] = [*head.spans, *styles.spans(setting.runs, start)]
        self.links: _Links = [*head.links, *links_in(rest, start)]
        """What can be clicked, and where it begins and ends."""
        self.lacking = setting.lacking
        """Formulas that are not drawn yet."""
        if len(rest) > 1 and not drawn and not any(run.maths for run in rest):
            head = self._head_of(runs)
        self._head: _Head = head

    def _head_of(self, runs: tuple[Run, ...]) -> _Head:
        """Return all but the last run."""
        last = runs[-1].text
        start = units(self.text) - units(last)
        spans, links = self.spans, self.links
        if spans and spans[-1].start >= start:
            spans = spans[:-1]
        if links and links[-1][1] >= start:
            links = links[:-1]
        return _Head(runs[:-1], self.text.removesuffix(last), start, spans, links)

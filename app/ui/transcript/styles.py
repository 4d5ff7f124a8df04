"""Styles: how the runs of a text look in one font, and which of them can be clicked."""

from collections.abc import Iterable

from PySide6.QtGui import QFont, QTextCharFormat

from app.ui.theme import Theme, font
from app.ui.transcript.blocks import Run
from app.ui.transcript.posing import other_host
from app.ui.transcript.spans import Span
from app.ui.transcript.targets import Link
from app.ui.transcript.utf16 import units

_Style = tuple[bool, bool, bool, bool, bool, bool]


class Styles:
    """The looks of runs in one font."""

    def __init__(self, face: QFont, theme: Theme) -> None:
        self.face = face
        self._theme = theme
        self._looks: dict[_Style, QTextCharFormat] = {}

    def spans(self, runs: Iterable[Run], start: int = 0) -> list[Span]:
        """Return the stretches that do not look like plain text, of runs that begin at `start`."""
        spans = []
        for run in runs:
            end = start + units(run.text)
            style = _style(run)
            if any(style):
                spans.append(Span(start, end, self._look(style)))
            start = end
        return spans

    def _look(self, style: _Style) -> QTextCharFormat:
        if style not in self._looks:
            self._looks[style] = self._new_look(*style)
        return self._looks[style]

    def _new_look(
        self,
        is_emphasis: bool,
        is_strong: bool,
        is_code: bool,
        is_link: bool,
        is_struck: bool,
        is_raised: bool,
    ) -> QTextCharFormat:
        look = QTextCharFormat()
        face = QFont(self.face)
        if is_code:
            code, text = self._theme.type.code, self._theme.type.transcript
            face = font(code)
            face.setPixelSize(round(self.face.pixelSize() * code.size / text.size))
            look.setBackground(self._theme.colours.own_message)
        if is_strong:
            face.setWeight(QFont.Weight.DemiBold)
        face.setItalic(is_emphasis)
        face.setStrikeOut(is_struck)
        look.setFont(face)
        if is_link:
            look.setForeground(self._theme.colours.accent)
            look.setFontUnderline(not is_raised)
        if is_raised:
            look.setForeground(self._theme.colours.accent)
            look.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSuperScript)
        return look


def links_in(runs: Iterable[Run], start: int = 0) -> list[tuple[Link, int, int]]:
    """Return what can be clicked, and where it begins and ends in runs that begin at `start`."""
    links = []
    for run in runs:
        end = start + units(run.text)
        if run.link:
            links.append((Link(run.link, other_host(run.text, run.link)), start, end))
        start = end
    return links


def _style(run: Run) -> _Style:
    is_link = bool(run.link)
    return run.is_emphasis, run.is_strong, run.is_code, is_link, run.is_struck, run.is_raised

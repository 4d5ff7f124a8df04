"""Scroll bar: one that is painted again only when it looks different.

While a reply comes its range grows with every line, and its handle hardly moves:
to paint it each time takes as long as to paint the text.
"""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QAbstractSlider, QScrollBar, QStyle, QStyleOptionSlider

from app.ui.unfailing import unfailing

# Looked up once: Python 3.11 runs a function each time.
_BAR, _HANDLE = QStyle.ComplexControl.CC_ScrollBar, QStyle.SubControl.SC_ScrollBarSlider
_MOVED = QAbstractSlider.SliderChange.SliderValueChange
_CAP = 8
"""Pixels at either end of the handle that may be round."""


class ScrollBar(QScrollBar):
    """The vertical scroll bar of a transcript."""

    _look: tuple[QRect, bool, bool] | None = None
    """What it looked like when it was last to be painted."""
    _is_placing = False

    def place(self, most: int, page: int, at: int) -> None:
        """Take over how far one can scroll, how much shows, and where the view is."""
        if (self.maximum(), self.pageStep(), self.value()) == (most, page, at):
            return
        self._is_placing = True
        self.setRange(0, most)
        self.setPageStep(page)
        self.setValue(at)
        self._is_placing = False
        self.sliderChange(_MOVED)

    @unfailing
    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:  # noqa: N802 - Qt's
        if self._is_placing:
            return
        option, at = QStyleOptionSlider(), self.sliderPosition()
        self.initStyleOption(option)
        handle = self.style().subControlRect(_BAR, option, _HANDLE, self)
        look = handle, at == self.minimum(), at == self.maximum()
        if look == self._look:
            return
        before, self._look = self._look, look
        if before is None or before[1:] != look[1:]:
            super().sliderChange(change)
            return
        # Its ends moved: between them it looks as before, and a style fills it slowly.
        edges = [(before[0].top(), handle.top()), (before[0].bottom(), handle.bottom())]
        for one, other in edges:
            if one != other:
                top, bottom = min(one, other) - _CAP, max(one, other) + _CAP
                self.update(0, top, self.width(), bottom - top)

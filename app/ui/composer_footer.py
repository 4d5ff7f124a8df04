"""Footer: the line below what is written: who answers, with what, who pays, and Send or Stop.

Where it is narrow, texts are cut, then go; who pays goes last.
"""

from PySide6.QtCore import QEvent, QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from app.ui import theme
from app.ui.composer_buttons import BUTTON_HEIGHT, HEIGHT, FooterButton, SendButton
from app.ui.unfailing import unfailing

SPACING = 8


class Footer(QWidget):
    """The buttons below what is written, each as wide as there is room."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.model = FooterButton("model", self, has_arrow=True)
        self.parameters = FooterButton(
            "parameters", self, icon="sliders-horizontal", is_framed=False
        )
        self.payer = FooterButton("payer", self)
        self.send = SendButton(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_theme(self, look: theme.Theme) -> None:
        """Paint in the colours of a theme."""
        for button in (self.model, self.parameters, self.payer):
            button.set_theme(look)
        self.send.set_theme(look)
        self.fit()

    def fit(self) -> None:
        """Share the width: prices go first, then parameters, names, who pays last."""
        model, parameters, payer = self.model, self.parameters, self.payer
        widths = {each: each.whole_width for each in (model, parameters, payer)}
        over = sum(widths.values()) + HEIGHT + 3 * SPACING - self.width()
        for button, floor in (
            (model, model.named_width),
            (parameters, parameters.short_width),
            (parameters, parameters.bare_width),
            (model, model.short_width),
            (payer, payer.short_width),
            (model, model.bare_width),
            (payer, payer.bare_width),
        ):
            cut = min(max(over, 0), max(widths[button] - floor, 0))
            if cut and floor in (button.named_width, button.bare_width):
                # What goes goes whole: half a price is none.
                cut = widths[button] - floor
            widths[button] -= cut
            over -= cut
        self._place(widths)

    def _place(self, widths: dict[FooterButton, int]) -> None:
        top, left, right = (HEIGHT - BUTTON_HEIGHT) // 2, 0, self.width()
        places: list[tuple[QWidget, QRect]] = []
        for button in (self.model, self.parameters):
            places.append((button, QRect(left, top, widths[button], BUTTON_HEIGHT)))
            left += widths[button] + SPACING
        right -= HEIGHT
        places.append((self.send, QRect(right, 0, HEIGHT, HEIGHT)))
        right -= SPACING + widths[self.payer]
        places.append((self.payer, QRect(right, top, widths[self.payer], BUTTON_HEIGHT)))
        for widget, rect in places:
            widget.setGeometry(QStyle.visualRect(self.layoutDirection(), self.rect(), rect))

    @unfailing
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    @unfailing
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.LayoutDirectionChange):
            self.fit()

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        buttons = (self.model, self.parameters, self.payer)
        return QSize(sum(b.bare_width for b in buttons) + HEIGHT + 3 * SPACING, HEIGHT)

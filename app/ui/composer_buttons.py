"""The composer's buttons, which say as much as their width allows."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QStyle, QWidget

from app.ui import icons, theme
from app.ui.section import figures, paint_ring, plain, plain_painter
from app.ui.unfailing import unfailing

HEIGHT = 32
BUTTON_HEIGHT = 28
PADDING = 9
INNER_SPACING = 7
DOT = 8
LONGEST_NAME = 190
"""Names on the buttons are cut at this width."""
SHORTEST_NAME = 56
"""Below this width a name says nothing."""


class FooterButton(QAbstractButton):
    """A button that says as much as its width allows: mark, name, what is beside it, arrow."""

    def __init__(
        self,
        name: str,
        parent: QWidget,
        *,
        icon: str = "",
        has_arrow: bool = False,
        is_framed: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._icon, self._has_arrow, self._is_framed = icon, has_arrow, is_framed
        self._name = self._beside = ""
        self._dot: bool | None = None
        self.look = theme.light()

    def show_text(
        self, name: str, beside: str, description: str, *, dot: bool | None = None
    ) -> None:
        """Show a name and what is beside it.

        dot: draws one before the name, filled or hollow; None: no dot.
        """
        self._name, self._beside, self._dot = name, beside, dot
        self.setText(f"{name} {beside}".strip())
        self.setAccessibleName(description)
        self.setToolTip(plain(description))
        self.update()

    def set_theme(self, look: theme.Theme) -> None:
        """Paint in the colours of a theme."""
        self.look = look
        self.update()

    @property
    def bare_width(self) -> int:
        """The width without any text."""
        width = 2 * PADDING
        marks = [icons.SIZE] if self._icon else []
        marks += [DOT] if self._dot is not None else []
        marks += [icons.SIZE] if self._has_arrow else []
        return width + sum(marks) + INNER_SPACING * max(len(marks) - 1, 0)

    @property
    def short_width(self) -> int:
        """The width at which the name is cut as far as it can be read."""
        return min(self.bare_width + INNER_SPACING + SHORTEST_NAME, self.named_width)

    @property
    def named_width(self) -> int:
        """The width with the name."""
        if not self._name:
            return self.bare_width
        self.ensurePolished()
        advance = self._metrics(is_name=True).horizontalAdvance(self._name) + 2
        return self.bare_width + INNER_SPACING + min(advance, LONGEST_NAME)

    @property
    def whole_width(self) -> int:
        """The width with everything."""
        if not self._beside:
            return self.named_width
        advance = self._metrics(is_name=False).horizontalAdvance(self._beside) + 2
        return self.named_width + INNER_SPACING + advance

    def _metrics(self, *, is_name: bool) -> QFontMetrics:
        return QFontMetrics(self._font(is_name=is_name))

    def _font(self, *, is_name: bool) -> QFont:
        role = self.look.type.caption
        font = figures(role)
        if is_name and self._is_framed:
            font.setWeight(QFont.Weight.Medium)
        return font

    def _there(self, rect: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), rect)

    def _write(self, painter: QPainter, rect: QRect, text: str, colour: QColor) -> None:
        painter.setPen(colour)
        cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        side = QStyle.visualAlignment(
            self.layoutDirection(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        painter.drawText(self._there(rect), side | Qt.AlignmentFlag.AlignAbsolute, cut)

    def _paint_frame(self, painter: QPainter) -> None:
        colours = self.look.colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_pointed_at = self.underMouse() and self.isEnabled()
        if self._is_framed or is_pointed_at:
            painter.setPen(
                QPen(colours.strong_line if self._is_framed else Qt.GlobalColor.transparent)
            )
            painter.setBrush(colours.own_message if is_pointed_at else colours.raised)
            radius = self.look.metrics.control_radius
            painter.drawRoundedRect(
                self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), radius, radius
            )
        if self.hasFocus():
            paint_ring(painter, self.rect(), colours.accent, self.look.metrics.control_radius - 1)

    def _paint_dot(self, painter: QPainter, box: QRect, is_filled: bool) -> None:
        colours = self.look.colours
        painter.setPen(QPen(colours.accent if is_filled else colours.muted, 1.5))
        painter.setBrush(colours.accent if is_filled else Qt.GlobalColor.transparent)
        painter.drawEllipse(self._there(box).toRectF().adjusted(0.75, 0.75, -0.75, -0.75))

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = plain_painter(self)
        colours = self.look.colours
        self._paint_frame(painter)
        left, right, top = PADDING, self.width() - PADDING, (self.height() - icons.SIZE) // 2
        if self._icon:
            box = QRect(left, top, icons.SIZE, icons.SIZE)
            icons.paint(painter, self._icon, self._there(box).toRectF(), colours.muted)
            left += icons.SIZE + INNER_SPACING
        if self._dot is not None:
            dot = QRect(left, (self.height() - DOT) // 2, DOT, DOT)
            self._paint_dot(painter, dot, self._dot)
            left += DOT + INNER_SPACING
        if self._has_arrow:
            right -= icons.SIZE
            box = QRect(right, top, icons.SIZE, icons.SIZE)
            icons.paint(painter, "chevron-down", self._there(box).toRectF(), colours.muted)
            right -= INNER_SPACING
        self._paint_texts(painter, left, right)
        painter.end()

    def _paint_texts(self, painter: QPainter, left: int, right: int) -> None:
        colours = self.look.colours
        if self._beside and self.width() >= self.whole_width:
            painter.setFont(self._font(is_name=False))
            width = self._metrics(is_name=False).horizontalAdvance(self._beside) + 2
            beside = QRect(right - width, 0, width, self.height())
            self._write(painter, beside, self._beside, colours.muted)
            right -= width + INNER_SPACING
        if (
            self._name
            and right - left >= min(SHORTEST_NAME, self.named_width - self.bare_width) - 8
        ):
            painter.setFont(self._font(is_name=True))
            strong = colours.text if self._is_framed and self.isEnabled() else colours.muted
            self._write(painter, QRect(left, 0, right - left, self.height()), self._name, strong)

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(self.whole_width, BUTTON_HEIGHT)


class SendButton(QAbstractButton):
    """Send, or Stop while a reply is under way."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("send")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._stops = False
        self.look = theme.light()

    def show_deed(self, name: str, keys: str, *, stops: bool) -> None:
        """Show what the button does and which keys do it."""
        self._stops = stops
        self.setText(name)
        self.setAccessibleName(name)
        self.setToolTip(f"{name} ({keys})")
        self.update()

    def set_theme(self, look: theme.Theme) -> None:
        """Paint in the colours of a theme."""
        self.look = look
        self.update()

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, radius = self.look.colours, self.look.metrics.control_radius
        ground, ink = colours.accent, colours.on_accent
        if self._stops:
            ground, ink = colours.text, colours.surface
        if not self.isEnabled():
            ground, ink = colours.own_message, colours.faint
        box = self.rect().toRectF()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, radius, radius)
        if self.hasFocus():
            # The ring stands inside the button, in its own ink: accent on accent is no ring.
            painter.setPen(QPen(ink, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(3, 3, -3, -3), radius - 3, radius - 3)
        sign = QRectF(0, 0, icons.SIZE, icons.SIZE)
        sign.moveCenter(box.center())
        icons.paint(painter, "square" if self._stops else "arrow-up", sign, ink)
        painter.end()

    @unfailing
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(HEIGHT, HEIGHT)

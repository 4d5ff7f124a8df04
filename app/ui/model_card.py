"""ModelCard: what is known of one model; what is not known is left out."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QFocusEvent, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from app.chat.model import Model
from app.ui import theme, wording
from app.ui.section import EDGE, Fact, Section, plain, plain_painter
from app.ui.unfailing import unfailing

MOST_FACTS = 6

STYLE = """
#modelid, #modelid:focus {
    background: transparent; border: none; padding: 0px 12px; color: @muted;
    font-size: @size_small;
}
"""


class ModelId(QLineEdit):
    """The id of a model, to be selected and copied; cut in the middle while it is not."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("modelid")
        self.setReadOnly(True)
        self.setAccessibleName(self.tr("Id of the model"))
        self._theme = theme.light()

    def set_theme(self, look: theme.Theme) -> None:
        """Paint in the colours of a theme."""
        self._theme = look
        self.update()

    @unfailing
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() is not Qt.FocusReason.MouseFocusReason:
            self.selectAll()

    @unfailing
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.deselect()

    @unfailing
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus() or self.hasSelectedText():
            super().paintEvent(event)
            return
        painter = plain_painter(self)
        painter.setPen(self._theme.colours.muted)
        painter.setFont(theme.font(self._theme.type.small))
        room = self.rect().adjusted(EDGE, 0, -EDGE, 0)
        text = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideMiddle, room.width()
        )
        side = QStyle.visualAlignment(
            self.layoutDirection(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        painter.drawText(room, side | Qt.AlignmentFlag.AlignAbsolute, text)
        painter.end()

    def sizeHint(self) -> QSize:
        return QSize(120, 22)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 22)


class ModelCard(Section):
    """Name, id and the known facts of a model.

    It keeps its height whatever is known, so that nothing jumps on the way
    through the list.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._model: Model | None = None
        self.id = ModelId(self.body)
        self.rows.addWidget(self.id)
        self._facts = [Fact(self.body) for _ in range(MOST_FACTS)]
        for fact in self._facts:
            self.rows.addWidget(fact)

    def show_model(self, model: Model | None) -> None:
        """Show a model; None hides the card."""
        self.setVisible(model is not None)
        if model is None or model is self._model:
            return
        self._model = model
        self.set_title(model.label)
        self.id.setText(model.id)
        self.id.setCursorPosition(0)
        self.id.setToolTip(plain(model.id))
        known = facts(model)
        for i, fact in enumerate(self._facts):
            fact.show_fact(*(known[i] if i < len(known) else ("", "")))

    def set_theme(self, look: theme.Theme) -> None:
        """Paint in the colours of a theme."""
        super().set_theme(look)
        self.id.set_theme(look)
        for fact in self._facts:
            fact.set_theme(look)


class Details(QScrollArea):
    """Card and parameters, as high as they are where there is room, else scrolled."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Maximum)
        self._inside = QWidget(self)
        self._inside.setObjectName("details")
        self.column = QVBoxLayout(self._inside)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.setWidget(self._inside)

    def sizeHint(self) -> QSize:
        return QSize(200, self._inside.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(100, min(64, self.sizeHint().height()))

    @unfailing
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Qt sees to the scroll bar where the content's height changes, not to its own.
        # At once, so that no frame shows the old height around the new content.
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
            pane = self.parentWidget()
            layout = pane.layout() if pane is not None else None
            if layout is not None:
                layout.activate()
        return super().eventFilter(watched, event)


def facts(model: Model) -> list[tuple[str, str]]:
    """Return what is known of a model as names and values."""
    tr, prices = wording.tr, model.prices
    known = []
    if model.context_window and model.longest_reply:
        value = f"{model.context_window:,} · {model.longest_reply:,}"
        known.append((tr("Context · reply"), value))
    elif model.context_window:
        known.append(
            (tr("Context"), tr("{count} tokens").format(count=f"{model.context_window:,}"))
        )
    elif model.longest_reply:
        count = f"{model.longest_reply:,}"
        known.append((tr("Longest reply"), tr("{count} tokens").format(count=count)))
    if prices.input is not None and prices.output is not None:
        value = f"{wording.price(prices.input)} · {wording.price(prices.output)}"
        known.append((tr("Per M tokens, in · out"), value))
    if prices.cache_read is not None:
        known.append((tr("Per M tokens, cache read"), wording.price(prices.cache_read)))
    if model.inputs:
        known.append((tr("Reads"), ", ".join(model.inputs)))
    if model.reasons is not None:
        efforts = f" · {', '.join(model.efforts)}" if model.reasons and model.efforts else ""
        known.append((tr("Reasons"), (tr("yes") if model.reasons else tr("no")) + efforts))
    if model.parameters is not None:
        names = ", ".join(sorted(model.parameters)) or tr("none")
        known.append((tr("Takes"), names))
    return known

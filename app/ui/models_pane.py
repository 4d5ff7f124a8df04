"""ModelsPane: the models an account can use, filtered as the person types."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.chat.model import Catalogue, Model
from app.ui import theme, wording

Index = QModelIndex | QPersistentModelIndex
MODEL = Qt.ItemDataRole.UserRole
ROW_HEIGHT = 48


class ModelRows(QAbstractListModel):
    """Models as rows, those that hold every word of the filter."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._models: Sequence[Model] = ()
        self._haystacks: list[str] = []
        self._shown: list[Model] = []
        self._words: list[str] = []

    def show(self, models: Sequence[Model]) -> None:
        """Take the models of a catalogue."""
        self._models = models
        self._haystacks = [f"{m.id} {m.name} {m.maker}".casefold() for m in models]
        self._refresh()

    def filter(self, text: str) -> None:
        """Keep the rows whose name, id or maker holds every word."""
        self._words = text.casefold().split()
        self._refresh()

    def model(self, row: int) -> Model:
        return self._shown[row]

    def row_of(self, model_id: str) -> int:
        """Return the row of a model, -1 if it is not shown."""
        return next((i for i, model in enumerate(self._shown) if model.id == model_id), -1)

    def _refresh(self) -> None:
        self.beginResetModel()
        self._shown = [
            model
            for model, haystack in zip(self._models, self._haystacks, strict=True)
            if all(word in haystack for word in self._words)
        ]
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        model = self._shown[index.row()]
        if role == MODEL:
            return model
        if role == Qt.ItemDataRole.DisplayRole:
            return model.label
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            window = f" · {wording.tokens(model.context_window)}" if model.context_window else ""
            text = f"{model.label} · {model.id} · {wording.prices(model.prices)}{window}"
            # A tooltip that looks like mark-up would be read as mark-up.
            return text.replace("<", "‹") if role == Qt.ItemDataRole.ToolTipRole else text
        return None


class ModelDelegate(QStyledItemDelegate):
    """Paints a model: name and maker, at the right its price and window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.colours = theme.light().colours

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.data(MODEL)
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        strong = self.colours.text
        # Faint is not readable enough on the colour of a selection.
        quiet = strong if chosen else self.colours.muted
        upper, lower = self._lines(option.rect)
        painter.save()
        window = wording.tokens(model.context_window) if model.context_window else ""
        for rect, left, right, colour in (
            (upper, model.label, wording.prices(model.prices), strong),
            (lower, model.maker or model.id, window, quiet),
        ):
            painter.setPen(quiet)
            painter.drawText(
                rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, right
            )
            taken = painter.fontMetrics().horizontalAdvance(right) + 12 if right else 0
            painter.setPen(colour)
            text = painter.fontMetrics().elidedText(
                left, Qt.TextElideMode.ElideRight, rect.width() - taken
            )
            painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def _lines(self, rect: QRect) -> tuple[QRect, QRect]:
        inner = rect.adjusted(14, 5, -14, -5)
        half = inner.height() // 2
        return inner.adjusted(0, 0, 0, -half), inner.adjusted(0, half, 0, 0)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_HEIGHT)


class Filter(QLineEdit):
    """The filter field; the arrow keys go on into the list.

    Signals:
        left: the person goes on into the list.
    """

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
            return
        super().keyPressEvent(event)


class ModelsPane(QWidget):
    """The catalogue of the account of the conversation in front.

    Signals:
        chosen: this model is to answer from now on. arg: its id.
        refresh_requested: the service is to be asked for its models again.
    """

    chosen = Signal(str)
    refresh_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("models")
        self._count = QLabel(self)
        self._count.setObjectName("count")
        self._refresh = QToolButton(self)
        self._refresh.setText("⟳")
        self._refresh.setToolTip(self.tr("Refresh the models (F5)"))
        self._refresh.setAccessibleName(self.tr("Refresh the models"))
        self._refresh.clicked.connect(self.refresh_requested)
        self.filter = Filter(self)
        self.filter.setPlaceholderText(self.tr("Filter by name, maker or id"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName(self.tr("Filter models"))
        self._state = QLabel(self)
        self._state.setObjectName("state")
        self._state.setWordWrap(True)
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._rows = ModelRows(self)
        self.list = QListView(self)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setModel(self._rows)
        self._delegate = ModelDelegate(self.list)
        self.list.setItemDelegate(self._delegate)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(self.tr("Models"))
        self.list.activated.connect(self._on_row_activated)
        self.filter.textChanged.connect(self._on_filter_changed)
        self.filter.left.connect(self._on_filter_left)
        self._current = ""
        self._lay_out()

    def _lay_out(self) -> None:
        name = QLabel(self.tr("Models"), self)
        name.setObjectName("name")
        top = QHBoxLayout()
        top.setContentsMargins(14, 0, 8, 0)
        top.addWidget(name, 1)
        top.addWidget(self._count)
        top.addWidget(self._refresh)
        field = QHBoxLayout()
        field.setContentsMargins(12, 0, 12, 0)
        field.addWidget(self.filter)
        line = QHBoxLayout()
        line.setContentsMargins(14, 0, 14, 0)
        line.addWidget(self._state)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addLayout(field)
        column.addLayout(line)
        column.addWidget(self.list, 1)

    def show_catalogue(self, catalogue: Catalogue, current: str, *, has_account: bool) -> None:
        """List the models of an account and mark the one that answers."""
        self._current = current
        self._rows.show(catalogue.models)
        self._count.setText(f"{len(catalogue.models):,}" if catalogue.models else "")
        state = wording.catalogue_state(catalogue)
        if not has_account:
            state = self.tr(
                "The models you can use, with their prices, appear here once an account is added."
            )
        self._state.setText(state)
        self._state.setVisible(bool(state))
        self._refresh.setEnabled(has_account)
        self._mark_current()

    def set_theme(self, theme: theme.Theme) -> None:
        """Paint the rows in the colours of a theme."""
        self._delegate.colours = theme.colours
        self.list.viewport().update()

    def _mark_current(self) -> None:
        row = self._rows.row_of(self._current)
        self.list.setCurrentIndex(self._rows.index(row) if row >= 0 else QModelIndex())

    def _on_filter_changed(self, text: str) -> None:
        self._rows.filter(text)
        self._mark_current()

    def _on_filter_left(self) -> None:
        if self._rows.rowCount():
            if not self.list.currentIndex().isValid():
                self.list.setCurrentIndex(self._rows.index(0))
            self.list.setFocus()

    def _on_row_activated(self, index: QModelIndex) -> None:
        model_id = self._rows.model(index.row()).id
        self.filter.clear()
        self.chosen.emit(model_id)

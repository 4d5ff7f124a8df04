"""ModelsPane: the models an account can use, what is known of one, and the parameters beside it."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.chat.model import Catalogue, Model
from app.chat.settings import ModelOrder
from app.ui import icons, model_card, model_check, parameters_panel, section, theme, wording
from app.ui.model_card import Details, ModelCard
from app.ui.model_check import ModelCheck
from app.ui.model_delegate import ROW_HEIGHT
from app.ui.model_list import Filter, ModelList
from app.ui.model_rows import ModelRows, could_be_id
from app.ui.parameters_panel import ParametersPanel

LEAST_LIST = 3 * ROW_HEIGHT
"""The list keeps room for three rows, however low the window is."""

STYLE = (
    section.STYLE
    + model_card.STYLE
    + model_check.STYLE
    + parameters_panel.STYLE
    + """
#models QListView, #models QListView:focus { border: none; }
#models #listbutton {
    border: 2px solid transparent; background: transparent; padding: 0px;
    min-height: 24px; min-width: 24px;
}
#models #listbutton:hover { background: @own_message; }
#models #listbutton:focus { border: 2px solid @accent; }
#modelfilter {
    background: @own_message; border: 1px solid transparent; padding: 1px 8px;
    min-height: 28px;
}
#modelfilter:focus { border: 2px solid @accent; padding: 0px 7px; }
#modelfilter QToolButton { border: none; padding: 0px; min-height: 0px; }
#models QScrollArea, #details { background: @surface; border: none; }
"""
)


class ModelsPane(QWidget):
    """The catalogue of the account of the conversation in front.

    `parameters` is the panel with the parameters of that conversation.

    Signals:
        chosen: this model is to answer from now on. arg: its id.
        favourite_toggled: a model is to be a favourite, or no longer. arg: its id.
        order_chosen: the models are to be sorted differently. arg: a ModelOrder.
        refresh_requested: the service is to be asked for its models again.
        check_requested: the service is to be asked for one model. arg: its id.
    """

    chosen = Signal(str)
    favourite_toggled = Signal(str)
    order_chosen = Signal(object)
    refresh_requested = Signal()
    check_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("models")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._catalogue = Catalogue()
        self._order = ModelOrder.NAME
        self._checked: dict[str, Model] = {}
        self._rows = ModelRows(self)
        self._count = QLabel(self)
        self._count.setObjectName("count")
        self._sort = self._button(self.tr("Sort the models"))
        self._refresh = self._button(self.tr("Refresh the models"), "F5")
        self.filter = Filter(self)
        self.filter.setObjectName("modelfilter")
        self.filter.setPlaceholderText(self.tr("Filter by name, maker or id"))
        self.filter.setAccessibleName(self.tr("Filter models"))
        self._state = QLabel(self)
        self._state.setObjectName("state")
        self._state.setWordWrap(True)
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._again = QPushButton(self.tr("Try again"), self)
        self._again.setObjectName("again")
        self.list = ModelList(self._rows, self)
        self.list.setAccessibleName(self.tr("Models"))
        self._check = ModelCheck(self)
        self.card = ModelCard(self)
        self.parameters = ParametersPanel(self)
        self._details = Details(self)
        self._lay_out()
        self._connect()
        self.card.hide()
        self.set_theme(theme.light())

    def _button(self, name: str, keys: str = "") -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("listbutton")
        button.setIconSize(QSize(icons.SIZE, icons.SIZE))
        button.setAccessibleName(name)
        button.setToolTip(f"{name} ({keys})" if keys else name)
        return button

    def _lay_out(self) -> None:
        name = QLabel(self.tr("Models"), self)
        name.setObjectName("name")
        top = QHBoxLayout()
        top.setContentsMargins(14, 0, 8, 0)
        top.setSpacing(2)
        top.addWidget(name, 1)
        top.addWidget(self._count)
        top.addSpacing(4)
        top.addWidget(self._sort)
        top.addWidget(self._refresh)
        field = QHBoxLayout()
        field.setContentsMargins(12, 0, 12, 0)
        field.addWidget(self.filter)
        line = QVBoxLayout()
        line.setContentsMargins(14, 0, 14, 0)
        line.setSpacing(8)
        line.addWidget(self._state)
        line.addWidget(self._again, 0, Qt.AlignmentFlag.AlignLeading)
        whole = QWidget(self)
        whole.setMinimumHeight(LEAST_LIST)
        self._either = QStackedLayout(whole)
        self._either.addWidget(self.list)
        self._either.addWidget(self._check)
        details = self._details
        details.column.addWidget(self.card)
        details.column.addWidget(self.parameters)
        details.column.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addLayout(field)
        column.addLayout(line)
        column.addWidget(whole, 1)
        column.addSpacing(-8)
        column.addWidget(details)

    def _connect(self) -> None:
        self._sort.clicked.connect(self._on_sort_clicked)
        self._refresh.clicked.connect(self.refresh_requested)
        self._again.clicked.connect(self.refresh_requested)
        self.filter.textChanged.connect(self._on_filter_changed)
        self.filter.entered.connect(self._on_filter_entered)
        self.filter.moved.connect(self._on_filter_moved)
        self.list.used.connect(lambda index: self._use(self._rows.model(index.row()).id))
        self.list.star_clicked.connect(
            lambda index: self.favourite_toggled.emit(self._rows.model(index.row()).id)
        )
        self.list.typed.connect(self._on_list_typed)
        self.list.selectionModel().currentChanged.connect(self._on_current_changed)
        self._check.check_requested.connect(self.check_requested)
        self._check.used.connect(self._on_check_used)

    # Showing

    def show_catalogue(
        self,
        catalogue: Catalogue,
        current: str,
        *,
        has_account: bool,
        gone: frozenset[str] = frozenset(),
    ) -> None:
        """List the models of an account and mark the one that answers.

        gone: ids of models that are listed but answered that they are not there.
        """
        self._show_state(catalogue, has_account=has_account)
        before, was_current = self._catalogue.models, self._rows.in_use
        is_same = catalogue.models is before or catalogue.models == before
        self._catalogue = catalogue
        if is_same and (current, gone) == (was_current, self._rows.gone):
            return
        self._rows.gone, self._rows.in_use = gone, current
        unlisted = self._unlisted()
        if not is_same or self._rows.unlisted != unlisted:
            self._rearrange(lambda: self._rows.show(catalogue.models, unlisted))
        if current != was_current or not self.list.currentIndex().isValid():
            self._go_home()
        self._show_count()
        self.list.viewport().update()

    def show_order(self, order: ModelOrder, favourites: frozenset[str]) -> None:
        """Sort the models, favourites first."""
        self._order = order
        if (order, favourites) != (self._rows.order, self._rows.favourites):
            self._rearrange(lambda: self._rows.sort_by(order, favourites))

    def show_check(
        self, model_id: str, model: Model | None, is_running: bool, problem: str
    ) -> None:
        """Show what came of asking for one model: it, a problem in words, or not yet anything."""
        if model is not None:
            self._checked[model_id] = model
        self._check.show_outcome(model_id, model, is_running, problem)

    def show_parameters(self) -> None:
        """Bring the parameters into view, the focus on the first of them."""
        self.parameters.heading.setChecked(True)
        self.parameters.setFocus()
        self._details.ensureWidgetVisible(self.parameters)

    def set_theme(self, look: theme.Theme) -> None:
        """Paint in the colours of a theme."""
        colours = look.colours
        self._sort.setIcon(icons.icon("arrow-up-down", colours.muted))
        self._refresh.setIcon(icons.icon("refresh-cw", colours.muted, colours.faint))
        self.filter.set_theme(look)
        self.list.delegate.set_theme(look)
        self.list.viewport().update()
        self.card.set_theme(look)
        self.parameters.set_theme(look)

    def _show_state(self, catalogue: Catalogue, *, has_account: bool) -> None:
        state = wording.catalogue_state(catalogue)
        if not has_account:
            state = self.tr(
                "The models you can use, with their prices, appear here once an account is added."
            )
        self._state.setText(state)
        self._state.setVisible(bool(state))
        self._refresh.setEnabled(has_account and not catalogue.is_loading)
        # Where there is nothing but the sentence, nobody looks for the sign at the top.
        is_bare = not catalogue.models and not catalogue.is_loading
        self._again.setVisible(has_account and is_bare and bool(state))

    def _show_count(self) -> None:
        shown, total = self._rows.rowCount(), len(self._catalogue.models)
        count = f"{total:,}" if total else ""
        if total and self.filter.text().strip():
            count = self.tr("{shown} of {total}").format(shown=f"{shown:,}", total=f"{total:,}")
        self._count.setText(count)

    def _unlisted(self) -> Model | None:
        """Return the model in use if there is a catalogue and it does not list it."""
        current = self._rows.in_use
        if not current or not self._catalogue.models or self._catalogue.find(current):
            return None
        return self._checked.get(current) or Model(current)

    def _rearrange(self, change: Callable[[], None]) -> None:
        """Change the rows, the current one and the place in the list kept."""
        current = self.list.currentIndex()
        model_id = self._rows.model(current.row()).id if current.isValid() else ""
        bar = self.list.verticalScrollBar()
        place = bar.value()
        change()
        self._show_either()
        self.list.doItemsLayout()
        bar.setValue(place)
        self._go_to(self._rows.row_of(model_id), scroll=False)

    def _go_home(self) -> None:
        """Make the model that answers the current row; while filtering, the first hit."""
        is_filtering = bool(self.filter.text().strip()) and self._rows.rowCount() > 0
        self._go_to(0 if is_filtering else self._rows.row_of(self._rows.in_use))

    def _go_to(self, row: int, *, scroll: bool = True) -> None:
        index = self._rows.index(row) if row >= 0 else QModelIndex()
        self.list.setAutoScroll(scroll)
        self.list.setCurrentIndex(index)
        self.list.setAutoScroll(True)
        if scroll and index.isValid():
            self.list.scrollTo(index)
        self._show_card(index)

    def _show_card(self, index: QModelIndex) -> None:
        model = self._rows.model(index.row()) if index.isValid() else None
        self.card.show_model(model)

    def _show_either(self) -> None:
        """Show the rows, or what can be done where there are none."""
        text = self.filter.text().strip()
        is_empty = bool(text) and not self._rows.rowCount()
        if is_empty:
            can_check = self._refresh.isEnabled() and could_be_id(text)
            self._check.show_text(text, can_check=can_check)
        self._either.setCurrentIndex(1 if is_empty else 0)

    def _use(self, model_id: str) -> None:
        self.filter.clear()
        self.chosen.emit(model_id)

    # Slots

    def _on_filter_changed(self, text: str) -> None:
        self._rows.filter(text)
        self._show_either()
        self._show_count()
        self._go_home()

    def _on_filter_entered(self) -> None:
        if not self._rows.rowCount():
            self._check.go_on()
            return
        if self.list.currentIndex().isValid():
            self.list.used.emit(self.list.currentIndex())
            return
        self._go_to(0)
        self.list.setFocus()

    def _on_filter_moved(self, steps: int) -> None:
        last = self._rows.rowCount() - 1
        current = self.list.currentIndex()
        row = current.row() + steps if current.isValid() else 0
        if last >= 0:
            self._go_to(min(max(row, 0), last))

    def _on_list_typed(self, letters: str) -> None:
        self.filter.setFocus()
        self.filter.setText(self.filter.text() + letters)

    def _on_current_changed(self, index: QModelIndex) -> None:
        self._show_card(index)

    def _on_check_used(self, model_id: str) -> None:
        self._use(model_id)

    def _on_sort_clicked(self) -> None:
        menu = QMenu(self._sort)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for order, text in (
            (ModelOrder.NAME, self.tr("By name")),
            (ModelOrder.PRICE, self.tr("By price, cheapest first")),
            (ModelOrder.CONTEXT, self.tr("By context window, largest first")),
        ):
            action = QAction(text, menu)
            action.setCheckable(True)
            action.setChecked(order is self._order)
            action.triggered.connect(
                lambda _checked=False, order=order: self.order_chosen.emit(order)
            )
            menu.addAction(action)
        menu.popup(self._sort.mapToGlobal(QPoint(0, self._sort.height() + 2)))

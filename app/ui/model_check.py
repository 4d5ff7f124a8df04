"""ModelCheck: what stands where the filter matches nothing: the offer to ask the service."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from app.chat.model import Model
from app.ui import wording
from app.ui.section import EDGE, plain
from app.ui.unfailing import unfailing

STYLE = """
#nomatch { color: @muted; }
#found { color: @text; font-weight: 600; }
#foundfacts { color: @muted; font-size: @size_small; }
#checkproblem { color: @error; }
"""
BUTTON_PADDING = 32
SHOWN_LENGTH = 40
"""Characters of a text that are repeated to the person."""


class ModelCheck(QWidget):
    """No match, and what came of asking for a model the list does not hold.

    Signals:
        check_requested: the service is to be asked for a model. arg: its id.
        used: the model that was found is to answer. arg: its id.
    """

    check_requested = Signal(str)
    used = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._label_of_check = ""
        self._found: Model | None = None
        self._nothing = self._label("nomatch")
        self._problem = self._label("checkproblem")
        self._name = self._label("found")
        self._facts = self._label("foundfacts")
        self._check = QPushButton(self)
        self._check.setObjectName("check")
        self._use = QPushButton(self.tr("Use it"), self)
        self._use.setObjectName("useit")
        self._check.clicked.connect(lambda: self.check_requested.emit(self._text))
        self._use.clicked.connect(self._on_use_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(EDGE, 8, EDGE, 8)
        column.setSpacing(8)
        for label in (self._nothing, self._problem, self._name, self._facts):
            column.addWidget(label)
        column.addWidget(self._check, 0, Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self._use, 0, Qt.AlignmentFlag.AlignLeading)
        column.addStretch(1)

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label

    def show_text(self, text: str, *, can_check: bool) -> None:
        """Say that nothing matches a text, and offer to ask for it if it could be an id."""
        if text == self._text and self._found is not None:
            return
        self._text, self._found = text, None
        self._nothing.setText(self.tr("No model matches “{text}”.").format(text=_short(text)))
        self._ask(self.tr("Check “{id}”"))
        self._check.setEnabled(True)
        self._show(self._nothing, *([self._check] if can_check else []))

    def show_outcome(
        self, model_id: str, model: Model | None, is_running: bool, problem: str
    ) -> None:
        """Show what came of asking for a model; of one that is not asked for any more, nothing."""
        if model_id != self._text:
            return
        self._found = model
        if model is not None:
            self._name.setText(model.label)
            window = f" · {wording.tokens(model.context_window)}" if model.context_window else ""
            self._facts.setText(f"{model.id}\n{wording.prices(model.prices)}{window}")
            self._show(self._name, self._facts, self._use)
            return
        self._problem.setText(problem)
        self._check.setEnabled(not is_running)
        self._ask(self.tr("Checking “{id}”…") if is_running else self.tr("Check “{id}”"))
        self._show(self._nothing, self._check, *([self._problem] if problem else []))

    def go_on(self) -> None:
        """Do the next thing: use what was found, else ask for it."""
        if self._found is not None:
            self.used.emit(self._found.id)
        elif not self._check.isHidden() and self._check.isEnabled():
            self.check_requested.emit(self._text)

    def _ask(self, label: str) -> None:
        """Put the id into the button's label, cut in its middle where there is no room."""
        self._label_of_check = label
        whole = label.format(id=self._text)
        room = max(self.width() - 2 * EDGE - BUTTON_PADDING, 80)
        text = self._check.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideMiddle, room)
        self._check.setText(text.replace("&", "&&"))
        self._check.setToolTip(plain(whole))

    def _show(self, *widgets: QWidget) -> None:
        for each in (self._nothing, self._problem, self._name, self._facts, self._check, self._use):
            each.setVisible(each in widgets)

    def _on_use_clicked(self) -> None:
        if self._found is not None:
            self.used.emit(self._found.id)

    @unfailing
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._ask(self._label_of_check)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_LENGTH else f"{text[: SHOWN_LENGTH - 1]}…"

"""ParametersPanel: what is set for the conversation in front; what is not set is not sent.

A value that cannot be is explained below its field, and the old one stays.
"""

import re
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.chat.model import Model
from app.chat.parameters import DEFAULTS, InvalidParameter, Parameters
from app.ui import parameter_row, theme
from app.ui.parameter_row import Fold, ParameterRow
from app.ui.section import Section

STYLE = parameter_row.STYLE
_DECIMAL = re.compile(r"[+-]?([0-9]{1,12}(\.[0-9]{0,12})?|\.[0-9]{1,12})")
_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")
_OFF = ("none", "off", "disabled")
"""Efforts that switch reasoning off."""


class ParametersPanel(Section):
    """The parameters and the system prompt of the conversation in front.

    Signals:
        parameters_changed: the person set or unset something. arg: all Parameters.
        system_prompt_changed: the person wrote in it. arg: the whole prompt.
    """

    parameters_changed = Signal(object, object)
    system_prompt_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("This conversation"))
        self._shown = DEFAULTS
        self._prompt = ""
        self._model = Model("")
        self._owner: object = None
        self._reset = self.add_button(self.tr("Reset"))
        self._reset.setAccessibleName(self.tr("Reset the parameters"))
        self._reset.setToolTip(
            self.tr("Unset everything but the system prompt: the model’s own values hold")
        )
        self._reset.clicked.connect(lambda: self._change(DEFAULTS))
        own = self.tr("model’s own")
        self._rows = {
            "system_prompt": self._row(self.tr("System prompt"), self.tr("none"), Fold.LINES),
            "temperature": self._row(self.tr("Temperature"), own, Fold.LINE),
            "max_tokens": self._row(self.tr("Max tokens"), own, Fold.LINE),
            "stop": self._row(self.tr("Stop"), self.tr("none"), Fold.LINES),
            "stream": self._row(self.tr("Stream"), "", Fold.NONE),
            "reasoning_effort": self._row(self.tr("Reasoning effort"), own, Fold.NONE),
        }
        for name, row in self._rows.items():
            row.setObjectName(name)
        self.setFocusProxy(self._rows["system_prompt"].face)
        self._connect()
        self._refresh()

    def _row(self, name: str, unset: str, fold: Fold) -> ParameterRow:
        row = ParameterRow(name, unset, fold, self.body)
        self.rows.addWidget(row)
        return row

    def _connect(self) -> None:
        rows = self._rows
        rows["system_prompt"].typed.connect(self._on_prompt_typed)
        rows["system_prompt"].entered.connect(lambda _text: rows["system_prompt"].close_editor())
        rows["system_prompt"].hint = self.tr("How the model is to behave")
        rows["temperature"].hint = self.tr("0 to 2, such as 0.7")
        rows["max_tokens"].hint = self.tr("Such as 1024")
        rows["stop"].hint = self.tr("One text a line; the reply ends where it occurs")
        for name in ("temperature", "max_tokens", "stop"):
            rows[name].entered.connect(partial(self._on_row_entered, name))
        rows["stream"].pressed.connect(
            lambda: self._change(replace(self._shown, stream=not self._shown.stream))
        )
        rows["reasoning_effort"].pressed.connect(self._on_effort_pressed)

    def show_parameters(
        self, parameters: Parameters, system_prompt: str, model: Model, owner: object = None
    ) -> None:
        """Show what is set for a conversation, and what its model says of it.

        owner: names the conversation; where it changes, half-written values are
            entered for the one before, and those that cannot be used go.
        """
        if owner != self._owner:
            self.enter()
            for row in self._rows.values():
                row.close_editor()
        self._owner = owner
        self._shown, self._prompt, self._model = parameters, system_prompt, model
        self._refresh()

    def enter(self) -> None:
        """Enter what is half written; what cannot be is explained, its field stays open."""
        for row in self._rows.values():
            row.enter()

    def set_theme(self, look: theme.Theme) -> None:
        """Paint in the colours of a theme."""
        super().set_theme(look)
        for row in self._rows.values():
            row.set_theme(look)

    def _refresh(self) -> None:
        shown, rows, model = self._shown, self._rows, self._model
        rows["system_prompt"].show_value(self._prompt)
        temperature, most = shown.temperature, shown.max_tokens
        rows["temperature"].show_value("" if temperature is None else f"{temperature:.15g}")
        rows["max_tokens"].show_value("" if most is None else str(most))
        stops = ", ".join(f"“{sequence}”" for sequence in shown.stop)
        rows["stop"].show_value("\n".join(shown.stop), stops)
        rows["stream"].show_value(self.tr("on") if shown.stream else self.tr("off"))
        rows["reasoning_effort"].show_value(shown.reasoning_effort or "")
        has_effort = any(map(self._can_have, model.efforts)) or shown.reasoning_effort is not None
        rows["reasoning_effort"].setVisible(has_effort)
        for name in ("temperature", "max_tokens", "stop", "reasoning_effort"):
            note = ""
            if not model.takes(name) and not (name == "reasoning_effort" and model.efforts):
                note = self.tr("{model} does not take it.").format(model=model.label)
            elif name == "reasoning_effort" and not self._can_have(shown.reasoning_effort):
                note = self.tr("{model} always reasons.").format(model=model.label)
            rows[name].show_note(note)
        self._reset.setVisible(shown != DEFAULTS)
        self.heading.update()

    def _change(self, parameters: Parameters) -> None:
        if parameters != self._shown:
            self._shown = parameters
            self._refresh()
            self.parameters_changed.emit(parameters, self._owner)

    def _parsed(self, name: str, text: str) -> Parameters:
        """Return the parameters with one as it was written.

        Raises:
            InvalidParameter: it cannot be that.
        """
        shown, written = self._shown, text.strip()
        if name == "stop":
            lines = tuple(line for line in text.split("\n") if line)
            return replace(shown, stop=lines)
        if name == "temperature":
            if not written:
                return replace(shown, temperature=None)
            if re.fullmatch(r"[0-9]*,[0-9]+", written):
                point = written.replace(",", ".")
                raise InvalidParameter(name, self.tr("Write {it}.").format(it=point))
            if not _DECIMAL.fullmatch(written):
                raise InvalidParameter(name, self.tr("Temperature is a number from 0 to 2."))
            return replace(shown, temperature=float(written))
        if not written:
            return replace(shown, max_tokens=None)
        if not _WHOLE.fullmatch(written):
            sentence = self.tr("The longest reply is a whole number of tokens, such as 1024.")
            raise InvalidParameter(name, sentence)
        if int(written) > 2**31:
            raise InvalidParameter(name, self.tr("No reply gets that long."))
        return replace(shown, max_tokens=int(written))

    def _on_row_entered(self, name: str, text: str) -> None:
        row = self._rows[name]
        try:
            parameters = self._parsed(name, text)
        except InvalidParameter as refusal:
            row.show_problem(str(refusal))
            return
        row.close_editor()
        self._change(parameters)

    def _on_prompt_typed(self, text: str) -> None:
        prompt = text if text.strip() else ""
        if prompt != self._prompt:
            self._prompt = prompt
            self._rows["system_prompt"].show_value(prompt, is_typed=True)
            self.system_prompt_changed.emit(prompt)

    def _can_have(self, effort: str | None) -> bool:
        """Return whether the model does not rule an effort out: some cannot but reason."""
        return not self._model.must_reason or (effort or "").casefold() not in _OFF

    def _on_effort_pressed(self) -> None:
        row = self._rows["reasoning_effort"]
        menu = QMenu(row)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        efforts: list[str | None] = [None, *filter(self._can_have, self._model.efforts)]
        if self._shown.reasoning_effort not in efforts and self._can_have(
            self._shown.reasoning_effort
        ):
            efforts.append(self._shown.reasoning_effort)
        for effort in efforts:
            text = self.tr("Model’s own") if effort is None else effort.replace("&", "&&")
            action = QAction(text, menu)
            action.setCheckable(True)
            action.setChecked(effort == self._shown.reasoning_effort)
            action.triggered.connect(partial(self._on_effort_chosen, effort))
            menu.addAction(action)
        menu.popup(row.mapToGlobal(QPoint(0, row.height())))

    def _on_effort_chosen(self, effort: str | None, _checked: bool = False) -> None:
        self._change(replace(self._shown, reasoning_effort=effort))

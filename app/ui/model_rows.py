"""ModelRows: the models of an account as rows, sorted and filtered.

Five thousand of them are filtered within one frame: what is searched is
written down once, what is painted when a row is first seen.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QStringListModel,
    Qt,
)
from PySide6.QtWidgets import QWidget

from app.chat.model import Model
from app.chat.settings import ModelOrder
from app.ui import wording
from app.ui.section import plain

Index = QModelIndex | QPersistentModelIndex
_POSSIBLE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+~-]{2,199}")


def could_be_id(text: str) -> bool:
    """Return whether a text could be the id of a model."""
    return _POSSIBLE_ID.fullmatch(text) is not None and ".." not in text


@dataclass(frozen=True, slots=True)
class Face:
    """What a row shows of a model, written out."""

    name: str
    maker: str
    price: str
    window: str


def face_of(model: Model) -> Face:
    """Return what is shown of a model."""
    window = [wording.tokens(model.context_window)] if model.context_window else []
    if "image" in model.inputs:
        window.append(wording.tr("img"))
    maker = model.maker or (model.id if model.label != model.id else "")
    return Face(model.label, maker, wording.prices(model.prices), " · ".join(window))


def sort(models: Iterable[Model], order: ModelOrder, favourites: frozenset[str]) -> list[Model]:
    """Return models in an order, favourites first, what is unknown last."""
    result = sorted(models, key=lambda model: (model.label.casefold(), model.id))
    if order is ModelOrder.PRICE:
        result.sort(key=_price)
    elif order is ModelOrder.CONTEXT:
        result.sort(key=lambda model: -(model.context_window or 0))
    if favourites:
        result.sort(key=lambda model: model.id not in favourites)
    return result


def _price(model: Model) -> tuple[float, float]:
    output, prompt = model.prices.output, model.prices.input
    unknown = float("inf")
    return (
        unknown if output is None else float(output),
        unknown if prompt is None else float(prompt),
    )


class ModelRows(QStringListModel):
    """Models as rows, those that hold every word of the filter.

    A list of strings to Qt: a view that lays out five thousand rows asks as
    often how many there are, and that answer must not cross into Python.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._models: Sequence[Model] = ()
        self._sorted: list[tuple[str, str, Model]] = []
        self._shown: list[Model] = []
        self._words: list[str] = []
        self._faces: dict[str, Face] = {}
        self.order = ModelOrder.NAME
        self.unlisted: Model | None = None
        self.favourites: frozenset[str] = frozenset()
        self.gone: frozenset[str] = frozenset()
        self.in_use = ""

    def show(self, models: Sequence[Model], unlisted: Model | None) -> None:
        """Take the models of a catalogue, and one to lead them that it does not list."""
        self._models, self.unlisted = models, unlisted
        self._faces = {}
        self._arrange()

    def sort_by(self, order: ModelOrder, favourites: frozenset[str]) -> None:
        """Take another order."""
        self.order, self.favourites = order, favourites
        self._arrange()

    def filter(self, text: str) -> None:
        """Keep the rows whose name, id or maker holds every word."""
        self._words = text.casefold().split()
        self._refresh()

    def model(self, row: int) -> Model:
        """Return the model of a row."""
        return self._shown[row]

    def face(self, model: Model) -> Face:
        """Return what is shown of a model, written out once."""
        face = self._faces.get(model.id)
        if face is None:
            face = self._faces[model.id] = face_of(model)
        return face

    def note(self, model: Model) -> str:
        """Return in words what sets a model apart from the others; mostly nothing."""
        notes = [self.tr("in use")] if model.id == self.in_use else []
        if model is self.unlisted:
            notes.append(self.tr("not listed"))
        elif model.id in self.gone:
            notes.append(self.tr("not available"))
        return " · ".join(notes)

    def row_of(self, model_id: str) -> int:
        """Return the row of a model, -1 if it is not shown."""
        return next((i for i, model in enumerate(self._shown) if model.id == model_id), -1)

    def _arrange(self) -> None:
        models = sort(self._models, self.order, self.favourites)
        if self.unlisted is not None:
            models.insert(0, self.unlisted)
        self._sorted = [
            (f"{model.id} {model.name} {model.maker}".casefold(), model.label, model)
            for model in models
        ]
        self._refresh()

    def _refresh(self) -> None:
        found = self._sorted
        for word in self._words:
            found = [each for each in found if word in each[0]]
        self._shown = [model for _, _, model in found]
        self.setStringList([label for _, label, _ in found])

    def _describe(self, model: Model) -> str:
        face = self.face(model)
        parts = [face.name, face.maker, model.id, face.price, face.window, self.note(model)]
        if model.id in self.favourites:
            parts.append(self.tr("favourite"))
        return " · ".join(part for part in parts if part)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._describe(self._shown[index.row()])
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(self._describe(self._shown[index.row()]))
        return super().data(index, role)

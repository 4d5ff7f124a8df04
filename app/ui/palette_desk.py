"""PaletteDesk: what the command palette offers, and what comes of a choice."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QWidget

from app.session import Session
from app.ui import actions
from app.ui.conversation_rows import title
from app.ui.palette import Palette
from app.ui.palette_rows import Entry, Kind, tr
from app.ui.theme import Theme

RECENT = "palette/recent"
"""Name in the settings of the actions that were chosen lately. Conversations and models
are remembered for this run only."""
KEPT = 5


class PaletteDesk(QObject):
    """Gathers actions, conversations and models, and does what is chosen of them."""

    def __init__(
        self,
        session: Session,
        window: QWidget,
        actions_by_name: Mapping[str, actions.Action],
        settings: QSettings,
        theme: Theme,
        *,
        go_to: Callable[[int], object],
        use_model: Callable[[str], object],
    ) -> None:
        """Take what is done with a conversation's id, and with a model's."""
        super().__init__(window)
        self._session = session
        self._actions = actions_by_name
        self._settings = settings
        self._go_to = go_to
        self._use_model = use_model
        kept = str(settings.value(RECENT) or "").split()
        self._recent = [(Kind.ACTION, name) for name in kept]
        self.palette = Palette(window, theme)
        self.palette.chosen.connect(self._on_chosen)

    def toggle(self) -> None:
        """Show the palette, or put it away."""
        if self.palette.isVisible():
            self.palette.close_up()
        else:
            self.palette.open(self._offered(), self._gather, self._recent)

    def _offered(self) -> list[Entry]:
        """Return the actions that can be done now, but for this one."""
        return [
            Entry(Kind.ACTION, deed.name, deed.label, deed.menu_label, "".join(deed.shown_keys[:1]))
            for deed in actions.deeds()
            if deed.name != "palette" and self._actions[deed.name].can_be_done
        ]

    def _gather(self) -> Sequence[Entry]:
        desk, catalogues = self._session.desk, self._session.catalogues
        kind, is_open = Kind.CONVERSATION, set(desk.tabs)
        headings = sorted(desk.headings, key=lambda heading: heading.id not in is_open)
        found = [
            Entry(kind, str(each.id), title(each), tr("Open") if each.id in is_open else "")
            for each in headings
            if each.id != desk.front
        ]
        if desk.front is not None:
            front, kind = desk.heading(desk.front), Kind.MODEL
            found += [
                Entry(kind, model.id, model.label, model.id)
                for model in catalogues.of(front.account_id).models
                if model.id != front.model
            ]
        return found

    def _on_chosen(self, entry: Entry) -> None:
        self._remember(entry)
        match entry.kind:
            case Kind.ACTION:
                self._actions[entry.name].do()
            case Kind.CONVERSATION:
                self._go_to(int(entry.name))
            case Kind.MODEL:
                self._use_model(entry.name)

    def _remember(self, entry: Entry) -> None:
        chosen = (entry.kind, entry.name)
        self._recent = [chosen, *(each for each in self._recent if each != chosen)]
        names = [name for kind, name in self._recent if kind is Kind.ACTION][:KEPT]
        others = [each for each in self._recent if each[0] is not Kind.ACTION][: 4 * KEPT]
        self._recent = [*((Kind.ACTION, name) for name in names), *others]
        self._settings.setValue(RECENT, " ".join(names))

"""Heard acts: what can be done with a message, for those who do not see its buttons."""

# ruff: noqa: N802 - what Qt asks for has the names Qt gave it
from weakref import ref

from PySide6.QtGui import QAccessibleActionInterface

from app.ui.notice import Act
from app.ui.transcript.acts import KEYS, OWN_ACTS, REPLY_ACTS, MessageAct, tr
from app.ui.transcript.hearable import HearableSurface
from app.ui.transcript.heard_lives import surface_in_view

_FOCUS = QAccessibleActionInterface.setFocusAction()
_MENU = QAccessibleActionInterface.showMenuAction()
_FOLD = "reasoning"
_TURNS = {"previous version": -1, "next version": 1}
_OFFER = "offer:"


def _name_of(act: MessageAct) -> str:
    return {
        MessageAct.COPY: tr("Copy"),
        MessageAct.REGENERATE: tr("Ask again"),
        MessageAct.FORK: tr("Fork from here"),
        MessageAct.EDIT: tr("Edit"),
        MessageAct.MORE: tr("Show the menu"),
    }[act]


class MessageActions(QAccessibleActionInterface):
    """The acts of a message: the keyboard to it, its menu, its buttons, its offers."""

    def __init__(self, surface: HearableSurface, message_id: int) -> None:
        super().__init__()
        self._source = ref(surface)
        self._message_id = message_id

    @property
    def _surface(self) -> HearableSurface | None:
        return surface_in_view(self._source, self._message_id)

    def _offers(self, surface: HearableSurface) -> dict[str, str]:
        """Return what the notice offers: names and what they are called."""
        notice = surface.notice_heard(self._message_id)
        offers = () if notice is None else notice.offers
        return {_OFFER + offer.act.value: offer.label for offer in offers}

    # Qt's

    def actionNames(self) -> list[str]:
        surface = self._surface
        if surface is None:
            return []
        names = [_FOCUS, _MENU]
        if not surface.is_growing_heard(self._message_id):
            acts = OWN_ACTS if surface.is_own_heard(self._message_id) else REPLY_ACTS
            names += [act.value for act in acts if act is not MessageAct.MORE]
        if surface.has_reasoning_heard(self._message_id):
            names.append(_FOLD)
        at, count = surface.version_heard(self._message_id)
        names += [name for name, step in _TURNS.items() if 0 <= at + step < count]
        return names + list(self._offers(surface))

    def localizedActionName(self, name: str) -> str:
        surface = self._surface
        if name in set(MessageAct):
            return _name_of(MessageAct(name))
        if name in _TURNS:
            return tr("Previous version") if _TURNS[name] < 0 else tr("Next version")
        if name.startswith(_OFFER) and surface is not None:
            return self._offers(surface).get(name, "")
        return {
            _FOCUS: tr("Go to the message"),
            _MENU: tr("Show the menu"),
            _FOLD: tr("Show or hide the reasoning"),
        }.get(name, "")

    def localizedActionDescription(self, name: str) -> str:
        return self.localizedActionName(name)

    def keyBindingsForAction(self, name: str) -> list[str]:
        keys = {act.value: chr(key) for key, act in KEYS.items()}
        keys |= {_MENU: "Return", _FOLD: "Space"}
        keys |= {turn: "Left" if step < 0 else "Right" for turn, step in _TURNS.items()}
        return [keys[name]] if name in keys else []

    def doAction(self, name: str) -> None:
        surface = self._surface
        if surface is None or name not in self.actionNames():
            return
        if name == _FOCUS:
            surface.focus_heard(self._message_id)
        elif name == _MENU:
            surface.do_heard(self._message_id, MessageAct.MORE)
        elif name == _FOLD:
            surface.do_heard(self._message_id, None)
        elif name in _TURNS:
            surface.do_heard(self._message_id, _TURNS[name])
        elif name.startswith(_OFFER):
            surface.do_heard(self._message_id, Act(name.removeprefix(_OFFER)))
        else:
            surface.do_heard(self._message_id, MessageAct(name))

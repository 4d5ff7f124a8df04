"""What a screen reader would hear and do, as JSON lines; runs under the system's own Python.

Takes one JSON list a line on standard input, the name of a command and what it needs,
and answers with one JSON value. Messages are counted from the top of the list, offsets
are those of the accessibility bus.
"""

import json
import sys
import threading
from collections.abc import Iterator
from typing import Any

import gi  # type: ignore[import-not-found, unused-ignore]

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # type: ignore[import-not-found, unused-ignore] # noqa: E402

_EVENTS = {
    "object:announcement": "announced",
    "object:state-changed:focused": "focused",
    "object:text-selection-changed": "selected",
}
_CONTROLS = {
    "push button",
    "button",
    "toggle button",
    "check box",
    "radio button",
    "combo box",
    "text",
    "entry",
    "password text",
    "spin button",
    "slider",
    "list",
    "tree",
    "table",
    "page tab",
    "list item",
    "menu",
    "menu item",
    "link",
}
"""Roles of what is pressed, filled in or chosen from: nothing of it may be without a name."""

_heard: list[list[str]] = []


def _on_event(event: Any) -> None:
    kind = next(said for name, said in _EVENTS.items() if event.type.startswith(name))
    if kind == "announced":
        _heard.append([kind, str(event.any_data)])
    elif kind == "selected" or event.detail1:
        _heard.append([kind, event.source.get_name()])


def _children(above: Any) -> Iterator[Any]:
    for i in range(above.get_child_count()):
        child = above.get_child_at_index(i)
        if child is not None:
            yield child


def _find_list(above: Any) -> Any:
    if above is None:
        return None
    if above.get_role() == Atspi.Role.LIST and above.get_name() == "Conversation":
        return above
    return next((found for it in _children(above) if (found := _find_list(it))), None)


def _message(index: int) -> Any:
    return _find_list(Atspi.get_desktop(0)).get_child_at_index(index)


def _area(area: Any) -> list[int]:
    return [area.x, area.y, area.width, area.height]


def _name_of(control: Any) -> str:
    """Return the name of a control, behind that of its label if it has one."""
    labels = [
        relation.get_target(0).get_name()
        for relation in control.get_relation_set()
        if relation.get_relation_type() == Atspi.RelationType.LABELLED_BY
    ]
    name = control.get_name()
    is_value = control.get_role() == Atspi.Role.COMBO_BOX
    if not labels:
        return "" if is_value else str(name)
    return ": ".join(dict.fromkeys([*labels, name]))


class Commands:
    """What can be asked for; each is a method."""

    def tree(self) -> list[dict[str, Any]] | None:
        """Return the messages there are now; None while there is no list."""
        found = _find_list(Atspi.get_desktop(0))
        return None if found is None else [self._item(item) for item in _children(found)]

    def heard(self) -> list[list[str]]:
        """Return what was announced, focused and selected so far."""
        return list(_heard)

    def selections(self, index: int) -> list[list[int]]:
        """Return what is selected of a message."""
        item = _message(index)
        found = [
            Atspi.Text.get_selection(item, i) for i in range(Atspi.Text.get_n_selections(item))
        ]
        return [[it.start_offset, it.end_offset] for it in found]

    def select(self, index: int, start: int, end: int) -> bool:
        """Select a stretch of a message."""
        return bool(Atspi.Text.add_selection(_message(index), start, end))

    def reselect(self, index: int, start: int, end: int) -> bool:
        """Change the first selection of a message."""
        return bool(Atspi.Text.set_selection(_message(index), 0, start, end))

    def unselect(self, index: int) -> bool:
        """Remove the first selection of a message."""
        return bool(Atspi.Text.remove_selection(_message(index), 0))

    def caret(self, index: int) -> int:
        """Return where the caret of a message is."""
        return int(Atspi.Text.get_caret_offset(_message(index)))

    def attributes(self, index: int, offset: int) -> list[int]:
        """Return how far what is at an offset looks the same."""
        _, start, end = Atspi.Text.get_attribute_run(_message(index), offset, True)
        return [start, end]

    def word(self, index: int, offset: int) -> str:
        """Return the word at an offset."""
        kind = Atspi.TextGranularity.WORD
        return str(Atspi.Text.get_string_at_offset(_message(index), offset, kind).content)

    def characters(self, index: int, start: int, end: int) -> list[list[int]]:
        """Return where characters are on the screen: x, y, width, height."""
        item, kind = _message(index), Atspi.CoordType.SCREEN
        return [_area(Atspi.Text.get_character_extents(item, i, kind)) for i in range(start, end)]

    def offset_at(self, index: int, x: int, y: int) -> int:
        """Return which character is at a point of the screen."""
        kind = Atspi.CoordType.SCREEN
        return int(Atspi.Text.get_offset_at_point(_message(index), x, y, kind))

    def extents(self, index: int) -> list[int]:
        """Return where a message is on the screen."""
        return _area(Atspi.Component.get_extents(_message(index), Atspi.CoordType.SCREEN))

    def actions(self, index: int) -> list[str]:
        """Return what can be done with a message, as a person is told it."""
        item = _message(index)
        names = range(Atspi.Action.get_n_actions(item))
        return [Atspi.Action.get_action_description(item, i) for i in names]

    def act(self, index: int, name: str) -> bool:
        """Do something with a message."""
        return bool(Atspi.Action.do_action(_message(index), self.actions(index).index(name)))

    def menu(self) -> list[str]:
        """Return what stands in the menus that are open over the window."""
        return [
            item.get_name()
            for item in self._walk(Atspi.get_desktop(0))
            if item.get_role_name() == "menu item" and self._is_showing(item)
        ]

    def controls(self) -> list[list[str]]:
        """Return the controls that show: role, name, and the names of what they are in."""
        found = []
        for item, path in self._paths(Atspi.get_desktop(0), ()):
            if item.get_role_name() in _CONTROLS and self._is_showing(item):
                found.append([item.get_role_name(), _name_of(item), " > ".join(path)])
        return found

    def _item(self, item: Any) -> dict[str, Any]:
        states = item.get_state_set()
        return {
            "role": item.get_role_name(),
            "name": item.get_name(),
            "description": item.get_description(),
            "text": Atspi.Text.get_text(item, 0, -1),
            "length": Atspi.Text.get_character_count(item),
            "is_focused": states.contains(Atspi.StateType.FOCUSED),
            "is_selected": states.contains(Atspi.StateType.SELECTED),
        }

    def _is_showing(self, item: Any) -> bool:
        return bool(item.get_state_set().contains(Atspi.StateType.SHOWING))

    def _walk(self, above: Any) -> Iterator[Any]:
        return (item for item, _ in self._paths(above, ()))

    def _paths(self, above: Any, path: tuple[str, ...]) -> Iterator[tuple[Any, tuple[str, ...]]]:
        for item in _children(above):
            below = (*path, item.get_name() or item.get_role_name())
            yield item, below
            # Of what does not show nothing is asked: every question is a journey.
            if not path or self._is_showing(item):
                yield from self._paths(item, below)


def _answer(line: str) -> bool:
    command, *values = json.loads(line)
    try:
        answer: Any = getattr(Commands(), command)(*values)
    except GLib.Error as error:
        # What was asked about changed in the meantime.
        answer = str(error)
    print(json.dumps(answer), flush=True)
    return False


def _read() -> None:
    for line in sys.stdin:
        GLib.idle_add(_answer, line)
    GLib.idle_add(Atspi.event_quit)


def run() -> None:
    """Listen until standard input ends."""
    Atspi.init()
    listener = Atspi.EventListener.new(_on_event)
    for event in _EVENTS:
        listener.register(event)
    threading.Thread(target=_read, daemon=True).start()
    print("ready", flush=True)
    Atspi.event_main()


if __name__ == "__main__":
    run()
